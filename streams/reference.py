"""The reference of what is declared in code: rules, features, excuses and settings, as Markdown.

Each page is a function of the declarations alone, so that a test can hold the files to them.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from typing import Final

from config.settings import reference as settings_table
from models.detect import PLANS
from models.excuses import EXCUSES
from models.excuses.base import Excuse
from models.features.account import MODEL_FEATURES
from models.features.language import Derived, Feature, How
from models.rules import CATALOGUE
from models.rules.base import Limit, Rule
from models.statements.render import duration
from models.views import LANES
from models.violations import VIOLATIONS

RENEW: Final = "make docs"
FAMILIES: Final = {
    "G": "the graph of gifts",
    "X": "the world outside, and words",
    "A": "the account",
    "P": "acquisition",
    "M": "the anomaly model",
}
STRENGTHS: Final = {
    "hard": "a breach of the platform's own rules",
    "firm": "hard to explain honestly",
    "soft": "a pattern",
    "support": "supports other evidence, and never leads to a penalty on its own",
}
_UNITS: Final = {
    "n": "number",
    "ms": "duration",
    "money": "minor units",
    "share": "share",
    "ppm": "parts per million",
    "flag": "0 or 1",
    "bits": "bits",
}
_CAPITAL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_FIELD: Final = re.compile(r"\{(\w+)(?::\w+)?\}")


def rules_page() -> str:
    """Every rule: whom it accuses of what, on what evidence, and how ops may turn it."""
    summary = _table(
        ("id", "rule", "accuses of", "strength", "needs", "state"),
        (
            (
                f"[{rule.id}](#{rule.id.lower()}-{rule.slug})",
                rule.title,
                ", ".join(dict.fromkeys(each.violation for each in rule.addresses)),
                rule.strength,
                ", ".join(rule.needs),
                rule.state,
            )
            for rule in CATALOGUE.values()
        ),
    )
    intro = (
        "Thresholds are turned in a policy bundle: `[rules.ID]`, one key each; durations are "
        'strings such as `"24 h"`. A threshold marked *festive* is multiplied around the days of '
        "the bundle's calendar. Which level the evidence reaches is for the ladder and the gates "
        "of the bundle to say, not for a rule."
    )
    return _page("Rules", intro, summary, *map(_rule, CATALOGUE.values()))


def features_page() -> str:
    """Every feature of every lane: unit, meaning, and how it is declared."""
    intro = (
        "What is known of an entity as of one row of its history: of everything strictly before, "
        "in the order of event time and event id. A window of 30 d holds what happened less than "
        "30 days ago. Counts and totals of nothing are 0; ages and values of nothing are never "
        "(NaN). Rules name these features; those marked * are what the anomaly model sees."
    )
    parts = []
    for lane in LANES:
        rows = (
            (
                f"`{feature.name}`{'*' if _modelled(lane, feature) else ''}",
                _UNITS[feature.unit],
                feature.says,
                _declared(feature.how),
            )
            for feature in PLANS[lane].features
        )
        table = _table(("feature", "unit", "what it is", "how it is declared"), rows)
        parts.append(f"## Of {'an' if lane[0] in 'aeiou' else 'a'} {lane}\n\n{table}")
    return _page("Features", intro, *parts)


def excuses_page() -> str:
    """Every excuse: what speaks for an account, and before which rules."""
    intro = (
        "What is excused is recorded with the finding, and does not count. An excuse is switched "
        "off in a policy bundle by `[excuses.NAME]` with `state`, where its parameters are as well."
    )
    return _page("Excuses", intro, *map(_excuse, EXCUSES.values()))


def settings_page() -> str:
    """Every environment variable of a deployment."""
    intro = (
        "Where a worker runs and what it talks to comes from the environment. What to detect is "
        "no setting but policy."
    )
    return _page("Settings", intro, settings_table().rstrip("\n"))


PAGES: Final[dict[str, Callable[[], str]]] = {
    "rules": rules_page,
    "features": features_page,
    "excuses": excuses_page,
    "settings": settings_page,
}


def _page(title: str, *parts: str) -> str:
    origin = f"<!-- Generated from the code; `{RENEW}` renews it. -->"
    return "\n\n".join((origin, f"# {title}", *parts)) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    )


def _rule(rule: Rule) -> str:
    facts = [
        f"- **Accuses** {'; '.join(_accusation(rule))}.",
        f"- **Family** {rule.family}, {FAMILIES[rule.family]}. **Strength** {rule.strength}: "
        f"{STRENGTHS[rule.strength]}.",
        f"- **Looks at** {rule.view} rows: {_names(rule.on)}. **Shows** {_names(rule.shows)}.",
        f"- **Needs** {_names(rule.needs)}. **Since** {rule.since}.",
    ]
    if rule.tally is not None:
        facts.append(f"- **Counts** {_tally(rule)}.")
    facts.append(f"- **Looks alike, and is honest** {', '.join(_words(rule.look_alikes))}.")
    if rule.excused_by:
        facts.append(f"- **Excused by** {_names(rule.excused_by)}.")
    facts += [
        f"- **Blind to** {_lowered(rule.blind_spot)}",
        f"- **What to do** {rule.runbook}",
        f"- **Tells the person** {_FIELD.sub(_named, rule.tells)}",
    ]
    why = " ".join((rule.fires.__doc__ or "").split())
    parts = [f"## {rule.id} {rule.slug}", f"{rule.title}. {why}", "\n".join(facts)]
    return "\n\n".join([*parts, *_limits(rule.limits)])


def _excuse(excuse: Excuse) -> str:
    asked = [rule.id for rule in CATALOGUE.values() if excuse.id in rule.excused_by]
    facts = [
        f"- **Excuses from** {', '.join(asked) or 'no rule'}.",
        f"- **Known by** the policy's `allow.{excuse.listed}`."
        if excuse.listed
        else f"- **Looks at** rows of: {', '.join(excuse.views)}.",
        f"- **Says** {excuse.tells}",
    ]
    why = " ".join((getattr(excuse.applies, "__doc__", None) or "").split())
    title = f"{excuse.title}. {why}".strip()
    return "\n\n".join([f"## {excuse.id}", title, "\n".join(facts), *_limits(excuse.limits)])


def _limits(limits: Sequence[Limit]) -> list[str]:
    if not limits:
        return []
    rows = (
        (
            f"`{limit.name}`",
            _value(limit, limit.default),
            f"{_value(limit, limit.low)} to {_value(limit, limit.high)}",
            _UNITS[limit.unit],
            limit.says + (" (festive)" if limit.festive else ""),
        )
        for limit in limits
    )
    return [_table(("threshold", "default", "allowed", "unit", "what it is"), rows)]


def _value(limit: Limit, value: float) -> str:
    if limit.unit == "ms":
        return duration(value) if value else "0"
    return f"{value:g}"


def _accusation(rule: Rule) -> list[str]:
    whom = {"self": "the account", "other": "the counterparty", "actor": "the giver"}
    return [
        f"{whom[each.who]}, as {each.role}, of {each.violation} "
        f"({VIOLATIONS[each.violation].title})"
        for each in rule.addresses
    ]


def _tally(rule: Rule) -> str:
    assert rule.tally is not None
    wanted = " and ".join(
        f"`{limit}` different `{field}`" for field, limit in rule.tally.counts.items()
    )
    alike = f", with the same `{rule.tally.by}`" if rule.tally.by else ""
    return f"{wanted} within {duration(rule.tally.window_ms)}{alike}"


def _modelled(lane: str, feature: Feature) -> bool:
    return lane == "account" and feature.name in MODEL_FEATURES


def _declared(how: How) -> str:
    """A declaration in words: its kind, the rows it is over, and what narrows it."""
    if isinstance(how, Derived):
        return "from the features above it"
    said = [_CAPITAL.sub(" ", type(how).__name__).lower()]
    for part in fields(how):
        value = getattr(how, part.name)
        if value is None or value is False:
            continue
        if isinstance(value, tuple):
            said.append(f"{part.name} {', '.join(value)}")
        elif isinstance(value, bool):
            said.append(part.name)
        else:
            said.append(f"{part.name} {duration(value) if isinstance(value, int) else value}")
    return "; ".join(said)


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _words(names: Iterable[str]) -> list[str]:
    return [name.replace("_", " ") for name in names]


def _named(field: re.Match[str]) -> str:
    return f"*{field[1].replace('_', ' ')}*"


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
