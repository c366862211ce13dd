"""Views: an event as seen by each entity whose history it belongs to.

A gift is in the past of its sender, of its recipient, of its token and of the sender's device.
Each such view is a row of a *lane* (all accounts, all tokens, or all devices), names its entity,
what the event means to it (its role) and who or what else took part.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.columns import (
    COUNTED,
    CREDENTIALS,
    ID_COLUMNS,
    KIND_NAMES,
    NAMESPACE,
    NAMESPACES,
    EventBatch,
)

LANES: Final = ("account", "token", "device")
ROW_IDS: Final = ("other", "actor", "token", "device", "geo", "person", "collection")
# A market price is nobody's history: it goes to every partition, with no entity.
EVERYWHERE: Final = -1


@dataclass(frozen=True, slots=True)
class View:
    """One view of an event kind: the lane, the role, the id column that names the entity (None:
    everywhere), and, where an id of the row is another column of the event, which."""

    lane: str
    role: str
    entity: str | None
    renamed: tuple[tuple[str, str], ...] = ()


_FROM_THE_OTHER_SIDE: Final = (("other", "actor"), ("actor", "other"))


def _account(role: str) -> View:
    return View("account", role, "actor")


def _counterparty(role: str) -> View:
    return View("account", role, "other", _FROM_THE_OTHER_SIDE)


def _both(role: str) -> tuple[View, View]:
    return _account(role), _counterparty(role)


def _token(role: str) -> View:
    return View("token", role, "token")


def _device(role: str) -> View:
    return View("device", role, "device")


VIEWS: Final[dict[str, tuple[View, ...]]] = {
    "account_registered": (_account("registered"), _device("registered")),
    "login": (_account("login"), _device("used")),
    **{f"credential_changed.{kind}": (_account(f"changed_{kind}"),) for kind in CREDENTIALS},
    "account_recovered": (_account("recovered"),),
    "friend_added": _both("friended"),
    "friend_removed": _both("unfriended"),
    "household_declared": _both("household"),
    "airdrop": (_account("airdropped"), _token("issued")),
    "purchase_attempted": (_account("attempted"), _device("tried")),
    "purchase": (_account("purchased"), _token("issued"), _device("bought")),
    "gift": (_account("gift_out"), _counterparty("gift_in"), _token("moved"), _device("gave")),
    "gift_reversed": (_account("came_back"), _counterparty("went_back"), _token("moved_back")),
    "payment": (_account("paid"), _counterparty("was_paid")),
    "message": (_account("wrote"), _counterparty("was_written")),
    "listing.posted": (_token("listed"),),
    "listing.removed": (_token("unlisted"),),
    "market_price": (View("account", "priced", None),),
    "report": (_account("reported"), _counterparty("reporting")),
}
ROLES: Final = {
    lane: tuple(dict.fromkeys(v.role for name in KIND_NAMES for v in VIEWS[name] if v.lane == lane))
    for lane in LANES
}
ROLE_CODE: Final = {
    lane: {role: code for code, role in enumerate(roles)} for lane, roles in ROLES.items()
}


@dataclass(slots=True)
class Rows:
    """n rows of one lane, in order. `event` is the position in the batch they came from;
    `entity` the interned id (-1: everywhere); `ids` int32[n, 7] as `ROW_IDS`."""

    event: NDArray[np.intp]
    entity: NDArray[np.int32]
    role: NDArray[np.uint8]
    at: NDArray[np.int64]
    ids: NDArray[np.int32]
    values: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.at)


class _Table(NamedTuple):
    """The views of one lane, kind after kind: those of kind k are `start[k]` to `start[k + 1]`.

    Of each view its place among all views of its kind, the role, the column of the id that names
    the entity (`EVERYWHERE` for none), and of each id of its row the column it comes from.
    """

    start: NDArray[np.intp]
    place: NDArray[np.uint8]
    role: NDArray[np.uint8]
    entity: NDArray[np.intp]
    source: NDArray[np.intp]


def _table(lane: str) -> _Table:
    start, place, role, entity, source = [0], [], [], [], []
    for name in KIND_NAMES:
        for at, view in enumerate(VIEWS[name]):
            if view.lane == lane:
                renamed = dict(view.renamed)
                place.append(at)
                role.append(ROLE_CODE[lane][view.role])
                named = view.entity is not None
                entity.append(ID_COLUMNS.index(view.entity) if named else EVERYWHERE)
                source.append([ID_COLUMNS.index(renamed.get(one, one)) for one in ROW_IDS])
        start.append(len(place))
    return _Table(
        np.array(start, np.intp),
        np.array(place, np.uint8),
        np.array(role, np.uint8),
        np.array(entity, np.intp),
        np.array(source, np.intp).reshape(-1, len(ROW_IDS)),
    )


_TABLES: Final = {lane: _table(lane) for lane in LANES}


def expand(batch: EventBatch, lane: str) -> Rows:
    """The wanted views of a batch's events in one lane, in the order of the events.

    A view whose entity the event does not name (a listing without its token) is no row.
    """
    table = _TABLES[lane]
    event, view = _views(batch, table)
    column = table.entity[view]
    ids = np.ascontiguousarray(batch.ids).ravel()
    first = event * batch.ids.shape[1]
    entity = np.where(column == EVERYWHERE, np.int32(EVERYWHERE), ids[first + column])
    here = ((batch.wanted[event] >> table.place[view]) & 1).astype(np.bool_)
    here &= (column == EVERYWHERE) | (entity >= 0)
    if not here.all():
        event, view, first, entity = event[here], view[here], first[here], entity[here]
    return Rows(
        event,
        entity,
        table.role[view],
        batch.at[event],
        ids[first[:, None] + table.source[view]],
        batch.values[event],
    )


def _views(batch: EventBatch, table: _Table) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Each event once for each of its views in a lane, and the places of these in the table."""
    start = table.start[batch.kind]
    views = table.start[1:][batch.kind] - start
    event = np.repeat(np.arange(len(batch)), views)
    before = np.cumsum(views) - views
    return event, np.arange(len(event)) + np.repeat(start - before, views)


