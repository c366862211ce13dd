"""What every source of raw events has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from models.source_map import MappingFailure


class SourceError(Exception):
    """A source cannot be read. The message names it, what is wrong, and what is allowed."""


@dataclass(frozen=True, slots=True)
class RawBatch:
    """Raw events of one file, or of one partition of a topic, in the order of the source.

    `offsets` says, value by value, where each one stands: the line or row number of a file,
    counted from 1, or the Kafka offset. Without a source map it is one entry for each record; with
    one, several events may share the place of the foreign row they were made of.
    """

    values: list[bytes]
    origin: str
    """File name or topic, for messages and dead letters."""
    partition: int
    """Kafka partition; 0 for a file."""
    offsets: Sequence[int]
    rows: int
    """Records read from the source for this batch: lines that are not blank, rows, messages."""
    failures: list[MappingFailure] = field(default_factory=list)
    """Foreign rows which the source map could not translate: they belong to the dead letters."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    """Foreign rows which the source map leaves out on purpose: count by the name of its rule."""

    @property
    def first_offset(self) -> int:
        """Place of the first value.

        Raises:
            IndexError: the batch holds no value (only failures or skipped rows).
        """
        return self.offsets[0]


class Source(ABC):
    """Raw events from a file or a topic: iterate once, inside a `with` block.

    `position` runs up to `total` while the source is read; `unit` says in what they count.
    `total` is None where the end is not known (a pipe).
    """

    name: str
    total: int | None
    position: int = 0
    unit: str

    @abstractmethod
    def __iter__(self) -> Iterator[RawBatch]:
        """Yield the batches.

        Raises:
            SourceError: the source turns out to be truncated, corrupt or gone while it is read;
                what stood before the fault has been yielded.
        """

    @abstractmethod
    def close(self) -> None:
        """Release the file or the connection. Closing twice does nothing."""

    @property
    def live_partitions(self) -> frozenset[int]:
        """Partitions that may still yield a batch; a reader's watermark waits for these alone."""
        return frozenset({0})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def open_file(path: Path) -> BinaryIO:
    """Open a file for reading.

    Raises:
        SourceError: it is missing, a directory, or may not be read.
    """
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise SourceError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise SourceError(f"{path}: is a directory; name a file in it") from None
    except PermissionError:
        raise SourceError(f"{path}: no permission to read it") from None
    except (OSError, ValueError) as error:
        raise SourceError(f"{path}: cannot be opened: {error}") from None
