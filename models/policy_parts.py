"""The tables of a policy bundle, and the words that they use.

Durations and instants are integers in milliseconds (UTC), whatever they look like in the file.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, field

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


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the bundle: immutable, and with no key that is not declared."""


class Time(Part, frozen=True):
    """Which times are believable, and how long to wait for late events."""

    accepted_from: Instant
    accepted_to: Instant
    allowed_lateness_ms: Duration = field(name="allowed_lateness")


class Transfer(Part, frozen=True):
    """The platform's own transfer rule, in force from a date until the next one's."""

    from_ts: Instant = field(name="from")
    gifting: Literal["allowed", "forbidden"]
    hold_after_purchase_ms: Duration = field(name="hold_after_purchase")
    hold_after_gift_ms: Duration = field(name="hold_after_gift")


class Rung(Part, frozen=True):
    """One level of the ladder. `days` are the durations by repeat; none: permanent, or no end."""

    action: Action
    days: tuple[Annotated[int, Meta(ge=1, le=3660)], ...]
    approval: Approval


class First(Part, frozen=True):
    """Where a first violation enters the ladder: a level, and which of its durations."""

    level: Level
    days: Count | None = None


class Gate(Part, frozen=True):
    """What evidence a level asks for, at least; several gates of one level are alternatives."""

    families: Annotated[int, Meta(ge=1, le=4)]
    repeated: bool = False
    hard: bool = False
    strikes: Annotated[int, Meta(ge=0)] = 0


class Evidence(Part, frozen=True):
    """Rules with a special weight: `lone` never pass `lone_cap` alone, `hold` may hold a gift."""

    lone: tuple[str, ...]
    lone_cap: Level
    hold: tuple[str, ...]


class Strikes(Part, frozen=True):
    """What a confirmed violation does to the next one, and for how long."""

    decay_ms: Duration = field(name="decay")
    steps: Annotated[int, Meta(ge=0, le=6)]


class Aggravation(Part, frozen=True):
    """What makes an episode graver: any one of these raises it, once, by `steps`."""

    tokens: Count
    counterparties: Count
    roles: tuple[str, ...]
    steps: Annotated[int, Meta(ge=0, le=6)]


class Mitigation(Part, frozen=True):
    """What makes it milder: a person who cooperated, by `cooperation_steps`."""

    cooperation_steps: Annotated[int, Meta(ge=0, le=6)]


class Minors(Part, frozen=True):
    """The highest level for a person under age."""

    cap: Level


class Episodes(Part, frozen=True):
    """When new evidence still belongs to the same episode."""

    gap_ms: Duration = field(name="gap")
    max_ms: Duration = field(name="max")


class Festival(Part, frozen=True):
    """Days on which giving is usual: thresholds marked festive are multiplied by `multiplier`."""

    name: Text
    from_ts: Instant = field(name="from")
    days: Annotated[int, Meta(ge=1, le=60)]
    multiplier: Annotated[float, Meta(ge=1, le=100)]
    yearly: bool = False


class Allow(Part, frozen=True):
    """Accounts that the platform vouches for."""

    creators: tuple[Text, ...]
    moderators: tuple[Text, ...]


class Review(Part, frozen=True):
    """How many alerts a day the reviewers can look at."""

    alerts_per_day: Count


class Revisions(Part, frozen=True):
    """When more of the same is worth a new revision: each finding at first, then by growth."""

    each_until: Count
    growth: Share


class Appeal(Part, frozen=True):
    """How long a person may complain: at least six months (DSA art. 20)."""

    days: Annotated[int, Meta(ge=183, le=3660)]
