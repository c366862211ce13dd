"""Declarations to tables: what the kernel does at each row, as rows of small integers.

A space is a relation of the lane's entity to a value (this account and that counterparty); its
cells lie in the link's stretch of the kernel's pool, those of space -1 in the entity's own row.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.columns import VALUE_COLUMNS
from models.features import kernel as k
from models.features import language as lang
from models.views import ROLE_CODE, ROW_IDS, VIEWS

ENTITY: Final = -1
# What belongs to whoever acted, and says nothing of the other side.
_ACTORS: Final = ("device", "geo", "person")
Op = tuple[int, int, int, int, int, int]


@dataclass(frozen=True)
class Plan:
    """A lane's features, compiled: the kernel's tables, the initial cells of an entity, and the
    derived columns that follow the kernel's own, in declared order."""

    lane: str
    names: tuple[str, ...]
    features: tuple[lang.Feature, ...]
    raw: tuple[int, ...]
    derived: tuple[tuple[int, Callable[..., NDArray[np.float64]]], ...]
    tables: k.Tables
    cell_init: NDArray[np.int64]

    @cached_property
    def version(self) -> str:
        """A hash of what shapes the state: the same for the same declarations."""
        digest = hashlib.blake2b(digest_size=8)
        for array in (*self.tables, self.cell_init):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


