"""The language in which features are declared.

A feature is a number about one entity as of one row: what had happened to it strictly before, in
the order (`at`, `event_id`). A window of w ms holds the rows with `now - w < at`. An age beyond
the horizon (`kernel.HORIZON_MS`) is never (NaN), so that state behind it can be dropped without
changing an answer. Counts and totals of nothing are 0; ages and values of nothing are NaN.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

Roles = tuple[str, ...]
Unit = Literal["n", "ms", "money", "share", "ppm", "flag", "bits"]


@dataclass(frozen=True, slots=True)
class Count:
    """Rows of these roles; in the window or ever; with the same `per`; only those that brought
    the entity a value of `new` it had not been seen with before (a device, a place or a person:
    in rows in which it acted itself)."""

    of: Roles
    within: int | None = None
    per: str | None = None
    new: str | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of a number over rows of these roles; rows without it add nothing."""

    of: Roles
    what: str
    within: int
    per: str | None = None


@dataclass(frozen=True, slots=True)
class Distinct:
    """How many different values of `field` rows of these roles had in the window."""

    field: str
    of: Roles
    within: int


@dataclass(frozen=True, slots=True)
class Mutual:
    """How many different values of `field` had, in the window, a row of `of` and one of `back`."""

    field: str
    of: Roles
    back: Roles
    within: int


@dataclass(frozen=True, slots=True)
class Age:
    """Time since the last (or the first) row of these roles, in ms."""

    of: Roles
    per: str | None = None
    first: bool = False


@dataclass(frozen=True, slots=True)
class Last:
    """The number that the last row of these roles had."""

    of: Roles
    what: str
    per: str | None = None


@dataclass(frozen=True, slots=True)
class SameAsLast:
    """1 where the last row of these roles had, in `theirs`, the id that this row has in `mine`;
    0 where it had another; NaN where there was none or it named nobody."""

    of: Roles
    theirs: str
    mine: str


@dataclass(frozen=True, slots=True)
class SlowestOfThree:
    """The longest of the last three gaps between rows of these roles, this row closing the
    last; NaN before there were three."""

    of: Roles


@dataclass(frozen=True, slots=True)
class Slept:
    """The length of the latest silence of at least `least` ms, in ms; with `of`, a silence is a
    time without rows of these roles."""

    least: int
    of: Roles = ()


@dataclass(frozen=True, slots=True)
class Woke:
    """Time since the latest silence of at least `least` ms ended, in ms (0: with this row); with
    `of`, a silence is a time without rows of these roles."""

    least: int
    of: Roles = ()


@dataclass(frozen=True, slots=True)
class HopsBack:
    """How many rows of these roles it took the entity to come back to whom it now comes
    (`read`), counted from the row in which that one gave it away (`write`), this row included."""

    of: Roles
    write: str
    read: str


@dataclass(frozen=True, slots=True)
class This:
    """The row's own number."""

    what: str


@dataclass(frozen=True, slots=True)
class Is:
    """1 where the row has one of these roles, else 0."""

    of: Roles


@dataclass(frozen=True, slots=True)
class Knows:
    """1 where the row names something in this id column, else 0."""

    what: str


@dataclass(frozen=True, slots=True)
class Derived:
    """A vectorised function of features declared above it."""

    of: Callable[[Any], NDArray[np.float64]]


How = (
    Count
    | Total
    | Distinct
    | Mutual
    | Age
    | Last
    | SameAsLast
    | SlowestOfThree
    | Slept
    | Woke
    | HopsBack
    | This
    | Is
    | Knows
    | Derived
)


@dataclass(frozen=True, slots=True)
class Feature:
    """A named feature: how it is computed, its unit, and what it is in words."""

    name: str
    how: How
    unit: Unit
    says: str
