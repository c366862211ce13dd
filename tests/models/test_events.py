"""Decoding: every type of the contract, every reason for refusal, and nothing else ever."""

import json
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import events as ev
from models.events import MAX_BYTES, REASONS, Event, Refusal, decode, decode_all
from tests.strategies import events, examples

TS: Final = 1_700_000_000_000
DAY_MS: Final = 86_400_000
CANARY: Final = "KANARIENVOGEL"

# The contract's table: what each type must have, and what it may have.
COMMON: Final = {"platform": "p", "device": "d", "ip": "10.0.0.1", "geo": "sh", "ingested_at": TS}
REQUIRED: Final[dict[str, dict[str, Any]]] = {
    "account_registered": {"account": "a"},
    "login": {"account": "a", "device": "d"},
    "credential_changed": {"account": "a", "kind": "phone"},
    "account_recovered": {"account": "a"},
    "friend_added": {"account": "a", "friend": "b"},
    "friend_removed": {"account": "a", "friend": "b"},
    "household_declared": {"account": "a", "member": "b"},
    "airdrop": {"account": "a", "token": "t", "collection": "c"},
    "purchase_attempted": {"account": "a", "drop": "dr"},
    "purchase": {"account": "a", "token": "t", "collection": "c", "price": 1_800},
    "gift": {"sender": "a", "recipient": "b", "token": "t", "collection": "c"},
    "gift_reversed": {"gift_event_id": "e0", "sender": "a", "recipient": "b", "token": "t"},
    "payment": {"payer": "a", "payee": "b", "amount": 1},
    "message": {"account": "a"},
    "listing": {"site": "s", "action": "posted", "price": 1},
    "market_price": {"collection": "c", "price": 1},
    "report": {"account": "a", "reporter": "b"},
}
OPTIONAL: Final[dict[str, dict[str, Any]]] = {
    "account_registered": {"kyc": "k", "age_band": "18+"},
    "credential_changed": {"holder": "h"},
    "account_recovered": {"kyc": "k"},
    "purchase_attempted": {"latency_ms": 12},
    "purchase": {"currency": "EUR", "drop": "dr", "latency_ms": 0},
    "payment": {"currency": "EUR", "memo": "thanks"},
    "message": {
        "recipient": "b",
        "channel": "chat",
        "text": "hello",
        "has_price": False,
        "has_contact": True,
        "has_payment_word": False,
    },
    "listing": {"token": "t", "collection": "c", "seller": "a", "match_confidence": 0.5},
    "market_price": {"site": "s"},
    "report": {"reason": "sells"},
}
TYPES: Final = tuple(REQUIRED)


def _fields(kind: str, /, **more: Any) -> dict[str, Any]:
    return {"event_id": "e1", "type": kind, "ts": TS, **REQUIRED[kind], **more}


def _raw(kind: str, /, **more: Any) -> bytes:
    return json.dumps(_fields(kind, **more)).encode()


def _without(kind: str, field: str) -> bytes:
    return json.dumps({k: v for k, v in _fields(kind).items() if k != field}).encode()


def test_the_types_are_those_of_the_contract() -> None:
    assert set(ev.EVENT_TYPES) == set(TYPES)


@pytest.mark.parametrize("kind", TYPES)
def test_a_minimal_event_is_decoded(kind: str) -> None:
    event = decode(_raw(kind))
    assert isinstance(event, Event)
    known = _fields(kind)
    assert type(event).__struct_config__.tag == known.pop("type")
    assert {name: getattr(event, name) for name in known} == known
    optional = {**COMMON, **OPTIONAL.get(kind, {})}
    silent = {name: getattr(event, name) for name in optional if name not in known}
    assert silent == {name: "CNY" if name == "currency" else None for name in silent}


