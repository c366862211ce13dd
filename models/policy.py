"""The policy in force: transfer rules, thresholds, the penalty ladder, calendars, allow-lists.

Everything here is data that a platform decides; `config.policy` reads it from TOML, where every
key and its default is documented (`config/policy.toml`). Durations and instants are integers in
milliseconds (UTC), whatever they look like in the file.
"""

import hashlib
import math
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Final, Literal, Protocol

import msgspec
import numpy as np
from msgspec import Meta, field
from numpy.typing import NDArray

from models.rules.base import DAY, Limit, State

Level = Literal["H", "L0", "L1", "L2", "L3", "L4", "L5", "L6"]
Action = Literal[
    "watch",
    "educate",
    "hold_pending_gift",
    "warn_and_reverify",
    "restrict_gifting",
    "restrict_gifting_and_purchase",
    "close_gifting",
    "close_account",
]
Approval = Literal[
    "none",
    "batch",
    "one_reviewer",
    "two_reviewers",
    "two_reviewers_and_senior",
    "two_reviewers_and_legal",
]
Language = Literal["en", "zh", "both"]

# The rungs that can be climbed, mildest first. H holds a gift back for a while and punishes nobody.
LADDER: Final[tuple[Level, ...]] = ("L0", "L1", "L2", "L3", "L4", "L5", "L6")

# A duration ("24 h") or a date (2021-06-23) in the file, milliseconds here. The format is how the
# loader and the JSON Schema know them apart from plain numbers.
Duration = Annotated[int, Meta(ge=0, extra_json_schema={"format": "duration"})]
Instant = Annotated[int, Meta(extra_json_schema={"format": "instant"})]
Count = Annotated[int, Meta(ge=1)]
Share = Annotated[float, Meta(gt=0, le=1)]
Text = Annotated[str, Meta(min_length=1, max_length=128)]
# The settings of one rule or excuse: its `state`, and its limits by name.
Settings = dict[str, float | str]


class PolicyError(ValueError):
    """A policy that is refused; the message names the file, the line and the key at fault."""


class Tunable(Protocol):
    """What has thresholds that a policy may turn: a rule, or an excuse."""

    @property
    def limits(self) -> tuple[Limit, ...]: ...


class Ruling(Tunable, Protocol):
    """A rule, as far as a policy knows it."""

    @property
    def id(self) -> str: ...

    @property
    def state(self) -> State: ...


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Time(_Part, frozen=True):
    """Which times are believable, how long to wait for late events, how far clocks disagree."""

    accepted_from: Instant
    accepted_to: Instant
    allowed_lateness_ms: Duration = field(name="allowed_lateness")
    skew_ms: Duration = field(name="skew")


class Transfer(_Part, frozen=True):
    """The platform's own transfer rule, in force from a date until the next one's."""

    from_ts: Instant = field(name="from")
    gifting: Literal["allowed", "forbidden"]
    hold_after_purchase_ms: Duration = field(name="hold_after_purchase")
    hold_after_gift_ms: Duration = field(name="hold_after_gift")


class Rung(_Part, frozen=True):
    """One level of the ladder. `days` are the durations by repeat; none: permanent, or no end."""

    action: Action
    days: tuple[Annotated[int, Meta(ge=1, le=3660)], ...]
    approval: Approval


class First(_Part, frozen=True):
    """Where a first violation enters the ladder: a level, and which of its durations."""

    level: Level
    days: Count | None = None


class Gate(_Part, frozen=True):
    """What evidence a level asks for, at least; several gates of one level are alternatives."""

    families: Annotated[int, Meta(ge=1, le=4)]
    repeated: bool = False
    hard: bool = False
    strikes: Annotated[int, Meta(ge=0)] = 0


class Evidence(_Part, frozen=True):
    """Rules with a special weight: `lone` never pass `lone_cap` alone, `hold` may hold a gift."""

    lone: tuple[str, ...]
    lone_cap: Level
    hold: tuple[str, ...]


class Strikes(_Part, frozen=True):
    """What a confirmed violation does to the next one, and for how long."""

    decay_ms: Duration = field(name="decay")
    steps: Annotated[int, Meta(ge=0, le=6)]


class Aggravation(_Part, frozen=True):
    """What makes an episode graver: any one of these raises it, once, by `steps`."""

    tokens: Count
    counterparties: Count
    roles: tuple[str, ...]
    steps: Annotated[int, Meta(ge=0, le=6)]


class Mitigation(_Part, frozen=True):
    """What makes it milder: a person who cooperated, by `cooperation_steps`."""

    cooperation_steps: Annotated[int, Meta(ge=0, le=6)]


class Minors(_Part, frozen=True):
    """The highest level for a person under age."""

    cap: Level


class Episodes(_Part, frozen=True):
    """When new evidence still belongs to the same episode."""

    gap_ms: Duration = field(name="gap")
    max_ms: Duration = field(name="max")


class Festival(_Part, frozen=True):
    """Days on which giving is usual: thresholds marked festive are multiplied by `multiplier`."""

    name: Text
    from_ts: Instant = field(name="from")
    days: Annotated[int, Meta(ge=1, le=60)]
    multiplier: Annotated[float, Meta(ge=1, le=100)]
    yearly: bool = False


class Allow(_Part, frozen=True):
    """Accounts that the platform vouches for."""

    creators: tuple[Text, ...]
    moderators: tuple[Text, ...]


class Review(_Part, frozen=True):
    """How many alerts a day the reviewers can look at."""

    alerts_per_day: Count


class Revisions(_Part, frozen=True):
    """When more of the same is worth a new revision: each finding at first, then by growth."""

    each_until: Count
    growth: Share


