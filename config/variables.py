"""Kinds of environment variable: what each allows, and how its text becomes a value."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple


class Secret(str):
    """A string that does not show itself in a repr, a log line or an f-string."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'" if len(self) else "''"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def reveal(self) -> str:
        """The plain text, for the client that has to send it."""
        return "".join(self)


class Setting(NamedTuple):
    """What stands behind a field: its meaning, what is allowed, and how text becomes a value."""

    doc: str
    allowed: str
    parse: Callable[[str], Any]


def integer(doc: str, least: int, most: int) -> Setting:
    def parse(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise ValueError
        return value

    return Setting(doc, f"a whole number from {least} to {most}", parse)


def seconds(doc: str, least: float, most: float) -> Setting:
    def parse(text: str) -> float:
        value = float(text)
        if not least <= value <= most:
            raise ValueError
        return value

    return Setting(doc, f"seconds from {least:g} to {most:g}", parse)


def choice(doc: str, *values: str) -> Setting:
    def parse(text: str) -> str:
        if text not in values:
            raise ValueError
        return text

    return Setting(doc, "one of " + ", ".join(values), parse)


def flag(doc: str) -> Setting:
    return Setting(doc, "true or false", lambda text: {"true": True, "false": False}[text])


def matching(doc: str, pattern: str, allowed: str) -> Setting:
    def parse(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError
        return text

    return Setting(doc, allowed, parse)


def path(doc: str) -> Setting:
    return Setting(doc, "the path of a PEM file", str)


def secret(doc: str) -> Setting:
    return Setting(doc, "text", Secret)


def topic(doc: str) -> Setting:
    return matching(
        doc + " `{prefix}` stands for `OFFBOOK_TOPIC_PREFIX`.",
        r"(\{prefix\})?[A-Za-z0-9._-]{0,249}",
        "1 to 249 of letters, digits, dot, underscore and hyphen, {prefix} before them if wanted",
    )


def addresses(text: str) -> tuple[str, ...]:
    """Brokers, each `host:port`; a bare IPv6 address stands in brackets."""
    found = tuple(part.strip() for part in text.split(","))
    for address in found:
        match = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})", address)
        if match is None or not 0 < int(match[2]) < 65536:
            raise ValueError
    return found