class _Compiler:
    def __init__(self, lane: str, features: Sequence[lang.Feature]) -> None:
        self.roles = ROLE_CODE[lane]
        self.windows = sorted({w for f in features if (w := getattr(f.how, "within", None))})
        self.spaces: list[str] = []
        self.novel: list[str] = []
        self.cells: list[int] = []
        self.links: dict[str, list[int]] = {}
        self.memo: dict[tuple[object, ...], int] = {}
        self.updates: dict[int, list[Op]] = {code: [] for code in self.roles.values()}
        self.undos: dict[tuple[int, int], list[Op]] = {}
        self.reads: list[tuple[int, int, int, int, int]] = []

    def space(self, name: str | None) -> int:
        if name is None:
            return ENTITY
        if name not in self.links:
            self.spaces.append(name)
            # The first cell of a link is when its entity last had a row with this value.
            self.links[name] = [k.NEVER]
        return self.spaces.index(name)

    def cell(self, space: int, init: int, *key: object) -> tuple[int, bool]:
        """The cell for `key`, and whether it is new: equal aggregates share their cells."""
        known = (space, *key)
        if known in self.memo:
            return self.memo[known], False
        cells = self.cells if space == ENTITY else self.links[self.spaces[space]]
        cells.append(init)
        self.memo[known] = len(cells) - 1
        return len(cells) - 1, True

    def on(self, roles: lang.Roles, op: Op) -> None:
        for role in roles:
            ops = self.updates[self.roles[role]]
            if op not in ops:
                ops.append(op)

    def leaving(self, window: int, roles: lang.Roles, op: Op) -> None:
        for role in roles:
            ops = self.undos.setdefault((window, self.roles[role]), [])
            if op not in ops:
                ops.append(op)

    def index_cell(self, space: int, roles: lang.Roles) -> int:
        """The link's cell with the index of its last log entry of these roles."""
        cell, new = self.cell(space, -1, "index", roles)
        if new:
            self.on(roles, (k.U_INDEX, space, cell, 0, 0, 0))
        return cell

    def window(self, within: int | None) -> int:
        return -1 if within is None else self.windows.index(within)

    def novelty(self, name: str | None) -> int:
        """The bit that marks a row which brought a new value of this space; 0 for any row."""
        if name is None:
            return 0
        space = self.space(name)
        if name not in self.novel:
            self.novel.append(name)
        return 1 << space

    def read(
        self, code: int, space: int = 0, cell: int = 0, argument: int = 0, more: int = 0
    ) -> None:
        self.reads.append((code, space, cell, argument, more))

    def add(self, how: lang.How) -> None:
        match how:
            case lang.Count(of, within, per, new):
                space, mask = self.space(per), self.novelty(new)
                cell, fresh = self.cell(space, 0, "count", of, within, mask)
                if fresh:
                    self.on(of, (k.U_ADD, space, cell, 0, 0, mask))
                    if within is not None:
                        undo = (k.D_SUB, space, cell, 0, 0, mask)
                        self.leaving(self.window(within), of, undo)
                self.read(k.R_COUNT, space, cell)
            case lang.Total(of, what, within, per):
                space, value = self.space(per), VALUE_COLUMNS.index(what)
                cell, fresh = self.cell(space, 0, "total", of, within, value)
                if fresh:
                    self.on(of, (k.U_ADD_VALUE, space, cell, value, 0, 0))
                    undo = (k.D_SUB_VALUE, space, cell, value, 0, 0)
                    self.leaving(self.window(within), of, undo)
                self.read(k.R_COUNT, space, cell)
            case lang.Distinct(field, of, within):
                space, window = self.space(field), self.window(within)
                index = self.index_cell(space, of)
                cell, fresh = self.cell(ENTITY, 0, "distinct", field, of, within)
                if fresh:
                    self.on(of, (k.U_DISTINCT, space, cell, index, window, 0))
                    self.leaving(window, of, (k.D_DISTINCT, space, cell, index, 0, 0))
                self.read(k.R_COUNT, ENTITY, cell)
            case lang.Mutual(field, of, back, within):
                if both := [role for role in of if role in back]:
                    raise ValueError(f"the role {both[0]} stands on both sides of a mutual count")
                space, window = self.space(field), self.window(within)
                one, two = self.index_cell(space, of), self.index_cell(space, back)
                cell, fresh = self.cell(ENTITY, 0, "mutual", field, of, back, within)
                if fresh:
                    for roles, mine, theirs in ((of, one, two), (back, two, one)):
                        self.on(roles, (k.U_MUTUAL, space, cell, mine, window, theirs))
                        self.leaving(window, roles, (k.D_MUTUAL, space, cell, mine, 0, theirs))
                self.read(k.R_COUNT, ENTITY, cell)
            case lang.Age(of, per, first):
                space = self.space(per)
                cell, fresh = self.cell(space, k.NEVER, "first" if first else "last", of)
                if fresh:
                    self.on(of, (k.U_FIRST if first else k.U_LAST, space, cell, 0, 0, 0))
                self.read(k.R_AGE, space, cell)
            case lang.Last(of, what, per):
                space, value = self.space(per), VALUE_COLUMNS.index(what)
                cell, fresh = self.cell(space, k.NEVER, "value", of, value)
                if fresh:
                    self.on(of, (k.U_SET_VALUE, space, cell, value, 0, 0))
                self.read(k.R_VALUE, space, cell)
            case lang.SameAsLast(of, theirs, mine):
                cell, fresh = self.cell(ENTITY, -1, "id", of, theirs)
                if fresh:
                    self.on(of, (k.U_SET_ID, ENTITY, cell, ROW_IDS.index(theirs), 0, 0))
                self.read(k.R_SAME, ENTITY, cell, ROW_IDS.index(mine))
            case lang.SlowestOfThree(of):
                last, fresh = self.cell(ENTITY, k.NEVER, "gap last", of)
                self.cell(ENTITY, k.NEVER, "gap one", of)
                self.cell(ENTITY, k.NEVER, "gap two", of)
                if fresh:
                    self.on(of, (k.U_GAP, ENTITY, last, 0, 0, 0))
                self.read(k.R_SLOWEST, ENTITY, last)
            case lang.Slept(least, of) | lang.Woke(least, of):
                last, fresh = self.cell(ENTITY, k.NEVER, "awake last", least, of)
                self.cell(ENTITY, k.NEVER, "slept", least, of)
                self.cell(ENTITY, k.NEVER, "woke", least, of)
                if fresh:
                    self.on(of or tuple(self.roles), (k.U_SLEPT, ENTITY, last, least, 0, 0))
                slept = isinstance(how, lang.Slept)
                ends = sum(1 << self.roles[role] for role in of or self.roles)
                self.read(k.R_SLEPT if slept else k.R_WOKE, ENTITY, last, least, ends)
            case lang.HopsBack(of, write, read):
                space = self.space(f"{write}>{read}")
                count, fresh = self.cell(ENTITY, 0, "count", of, None, 0)
                if fresh:
                    self.on(of, (k.U_ADD, ENTITY, count, 0, 0, 0))
                mark, fresh = self.cell(space, k.NEVER, "mark", of)
                if fresh:
                    self.on(of, (k.U_MARK, space, mark, count, 0, 0))
                self.read(k.R_HOPS, space, mark, count)
            case lang.This(what):
                self.read(k.R_THIS, ENTITY, 0, VALUE_COLUMNS.index(what))
            case lang.Is(of):
                self.read(k.R_IS, ENTITY, 0, sum(1 << self.roles[role] for role in of))
            case lang.Knows(what):
                self.read(k.R_KNOWS, ENTITY, 0, ROW_IDS.index(what))
            case lang.Derived():
                raise TypeError("a derived feature has no place in the kernel")


