"""From records to figures; how they are counted stands in the package's docstring."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from statistics import median
from typing import Final, Literal

from models.policy import Level
from models.scorecard.records import (
    RANK,
    Budget,
    FalsePenalty,
    Figures,
    Found,
    Harm,
    Hits,
    Label,
    Revision,
    Scope,
    Scorecard,
)
from models.violations import VIOLATIONS

CUTOFFS: Final[dict[str, Level]] = {"any": "L0", "L1": "L1", "L2": "L2"}
BUDGETS: Final = (20, 50, 100)
VICTIM: Final = "takeover_victim"
UNLABELLED: Final = "unlabelled"

_PENALTY: Final = RANK["L2"]
_DAY: Final = 86_400_000
_HOUR: Final = 3_600_000


def score(revisions: Iterable[Revision], labels: Iterable[Label], scope: Scope) -> Scorecard:
    """Compare recommendations (every revision, or the last of each id) with the labels."""
    last: dict[str, Revision] = {}
    first: dict[str, Revision] = {}
    for revision in revisions:
        key = revision.recommendation_id
        if key not in last or revision.revision >= last[key].revision:
            last[key] = revision
        known = first.get(key)
        if revision.status != "withdrawn" and (known is None or revision.revision < known.revision):
            first[key] = revision
    return _Scoring(last, first, _Truth(list(labels)), scope).card()


class _Truth:
    """The labels, by what is asked of them."""

    def __init__(self, labels: list[Label]) -> None:
        self.broken = [label for label in labels if label.violation is not None]
        self.by_code: dict[str, set[str]] = defaultdict(set)
        self.since: dict[tuple[str, str], int] = {}
        for label in self.broken:
            code, start = str(label.violation), int(label.from_ts or 0)
            self.by_code[code].add(label.account)
            key = (label.account, code)
            self.since[key] = min(start, self.since.get(key, start))
        codes = {code: VIOLATIONS[code].protective for code in self.by_code}
        self.violators = {a for c, safe in codes.items() if not safe for a in self.by_code[c]}
        victims = {a for c, safe in codes.items() if safe for a in self.by_code[c]}
        self.victims = victims - self.violators
        self.kinds: dict[str, set[str]] = defaultdict(set)
        for label in labels:
            if label.benign is not None and label.account not in self.violators:
                self.kinds[label.benign].add(label.account)
        if self.victims:
            self.kinds[VICTIM] |= self.victims

    def right(self, revision: Revision) -> bool:
        """Whether a recommendation is right in all."""
        if revision.protective:
            return revision.account in self.by_code.get(revision.violation, ())
        return revision.account in self.violators


class _Scoring:
    def __init__(
        self,
        last: dict[str, Revision],
        first: dict[str, Revision],
        truth: _Truth,
        scope: Scope,
    ) -> None:
        self._standing = [r for r in last.values() if r.status != "withdrawn"]
        self._first = first
        self._truth = truth
        self._scope = scope
        self._penalised = {
            r.account for r in self._standing if r.rank >= _PENALTY and not r.protective
        }

    def card(self) -> Scorecard:
        truth, scope = self._truth, self._scope
        codes = sorted({r.violation for r in self._standing} | set(truth.by_code))
        typologies = self._found("typology")
        return Scorecard(
            accounts=scope.accounts,
            honest_accounts=self._honest_count(),
            days=round(max(scope.to_ts - scope.from_ts, 0) / _DAY, 3),
            recommendations=len(self._standing),
            in_all=self._in_all(),
            per_violation={code: self._of_code(code) for code in codes},
            precision_at={str(k): self._budget(k) for k in BUDGETS},
            honest=self._harm_in_all(),
            per_benign_kind=self._harm_by_kind(),
            per_typology=typologies,
            per_skill=self._found("skill"),
            missed_typologies=[name for name, found in typologies.items() if not found.any],
            false_penalties=self._false_penalties(),
        )

    def _above(self, cutoff: str) -> list[Revision]:
        least = RANK[CUTOFFS[cutoff]]
        return [r for r in self._standing if r.protective or r.rank >= least]

    def _in_all(self) -> Figures:
        truth = self._truth
        guilty = truth.violators | truth.victims
        at = {}
        for cutoff in CUTOFFS:
            standing = self._above(cutoff)
            right = {r.account for r in standing if truth.right(r)}
            at[cutoff] = _hits({r.account for r in standing}, guilty, right)
        starts: dict[str, int] = {}
        for (account, _), ts in truth.since.items():
            starts[account] = min(ts, starts.get(account, ts))
        return Figures(at, self._delay([r for r in self._standing if truth.right(r)], starts))

    def _of_code(self, code: str) -> Figures:
        labelled = self._truth.by_code.get(code, set())
        at = {}
        for cutoff in CUTOFFS:
            accounts = {r.account for r in self._above(cutoff) if r.violation == code}
            at[cutoff] = _hits(accounts, labelled, accounts & labelled)
        starts = {a: ts for (a, c), ts in self._truth.since.items() if c == code}
        right = [r for r in self._standing if r.violation == code and r.account in labelled]
        return Figures(at, self._delay(right, starts))

    def _delay(self, right: list[Revision], starts: Mapping[str, int]) -> float | None:
        """Median hours from a violation's first event to the first recommendation, at least 0."""
        soonest: dict[str, int] = {}
        for revision in right:
            ts = self._first[revision.recommendation_id].decided_at
            soonest[revision.account] = min(ts, soonest.get(revision.account, ts))
        hours = [max(ts - starts[account], 0) / _HOUR for account, ts in soonest.items()]
        return round(median(hours), 3) if hours else None

    def _budget(self, k: int) -> Budget:
        """Ids by the day (UTC) of their first proposal, ranked by what was known then."""
        days: dict[int, list[Revision]] = defaultdict(list)
        for revision in self._first.values():
            days[revision.decided_at // _DAY].append(revision)
        reviewed = right = 0
        for proposed in days.values():
            proposed.sort(key=lambda r: (-r.rank, -r.confidence, r.recommendation_id))
            top = proposed[:k]
            reviewed += len(top)
            right += sum(map(self._truth.right, top))
        return Budget(reviewed, right, _ratio(right, reviewed))

    def _honest_count(self) -> int:
        return max(self._scope.accounts - len(self._truth.violators), 0)

    def _harm_in_all(self) -> Harm:
        wrong = {r.account for r in self._standing if not self._truth.right(r)}
        guilty = self._truth.violators
        return _harm(self._honest_count(), len(wrong - guilty), len(self._penalised - guilty))

    def _harm_by_kind(self) -> dict[str, Harm]:
        truth = self._truth
        recommended = {r.account for r in self._standing if not truth.right(r)}
        harms = {}
        for kind, accounts in sorted(truth.kinds.items()):
            harms[kind] = _harm(
                len(accounts), len(accounts & recommended), len(accounts & self._penalised)
            )
        named: set[str] = set().union(truth.violators, *truth.kinds.values())
        harms[UNLABELLED] = _harm(
            max(self._scope.accounts - len(named), 0),
            len(recommended - named),
            len(self._penalised - named),
        )
        return harms

    def _found(self, attribute: Literal["typology", "skill"]) -> dict[str, Found]:
        groups: dict[str, set[str]] = defaultdict(set)
        for label in self._truth.broken:
            name = getattr(label, attribute)
            if name is not None:
                groups[name].add(label.account)
        truth = self._truth
        ever = {r.account for r in self._standing if truth.right(r)}
        firmly = {r.account for r in self._above("L2") if truth.right(r)}
        found = {}
        for name, accounts in sorted(groups.items()):
            hit, hard = len(accounts & ever), len(accounts & firmly)
            ratios = _ratio(hit, len(accounts)), _ratio(hard, len(accounts))
            found[name] = Found(len(accounts), hit, hard, *ratios)
        return found

    def _false_penalties(self) -> list[FalsePenalty]:
        kinds: dict[str, list[str]] = defaultdict(list)
        for kind, accounts in sorted(self._truth.kinds.items()):
            for account in accounts:
                kinds[account].append(kind)
        wrong = [
            FalsePenalty(r.account, r.violation, r.penalty.level, kinds.get(r.account, []))
            for r in self._standing
            if r.rank >= _PENALTY and not r.protective and not self._truth.right(r)
        ]
        return sorted(wrong, key=lambda w: (w.account, w.violation, w.level))


def _hits(recommended: Collection[str], labelled: Collection[str], right: Collection[str]) -> Hits:
    return Hits(
        len(recommended),
        len(labelled),
        len(right),
        _ratio(len(right), len(recommended)),
        _ratio(len(right), len(labelled)),
    )


def _harm(accounts: int, recommended: int, penalised: int) -> Harm:
    rate = round(penalised / accounts * 10_000, 3) if accounts else None
    return Harm(accounts, recommended, penalised, rate)


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None
