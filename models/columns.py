"""Events as columns: what every stage after decoding works on.

A batch of n events is a handful of arrays. Strings are interned: an id column holds indices into
the batch's name tables, one table a namespace, -1 for none. Numbers are int64, `NONE` for none.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from operator import attrgetter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from models import events as ev

NONE: Final = -(2**62)

ID_COLUMNS: Final = ("actor", "other", "token", "device", "geo", "person", "collection", "event")
NAMESPACE: Final = (
    "account",
    "account",
    "token",
    "device",
    "geo",
    "person",
    "collection",
    "event",
)
NAMESPACES: Final = tuple(dict.fromkeys(NAMESPACE))
VALUE_COLUMNS: Final = ("amount", "num")

CREDENTIALS: Final = ("phone", "password", "email", "payment", "kyc")
PPM: Final = 1_000_000
COUNTED: Final = 128


@dataclass(frozen=True, slots=True)
class Kind:
    """How one event class fills the columns: attributes by id column, and the two numbers."""

    event: type[ev.Event]
    ids: dict[str, str]
    amount: str | None = None
    num: Callable[[Any], int] | None = None
    variant: str | None = None
    variants: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The kind names of this class: `gift`, or `listing.posted` and `listing.removed`."""
        tag = str(self.event.__struct_config__.tag)
        return tuple(f"{tag}.{one}" for one in self.variants) or (tag,)


def _latency(event: ev.Purchase | ev.PurchaseAttempted) -> int:
    return NONE if event.latency_ms is None else event.latency_ms


def _confidence(event: ev.Listing) -> int:
    return PPM if event.match_confidence is None else round(event.match_confidence * PPM)


_NUMBERS: Final = re.compile(r"\d+")


def _minor(event: ev.AccountRegistered) -> int:
    """1 where the age band lies below 18: `14-17`, `under_14`, `minor`; `18+` does not."""
    band = (event.age_band or "").lower()
    ages = [int(age) for age in _NUMBERS.findall(band)]
    if not ages:
        return int(band in ("minor", "child", "teen"))
    under = band.startswith(("under", "<", "u"))
    return int(max(ages) <= 18 if under else max(ages) < 18)


# One or two digits are looked for where any number would do: `\d+` tries a text of digits alone
# from each of them to the end, which takes hours for a mebibyte.
_PRICE: Final = re.compile(r"\d\d\s*(?:元|块|rmb|cny|米|r\b)|[¥￥]\s*\d|\d\s*一?[张个]?出", re.I)
_CONTACT: Final = re.compile(r"微信|vx|wechat|\bqq\b|加我|私聊|私信|telegram|电报", re.I)
_PAY: Final = re.compile(r"转账|支付宝|alipay|红包|付款|打款|收款|定金|paypal|usdt", re.I)


def _words(event: ev.Message) -> int:
    """The three marks of an offer as bits (price 1, contact 2, payment 4). The platform's own
    marks win; the text is looked at here, once, and kept nowhere."""
    price, contact, payment = event.has_price, event.has_contact, event.has_payment_word
    if text := event.text:
        price = _PRICE.search(text) is not None if price is None else price
        contact = _CONTACT.search(text) is not None if contact is None else contact
        payment = _PAY.search(text) is not None if payment is None else payment
    return bool(price) | bool(contact) << 1 | bool(payment) << 2


_PLACE: Final = {"device": "device", "geo": "geo"}

