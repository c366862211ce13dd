"""The feature kernel: runs a plan's tables over rows in order, exactly as of each row.

All rows of a lane stand in one log in time order, and each window has one cursor into it. At each
row every cursor runs forward and undoes what has left its window, once: no list per entity, and
the same cost for a hot account as for a quiet one. A distinct count is exact in O(1): each link
remembers the index of its last entry; appending adds one if that entry has left the window,
expiry takes one away if the entry is still the link's last.

Everything compiled for a lane, and every constant in it, stands in this module, because Numba's
cache watches one file.
"""

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

NEVER: Final = -(2**62)
HORIZON_MS: Final = 800 * 86_400_000

# Where the numbers stand that change within a call.
T_END, T_BASE, T_LINKS, T_POOL = range(4)

# Updates, in the order in which a row applies them: what compares with the past comes first.
(
    U_MUTUAL,
    U_DISTINCT,
    U_MARK,
    U_GAP,
    U_SLEPT,
    U_ADD,
    U_ADD_VALUE,
    U_SET_VALUE,
    U_SET_ID,
    U_FIRST,
    U_LAST,
    U_INDEX,
) = range(12)
# Undoing what leaves a window.
D_SUB, D_SUB_VALUE, D_DISTINCT, D_MUTUAL = range(4)
# Reading a feature.
(
    R_COUNT,
    R_AGE,
    R_VALUE,
    R_SAME,
    R_SLOWEST,
    R_SLEPT,
    R_WOKE,
    R_HOPS,
    R_THIS,
    R_IS,
    R_KNOWS,
) = range(11)


class Tables(NamedTuple):
    """The program for one lane. An operation is (code, space, cell, argument, window, second
    cell or mask); `*_at[r]:*_at[r+1]` are those of role r, for `undo` of window w and role r
    those at `w * roles + r`. `write_column` and `read_column` name the id column of each space,
    `linked` the spaces in which a row of each role makes a link, as bits, `known` those in which its
    value counts as seen with the entity from then on."""

    windows: NDArray[np.int64]
    update: NDArray[np.int64]
    update_at: NDArray[np.int32]
    undo: NDArray[np.int64]
    undo_at: NDArray[np.int32]
    read: NDArray[np.int64]
    write_column: NDArray[np.int32]
    read_column: NDArray[np.int32]
    width: NDArray[np.int32]
    link_init: NDArray[np.int64]
    link_init_at: NDArray[np.int32]
    linked: NDArray[np.int64]
    known: NDArray[np.int64]
    judged: NDArray[np.bool_]
    valued: NDArray[np.bool_]


class Log(NamedTuple):
    """Rows in time order. Index i of the lane's history lies at `i - base`; `before` is the
    index of the same entity's previous row, -1 for none; `novel` has a bit for each space whose
    value was new to the entity."""

    at: NDArray[np.int64]
    entity: NDArray[np.int32]
    role: NDArray[np.uint8]
    novel: NDArray[np.int64]
    ids: NDArray[np.int32]
    values: NDArray[np.int64]
    before: NDArray[np.int64]
    event: NDArray[np.int64]


class Links(NamedTuple):
    """Open-addressed (entity, space, value) -> stretch of cells in the pool."""

    table: NDArray[np.int32]
    entity: NDArray[np.int32]
    value: NDArray[np.int32]
    space: NDArray[np.uint8]
    start: NDArray[np.int64]
    pool: NDArray[np.int64]


class Entities(NamedTuple):
    """Cells of each entity, and the index of its last row; `price` by collection."""

    cells: NDArray[np.int64]
    last: NDArray[np.int64]
    price: NDArray[np.int64]


class Input(NamedTuple):
    """The rows to run over; `event` is the index of each row's event in the event log."""

    at: NDArray[np.int64]
    entity: NDArray[np.int32]
    role: NDArray[np.uint8]
    ids: NDArray[np.int32]
    values: NDArray[np.int64]
    event: NDArray[np.int64]


