"""Checkpoints: a partition's state with the offset it has reached, in one atomic object.

An object is a line that says what it is, a hash, and compressed state. It is written whole under
a name that ends in its offset, so the newest one is found by its name; what is torn, damaged or
foreign is refused by name, and the one before it is taken.
"""

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import fsspec
import zstandard

from streams.output import AtomicFile

log: Final = logging.getLogger("offbook")

_MAGIC: Final = b"offbook checkpoint 1\n"
_HASH: Final = 32
_ENDING: Final = ".ckpt"
_MAX_BYTES: Final = 8 << 30


class CheckpointError(RuntimeError):
    """Checkpoints cannot be read or written; the message names the place."""


class Checkpoints:
    """The checkpoints of one worker group below a URL: a directory, or an object store."""

    def __init__(self, url: str, keep: int = 3) -> None:
        """Raises CheckpointError where the URL cannot be used."""
        self._url = url
        self._keep = keep
        try:
            self._fs, self._root = fsspec.core.url_to_fs(url)
        except (ImportError, ValueError, OSError) as error:
            raise CheckpointError(f"{url}: cannot be used for checkpoints: {error}") from None
        self._local = "file" in _protocols(self._fs)

    def save(self, name: str, offset: int, state: bytes) -> None:
        """Store the state of a partition that has taken everything up to `offset`.

        When this returns, a crash does not lose it. Raises CheckpointError.
        """
        packed = zstandard.ZstdCompressor(level=1).compress(state)
        path = self._path(name, offset)
        try:
            self._write(path, _MAGIC + hashlib.blake2b(packed, digest_size=_HASH).digest() + packed)
            # What is newer was refused, or is another worker's that went further: neither may cost
            # this one its place.
            older = [each for each in self._offsets(name) if each < offset]
            for each in older[self._keep - 1 :]:
                self._fs.rm_file(self._path(name, each))
        except Exception as error:
            raise CheckpointError(f"{path}: cannot be written: {error}") from error

    def load(self, name: str, restore: Callable[[bytes], int]) -> int | None:
        """Give `restore` the newest state that it accepts; returns the offset it has reached.

        None where there is none. A refused one is named in the log with the reason. Raises
        CheckpointError where the place cannot be read at all.
        """
        try:
            offsets = self._offsets(name)
        except Exception as error:
            raise CheckpointError(f"{self._url}: cannot be read: {error}") from error
        for offset in offsets:
            path = self._path(name, offset)
            try:
                return restore(self._read(path))
            except Exception as error:  # noqa: BLE001 -- whatever is wrong with it, the one before it may be right
                log.warning("checkpoint %s refused: %s", path, error)
        return None

    def _read(self, path: str) -> bytes:
        content: bytes = self._fs.cat_file(path)
        if not content.startswith(_MAGIC):
            raise CheckpointError("it is no checkpoint of this version")
        digest = content[len(_MAGIC) : len(_MAGIC) + _HASH]
        packed = content[len(_MAGIC) + _HASH :]
        if hashlib.blake2b(packed, digest_size=_HASH).digest() != digest:
            raise CheckpointError("it is torn or damaged: the hash does not fit")
        return zstandard.ZstdDecompressor().decompress(packed, max_output_size=_MAX_BYTES)

    def _write(self, path: str, content: bytes) -> None:
        if self._local:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            with AtomicFile(path) as file:
                file.write(content)
        else:
            # An object store shows an object when it is whole, not before.
            self._fs.pipe_file(path, content)

    def _offsets(self, name: str) -> list[int]:
        """The offsets of a partition's checkpoints, newest first."""
        self._fs.invalidate_cache()
        folder = f"{self._root}/{name}"
        if not self._fs.exists(folder):
            return []
        found = (path.rsplit("/", 1)[-1] for path in self._fs.ls(folder, detail=False))
        return sorted(
            (int(each[: -len(_ENDING)]) for each in found if _is_checkpoint(each)), reverse=True
        )

    def _path(self, name: str, offset: int) -> str:
        return f"{self._root}/{name}/{offset:020d}{_ENDING}"


def _is_checkpoint(name: str) -> bool:
    return name.endswith(_ENDING) and name[: -len(_ENDING)].isdecimal()


def _protocols(fs: Any) -> tuple[str, ...]:
    return (fs.protocol,) if isinstance(fs.protocol, str) else tuple(fs.protocol)
