"""What an episode's evidence amounts to, kept up to date finding by finding."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from models.adjudication.tally import Window
from models.findings import Anomaly, Finding
from models.rules.base import Rule

# The families whose agreement counts. The anomaly model (M) ranks and never counts.
FAMILIES = ("G", "X", "A", "P")


class Tallies(Protocol):
    """Makes empty tallies: the key of a finding's, and a tally by its key."""

    def key(self, finding: Finding) -> str: ...

    def window(self, key: str) -> Window: ...


@dataclass(slots=True)
class RuleTotal:
    """One rule's findings in an episode, and how often they prove the same thing over.

    `needed` is how many findings the first proof took.
    """

    rule: Rule
    findings: list[Finding] = field(default_factory=list)
    needed: int = 1
    proofs: int = 0
    proved: set[str] = field(default_factory=set)
    gathering: dict[str, Window] = field(default_factory=dict)

    @property
    def newest(self) -> Finding:
        """The finding that shows the rule's last word."""
        return self.findings[-1]

    def add(self, finding: Finding, tallies: Tallies) -> None:
        """Takes a finding. A proof is enough of them, with no event that an earlier proof used."""
        self.findings.append(finding)
        if self.proofs > 1 or not self.proved.isdisjoint(finding.event_ids):
            return
        key = tallies.key(finding)
        if key not in self.gathering:
            self.gathering[key] = tallies.window(key)
        enough = self.gathering[key].add(finding)
        if enough:
            self.needed = self.needed if self.proofs else len(enough)
            self.proofs += 1
            self.proved.update(event for each in enough for event in each.event_ids)
            self.gathering.clear()


class Totals:
    """The evidence of one episode in numbers."""

    def __init__(self, catalogue: Mapping[str, Rule], tallies: Tallies) -> None:
        self.rules: dict[str, RuleTotal] = {}
        self.families: tuple[str, ...] = ()
        self.count = 0
        self.began = 0
        self.ended = 0
        self.from_ts = 0
        self.tokens: set[str] = set()
        self.counterparties: set[str] = set()
        self.roles: set[str] = set()
        self.anomaly: Anomaly | None = None
        self._catalogue = catalogue
        self._tallies = tallies

    def add(self, findings: Iterable[Finding]) -> None:
        """Takes findings that count as evidence."""
        for finding in findings:
            total = self.rules.get(finding.rule)
            if total is None:
                total = self.rules[finding.rule] = RuleTotal(self._catalogue[finding.rule])
                present = {each.rule.family for each in self.rules.values()}
                self.families = tuple(family for family in FAMILIES if family in present)
            total.add(finding, self._tallies)
            self.began = finding.ts if not self.count else min(self.began, finding.ts)
            self.ended = max(self.ended, finding.ts)
            self.from_ts = finding.from_ts if not self.count else min(self.from_ts, finding.from_ts)
            self.count += 1
            self.roles.add(finding.role)
            if finding.token is not None:
                self.tokens.add(finding.token)
            if finding.other is not None:
                self.counterparties.add(finding.other)
            self.look(finding.anomaly)

    def look(self, anomaly: Anomaly | None) -> None:
        """Keeps the most unusual of the anomalies seen."""
        if anomaly and (self.anomaly is None or anomaly.percentile > self.anomaly.percentile):
            self.anomaly = anomaly

    @property
    def hard(self) -> bool:
        """Whether a rule states a breach of the platform's rules, not a pattern."""
        return any(total.rule.strength == "hard" for total in self.rules.values())

    @property
    def repeated(self) -> bool:
        """Whether one family says the same thing twice.

        Either one rule is satisfied a second time by findings that share no event with those of
        the first time, so that one coincidence cannot be counted twice; or two rules of the
        family agree, of which one is hard or firm, so that two soft readings of one pattern are
        not enough.
        """
        if any(total.proofs > 1 for total in self.rules.values()):
            return True
        for family in self.families:
            rules = [total.rule for total in self.rules.values() if total.rule.family == family]
            if len(rules) > 1 and any(rule.strength in ("hard", "firm") for rule in rules):
                return True
        return False