def partition_of(name: str, partitions: int) -> int:
    """The partition that owns an entity: a stable hash of its name."""
    return zlib.crc32(name.encode()) % partitions


def _entities() -> Iterator[tuple[np.uint8, int, NDArray[np.bool_]]]:
    """Which kinds have a view of which entity at which place: the place as a bit of `wanted`, the
    column that names the entity, and bool[kinds]."""
    columns = {EVERYWHERE: None} | dict(enumerate(ID_COLUMNS))
    for place in range(max(len(views) for views in VIEWS.values())):
        for column, name in columns.items():
            kinds = np.array(
                [
                    len(VIEWS[kind]) > place and VIEWS[kind][place].entity == name
                    for kind in KIND_NAMES
                ]
            )
            if kinds.any():
                yield np.uint8(1 << place), column, kinds


_ENTITIES: Final = tuple(_entities())


def scatter(batch: EventBatch, partitions: int) -> list[tuple[EventBatch, NDArray[np.intp]]]:
    """For each partition the events it needs, `wanted` cut to the views it owns, and their
    positions in the batch."""
    owner = {space: _owners(batch.names[space], partitions) for space in NAMESPACES}
    wanted = np.zeros((partitions, len(batch)), np.uint8)
    for bit, column, kinds in _ENTITIES:
        rows = np.flatnonzero(kinds[batch.kind])
        if column == EVERYWHERE:
            wanted[:, rows] |= bit
            continue
        named = batch.ids[rows, column]
        rows, named = rows[named >= 0], named[named >= 0]
        wanted[owner[NAMESPACE[column]][named], rows] |= bit
    wanted[_counting(batch, wanted, partitions), np.arange(len(batch))] |= np.uint8(COUNTED)
    return [_cut(batch, wanted[partition]) for partition in range(partitions)]


def _owners(names: Sequence[str], partitions: int) -> NDArray[np.int64]:
    """`partition_of` each name."""
    hashes = np.fromiter(map(zlib.crc32, map(str.encode, names)), np.int64, len(names))
    return hashes % partitions


def _counting(batch: EventBatch, wanted: NDArray[np.uint8], partitions: int) -> NDArray[np.intp]:
    """For each event the one partition that counts it: the owner of its first view or, where
    every partition has that view or none has one, the one that its id falls to."""
    bits = wanted.astype(np.int16)
    first = bits & -bits
    first = np.where(first > 0, first, 256)
    counting: NDArray[np.intp] = first.argmin(axis=0)
    shared = (first == first.min(axis=0)).sum(axis=0) > 1
    for at in np.flatnonzero(shared).tolist():
        counting[at] = partition_of(batch.event_id[at], partitions)
    return counting


def _cut(batch: EventBatch, wanted: NDArray[np.uint8]) -> tuple[EventBatch, NDArray[np.intp]]:
    index = np.flatnonzero(wanted)
    part = batch.take(index)
    part.wanted = wanted[index]
    return compact(part), index


def compact(batch: EventBatch) -> EventBatch:
    """The same events with name tables of only what they use, and ids renumbered to match."""
    names: dict[str, list[str]] = {}
    ids = np.empty_like(batch.ids)
    for space in NAMESPACES:
        columns = [at for at, one in enumerate(NAMESPACE) if one == space]
        table, local = batch.names[space], batch.ids[:, columns]
        # One more than there are names: where -1 leads.
        used = np.zeros(len(table) + 1, np.bool_)
        used[local] = True
        used[-1] = False
        number = np.cumsum(used, dtype=np.int32) - 1
        number[-1] = -1
        ids[:, columns] = number[local]
        names[space] = list(compress(table, used))
    return EventBatch(
        batch.kind, batch.ts, batch.at, batch.event_id, ids, batch.values, batch.wanted, names
    )
