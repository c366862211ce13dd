"""Evidence lines: one a finding while they are few, one a rule when they are many."""

from collections.abc import Iterable
from typing import Final

from models.adjudication.totals import RuleTotal
from models.findings import Finding
from models.recommendations import EvidenceLine, Number, number
from models.rules.base import Rule, Strength
from models.statements.render import render

# A revision stays readable, and output linear in the input: no more lines than this a rule, nor
# more events than this a line. The newest are kept.
LINES_PER_RULE: Final = 25
EVENTS_PER_LINE: Final = 200

_STRONGEST: Final[tuple[Strength, ...]] = ("hard", "firm", "soft", "support")


def evidence_lines(
    totals: Iterable[RuleTotal], support: Iterable[RuleTotal]
) -> tuple[EvidenceLine, ...]:
    """All evidence, the strongest rule first, then in the order in which it happened."""
    ranked = sorted(
        [*totals, *support],
        key=lambda total: (_STRONGEST.index(total.rule.strength), total.rule.id),
    )
    lines: list[EvidenceLine] = []
    for total in ranked:
        if len(total.findings) > LINES_PER_RULE:
            lines.append(_group(total))
        else:
            ordered = sorted(total.findings, key=lambda finding: (finding.ts, finding.order))
            lines.extend(_single(total.rule, finding) for finding in ordered)
    return tuple(lines)


def _single(rule: Rule, finding: Finding) -> EvidenceLine:
    return _line(rule, finding, finding.event_ids[-EVENTS_PER_LINE:], {}, "")


def _group(total: RuleTotal) -> EvidenceLine:
    events: dict[str, None] = {}
    for finding in reversed(total.findings):
        events.update(dict.fromkeys(reversed(finding.event_ids)))
        if len(events) >= EVENTS_PER_LINE:
            break
    newest = list(events)[:EVENTS_PER_LINE]
    count = len(total.findings)
    return _line(
        total.rule,
        total.newest,
        tuple(reversed(newest)),
        {"findings": count},
        f" ({count} findings; the newest is shown)",
    )


def _line(
    rule: Rule,
    finding: Finding,
    events: tuple[str, ...],
    more: dict[str, Number],
    note: str,
) -> EvidenceLine:
    return EvidenceLine(
        rule=rule.id,
        family=rule.family,
        ts=finding.ts,
        event_ids=events,
        observed={**{name: number(value) for name, value in finding.observed.items()}, **more},
        threshold={name: number(value) for name, value in finding.threshold.items()},
        text=render(rule.says, {**finding.threshold, **finding.observed}) + note,
    )
