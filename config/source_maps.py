"""Read source maps from TOML, and refuse what makes no sense by file, key and remedy.

The format is described in `docs/source-maps.md`.
"""

import re
import string
import tomllib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from config.toml_place import TomlPlace, not_one_of
from models.contract_fields import CONTRACT_FIELDS, ContractField
from models.field_readers import (
    EPOCH,
    EXACT,
    ISO,
    MILLISECOND,
    ROUNDINGS,
    UNITS,
    Getter,
    Kind,
    Reader,
    Recipe,
    Scalar,
    UnmappableError,
    converter,
    field_getter,
    partition_number,
    reader,
    row_number,
    text,
)
from models.source_map import Condition, EventRule, SkipRule, SourceMap, Test

ABOUT_KEYS: Final = ("title", "url", "licence", "notes")
CONDITION_KEYS: Final = ("not", "present", "above", "below")
FIELD_KEYS: Final = ("field", "text", "default", "values", "otherwise")
KIND_KEYS: Final = {
    Kind.INSTANT: ("unit", "since", "utc_offset", "plus"),
    Kind.INTEGER: ("scale", "round"),
}
DURATION: Final = re.compile(r"([+-]?)((?:\d+(?:ms|s|m|h|d))+)")
DURATION_PART: Final = re.compile(r"(\d+)(ms|s|m|h|d)")
DURATION_MS: Final = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
UTC_OFFSET: Final = re.compile(r"([+-])(\d\d):(\d\d)")


class SourceMapError(ValueError):
    """A source map is refused: the file, the key, what is wrong and what is allowed."""


def builtin_names() -> tuple[str, ...]:
    """The source maps that come with offbook."""
    entries = (entry.name for entry in (files("config") / "source_maps").iterdir())
    return tuple(sorted(name[:-5] for name in entries if name.endswith(".toml")))


def builtin_source_map(name: str) -> SourceMap:
    """A source map that comes with offbook, by its name.

    Raises:
        SourceMapError: there is none of that name.
    """
    if name not in builtin_names():
        raise SourceMapError(not_one_of("a source map of offbook's", name, builtin_names()))
    toml = (files("config") / "source_maps" / f"{name}.toml").read_text(encoding="utf-8")
    return parse_source_map(toml, f"{name}.toml")


def load_source_map(path: Path | str) -> SourceMap:
    """Read a source map from a file, or by its bare name one that comes with offbook.

    Raises:
        SourceMapError: it cannot be read, is no TOML, or makes no sense.
    """
    if str(path) in builtin_names():
        return builtin_source_map(str(path))
    try:
        toml = Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SourceMapError(f"{path}: is not UTF-8") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceMapError(
            f"{path}: cannot be read: {reason}; allowed: a TOML file, or one of offbook's own: "
            f"{', '.join(builtin_names())}"
        ) from None
    return parse_source_map(toml, str(path))


def parse_source_map(toml: str, name: str) -> SourceMap:
    """Make a source map out of TOML; `name` is what errors call it.

    Raises:
        SourceMapError: it is no TOML, or makes no sense.
    """
    at = TomlPlace(name, SourceMapError)
    try:
        document = tomllib.loads(toml)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise at.error(f"is not TOML: {error}") from None
    at.know(document, ("source", "skip", "event"))
    source = at / "source"
    about = source.table(document.get("source", {}))
    source.know(about, ABOUT_KEYS)
    skips = (at / "skip").tables(document.get("skip", []))
    events = (at / "event").tables(document.get("event", []))
    if not events:
        raise at.error("has no [[event]]: nothing would become of any row")
    return SourceMap(
        name=name,
        skips=tuple(_skip(table, (at / "skip").nth(n)) for n, table in enumerate(skips, 1)),
        events=tuple(_event(table, (at / "event").nth(n)) for n, table in enumerate(events, 1)),
        about={key: (source / key).text(value) for key, value in about.items()},
    )


def _skip(table: dict[str, Any], at: TomlPlace) -> SkipRule:
    at.know(table, ("name", "when"))
    name = (at / "name").text(table.get("name"))
    when = _when(table.get("when", {}), at / "when")
    if not when:
        raise (at / "when").error("is missing or empty: every row would be skipped")
    return SkipRule(name, when)


def _event(table: dict[str, Any], at: TomlPlace) -> EventRule:
    kind = (at / "type").text(table.get("type"))
    if kind not in CONTRACT_FIELDS:
        raise (at / "type").error(not_one_of("an event type", kind, CONTRACT_FIELDS))
    contract = CONTRACT_FIELDS[kind]
    at.know(table, ("type", "when", *contract))
    for name, field in contract.items():
        if field.required and name not in table:
            raise at.error(f"`{name}` is missing: a {kind} needs it")
    return EventRule(
        type=kind,
        when=_when(table.get("when", {}), at / "when"),
        fields=tuple(
            (name, contract[name].required, _reader(value, contract[name], at / name))
            for name, value in table.items()
            if name in contract
        ),
    )


def _when(value: Any, at: TomlPlace) -> tuple[Test, ...]:
    conditions = at.table(value).items()
    return tuple(_condition(field, wanted, at / field).test() for field, wanted in conditions)


