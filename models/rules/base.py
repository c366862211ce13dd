"""What a rule is: a vectorised predicate over named features, and everything known about it.

A rule sees columns (one value a judged row), never an event, a state or a clock. What it cannot
say about one row alone ("three times within 30 days") it leaves to its `Tally`, which the
adjudicator counts over the account's findings.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

Family = Literal["G", "X", "A", "P", "M"]
State = Literal["live", "shadow", "off"]
# hard: the fact itself is against the platform's rules; firm: hard to explain honestly;
# soft: a pattern; support: never leads to a penalty on its own.
Strength = Literal["hard", "firm", "soft", "support"]


class Columns(Protocol):
    """Feature columns of judged rows by name: `f.recipients_30d` is float64[n], NaN for never."""

    def __getattr__(self, name: str) -> NDArray[np.float64]: ...


class Limits(Protocol):
    """The thresholds in force by name: a number, or an array[n] where they vary by row."""

    def __getattr__(self, name: str) -> NDArray[np.float64]: ...

    def hold(self, by_gift: NDArray[np.bool_]) -> NDArray[np.float64]:
        """How long the platform made each row's giver keep the token, in ms (inf: for ever)."""
        ...


Fires = Callable[[Columns, Limits], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class Limit:
    """One threshold that ops may turn: default, bounds (inclusive) and unit.

    `festive` thresholds are multiplied on the calendar days of the policy.
    """

    name: str
    default: float
    low: float
    high: float
    unit: str
    says: str
    festive: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """How many findings of a rule, within a window, make evidence of one account.

    `counts` maps a field of the finding (`event_id`, `token`, `other`) to the name of the limit
    that its number of distinct values must reach; all of them must. With `by`, only findings
    that have the same value in that field are counted together.
    """

    window_ms: int
    counts: dict[str, str]
    by: Literal["token", "other"] | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Whom a finding is about: the field of the judged row that names the account, and as what.

    With `on`, only rows of these roles are addressed so: each side of a trade is judged by what
    its own account knows.
    """

    who: Literal["self", "other", "actor"]
    role: str
    violation: str
    on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trail:
    """Which past events of the judged entity are the evidence: roles, window, same what, and
    whether only the newest of them."""

    roles: tuple[str, ...]
    window_ms: int
    same: Literal["other", "token", "device"] | None = None
    newest: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the catalogue.

    `says` is a sentence with `{feature}` and `{limit}` fields for the analyst; `tells` is one for
    the person concerned, with no threshold in it. `tells_zh` is the same in Chinese.
    `festive_ms` is how long after a calendar day the festive limits stay multiplied.
    """

    id: str
    slug: str
    title: str
    family: Family
    view: Literal["account", "token", "device"]
    on: tuple[str, ...]
    addresses: tuple[Address, ...]
    fires: Fires
    shows: tuple[str, ...]
    says: str
    tells: str
    tells_zh: str
    strength: Strength = "soft"
    limits: tuple[Limit, ...] = ()
    tally: Tally | None = None
    festive_ms: int = 0
    trails: tuple[Trail, ...] = ()
    needs: tuple[str, ...] = ()
    excused_by: tuple[str, ...] = ()
    look_alikes: tuple[str, ...] = ()
    blind_spot: str = ""
    runbook: str = ""
    since: str = "0.1.0"
    state: State = "live"