@pytest.mark.parametrize("kind", TYPES)
def test_a_full_event_is_decoded_and_what_is_not_known_ignored(kind: str) -> None:
    full = {**COMMON, **_fields(kind), **OPTIONAL.get(kind, {})}
    extra = {"favourite_colour": {"deep": [1, None, {"er": 2}]}}
    event = decode(json.dumps({**extra, **full}).encode())
    assert isinstance(event, Event)
    assert msgspec.to_builtins(event) == full


@pytest.mark.parametrize(
    ("kind", "field"),
    [(kind, field) for kind in TYPES for field in ("event_id", "ts", *REQUIRED[kind])],
)
def test_a_missing_field_is_named(kind: str, field: str) -> None:
    refusal = decode(_without(kind, field))
    assert isinstance(refusal, Refusal)
    assert (refusal.reason, refusal.field) == ("missing_field", field)
    assert f"`{field}`" in refusal.detail


@pytest.mark.parametrize(
    ("kind", "field"),
    [(kind, field) for kind in TYPES for field in (*REQUIRED[kind], *OPTIONAL.get(kind, {}))],
)
def test_a_mistyped_field_is_named(kind: str, field: str) -> None:
    refusal = decode(_raw(kind, **{field: [CANARY]}))
    assert isinstance(refusal, Refusal)
    assert (refusal.reason, refusal.field) == ("wrong_type", field)


