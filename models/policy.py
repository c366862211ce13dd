"""The policy in force: transfer rules, thresholds, the penalty ladder, calendars, allow-lists.

Everything here is data that a platform decides; `config.policy` reads it from TOML, where every
key and its default is documented (`config/policy.toml`).
"""

import hashlib
import math
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Protocol

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from models.policy_parts import (
    LADDER,
    Action,
    Aggravation,
    Allow,
    Appeal,
    Approval,
    Episodes,
    Evidence,
    Festival,
    First,
    Gate,
    Language,
    Level,
    Minors,
    Mitigation,
    Part,
    Review,
    Revisions,
    Rung,
    Strikes,
    Text,
    Time,
    Transfer,
)
from models.rules.base import DAY, Limit, State

__all__ = [
    "LADDER",
    "Action",
    "Approval",
    "Gate",
    "Level",
    "Policy",
    "PolicyError",
    "Ruling",
    "Settings",
    "Tunable",
    "overlay",
]

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


class Policy(Part, frozen=True, dict=True):
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
