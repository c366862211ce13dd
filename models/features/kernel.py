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

# A link's space stands in the lowest bits beside where its cells start.
SPACE_BITS: Final = 6
SPACE_MASK: Final = (1 << SPACE_BITS) - 1

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
    `linked` the spaces in which a row of each role makes a link, as bits, `known` those in which
    its value counts as seen with the entity from then on."""

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
    value was new to the entity, `link` the number of the link that the row made or met in each
    space, -1 for none."""

    at: NDArray[np.int64]
    entity: NDArray[np.int32]
    role: NDArray[np.uint8]
    novel: NDArray[np.int64]
    link: NDArray[np.int32]
    ids: NDArray[np.int32]
    values: NDArray[np.int64]
    before: NDArray[np.int64]
    event: NDArray[np.int64]


class Links(NamedTuple):
    """Open-addressed (entity, space, value) -> stretch of cells in the pool.

    `table` holds numbers of links, `key` int64[n, 2] a link's entity and value, and where its
    cells start with its space: side by side, because looking links up is mostly waiting for
    memory.
    """

    table: NDArray[np.int32]
    key: NDArray[np.int64]
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
def _find(table, key, entity, space, value):  # type: ignore[no-untyped-def]
    """The number of the link, or -1."""
    mask = len(table) - 1
    slot = _slot(entity, space, value, mask)
    both = (np.int64(entity) << 32) | np.int64(value)
    while True:
        link = table[slot]
        if link < 0:
            return np.int64(-1)
        if key[link, 0] == both and (key[link, 1] & SPACE_MASK) == space:
            return np.int64(link)
        slot = (slot + 1) & mask


@njit(cache=True)
def _make(table, key, pool, init, init_at, tail, entity, space, value):  # type: ignore[no-untyped-def]
    """The number of a new link with its initial cells; the lane has made room."""
    link = tail[T_LINKS]
    tail[T_LINKS] += 1
    start = tail[T_POOL]
    for cell in range(init_at[space], init_at[space + 1]):
        pool[tail[T_POOL]] = init[cell]
        tail[T_POOL] += 1
    key[link, 0] = (np.int64(entity) << 32) | np.int64(value)
    key[link, 1] = (start << SPACE_BITS) | space
    _place(table, key, link)
    return link


@njit(cache=True)
def _place(table, key, link):  # type: ignore[no-untyped-def]
    """Put a link into the table."""
    mask = len(table) - 1
    entity, value = key[link, 0] >> 32, key[link, 0] & 0xFFFFFFFF
    slot = _slot(entity, key[link, 1] & SPACE_MASK, value, mask)
    while table[slot] >= 0:
        slot = (slot + 1) & mask
    table[slot] = link


@njit(cache=True)
def rehash(links, count):  # type: ignore[no-untyped-def]
    """Fill an empty table with the first `count` links."""
    for link in range(count):
        _place(links.table, links.key, link)


@njit(cache=True)
def _expire(undo, key, pool, cells, entity, novel, link_of, values, i, index):  # type: ignore[no-untyped-def]
    """Undo one log entry, number `index` at place i of the log, in one window."""
    for o in range(len(undo)):
        code = undo[o, 0]
        space = undo[o, 1]
        cell = undo[o, 2]
        start = np.int64(-1)
        if space >= 0:
            link = link_of[i, space]
            if link < 0:
                continue
            start = key[link, 1] >> SPACE_BITS
        if code == D_SUB:
            mask = undo[o, 5]
            if mask == 0 or (novel & mask) != 0:
                if space >= 0:
                    pool[start + cell] -= 1
                else:
                    cells[entity, cell] -= 1
        elif code == D_SUB_VALUE:
            amount = values[i, undo[o, 3]]
            if amount != NEVER:
                if space >= 0:
                    pool[start + cell] -= amount
                else:
                    cells[entity, cell] -= amount
        elif code == D_DISTINCT:
            if pool[start + undo[o, 3]] == index:
                cells[entity, cell] -= 1
        elif pool[start + undo[o, 3]] == index and pool[start + undo[o, 5]] > index:
            cells[entity, cell] -= 1