@njit(cache=True, inline="always")
def _slot(entity, space, value, mask):  # type: ignore[no-untyped-def]
    mixed = np.uint64(entity) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= (np.uint64(value) + np.uint64(space) * np.uint64(0x51ED27)) * np.uint64(
        0xC2B2AE3D27D4EB4F
    )
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return np.int64((mixed >> np.uint64(32)) & np.uint64(mask))


@njit(cache=True)
def _find(links, entity, space, value):  # type: ignore[no-untyped-def]
    """Start of the link's cells in the pool, or -1."""
    mask = len(links.table) - 1
    slot = _slot(entity, space, value, mask)
    while True:
        link = links.table[slot]
        if link < 0:
            return np.int64(-1)
        if (
            links.entity[link] == entity
            and links.value[link] == value
            and links.space[link] == space
        ):
            return links.start[link]
        slot = (slot + 1) & mask


@njit(cache=True)
def _make(tables, links, tail, entity, space, value):  # type: ignore[no-untyped-def]
    """A new link with its initial cells; the lane has made room."""
    link = tail[T_LINKS]
    tail[T_LINKS] += 1
    start = tail[T_POOL]
    width = tables.width[space]
    tail[T_POOL] += width
    init = tables.link_init_at[space]
    for k in range(width):
        links.pool[start + k] = tables.link_init[init + k]
    links.entity[link] = entity
    links.value[link] = value
    links.space[link] = space
    links.start[link] = start
    mask = len(links.table) - 1
    slot = _slot(entity, space, value, mask)
    while links.table[slot] >= 0:
        slot = (slot + 1) & mask
    links.table[slot] = link
    return start


@njit(cache=True)
def rehash(links, count):  # type: ignore[no-untyped-def]
    """Fill an empty table with the first `count` links."""
    mask = len(links.table) - 1
    for link in range(count):
        slot = _slot(links.entity[link], links.space[link], links.value[link], mask)
        while links.table[slot] >= 0:
            slot = (slot + 1) & mask
        links.table[slot] = link


@njit(cache=True)
def _expire(tables, log, links, entities, tail, window, index):  # type: ignore[no-untyped-def]
    """Undo one log entry in one window."""
    i = index - tail[T_BASE]
    roles = len(tables.judged)
    group = window * roles + log.role[i]
    entity = log.entity[i]
    for o in range(tables.undo_at[group], tables.undo_at[group + 1]):
        code = tables.undo[o, 0]
        space = tables.undo[o, 1]
        cell = tables.undo[o, 2]
        start = np.int64(-1)
        if space >= 0:
            value = log.ids[i, tables.write_column[space]]
            if value < 0:
                continue
            start = _find(links, entity, space, value)
        if code == D_SUB:
            mask = tables.undo[o, 5]
            if mask == 0 or (log.novel[i] & mask) != 0:
                if space >= 0:
                    links.pool[start + cell] -= 1
                else:
                    entities.cells[entity, cell] -= 1
        elif code == D_SUB_VALUE:
            amount = log.values[i, tables.undo[o, 3]]
            if amount != NEVER:
                if space >= 0:
                    links.pool[start + cell] -= amount
                else:
                    entities.cells[entity, cell] -= amount
        elif code == D_DISTINCT:
            if links.pool[start + tables.undo[o, 3]] == index:
                entities.cells[entity, cell] -= 1
        elif (
            links.pool[start + tables.undo[o, 3]] == index
            and links.pool[start + tables.undo[o, 5]] > index
        ):
            entities.cells[entity, cell] -= 1


