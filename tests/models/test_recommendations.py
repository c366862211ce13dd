"""A recommendation leaves as canonical JSON that its strict schema accepts."""

import json
import math
from typing import Any

import jsonschema
import pytest

from models.findings import Anomaly, TopFeature
from models.recommendations import Recommendation, encode, number, recommendation_schema, rounded
from tests.models.adjudication.story import found, tell

VALIDATOR = jsonschema.Draft202012Validator(recommendation_schema())

FIELDS = list(Recommendation.__struct_fields__)
CONTRACT = {
    *("schema_version", "recommendation_id", "revision", "status", "account", "role", "violation"),
    *("confidence", "penalty", "episode", "evidence", "excused", "anomaly", "strikes", "reason"),
    *("appeal_until", "provenance", "automated_decision", "decided_at", "replay"),
}


def sample() -> dict[str, Any]:
    odd = Anomaly(score=0.7, percentile=99.0, top_features=(TopFeature("gifts", 3.0, None),))
    said = tell([found("G01", 1, anomaly=odd, excuses=()), found("X03", 2)])[-1]
    decoded: dict[str, Any] = json.loads(encode(said))
    return decoded


def test_the_fields_are_the_contracts() -> None:
    assert set(FIELDS) == CONTRACT
    assert list(sample()) == FIELDS
    VALIDATOR.validate(sample())


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_is_required(name: str) -> None:
    without = {key: value for key, value in sample().items() if key != name}
    assert not VALIDATOR.is_valid(without)


@pytest.mark.parametrize(
    "change",
    [
        {"schema_version": 2},
        {"revision": 0},
        {"status": "final"},
        {"role": "thief"},
        {"violation": "V402"},
        {"confidence": 1.1},
        {"automated_decision": True},
        {"evidence": []},
        {"penalty": {"level": "L9", "action": "warn", "duration_days": 0, "approval": "me"}},
        {"strikes": -1},
        {"replay": None},
        {"reason": {"user": "why"}},
    ],
)
def test_the_schema_is_strict(change: dict[str, Any]) -> None:
    assert not VALIDATOR.is_valid({**sample(), **change})


def test_only_the_withdrawn_stand_without_evidence() -> None:
    assert VALIDATOR.is_valid({**sample(), "status": "withdrawn", "evidence": []})


@pytest.mark.parametrize(
    ("value", "leaves"),
    [
        (None, None),
        (math.nan, None),
        (math.inf, None),
        (5.0, 5),
        (0.1 + 0.2, 0.3),
        (2.0**60, 2.0**60),
        (-1.5, -1.5),
    ],
)
def test_numbers_leave_whole_or_rounded(value: float | None, leaves: float | None) -> None:
    assert number(value) == leaves
    assert isinstance(number(value), int) == isinstance(leaves, int)


def test_an_anomaly_leaves_rounded() -> None:
    top = TopFeature(name="gifts", value=1 / 3, usual=math.nan)
    assert rounded(Anomaly(score=2 / 3, percentile=99.99999999, top_features=(top,))) == Anomaly(
        score=0.666667,
        percentile=100.0,
        top_features=(TopFeature(name="gifts", value=0.333333, usual=None),),
    )
