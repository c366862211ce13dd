"""Decisions of reviewers are read, and refused with the field at fault."""

import msgspec
import pytest

from models.decisions import DecisionError, decode_decision

GOOD = {
    "decision_id": "d1",
    "recommendation_id": "rec_1",
    "account": "ann",
    "violation": "V100",
    "outcome": "confirmed",
    "reviewer": "r1",
    "ts": 1_640_995_200_000,
}


def test_a_decision_is_read_with_or_without_its_note() -> None:
    decision = decode_decision(msgspec.json.encode({**GOOD, "extra": [1]}))
    assert (decision.outcome, decision.note, decision.cooperated) == ("confirmed", None, False)
    assert decode_decision(msgspec.json.encode({**GOOD, "note": "seen"})).note == "seen"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"outcome": "maybe"}, "outcome"),
        ({"violation": "V402"}, "violation"),
        ({"account": ""}, "account"),
        ({"ts": "yesterday"}, "ts"),
        ({"ts": 1_640_995_200_000_000}, "ts"),
        ({"reviewer": None}, "reviewer"),
    ],
)
def test_a_bad_decision_names_its_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(DecisionError, match=rf"\$\.{field}"):
        decode_decision(msgspec.json.encode({**GOOD, **change}))


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"\xff\xfe", b"null"])
def test_what_is_no_object_is_refused(raw: bytes) -> None:
    with pytest.raises(DecisionError, match="decision: "):
        decode_decision(raw)


def test_a_missing_field_is_named() -> None:
    short = {name: value for name, value in GOOD.items() if name != "outcome"}
    with pytest.raises(DecisionError, match="outcome"):
        decode_decision(msgspec.json.encode(short))