@njit(cache=True)
def _read(tables, links, entities, rows, row, out):  # type: ignore[no-untyped-def]
    """One row of raw features, from the state before it."""
    entity = rows.entity[row]
    at = rows.at[row]
    for k in range(len(tables.read)):
        code = tables.read[k, 0]
        space = tables.read[k, 1]
        cell = tables.read[k, 2]
        argument = tables.read[k, 3]
        if code == R_THIS:
            own = rows.values[row, argument]
            out[k] = np.nan if own == NEVER else np.float64(own)
            continue
        if code == R_IS:
            out[k] = np.float64((argument >> rows.role[row]) & 1)
            continue
        if code == R_KNOWS:
            out[k] = 1.0 if rows.ids[row, argument] >= 0 else 0.0
            continue
        found = NEVER
        if space < 0:
            found = entities.cells[entity, cell]
        else:
            value = rows.ids[row, tables.read_column[space]]
            start = np.int64(-1)
            if value >= 0:
                start = _find(links, entity, space, value)
            if start >= 0:
                found = links.pool[start + cell]
            elif code == R_COUNT:
                found = 0
        if code == R_COUNT:
            out[k] = np.float64(found)
        elif code == R_AGE:
            out[k] = np.nan if found == NEVER or at - found > HORIZON_MS else np.float64(at - found)
        elif code == R_VALUE:
            out[k] = np.nan if found == NEVER else np.float64(found)
        elif code == R_SAME:
            mine = rows.ids[row, argument]
            out[k] = np.nan if found < 0 or mine < 0 else (1.0 if found == mine else 0.0)
        elif code == R_HOPS:
            count = entities.cells[entity, argument]
            out[k] = np.nan if found == NEVER else np.float64(count - found + 1)
        elif code == R_SLOWEST:
            one = entities.cells[entity, cell + 1]
            two = entities.cells[entity, cell + 2]
            if two == NEVER:
                out[k] = np.nan
            else:
                out[k] = np.float64(max(at - found, one, two))
        else:
            ends = (tables.read[k, 4] >> rows.role[row]) & 1
            asleep = ends and found != NEVER and at - found >= argument
            slept = at - found if asleep else entities.cells[entity, cell + 1]
            woke = at if asleep else entities.cells[entity, cell + 2]
            if slept == NEVER:
                out[k] = np.nan
            else:
                out[k] = np.float64(slept if code == R_SLEPT else at - woke)


@njit(cache=True)
def _update(tables, log, links, entities, tail, cursors, starts, i):  # type: ignore[no-untyped-def]
    """Apply one log entry, which stands at place i, to the state."""
    index = i + tail[T_BASE]
    entity = log.entity[i]
    at = log.at[i]
    role = log.role[i]
    for o in range(tables.update_at[role], tables.update_at[role + 1]):
        code = tables.update[o, 0]
        space = tables.update[o, 1]
        cell = tables.update[o, 2]
        argument = tables.update[o, 3]
        start = np.int64(-1)
        if space >= 0:
            start = starts[space]
            if start < 0:
                continue
        if code == U_MUTUAL:
            first = cursors[tables.update[o, 4]]
            mine = links.pool[start + argument]
            theirs = links.pool[start + tables.update[o, 5]]
            if mine < first and theirs >= first:
                entities.cells[entity, cell] += 1
        elif code == U_DISTINCT:
            if links.pool[start + argument] < cursors[tables.update[o, 4]]:
                entities.cells[entity, cell] += 1
        elif code == U_GAP:
            before = entities.cells[entity, cell]
            if before != NEVER:
                entities.cells[entity, cell + 2] = entities.cells[entity, cell + 1]
                entities.cells[entity, cell + 1] = at - before
            entities.cells[entity, cell] = at
        elif code == U_SLEPT:
            before = entities.cells[entity, cell]
            if before != NEVER and at - before >= argument:
                entities.cells[entity, cell + 1] = at - before
                entities.cells[entity, cell + 2] = at
            entities.cells[entity, cell] = at
        elif code == U_SET_ID:
            entities.cells[entity, cell] = log.ids[i, argument]
        elif code == U_ADD and tables.update[o, 5] != 0:
            if (log.novel[i] & tables.update[o, 5]) == 0:
                continue
            if space >= 0:
                links.pool[start + cell] += 1
            else:
                entities.cells[entity, cell] += 1
        else:
            now = links.pool[start + cell] if space >= 0 else entities.cells[entity, cell]
            if code == U_MARK:
                now = entities.cells[entity, argument]
            elif code == U_ADD:
                now += 1
            elif code == U_ADD_VALUE:
                amount = log.values[i, argument]
                if amount != NEVER:
                    now += amount
            elif code == U_SET_VALUE:
                now = log.values[i, argument]
            elif code == U_FIRST:
                if now == NEVER:
                    now = at
            elif code == U_LAST:
                now = at
            else:
                now = index
            if space >= 0:
                links.pool[start + cell] = now
            else:
                entities.cells[entity, cell] = now


