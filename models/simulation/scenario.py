"""The parameters of a simulated platform, and the habit profiles that vary them."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Habits:
    """How lively the honest people of a platform are; 1.0 is the default platform.

    `sessions`, `chat`, `gifts`, `payments` and `drops` multiply the usual rates.
    `friend_feed` is the share of friendships made and ended that the platform reports.
    """

    sessions: float = 1.0
    chat: float = 1.0
    gifts: float = 1.0
    payments: float = 1.0
    drops: float = 1.0
    friend_feed: float = 1.0

    def __post_init__(self) -> None:
        for name in ("sessions", "chat", "gifts", "payments", "drops"):
            if not 0 <= getattr(self, name) <= 20:
                raise ValueError(f"habits.{name}: {getattr(self, name)} is outside 0 to 20")
        if not 0 <= self.friend_feed <= 1:
            raise ValueError(f"habits.friend_feed: {self.friend_feed} is outside 0 to 1")


@dataclass(frozen=True, slots=True)
class Scenario:
    """One simulated platform: the same scenario always gives the same events and labels.

    `violators` is the share of accounts that break the rules, `look_alikes` the number of
    honest accounts planted beside each of them. A token may be given `hold_after_purchase`
    hours after it was bought (or airdropped), and `hold_after_receipt` hours after it was
    received as a gift. The events begin with the history before `start` (registrations,
    friendships, purchases) unless it is a `cold_start`. Raises ValueError, naming the field,
    for values out of bounds.
    """

    accounts: int = 2_000
    days: int = 30
    seed: int = 1
    start: date = date(2024, 1, 1)
    violators: float = 0.015
    look_alikes: float = 6.5
    hold_after_purchase: float = 24.0
    hold_after_receipt: float = 24.0
    cold_start: bool = False
    habits: Habits = field(default_factory=Habits)

    def __post_init__(self) -> None:
        bounds: tuple[tuple[str, float, float], ...] = (
            ("accounts", 20, 5_000_000),
            ("days", 1, 3_650),
            ("seed", 0, 2**63 - 1),
            ("violators", 0.0, 0.1),
            ("look_alikes", 0.0, 20.0),
            ("hold_after_purchase", 0.0, 24.0 * 365),
            ("hold_after_receipt", 0.0, 24.0 * 730),
        )
        for name, low, high in bounds:
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name}: {getattr(self, name)} is outside {low} to {high}")
        if not date(2015, 1, 1) <= self.start <= date(2099, 12, 31):
            raise ValueError(f"start: {self.start} is outside 2015-01-01 to 2099-12-31")

    @property
    def start_ts(self) -> int:
        """Milliseconds since 1970 of the first day's midnight, UTC."""
        midnight = datetime(self.start.year, self.start.month, self.start.day, tzinfo=UTC)
        return int(midnight.timestamp()) * 1000

    @property
    def end_ts(self) -> int:
        """The first millisecond after the last day."""
        return self.start_ts + self.days * DAY


PROFILES = ("default", "quiet", "busy")


def with_profile(scenario: Scenario, profile: str) -> Scenario:
    """The same platform with people of other habits.

    `quiet`: half the sessions and gifts, little chat, most friendships not reported.
    `busy`: chattier, more gifts and drops, and a hold of seven days instead of one.
    Raises ValueError for a name that is not in `PROFILES`.
    """
    if profile == "default":
        return scenario
    if profile == "quiet":
        quiet = Habits(sessions=0.6, chat=0.5, gifts=0.5, payments=0.6, drops=0.6, friend_feed=0.35)
        return replace(scenario, habits=quiet)
    if profile == "busy":
        busy = Habits(sessions=1.5, chat=1.8, gifts=1.8, payments=1.4, drops=1.5)
        week = 7 * 24.0
        return replace(scenario, habits=busy, hold_after_purchase=week, hold_after_receipt=week)
    raise ValueError(f"profile: {profile!r} is not one of {', '.join(PROFILES)}")
