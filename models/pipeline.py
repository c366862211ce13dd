"""The three stages, calling each other: what a replay runs, and what the worker must equal."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from models.adjudicate import Bench
from models.adjudication.adjudicator import Adjudicator
from models.adjudication.items import Retraction
from models.anomaly import AnomalyModel
from models.columns import KIND_NAMES
from models.detect import Detector, Found
from models.events import Refusal
from models.excuses import EXCUSES
from models.features import account
from models.findings import Finding
from models.intake import Intake
from models.judge import Judge
from models.policy import Policy
from models.provenance import provenance
from models.recommendations import Provenance, Recommendation
from models.rules import CATALOGUE
from models.sequence import END


@dataclass(frozen=True)
class Setup:
    """All that decides: from it every driver builds its stages."""

    policy: Policy
    model: AnomalyModel | None = None
    replay: bool = False

    def intake(self) -> Intake:
        """The intake of one source."""
        time = self.policy.time
        return Intake(time.allowed_lateness_ms, (time.accepted_from, time.accepted_to))

    def detector(self, sources: int = 1) -> Detector:
        """The detector of one partition of views."""
        judge = Judge(self.policy, CATALOGUE, EXCUSES, self.model, account.MODEL_FEATURES)
        return Detector(judge, sources)

    @cached_property
    def provenance(self) -> Provenance:
        """The versions of all that decides."""
        return provenance(self.policy, CATALOGUE, self.model)

    def bench(self, sources: int = 1) -> Bench:
        """The adjudication of one partition of accounts."""
        texts = {name: excuse.tells for name, excuse in EXCUSES.items()}
        adjudicator = Adjudicator(
            self.policy, CATALOGUE, self.provenance, replay=self.replay, excuse_texts=texts
        )
        return Bench(adjudicator, sources)


@dataclass(slots=True)
class Counts:
    """What has happened so far; `kinds` counts events by kind name."""

    read: int = 0
    bad: int = 0
    duplicate: int = 0
    late: int = 0
    findings: Counter[str] = field(default_factory=Counter)
    recommendations: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    def note(self, found: Found) -> None:
        """Add what a detector's step counted."""
        self.duplicate += found.duplicate
        self.late += found.late
        for code, number in found.kinds.items():
            self.kinds[KIND_NAMES[code]] += number
        self.findings.update(finding.rule for finding in found.findings)

    def rules_without_input(self) -> list[str]:
        """Rules of which a needed feed has not shown one event."""
        seen = {name.split(".")[0] for name in self.kinds}
        return [rule.id for rule in CATALOGUE.values() if set(rule.needs) - seen]


@dataclass(slots=True)
class Step:
    """What one batch gave: refusals by position in it, findings, and revisions in order."""

    refused: list[tuple[int, Refusal]]
    findings: list[Finding]
    recommendations: list[Recommendation]
    found: Found


class Pipeline:
    """Intake, detect and adjudicate over any number of sources, without a broker."""

    def __init__(self, setup: Setup, sources: int = 1) -> None:
        self._intakes = {source: setup.intake() for source in range(sources)}
        self._detector = setup.detector(sources)
        self._bench = setup.bench()
        self.counts = Counts()

    def take(self, values: Sequence[bytes], source: int = 0) -> Step:
        """Take the next records of a source."""
        taken = self._intakes[source].take(values)
        self.counts.read += len(values)
        self.counts.bad += len(taken.refused)
        found = self._detector.take(source, taken.events, taken.watermark)
        return self._adjudicated(found, taken.refused)

    def end(self, source: int) -> Step:
        """Say that a source has nothing more, so that the others need not wait for it."""
        taken = self._intakes[source].take(())
        found = self._detector.take(source, taken.events, END)
        return self._adjudicated(found, [])

    def finish(self) -> Step:
        """Judge what still waits: all sources have ended."""
        return self._adjudicated(self._detector.finish(), [])

    def _adjudicated(self, found: Found, refused: list[tuple[int, Refusal]]) -> Step:
        self.counts.note(found)
        said: list[Recommendation] = []
        if found.watermark is not None:
            items: list[Finding | Retraction] = [*found.findings, *found.retractions]
            said = self._bench.take(0, items, found.watermark, found.until)
        self.counts.recommendations.update(one.penalty.level for one in said)
        return Step(refused, found.findings, said, found)