def _condition(field: str, wanted: Any, at: TomlPlace) -> Condition:
    if not isinstance(wanted, dict):
        return Condition(field=field, one_of=_options(wanted, at))
    at.know(wanted, CONDITION_KEYS)
    if not wanted:
        raise at.error(f"is empty; allowed: a value, a list of them, {', '.join(CONDITION_KEYS)}")
    present = wanted.get("present")
    if not isinstance(present, bool | None):
        raise (at / "present").error("must be true or false")
    return Condition(
        field=field,
        none_of=_options(wanted["not"], at / "not") if "not" in wanted else None,
        present=present,
        above=(at / "above").number(wanted["above"]) if "above" in wanted else None,
        below=(at / "below").number(wanted["below"]) if "below" in wanted else None,
    )


def _options(value: Any, at: TomlPlace) -> tuple[Scalar, ...]:
    options = value if isinstance(value, list) else [value]
    if not options:
        raise at.error("is an empty list: no row would meet it")
    return tuple(at.scalar(option) for option in options)


def _reader(value: Any, contract: ContractField, at: TomlPlace) -> Reader:
    """How one field is made: a table in full, or the text or constant that is most of them."""
    table = value if isinstance(value, dict) else {"text": at.scalar(value)}
    text_at = at / "text" if isinstance(value, dict) else at
    kind = contract.kind
    at.know(table, FIELD_KEYS + KIND_KEYS.get(kind, ()))
    if ("field" in table) == ("text" in table):
        raise at.error("needs either `field` or `text`")
    if "otherwise" in table and "values" not in table:
        raise (at / "otherwise").error("goes with `values` only")
    values = (at / "values").table(table["values"]) if "values" in table else None
    unit = table.get("unit", "ms")
    if unit not in (*UNITS, ISO):
        raise (at / "unit").error(not_one_of("a unit of time", str(unit), (*UNITS, ISO)))
    misplaced = "since" if unit == ISO else "utc_offset"
    if misplaced in table:
        raise (at / misplaced).error(f"does not go with the unit {unit}")
    recipe = Recipe(
        parts=_parts(table, at, text_at),
        default=_optional_scalar(table, "default", at),
        values=values,
        otherwise=_optional_scalar(table, "otherwise", at),
        unit=unit,
        since_ms=_since(table.get("since", EPOCH), at / "since"),
        utc_offset=_utc_offset(table.get("utc_offset", "+00:00"), at / "utc_offset"),
        plus_ms=_duration(table.get("plus", "0s"), at / "plus"),
        scale=_scale(table.get("scale", 1), at / "scale"),
        rounding=_rounding(table.get("round", EXACT), at / "round"),
    )
    _check_constants(recipe, contract, at, text_at)
    return reader(kind, recipe)


def _check_constants(
    recipe: Recipe, contract: ContractField, at: TomlPlace, text_at: TomlPlace
) -> None:
    """Refuse what the map itself says, before any row does, if the contract would."""
    convert = converter(contract.kind, recipe)
    said: list[tuple[TomlPlace, Any]] = [
        (at / "default", recipe.default),
        (at / "otherwise", recipe.otherwise),
        *((at / "values" / key, value) for key, value in (recipe.values or {}).items()),
        (text_at, None if recipe.values else recipe.constant),
    ]
    for place, value in said:
        if value is None:
            continue
        try:
            made = convert(place.scalar(value))
        except UnmappableError as error:
            raise place.error(f"must be {contract.kind.value}, but {error}") from None
        if contract.allowed and made not in contract.allowed:
            raise place.error(not_one_of("allowed here", str(made), contract.allowed))


def _parts(table: dict[str, Any], at: TomlPlace, text_at: TomlPlace) -> tuple[str | Getter, ...]:
    if "field" in table:
        return (field_getter((at / "field").text(table["field"])),)
    template = text_at.text(text(text_at.scalar(table["text"])))
    try:
        pieces = list(string.Formatter().parse(template))
    except ValueError as error:
        raise text_at.error(f"{error}; a brace that is meant as such is written twice") from None
    parts: list[str | Getter] = []
    for literal, name, form, conversion in pieces:
        if literal:
            parts.append(literal)
        if name is None:
            continue
        if not name or form or conversion:
            raise text_at.error("between braces stands the name of a field, and nothing else")
        special = {"row": row_number, "partition": partition_number}
        parts.append(special.get(name) or field_getter(name))
    return tuple(parts)


def _optional_scalar(table: dict[str, Any], key: str, at: TomlPlace) -> Scalar | None:
    return (at / key).scalar(table[key]) if key in table else None


def _since(value: Any, at: TomlPlace) -> int:
    if not isinstance(value, date):
        raise at.error("must be a TOML date or date and time, such as 2020-01-01T00:00:00Z")
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - EPOCH) // MILLISECOND


def _utc_offset(value: Any, at: TomlPlace) -> timedelta:
    found = UTC_OFFSET.fullmatch(value) if isinstance(value, str) else None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3])) if found else timedelta(days=1)
    if found is None or offset >= timedelta(days=1):
        raise at.error("must be an offset from UTC, such as +08:00")
    return -offset if found[1] == "-" else offset


def _duration(value: Any, at: TomlPlace) -> int:
    found = DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise at.error(f"must be a duration such as -3m or 1h30m; units: {', '.join(DURATION_MS)}")
    amount = sum(int(n) * DURATION_MS[unit] for n, unit in DURATION_PART.findall(found[2]))
    return -amount if found[1] == "-" else amount


def _scale(value: Any, at: TomlPlace) -> Decimal:
    if at.number(value) <= 0:
        raise at.error("must be above 0")
    return Decimal(repr(value))


def _rounding(value: Any, at: TomlPlace) -> str:
    allowed = (EXACT, *ROUNDINGS)
    if value not in allowed:
        raise at.error(not_one_of("a rounding rule", str(value), allowed))
    return str(value)
