"""The slow oracle: every feature of every row straight from its definition.

It knows the events of the contract and what the words of `models.features.language` mean, and
nothing of columns, tables, kernels or lanes. For each row it looks through the whole past of the
row's entity, once for each feature.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, Final

import numpy as np

from models import events as ev
from models.features import language as lang
from models.features.kernel import HORIZON_MS
from tests.strategies import Arrival


@dataclass(slots=True)
class Row:
    """One view of an event: `ids` and `values` hold only what is known; `acted` is false where the
    entity is the other side of what somebody else did."""

    event: ev.Event
    at: int
    lane: str
    role: str
    entity: str | None
    ids: dict[str, str]
    values: dict[str, int]
    acted: bool = True
    past: list["Row"] = field(default_factory=list)

    def id(self, name: str) -> str | None:
        return self.ids.get(name)


def in_order(arrivals: Sequence[Arrival]) -> list[Arrival]:
    """The one order in which events count."""
    return sorted(arrivals, key=lambda arrival: (arrival.at, arrival.event.event_id))


def views(arrival: Arrival) -> Iterator[Row]:
    """An event as each entity sees it whose history it belongs to.

    Row ids: `actor` did it, `other` is the counterparty as seen from the entity.
    """
    event = arrival.event
    values: dict[str, int] = {}
    things: dict[str, str | None] = {}
    sides: tuple[tuple[str, str | None, str | None], ...] = ()
    token_role = device_role = None
    match event:
        case ev.AccountRegistered():
            sides = (("registered", event.account, None),)
            things = {"person": event.kyc, "device": event.device, "geo": event.geo}
            values["num"] = int(event.age_band == "14-17")
            device_role = "registered"
        case ev.Login():
            sides = (("login", event.account, None),)
            things = {"device": event.device, "geo": event.geo}
            device_role = "used"
        case ev.CredentialChanged():
            sides = ((f"changed_{event.kind}", event.account, None),)
            things = {"person": event.holder, "device": event.device, "geo": event.geo}
        case ev.AccountRecovered():
            sides = (("recovered", event.account, None),)
            things = {"person": event.kyc, "device": event.device, "geo": event.geo}
        case ev.FriendAdded():
            sides = _both("friended", "friended", event.account, event.friend)
        case ev.FriendRemoved():
            sides = _both("unfriended", "unfriended", event.account, event.friend)
        case ev.HouseholdDeclared():
            sides = _both("household", "household", event.account, event.member)
        case ev.Airdrop():
            sides = (("airdropped", event.account, None),)
            things = {"token": event.token, "collection": event.collection}
            token_role = "issued"
        case ev.PurchaseAttempted():
            sides = (("attempted", event.account, None),)
            things = {"device": event.device}
            device_role = "tried"
            if event.latency_ms is not None:
                values["num"] = event.latency_ms
        case ev.Purchase():
            sides = (("purchased", event.account, None),)
            things = {"token": event.token, "collection": event.collection}
            things |= {"device": event.device, "geo": event.geo}
            values["amount"] = event.price
            if event.latency_ms is not None:
                values["num"] = event.latency_ms
            token_role, device_role = "issued", "bought"
        case ev.Gift():
            sides = _both("gift_out", "gift_in", event.sender, event.recipient)
            things = {"token": event.token, "collection": event.collection}
            things |= {"device": event.device, "geo": event.geo}
            token_role, device_role = "moved", "gave"
        case ev.GiftReversed():
            sides = _both("came_back", "went_back", event.sender, event.recipient)
            things = {"token": event.token}
            token_role = "moved_back"
        case ev.Payment():
            sides = _both("paid", "was_paid", event.payer, event.payee)
            values["amount"] = event.amount
        case ev.Message():
            sides = _both("wrote", "was_written", event.account, event.recipient)
            values["num"] = _marks(event)
        case ev.Listing():
            things = {"token": event.token, "collection": event.collection}
            values["amount"] = event.price
            sure = 1.0 if event.match_confidence is None else event.match_confidence
            values["num"] = round(sure * 1_000_000)
            token_role = "listed" if event.action == "posted" else "unlisted"
        case ev.MarketPrice():
            things = {"collection": event.collection}
            values["amount"] = event.price
        case ev.Report():
            sides = _both("reported", "reporting", event.account, event.reporter)
        case _:
            raise TypeError(f"the oracle does not know {type(event)}")

    def row(lane: str, role: str, entity: str | None, **who: str | None) -> Row:
        known = {name: value for name, value in {**things, **who}.items() if value is not None}
        return Row(event, arrival.at, lane, role, entity, known, dict(values))

    if isinstance(event, ev.MarketPrice):
        yield row("account", "priced", None)
    for role, me, other in sides:
        if me is not None:
            yield replace(
                row("account", role, me, actor=me, other=other), acted=role == sides[0][0]
            )
    if token_role is not None and things["token"] is not None:
        actor, other = (sides[0][1], sides[0][2]) if sides else (None, None)
        if isinstance(event, ev.Listing):
            other = event.seller
        yield row("token", token_role, things["token"], actor=actor, other=other)
    if device_role is not None and things["device"] is not None:
        yield row("device", device_role, things["device"], actor=sides[0][1], other=sides[0][2])


def _both(
    mine: str, theirs: str, one: str, two: str | None
) -> tuple[tuple[str, str | None, str | None], ...]:
    return (mine, one, two), (theirs, two, one)


_WORDS: Final[dict[str | None, tuple[bool, bool, bool]]] = {
    None: (False, False, False),
    "出 38元 私聊": (True, True, False),
    "你好": (False, False, False),
    "转账给我": (False, False, True),
    "200 yuan?": (False, False, False),
}


def _marks(event: ev.Message) -> int:
    told = (event.has_price, event.has_contact, event.has_payment_word)
    read = _WORDS[event.text]
    return sum(
        bit * (seen if said is None else said)
        for bit, said, seen in zip((1, 2, 4), told, read, strict=True)
    )


def rows(arrivals: Sequence[Arrival], lane: str, valued: Sequence[str] = ()) -> list[Row]:
    """All rows of a lane in order, each with its entity's past, oldest first.

    A row of a role in `valued` without an amount has the collection's latest outside price.
    """
    found: list[Row] = []
    prices: dict[str, int] = {}
    pasts: dict[str, list[Row]] = {}
    for arrival in in_order(arrivals):
        for row in views(arrival):
            if row.lane != lane:
                continue
            if row.entity is None:
                prices[row.ids["collection"]] = row.values["amount"]
            else:
                price = prices.get(row.ids.get("collection", ""))
                if row.role in valued and "amount" not in row.values and price is not None:
                    row.values["amount"] = price
                past = pasts.setdefault(row.entity, [])
                row.past = past[:]
                past.append(row)
            found.append(row)
    return found


def answer(row: Row, features: Sequence[lang.Feature]) -> dict[str, float]:
    """Every feature of one row, by name. NaN means never."""
    answers: dict[str, float] = {}
    for feature in features:
        how = feature.how
        if isinstance(how, lang.Derived):
            above = SimpleNamespace(**{k: np.array([v], np.float64) for k, v in answers.items()})
            answers[feature.name] = float(how.of(above)[0])
        else:
            answers[feature.name] = float(MEANING[type(how)](how, row))
    return answers


def trail(row: Row, of: lang.Roles, within: int, same: str | None) -> list[Row]:
    """The evidence behind a row: rows of these roles up to it, less than `within` ms before it,
    with the same id in `same`, the newest 200, oldest first."""
    return [
        one
        for one in (*row.past, row)
        if one.role in of
        and row.at - one.at < within
        and (same is None or one.id(same) == row.id(same))
    ][-200:]


def _of(row: Row, of: lang.Roles, within: int | None = None, per: str | None = None) -> list[Row]:
    """The rows of the past that a definition speaks of, oldest first."""
    theirs, _, mine = (per or "").partition(">")
    key = row.id(mine or theirs)
    return [
        one
        for one in row.past
        if one.role in of
        and (within is None or row.at - within < one.at)
        and (per is None or (key is not None and one.id(theirs) == key))
    ]


def _age(row: Row, at: int) -> float:
    return math.nan if row.at - at > HORIZON_MS else row.at - at


def _count(how: lang.Count, row: Row) -> int:
    found = _of(row, how.of, how.within, how.per)
    if how.new is not None:
        found = [one for one in found if _brought(one, how.new)]
    return len(found)


def _brought(row: Row, name: str) -> bool:
    """Whether the row's entity had not been seen with this value; what lies behind the horizon
    is forgotten."""
    name = name.partition(">")[0]
    value = row.id(name)
    return value is not None and not any(
        one.id(name) == value
        and row.at - one.at <= HORIZON_MS
        # A device, a place or a person is the actor's, and says nothing of the other side.
        and (one.acted or name not in ("device", "geo", "person"))
        for one in row.past
    )


def _total(how: lang.Total, row: Row) -> int:
    return sum(one.values.get(how.what, 0) for one in _of(row, how.of, how.within, how.per))


def _values(row: Row, field: str, of: lang.Roles, within: int) -> set[str]:
    return {value for one in _of(row, of, within) if (value := one.id(field)) is not None}


def _distinct(how: lang.Distinct, row: Row) -> int:
    return len(_values(row, how.field, how.of, how.within))


def _mutual(how: lang.Mutual, row: Row) -> int:
    there = _values(row, how.field, how.of, how.within)
    return len(there & _values(row, how.field, how.back, how.within))


def _age_of(how: lang.Age, row: Row) -> float:
    found = _of(row, how.of, None, how.per)
    return _age(row, found[0 if how.first else -1].at) if found else math.nan


def _last(how: lang.Last, row: Row) -> float:
    found = _of(row, how.of, None, how.per)
    return found[-1].values.get(how.what, math.nan) if found else math.nan


def _same_as_last(how: lang.SameAsLast, row: Row) -> float:
    found = _of(row, how.of)
    theirs = found[-1].id(how.theirs) if found else None
    mine = row.id(how.mine)
    return math.nan if theirs is None or mine is None else float(theirs == mine)


def _slowest_of_three(how: lang.SlowestOfThree, row: Row) -> float:
    times = [*(one.at for one in _of(row, how.of)), row.at]
    gaps = [after - before for before, after in pairwise(times)]
    return max(gaps[-3:]) if len(gaps) >= 3 else math.nan


def _silences(how: lang.Slept | lang.Woke, row: Row) -> list[tuple[int, int]]:
    """(length, when it ended) of each silence of the entity; this row may have ended the last."""
    times = [one.at for one in (*row.past, row) if not how.of or one.role in how.of]
    pairs = pairwise(times)
    return [(after - before, after) for before, after in pairs if after - before >= how.least]


def _slept(how: lang.Slept, row: Row) -> float:
    silences = _silences(how, row)
    return silences[-1][0] if silences else math.nan


def _woke(how: lang.Woke, row: Row) -> float:
    silences = _silences(how, row)
    return row.at - silences[-1][1] if silences else math.nan


def _hops_back(how: lang.HopsBack, row: Row) -> float:
    moves = _of(row, how.of)
    came_to = row.id(how.read)
    if came_to is None:
        return math.nan
    given = [number for number, move in enumerate(moves) if move.id(how.write) == came_to]
    return len(moves) - given[-1] + 1 if given else math.nan


def _this(how: lang.This, row: Row) -> float:
    return row.values.get(how.what, math.nan)


def _is(how: lang.Is, row: Row) -> float:
    return float(row.role in how.of)


def _knows(how: lang.Knows, row: Row) -> float:
    return float(row.id(how.what) is not None)


MEANING: Final[dict[type, Callable[[Any, Row], float]]] = {
    lang.Count: _count,
    lang.Total: _total,
    lang.Distinct: _distinct,
    lang.Mutual: _mutual,
    lang.Age: _age_of,
    lang.Last: _last,
    lang.SameAsLast: _same_as_last,
    lang.SlowestOfThree: _slowest_of_three,
    lang.Slept: _slept,
    lang.Woke: _woke,
    lang.HopsBack: _hops_back,
    lang.This: _this,
    lang.Is: _is,
    lang.Knows: _knows,
}
