"""Says what an episode amounts to: a new revision, where there is something new to say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from models.adjudication.confidence import confidence
from models.adjudication.ladder import Judgement, Ladder
from models.adjudication.lines import evidence_lines
from models.adjudication.live import Book
from models.adjudication.state import Account, Case, Episode, Excusal, Said
from models.adjudication.totals import RuleTotal, Totals
from models.findings import Anomaly, Finding
from models.policy import LADDER, Level
from models.recommendations import (
    Excused,
    Penalty,
    Provenance,
    Reason,
    Recommendation,
    Span,
    Status,
    rounded,
)
from models.rules.base import DAY
from models.statements.analyst import analyst_statement
from models.statements.phrases import moment
from models.statements.record import Record
from models.statements.user import user_statement
from models.violations import Violation

# As what an account is recommended where its evidence names several roles: the gravest.
_GRAVEST: Final = ("victim", "hub", "broker", "farm", "seller", "buyer", "lender", "holder")

# H holds a gift back: less than a warning, more than a reminder.
_HEIGHT: Final[dict[Level, float]] = {**{level: n for n, level in enumerate(LADDER)}, "H": 1.5}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Turns an episode into revisions of its recommendation."""

    book: Book
    ladder: Ladder
    provenance: Provenance
    replay: bool
    excuse_texts: Mapping[str, str]

    def speak(
        self,
        name: str,
        violation: Violation,
        account: Account,
        case: Case,
        episode: Episode,
        totals: Totals,
        at: int,
    ) -> Recommendation | None:
        """The next revision of an episode's recommendation; None where nothing new is to say."""
        ruling = account.rulings.get(episode.id)
        judgement = self.ladder.judge(
            violation.code,
            totals,
            strikes=self._strikes(account, episode, totals),
            cooperated=ruling is not None and ruling.cooperated,
            minor=account.minor,
        )
        saying = _saying(judgement, totals, episode.said)
        settled = ruling is not None and ruling.outcome != "confirmed"
        if episode.said is not None and not self._new(saying, episode.said, settled):
            return None
        status: Status = "proposed" if episode.said is None else "amended"
        episode.revision += 1
        episode.said = saying
        record = self._record(name, violation, case, episode, totals, judgement, saying, status, at)
        return self._recommendation(record, case, at)

    def _new(self, saying: Said, said: Said, settled: bool) -> bool:
        """Whether there is something new to say. What a reviewer has dismissed must grow worse."""
        if saying.findings < said.findings:
            return True
        if settled:
            worse = _HEIGHT[saying.level] > _HEIGHT[said.level]
            return worse or not set(saying.rules) <= set(said.rules)
        revisions = self.book.policy.revisions
        more = saying.findings > said.findings and (
            saying.findings <= revisions.each_until
            or saying.findings >= said.findings * (1 + revisions.growth)
        )
        return more or (saying.level, saying.days, saying.rules, saying.strikes) != (
            said.level,
            said.days,
            said.rules,
            said.strikes,
        )

    def _strikes(self, account: Account, episode: Episode, totals: Totals) -> int:
        """Violations confirmed before this episode began, and not decayed by then."""
        decay = self.book.policy.strikes.decay_ms
        return sum(
            ruling.outcome == "confirmed"
            and name != episode.id
            and totals.began - decay < ruling.ts <= totals.began
            for name, ruling in account.rulings.items()
        )

    def _record(
        self,
        name: str,
        violation: Violation,
        case: Case,
        episode: Episode,
        totals: Totals,
        judgement: Judgement,
        saying: Said,
        status: Status,
        at: int,
    ) -> Record:
        rung = self.book.policy.ladder[judgement.step.level]
        beside = self._beside(case, totals, at)
        return Record(
            recommendation_id=episode.id,
            revision=episode.revision,
            status=status if totals.count else "withdrawn",
            account=name,
            role=saying.role,
            violation=violation,
            penalty=Penalty(
                level=judgement.step.level,
                action=rung.action,
                duration_days=judgement.step.days,
                approval=rung.approval,
            ),
            span=Span(from_ts=saying.from_ts, to_ts=saying.to_ts),
            totals=totals,
            support=self._support(beside),
            judgement=judgement,
            excused=tuple(
                Excused(reason=reason, text=self._excuse_text(reason, excusal))
                for reason, excusal in sorted(self._excusals(case, totals, at).items())
            ),
            anomaly=_most_unusual(totals.anomaly, beside),
            appeal_until=at + self.book.policy.appeal.days * DAY,
            policy=self.book.policy,
            ladder=self.ladder,
        )

    def _recommendation(self, record: Record, case: Case, at: int) -> Recommendation:
        taken_out = sum(
            excusal.findings for excusal in self._excusals(case, record.totals, at).values()
        )
        return Recommendation(
            recommendation_id=record.recommendation_id,
            revision=record.revision,
            status=record.status,
            account=record.account,
            role=record.role,
            violation=record.violation.code,
            confidence=confidence(record.totals, taken_out),
            penalty=record.penalty,
            episode=record.span,
            evidence=evidence_lines(record.totals.rules.values(), record.support),
            excused=record.excused,
            anomaly=rounded(record.anomaly) if record.anomaly else None,
            strikes=record.judgement.strikes,
            reason=Reason(user=user_statement(record), analyst=analyst_statement(record)),
            appeal_until=record.appeal_until,
            provenance=self.provenance,
            decided_at=at,
            replay=self.replay,
        )

    def _beside(self, case: Case, totals: Totals, at: int) -> list[Finding]:
        """What supports the episode or is the model's word on it, by its time."""
        gap = self.book.policy.episode.gap_ms
        earliest = max(totals.began - gap, at - self.book.beside_ms + 1)
        return [
            finding
            for finding in case.side
            if totals.count and earliest <= finding.ts <= totals.ended + gap
        ]

    def _support(self, beside: list[Finding]) -> tuple[RuleTotal, ...]:
        found: dict[str, RuleTotal] = {}
        for finding in beside:
            rule = self.book.rules.get(finding.rule)
            if rule is not None and rule.family != "M":
                found.setdefault(rule.id, RuleTotal(rule)).findings.append(finding)
        return tuple(found[rule_id] for rule_id in sorted(found))

    def _excusals(self, case: Case, totals: Totals, at: int) -> dict[str, Excusal]:
        earliest = max(totals.began - self.book.policy.episode.gap_ms, at - self.book.beside_ms + 1)
        return {name: each for name, each in case.excused.items() if each.ts >= earliest}

    def _excuse_text(self, reason: str, excusal: Excusal) -> str:
        sentence = self.excuse_texts.get(reason, reason)
        count = "one finding" if excusal.findings == 1 else f"{excusal.findings} findings"
        return f"{sentence} ({count} of {', '.join(excusal.rules)}, to {moment(excusal.ts)})"


def _saying(judgement: Judgement, totals: Totals, said: Said | None) -> Said:
    if not totals.count and said is not None:
        # What is withdrawn is still about the same role and time.
        role, from_ts, to_ts = said.role, said.from_ts, said.to_ts
    else:
        role = next((each for each in _GRAVEST if each in totals.roles), _GRAVEST[-1])
        from_ts, to_ts = min(totals.from_ts, totals.began), totals.ended
    return Said(
        level=judgement.step.level,
        days=judgement.step.days,
        strikes=judgement.strikes,
        rules=tuple(sorted(totals.rules)),
        findings=totals.count,
        role=role,
        from_ts=from_ts,
        to_ts=to_ts,
    )


def _most_unusual(first: Anomaly | None, beside: list[Finding]) -> Anomaly | None:
    seen = [each for each in (first, *(finding.anomaly for finding in beside)) if each is not None]
    return max(seen, key=lambda anomaly: anomaly.percentile, default=None)
