"""The statement for the analyst: values beside thresholds, why this level and not the next."""

from models.adjudication.ladder import Step
from models.adjudication.totals import RuleTotal
from models.policy import Gate
from models.recommendations import number
from models.statements.phrases import APPROVALS, moment
from models.statements.record import Record
from models.statements.render import render, say

_OFTEN = "{} findings, the newest: "


def analyst_statement(record: Record) -> str:
    """Plain text, a paragraph for each question an analyst asks."""
    violation = record.violation
    lines = [
        f"{violation.code} {violation.title}: {record.account} as {record.role},"
        f" revision {record.revision} ({record.status}).",
    ]
    if record.status == "withdrawn":
        lines.append("Nothing is left of the evidence: what it rested on was taken back.")
        return "\n".join(lines)
    lines.append(f"Evidence from {moment(record.span.from_ts)} to {moment(record.span.to_ts)}:")
    lines += [_evidence(record.totals.rules[rule]) for rule in sorted(record.totals.rules)]
    lines += [_evidence(total) for total in record.support]
    lines += [_why(record), _why_not_more(record)]
    lines += [f"Spoke for the account: {each.text}" for each in record.excused]
    if record.anomaly is not None:
        lines.append(
            f"Anomaly: percentile {number(record.anomaly.percentile)}; it ranks the queue"
            " and is no evidence."
        )
    checks = [
        f"- {total.rule.id}: {total.rule.runbook}"
        for total in (*_by_id(record), *record.support)
        if total.rule.runbook
    ]
    if checks:
        lines += ["Check next:", *checks]
    return "\n".join(lines)


def _by_id(record: Record) -> list[RuleTotal]:
    return [record.totals.rules[rule] for rule in sorted(record.totals.rules)]


def _evidence(total: RuleTotal) -> str:
    rule, newest, count = total.rule, total.newest, len(total.findings)
    units = {limit.name: limit.unit for limit in rule.limits} | {"hold": "ms"}
    limits = ", ".join(
        f"{name} {say(value, units.get(name, 'n'))}"
        for name, value in sorted(newest.threshold.items())
    )
    sentence = render(rule.says, {**newest.threshold, **newest.observed})
    return (
        f"- {rule.id} {rule.slug} ({rule.family}, {rule.strength}):"
        f" {_OFTEN.format(count) if count > 1 else ''}{sentence}"
        f"{f' [limits: {limits}]' if limits else ''}"
    )


def _why(record: Record) -> str:
    judged = record.judgement
    if record.violation.protective:
        return f"Why {_step(judged.step)}: the account is the victim; it is protected."
    parts = [f"a first {record.violation.code} enters at {_step(judged.first)}"]
    if judged.strikes:
        parts.append(f"confirmed violations before this one: {judged.strikes}")
    if judged.aggravated:
        parts.append(f"graver for {', '.join(judged.aggravated)}")
    if judged.cooperated:
        parts.append("milder because the person cooperated")
    if judged.target != judged.first:
        parts.append(f"so the ladder leads to {_step(judged.target)}")
    if judged.capped:
        parts.append(f"capped for {' and '.join(judged.capped)}")
    if judged.gated:
        parts.append(f"but the evidence carries no more ({_has(record)})")
    if judged.held:
        parts.append("a gift before its time is held until somebody has looked")
    return (
        f"Why {_step(judged.step)}: {'; '.join(parts)}."
        f" It takes {APPROVALS[record.penalty.approval][0]}."
    )


def _why_not_more(record: Record) -> str:
    judged, ladder = record.judgement, record.ladder
    if record.violation.protective:
        return "Why not more: a victim is never punished."
    if judged.gated:
        step: Step | None = judged.target
        why = "the evidence is short of it"
    else:
        step = ladder.after(judged.step)
        why = "its cap holds" if judged.capped else "nothing raises it further"
    if step is None:
        return "Why not more: there is no higher level."
    gates = " or ".join(_asks(gate) for gate in record.policy.gates[step.level])
    return f"Why not {_step(step)}: {why}; {step.level} asks for {gates}; there is {_has(record)}."


def _step(step: Step) -> str:
    return step.level if step.days is None else f"{step.level} ({step.days} d)"


def _asks(gate: Gate) -> str:
    parts = [f"{gate.families} {'family' if gate.families == 1 else 'families'}"]
    if gate.repeated:
        parts.append("repeated")
    if gate.hard:
        parts.append("with a hard rule")
    if gate.strikes:
        parts.append(f"with {gate.strikes} confirmed before")
    return " ".join(parts)


def _has(record: Record) -> str:
    totals = record.totals
    parts = [f"evidence of {' and '.join(totals.families)}"]
    parts.append("repeated" if totals.repeated else "not repeated")
    parts.append("a hard rule" if totals.hard else "no hard rule")
    parts.append(f"{record.judgement.strikes} confirmed before")
    return ", ".join(parts)
