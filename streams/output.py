"""Files that are complete or not there: JSON lines, and the dead letters of a replay."""

from __future__ import annotations

import base64
import gzip
import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self, cast

import msgspec
import zstandard


class OutputError(Exception):
    """A file cannot be written. The message names it and what is wrong."""


class AtomicFile:
    """A binary file that takes its name when the `with` block ends well.

    Until then it lies beside under a hidden name; when the block ends in an exception nothing is
    left, and a file that had the name before stays as it was. What is no regular file
    (`/dev/stdout`, a pipe) is written directly. A name that ends in `.gz` or `.zst` is compressed,
    the same content to the same bytes.
    """

    def __init__(self, path: Path | str) -> None:
        """Create the file beside.

        Raises:
            OutputError: the folder is missing or may not be written.
        """
        self.path = Path(path)
        # Through a symbolic link, which renaming would otherwise replace.
        self._final = Path(os.path.realpath(self.path))
        self._direct = self._final.exists() and not self._final.is_file()
        name = f".{self._final.name}.{os.getpid()}.part"
        self._beside = self._final if self._direct else self._final.with_name(name)
        try:
            self._file = self._beside.open("wb")
        except (OSError, ValueError) as error:
            raise OutputError(f"{self.path}: cannot be written: {_reason(error)}") from None
        self._out = _compressed(self._file, self._final.suffix)

    def write(self, data: bytes) -> None:
        """Append bytes.

        Raises:
            OutputError: the disk is full, or the pipe was closed.
        """
        try:
            self._out.write(data)
        except OSError as error:
            raise OutputError(f"{self.path}: cannot be written: {_reason(error)}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self._finish()
        else:
            self._discard()

    def _finish(self) -> None:
        try:
            if self._out is not self._file:
                self._out.close()
            self._file.flush()
            if not self._direct:
                os.fsync(self._file.fileno())
            self._file.close()
            if not self._direct:
                self._beside.replace(self._final)
                _sync_folder(self._final.parent)
        except OSError as error:
            self._discard()
            raise OutputError(f"{self.path}: cannot be written: {_reason(error)}") from None

    def _discard(self) -> None:
        # Closing flushes, and so may fail once more for the reason that brought us here.
        for file in (self._out, self._file):
            try:
                file.close()
            except OSError:
                continue
        if not self._direct:
            self._beside.unlink(missing_ok=True)


class JsonLinesWriter(AtomicFile):
    """One JSON object a line, UTF-8."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(path)
        self._encoder = msgspec.json.Encoder()

    def write_object(self, record: Any) -> None:
        """Append what msgspec can encode as a JSON object."""
        self.write(self._encoder.encode(record) + b"\n")

    def write_lines(self, lines: Iterable[bytes]) -> None:
        """Append JSON texts, each without a line feed in it."""
        self.write(b"".join([line + b"\n" for line in lines]))


class DeadLetterWriter(JsonLinesWriter):
    """What was refused, and why: the fields of the dead letter topic's headers, and the record."""

    def write_letter(
        self, *, reason: str, detail: str, topic: str, partition: int, offset: int, raw: bytes
    ) -> None:
        """Append one refused record.

        Args:
            reason: reason code.
            detail: the sentence that names the field.
            topic: topic, or name of the file.
            partition: partition of the topic; 0 for a file.
            offset: Kafka offset; line or row number, counted from 1, of a file.
            raw: the record as received: `raw` where it is UTF-8, else `raw_base64`.
        """
        letter: dict[str, str | int] = {
            "reason": reason,
            "detail": detail,
            "topic": topic,
            "partition": partition,
            "offset": offset,
        }
        try:
            letter["raw"] = raw.decode()
        except UnicodeDecodeError:
            letter["raw_base64"] = base64.b64encode(raw).decode()
        self.write_object(letter)


def _compressed(file: BinaryIO, ending: str) -> BinaryIO:
    if ending.lower() == ".gz":
        # Neither time nor name: the same content gives the same file.
        packed = gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0, compresslevel=6)
        return cast(BinaryIO, packed)
    if ending.lower() == ".zst":
        return cast(BinaryIO, zstandard.ZstdCompressor().stream_writer(file, closefd=False))
    return file


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