@njit(cache=True)
def run(tables, log, links, entities, tail, cursors, rows, out, out_row):  # type: ignore[no-untyped-def]
    """Run over the rows; returns how many were judged.

    `out` float64[judged, raw features] and `out_row` int64[judged] (position in `rows`) are
    filled from the front. A row without an entity is the price of its collection.
    """
    spaces = len(tables.width)
    starts = np.full(spaces, -1, np.int64)
    judged = 0
    amount_column = 0
    collection = rows.ids.shape[1] - 1
    for r in range(len(rows.at)):
        at = rows.at[r]
        for w in range(len(tables.windows)):
            left = at - tables.windows[w]
            cursor = cursors[w]
            while cursor < tail[T_END] and log.at[cursor - tail[T_BASE]] <= left:
                _expire(tables, log, links, entities, tail, w, cursor)
                cursor += 1
            cursors[w] = cursor
        entity = rows.entity[r]
        role = rows.role[r]
        if entity < 0:
            entities.price[rows.ids[r, collection]] = rows.values[r, amount_column]
            continue
        of = rows.ids[r, collection]
        if tables.valued[role] and of >= 0 and rows.values[r, amount_column] == NEVER:
            rows.values[r, amount_column] = entities.price[of]
        if tables.judged[role]:
            _read(tables, links, entities, rows, r, out[judged])
            out_row[judged] = r
            judged += 1
        i = tail[T_END] - tail[T_BASE]
        log.at[i] = at
        log.entity[i] = entity
        log.role[i] = role
        log.event[i] = rows.event[r]
        log.before[i] = entities.last[entity]
        for k in range(rows.ids.shape[1]):
            log.ids[i, k] = rows.ids[r, k]
        for k in range(rows.values.shape[1]):
            log.values[i, k] = rows.values[r, k]
        novel = 0
        for space in range(spaces):
            starts[space] = -1
            if (tables.linked[role] >> space) & 1:
                value = rows.ids[r, tables.write_column[space]]
                if value >= 0:
                    start = _find(links, entity, space, value)
                    if start < 0:
                        start = _make(tables, links, tail, entity, space, value)
                    if links.pool[start] == NEVER or at - links.pool[start] > HORIZON_MS:
                        novel |= 1 << space
                    if (tables.known[role] >> space) & 1:
                        links.pool[start] = at
                    starts[space] = start
        log.novel[i] = novel
        _update(tables, log, links, entities, tail, cursors, starts, i)
        entities.last[entity] = tail[T_END]
        tail[T_END] += 1
    return judged


@njit(cache=True)
def trail(log, tail, start, roles, since, column, same, out):  # type: ignore[no-untyped-def]
    """Walk an entity's past from log index `start` backwards: the indices of rows of the masked
    roles, later than `since`, with the id `same` in `column` (-1: any), newest first into
    `out`; returns how many."""
    found = 0
    index = start
    while index >= tail[T_BASE] and found < len(out):
        i = index - tail[T_BASE]
        if log.at[i] <= since:
            break
        if (roles >> log.role[i]) & 1 and (column < 0 or log.ids[i, column] == same):
            out[found] = index
            found += 1
        index = log.before[i]
    return found
