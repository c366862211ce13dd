"""A complete policy as TOML: what `offbook policy show` prints, and the loader reads back."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, get_args, get_origin, get_type_hints

import msgspec

from config.shape import written_as
from models.policy import Policy, Ruling, Tunable
from models.rules.base import Limit

_SIZES: Final = (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000))


def policy_text(
    policy: Policy, catalogue: Mapping[str, Ruling], excuses: Mapping[str, Tunable]
) -> str:
    """The policy in TOML, with every threshold of every rule and excuse, its unit and bounds."""
    keys: list[str] = [f"# version {policy.version}"]
    tables: list[str] = []
    hints = get_type_hints(Policy, include_extras=True)
    for each in msgspec.structs.fields(Policy):
        value = getattr(policy, each.name)
        if each.name == "rules":
            for rule in catalogue.values():
                limits = policy.limits(rule)
                tables += _settings(f"rules.{rule.id}", policy.state(rule.id), rule, limits)
        elif each.name == "excuses":
            for name, excuse in excuses.items():
                limits = policy.excuse_limits(name, excuse)
                tables += _settings(f"excuses.{name}", policy.excuse_state(name), excuse, limits)
        elif isinstance(value, dict):
            tables += ["", f"[{each.name}]"]
            tables += [f"{key} = {_inline(item, None)}" for key, item in value.items()]
        elif isinstance(value, msgspec.Struct):
            tables += ["", f"[{each.name}]", *_pairs(value)]
        elif isinstance(value, tuple) and value:
            for item in value:
                tables += ["", f"[[{each.name}]]", *_pairs(item)]
        else:
            keys.append(f"{each.name} = {_inline(value, hints[each.name])}")
    return "\n".join([*keys, *tables]) + "\n"


def duration_text(ms: int | float) -> str:
    """A duration as the loader reads it: "24 h", in the largest unit that divides it."""
    for unit, size in _SIZES:
        if ms and ms % size == 0:
            return f"{int(ms // size)} {unit}"
    return f"{int(ms)} ms"


def _pairs(part: msgspec.Struct) -> Iterator[str]:
    hints = get_type_hints(type(part), include_extras=True)
    for each in msgspec.structs.fields(part):
        value = getattr(part, each.name)
        if value != each.default:
            yield f"{each.encode_name} = {_inline(value, hints[each.name])}"


def _inline(value: Any, kind: Any) -> str:
    form = written_as(kind)
    if form == "duration":
        return f'"{duration_text(value)}"'
    if form == "instant":
        when = datetime.fromtimestamp(value / 1000, tz=UTC)
        whole = value % 86_400_000 == 0
        return when.date().isoformat() if whole else when.isoformat().replace("+00:00", "Z")
    if isinstance(value, msgspec.Struct):
        return f"{{ {', '.join(_pairs(value))} }}"
    if isinstance(value, tuple):
        item = get_args(kind)[0] if get_origin(kind) is tuple else None
        return f"[{', '.join(_inline(each, item) for each in value)}]"
    # TOML's strings, numbers and booleans are written as JSON's.
    return json.dumps(value, ensure_ascii=False)


def _settings(
    table: str, state: str, tunable: Tunable, limits: Mapping[str, float]
) -> Iterator[str]:
    yield from ("", f"[{table}]", f'state = "{state}"')
    for limit in tunable.limits:
        festive = "; multiplied on calendar days" if limit.festive else ""
        yield (
            f"# {limit.says}: {_bound(limit, limit.low)} to {_bound(limit, limit.high)}"
            f"{'' if limit.unit in ('n', 'ms') else f' ({limit.unit})'},"
            f" default {_bound(limit, limit.default)}{festive}"
        )
        yield f"{limit.name} = {_setting(limit, limits[limit.name])}"


def _setting(limit: Limit, value: float) -> str:
    # Below a ms there is no duration: the number itself is as good.
    timed = limit.unit == "ms" and value == int(value)
    return f'"{duration_text(value)}"' if timed else f"{value:.15g}"


def _bound(limit: Limit, value: float) -> str:
    return duration_text(value) if limit.unit == "ms" else f"{value:g}"
