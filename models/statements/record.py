"""The one record that both statements of reasons are made from."""

from dataclasses import dataclass

from models.adjudication.ladder import Judgement, Ladder
from models.adjudication.totals import RuleTotal, Totals
from models.findings import Anomaly
from models.policy import Policy
from models.recommendations import Excused, Penalty, Span, Status
from models.violations import Violation


@dataclass(frozen=True, slots=True)
class Record:
    """All that a revision of a recommendation rests on."""

    recommendation_id: str
    revision: int
    status: Status
    account: str
    role: str
    violation: Violation
    penalty: Penalty
    span: Span
    totals: Totals
    support: tuple[RuleTotal, ...]
    judgement: Judgement
    excused: tuple[Excused, ...]
    anomaly: Anomaly | None
    appeal_until: int
    policy: Policy
    ladder: Ladder
