"""Hypothesis strategies for the events of the wire contract, and for whole histories of them.

Names come from pools of a few, so that returns, rings, shared devices and first meetings all
happen within a handful of events. Times sit on, just before and just behind the edges of windows.

Runs are the same every time. `HYPOTHESIS_PROFILE=explore` looks at new and more examples.
"""

import os
from dataclasses import dataclass
from itertools import permutations
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from models import events as ev
from models.features.kernel import HORIZON_MS
from models.features.language import DAY, HOUR, MINUTE

_SLOW: Final = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)
settings.register_profile(
    "repeatable", deadline=None, derandomize=True, suppress_health_check=_SLOW
)
settings.register_profile("explore", deadline=None, suppress_health_check=_SLOW)
_PROFILE: Final = os.environ.get("HYPOTHESIS_PROFILE", "repeatable")
settings.load_profile(_PROFILE)


def examples(count: int) -> settings:
    """So many examples of a property; ten times as many where the profile explores."""
    return settings(max_examples=count if _PROFILE == "repeatable" else 10 * count)


START_TS: Final = 1_600_000_000_000
WINDOWS: Final = (MINUTE, HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY, 90 * DAY, HORIZON_MS)

_ACCOUNTS: Final = ("ann", "bo", "cy", "张伟")
accounts = st.sampled_from(_ACCOUNTS)
_two_accounts = st.sampled_from(tuple(permutations(_ACCOUNTS, 2)))
_tokens = st.sampled_from(("t1", "t2", "t3"))
_collections = st.sampled_from(("c1", "c2"))
_people = st.sampled_from(("p1", "p2"))
_money = st.sampled_from((0, 1, 500, 1_800, 2**53))
_latencies = st.sampled_from((None, 0, 1, 250, 60_000))
_marks = st.sampled_from((None, None, True, False))


def _perhaps(*values: str) -> st.SearchStrategy[str | None]:
    return st.sampled_from((*values, None))


_COMMON: Final = {
    "platform": _perhaps("one"),
    "device": _perhaps("phone", "tablet", "farm"),
    "ip": _perhaps("10.0.0.1"),
    "geo": _perhaps("sh", "bj"),
    "ingested_at": st.none(),
}
# What each type has beside the common fields: the two accounts that must differ, and the rest.
_FIELDS: Final[dict[type[ev.Event], tuple[tuple[str, ...], dict[str, st.SearchStrategy[Any]]]]] = {
    ev.AccountRegistered: (
        (),
        {
            "account": accounts,
            "kyc": _perhaps("p1", "p2"),
            "age_band": _perhaps("14-17", "18+"),
        },
    ),
    ev.Login: ((), {"account": accounts, "device": st.sampled_from(("phone", "tablet", "farm"))}),
    ev.CredentialChanged: (
        (),
        {
            "account": accounts,
            "kind": st.sampled_from(("phone", "password", "email", "payment", "kyc")),
            "holder": _perhaps("p1", "p2"),
        },
    ),
    ev.AccountRecovered: ((), {"account": accounts, "kyc": _perhaps("p1", "p2")}),
    ev.FriendAdded: (("account", "friend"), {}),
    ev.FriendRemoved: (("account", "friend"), {}),
    ev.HouseholdDeclared: (("account", "member"), {}),
    ev.Airdrop: ((), {"account": accounts, "token": _tokens, "collection": _collections}),
    ev.PurchaseAttempted: (
        (),
        {"account": accounts, "drop": _collections, "latency_ms": _latencies},
    ),
    ev.Purchase: (
        (),
        {
            "account": accounts,
            "token": _tokens,
            "collection": _collections,
            "price": _money,
            "currency": st.sampled_from(("CNY", "USD")),
            "drop": _perhaps("d1"),
            "latency_ms": _latencies,
        },
    ),
    ev.Gift: (("sender", "recipient"), {"token": _tokens, "collection": _collections}),
    ev.GiftReversed: (
        ("sender", "recipient"),
        {"token": _tokens, "gift_event_id": st.just("a0")},
    ),
    ev.Payment: (
        ("payer", "payee"),
        {"amount": _money, "currency": st.just("CNY"), "memo": _perhaps("for the picture")},
    ),
    ev.Message: (
        (),
        {
            "account": accounts,
            "recipient": _perhaps(*_ACCOUNTS),
            "channel": _perhaps("chat"),
            "text": _perhaps("出 38元 私聊", "你好", "转账给我", "200 yuan?"),
            "has_price": _marks,
            "has_contact": _marks,
            "has_payment_word": _marks,
        },
    ),
    ev.Listing: (
        (),
        {
            "site": st.just("market"),
            "action": st.sampled_from(("posted", "posted", "removed")),
            "price": _money,
            "token": _perhaps("t1", "t2", "t3"),
            "collection": _perhaps("c1", "c2"),
            "seller": _perhaps(*_ACCOUNTS),
            "match_confidence": st.sampled_from((None, 0.0, 0.1234565, 0.9, 1.0)),
        },
    ),
    ev.MarketPrice: (
        (),
        {"collection": _collections, "price": _money, "site": _perhaps("market")},
    ),
    ev.Report: (
        (),
        {"account": accounts, "reporter": accounts, "reason": _perhaps("sells")},
    ),
}
# Gifts are what it is all about: they come as often as three other types together.
_classes: st.SearchStrategy[type[ev.Event]] = st.sampled_from(
    (*ev.EVENT_CLASSES, ev.Gift, ev.Gift, ev.Gift)
)


