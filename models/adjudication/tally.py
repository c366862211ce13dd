"""Counts a rule's findings over its window, until they make evidence."""

import bisect
from collections import Counter
from collections.abc import Mapping

from models.findings import Finding
from models.rules.base import Rule, Tally


class _Distinct:
    """The distinct values of one field in the window."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._values: Counter[str] = Counter()

    @property
    def total(self) -> int:
        return len(self._values)

    def add(self, finding: Finding) -> None:
        value = getattr(finding, self.name)
        if value is not None:
            self._values[value] += 1

    def remove(self, finding: Finding) -> None:
        value = getattr(finding, self.name)
        if value is None:
            return
        self._values[value] -= 1
        if not self._values[value]:
            del self._values[value]


class Window:
    """The findings of one rule about one account, within the rule's window of event time.

    A rule without a tally is satisfied by each finding. `waiting` are the findings that have not
    made evidence yet, oldest first.
    """

    def __init__(self, rule: Rule, limits: Mapping[str, float]) -> None:
        self.waiting: list[Finding] = []
        self._tally: Tally | None = rule.tally
        self._limits = limits
        self._entries: list[tuple[int, int, Finding]] = []
        self._added = 0
        self._distinct = [_Distinct(name) for name in rule.tally.counts] if rule.tally else []

    def add(self, finding: Finding) -> list[Finding]:
        """Takes a finding; returns those that make evidence now and did not before.

        A finding older than the window is not counted: the window has passed it by.
        """
        if self._tally is None:
            return [finding]
        if not self.wait(finding) or not self._satisfied(finding):
            return []
        evidence = self.waiting[:]
        self.waiting.clear()
        return evidence

    def wait(self, finding: Finding) -> bool:
        """Takes a finding without asking whether that is enough; False where it is too old."""
        taken = self.put(finding)
        if taken:
            bisect.insort(self.waiting, finding, key=lambda waiting: waiting.ts)
        return taken

    def put(self, finding: Finding) -> bool:
        """Counts a finding that has made evidence already; False where it is too old."""
        if self._tally is None:
            return False
        newest = max(self._entries[-1][0] if self._entries else finding.ts, finding.ts)
        self._forget(newest - self._tally.window_ms)
        if finding.ts <= newest - self._tally.window_ms:
            return False
        self._added += 1
        bisect.insort(self._entries, (finding.ts, self._added, finding))
        for each in self._distinct:
            each.add(finding)
        return True

    def _satisfied(self, finding: Finding) -> bool:
        assert self._tally is not None
        for each in self._distinct:
            name = self._tally.counts[each.name]
            # The finding knows the limit that was in force for it, festive days included.
            if each.total < finding.threshold.get(name, self._limits[name]):
                return False
        return True

    def _forget(self, until: int) -> None:
        """Drops what is not later than `until`."""
        gone = bisect.bisect_right(self._entries, until, key=lambda entry: entry[0])
        for _, _, finding in self._entries[:gone]:
            for each in self._distinct:
                each.remove(finding)
        del self._entries[:gone]
        del self.waiting[: bisect.bisect_right(self.waiting, until, key=lambda each: each.ts)]
