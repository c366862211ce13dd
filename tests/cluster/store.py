"""Checkpoints as the worker keeps them, on a store in memory that can be hurt."""

import random
from collections.abc import Callable

from streams.checkpoints import Checkpoints
from tests.cluster.broker import TP


class CrashError(BaseException):
    """The process is gone: nothing that it does catches that."""


class Store:
    """`streams.checkpoints.Checkpoints` over `memory://`. `full`: nothing can be written;
    `tears`: the next writer dies in the middle, and a part of the object is there."""

    def __init__(self, name: str, keep: int) -> None:
        self._checkpoints = _Fragile(f"memory://{name}", keep)
        self.full = False
        self.tears = False

    def save(self, tp: TP, offset: int, state: bytes) -> None:
        """Raises CheckpointError where the disk is full, and CrashError."""
        self._checkpoints.full, self._checkpoints.tears = self.full, self.tears
        try:
            self._checkpoints.save(_name(tp), offset, state)
        finally:
            self.tears = self._checkpoints.tears

    def load(self, tp: TP, restore: Callable[[bytes], int]) -> int | None:
        """As `Checkpoints.load`."""
        return self._checkpoints.load(_name(tp), restore)

    def hurt(self, chance: random.Random, tp: TP | None = None) -> None:
        """Damage, lose, or swap what lies there; or damage the newest of one partition."""
        self._checkpoints.hurt(chance, tp)

    def close(self) -> None:
        """Forget everything."""
        self._checkpoints.close()


class _Fragile(Checkpoints):
    def __init__(self, url: str, keep: int) -> None:
        super().__init__(url, keep)
        self.full = self.tears = False

    def _write(self, path: str, content: bytes) -> None:
        if self.full:
            raise OSError("no space left on device")
        if self.tears:
            self.tears = False
            # No store shows half of what replaces something.
            if not self._fs.exists(path):
                super()._write(path, content[: len(content) * 2 // 3])
            raise CrashError
        super()._write(path, content)

    def hurt(self, chance: random.Random, tp: TP | None) -> None:
        folder = self._root if tp is None else f"{self._root}/{_name(tp)}"
        paths = sorted(self._fs.find(folder)) if self._fs.exists(folder) else []
        if not paths:
            return
        path, kinds = paths[-1], ["short", "flipped", "flipped"]
        if tp is None:
            path, kinds = chance.choice(paths), ["lost", "lost all", "flipped", "foreign"]
        content: bytes = self._fs.cat_file(path)
        match chance.choice(kinds):
            case "lost":
                self._fs.rm_file(path)
            case "lost all":
                self._fs.rm(path.rsplit("/", 1)[0], recursive=True)
            case "short":
                self._fs.pipe_file(path, content[: len(content) // 2 + 1])
            case "flipped":
                place = chance.randrange(len(content))
                changed = bytes([content[place] ^ 1 << chance.randrange(8)])
                self._fs.pipe_file(path, content[:place] + changed + content[place + 1 :])
            case "foreign":
                self._fs.pipe_file(path, self._fs.cat_file(chance.choice(paths)))

    def close(self) -> None:
        if self._fs.exists(self._root):
            self._fs.rm(self._root, recursive=True)


def _name(tp: TP) -> str:
    return f"{tp[0]}/{tp[1]}"
