"""Where an episode stands on the ladder: entry, steps up and down, caps, evidence gates."""

from dataclasses import dataclass

from models.adjudication.totals import Totals
from models.policy import LADDER, Gate, Level, Policy
from models.violations import VIOLATIONS


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the ladder: a level, and one of its durations where it has any."""

    level: Level
    days: int | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A step of the ladder and how it came about, for the statement of reasons.

    `target` is where the ladder would put the episode, `step` where evidence and caps leave it.
    """

    step: Step
    first: Step
    target: Step
    strikes: int
    aggravated: tuple[str, ...] = ()
    cooperated: bool = False
    capped: tuple[str, ...] = ()
    gated: bool = False
    held: bool = False


class Ladder:
    """The steps of a policy's ladder, mildest first, and its gates."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._steps = [
            Step(level, days) for level in LADDER for days in policy.ladder[level].days or (None,)
        ]

    def judge(
        self, violation: str, totals: Totals, *, strikes: int, cooperated: bool, minor: bool
    ) -> Judgement:
        """Where the evidence of one episode of a violation leads."""
        policy = self._policy
        entry = policy.first[violation]
        days = policy.ladder[entry.level].days
        first = Step(entry.level, entry.days or (days[0] if days else None))
        if not totals.count:
            nothing = Step(LADDER[0], None)
            return Judgement(nothing, nothing, nothing, strikes)
        if VIOLATIONS[violation].protective:
            return Judgement(first, first, first, strikes)
        aggravated = self._aggravated(totals)
        climb = strikes * policy.strikes.steps
        climb += policy.aggravation.steps if aggravated else 0
        climb -= policy.mitigation.cooperation_steps if cooperated else 0
        at = min(max(self._steps.index(first) + climb, 0), len(self._steps) - 1)
        target = self._steps[at]
        capped = []
        if minor and at > self._top(policy.minors.cap):
            at = self._top(policy.minors.cap)
            capped.append("a minor")
        if totals.rules.keys() <= set(policy.evidence.lone):
            top = self._top(policy.evidence.lone_cap)
            if at > top:
                at = top
                capped.append("an offer or words alone")
        asked = at
        while at > 0 and not self.met(self._steps[at].level, totals, strikes):
            at -= 1
        step = self._steps[at]
        # A breach that is not yet proved enough to warn for: hold the gift, so that somebody looks.
        low = LADDER.index(step.level) < LADDER.index("L2") <= LADDER.index(target.level)
        held = low and not totals.rules.keys().isdisjoint(policy.evidence.hold)
        if held:
            hold = policy.ladder["H"].days
            step = Step("H", hold[0] if hold else None)
        return Judgement(
            step=step,
            first=first,
            target=target,
            strikes=strikes,
            aggravated=tuple(aggravated),
            cooperated=cooperated,
            capped=tuple(capped),
            gated=at < asked,
            held=held,
        )

    def met(self, level: Level, totals: Totals, strikes: int) -> bool:
        """Whether the evidence passes a gate of the level, or of one above it."""
        above = LADDER[LADDER.index(level) :]
        return any(
            passes(gate, totals, strikes) for each in above for gate in self._policy.gates[each]
        )

    def after(self, step: Step) -> Step | None:
        """The next step up; None at the top, and for H, which is no rung."""
        if step not in self._steps or step == self._steps[-1]:
            return None
        return self._steps[self._steps.index(step) + 1]

    def _top(self, level: Level) -> int:
        return max(n for n, step in enumerate(self._steps) if step.level == level)

    def _aggravated(self, totals: Totals) -> list[str]:
        limits = self._policy.aggravation
        found = []
        if len(totals.tokens) >= limits.tokens:
            found.append(f"{len(totals.tokens)} tokens")
        if len(totals.counterparties) >= limits.counterparties:
            found.append(f"{len(totals.counterparties)} counterparties")
        found += [f"the role of a {role}" for role in limits.roles if role in totals.roles]
        return found


def passes(gate: Gate, totals: Totals, strikes: int) -> bool:
    """Whether the evidence has all that one gate asks for."""
    return (
        len(totals.families) >= gate.families
        and (totals.repeated or not gate.repeated)
        and (totals.hard or not gate.hard)
        and strikes >= gate.strikes
    )
