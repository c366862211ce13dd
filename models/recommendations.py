"""A recommendation: what offbook says about one account, for a person to decide."""

import math
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from models.findings import Anomaly, TopFeature
from models.policy import Action, Approval, Level
from models.violations import ROLES, VIOLATIONS

Status = Literal["proposed", "amended", "withdrawn"]
# A number that left offbook: whole where it is whole, else rounded; null is never (or no bound).
Number = int | float | None
Name = Annotated[str, Meta(min_length=1)]
Ms = Annotated[int, Meta(ge=0)]

_DECIMALS: Final = 6
_WHOLE: Final = 2.0**53


class Penalty(msgspec.Struct, frozen=True, kw_only=True):
    """One rung of the ladder in force; `duration_days` is null where permanent or none."""

    level: Level
    action: Action
    duration_days: Annotated[int, Meta(ge=1)] | None
    approval: Approval


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """From the first event of the evidence to the last, in ms."""

    from_ts: Ms
    to_ts: Ms


class EvidenceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One rule's evidence: events, values observed beside the thresholds in force, a sentence.

    A line that stands for many findings of one rule holds their number as `findings` in
    `observed`, the values of the newest, and the newest events.
    """

    rule: Name
    family: Literal["G", "X", "A", "P", "M"]
    ts: Ms
    event_ids: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=200)]
    observed: dict[str, Number]
    threshold: dict[str, Number]
    text: Name


class Excused(msgspec.Struct, frozen=True, kw_only=True):
    """What spoke for the account."""

    reason: Name
    text: Name


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """The statements of reasons: for the person concerned, and for the analyst."""

    user: Name
    analyst: Name


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """Versions or hashes of all that decided."""

    bundle: str
    policy: str
    rules: str
    model: str
    schema: str


class Recommendation(msgspec.Struct, frozen=True, kw_only=True):
    """One revision of a recommendation, as it leaves on `offbook.recommendations`."""

    schema_version: Literal[1] = 1
    recommendation_id: Name
    revision: Annotated[int, Meta(ge=1)]
    status: Status
    account: Name
    role: Annotated[str, Meta(extra_json_schema={"enum": list(ROLES)})]
    violation: Annotated[str, Meta(extra_json_schema={"enum": list(VIOLATIONS)})]
    confidence: Annotated[float, Meta(ge=0, le=1)]
    penalty: Penalty
    episode: Span
    evidence: tuple[EvidenceLine, ...]
    excused: tuple[Excused, ...]
    anomaly: Anomaly | None
    strikes: Annotated[int, Meta(ge=0)]
    reason: Reason
    appeal_until: Ms
    provenance: Provenance
    automated_decision: Annotated[bool, Meta(extra_json_schema={"const": False})] = False
    decided_at: Ms
    replay: bool


def number(value: float | None) -> Number:
    """A value as it leaves offbook: null for None, NaN and infinity; 6 decimals at most."""
    if value is None or not math.isfinite(value):
        return None
    if value == math.floor(value) and abs(value) < _WHOLE:
        return int(value)
    return round(value, _DECIMALS)


def rounded(anomaly: Anomaly) -> Anomaly:
    """An anomaly with its numbers as they leave offbook."""
    return Anomaly(
        score=round(anomaly.score, _DECIMALS),
        percentile=round(anomaly.percentile, _DECIMALS),
        top_features=tuple(
            TopFeature(name=top.name, value=number(top.value), usual=number(top.usual))
            for top in anomaly.top_features
        ),
    )


_ENCODER: Final = msgspec.json.Encoder(order="deterministic")
_DECODER: Final = msgspec.json.Decoder(Recommendation)


def encode(recommendation: Recommendation) -> bytes:
    """Canonical JSON, without a line end: fields in the order declared, the keys of maps sorted."""
    return _ENCODER.encode(recommendation)


def decode(raw: bytes) -> Recommendation:
    """A recommendation from its JSON. Raises msgspec.DecodeError, which names the field."""
    return _DECODER.decode(raw)


def recommendation_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12): every field of the contract required, enums and ranges."""
    schema = msgspec.json.schema(Recommendation)
    for part in schema["$defs"].values():
        part["required"] = list(part["properties"])
    # Only what has been withdrawn may stand without evidence.
    schema["$defs"]["Recommendation"]["anyOf"] = [
        {"properties": {"status": {"const": "withdrawn"}}},
        {"properties": {"evidence": {"minItems": 1}}},
    ]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
