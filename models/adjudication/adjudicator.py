"""The adjudicator: findings and decisions in, recommendations out; state per account."""

import hashlib
from collections.abc import Iterable, Mapping

import msgspec

from models.adjudication.forget import forget
from models.adjudication.items import Item, Retraction
from models.adjudication.ladder import Ladder
from models.adjudication.live import Book, Live
from models.adjudication.speak import Speaker
from models.adjudication.state import Account, Case, Episode, Excusal, Ruling, State
from models.decisions import Decision
from models.findings import Finding
from models.policy import Policy
from models.recommendations import Provenance, Recommendation
from models.rules.base import DAY, Rule
from models.violations import VIOLATIONS

# What only supports an episode, and what the model saw, is kept to this many a rule and case.
SIDE_PER_RULE = 25


class Adjudicator:
    """Weighs the evidence against each account of a partition, and speaks where it is enough.

    A pure function of its items in their order: how they are batched changes nothing, nor does a
    snapshot and restore in between. `excuse_texts` are the sentences of the excuses by name.
    """

    def __init__(
        self,
        policy: Policy,
        catalogue: Mapping[str, Rule],
        provenance: Provenance,
        *,
        replay: bool = False,
        excuse_texts: Mapping[str, str] | None = None,
    ) -> None:
        self._policy = policy
        self._book = Book(policy, catalogue)
        self._speaker = Speaker(self._book, Ladder(policy), provenance, replay, excuse_texts or {})
        self._state = State()
        self._live: dict[tuple[str, str], Live] = {}

    def take(self, items: Iterable[Item]) -> list[Recommendation]:
        """Takes items in the order in which they became known; returns the new revisions."""
        said: list[Recommendation] = []
        for item in items:
            if isinstance(item, Decision):
                said.extend(self._decided(item))
                continue
            self._tick(item.at)
            if isinstance(item, Retraction):
                said.extend(self._retracted(item))
            else:
                said.extend(self._found(item))
        return said

    def snapshot(self) -> bytes:
        """The state, to be restored by this or another adjudicator."""
        return msgspec.msgpack.encode(self._state, order="deterministic")

    def restore(self, snapshot: bytes) -> None:
        """Goes on from a snapshot. Raises msgspec.DecodeError where it is none."""
        self._state = msgspec.msgpack.decode(snapshot, type=State)
        self._live.clear()

    def _found(self, finding: Finding) -> list[Recommendation]:
        rule = self._book.rules.get(finding.rule)
        account = self._account(finding.account)
        if rule is None or not account.retracted.keys().isdisjoint(finding.event_ids):
            return []
        account.minor = account.minor or finding.minor
        case = account.cases.setdefault(finding.violation, Case())
        if finding.excuses:
            _excuse(case, finding, self._book.beside_ms)
            return []
        if not self._book.counts(rule):
            _set_aside(case, finding)
            return []
        live = self._case(finding.account, finding.violation)
        episode, evidence = live.count(finding)
        if not evidence:
            return []
        if episode is None:
            episode = live.start(_episode_id(finding), evidence)
        else:
            live.extend(episode, evidence)
        return self._speak(finding.account, finding.violation, episode, finding.at)

    def _decided(self, decision: Decision) -> list[Recommendation]:
        account = self._account(decision.account)
        known = account.rulings.get(decision.recommendation_id)
        if known is not None and (known.ts, known.decision_id) >= (
            decision.ts,
            decision.decision_id,
        ):
            return []
        account.rulings[decision.recommendation_id] = Ruling(
            violation=decision.violation,
            outcome=decision.outcome,
            ts=decision.ts,
            decision_id=decision.decision_id,
            cooperated=decision.cooperated,
        )
        said = []
        for violation in sorted(account.cases):
            live = self._case(decision.account, violation)
            for episode in list(live.case.episodes):
                # What is confirmed is closed: what comes after it is a repeat.
                if (
                    episode.id == decision.recommendation_id
                    and decision.outcome == "confirmed"
                    and episode.closed_ts is None
                ):
                    live.close(episode, max(decision.ts, live.totals(episode).ended))
                if episode.findings:
                    said += self._speak(decision.account, violation, episode, decision.ts)
        return said

    def _retracted(self, retraction: Retraction) -> list[Recommendation]:
        account = self._account(retraction.account)
        account.retracted[retraction.event_id] = retraction.at
        said = []
        for violation in sorted(account.cases):
            live = self._case(retraction.account, violation)
            for episode in live.take_back(retraction.event_id):
                said += self._speak(retraction.account, violation, episode, retraction.at)
        return said

    def _speak(self, name: str, violation: str, episode: Episode, at: int) -> list[Recommendation]:
        account, live = self._account(name), self._case(name, violation)
        totals = live.totals(episode)
        said = self._speaker.speak(
            name, VIOLATIONS[violation], account, live.case, episode, totals, at
        )
        if not totals.count and episode.closed_ts is None:
            live.close(episode, at)
        return [said] if said is not None else []

    def _account(self, name: str) -> Account:
        return self._state.accounts.setdefault(name, Account())

    def _case(self, account: str, violation: str) -> Live:
        live = self._live.get((account, violation))
        if live is None:
            case = self._account(account).cases[violation]
            live = self._live[account, violation] = Live(self._book, case)
        return live

    def _tick(self, at: int) -> None:
        """Moves the clock on; once a day of event time, forgets what nothing can touch again."""
        state = self._state
        state.clock = max(state.clock, at)
        if state.clock // DAY == state.swept:
            return
        state.swept = state.clock // DAY
        for name in list(state.accounts):
            account = state.accounts[name]
            for violation in forget(account, state.clock, self._book):
                self._live.pop((name, violation), None)
            if account == Account():
                del state.accounts[name]


def _episode_id(decisive: Finding) -> str:
    """Readable, short, the same for the same facts; decided by the event that made it enough."""
    key = "\0".join((decisive.account, decisive.violation, decisive.event_id))
    return f"rec_{hashlib.blake2b(key.encode(), digest_size=10).hexdigest()}"


def _excuse(case: Case, finding: Finding, beside_ms: int) -> None:
    for name in finding.excuses:
        known = case.excused.get(name)
        if known is not None and finding.at - known.ts >= beside_ms:
            # As if it had been forgotten: whether it has depends on the other accounts' items.
            known = None
        rules = {finding.rule, *(known.rules if known else ())}
        case.excused[name] = Excusal(
            rules=tuple(sorted(rules)),
            findings=(known.findings if known else 0) + 1,
            ts=max(finding.ts, known.ts if known else finding.ts),
        )


def _set_aside(case: Case, finding: Finding) -> None:
    case.side.append(finding)
    same = [each for each in case.side if each.rule == finding.rule]
    if len(same) > SIDE_PER_RULE:
        case.side.remove(same[0])
