"""Dead letters for people and programs. What was refused may hold the text of messages: the
record itself is shown only where it is asked for."""

import base64
import heapq
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from aiokafka import ConsumerRecord
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from streams.screens.text import instant, printable

_encode: Final = msgspec.json.Encoder().encode
_HEADERS: Final = ("reason", "detail", "topic", "partition", "offset")


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One refused record: why, where it lay, when it was refused (ms), and what it was."""

    reason: str
    detail: str
    topic: str
    partition: str
    offset: str
    refused_at: int
    raw: bytes

    def fields(self, *, raw: bool) -> dict[str, Any]:
        """What a program reads; with `raw`, the record as text where it is UTF-8, else base64."""
        said: dict[str, Any] = {name: getattr(self, name) for name in _HEADERS}
        for name in ("partition", "offset"):
            said[name] = int(said[name]) if said[name].isdecimal() else None
        said |= {"refused_at": self.refused_at, "bytes": len(self.raw)}
        if raw:
            try:
                said["raw"] = self.raw.decode()
            except UnicodeDecodeError:
                said["raw_base64"] = base64.b64encode(self.raw).decode()
        return said

    def line(self, *, raw: bool) -> bytes:
        """The same as a line of JSON."""
        return _encode(self.fields(raw=raw))


def dead_letter(record: ConsumerRecord) -> DeadLetter:
    """A record of the dead letter topic; a header that somebody left out reads empty."""
    headers = {name: (value or b"").decode(errors="replace") for name, value in record.headers}
    return DeadLetter(
        **{name: headers.get(name, "") for name in _HEADERS},
        refused_at=record.timestamp,
        raw=record.value or b"",
    )


class Pile:
    """Dead letters counted by reason, the latest of them kept; all of them with no `limit`."""

    def __init__(self, limit: int | None) -> None:
        self.reasons: Counter[str] = Counter()
        self._limit = limit
        self._kept: list[tuple[int, int, int, DeadLetter]] = []

    def add(self, letter: DeadLetter, partition: int, offset: int) -> None:
        """Take one, from this place of the dead letter topic."""
        self.reasons[letter.reason] += 1
        heapq.heappush(self._kept, (letter.refused_at, partition, offset, letter))
        if self._limit is not None and len(self._kept) > self._limit:
            heapq.heappop(self._kept)

    @property
    def latest(self) -> list[DeadLetter]:
        """Those kept, oldest first."""
        return [letter for *_, letter in sorted(self._kept, key=lambda kept: kept[:3])]

    def tables(self, *, raw: bool) -> RenderableType:
        """Reasons with their counts, and the latest letters."""
        counts = Table("reason", title=f"{self.reasons.total():,} dead letters")
        counts.add_column("count", justify="right")
        for reason, number in sorted(self.reasons.items(), key=lambda item: (-item[1], item[0])):
            counts.add_row(Text(printable(reason) or "-"), f"{number:,}")
        letters = Table("refused (UTC)", "from", "reason", "detail", title="The latest")
        letters.add_column("bytes", justify="right")
        if raw:
            letters.add_column("raw", overflow="fold")
        for one in self.latest:
            place = f"{one.topic} {one.partition}:{one.offset}"
            shown = (place, one.reason, one.detail)
            cells = [instant(one.refused_at), *map(printable, shown), f"{len(one.raw):,}"]
            if raw:
                cells.append(printable(one.raw.decode(errors="replace")))
            # Not as markup, which square brackets would make of it.
            letters.add_row(*map(Text, cells))
        return Group(counts, letters)
