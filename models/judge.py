"""Judge rows: rules and excuses over feature columns, and findings for the few that are hit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from models.anomaly import AnomalyModel
from models.excuses.base import Excuse
from models.features.lane import Columns, Judged, Lane
from models.findings import Anomaly, Finding, TopFeature
from models.policy import Policy
from models.rules.base import Address, Rule
from models.views import ROLE_CODE, ROLES, ROW_IDS, Rows

_WHO: Final = {"other": ROW_IDS.index("other"), "actor": ROW_IDS.index("actor")}
_TOKEN: Final = ROW_IDS.index("token")


class RowLimits:
    """A rule's thresholds over rows: numbers, and arrays where they vary with the date."""

    def __init__(
        self, rule: Rule, limits: Mapping[str, float], policy: Policy, ts: NDArray[np.int64]
    ) -> None:
        self._limits = limits
        self._festive = {limit.name for limit in rule.limits if limit.festive}
        self._festive_ms = rule.festive_ms
        self._policy = policy
        self._ts = ts
        self._holds: NDArray[np.float64] | None = None

    def __getattr__(self, name: str) -> Any:
        try:
            value = self._limits[name]
        except KeyError:
            raise AttributeError(f"no limit is called {name}") from None
        # Kept as an attribute, so that it is worked out once.
        self.__dict__[name] = value * self._multiplier if name in self._festive else value
        return self.__dict__[name]

    @cached_property
    def _multiplier(self) -> NDArray[np.float64]:
        return self._policy.festive(self._ts, self._festive_ms)

    def hold(self, by_gift: NDArray[np.bool_]) -> NDArray[np.float64]:
        """How long each row's giver had to keep the token (ms), by the rule in force then."""
        self._holds = self._policy.holds(self._ts, by_gift)
        return self._holds

    def at(self, row: int) -> dict[str, float]:
        """The thresholds of one row, by name; a hold without end is none."""
        shown = {}
        for name in self._limits:
            value = getattr(self, name)
            shown[name] = float(value[row]) if isinstance(value, np.ndarray) else value
        if self._holds is not None and np.isfinite(self._holds[row]):
            shown["hold"] = float(self._holds[row])
        return shown


class _Plain:
    """The parameters of an excuse, which do not vary with the date."""

    def __init__(self, limits: Mapping[str, float]) -> None:
        self._limits = limits

    def __getattr__(self, name: str) -> Any:
        return self._limits[name]

    def hold(self, by_gift: NDArray[np.bool_]) -> NDArray[np.float64]:
        raise TypeError("an excuse does not ask for the transfer rule")


@dataclass(slots=True)
class Case:
    """Judged rows of one lane with what is needed to put a hit into words and names.

    `ts` int64[n] of the judged rows (an event's own time), `accounts` and `tokens` the name
    tables, `event` looks an event-log index up as (event id, ts).
    """

    lane: Lane
    rows: Rows
    judged: Judged
    ts: NDArray[np.int64]
    accounts: list[str]
    tokens: list[str]
    event: Callable[[int], tuple[str, int]]


@dataclass(slots=True)
class Hits:
    """A rule's verdict over the rows that it looks at (`rows`, positions among the judged):
    where it `fired`, with the limits and excuses of every row looked at."""

    rule: Rule
    rows: NDArray[np.intp]
    fired: list[int]
    limits: RowLimits
    excused: dict[str, NDArray[np.bool_]]


