"""A case at work: what is counted from its facts, kept beside them and rebuilt at will."""

from collections.abc import Iterable, Mapping

from models.adjudication.state import Case, Episode
from models.adjudication.tally import Window
from models.adjudication.totals import Totals
from models.findings import Finding
from models.policy import Policy
from models.rules.base import Rule


class Book:
    """The rules in force: the live ones of the catalogue, and their limits under the policy."""

    def __init__(self, policy: Policy, catalogue: Mapping[str, Rule]) -> None:
        self.policy = policy
        self.rules = {
            rule.id: rule for rule in catalogue.values() if policy.state(rule.id) == "live"
        }
        self._limits = {rule.id: policy.limits(rule) for rule in self.rules.values()}

    @property
    def beside_ms(self) -> int:
        """How far before now what stands beside an episode can still be seen: the longest
        episode, and the gap before it."""
        return self.policy.episode.max_ms + self.policy.episode.gap_ms

    def key(self, finding: Finding) -> str:
        """Which tally a finding belongs to: its rule's, or one for each value that it goes by."""
        tally = self.rules[finding.rule].tally
        if tally is None or tally.by is None:
            return finding.rule
        return f"{finding.rule} {getattr(finding, tally.by) or ''}"

    def counts(self, rule: Rule) -> bool:
        """Whether a rule's findings are evidence; support and the model's only go with it."""
        return rule.family != "M" and rule.strength != "support"

    def window(self, key: str) -> Window:
        """An empty tally, by its key."""
        rule_id = self.rule_id(key)
        return Window(self.rules[rule_id], self._limits[rule_id])

    def rule_id(self, key: str) -> str:
        """The rule that a tally's key belongs to."""
        return key.split(" ", 1)[0]

    def totals(self, findings: Iterable[Finding]) -> Totals:
        """The totals of findings that are evidence, as far as their rules are in force."""
        totals = Totals(self.rules, self)
        totals.add(finding for finding in findings if finding.rule in self.rules)
        return totals


class Live:
    """One account's case of one violation, with its tallies and the totals of its episodes.

    A tally counts the evidence of the open episode and what waits to become evidence: what an
    earlier episode rested on is spent.
    """

    def __init__(self, book: Book, case: Case) -> None:
        self.case = case
        self._book = book
        self.rebuild()

    def rebuild(self) -> None:
        """Counts everything anew from the facts of the case."""
        self._totals = {each.id: self._book.totals(each.findings) for each in self.case.episodes}
        self._windows: dict[str, Window] = {}
        current = self.open_episode
        for finding in current.findings if current else ():
            if finding.rule in self._book.rules:
                self._window(self._book.key(finding)).put(finding)
        for key in list(self.case.pending):
            if self._book.rule_id(key) in self._book.rules:
                self._window(key)
        for key, window in self._windows.items():
            self._remember(key, window)

    def totals(self, episode: Episode) -> Totals:
        """What an episode's evidence amounts to."""
        return self._totals[episode.id]

    @property
    def open_episode(self) -> Episode | None:
        """The newest episode, unless it is closed."""
        episodes = self.case.episodes
        return episodes[-1] if episodes and episodes[-1].closed_ts is None else None

    def count(self, finding: Finding) -> tuple[Episode | None, list[Finding]]:
        """Takes a finding; returns its episode (None for one to be opened), and what is evidence
        now and was not before: nothing, while the rule's tally is not reached."""
        late = self._late_for(finding)
        if late is not None:
            return late, [finding]
        current = self.open_episode
        if current is not None and not self._near(finding, current):
            self.close(current, finding.ts - 1)
            current = None
        key = self._book.key(finding)
        window = self._window(key)
        evidence = window.add(finding)
        self._remember(key, window)
        return current, evidence

    def extend(self, episode: Episode, findings: list[Finding]) -> None:
        """Adds evidence to an episode."""
        episode.findings.extend(findings)
        self._totals[episode.id].add(findings)

    def start(self, episode_id: str, findings: list[Finding]) -> Episode:
        """Opens an episode; one that was withdrawn and comes to life again keeps its revisions."""
        episodes = self.case.episodes
        episode = next((each for each in episodes if each.id == episode_id), None)
        if episode is None:
            episode = Episode(episode_id, [])
        else:
            episodes.remove(episode)
            episode.closed_ts = None
        episodes.append(episode)
        self._totals[episode_id] = self._book.totals(())
        self.extend(episode, findings)
        return episode

    def close(self, episode: Episode, ts: int) -> None:
        """Ends an episode: what happens after `ts` belongs to another one."""
        episode.closed_ts = ts
        self.rebuild()

    def take_back(self, event_id: str) -> list[Episode]:
        """Removes what rests on an event; returns the episodes that have lost evidence."""
        case = self.case
        for key, waiting in case.pending.items():
            case.pending[key] = _without(waiting, event_id)
        case.side = _without(case.side, event_id)
        touched = []
        for episode in case.episodes:
            left = _without(episode.findings, event_id)
            if len(left) == len(episode.findings):
                continue
            touched.append(episode)
            episode.findings = self._still_evidence(episode, left)
        self.rebuild()
        return touched

    def _still_evidence(self, episode: Episode, findings: list[Finding]) -> list[Finding]:
        """Those findings that satisfy their rules' tallies; others wait again, if they may."""
        windows: dict[str, Window] = {}
        kept: set[int] = set()
        for finding in findings:
            if finding.rule in self._book.rules:
                key = self._book.key(finding)
                window = windows.setdefault(key, self._book.window(key))
                kept.update(id(each) for each in window.add(finding))
        if episode.closed_ts is None:
            for key, window in windows.items():
                waiting = [*window.waiting, *self.case.pending.get(key, ())]
                self.case.pending[key] = sorted(waiting, key=lambda each: each.ts)
        return [finding for finding in findings if id(finding) in kept]

    def _window(self, key: str) -> Window:
        window = self._windows.get(key)
        if window is None:
            window = self._windows[key] = self._book.window(key)
            for finding in self.case.pending.get(key, ()):
                window.wait(finding)
        return window

    def _remember(self, key: str, window: Window) -> None:
        """What waits is part of the facts."""
        if window.waiting:
            self.case.pending[key] = window.waiting
        else:
            self.case.pending.pop(key, None)

    def _near(self, finding: Finding, episode: Episode) -> bool:
        limits, totals = self._book.policy.episode, self._totals[episode.id]
        return (
            totals.count > 0
            and totals.began - limits.gap_ms <= finding.ts <= totals.ended + limits.gap_ms
            and finding.ts - totals.began <= limits.max_ms
            and totals.ended - finding.ts <= limits.max_ms
        )

    def _late_for(self, finding: Finding) -> Episode | None:
        """The closed episode that a late finding of one of its rules belongs to."""
        for episode in reversed(self.case.episodes):
            if (
                episode.closed_ts is not None
                and finding.ts <= episode.closed_ts
                and finding.rule in self._totals[episode.id].rules
                and self._near(finding, episode)
            ):
                return episode
        return None


def _without(findings: list[Finding], event_id: str) -> list[Finding]:
    return [finding for finding in findings if event_id not in finding.event_ids]