@st.composite
def events(
    draw: st.DrawFn,
    event_id: str = "e1",
    ts: int = START_TS,
    classes: st.SearchStrategy[type[ev.Event]] = _classes,
) -> ev.Event:
    """One valid event of any type."""
    cls = draw(classes)
    sides, own = _FIELDS[cls]
    fields = {name: draw(values) for name, values in {**_COMMON, **own}.items()}
    if sides:
        fields.update(zip(sides, draw(_two_accounts), strict=True))
    return cls(event_id=event_id, ts=ts, **fields)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event and the time at which it counts: its own, or a later one where it came late."""

    event: ev.Event
    at: int


# The next event comes so many ms after the last one, or after an earlier one at a window's edge.
_steps = st.one_of(
    st.sampled_from((0, 0, 1, MINUTE)),
    st.integers(0, 8 * HOUR),
    st.tuples(
        st.integers(0, 9),
        st.sampled_from((*WINDOWS[:-2], *WINDOWS)),
        st.sampled_from((-1, 0, 1)),
    ),
)
_lateness = st.sampled_from((0, 0, 0, 1, HOUR, 40 * DAY))


@st.composite
def histories(draw: st.DrawFn, sizes: tuple[int, ...] = (1, 8, 60)) -> list[Arrival]:
    """Events with unique ids, in any order of arrival; ties in time happen.

    Left to themselves lists would mostly be short and of many types, and nothing would return:
    so the length is drawn first, and many a history has a few types only.
    """
    few = st.lists(_classes, min_size=1, max_size=4).map(st.sampled_from)
    classes = draw(st.one_of(st.just(_classes), few, few))
    size = draw(st.sampled_from(sizes))
    one = st.tuples(events(classes=classes), _steps, _lateness, st.sampled_from("abc"))
    drawn = draw(st.lists(one, min_size=(size + 1) // 2, max_size=size))
    arrivals: list[Arrival] = []
    at = START_TS
    for number, (event, step, late, letter) in enumerate(drawn):
        if isinstance(step, int):
            at += step
        elif arrivals:
            back, window, delta = step
            at = max(at, arrivals[-1 - back % len(arrivals)].at + window + delta)
        event.event_id = f"{letter}{number}"
        event.ts = at - late
        arrivals.append(Arrival(event, at))
    return draw(st.permutations(arrivals))
