"""The events of the wire contract, and a decoder that refuses the bad ones with a reason.

A decoded event is a msgspec struct; a refused one a `Refusal` with a reason code, the field at
fault where one can be named, and a sentence. Nothing else comes out, and nothing raises.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from operator import attrgetter, ne
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

Id = Annotated[str, Meta(min_length=1, max_length=128)]
Opaque = Annotated[str, Meta(max_length=256)]
Money = Annotated[int, Meta(ge=0, le=2**53)]
Millis = Annotated[int, Meta(ge=0, le=2**53)]
Share = Annotated[float, Meta(ge=0, le=1)]

# 2010-01-01 and 2100-01-01: outside them a timestamp is in seconds, in microseconds or a mistake.
# A policy narrows this.
EARLIEST_TS: Final = 1_262_304_000_000
LATEST_TS: Final = 4_102_444_800_000
# An event may claim to lie ahead of its own arrival by a clock's error, no more: a watermark
# that believed it would make every honest event after it late.
CLOCK_SKEW_MS: Final = 86_400_000
MAX_BYTES: Final = 1 << 20


class Event(Struct, tag_field="type", gc=False, kw_only=True):
    """What every event has: `ts` and `ingested_at` in ms since 1970 UTC."""

    event_id: Id
    ts: int
    platform: Opaque | None = None
    device: Id | None = None
    ip: Opaque | None = None
    geo: Opaque | None = None
    ingested_at: int | None = None


class AccountRegistered(Event, tag="account_registered"):
    account: Id
    kyc: Opaque | None = None
    age_band: Opaque | None = None


class Login(Event, tag="login"):
    account: Id
    device: Id


class CredentialChanged(Event, tag="credential_changed"):
    account: Id
    kind: Literal["phone", "password", "email", "payment", "kyc"]
    holder: Opaque | None = None


class AccountRecovered(Event, tag="account_recovered"):
    account: Id
    kyc: Opaque | None = None


class FriendAdded(Event, tag="friend_added"):
    account: Id
    friend: Id


class FriendRemoved(Event, tag="friend_removed"):
    account: Id
    friend: Id


class HouseholdDeclared(Event, tag="household_declared"):
    account: Id
    member: Id


class Airdrop(Event, tag="airdrop"):
    account: Id
    token: Id
    collection: Id


class PurchaseAttempted(Event, tag="purchase_attempted"):
    account: Id
    drop: Id
    latency_ms: Millis | None = None


class Purchase(Event, tag="purchase"):
    account: Id
    token: Id
    collection: Id
    price: Money
    currency: Opaque = "CNY"
    drop: Id | None = None
    latency_ms: Millis | None = None


class Gift(Event, tag="gift"):
    sender: Id
    recipient: Id
    token: Id
    collection: Id


class GiftReversed(Event, tag="gift_reversed"):
    gift_event_id: Id
    sender: Id
    recipient: Id
    token: Id


class Payment(Event, tag="payment"):
    payer: Id
    payee: Id
    amount: Money
    currency: Opaque = "CNY"
    memo: str | None = None


class Message(Event, tag="message"):
    account: Id
    recipient: Id | None = None
    channel: Opaque | None = None
    text: str | None = None
    has_price: bool | None = None
    has_contact: bool | None = None
    has_payment_word: bool | None = None


class Listing(Event, tag="listing"):
    site: Id
    action: Literal["posted", "removed"]
    price: Money
    token: Id | None = None
    collection: Id | None = None
    seller: Id | None = None
    match_confidence: Share | None = None


class MarketPrice(Event, tag="market_price"):
    collection: Id
    price: Money
    site: Id | None = None


class Report(Event, tag="report"):
    account: Id
    reporter: Id
    reason: Opaque | None = None


EVENT_CLASSES: Final[tuple[type[Event], ...]] = (
    AccountRegistered,
    Login,
    CredentialChanged,
    AccountRecovered,
    FriendAdded,
    FriendRemoved,
    HouseholdDeclared,
    Airdrop,
    PurchaseAttempted,
    Purchase,
    Gift,
    GiftReversed,
    Payment,
    Message,
    Listing,
    MarketPrice,
    Report,
)
AnyEvent = (
    AccountRegistered
    | Login
    | CredentialChanged
    | AccountRecovered
    | FriendAdded
    | FriendRemoved
    | HouseholdDeclared
    | Airdrop
    | PurchaseAttempted
    | Purchase
    | Gift
    | GiftReversed
    | Payment
    | Message
    | Listing
    | MarketPrice
    | Report
)
EVENT_TYPES: Final = tuple(str(cls.__struct_config__.tag) for cls in EVENT_CLASSES)

# The two sides that may not be one account. A report of oneself is odd but harmless.
TWO_SIDES: Final[dict[type[Event], tuple[str, str]]] = {
    FriendAdded: ("account", "friend"),
    FriendRemoved: ("account", "friend"),
    HouseholdDeclared: ("account", "member"),
    Gift: ("sender", "recipient"),
    GiftReversed: ("sender", "recipient"),
    Payment: ("payer", "payee"),
}

REASONS: Final = {
    "empty": "the record has no value",
    "too_large": "the record is longer than 1 MiB",
    "not_utf8": "the record is not UTF-8",
    "not_json": "the record is not JSON",
    "not_an_object": "the record is JSON, but no object",
    "missing_type": "the field `type` is missing",
    "unknown_type": "the field `type` names no event of the contract",
    "missing_field": "a required field is missing",
    "wrong_type": "a field has another type than the contract's",
    "out_of_bounds": "a field is too short, too long, too small or too large",
    "unknown_value": "a field has a value that the contract does not list",
    "time_out_of_range": "the time lies outside what is believed, or ahead of the arrival",
    "same_account": "one account stands on both sides",
    "unmapped": "the source map could not make an event of the row",
    "unreadable": "the record could not be decoded",
}


class Refusal(Struct, frozen=True):
    """Why a record is no event: a reason code (`REASONS`), the field or None, and a sentence."""

    reason: str
    field: str | None
    detail: str


_decoder: Final = msgspec.json.Decoder(AnyEvent)
_TWO_SIDES_OF: Final = {cls: attrgetter(*sides) for cls, sides in TWO_SIDES.items()}
_AT_FIELD: Final = re.compile(r" - at `\$\.([A-Za-z_0-9.\[\]]+)`$")
_MISSING: Final = re.compile(r"missing required field `([^`]+)`")


def decode(raw: bytes, accepted: tuple[int, int] = (EARLIEST_TS, LATEST_TS)) -> Event | Refusal:
    """One record to an event, or to the reason why it is none.

    `accepted` (ms): the first time that is believed, and the first that is not any more.
    """
    try:
        event: Event = _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _refusal(raw, error)
    ts = event.ts
    if not accepted[0] <= ts < accepted[1]:
        allowed = f"{_date(accepted[0])} to {_date(accepted[1])}"
        return Refusal("time_out_of_range", "ts", f"`ts` is {ts}, which lies outside {allowed}")
    arrived = event.ingested_at
    if arrived is not None and ts > arrived + CLOCK_SKEW_MS:
        return Refusal(
            "time_out_of_range", "ts", f"`ts` is {ts}, more than a day ahead of `ingested_at`"
        )
    sides = TWO_SIDES.get(type(event))
    if sides is not None and getattr(event, sides[0]) == getattr(event, sides[1]):
        return Refusal("same_account", sides[1], f"`{sides[0]}` and `{sides[1]}` are one account")
    if len(raw) > MAX_BYTES:
        return Refusal("too_large", None, f"the record has {len(raw)} bytes, 1 MiB is allowed")
    return event


def decode_all(
    values: Iterable[bytes], accepted: tuple[int, int] = (EARLIEST_TS, LATEST_TS)
) -> tuple[list[Event], list[tuple[int, Refusal]]]:
    """A batch of records to (events, (position in the batch, refusal) pairs), each in order."""
    first, end = accepted
    of_json, two_sides = _decoder.decode, _TWO_SIDES_OF.get
    events: list[Event] = []
    refused: list[tuple[int, Refusal]] = []
    for position, raw in enumerate(values):
        # Nearly all are right, which is seen fastest here; `decode` says what is wrong.
        try:
            event = of_json(raw)
            arrived, sides = event.ingested_at, two_sides(type(event))
            right = (
                first <= event.ts < end
                and (arrived is None or event.ts <= arrived + CLOCK_SKEW_MS)
                and (sides is None or ne(*sides(event)))
                and len(raw) <= MAX_BYTES
            )
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            right = False
        told = event if right else decode(raw, accepted)
        if type(told) is Refusal:
            refused.append((position, told))
        else:
            events.append(told)  # type: ignore[arg-type]
    return events, refused


def _date(ts: int) -> str:
    return datetime.fromtimestamp(ts / 1000, UTC).date().isoformat()


def _refusal(raw: bytes, error: Exception) -> Refusal:
    """Put a name to what msgspec did not like: reason code, field, and a sentence with neither
    the record's values nor its text in it."""
    message = str(error)
    if not raw.strip():
        return Refusal("empty", None, REASONS["empty"])
    if len(raw) > MAX_BYTES:
        return Refusal("too_large", None, f"the record has {len(raw)} bytes, 1 MiB is allowed")
    try:
        raw.decode()
    except UnicodeDecodeError as bad:
        return Refusal("not_utf8", None, f"byte {bad.start} is not UTF-8")
    if isinstance(error, msgspec.ValidationError):
        return _invalid(message)
    if isinstance(error, RecursionError):
        return Refusal("not_json", None, "the record is nested too deeply")
    return Refusal("not_json", None, message)


def _invalid(message: str) -> Refusal:
    path = _AT_FIELD.search(message)
    field = path.group(1) if path else None
    said = _AT_FIELD.sub("", message)
    if missing := _MISSING.search(message):
        name = missing.group(1)
        reason = "missing_type" if name == "type" else "missing_field"
        return Refusal(reason, name, f"required field `{name}` is missing")
    if field is None:
        return Refusal("not_an_object", None, said)
    if field == "type" and "Invalid value" in said:
        return Refusal("unknown_type", field, REASONS["unknown_type"])
    if said.startswith("Invalid enum"):
        return Refusal("unknown_value", field, f"`{field}` has a value outside the contract's list")
    if " of length " in said or " >= " in said or " <= " in said or "out of range" in said:
        reason = "out_of_bounds"
    else:
        reason = "wrong_type"
    return Refusal(reason, field, f"`{field}`: {said}")