class Appeal(_Part, frozen=True):
    """How long a person may complain: at least six months (DSA art. 20)."""

    days: Annotated[int, Meta(ge=183, le=3660)]


class Policy(_Part, frozen=True, dict=True):
    """One policy bundle, complete. See `config/policy.toml` for what each part means."""

    name: Text
    language: Language
    time: Time
    transfer: Annotated[tuple[Transfer, ...], Meta(min_length=1)]
    rules: dict[str, Settings]
    excuses: dict[str, Settings]
    ladder: dict[Level, Rung]
    first: dict[str, First]
    gates: dict[Level, tuple[Gate, ...]]
    evidence: Evidence
    strikes: Strikes
    aggravation: Aggravation
    mitigation: Mitigation
    minors: Minors
    episode: Episodes
    calendar: tuple[Festival, ...]
    allow: Allow
    review: Review
    revisions: Revisions
    appeal: Appeal

    @cached_property
    def version(self) -> str:
        """A hash of the content: the same for any order of keys, any comments, any spelling."""
        canonical = msgspec.json.encode(self, order="sorted")
        return hashlib.blake2b(canonical, digest_size=8).hexdigest()

    @property
    def skew_ms(self) -> int:
        """How far the clocks behind two events may disagree, in ms."""
        return self.time.skew_ms

    @property
    def allowed_lateness_ms(self) -> int:
        """How long an event may be late and still be taken in order, in ms."""
        return self.time.allowed_lateness_ms

    def limits(self, rule: Ruling) -> dict[str, float]:
        """The thresholds of a rule in force, by name: its defaults, overlaid by this policy."""
        return overlay(rule, self.rules.get(rule.id, {}))

    def state(self, rule_id: str) -> State:
        """Whether a rule is `live`, `shadow` (recorded, moves nothing) or `off`."""
        return _state(self.rules.get(rule_id, {}))

    def excuse_limits(self, name: str, excuse: Tunable) -> dict[str, float]:
        """The parameters of an excuse in force, by name."""
        return overlay(excuse, self.excuses.get(name, {}))

    def excuse_state(self, name: str) -> State:
        """Whether an excuse is `live`, `shadow` or `off`."""
        return _state(self.excuses.get(name, {}))

    def holds(self, ts: NDArray[np.int64], by_gift: NDArray[np.bool_]) -> NDArray[np.float64]:
        """How long a token had to be kept, by the transfer rule in force at each time.

        `ts` int64[n] in ms, `by_gift` bool[n] (how the giver got the token: by a gift, or bought
        or airdropped). Returns float64[n] in ms; infinite where gifting was forbidden. Before the
        first rule's date the first rule holds.
        """
        starts, bought, given = self._schedule
        at = np.maximum(np.searchsorted(starts, ts, side="right") - 1, 0)
        held: NDArray[np.float64] = np.where(by_gift, given[at], bought[at])
        return held

    def festive(self, ts: NDArray[np.int64], after_ms: int = 0) -> NDArray[np.float64]:
        """The multiplier of the calendar day of each time: float64[n], 1 on an ordinary day.

        A calendar day lasts `after_ms` longer, so that a window which reaches back over it is
        judged by what was usual on it.
        """
        times = np.asarray(ts, dtype=np.int64)
        result = np.ones(times.shape, dtype=np.float64)
        if not times.size:
            return result
        years = (_year(int(times.min())), _year(int(times.max())))
        for starts, ends, multiplier in self._festivals(years):
            at = np.searchsorted(starts, times, side="right") - 1
            within = (at >= 0) & (times < ends[np.maximum(at, 0)] + after_ms)
            np.maximum(result, np.where(within, multiplier, 1.0), out=result)
        return result

    @cached_property
    def _schedule(
        self,
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        def hold(rule: Transfer, after: int) -> float:
            return math.inf if rule.gifting == "forbidden" else float(after)

        return (
            np.array([rule.from_ts for rule in self.transfer], dtype=np.int64),
            np.array([hold(rule, rule.hold_after_purchase_ms) for rule in self.transfer]),
            np.array([hold(rule, rule.hold_after_gift_ms) for rule in self.transfer]),
        )

    def _festivals(
        self, years: tuple[int, int]
    ) -> list[tuple[NDArray[np.int64], NDArray[np.int64], float]]:
        spans = []
        for festival in self.calendar:
            if festival.yearly:
                # The year before as well: a festival may run over the turn of the year.
                starts = [_moved(festival.from_ts, y) for y in range(years[0] - 1, years[1] + 1)]
            else:
                starts = [festival.from_ts]
            begins = np.array(starts, dtype=np.int64)
            spans.append((begins, begins + festival.days * DAY, festival.multiplier))
        return spans


def overlay(tunable: Tunable, settings: Mapping[str, float | str]) -> dict[str, float]:
    """The limits of a rule or an excuse by name: defaults, overlaid by a policy's settings."""
    return {limit.name: float(settings.get(limit.name, limit.default)) for limit in tunable.limits}


def _state(settings: Mapping[str, float | str]) -> State:
    state = settings.get("state", "live")
    return "live" if state == "live" else "shadow" if state == "shadow" else "off"


def _year(ts: int) -> int:
    return int(np.datetime64(ts, "ms").astype("datetime64[Y]").astype(np.int64)) + 1970


def _moved(ts: int, year: int) -> int:
    """The same month, day and time of day in another year."""
    month = np.datetime64(ts, "ms").astype("datetime64[M]")
    into_month = ts - int(month.astype("datetime64[ms]").astype(np.int64))
    moved = np.datetime64(f"{year:04d}-{str(month)[5:7]}", "M")
    return int(moved.astype("datetime64[ms]").astype(np.int64)) + into_month