@njit(cache=True)
def _read(read, pool, cells, entity, at, role, ids, values, row, starts, out):  # type: ignore[no-untyped-def]
    """One row of raw features, from the state before it. `starts` says where the cells of its
    link in each space start, -1 for none."""
    for k in range(len(read)):
        code = read[k, 0]
        space = read[k, 1]
        cell = read[k, 2]
        argument = read[k, 3]
        if code == R_THIS:
            own = values[row, argument]
            out[k] = np.nan if own == NEVER else np.float64(own)
            continue
        if code == R_IS:
            out[k] = np.float64((argument >> role) & 1)
            continue
        if code == R_KNOWS:
            out[k] = 1.0 if ids[row, argument] >= 0 else 0.0
            continue
        found = NEVER
        if space < 0:
            found = cells[entity, cell]
        else:
            start = starts[space]
            if start >= 0:
                found = pool[start + cell]
            elif code == R_COUNT:
                found = 0
        if code == R_COUNT:
            out[k] = np.float64(found)
        elif code == R_AGE:
            out[k] = np.nan if found == NEVER or at - found > HORIZON_MS else np.float64(at - found)
        elif code == R_VALUE:
            out[k] = np.nan if found == NEVER else np.float64(found)
        elif code == R_SAME:
            mine = ids[row, argument]
            out[k] = np.nan if found < 0 or mine < 0 else (1.0 if found == mine else 0.0)
        elif code == R_HOPS:
            count = cells[entity, argument]
            out[k] = np.nan if found == NEVER else np.float64(count - found + 1)
        elif code == R_SLOWEST:
            one = cells[entity, cell + 1]
            two = cells[entity, cell + 2]
            if two == NEVER:
                out[k] = np.nan
            else:
                out[k] = np.float64(max(at - found, one, two))
        else:
            ends = (read[k, 4] >> role) & 1
            asleep = ends and found != NEVER and at - found >= argument
            slept = at - found if asleep else cells[entity, cell + 1]
            woke = at if asleep else cells[entity, cell + 2]
            if slept == NEVER:
                out[k] = np.nan
            else:
                out[k] = np.float64(slept if code == R_SLEPT else at - woke)


@njit(cache=True)
def _update(update, pool, cells, entity, at, novel, ids, values, row, index, cursors, starts):  # type: ignore[no-untyped-def]
    """Apply a row, which stands at `index` of the log, to the state."""
    for o in range(len(update)):
        code = update[o, 0]
        space = update[o, 1]
        cell = update[o, 2]
        argument = update[o, 3]
        start = np.int64(-1)
        if space >= 0:
            start = starts[space]
            if start < 0:
                continue
        if code == U_MUTUAL:
            edge = cursors[update[o, 4]]
            mine = pool[start + argument]
            theirs = pool[start + update[o, 5]]
            if mine < edge and theirs >= edge:
                cells[entity, cell] += 1
        elif code == U_DISTINCT:
            if pool[start + argument] < cursors[update[o, 4]]:
                cells[entity, cell] += 1
        elif code == U_GAP:
            before = cells[entity, cell]
            if before != NEVER:
                cells[entity, cell + 2] = cells[entity, cell + 1]
                cells[entity, cell + 1] = at - before
            cells[entity, cell] = at
        elif code == U_SLEPT:
            before = cells[entity, cell]
            if before != NEVER and at - before >= argument:
                cells[entity, cell + 1] = at - before
                cells[entity, cell + 2] = at
            cells[entity, cell] = at
        elif code == U_SET_ID:
            cells[entity, cell] = ids[row, argument]
        elif code == U_ADD and update[o, 5] != 0:
            if (novel & update[o, 5]) == 0:
                continue
            if space >= 0:
                pool[start + cell] += 1
            else:
                cells[entity, cell] += 1
        else:
            now = pool[start + cell] if space >= 0 else cells[entity, cell]
            if code == U_MARK:
                now = cells[entity, argument]
            elif code == U_ADD:
                now += 1
            elif code == U_ADD_VALUE:
                amount = values[row, argument]
                if amount != NEVER:
                    now += amount
            elif code == U_SET_VALUE:
                now = values[row, argument]
            elif code == U_FIRST:
                if now == NEVER:
                    now = at
            elif code == U_LAST:
                now = at
            else:
                now = index
            if space >= 0:
                pool[start + cell] = now
            else:
                cells[entity, cell] = now


