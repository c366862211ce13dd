"""Columns say what the events say."""

import random
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import events as ev
from models.columns import (
    COUNTED,
    ID_COLUMNS,
    KIND_NAMES,
    NAMESPACE,
    NONE,
    PPM,
    EventBatch,
    Names,
    concatenate,
    in_order,
    to_columns,
)
from tests.strategies import Arrival, events, examples, histories

TS: Final = 1_700_000_000_000

# Which attribute of which event stands in which column.
IDS: Final[dict[type[ev.Event], dict[str, str]]] = {
    ev.AccountRegistered: {"actor": "account", "person": "kyc", "device": "device", "geo": "geo"},
    ev.Login: {"actor": "account", "device": "device", "geo": "geo"},
    ev.CredentialChanged: {
        "actor": "account",
        "person": "holder",
        "device": "device",
        "geo": "geo",
    },
    ev.AccountRecovered: {"actor": "account", "person": "kyc", "device": "device", "geo": "geo"},
    ev.FriendAdded: {"actor": "account", "other": "friend"},
    ev.FriendRemoved: {"actor": "account", "other": "friend"},
    ev.HouseholdDeclared: {"actor": "account", "other": "member"},
    ev.Airdrop: {"actor": "account", "token": "token", "collection": "collection"},
    ev.PurchaseAttempted: {"actor": "account", "device": "device"},
    ev.Purchase: {
        "actor": "account",
        "token": "token",
        "collection": "collection",
        "device": "device",
        "geo": "geo",
    },
    ev.Gift: {
        "actor": "sender",
        "other": "recipient",
        "token": "token",
        "collection": "collection",
        "device": "device",
        "geo": "geo",
    },
    ev.GiftReversed: {
        "actor": "sender",
        "other": "recipient",
        "token": "token",
        "event": "gift_event_id",
    },
    ev.Payment: {"actor": "payer", "other": "payee"},
    ev.Message: {"actor": "account", "other": "recipient"},
    ev.Listing: {"other": "seller", "token": "token", "collection": "collection"},
    ev.MarketPrice: {"collection": "collection"},
    ev.Report: {"actor": "account", "other": "reporter"},
}
AMOUNT: Final = {
    ev.Purchase: "price",
    ev.Payment: "amount",
    ev.Listing: "price",
    ev.MarketPrice: "price",
}
VARIANT: Final = {ev.CredentialChanged: "kind", ev.Listing: "action"}


def _named(batch: EventBatch, row: int) -> dict[str, str]:
    """The ids of an event by column, as strings; those it has not got are left out."""
    return {
        column: batch.names[space][batch.ids[row, at]]
        for at, (column, space) in enumerate(zip(ID_COLUMNS, NAMESPACE, strict=True))
        if batch.ids[row, at] >= 0
    }


def _one(event: ev.Event) -> EventBatch:
    return to_columns([event])


def _num(event: ev.Event) -> int:
    return int(_one(event).values[0, 1])


@examples(80)
@given(arrivals=histories())
def test_columns_hold_what_the_events_say(arrivals: list[Arrival]) -> None:
    told = [arrival.event for arrival in arrivals]
    batch = to_columns(told)
    assert len(batch) == len(told)
    assert batch.event_id.tolist() == [event.event_id for event in told]
    assert batch.ts.tolist() == batch.at.tolist() == [event.ts for event in told]
    assert set(batch.wanted.tolist()) == {255}
    for row, event in enumerate(told):
        cls = type(event)
        kind = str(cls.__struct_config__.tag)
        if cls in VARIANT:
            kind += "." + getattr(event, VARIANT[cls])
        assert KIND_NAMES[batch.kind[row]] == kind
        known = {column: getattr(event, name) for column, name in IDS[cls].items()}
        assert _named(batch, row) == {c: v for c, v in known.items() if v is not None}
        amount = getattr(event, AMOUNT[cls]) if cls in AMOUNT else NONE
        assert batch.values[row, 0] == amount
        if isinstance(event, ev.Purchase | ev.PurchaseAttempted):
            assert batch.values[row, 1] == (NONE if event.latency_ms is None else event.latency_ms)
        elif not isinstance(event, ev.AccountRegistered | ev.Message | ev.Listing):
            assert batch.values[row, 1] == NONE


@examples(30)
@given(arrivals=histories())
def test_a_name_stands_once_in_its_table(arrivals: list[Arrival]) -> None:
    batch = to_columns([arrival.event for arrival in arrivals])
    for space, strings in batch.names.items():
        assert len(set(strings)) == len(strings)
        used = {
            index
            for at, one in enumerate(NAMESPACE)
            if one == space
            for index in batch.ids[:, at].tolist()
        }
        assert used - {-1} == set(range(len(strings)))


def test_no_events_are_no_columns() -> None:
    batch = to_columns([])
    assert (len(batch), len(in_order(batch))) == (0, 0)
    assert batch.ids.shape == (0, len(ID_COLUMNS))


@examples(80)
@given(arrivals=histories(), data=st.data())
def test_the_order_is_total_and_not_that_of_arrival(
    arrivals: list[Arrival], data: st.DataObject
) -> None:
    def judged(order: list[Arrival]) -> EventBatch:
        batch = to_columns([arrival.event for arrival in order])
        batch.at = np.array([arrival.at for arrival in order], np.int64)
        return in_order(batch)

    expected = sorted((arrival.at, arrival.event.event_id) for arrival in arrivals)
    for order in (arrivals, data.draw(st.permutations(arrivals))):
        batch = judged(order)
        assert list(zip(batch.at.tolist(), batch.event_id.tolist(), strict=True)) == expected
        by_id = {arrival.event.event_id: arrival.event for arrival in order}
        for row, event_id in enumerate(batch.event_id.tolist()):
            assert batch.ts[row] == by_id[event_id].ts
            assert _named(batch, row) == _named(_one(by_id[event_id]), 0)


