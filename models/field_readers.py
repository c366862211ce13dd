"""How one field of an event is made from a foreign row: look up, fill in, translate, convert."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Decimal,
    InvalidOperation,
)
from enum import Enum
from typing import Any, Final

Row = Mapping[str, Any]
Place = tuple[int, int]
"""(row, partition): number of the line or row, or Kafka offset; partition, 0 for a file."""
Scalar = str | int | float | bool
Getter = Callable[[Row, Place], Any]
Reader = Callable[[Row, Place], Scalar | None]

UNITS: Final[Mapping[str, Decimal]] = {
    "ns": Decimal("0.000001"),
    "us": Decimal("0.001"),
    "ms": Decimal(1),
    "s": Decimal(1000),
    "min": Decimal(60_000),
    "h": Decimal(3_600_000),
    "d": Decimal(86_400_000),
}
"""Units of a counted time, in milliseconds."""
ISO: Final = "iso"
EXACT: Final = "exact"
ROUNDINGS: Final[Mapping[str, str]] = {
    "half_even": ROUND_HALF_EVEN,
    "half_up": ROUND_HALF_UP,
    "down": ROUND_FLOOR,
    "up": ROUND_CEILING,
}
"""Rounding rules beside `exact`, which refuses what is not whole."""
LARGEST: Final = 2**63
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)


class UnmappableError(Exception):
    """A row cannot be translated: a sentence without its values, and the event's field."""

    def __init__(self, detail: str, field: str | None = None) -> None:
        super().__init__(detail)
        self.field = field


class Kind(Enum):
    """What a field of the contract holds."""

    TEXT = "text"
    INTEGER = "a whole number"
    NUMBER = "a number"
    FLAG = "true or false"
    INSTANT = "an instant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a source map says of one field.

    `parts` is what the value is made of, text and getters in turn; a lone getter keeps the type
    of what it gets.
    """

    parts: tuple[str | Getter, ...]
    default: Scalar | None = None
    values: Mapping[str, Scalar] | None = None
    otherwise: Scalar | None = None
    unit: str = "ms"
    since_ms: int = 0
    utc_offset: timedelta = field(default=timedelta(0))
    plus_ms: int = 0
    scale: Decimal = field(default=Decimal(1))
    rounding: str = EXACT

    @property
    def constant(self) -> str | None:
        """What the value is made of in every row alike, or None where rows have a say."""
        texts = [part for part in self.parts if isinstance(part, str)]
        return "".join(texts) if len(texts) == len(self.parts) else None


def field_getter(name: str) -> Getter:
    """Look up a field; `a.b` is field `b` of the object `a` where no field has the whole name."""
    if "." not in name:
        return lambda row, place: row.get(name)
    path = name.split(".")

    def walk(row: Row, place: Place) -> Any:
        if name in row:
            return row[name]
        value: Any = row
        for key in path:
            if not isinstance(value, dict):
                return None
            value = value.get(key)
        return value

    return walk


def row_number(row: Row, place: Place) -> int:
    """What `{row}` stands for."""
    return place[0]


def partition_number(row: Row, place: Place) -> int:
    """What `{partition}` stands for."""
    return place[1]


def reader(kind: Kind, recipe: Recipe) -> Reader:
    """Put a recipe into effect for a field of one kind. What it reads is None where the row has
    nothing to make the value of, and there is no default.

    The reader raises UnmappableError where a value cannot be translated or converted.
    """
    convert = converter(kind, recipe)
    if recipe.values is None and (constant := recipe.constant) is not None:
        made = convert(constant)
        return lambda row, place: made
    get = _filled(recipe.parts)
    default = None if recipe.default is None else convert(recipe.default)
    if recipe.values is None:

        def read(row: Row, place: Place) -> Scalar | None:
            value = get(row, place)
            return default if value is None or value == "" else convert(value)

        return read

    table = {key: convert(value) for key, value in recipe.values.items()}
    otherwise = None if recipe.otherwise is None else convert(recipe.otherwise)

    def translate(row: Row, place: Place) -> Scalar | None:
        value = get(row, place)
        if value is None or value == "":
            return default
        found = table.get(text(value), otherwise)
        if found is None:
            raise UnmappableError("has a value that `values` does not list")
        return found

    return translate


def _filled(parts: tuple[str | Getter, ...]) -> Getter:
    if len(parts) == 1 and not isinstance(parts[0], str):
        return parts[0]

    def fill(row: Row, place: Place) -> str | None:
        filled = []
        for part in parts:
            if isinstance(part, str):
                filled.append(part)
                continue
            value = part(row, place)
            if value is None or value == "":
                return None
            filled.append(text(value))
        return "".join(filled)

    return fill


def converter(kind: Kind, recipe: Recipe) -> Callable[[Any], Scalar]:
    """From a value of a row to one of the contract; raises UnmappableError."""
    if kind is Kind.TEXT:
        return text
    if kind is Kind.FLAG:
        return flag
    if kind is Kind.NUMBER:
        return lambda value: float(_needed(number(value)))
    if kind is Kind.INTEGER:
        return _scaled(recipe.scale, recipe.rounding)
    if recipe.unit == ISO:
        return _calendar(recipe.utc_offset, recipe.plus_ms)
    return _counted(UNITS[recipe.unit], recipe.since_ms + recipe.plus_ms)


def text(value: Any) -> str:
    """Identifiers and other opaque strings: 3134 and 3134.0 are both `3134`, true is `true`."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    raise UnmappableError("is made of a list or an object, not of a single value")


def flag(value: Any) -> bool:
    """Truth: true, 1 and `true`; false, 0 and `false`."""
    name = text(value).lower()
    if name in ("true", "1"):
        return True
    if name in ("false", "0"):
        return False
    raise UnmappableError("is neither true nor false")


def number(value: Any) -> Decimal | None:
    """A number, or text that is one, digit by digit; None if it is none, or beyond 10^40."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount.adjusted() < 40 else None


def _needed(amount: Decimal | None) -> Decimal:
    if amount is None:
        raise UnmappableError("is not a number")
    return amount


def _bounded(whole: int | Decimal) -> int:
    """Within 64 bits; checked before a Decimal such as 1e999999 is spelt out."""
    if not -LARGEST < whole < LARGEST:
        raise UnmappableError("is too large")
    return int(whole)


def _scaled(scale: Decimal, rounding: str) -> Callable[[Any], int]:
    def convert(value: Any) -> int:
        if type(value) is int and scale == 1:
            return _bounded(value)
        amount = _needed(number(value)) * scale
        if rounding != EXACT:
            return _bounded(amount.to_integral_value(ROUNDINGS[rounding]))
        if amount != amount.to_integral_value():
            raise UnmappableError("is not a whole number, and the source map has no `round` for it")
        return _bounded(amount)

    return convert


def _counted(unit_ms: Decimal, shift_ms: int) -> Callable[[Any], int]:
    whole = int(unit_ms)

    def convert(value: Any) -> int:
        if type(value) is int and whole:
            return _bounded(value * whole + shift_ms)
        # Down to the millisecond that the instant lies in, before 1970 as well.
        amount = (_needed(number(value)) * unit_ms).to_integral_value(ROUND_FLOOR)
        return _bounded(amount + shift_ms)

    return convert


def _calendar(utc_offset: timedelta, plus_ms: int) -> Callable[[Any], int]:
    zone = timezone(utc_offset)

    def convert(value: Any) -> int:
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=zone)
            return (moment - EPOCH) // MILLISECOND + plus_ms
        except (TypeError, ValueError, OverflowError):
            raise UnmappableError("is not a date and time as in ISO 8601") from None

    return convert
