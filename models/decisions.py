"""What human reviewers decided: the records of `offbook.decisions`."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from models.violations import VIOLATIONS

Outcome = Literal["confirmed", "dismissed", "overturned"]
Identifier = Annotated[str, Meta(min_length=1, max_length=128)]
# Up to the year 2200: a time in microseconds is refused instead of never decaying.
Instant = Annotated[int, Meta(ge=0, le=7_258_118_400_000)]


class DecisionError(ValueError):
    """A decision that is refused; the message names the field and what is wrong."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One reviewer's decision on one recommendation; `cooperated` speaks for the person."""

    decision_id: Identifier
    recommendation_id: Identifier
    account: Identifier
    violation: str
    outcome: Outcome
    reviewer: Identifier
    ts: Instant
    note: str | None = None
    cooperated: bool = False


_DECODER: Final = msgspec.json.Decoder(Decision)


def decode_decision(raw: bytes) -> Decision:
    """A decision from its JSON. Raises DecisionError, which names the field at fault."""
    try:
        decision = _DECODER.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DecisionError(f"decision: {error}") from error
    if decision.violation not in VIOLATIONS:
        raise DecisionError(
            f"decision: unknown violation {decision.violation!r} - at `$.violation`;"
            f" known: {', '.join(VIOLATIONS)}"
        )
    return decision
