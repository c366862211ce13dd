"""A recommendation in the analyst's short form: who, what, how sure, on what evidence.

The full statements of reasons travel with each recommendation (`reason`); this is what fits
beside others on a screen.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Final, Literal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from models.excuses import EXCUSES
from models.policy import LADDER, Level
from models.recommendations import EvidenceLine, Excused, Penalty, Recommendation
from models.rules import CATALOGUE
from models.statements.phrases import ACTIONS
from models.statements.render import render
from models.violations import VIOLATIONS
from streams.screens.text import instant, printable

Language = Literal["en", "zh"]

STYLES: Final[dict[Level, str]] = {
    "L0": "dim",
    "L1": "cyan",
    "H": "magenta",
    "L2": "yellow",
    "L3": "bold bright_red",
    "L4": "bold white on red",
    "L5": "bold white on red",
    "L6": "bold white on red",
}


@dataclass(frozen=True, slots=True)
class _Words:
    """The words around a recommendation's own, in one language."""

    confidence: str
    days: str
    excused: str
    times: str
    anomaly: str
    withdrawn: str
    status: dict[str, str]
    roles: dict[str, str]


_ENGLISH: Final = _Words(
    confidence="confidence",
    days="{} d",
    excused="excused",
    times=" ({} times)",
    anomaly="more unusual than {:.1f} % of accounts",
    withdrawn="nothing is left of the evidence",
    status={"proposed": "proposed", "amended": "amended", "withdrawn": "withdrawn"},
    roles={},
)
_CHINESE: Final = _Words(
    confidence="置信度",
    days="{} 天",
    excused="从轻因素",
    times="（共 {} 次）",
    anomaly="比 {:.1f}% 的账号更异常",
    withdrawn="所依据的证据已不复存在",
    status={"proposed": "新建议", "amended": "已修订", "withdrawn": "已撤回"},
    roles={
        "seller": "出让方",
        "buyer": "受让方",
        "broker": "中介",
        "hub": "归集账号",
        "farm": "账号农场",
        "holder": "持有人",
        "lender": "出借人",
        "victim": "受害人",
    },
)
# As many as leave room for the violation on a narrow terminal.
_ROW_RULES: Final = 2
_WORDS: Final[dict[Language, _Words]] = {"en": _ENGLISH, "zh": _CHINESE}


def gravity(recommendation: Recommendation) -> tuple[int, float]:
    """By this the gravest sorts last: rung of the ladder (a hold below all), then confidence."""
    level = recommendation.penalty.level
    rung = LADDER.index(level) if level in LADDER else -1
    return rung, recommendation.confidence


def measure(penalty: Penalty, language: Language = "en") -> str:
    """What is recommended: "L3 restrict gifting (7 d)"."""
    zh = language == "zh"
    action = ACTIONS[penalty.action][1] if zh else penalty.action.replace("_", " ")
    days = penalty.duration_days
    lasting = "" if days is None else f" ({_WORDS[language].days.format(days)})"
    return f"{penalty.level} {action}{lasting}"


def headline(recommendation: Recommendation, language: Language = "en") -> Text:
    """Measure, account, role and violation."""
    words, penalty = _WORDS[language], recommendation.penalty
    role = words.roles.get(recommendation.role, recommendation.role)
    return Text.assemble(
        (measure(penalty, language), STYLES[penalty.level]),
        "  ",
        (printable(recommendation.account), "bold"),
        f" ({role})  {recommendation.violation} {_title(recommendation.violation, language)}",
    )


def row(recommendation: Recommendation, language: Language = "en") -> tuple[Text, ...]:
    """Cells of one line: time, level, account, violation, rules, confidence."""
    level = recommendation.penalty.level
    rules = list(dict.fromkeys(line.rule for line in recommendation.evidence))
    more = f" +{len(rules) - _ROW_RULES}" if len(rules) > _ROW_RULES else ""
    if recommendation.status == "withdrawn":
        measure_cell, rules_cell = Text("--", "dim"), Text(_WORDS[language].status["withdrawn"])
    else:
        measure_cell, rules_cell = Text(level, STYLES[level]), Text(" ".join(rules[:_ROW_RULES]))
        rules_cell.append(more)
    return (
        Text(instant(recommendation.decided_at)[5:], "dim"),
        measure_cell,
        Text(printable(recommendation.account), "bold"),
        Text(f"{recommendation.violation} {_title(recommendation.violation, language)}"),
        rules_cell,
        Text(f"{recommendation.confidence:.0%}"),
    )


def reasons(recommendation: Recommendation, language: Language = "en") -> list[tuple[str, str]]:
    """(mark, sentence) pairs: the circumstances, the evidence, and what spoke for the account."""
    words = _WORDS[language]
    when = [instant(recommendation.episode.from_ts), instant(recommendation.episode.to_ts)]
    if when[0][:10] == when[1][:10]:
        when[1] = when[1][11:]
    status = words.status[recommendation.status]
    pairs = [
        (
            "",
            f"{' - '.join(dict.fromkeys(when))} UTC, {words.confidence} "
            f"{recommendation.confidence:.0%}, {status} (r{recommendation.revision})",
        )
    ]
    if recommendation.status == "withdrawn":
        pairs.append(("", words.withdrawn))
    times = Counter(line.rule for line in recommendation.evidence)
    # The strongest line comes first, and says enough of its rule.
    strongest = {line.rule: line for line in reversed(recommendation.evidence)}
    for rule, number in times.items():
        often = words.times.format(number) if number > 1 else ""
        pairs.append((rule, f"{_evidence(strongest[rule], language)}{often}"))
    pairs += [(words.excused, _excuse(each, language)) for each in recommendation.excused]
    if recommendation.anomaly is not None:
        pairs.append(("", words.anomaly.format(100 * recommendation.anomaly.percentile)))
    return [(mark, printable(sentence)) for mark, sentence in pairs]


def card(recommendation: Recommendation, language: Language = "en") -> RenderableType:
    """The short form for a terminal: long sentences wrap beside their mark."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(ratio=1)
    for mark, sentence in reasons(recommendation, language):
        grid.add_row(f"  {mark}", Text(sentence, "" if mark else "dim"))
    return Group(headline(recommendation, language), grid)


def plain(recommendation: Recommendation, language: Language = "en") -> str:
    """The short form for a pipe: one line for each sentence."""
    lines = [headline(recommendation, language).plain]
    for mark, sentence in reasons(recommendation, language):
        lines.append(f"    {mark}: {sentence}" if mark else f"    {sentence}")
    return "\n".join(lines)


def _title(code: str, language: Language) -> str:
    violation = VIOLATIONS.get(code)
    if violation is None:
        return ""
    return violation.title_zh if language == "zh" else violation.title


def _evidence(line: EvidenceLine, language: Language) -> str:
    """The analyst's sentence is English; in Chinese it is the one for the person concerned."""
    rule = CATALOGUE.get(line.rule)
    if language == "en" or rule is None:
        return line.text
    return render(rule.tells_zh, line.observed, "zh")


def _excuse(excused: Excused, language: Language) -> str:
    excuse = EXCUSES.get(excused.reason)
    return excused.text if language == "en" or excuse is None else excuse.tells_zh
