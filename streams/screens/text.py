"""Text from outside, made safe for a terminal, and numbers and times for people."""

from collections.abc import Mapping
from datetime import UTC, datetime


def printable(text: str) -> str:
    """The text with what could move a cursor or change a colour replaced: names come from the
    platform's users, and an escape sequence in one must not reach an analyst's terminal."""
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )


def instant(ts: int) -> str:
    """Milliseconds since 1970 as date and time to the minute, UTC."""
    return f"{datetime.fromtimestamp(ts / 1000, UTC):%Y-%m-%d %H:%M}"


def tallied(counts: Mapping[str, int]) -> str:
    """Names with their counts, the most frequent first: "X03 154, G08 104"; "none" where empty."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name} {number:,}" for name, number in ordered) or "none"
