"""Records that are no events, each kind with the reason and the field that a refusal must name."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

Event = dict[str, Any]

_encode: Final = msgspec.json.encode
_TOO_LARGE: Final = _encode({"type": "message", "event_id": "m", "text": "x" * (1 << 20)})
_TOO_DEEP: Final = b'{"type":"gift","a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"


def _with(**changed: Any) -> Callable[[Event], bytes]:
    return lambda event: _encode({**event, **changed})


def _without(name: str) -> Callable[[Event], bytes]:
    return lambda event: _encode({key: value for key, value in event.items() if key != name})


def _always(raw: bytes) -> Callable[[Event], bytes]:
    return lambda event: raw


def _purchase(**changed: Any) -> Callable[[Event], bytes]:
    bought = {"type": "purchase", "account": "a", "token": "t", "collection": "c", "price": 1}
    return lambda event: _encode(
        {"event_id": f"bad {event['event_id']}", "ts": event["ts"], **bought, **changed}
    )


def _of(event_type: str, /, **fields: Any) -> Callable[[Event], bytes]:
    return lambda event: _encode(
        {"event_id": f"bad {event['event_id']}", "ts": event["ts"], "type": event_type, **fields}
    )


def _ahead(event: Event) -> bytes:
    return _encode({**event, "ingested_at": event["ts"] - 3 * 86_400_000})


MALFORMED: Final[dict[str, tuple[Callable[[Event], bytes], str, str | None]]] = {
    "nothing": (_always(b""), "empty", None),
    "only white space": (_always(b" \r\n\t"), "empty", None),
    "a record that breaks off": (lambda event: _encode(event)[:-1], "not_json", None),
    "two records in one": (lambda event: _encode(event) * 2, "not_json", None),
    "plain words": (_always(b"ann gave bob t1"), "not_json", None),
    "a number that JSON lacks": (
        lambda event: _encode(event).replace(str(event["ts"]).encode(), b"NaN"),
        "not_json",
        None,
    ),
    "nested without end": (_always(_TOO_DEEP), "not_json", None),
    "another encoding": (
        lambda event: _encode({**event, "platform": "鲸"}).replace("鲸".encode(), b"\xbe\xa8"),
        "not_utf8",
        None,
    ),
    "more than a mebibyte": (_always(_TOO_LARGE), "too_large", None),
    "a list": (lambda event: _encode([event]), "not_an_object", None),
    "a bare number": (lambda event: _encode(event["ts"]), "not_an_object", None),
    "null": (_always(b"null"), "not_an_object", None),
    "no type": (_without("type"), "missing_type", "type"),
    "a type of another system": (_with(type="checkout"), "unknown_type", "type"),
    "a type in capitals": (
        lambda event: _encode({**event, "type": event["type"].upper()}),
        "unknown_type",
        "type",
    ),
    "no id": (_without("event_id"), "missing_field", "event_id"),
    "no time": (_without("ts"), "missing_field", "ts"),
    "no recipient": (
        _of("gift", sender="a", token="t", collection="c"),
        "missing_field",
        "recipient",
    ),
    "a null account": (_of("login", account=None, device="d"), "wrong_type", "account"),
    "an account number": (_of("login", account=17, device="d"), "wrong_type", "account"),
    "a time in words": (_with(ts="2024-04-01T10:00:00Z"), "wrong_type", "ts"),
    "a time with a fraction": (
        lambda event: _encode({**event, "ts": event["ts"] + 0.5}),
        "wrong_type",
        "ts",
    ),
    "a price in yuan and fen": (_purchase(price=18.5), "wrong_type", "price"),
    "a mark that is a word": (
        _of("message", account="a", has_price="yes"),
        "wrong_type",
        "has_price",
    ),
    "an empty id": (_with(event_id=""), "out_of_bounds", "event_id"),
    "an id of 129 characters": (_with(event_id="x" * 129), "out_of_bounds", "event_id"),
    "a negative price": (_purchase(price=-1), "out_of_bounds", "price"),
    "more than certain": (
        _of("listing", site="s", action="posted", price=1, match_confidence=1.5),
        "out_of_bounds",
        "match_confidence",
    ),
    "an unknown credential": (
        _of("credential_changed", account="a", kind="shoe size"),
        "unknown_value",
        "kind",
    ),
    "an unknown action": (
        _of("listing", site="s", action="sold", price=1),
        "unknown_value",
        "action",
    ),
    "a time in seconds": (
        lambda event: _encode({**event, "ts": event["ts"] // 1000}),
        "time_out_of_range",
        "ts",
    ),
    "a time in microseconds": (
        lambda event: _encode({**event, "ts": event["ts"] * 1000}),
        "time_out_of_range",
        "ts",
    ),
    "a time before 1970": (_with(ts=-1), "time_out_of_range", "ts"),
    "a time far ahead of its arrival": (_ahead, "time_out_of_range", "ts"),
    "a gift to oneself": (
        _of("gift", sender="a", recipient="a", token="t", collection="c"),
        "same_account",
        "recipient",
    ),
    "a payment to oneself": (
        _of("payment", payer="a", payee="a", amount=1),
        "same_account",
        "payee",
    ),
}
