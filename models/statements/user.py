"""The statement for the person concerned: their own facts, the clause, the measure, the appeal.

It names no threshold, no rule and no other person: the sentences come from the rules' `tells`,
filled with values of the person's own history only.
"""

from models.statements.phrases import ACTIONS, LASTING, moment
from models.statements.record import Record
from models.statements.render import Language, render


def user_statement(record: Record) -> str:
    """The statement in the policy's language; with both, Chinese first."""
    say = {"en": _english, "zh": _chinese}
    if record.policy.language == "both":
        return f"{_chinese(record)}\n\n{_english(record)}"
    return say[record.policy.language](record)


def _facts(record: Record, language: Language) -> list[str]:
    facts = []
    for rule_id in sorted(record.totals.rules):
        total = record.totals.rules[rule_id]
        template = total.rule.tells if language == "en" else total.rule.tells_zh
        sentence = render(template, total.newest.observed, language)
        count = len(total.findings)
        often = {"en": f" (found {count} times)", "zh": f"（共发现 {count} 次）"}
        facts.append(f"- {sentence}{often[language] if count > 1 else ''}")
    return facts


def _english(record: Record) -> str:
    if record.status == "withdrawn":
        return (
            f"The recommendation {record.recommendation_id} about your account is withdrawn: the"
            " facts that it rested on no longer hold. No measure is recommended."
        )
    lines = [
        f"Between {moment(record.span.from_ts)} and {moment(record.span.to_ts)} the following"
        " was found in the records of your account:",
        *_facts(record, "en"),
        f"Clause: {record.violation.title} ({record.violation.code}).",
    ]
    action = ACTIONS[record.penalty.action][0]
    if record.violation.protective:
        lines.append(
            f"To protect you, {action}{_for_days(record)}. This is no penalty: somebody else may"
            " have used your account."
        )
    else:
        lines.append(f"Recommended measure: {action}{_for_days(record)}.")
    lines += [
        "This was found automatically. It is a recommendation: a person examines it and decides.",
        f"You can appeal until {moment(record.appeal_until)}: write to the platform's customer"
        f" service, quote {record.recommendation_id}, and say what we should know. A person"
        " examines every appeal.",
    ]
    return "\n".join(lines)


def _for_days(record: Record) -> str:
    penalty = record.penalty
    if penalty.duration_days is not None:
        return f" for {penalty.duration_days} days"
    return " permanently" if penalty.action in LASTING else ""


def _chinese(record: Record) -> str:
    if record.status == "withdrawn":
        return (
            f"关于您账号的处理建议 {record.recommendation_id} 已撤回：其所依据的事实不再成立，"
            "不再建议采取任何措施。"
        )
    lines = [
        f"在 {moment(record.span.from_ts)} 至 {moment(record.span.to_ts)} 期间，"
        "您账号的记录中发现以下情况：",
        *_facts(record, "zh"),
        f"适用条款：{record.violation.title_zh}（{record.violation.code}）。",
    ]
    action = ACTIONS[record.penalty.action][1]
    if record.violation.protective:
        lines.append(
            f"为保护您的权益：{action}{_for_days_zh(record)}。这不是处罚：可能有他人使用了您的账号。"
        )
    else:
        lines.append(f"建议措施：{action}{_for_days_zh(record)}。")
    lines += [
        "以上情况由系统自动发现。这只是一项建议，将由工作人员审查并作出决定。",
        f"您可以在 {moment(record.appeal_until)} 之前申诉：请联系平台客服，注明编号"
        f" {record.recommendation_id}，并说明情况。每一项申诉都由工作人员审查。",
    ]
    return "\n".join(lines)


def _for_days_zh(record: Record) -> str:
    penalty = record.penalty
    if penalty.duration_days is not None:
        return f"，为期 {penalty.duration_days} 天"
    return "，永久有效" if penalty.action in LASTING else ""
