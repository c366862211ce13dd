"""JSON lines: plain, gzip and Zstandard."""

from __future__ import annotations

import gzip
import os
import stat
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import zstandard

from streams.sources.base import RawBatch, Source, SourceError, open_file

CHUNK_BYTES = 1 << 20
COMPRESSED_CHUNK_BYTES = 1 << 16
"""Small, because nobody knows beforehand what a chunk of compressed bytes unfolds to."""
LONGEST_LINE_BYTES = 64 << 20
"""A line beyond this is no event and may have no end: the file is refused, so that memory stays
bounded. Shorter ones, however long, are for the decoder to refuse one by one."""
BOM = b"\xef\xbb\xbf"
BLANK = b" \t\r"
UNREADABLE = (OSError, EOFError, zlib.error, zstandard.ZstdError)


class BrokenStreamError(Exception):
    """A stream of bytes cannot be read to its end: the number of the line, and what is wrong."""

    def __init__(self, line: int, fault: str) -> None:
        super().__init__(f"{fault} in line {line}")


def _plain(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK_BYTES):
        yield chunk


def _gunzip(file: BinaryIO) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
        # read1 hands out what is there; read would lose it where the stream breaks off.
        while chunk := unpacked.read1(CHUNK_BYTES):
            yield chunk


def _unzstd(file: BinaryIO) -> Iterator[bytes]:
    # Not stream_reader, which takes a truncated frame for the end of the file.
    frame = zstandard.ZstdDecompressor().decompressobj()
    inside = False
    while chunk := file.read(COMPRESSED_CHUNK_BYTES):
        while chunk:
            if unpacked := frame.decompress(chunk):
                yield unpacked
            inside = not frame.eof
            chunk = b"" if inside else frame.unused_data
            if not inside:
                frame = zstandard.ZstdDecompressor().decompressobj()
    if inside:
        raise EOFError


COMPRESSIONS: dict[str, Callable[[BinaryIO], Iterator[bytes]]] = {
    ".gz": _gunzip,
    ".zst": _unzstd,
}
"""How to unpack, by the ending of the name."""


def split_lines(chunks: Iterable[bytes], batch_size: int) -> Iterator[tuple[list[bytes], int]]:
    """Cut a stream of bytes at line feeds, and at nothing else, into lists of whole lines.

    Yields (lines without their line feed, number of the first one, counted from 1): `batch_size`
    lines each, fewer in the last. Where the chunks are cut changes nothing. A last line need not
    end in a line feed. Blank lines are among the lines.

    Raises:
        BrokenStreamError: the chunks end in an error (all whole lines before it have been
            yielded), or a line is longer than `LONGEST_LINE_BYTES`.
    """
    number = 1
    lines: list[bytes] = []
    tail: list[bytes] = []
    tail_bytes = 0
    fault = ""
    try:
        for chunk in chunks:
            head, found, rest = chunk.rpartition(b"\n")
            if found:
                tail.append(head)
                lines += b"".join(tail).split(b"\n")
                tail, tail_bytes = [], 0
            tail.append(rest)
            tail_bytes += len(rest)
            if tail_bytes > LONGEST_LINE_BYTES:
                fault = f"more than {LONGEST_LINE_BYTES >> 20} MiB without a line feed"
                break
            whole = len(lines) - len(lines) % batch_size
            for start in range(0, whole, batch_size):
                yield lines[start : start + batch_size], number
                number += batch_size
            del lines[:whole]
    except UNREADABLE as error:
        fault = "breaks off" if isinstance(error, EOFError) else f"is corrupt ({error})"
    if tail_bytes and not fault:
        lines.append(b"".join(tail))
    if lines:
        yield lines, number
    if fault:
        raise BrokenStreamError(number + len(lines), fault)


def drop_blank(lines: list[bytes], first: int) -> tuple[list[bytes], list[int] | range]:
    """The lines that are not blank, without the CR of a CRLF, and their numbers."""
    if all(map(bytes.strip, lines)):
        numbers: list[int] | range = range(first, first + len(lines))
    else:
        numbers = [n for n, line in enumerate(lines, first) if line.strip(BLANK)]
        lines = [lines[n - first] for n in numbers]
    if any(line.endswith(b"\r") for line in lines):
        lines = [line.removesuffix(b"\r") for line in lines]
    return lines, numbers


class LineSource(Source):
    """A file of JSON lines; `unit` is bytes of the file as it lies on the disk."""

    unit = "bytes"

    def __init__(self, path: Path, batch_size: int) -> None:
        """Open the file.

        Raises:
            SourceError: it cannot be opened.
        """
        self.name = str(path)
        self._batch_size = batch_size
        self._unpack = COMPRESSIONS.get(path.suffix.lower(), _plain)
        self._file = open_file(path)
        status = os.fstat(self._file.fileno())
        self.total = status.st_size if stat.S_ISREG(status.st_mode) else None

    def close(self) -> None:
        self._file.close()

    def _chunks(self) -> Iterator[bytes]:
        for chunk in self._unpack(self._file):
            if self.total is not None:
                self.position = self._file.tell()
            yield chunk

    def __iter__(self) -> Iterator[RawBatch]:
        try:
            for lines, first in split_lines(self._chunks(), self._batch_size):
                if first == 1:
                    lines[0] = lines[0].removeprefix(BOM)
                values, numbers = drop_blank(lines, first)
                if values:
                    yield RawBatch(values, self.name, 0, numbers, len(values))
        except BrokenStreamError as error:
            raise SourceError(f"{self.name}: {error}") from None
