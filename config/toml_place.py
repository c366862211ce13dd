"""Where something stands in a TOML document, and checks that name that place when they fail."""

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class TomlPlace:
    """A key of a document; `refused` is the kind of error its checks raise."""

    document: str
    refused: type[ValueError]
    key: str = ""

    def __truediv__(self, key: str) -> "TomlPlace":
        """The place of a key in the table that stands here."""
        return TomlPlace(self.document, self.refused, f"{self.key}.{key}" if self.key else key)

    def nth(self, number: int) -> "TomlPlace":
        """The place of an element, counted from 1, of the list that stands here."""
        return TomlPlace(self.document, self.refused, f"{self.key}[{number}]")

    def error(self, what: str) -> ValueError:
        """What to raise for a fault here."""
        return self.refused(": ".join(filter(None, (self.document, self.key, what))))

    def know(self, table: Mapping[str, Any], allowed: Collection[str]) -> None:
        """Refuse keys that are not allowed in the table that stands here."""
        for key in table:
            if key not in allowed:
                raise (self / key).error(not_one_of("an allowed key", key, allowed))

    def table(self, value: Any) -> dict[str, Any]:
        """The value, if it is a table."""
        if not isinstance(value, dict):
            raise self.error("must be a table")
        return value

    def tables(self, value: Any) -> list[dict[str, Any]]:
        """The value, if it is a list of tables."""
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.error(f"must be tables under [[{self.key}]]")
        return value

    def text(self, value: Any) -> str:
        """The value, if it is text with something in it."""
        if not isinstance(value, str) or not value:
            raise self.error("must be a text, and not empty")
        return value

    def scalar(self, value: Any) -> Scalar:
        """The value, if it is a text, a number or true or false."""
        if not isinstance(value, str | int | float | bool):
            raise self.error("must be a text, a number, or true or false")
        return value

    def number(self, value: Any) -> int | float:
        """The value, if it is a finite number."""
        if isinstance(value, bool) or not isinstance(value, int | float) or value - value != 0:
            raise self.error("must be a number")
        return value


def not_one_of(what: str, given: str, allowed: Collection[str]) -> str:
    """The sentence for a name that is not known: what is meant, perhaps, and what is allowed."""
    near = difflib.get_close_matches(given, allowed, n=1)
    meant = f"; did you mean {near[0]}?" if near else ""
    return f"{given!r} is not {what}{meant}; allowed: {', '.join(allowed)}"
