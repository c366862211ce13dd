"""Fills the sentences of rules: `{name}` and `{name:unit}`, nothing else.

Units: `n` a plain number (the default), `ms` a length of time, `money` minor units, `pct` a number
already in per cent, `share` a part of one. None and NaN read "never".
"""

import math
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final, Literal

from models.rules.base import Rule

Language = Literal["en", "zh"]
UNITS: Final = ("n", "ms", "money", "pct", "share")

_FIELD: Final = re.compile(r"\{(\w+)(?::(\w+))?\}")
_NEVER: Final[dict[Language, str]] = {"en": "never", "zh": "从未"}
_TIMES: Final[tuple[tuple[int, str, str], ...]] = (
    (86_400_000, "d", "天"),
    (3_600_000, "h", "小时"),
    (60_000, "min", "分钟"),
    (1_000, "s", "秒"),
)


def render(template: str, values: Mapping[str, float | None], language: Language = "en") -> str:
    """The sentence with its fields filled; a value that is not there reads "never"."""
    filled = [
        text if unit is None else say(values.get(text), unit, language)
        for text, unit in _parsed(template)
    ]
    return "".join(filled)


@cache
def _parsed(template: str) -> tuple[tuple[str, str | None], ...]:
    """A sentence in parts: plain text (no unit), and the name and unit of each field."""
    parts: list[tuple[str, str | None]] = []
    end = 0
    for found in _FIELD.finditer(template):
        parts += [(template[end : found.start()], None), (found[1], found[2] or "n")]
        end = found.end()
    return (*parts, (template[end:], None))


# Every revision repeats the values of those before it.
@lru_cache(maxsize=1 << 16)
def say(value: float | None, unit: str, language: Language = "en") -> str:
    """A value in words: 12000000 as `ms` is "3 h 20 min"."""
    if value is None or math.isnan(value):
        return _NEVER[language]
    if math.isinf(value):
        return "without end" if language == "en" else "无限期"
    if unit == "ms":
        return duration(value, language)
    if unit == "money":
        return f"{value / 100:.2f}"
    if unit == "share":
        return f"{_plain(value * 100)} %"
    if unit == "pct":
        return f"{_plain(value)} %"
    return _plain(value)


def duration(ms: float, language: Language = "en") -> str:
    """A length of time in its two largest units; below a second in ms."""
    left = round(abs(ms))
    sign = "-" if ms < 0 else ""
    if left < 1000:
        return f"{sign}{left} {'ms' if language == 'en' else '毫秒'}"
    parts: list[str] = []
    for size, en, zh in _TIMES:
        amount, left = divmod(left, size)
        if amount:
            parts.append(f"{amount} {en if language == 'en' else zh}")
        if parts and (len(parts) == 2 or not amount):
            break
    return sign + " ".join(parts)


def fields(template: str) -> list[tuple[str, str]]:
    """The (name, unit) of each field of a sentence."""
    return [(text, unit) for text, unit in _parsed(template) if unit is not None]


def problems(rule: Rule) -> list[str]:
    """What is wrong with a rule's sentences; an empty list where nothing is.

    `says` may name what the rule shows and its limits; `tells` and `tells_zh` only what it shows:
    the person concerned is never told a threshold.
    """
    # `hold` is the transfer rule in force: a threshold as well.
    limits = {limit.name for limit in rule.limits} | {"hold"}
    shown = set(rule.shows)
    found = [f"{rule.id}: {name!r} is both shown and a limit" for name in sorted(shown & limits)]
    for what, template, allowed in (
        ("says", rule.says, shown | limits),
        ("tells", rule.tells, shown),
        ("tells_zh", rule.tells_zh, shown),
    ):
        if not template.strip():
            found.append(f"{rule.id}: {what} is empty")
        for name, unit in fields(template):
            if name in limits and name not in allowed:
                found.append(f"{rule.id}: {what} names the threshold {name!r}")
            elif name not in allowed:
                found.append(f"{rule.id}: {what} names {name!r}, which the rule does not show")
            if unit not in UNITS:
                found.append(f"{rule.id}: {what}: unknown unit {unit!r} of {name!r}")
        if set("{}") & set(_FIELD.sub("", template)):
            found.append(f"{rule.id}: {what} has a brace that opens no field")
    return found


def _plain(value: float) -> str:
    rounded = round(value, 2)
    return str(int(rounded)) if rounded == int(rounded) else f"{rounded:g}"
