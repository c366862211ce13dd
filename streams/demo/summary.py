"""What a demonstration leaves on the screen: figures, statements of reasons, what to try next."""

from models.recommendations import Recommendation
from streams.demo.progress import Progress
from streams.screens.recommendations import Language, gravity, measure
from streams.screens.text import printable, tallied

_IN_FULL = 2

_NEXT = """\
What to try next
  offbook demo --seed 7 --language zh    another platform, in Chinese
  offbook worker                         on your own Kafka (OFFBOOK_BROKERS)
  offbook alerts --follow --level L2+    what a worker recommends, as it comes
  offbook deadletter list                what it refused, and why
  offbook simulate, replay, evaluate     the same on files, scored by the truth
"""


def summary(progress: Progress, language: Language) -> list[str]:
    """The closing text, a paragraph an entry; its indentation is that of all its lines."""
    report, scenario = progress.report, progress.scenario
    first = progress.first_after
    ended = "The simulated days are over" if progress.over else "Stopped"
    lines = [
        f"{ended}: {progress.day:.1f} of {scenario.days} days of a platform with "
        f"{scenario.accounts:,} accounts, in {progress.seconds:.0f} s.",
        "No recommendation came."
        if first is None
        else f"The first recommendation came after {first:.1f} s.",
        "",
        f"Events           {progress.produced:,} produced; {report.read:,} read, {report.bad:,} "
        f"bad, {report.duplicate:,} duplicate, {report.late:,} late",
        f"Dead letters     {progress.letters.total():,} of {progress.spoiled:,} spoiled events: "
        f"{tallied(progress.letters)}",
        f"Findings         {sum(report.findings.values()):,}: {tallied(report.findings)}",
        f"Recommendations  {sum(progress.levels.values()):,}: {tallied(progress.levels)} "
        f"({progress.revisions:,} revisions, {progress.withdrawn:,} withdrawn)",
        f"Rules without input: {', '.join(report.rules_without_input) or 'none'}",
        "",
    ]
    for recommendation in _gravest(progress):
        lines += [*_in_full(recommendation, language), ""]
    return [*lines, *_NEXT.splitlines()]


def _gravest(progress: Progress) -> list[Recommendation]:
    """The gravest that stand, each for another violation where there are several."""
    standing = [one for one in progress.latest.values() if one.status != "withdrawn"]
    of_each: dict[str, Recommendation] = {}
    for one in sorted(standing, key=gravity, reverse=True):
        of_each.setdefault(one.violation, one)
    return list(of_each.values())[:_IN_FULL]


def _in_full(recommendation: Recommendation, language: Language) -> list[str]:
    lines = [f"=== {measure(recommendation.penalty, language)}: {recommendation.account} ==="]
    for audience, statement in (
        ("To the person concerned", recommendation.reason.user),
        ("For the analyst", recommendation.reason.analyst),
    ):
        lines.append(f"{audience}:")
        lines += [f"  {line}" for line in statement.splitlines()]
    return [printable(line) for line in lines]