@njit(cache=True)
def run(tables, log, links, entities, tail, cursors, rows, out, out_row):  # type: ignore[no-untyped-def]
    """Run over the rows; returns how many were judged.

    `out` float64[judged, raw features] and `out_row` int64[judged] (position in `rows`) are
    filled from the front. A row without an entity is the price of its collection.
    """
    # To hand a tuple of arrays to a function costs more than most of what is done here with them.
    windows, undo, undo_at, read = tables.windows, tables.undo, tables.undo_at, tables.read
    update, update_at, linked, known = tables.update, tables.update_at, tables.linked, tables.known
    write_column, read_column = tables.write_column, tables.read_column
    link_init, link_init_at, valued = tables.link_init, tables.link_init_at, tables.valued
    table, key, pool = links.table, links.key, links.pool
    cells, last, price = entities.cells, entities.last, entities.price
    log_at, log_entity, log_role, log_novel = log.at, log.entity, log.role, log.novel
    log_ids, log_values, log_link = log.ids, log.values, log.link
    ids, values = rows.ids, rows.values
    roles = len(tables.judged)
    spaces = len(tables.width)
    starts = np.full(spaces, -1, np.int64)
    base = tail[T_BASE]
    end = tail[T_END]
    judged = 0
    amount_column = 0
    collection = ids.shape[1] - 1
    for r in range(len(rows.at)):
        at = rows.at[r]
        for w in range(len(windows)):
            left = at - windows[w]
            cursor = cursors[w]
            while cursor < end and log_at[cursor - base] <= left:
                i = cursor - base
                group = w * roles + log_role[i]
                ops = undo[undo_at[group] : undo_at[group + 1]]
                novel, entity = log_novel[i], log_entity[i]
                _expire(ops, key, pool, cells, entity, novel, log_link, log_values, i, cursor)
                cursor += 1
            cursors[w] = cursor
        entity = rows.entity[r]
        role = rows.role[r]
        if entity < 0:
            price[ids[r, collection]] = values[r, amount_column]
            continue
        of = ids[r, collection]
        if valued[role] and of >= 0 and values[r, amount_column] == NEVER:
            values[r, amount_column] = price[of]
        if tables.judged[role]:
            for space in range(spaces):
                starts[space] = -1
                value = ids[r, read_column[space]]
                if value >= 0:
                    link = _find(table, key, entity, space, value)
                    if link >= 0:
                        starts[space] = key[link, 1] >> SPACE_BITS
            _read(read, pool, cells, entity, at, role, ids, values, r, starts, out[judged])
            out_row[judged] = r
            judged += 1
        i = end - base
        log_at[i] = at
        log_entity[i] = entity
        log_role[i] = role
        log.event[i] = rows.event[r]
        log.before[i] = last[entity]
        for k in range(ids.shape[1]):
            log_ids[i, k] = ids[r, k]
        for k in range(values.shape[1]):
            log_values[i, k] = values[r, k]
        novel = 0
        for space in range(spaces):
            starts[space] = -1
            log_link[i, space] = -1
            if (linked[role] >> space) & 1:
                value = ids[r, write_column[space]]
                if value >= 0:
                    link = _find(table, key, entity, space, value)
                    if link < 0:
                        link = _make(
                            table, key, pool, link_init, link_init_at, tail, entity, space, value
                        )
                    log_link[i, space] = link
                    start = key[link, 1] >> SPACE_BITS
                    if pool[start] == NEVER or at - pool[start] > HORIZON_MS:
                        novel |= 1 << space
                    if (known[role] >> space) & 1:
                        pool[start] = at
                    starts[space] = start
        log_novel[i] = novel
        ops = update[update_at[role] : update_at[role + 1]]
        _update(ops, pool, cells, entity, at, novel, ids, values, r, end, cursors, starts)
        last[entity] = end
        end += 1
    tail[T_END] = end
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