_DEEP: Final = b"[" * 100_000
# What is wrong, the record, the reason code, the field.
MALFORMED: Final[tuple[tuple[str, bytes, str, str | None], ...]] = (
    ("nothing", b"", "empty", None),
    ("white space", b" \n\t ", "empty", None),
    ("too long", _raw("message", text="x" * MAX_BYTES), "too_large", None),
    ("too long and no event", b'{"x":"' + b"x" * MAX_BYTES, "too_large", None),
    ("latin-1", '{"type":"login","device":"café"}'.encode("latin-1"), "not_utf8", None),
    ("utf-16", _raw("login").decode().encode("utf-16"), "not_utf8", None),
    ("an encoded surrogate", _raw("login")[:-1] + b',"geo":"\xed\xa0\x80"}', "not_utf8", None),
    ("plain text", b"hello", "not_json", None),
    ("cut off", _raw("gift")[:-9], "not_json", None),
    ("a trailing comma", _raw("gift")[:-1] + b",}", "not_json", None),
    ("two objects", _raw("gift") * 2, "not_json", None),
    ("single quotes", _raw("gift").replace(b'"', b"'"), "not_json", None),
    ("a byte order mark", b"\xef\xbb\xbf" + _raw("gift"), "not_json", None),
    ("not a number", _raw("payment", amount=float("nan")), "not_json", None),
    ("half a surrogate pair", _raw("login", geo="\ud800"), "not_json", None),
    ("a raw control character", _raw("login")[:-1] + b',"geo":"\x01"}', "not_json", None),
    ("nested without end", b'{"type":"login","x":' + _DEEP, "not_json", None),
    ("an array", b"[1,2]", "not_an_object", None),
    ("a string", b'"gift"', "not_an_object", None),
    ("a number", b"17", "not_an_object", None),
    ("null", b"null", "not_an_object", None),
    ("an event in an array", b"[" + _raw("gift") + b"]", "not_an_object", None),
    ("no type", _without("gift", "type"), "missing_type", "type"),
    ("an empty object", b"{}", "missing_type", "type"),
    ("an unknown type", _raw("gift", type="present"), "unknown_type", "type"),
    ("a type in capitals", _raw("gift", type="GIFT"), "unknown_type", "type"),
    ("a type that is a number", _raw("gift", type=5), "wrong_type", "type"),
    ("no type but null", _raw("gift", type=None), "wrong_type", "type"),
    ("a time as text", _raw("gift", ts=str(TS)), "wrong_type", "ts"),
    ("a time with a fraction", _raw("gift", ts=TS + 0.5), "wrong_type", "ts"),
    ("a required null", _raw("gift", token=None), "wrong_type", "token"),
    ("an id that is a number", _raw("gift", token=17), "wrong_type", "token"),
    ("money with a fraction", _raw("payment", amount=1.5), "wrong_type", "amount"),
    ("money as text", _raw("payment", amount="1"), "wrong_type", "amount"),
    ("a flag as a number", _raw("message", has_price=1), "wrong_type", "has_price"),
    ("an empty id", _raw("gift", sender=""), "out_of_bounds", "sender"),
    ("an id too long", _raw("gift", recipient="x" * 129), "out_of_bounds", "recipient"),
    ("an event id too long", _raw("gift", event_id="x" * 129), "out_of_bounds", "event_id"),
    ("negative money", _raw("payment", amount=-1), "out_of_bounds", "amount"),
    ("more money than there is", _raw("payment", amount=10**40), "out_of_bounds", "amount"),
    (
        "digits without end",
        _raw("login")[:-1] + b',"ts":' + b"1" * 9_999 + b"}",
        "out_of_bounds",
        "ts",
    ),
    (
        "a confidence over 1",
        _raw("listing", match_confidence=1.1),
        "out_of_bounds",
        "match_confidence",
    ),
    ("a negative latency", _raw("purchase", latency_ms=-1), "out_of_bounds", "latency_ms"),
    (
        "an attempt before the drop",
        _raw("purchase_attempted", latency_ms=-1),
        "out_of_bounds",
        "latency_ms",
    ),
    ("an unknown credential", _raw("credential_changed", kind="face"), "unknown_value", "kind"),
    ("an unknown action", _raw("listing", action="edited"), "unknown_value", "action"),
    ("seconds", _raw("gift", ts=TS // 1_000), "time_out_of_range", "ts"),
    ("microseconds", _raw("gift", ts=TS * 1_000), "time_out_of_range", "ts"),
    ("before 1970", _raw("gift", ts=-1), "time_out_of_range", "ts"),
    ("ahead of its arrival", _raw("gift", ingested_at=TS - DAY_MS - 1), "time_out_of_range", "ts"),
    ("a gift to oneself", _raw("gift", recipient="a"), "same_account", "recipient"),
    ("a gift from oneself back", _raw("gift_reversed", recipient="a"), "same_account", "recipient"),
    ("a payment to oneself", _raw("payment", payee="a"), "same_account", "payee"),
    ("befriending oneself", _raw("friend_added", friend="a"), "same_account", "friend"),
    ("leaving oneself", _raw("friend_removed", friend="a"), "same_account", "friend"),
    ("one's own family", _raw("household_declared", member="a"), "same_account", "member"),
)


@pytest.mark.parametrize(
    ("raw", "reason", "field"),
    [case[1:] for case in MALFORMED],
    ids=[case[0] for case in MALFORMED],
)
def test_what_is_malformed_is_refused_with_reason_and_field(
    raw: bytes, reason: str, field: str | None
) -> None:
    refusal = decode(raw)
    assert isinstance(refusal, Refusal)
    assert (refusal.reason, refusal.field) == (reason, field)
    assert refusal.detail
    assert field is None or f"`{field}`" in refusal.detail


def test_every_reason_is_reached_but_those_of_other_stages() -> None:
    reached = {reason for _, _, reason, _ in MALFORMED} | {"missing_field"}
    assert set(REASONS) - reached == {"unmapped", "unreadable"}


def test_oneself_may_be_reported_and_written_to() -> None:
    assert isinstance(decode(_raw("report", reporter="a")), ev.Report)
    assert isinstance(decode(_raw("message", recipient="a")), ev.Message)


def test_an_event_may_be_as_long_as_is_allowed_and_a_day_ahead_of_its_arrival() -> None:
    room = MAX_BYTES - len(_raw("message", text=""))
    assert isinstance(decode(_raw("message", text="x" * room)), ev.Message)
    assert isinstance(decode(_raw("message", text="x" * (room + 1))), Refusal)
    assert isinstance(decode(_raw("gift", ingested_at=TS - DAY_MS)), ev.Gift)


def test_ids_have_up_to_128_characters_whatever_their_bytes() -> None:
    assert isinstance(decode(_raw("login", account="张" * 128)), ev.Login)
    assert isinstance(decode(_raw("login", account="张" * 129)), Refusal)


def test_the_accepted_time_begins_with_its_start_and_ends_before_its_end() -> None:
    accepted = TS, TS + DAY_MS
    outcomes = {
        offset: isinstance(decode(_raw("gift", ts=TS + offset), accepted), ev.Gift)
        for offset in (-1, 0, DAY_MS - 1, DAY_MS)
    }
    assert outcomes == {-1: False, 0: True, DAY_MS - 1: True, DAY_MS: False}
    refusal = decode(_raw("gift", ts=TS - 1), accepted)
    assert isinstance(refusal, Refusal)
    assert "2023-11-14 to 2023-11-15" in refusal.detail


def test_a_batch_keeps_order_and_says_where_each_bad_record_stood() -> None:
    values = [_raw("gift", event_id="1"), b"?", _raw("login", event_id="2"), b"", _raw("airdrop")]
    events, refused = decode_all(values)
    assert [event.event_id for event in events] == ["1", "2", "e1"]
    assert [(position, refusal.reason) for position, refusal in refused] == [
        (1, "not_json"),
        (3, "empty"),
    ]


# What a hostile or broken producer puts in the place of a value.
_ODD: Final = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.just(CANARY),
    st.just(CANARY * 20),
    st.just([CANARY]),
    st.just({CANARY: CANARY}),
)
_IDS: Final = ("account", "sender", "recipient", "payer", "payee", "friend", "member", "reporter")


def _private(event: Event) -> dict[str, Any]:
    """An event whose ids and texts are all canaries, different ones."""
    fields: dict[str, Any] = msgspec.to_builtins(event)
    words = (*_IDS, "event_id", "text", "memo", "token", "device", "kyc", "ip", "geo", "seller")
    return {
        name: f"{CANARY}-{name}" if name in words and value is not None else value
        for name, value in fields.items()
    }


@st.composite
def _broken(draw: st.DrawFn) -> bytes:
    """A valid event with some of: fields replaced, dropped, added; bytes changed, cut, doubled."""
    fields = _private(draw(events()))
    for name in draw(st.lists(st.sampled_from(sorted(fields)), max_size=2, unique=True)):
        if draw(st.booleans()):
            del fields[name]
        else:
            fields[name] = draw(_ODD)
    fields.update(
        draw(st.dictionaries(st.sampled_from(("text", "extra", "type")), _ODD, max_size=1))
    )
    raw = bytearray(json.dumps(fields, ensure_ascii=draw(st.booleans())).encode(errors="replace"))
    for _ in range(draw(st.sampled_from((0, 0, 1, 3)))):
        at = draw(st.integers(0, len(raw)))
        raw[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(raw)


def _is_told_apart(raw: bytes) -> Event | Refusal:
    outcome = decode(raw)
    if isinstance(outcome, Refusal):
        assert outcome.reason in REASONS
        assert 0 < len(outcome.detail) < 200
    else:
        assert isinstance(outcome, ev.EVENT_CLASSES)
    return outcome


@examples(300)
@given(raw=st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
def test_any_bytes_are_an_event_or_refused(raw: bytes) -> None:
    _is_told_apart(raw)


@examples(800)
@given(raw=_broken())
def test_a_broken_event_is_told_apart_and_nothing_private_said(raw: bytes) -> None:
    outcome = _is_told_apart(raw)
    if isinstance(outcome, Refusal):
        assert CANARY.lower() not in outcome.detail.lower()
        assert CANARY.lower() not in str(outcome.field).lower()


@examples(200)
@given(event=events())
def test_what_is_written_is_read_back(event: Event) -> None:
    assert decode(msgspec.json.encode(event)) == event
