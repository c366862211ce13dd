"""What has happened so far in a demonstration: one record for the screen and the summary."""

from collections import Counter
from dataclasses import dataclass, field

from models.recommendations import Recommendation
from models.simulation import Scenario
from models.simulation.scenario import DAY
from streams.demo.report import Report


@dataclass(slots=True)
class Progress:
    """Counts of producer, worker and topics. Times are seconds since the start of the command."""

    scenario: Scenario
    stage: str = "starting"
    seconds: float = 0.0
    rate: float = 0.0
    event_time: int = 0
    produced: int = 0
    spoiled: int = 0
    report: Report = field(default_factory=Report)
    latest: dict[str, Recommendation] = field(default_factory=dict)
    revisions: int = 0
    first_after: float | None = None
    letters: Counter[str] = field(default_factory=Counter)
    over: bool = False

    def take(self, recommendation: Recommendation) -> None:
        """Count one revision."""
        self.latest[recommendation.recommendation_id] = recommendation
        self.revisions += 1
        if self.first_after is None:
            self.first_after = self.seconds

    @property
    def day(self) -> float:
        """Simulated days that have been produced."""
        return max(0, self.event_time - self.scenario.start_ts) / DAY

    @property
    def lag(self) -> int:
        """Records that the worker has yet to read."""
        return max(0, self.produced - self.report.read)

    @property
    def levels(self) -> dict[str, int]:
        """Recommendations that stand, by level, mildest first."""
        standing = (one for one in self.latest.values() if one.status != "withdrawn")
        return dict(sorted(Counter(one.penalty.level for one in standing).items()))

    @property
    def withdrawn(self) -> int:
        """Recommendations that were taken back."""
        return sum(one.status == "withdrawn" for one in self.latest.values())
