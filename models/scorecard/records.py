"""What goes into the scorecard, and what comes out of it."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from models.policy import LADDER, Level
from models.violations import VIOLATIONS

LEVELS: Final = (*LADDER[:2], "H", *LADDER[2:])
"""From the mildest to the hardest; H protects, and stands below the first penalty."""
RANK: Final = {level: rank for rank, level in enumerate(LEVELS)}


class ScorecardError(ValueError):
    """An input record that cannot be scored; the message names the place and the field."""


class ScoredPenalty(msgspec.Struct, frozen=True):
    """The part of a penalty that is scored."""

    level: Level


class Revision(msgspec.Struct, frozen=True):
    """The part of a recommendation that is scored; `decided_at` in ms."""

    recommendation_id: str
    revision: Annotated[int, Meta(ge=1)]
    status: Literal["proposed", "amended", "withdrawn"]
    account: str
    violation: str
    confidence: float
    penalty: ScoredPenalty
    decided_at: int

    @property
    def rank(self) -> int:
        """Place of the level in the order of severity."""
        return RANK[self.penalty.level]

    @property
    def protective(self) -> bool:
        """Whether it only protects the account."""
        return self.violation in VIOLATIONS and VIOLATIONS[self.violation].protective


class Label(msgspec.Struct, frozen=True):
    """One line of labels: either a violation with its time span in ms, or a benign kind."""

    account: str
    violation: str | None = None
    from_ts: int | None = None
    to_ts: int | None = None
    typology: str | None = None
    skill: str | None = None
    benign: str | None = None


class Scope(msgspec.Struct, frozen=True):
    """What the events covered: how many accounts, from when to when (ms, both inclusive)."""

    accounts: Annotated[int, Meta(ge=0)]
    from_ts: int
    to_ts: int


class Hits(msgspec.Struct, frozen=True):
    """Accounts recommended, labelled, and both; precision and recall of it."""

    recommended: int
    labelled: int
    right: int
    precision: float | None
    recall: float | None


class Figures(msgspec.Struct, frozen=True):
    """Of one violation, or in all: hits at each cut-off (`any`, `L1`, `L2`), median delay."""

    at: dict[str, Hits]
    median_hours: float | None


class Budget(msgspec.Struct, frozen=True):
    """The k best new ids of each day: how many were reviewed, and how many were right."""

    reviewed: int
    right: int
    precision: float | None


class Harm(msgspec.Struct, frozen=True):
    """Honest accounts of one kind: recommended at all, and penalised (L2 or more)."""

    accounts: int
    recommended: int
    penalised: int
    penalised_per_10000: float | None


class Found(msgspec.Struct, frozen=True):
    """Accounts of one typology or skill, rightly recommended at any level and at L2 or more."""

    accounts: int
    any: int
    penalised: int
    recall: float | None
    recall_at_l2: float | None


class FalsePenalty(msgspec.Struct, frozen=True):
    """One honest account that would be penalised."""

    account: str
    violation: str
    level: str
    benign: list[str]


class Scorecard(msgspec.Struct, frozen=True):
    """All figures of one evaluation."""

    accounts: int
    honest_accounts: int
    days: float
    recommendations: int
    in_all: Figures
    per_violation: dict[str, Figures]
    precision_at: dict[str, Budget]
    honest: Harm
    per_benign_kind: dict[str, Harm]
    per_typology: dict[str, Found]
    per_skill: dict[str, Found]
    missed_typologies: list[str]
    false_penalties: list[FalsePenalty]


def read_revision(record: Mapping[str, Any], where: str) -> Revision:
    """A recommendation's scored part.

    Raises ScorecardError naming `where` (file and line, say) and the field at fault.
    """
    try:
        return msgspec.convert(record, Revision)
    except msgspec.ValidationError as error:
        raise ScorecardError(f"{where}: no recommendation: {error}") from None


def read_label(record: Mapping[str, Any], where: str) -> Label:
    """One label.

    Raises ScorecardError naming `where` (file and line, say) and the field at fault.
    """
    try:
        label = msgspec.convert(record, Label)
    except msgspec.ValidationError as error:
        raise ScorecardError(f"{where}: no label: {error}") from None
    if (label.violation is None) == (label.benign is None):
        raise ScorecardError(f"{where}: a label has either `violation` or `benign`")
    if label.violation is not None:
        if label.violation not in VIOLATIONS:
            raise ScorecardError(
                f"{where}: unknown `violation` {label.violation!r}; known: {', '.join(VIOLATIONS)}"
            )
        if label.from_ts is None or label.to_ts is None:
            raise ScorecardError(f"{where}: a violation needs `from_ts` and `to_ts`")
    return label