def test_ties_are_broken_by_id_in_runs_of_any_length() -> None:
    chance = random.Random(3)
    times = [5, 5, 5, 1, 1, 9, 3, 3, 3, 3, 4, 5, 2, 1]
    ids = [f"{chance.randrange(100):02}" for _ in times]
    batch = to_columns(
        [
            ev.Login(event_id=one, ts=TS + time, account="a", device="d")
            for one, time in zip(ids, times, strict=True)
        ]
    )
    ordered = in_order(batch)
    found = list(zip((ordered.at - TS).tolist(), ordered.event_id.tolist(), strict=True))
    assert found == sorted(zip(times, ids, strict=True))


def test_batches_with_the_same_names_follow_one_another() -> None:
    batch = to_columns(
        [ev.Login(event_id=str(n), ts=TS + n, account=f"a{n}", device="d") for n in range(5)]
    )
    whole = concatenate([batch.take(slice(3, 5)), batch.take(slice(0, 3))])
    assert whole.event_id.tolist() == ["3", "4", "0", "1", "2"]
    assert [_named(whole, row)["actor"] for row in range(5)] == ["a3", "a4", "a0", "a1", "a2"]
    assert concatenate([batch]) is batch


def test_names_are_numbered_as_they_come() -> None:
    names = Names(["x", "y"])
    assert [names[one] for one in ("y", "z", None, "x", "z")] == [1, 2, -1, 0, 2]
    assert (names.strings(), names.strings(2), names.strings(3)) == (["x", "y", "z"], ["z"], [])


@pytest.mark.parametrize(
    ("band", "minor"),
    [
        (None, 0),
        ("", 0),
        ("unknown", 0),
        ("18+", 0),
        ("18-24", 0),
        ("60+", 0),
        ("adult", 0),
        ("under_30", 0),
        ("14-17", 1),
        ("0-13", 1),
        ("under_14", 1),
        ("under 18", 1),
        ("<18", 1),
        ("U18", 1),
        ("Minor", 1),
        ("16", 1),
    ],
)
def test_an_age_band_says_whether_somebody_is_a_minor(band: str | None, minor: int) -> None:
    event = ev.AccountRegistered(event_id="e", ts=TS, account="a", age_band=band)
    assert _num(event) == minor


PRICE, CONTACT, PAYMENT = 1, 2, 4


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        (None, 0),
        ("", 0),
        ("你好", 0),
        ("生日快乐,送你一个", 0),
        ("我有3个朋友", 0),
        ("38元", PRICE),
        ("两百块", 0),
        ("200块一个", PRICE),
        ("¥ 9", PRICE),
        ("￥9", PRICE),
        ("200 RMB", PRICE),
        ("15米", PRICE),
        ("500r", PRICE),
        ("500 red ones", 0),
        ("500一张出", PRICE),
        ("3个出", PRICE),
        ("9元", 0),
        ("加我", CONTACT),
        ("+VX abc", CONTACT),
        ("私聊", CONTACT),
        ("my QQ is 1", CONTACT),
        ("qqq", 0),
        ("微信转账", CONTACT | PAYMENT),
        ("支付宝收款", PAYMENT),
        ("先付定金", PAYMENT),
        ("USDT only", PAYMENT),
        ("100元,加微信,支付宝", PRICE | CONTACT | PAYMENT),
    ],
)
def test_words_of_an_offer_are_marked(text: str | None, marks: int) -> None:
    assert _num(ev.Message(event_id="e", ts=TS, account="a", text=text)) == marks


@pytest.mark.parametrize("said", [True, False])
@pytest.mark.parametrize(
    ("field", "bit"), [("has_price", 1), ("has_contact", 2), ("has_payment_word", 4)]
)
def test_what_the_platform_says_of_a_message_wins_over_its_text(
    field: str, bit: int, said: bool
) -> None:
    told: dict[str, Any] = {field: said}
    offer = ev.Message(event_id="e", ts=TS, account="a", text="38元 加我 转账", **told)
    assert _num(offer) == (7 if said else 7 - bit)
    assert _num(ev.Message(event_id="e", ts=TS, account="a", **told)) == bit * said


@pytest.mark.parametrize("piece", ["1", " ", "1 ", "¥", "¥ ", "11元"])
def test_a_hostile_text_does_not_stop_the_stream(piece: str) -> None:
    """A regular expression that tried a mebibyte of digits from each of them would take hours."""
    text = piece * ((1 << 20) // len(piece))
    assert _num(ev.Message(event_id="e", ts=TS, account="a", text=text)) == (piece == "11元")
    assert (
        _num(ev.Message(event_id="e", ts=TS, account="a", text="1" * 500_000 + " " * 500_000)) == 0
    )


@pytest.mark.parametrize(
    ("confidence", "ppm"), [(None, PPM), (1.0, PPM), (0.0, 0), (0.9, 900_000), (0.1234567, 123_457)]
)
def test_the_confidence_of_a_match_is_in_millionths(confidence: float | None, ppm: int) -> None:
    event = ev.Listing(
        event_id="e", ts=TS, site="s", action="posted", price=1, match_confidence=confidence
    )
    assert _num(event) == ppm


@examples(100)
@given(event=events())
def test_no_number_looks_like_none(event: ev.Event) -> None:
    batch = _one(event)
    assert ((batch.values == NONE) | (batch.values >= 0)).all()
    assert COUNTED & int(batch.wanted[0])
