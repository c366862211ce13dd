"""Reads policy bundles from TOML: presets, merging, bounds, and errors that say where and what."""

import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final, get_args

from config.shape import MisfitError, dotted, fit, milliseconds, nearest
from models.policy import LADDER, Level, Policy, PolicyError, Ruling, Settings, Tunable
from models.rules.base import Limit, State
from models.violations import ROLES, VIOLATIONS

Tree = dict[str, Any]

_HERE: Final = Path(__file__).parent
DEFAULT: Final = _HERE / "policy.toml"
PRESETS: Final = _HERE / "presets"


def preset_names() -> list[str]:
    """The bundles that come with offbook, the default first."""
    return ["default", *sorted(path.stem for path in PRESETS.glob("*.toml"))]


def load_policy(
    path: str | Path | None,
    catalogue: Mapping[str, Ruling],
    excuses: Mapping[str, Tunable],
) -> Policy:
    """The policy in a TOML file laid over the bundle it extends; the default where path is None.

    `catalogue` and `excuses` are the known rules by id and excuses by name.
    Raises PolicyError for a file that cannot be read or that says something not allowed.
    """
    file = DEFAULT if path is None else Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise PolicyError(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PolicyError(f"{file}: not UTF-8 text (byte {error.start})") from error
    return parse_policy(text, str(file), catalogue, excuses)


def load_preset(
    name: str, catalogue: Mapping[str, Ruling], excuses: Mapping[str, Tunable]
) -> Policy:
    """A bundle that comes with offbook, by name. Raises PolicyError for an unknown one."""
    if name not in preset_names():
        raise PolicyError(f"unknown preset {name!r}{nearest(name, preset_names())}")
    return load_policy(_preset_path(name), catalogue, excuses)


def parse_policy(
    text: str, source: str, catalogue: Mapping[str, Ruling], excuses: Mapping[str, Tunable]
) -> Policy:
    """The policy in TOML text; `source` names it in errors. Raises PolicyError."""
    tree = _read(text, source)
    layers = [(source, text)]
    while Path(layers[-1][0]) != DEFAULT:
        base = tree.pop("extends", "default")
        if base not in preset_names() or _preset_path(base) in [Path(name) for name, _ in layers]:
            raise PolicyError(
                f"{source}: extends: {base!r} is no preset{nearest(str(base), preset_names())}"
            )
        layers.append((str(_preset_path(base)), _preset_path(base).read_text(encoding="utf-8")))
        tree = _merged(_read(layers[-1][1], layers[-1][0]), tree)
    try:
        return _checked(tree, catalogue, excuses)
    except MisfitError as misfit:
        raise PolicyError(_located(misfit, layers)) from misfit


def _preset_path(name: str) -> Path:
    return DEFAULT if name == "default" else PRESETS / f"{name}.toml"


def _read(text: str, source: str) -> Tree:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{source}: not TOML: {error}") from error


def _merged(base: Tree, over: Tree) -> Tree:
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            value = _merged(below, value)
        merged[key] = value
    return merged


def _checked(tree: Tree, catalogue: Mapping[str, Ruling], excuses: Mapping[str, Tunable]) -> Policy:
    tree = dict(tree)
    rules = _settings(tree.pop("rules", {}), catalogue, "rules")
    for rule in catalogue.values():
        # What ships in shadow stays there until a policy says otherwise, and is part of its hash.
        rules.setdefault(rule.id, {}).setdefault("state", rule.state)
    excused = _settings(tree.pop("excuses", {}), excuses, "excuses")
    policy: Policy = fit({**tree, "rules": {}, "excuses": {}}, Policy)
    policy = Policy(
        **{
            **{name: getattr(policy, name) for name in Policy.__struct_fields__},
            "rules": _deviations(rules, catalogue),
            "excuses": _deviations(excused, excuses),
        }
    )
    _check_sense(policy, catalogue)
    return policy


def _settings(value: Any, known: Mapping[str, Tunable], part: str) -> dict[str, Settings]:
    if not isinstance(value, dict):
        raise MisfitError((part,), "expected a table")
    result: dict[str, Settings] = {}
    for name, given in value.items():
        if name not in known:
            slugs = {getattr(each, "slug", key): key for key, each in known.items()}
            also = f"; did you mean {slugs[name]!r}?" if name in slugs else nearest(name, known)
            raise MisfitError((part, name), f"unknown {part[:-1]}{also}")
        if not isinstance(given, dict):
            raise MisfitError((part, name), "expected a table")
        limits = {limit.name: limit for limit in known[name].limits}
        settings: Settings = {}
        for key, setting in given.items():
            path = (part, name, key)
            if key == "state":
                settings[key] = fit(setting, State, path)
            elif key in limits:
                settings[key] = _limit(setting, limits[key], path)
            else:
                raise MisfitError(path, f"unknown threshold{nearest(key, ['state', *limits])}")
        result[name] = settings
    return result


def _deviations(
    settings: Mapping[str, Settings], known: Mapping[str, Tunable]
) -> dict[str, Settings]:
    """Settings without those that say what holds anyway, so that these do not change the hash."""
    result = {}
    for name, given in settings.items():
        usual = {"state": "live", **{each.name: each.default for each in known[name].limits}}
        left = {key: value for key, value in given.items() if value != usual[key]}
        if left:
            result[name] = left
    return result


def _limit(value: Any, limit: Limit, path: tuple[str, ...]) -> float:
    timed = limit.unit == "ms"
    if timed and isinstance(value, str):
        try:
            value = milliseconds(value)
        except ValueError as error:
            raise MisfitError(path, f"{error}, got {value!r}") from error
    if isinstance(value, bool) or not isinstance(value, int | float):
        allowed = "a duration or a number of ms" if timed else "a number"
        raise MisfitError(path, f"expected {allowed}, got {value!r}")
    if not limit.low <= value <= limit.high:
        raise MisfitError(
            path,
            f"{value:g} is out of bounds: {limit.low:g} to {limit.high:g} {limit.unit} is allowed"
            f" (default {limit.default:g})",
        )
    return float(value)


def _check_sense(policy: Policy, catalogue: Mapping[str, Ruling]) -> None:
    """What a type cannot say: every level present, references that exist, dates in order."""
    for level in get_args(Level):
        if level not in policy.ladder:
            raise MisfitError(("ladder",), f"the level {level} is missing")
        if level not in policy.gates:
            raise MisfitError(("gates",), f"the level {level} is missing")
        if not policy.gates[level]:
            raise MisfitError(("gates", level), "expected at least one gate")
        days = policy.ladder[level].days
        if list(days) != sorted(set(days)):
            raise MisfitError(("ladder", level, "days"), f"must grow, got {list(days)}")
    _check_first(policy)
    for n, rule in enumerate(policy.transfer[1:], start=1):
        if rule.from_ts <= policy.transfer[n - 1].from_ts:
            raise MisfitError(("transfer", n, "from"), "must be later than the rule before it")
    if policy.time.accepted_from >= policy.time.accepted_to:
        raise MisfitError(("time", "accepted_to"), "must be later than accepted_from")
    for key, names in (("lone", policy.evidence.lone), ("hold", policy.evidence.hold)):
        for name in names:
            if name not in catalogue:
                raise MisfitError(
                    ("evidence", key), f"unknown rule {name!r}{nearest(name, catalogue)}"
                )
    for role in policy.aggravation.roles:
        if role not in ROLES:
            raise MisfitError(
                ("aggravation", "roles"), f"unknown role {role!r}{nearest(role, ROLES)}"
            )
    for path, cap in (
        (("evidence", "lone_cap"), policy.evidence.lone_cap),
        (("minors", "cap"), policy.minors.cap),
    ):
        if cap not in LADDER:
            raise MisfitError(path, f"expected one of {', '.join(LADDER)}, got {cap!r}")
    if policy.episode.max_ms < policy.episode.gap_ms:
        raise MisfitError(("episode", "max"), "must not be shorter than gap")


def _known(
    names: Collection[str], known: Collection[str], path: tuple[str, ...], what: str
) -> None:
    for name in names:
        if name not in known:
            raise MisfitError(path, f"unknown {what} {name!r}{nearest(name, known)}")


def _check_first(policy: Policy) -> None:
    for code in policy.first:
        if code not in VIOLATIONS:
            raise MisfitError(("first", code), f"unknown violation{nearest(code, VIOLATIONS)}")
    for code, violation in VIOLATIONS.items():
        first = policy.first.get(code)
        if first is None:
            raise MisfitError(("first",), f"the violation {code} is missing")
        if violation.protective != (first.level == "H"):
            allowed = "H: it protects" if violation.protective else ", ".join(LADDER)
            raise MisfitError(("first", code, "level"), f"expected {allowed}, got {first.level!r}")
        days = policy.ladder[first.level].days
        if first.days is not None and first.days not in days:
            allowed = ", ".join(map(str, days)) or "no days at all"
            raise MisfitError(
                ("first", code, "days"),
                f"{first.level} lasts {allowed} (ladder.{first.level}.days), got {first.days}",
            )


def _located(misfit: MisfitError, layers: list[tuple[str, str]]) -> str:
    """The error with the file that says the key (the outermost that does) and its line."""
    for source, text in layers:
        line = find_line(text, misfit.path)
        if line is not None:
            return f"{source}:{line}: {dotted(misfit.path)}: {misfit.message}"
    return f"{layers[0][0]}: {dotted(misfit.path) or 'the bundle'}: {misfit.message}"


def find_line(text: str, path: tuple[str | int, ...]) -> int | None:
    """The line (from 1) on which a key of TOML text is set, or its nearest table; None if none."""
    best: tuple[int, int] | None = None
    header: tuple[str | int, ...] = ()
    seen: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        table = re.match(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]", line)
        key = re.match(r"""\s*([\w."'-]+)\s*=""", line)
        if table:
            header = tuple(_keys(table[2]))
            if table[1] == "[[":
                seen[table[2]] = seen.get(table[2], -1) + 1
                header = (*header, seen[table[2]])
            here = header
        elif key:
            here = (*header, *_keys(key[1]))
        else:
            continue
        if here and here == path[: len(here)] and (best is None or len(here) > best[0]):
            best = (len(here), number)
    return None if best is None else best[1]


def _keys(text: str) -> list[str]:
    return [key.strip().strip("\"'") for key in text.split(".")]
