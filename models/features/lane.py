"""A lane's state between batches: the log, the links and the cells of one kind of entity."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.features import kernel as k
from models.features.plan import Plan
from models.snapshot import SnapshotError
from models.views import ROLE_CODE, ROW_IDS, Rows

# Rows kept in one trail: the evidence of one finding names at most so many events.
TRAIL = 200


class Columns:
    """Feature columns by name: `f.recipients_30d` is float64[n]; `f[index]` the chosen rows, of
    which only the columns that are asked for are copied."""

    def __init__(
        self,
        names: dict[str, int],
        matrix: NDArray[np.float64],
        rows: NDArray[np.intp] | None = None,
    ) -> None:
        self._names = names
        self._matrix = matrix
        self._rows = rows

    def __getattr__(self, name: str) -> NDArray[np.float64]:
        try:
            column = self._matrix[:, self._names[name]]
        except KeyError:
            raise AttributeError(f"no feature is called {name}") from None
        return column if self._rows is None else column[self._rows]

    def __getitem__(self, index: NDArray[Any]) -> "Columns":
        rows = np.arange(len(self._matrix)) if self._rows is None else self._rows
        return Columns(self._names, self._matrix, rows[index])

    def __len__(self) -> int:
        return len(self._matrix if self._rows is None else self._rows)

    @property
    def matrix(self) -> NDArray[np.float64]:
        """float64[n, features], in declared order."""
        return self._matrix if self._rows is None else self._matrix[self._rows]


@dataclass(slots=True)
class Judged:
    """The judged rows of one run: positions in the rows, log indices and feature columns."""

    row: NDArray[np.int64]
    index: NDArray[np.int64]
    features: Columns


def _grown(array: NDArray[Any], size: int, fill: int) -> NDArray[Any]:
    # Zeros cost nothing until they are touched.
    shape = (size, *array.shape[1:])
    new = np.full(shape, fill, array.dtype) if fill else np.zeros(shape, array.dtype)
    new[: len(array)] = array
    return new


class Lane:
    """All entities of one kind in one partition, run through a plan in event-time order."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.names = {name: at for at, name in enumerate(plan.names)}
        tables = plan.tables
        self.tail = np.zeros(4, np.int64)
        self.cursors = np.zeros(len(tables.windows), np.int64)
        self.log = k.Log(
            at=np.zeros(0, np.int64),
            entity=np.zeros(0, np.int32),
            role=np.zeros(0, np.uint8),
            novel=np.zeros(0, np.int64),
            link=np.zeros((0, len(tables.width)), np.int32),
            ids=np.zeros((0, len(ROW_IDS)), np.int32),
            values=np.zeros((0, 2), np.int64),
            before=np.zeros(0, np.int64),
            event=np.zeros(0, np.int64),
        )
        self.links = k.Links(
            table=np.full(1024, -1, np.int32),
            key=np.zeros((0, 2), np.int64),
            pool=np.zeros(0, np.int64),
        )
        self.entities = k.Entities(
            cells=np.zeros((0, len(plan.cell_init)), np.int64),
            last=np.zeros(0, np.int64),
            price=np.zeros(0, np.int64),
        )

    def run(self, rows: Rows, event: NDArray[np.int64], entities: int, collections: int) -> Judged:
        """Judge and remember rows, which are in order and not before any earlier one.

        `event` int64[n] is each row's index in the partition's event log; `entities` and
        `collections` are how many names are known.
        """
        self._reserve(len(rows), entities, collections)
        tables = self.plan.tables
        wanted = int(np.count_nonzero(tables.judged[rows.role] & (rows.entity >= 0)))
        raw = np.empty((wanted, len(tables.read)), np.float64)
        row = np.empty(wanted, np.int64)
        # A row's place in the log: those without an entity (prices) are not logged.
        index = self.tail[k.T_END] - 1 + np.cumsum(rows.entity >= 0)
        data = k.Input(rows.at, rows.entity, rows.role, rows.ids, rows.values, event)
        judged = k.run(
            tables, self.log, self.links, self.entities, self.tail, self.cursors, data, raw, row
        )
        assert judged == wanted
        return Judged(row, index[row], self._complete(raw))

    def _complete(self, raw: NDArray[np.float64]) -> Columns:
        # Column by column in memory: what follows reads columns.
        matrix = np.empty((len(raw), len(self.plan.names)), np.float64, order="F")
        matrix[:, self.plan.raw] = raw
        columns = Columns(self.names, matrix)
        for at, of in self.plan.derived:
            matrix[:, at] = of(columns)
        return columns

    def event_at(self, index: int) -> int:
        """Event-log index of the row at log index `index`."""
        return int(self.log.event[index - self.tail[k.T_BASE]])

    def trail(
        self, index: int, roles: tuple[str, ...], within: int, column: str | None
    ) -> NDArray[np.int64]:
        """Event-log indices of an entity's rows of these roles up to log index `index`, less
        than `within` ms before it, with the same id in `column` as it; oldest first, and the
        newest `TRAIL` of them where there are more."""
        mask = sum(1 << ROLE_CODE[self.plan.lane][role] for role in roles)
        place = index - self.tail[k.T_BASE]
        at = -1 if column is None else ROW_IDS.index(column)
        same = -1 if column is None else int(self.log.ids[place, at])
        since = self.log.at[place] - within
        out = np.empty(TRAIL, np.int64)
        found = k.trail(self.log, self.tail, index, mask, since, at, same, out)
        events: NDArray[np.int64] = self.log.event[out[:found][::-1] - self.tail[k.T_BASE]]
        return events

    def forget(self) -> int:
        """Drop the log behind the longest window; returns the oldest event index still used.

        Costs a copy of what stays, so it waits until as much has left as stays.
        """
        first = int(self.cursors.min()) if len(self.cursors) else int(self.tail[k.T_END])
        base, end = int(self.tail[k.T_BASE]), int(self.tail[k.T_END])
        if first - base > end - first:
            for array in self.log:
                array[: end - first] = array[first - base : end - base]
            self.tail[k.T_BASE] = base = first
        return int(self.log.event[0]) if end > base else -1

    def snapshot(self) -> dict[str, Any]:
        """The state in use: what is reserved and empty is left out."""
        rows = int(self.tail[k.T_END] - self.tail[k.T_BASE])
        links, pool = int(self.tail[k.T_LINKS]), int(self.tail[k.T_POOL])
        return {
            "plan": self.plan.version,
            "tail": self.tail,
            "cursors": self.cursors,
            "log": [array[:rows] for array in self.log],
            "links": self.links.key[:links],
            "pool": self.links.pool[:pool],
            "entities": list(self.entities),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a snapshot. Raises SnapshotError where other features made it."""
        if state["plan"] != self.plan.version:
            raise SnapshotError(f"the lane {self.plan.lane} was computed by other features")
        self.tail, self.cursors = state["tail"], state["cursors"]
        self.log = k.Log(*state["log"])
        count = int(self.tail[k.T_LINKS])
        table = np.full(1 << max(10, (4 * count).bit_length()), -1, np.int32)
        self.links = k.Links(table, state["links"], state["pool"])
        k.rehash(self.links, count)
        self.entities = k.Entities(*state["entities"])

    def _reserve(self, rows: int, entities: int, collections: int) -> None:
        """Make room for the worst that `rows` rows can do: the kernel checks no bounds."""
        spaces = len(self.plan.tables.width)
        used = int(self.tail[k.T_END] - self.tail[k.T_BASE]) + rows
        if used > len(self.log.at):
            self.log = k.Log(*(_grown(array, 2 * used, 0) for array in self.log))
        links = int(self.tail[k.T_LINKS])
        if links + rows * spaces > len(self.links.key):
            key = _grown(self.links.key, 2 * (links + rows * spaces), 0)
            self.links = self.links._replace(key=key)
        pool = int(self.tail[k.T_POOL]) + rows * int(self.plan.tables.width.sum())
        if pool > len(self.links.pool):
            self.links = self.links._replace(pool=_grown(self.links.pool, 2 * pool, 0))
        if 2 * (links + rows * spaces) > len(self.links.table):
            size = 1 << (4 * (links + rows * spaces)).bit_length()
            self.links = self.links._replace(table=np.full(size, -1, np.int32))
            k.rehash(self.links, links)
        if entities > len(self.entities.last):
            known = len(self.entities.last)
            cells = _grown(self.entities.cells, 2 * entities, 0)
            cells[known:] = self.plan.cell_init
            self.entities = self.entities._replace(
                cells=cells, last=_grown(self.entities.last, 2 * entities, -1)
            )
        if collections > len(self.entities.price):
            price = _grown(self.entities.price, 2 * collections, k.NEVER)
            self.entities = self.entities._replace(price=price)