KINDS: Final = (
    Kind(ev.AccountRegistered, {"actor": "account", "person": "kyc", **_PLACE}, num=_minor),
    Kind(ev.Login, {"actor": "account", **_PLACE}),
    Kind(
        ev.CredentialChanged,
        {"actor": "account", "person": "holder", **_PLACE},
        variant="kind",
        variants=CREDENTIALS,
    ),
    Kind(ev.AccountRecovered, {"actor": "account", "person": "kyc", **_PLACE}),
    Kind(ev.FriendAdded, {"actor": "account", "other": "friend"}),
    Kind(ev.FriendRemoved, {"actor": "account", "other": "friend"}),
    Kind(ev.HouseholdDeclared, {"actor": "account", "other": "member"}),
    Kind(ev.Airdrop, {"actor": "account", "token": "token", "collection": "collection"}),
    Kind(ev.PurchaseAttempted, {"actor": "account", "device": "device"}, num=_latency),
    Kind(
        ev.Purchase,
        {"actor": "account", "token": "token", "collection": "collection", **_PLACE},
        amount="price",
        num=_latency,
    ),
    Kind(
        ev.Gift,
        {
            "actor": "sender",
            "other": "recipient",
            "token": "token",
            "collection": "collection",
            **_PLACE,
        },
    ),
    Kind(
        ev.GiftReversed,
        {"actor": "sender", "other": "recipient", "token": "token", "event": "gift_event_id"},
    ),
    Kind(ev.Payment, {"actor": "payer", "other": "payee"}, amount="amount"),
    Kind(ev.Message, {"actor": "account", "other": "recipient"}, num=_words),
    Kind(
        ev.Listing,
        {"other": "seller", "token": "token", "collection": "collection"},
        amount="price",
        num=_confidence,
        variant="action",
        variants=("posted", "removed"),
    ),
    Kind(ev.MarketPrice, {"collection": "collection"}, amount="price"),
    Kind(ev.Report, {"actor": "account", "other": "reporter"}),
)
KIND_NAMES: Final = tuple(name for kind in KINDS for name in kind.names)
KIND_CODE: Final = {name: code for code, name in enumerate(KIND_NAMES)}
_KIND_OF: Final = {kind.event: kind for kind in KINDS}


class Names(dict[str | None, int]):
    """An interner: looking a new string up gives it the next index; None is always -1."""

    def __init__(self, strings: Iterable[str] = ()) -> None:
        super().__init__()
        self[None] = -1
        for string in strings:
            self[string]

    def __missing__(self, string: str | None) -> int:
        index = len(self) - 1
        self[string] = index
        return index

    def intern(self, strings: Sequence[str | None]) -> NDArray[np.int32]:
        """The index of each string, int32[n]: what looking them up one by one would give."""
        new = [string for string in dict.fromkeys(strings) if string not in self]
        self.update(zip(new, count(len(self) - 1)))
        return np.fromiter(map(self.__getitem__, strings), np.int32, len(strings))

    def strings(self, since: int = 0) -> list[str]:
        """The strings from index `since` on, in the order of their indices."""
        newest = islice(reversed(self), len(self) - 1 - since)
        return [string for string in newest if string is not None][::-1]


@dataclass(slots=True)
class EventBatch:
    """n events as columns.

    `kind` uint8 (index into `KIND_NAMES`), `ts` int64 ms, `at` int64 ms (when the event counts:
    `ts`, or the watermark of its source at arrival where it came too late), `event_id` str
    objects, `ids` int32[n, 8] (`ID_COLUMNS`), `values` int64[n, 2] (`VALUE_COLUMNS`), `wanted`
    uint8 bit mask of the event's views that are meant for the receiver; its highest bit
    (`COUNTED`) says that the receiver is the one that counts the event.
    """

    kind: NDArray[np.uint8]
    ts: NDArray[np.int64]
    at: NDArray[np.int64]
    event_id: NDArray[np.object_]
    ids: NDArray[np.int32]
    values: NDArray[np.int64]
    wanted: NDArray[np.uint8]
    names: dict[str, list[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ts)

    def as_plain(self) -> list[Any]:
        """The columns as arrays and a list of ids, without the name tables."""
        arrays = (self.kind, self.ts, self.at, self.ids, self.values, self.wanted)
        return [*arrays, self.event_id.tolist()]

    @classmethod
    def from_plain(cls, plain: list[Any]) -> "EventBatch":
        """The batch that `as_plain` gave."""
        kind, ts, at, ids, values, wanted, event_id = plain
        # Through a list that is longer: numpy would make an array of characters of one string.
        objects = np.array([*event_id, None], np.object_)[:-1]
        return cls(kind, ts, at, objects, ids, values, wanted)

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_] | slice) -> "EventBatch":
        """The chosen events, in the order of `index`; the name tables stay shared."""
        return EventBatch(
            self.kind[index],
            self.ts[index],
            self.at[index],
            self.event_id[index],
            self.ids[index],
            self.values[index],
            self.wanted[index],
            self.names,
        )