def _own_roles(lane: str) -> set[str]:
    """The roles in which the entity itself acted: a gift's device and place are the giver's."""
    views = [view for views in VIEWS.values() for view in views if view.lane == lane]
    return {view.role for view in views if not view.renamed}


def _flat(groups: Sequence[Sequence[Op]]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    starts = np.cumsum([0, *(len(group) for group in groups)]).astype(np.int32)
    flat = [op for group in groups for op in sorted(group)]
    return np.array(flat, np.int64).reshape(-1, 6), starts


def compile_plan(
    lane: str,
    features: Sequence[lang.Feature],
    judged: Sequence[str],
    valued: Sequence[str] = (),
) -> Plan:
    """Compile a lane's declarations.

    `judged` are the roles whose rows get features; `valued` those whose missing amount is the
    outside price of the collection at that time. Raises ValueError for a name declared twice or a
    role on both sides of a mutual count, and KeyError for an unknown role.
    """
    names = tuple(feature.name for feature in features)
    if len(set(names)) != len(names):
        raise ValueError(f"a feature of the lane {lane} is declared twice")
    compiler = _Compiler(lane, features)
    raw, derived = [], []
    for at, feature in enumerate(features):
        if isinstance(feature.how, lang.Derived):
            derived.append((at, feature.how.of))
        else:
            raw.append(at)
            compiler.add(feature.how)
    roles = len(compiler.roles)
    update, update_at = _flat([compiler.updates[code] for code in range(roles)])
    undo, undo_at = _flat(
        [
            compiler.undos.get((window, code), [])
            for window in range(len(compiler.windows))
            for code in range(roles)
        ]
    )
    sides = [(name.split(">") * 2)[:2] for name in compiler.spaces]
    widths = [len(compiler.links[name]) for name in compiler.spaces]
    # A link comes into being with the first row whose role writes to its space; where novelty
    # is asked for, with any row.
    linked = np.zeros(roles, np.int64)
    for code in range(roles):
        for op in compiler.updates[code]:
            if op[1] != ENTITY:
                linked[code] |= 1 << op[1]
    known = np.zeros(roles, np.int64)
    for name in compiler.novel:
        bit = 1 << compiler.spaces.index(name)
        linked |= bit
        own = _own_roles(lane) if name in _ACTORS else compiler.roles
        known[[compiler.roles[role] for role in own]] |= bit
    code_of = compiler.roles
    tables = k.Tables(
        windows=np.array(compiler.windows, np.int64),
        update=update,
        update_at=update_at,
        undo=undo,
        undo_at=undo_at,
        read=np.array(compiler.reads, np.int64).reshape(-1, 5),
        write_column=np.array([ROW_IDS.index(side[0]) for side in sides], np.int32),
        read_column=np.array([ROW_IDS.index(side[1]) for side in sides], np.int32),
        width=np.array(widths, np.int32),
        link_init=np.array([c for name in compiler.spaces for c in compiler.links[name]], np.int64),
        link_init_at=np.cumsum([0, *widths]).astype(np.int32),
        linked=linked,
        known=known,
        judged=np.isin(np.arange(roles), [code_of[role] for role in judged]),
        valued=np.isin(np.arange(roles), [code_of[role] for role in valued]),
    )
    return Plan(
        lane,
        names,
        tuple(features),
        tuple(raw),
        tuple(derived),
        tables,
        np.array(compiler.cells or [0], np.int64),
    )