class Judge:
    """The rules and excuses of one policy, applied to judged rows."""

    def __init__(
        self,
        policy: Policy,
        catalogue: Mapping[str, Rule],
        excuses: Mapping[str, Excuse],
        model: AnomalyModel | None = None,
        model_columns: tuple[str, ...] = (),
    ) -> None:
        self.policy = policy
        self.model = model
        self._model_columns = model_columns
        self._rules = [rule for rule in catalogue.values() if policy.state(rule.id) == "live"]
        self._limits = {rule.id: policy.limits(rule) for rule in self._rules}
        self._excuses = {
            name: excuse for name, excuse in excuses.items() if policy.excuse_state(name) == "live"
        }
        self._listed = {
            "creators": frozenset(policy.allow.creators),
            "moderators": frozenset(policy.allow.moderators),
        }

    def findings(self, case: Case) -> list[Finding]:
        """Every live rule's hits on the case's rows, each addressed, in no particular order."""
        found = []
        roles = case.rows.role[case.judged.row]
        code = ROLE_CODE[case.lane.plan.lane]
        for rule in self._rules:
            if rule.view != case.lane.plan.lane:
                continue
            wanted = np.zeros(len(code), np.bool_)
            wanted[[code[role] for role in rule.on]] = True
            hits = self._hits(rule, case, np.flatnonzero(wanted[roles]))
            for place in hits.fired:
                found += self._speak(case, hits, place)
        return found

    def _hits(self, rule: Rule, case: Case, rows: NDArray[np.intp]) -> Hits:
        f = case.judged.features[rows]
        limits = RowLimits(rule, self._limits[rule.id], self.policy, case.ts[rows])
        fired = np.flatnonzero(rule.fires(f, limits)).tolist()
        excused = self._excused(rule, case, f) if fired else {}
        return Hits(rule, rows, fired, limits, excused)

    def _excused(self, rule: Rule, case: Case, f: Columns) -> dict[str, NDArray[np.bool_]]:
        said = {}
        for name in rule.excused_by:
            excuse = self._excuses.get(name)
            if excuse is None or excuse.applies is None or rule.view not in excuse.views:
                continue
            said[name] = excuse.applies(f, _Plain(self.policy.excuse_limits(name, excuse)))
        return said

    def _speak(self, case: Case, hits: Hits, place: int) -> list[Finding]:
        """The findings of one hit: one for each account that it is addressed to."""
        rule, judged = hits.rule, case.judged
        at = int(hits.rows[place])
        row = int(judged.row[at])
        trail = self._trail(case, rule, int(judged.index[at]))
        event_id, _ = case.event(trail[-1])
        evidence = [case.event(index) for index in trail]
        token = int(case.rows.ids[row, _TOKEN])
        shown = {name: _value(getattr(judged.features, name)[at]) for name in rule.shows}
        threshold = hits.limits.at(place)
        anomaly = self._anomaly(case, at)
        role = ROLES[case.lane.plan.lane][case.rows.role[row]]
        found = []
        for address in rule.addresses:
            account = _who(case, row, address.who)
            if account is None or (address.on and role not in address.on):
                continue
            other = _counterparty(case, row, address)
            found.append(
                Finding(
                    at=int(case.rows.at[row]),
                    ts=int(case.ts[at]),
                    event_id=event_id,
                    rule=rule.id,
                    account=account,
                    role=address.role,
                    violation=address.violation,
                    event_ids=tuple(one for one, _ in evidence),
                    observed=shown,
                    threshold=threshold,
                    from_ts=min(when for _, when in evidence),
                    other=other,
                    token=case.tokens[token] if token >= 0 else None,
                    excuses=self._speaks_for(hits, place, account),
                    anomaly=anomaly if address.who == "self" else None,
                    late=bool(case.rows.at[row] > case.ts[at]),
                    minor=address.who == "self" and self._minor(case, at),
                )
            )
        return found

    def _speaks_for(self, hits: Hits, place: int, account: str) -> tuple[str, ...]:
        excuses = [name for name, applies in hits.excused.items() if applies[place]]
        for name in hits.rule.excused_by:
            excuse = self._excuses.get(name)
            if excuse is not None and excuse.listed and account in self._listed[excuse.listed]:
                excuses.append(name)
        return tuple(sorted(excuses))

    @staticmethod
    def _trail(case: Case, rule: Rule, index: int) -> list[int]:
        """Event-log indices of the evidence, oldest first, the row's own event last."""
        own = int(case.lane.event_at(index))
        events: set[int] = set()
        for trail in rule.trails:
            past = case.lane.trail(index, trail.roles, trail.window_ms, trail.same)
            past = past[past != own]
            events.update((past[-1:] if trail.newest else past).tolist())
        return [*sorted(events), own]

    @staticmethod
    def _minor(case: Case, at: int) -> bool:
        features = case.judged.features
        return "minor" in case.lane.names and bool(features.minor[at] > 0)

    def _anomaly(self, case: Case, at: int) -> Anomaly | None:
        """The model's word on the row, where it knows rows of this lane."""
        model = self.model
        if model is None or not set(self._model_columns) <= set(case.lane.names):
            return None
        columns = [case.lane.names[name] for name in self._model_columns]
        row = case.judged.features.matrix[at, columns]
        score, percentile = model.score(row[None, :])
        top = tuple(TopFeature(**feature) for feature in model.explain(row))
        return Anomaly(float(score[0]), float(percentile[0]), top)


def _value(number: np.float64) -> float | None:
    return None if np.isnan(number) else float(number)


def _who(case: Case, row: int, who: str) -> str | None:
    entity = case.rows.entity[row] if who == "self" else case.rows.ids[row, _WHO[who]]
    return case.accounts[entity] if entity >= 0 else None


def _counterparty(case: Case, row: int, address: Address) -> str | None:
    """The other side, as the addressed account sees it."""
    if address.who == "other":
        return _who(case, row, "self" if case.lane.plan.lane == "account" else "actor")
    return _who(case, row, "other")