def concatenate(batches: Sequence[EventBatch]) -> EventBatch:
    """Batches that share their name tables, one after the other."""
    if len(batches) == 1:
        return batches[0]
    return EventBatch(
        np.concatenate([b.kind for b in batches]),
        np.concatenate([b.ts for b in batches]),
        np.concatenate([b.at for b in batches]),
        np.concatenate([b.event_id for b in batches]),
        np.concatenate([b.ids for b in batches]),
        np.concatenate([b.values for b in batches]),
        np.concatenate([b.wanted for b in batches]),
        batches[0].names,
    )


def in_order(batch: EventBatch) -> EventBatch:
    """The events by (`at`, `event_id`): the one order in which they are judged."""
    at = batch.at
    order = np.argsort(at, kind="stable")
    ranked = at[order]
    ties = np.flatnonzero(ranked[1:] == ranked[:-1])
    if len(ties):
        starts = ties[np.insert(np.diff(ties) > 1, 0, True)]
        for start in starts.tolist():
            end = int(np.searchsorted(ranked, ranked[start], side="right"))
            run = order[start:end]
            order[start:end] = sorted(run.tolist(), key=batch.event_id.__getitem__)
    # Most batches come in order, and copying one costs more than finding that out.
    return batch if (order == np.arange(len(order))).all() else batch.take(order)


def to_columns(events: Sequence[ev.Event]) -> EventBatch:
    """Decoded events to columns, in their order, each wanted in all its views.

    `at` is `ts` until intake has compared it with the source's watermark.
    """
    n = len(events)
    names = {space: Names() for space in NAMESPACES}
    kind = np.empty(n, np.uint8)
    ids = np.full((n, len(ID_COLUMNS)), -1, np.int32)
    values = np.full((n, len(VALUE_COLUMNS)), NONE, np.int64)
    groups: dict[type[ev.Event], list[int]] = {}
    for position, event in enumerate(events):
        groups.setdefault(type(event), []).append(position)
    for cls, positions in groups.items():
        spec = _KIND_OF[cls]
        group = [events[position] for position in positions]
        where = np.array(positions, np.intp)
        m = len(group)
        base = KIND_CODE[spec.names[0]]
        if spec.variant is None:
            kind[where] = base
        else:
            variant = map(spec.variants.index, map(attrgetter(spec.variant), group))
            kind[where] = base + np.fromiter(variant, np.uint8, m)
        for column, attribute in spec.ids.items():
            at = ID_COLUMNS.index(column)
            intern = names[NAMESPACE[at]].intern
            ids[where, at] = intern(list(map(attrgetter(attribute), group)))
        if spec.amount is not None:
            values[where, 0] = np.fromiter(map(attrgetter(spec.amount), group), np.int64, m)
        if spec.num is not None:
            values[where, 1] = np.fromiter(map(spec.num, group), np.int64, m)
    ts = np.fromiter(map(attrgetter("ts"), events), np.int64, n)
    event_id = np.fromiter(map(attrgetter("event_id"), events), np.object_, n)
    return EventBatch(
        kind,
        ts,
        ts.copy(),
        event_id,
        ids,
        values,
        np.full(n, 255, np.uint8),
        {space: table.strings() for space, table in names.items()},
    )
