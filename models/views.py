"""Views: an event as seen by each entity whose history it belongs to.

A gift is in the past of its sender, of its recipient, of its token and of the sender's device.
Each such view is a row of a *lane* (all accounts, all tokens, or all devices), names its entity,
what the event means to it (its role) and who or what else took part.
"""

import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.columns import (
    COUNTED,
    CREDENTIALS,
    ID_COLUMNS,
    KIND_CODE,
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


def _table(lane: str) -> tuple[NDArray[np.int8], NDArray[np.int8], NDArray[np.int8]]:
    """For each kind and place: role or -1, entity column (-1 everywhere), source of each row id."""
    places = max(len(views) for views in VIEWS.values())
    role = np.full((len(KIND_NAMES), places), -1, np.int8)
    entity = np.full((len(KIND_NAMES), places), EVERYWHERE, np.int8)
    source = np.zeros((len(KIND_NAMES), places, len(ROW_IDS)), np.int8)
    for name, code in KIND_CODE.items():
        for place, view in enumerate(VIEWS[name]):
            if view.lane != lane:
                continue
            role[code, place] = ROLE_CODE[lane][view.role]
            if view.entity is not None:
                entity[code, place] = ID_COLUMNS.index(view.entity)
            renamed = dict(view.renamed)
            for at, column in enumerate(ROW_IDS):
                source[code, place, at] = ID_COLUMNS.index(renamed.get(column, column))
    return role, entity, source


_TABLES: Final = {lane: _table(lane) for lane in LANES}


def expand(batch: EventBatch, lane: str) -> Rows:
    """The wanted views of a batch's events in one lane, in the order of the events.

    A view whose entity the event does not name (a listing without its token) is no row.
    """
    role_of, entity_of, source_of = _TABLES[lane]
    parts = []
    for place in range(role_of.shape[1]):
        column = entity_of[batch.kind, place]
        named = np.take_along_axis(
            batch.ids, np.maximum(column, 0)[:, None].astype(np.intp), axis=1
        ).ravel()
        entity = np.where(column == EVERYWHERE, EVERYWHERE, named)
        here = (role_of[batch.kind, place] >= 0) & ((batch.wanted >> place) & 1).astype(bool)
        here &= (column == EVERYWHERE) | (named >= 0)
        chosen = np.flatnonzero(here)
        parts.append((chosen, np.full(len(chosen), place, np.int8), entity[chosen]))
    event = np.concatenate([part[0] for part in parts])
    place_of = np.concatenate([part[1] for part in parts])
    entity = np.concatenate([part[2] for part in parts])
    order = np.argsort(event * np.intp(role_of.shape[1]) + place_of, kind="stable")
    event, place_of, entity = event[order], place_of[order], entity[order]
    kind = batch.kind[event]
    ids = np.take_along_axis(batch.ids[event], source_of[kind, place_of].astype(np.intp), axis=1)
    return Rows(
        event,
        entity.astype(np.int32),
        role_of[kind, place_of].astype(np.uint8),
        batch.at[event],
        np.ascontiguousarray(ids),
        np.ascontiguousarray(batch.values[event]),
    )


def partition_of(name: str, partitions: int) -> int:
    """The partition that owns an entity: a stable hash of its name."""
    return zlib.crc32(name.encode()) % partitions


def scatter(batch: EventBatch, partitions: int) -> list[tuple[EventBatch, NDArray[np.intp]]]:
    """For each partition the events it needs, `wanted` cut to the views it owns, and their
    positions in the batch."""
    owner = {
        space: np.array(
            [partition_of(name, partitions) for name in batch.names[space]] or [0], np.int32
        )
        for space in NAMESPACES
    }
    wanted = np.zeros((partitions, len(batch)), np.uint8)
    everything = np.arange(len(batch))
    for place in range(max(len(views) for views in VIEWS.values())):
        for lane in LANES:
            role_of, entity_of, _ = _TABLES[lane]
            here = role_of[batch.kind, place] >= 0
            column = entity_of[batch.kind, place]
            for one in np.unique(column[here]).tolist():
                rows = everything[here & (column == one)]
                if one == EVERYWHERE:
                    wanted[:, rows] |= np.uint8(1 << place)
                    continue
                named = batch.ids[rows, one]
                rows, named = rows[named >= 0], named[named >= 0]
                wanted[owner[NAMESPACE[one]][named], rows] |= np.uint8(1 << place)
    wanted[_counting(batch, wanted, partitions), everything] |= np.uint8(COUNTED)
    return [_cut(batch, wanted[partition]) for partition in range(partitions)]


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
    ids = batch.ids.copy()
    for space in NAMESPACES:
        columns = [at for at, one in enumerate(NAMESPACE) if one == space]
        used, inverse = np.unique(batch.ids[:, columns], return_inverse=True)
        none = int(len(used) > 0 and used[0] < 0)
        table = batch.names[space]
        names[space] = [table[index] for index in used[none:].tolist()]
        ids[:, columns] = inverse.reshape(-1, len(columns)) - none
    return EventBatch(
        batch.kind, batch.ts, batch.at, batch.event_id, ids, batch.values, batch.wanted, names
    )
