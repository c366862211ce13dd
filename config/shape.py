"""Reads a tree of TOML values into typed structs, naming the key of whatever does not fit."""

import datetime
import difflib
import re
import types
from collections.abc import Iterable
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import msgspec

Path = tuple[str | int, ...]

_UNITS: Final = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|min|h|d)\s*")


class MisfitError(Exception):
    """A value that does not fit: the path of its key, and what is wrong and allowed."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


def dotted(path: Path) -> str:
    """A path as people write it: `transfer[2].gifting` (tables of an array counted from 1)."""
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def nearest(word: str, known: Iterable[str]) -> str:
    """'; did you mean X?' where something known is near, else what is known."""
    names = list(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; known: {', '.join(names)}" if names else "; none is known here"


def milliseconds(value: Any) -> int:
    """A duration such as "24 h" or "5 min" in ms. Raises ValueError where it is none."""
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError('expected a duration such as "24 h" (units: ms, s, min, h, d)')
    ms: int = round(float(found[1]) * _UNITS[found[2]])
    return ms


def instant(value: Any) -> int:
    """A date or a time in ms since 1970 UTC; without an offset it is UTC. Raises ValueError."""
    if isinstance(value, str):
        try:
            value = datetime.datetime.fromisoformat(value)
        except ValueError:
            value = None
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        value = datetime.datetime(value.year, value.month, value.day)
    if not isinstance(value, datetime.datetime):
        raise ValueError("expected a date such as 2021-06-23, or a time with an offset")
    if value.tzinfo is None:
        value = value.replace(tzinfo=datetime.UTC)
    ms: int = round(value.timestamp() * 1000)
    return ms


def fit(value: Any, kind: Any, path: Path = ()) -> Any:
    """The value as `kind` (a struct, tuple, dict or plain type, perhaps Annotated).

    Raises MisfitError with the path of the first key that is unknown, missing or of the wrong kind.
    """
    plain = get_args(kind)[0] if hasattr(kind, "__metadata__") else kind
    if isinstance(plain, type) and issubclass(plain, msgspec.Struct):
        return _fit_struct(value, plain, path)
    origin = get_origin(plain)
    if origin is tuple:
        if not isinstance(value, list):
            raise MisfitError(path, f"expected an array, got {_name(value)}")
        items = [fit(each, get_args(plain)[0], (*path, n)) for n, each in enumerate(value)]
        _leaf(items, kind, path)
        return tuple(items)
    if origin is dict:
        return _fit_dict(value, plain, path)
    return _leaf(value, kind, path)


def _fit_struct(value: Any, kind: type[msgspec.Struct], path: Path) -> Any:
    if not isinstance(value, dict):
        raise MisfitError(path, f"expected a table, got {_name(value)}")
    hints = get_type_hints(kind, include_extras=True)
    fields = {each.encode_name: each for each in msgspec.structs.fields(kind)}
    for key in value:
        if key not in fields:
            raise MisfitError((*path, key), f"unknown key{nearest(key, fields)}")
    given = {}
    for key, each in fields.items():
        if key in value:
            given[each.name] = fit(value[key], hints[each.name], (*path, key))
        elif each.required:
            raise MisfitError(path, f"the key {key!r} is missing")
    return kind(**given)


def _fit_dict(value: Any, kind: Any, path: Path) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MisfitError(path, f"expected a table, got {_name(value)}")
    key_kind, item_kind = get_args(kind)
    for key in value:
        try:
            msgspec.convert(key, key_kind)
        except msgspec.ValidationError as error:
            raise MisfitError(
                (*path, key), f"unknown key{nearest(key, get_args(key_kind))}"
            ) from error
    return {key: fit(each, item_kind, (*path, key)) for key, each in value.items()}


def _leaf(value: Any, kind: Any, path: Path) -> Any:
    form = written_as(kind)
    try:
        if form == "duration":
            return milliseconds(value)
        if form == "instant":
            return instant(value)
        if isinstance(value, list):
            return msgspec.convert(value, kind, from_attributes=True)
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise MisfitError(path, f"{_explained(error, kind)}, got {value!r}") from error
    except ValueError as error:
        raise MisfitError(path, f"{error}, got {value!r}") from error


def written_as(kind: Any) -> str | None:
    """`duration` or `instant` where a type is written as one, else None."""
    for note in getattr(kind, "__metadata__", ()):
        extra: dict[str, str] = note.extra_json_schema or {}
        if "format" in extra:
            return extra["format"]
    return None


def _explained(error: msgspec.ValidationError, kind: Any) -> str:
    kinds = get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)
    choices = [choice for each in kinds for choice in get_args(each) if isinstance(choice, str)]
    if choices:
        return f"expected one of {', '.join(choices)}"
    message = str(error).split(" - at ")[0].replace("`", "")
    return message[:1].lower() + message[1:]


def _name(value: Any) -> str:
    return f"{type(value).__name__} {value!r}"
