"""Bugs to plant: what the simulation must catch, or it proves nothing."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from unittest.mock import patch

import zstandard

from models import judge
from models.adjudication.tally import Window
from models.progress import Commit, Progress, Save
from models.sequence import END, Watermarks
from models.stages import AdjudicateStage
from streams import checkpoints


@contextmanager
def commit_before_checkpoint() -> Iterator[None]:
    """The position is committed, then the state is stored."""

    def storing(self: Progress[Any]) -> Iterator[Save | Commit]:
        last = self.stage.last
        if self.owes or last == self.stored:
            return
        state = self.stage.snapshot()
        yield Commit(last)
        yield Save(last, state)
        self.stored = last

    with patch.object(Progress, "storing", storing):
        yield


@contextmanager
def skipped_sequence_check() -> Iterator[None]:
    """Findings are taken as often as they come."""
    take = AdjudicateStage.take

    def unchecked(self: AdjudicateStage, raw: bytes, offset: int) -> Any:
        self._taken.clear()
        return take(self, raw, offset)

    with patch.object(AdjudicateStage, "take", unchecked):
        yield


@contextmanager
def torn_checkpoint_accepted() -> Iterator[None]:
    """What lies under a checkpoint's name is believed, hash or no hash: of the adjudicators, since
    the detectors' kernel, which checks no bounds, may take the whole process with it."""
    checked = checkpoints.Checkpoints._read

    def read(self: checkpoints.Checkpoints, path: str) -> bytes:
        if "/findings/" not in path:
            return checked(self, path)
        content: bytes = self._fs.cat_file(path)
        packed = content[len(checkpoints._MAGIC) + checkpoints._HASH :]
        return zstandard.ZstdDecompressor().decompress(packed, max_output_size=1 << 30)

    with patch.object(checkpoints.Checkpoints, "_read", read):
        yield


@contextmanager
def wall_clock_in_a_window() -> Iterator[None]:
    """A rule's window ends now, by the clock, and not at the newest finding."""
    forget = Window._forget

    def by_the_clock(self: Window, until: int) -> None:
        assert self._tally is not None
        forget(self, max(until, int(time.time() * 1000) - self._tally.window_ms))

    with patch.object(Window, "_forget", by_the_clock):
        yield


@contextmanager
def unordered_set() -> Iterator[None]:
    """The evidence of a finding is named in the order of a set."""
    with patch.object(judge, "sorted", list, create=True):
        yield


@contextmanager
def idle_for_ever() -> Iterator[None]:
    """A source that has said that it is idle holds nobody up until it speaks again."""

    def hear(
        self: Watermarks, source: int, mark: int, until: int | None = None, place: Any = ()
    ) -> None:
        self._heard[source] = max(mark, self._heard.get(source, mark))
        self._quiet.pop(source, None)
        if until is not None:
            self._quiet[source] = until, ()

    def low(self: Watermarks) -> int | None:
        if len(self._heard) < self.sources:
            return None
        awake = [mark for source, mark in self._heard.items() if source not in self._quiet]
        return min(awake, default=END)

    with patch.object(Watermarks, "hear", hear), patch.object(Watermarks, "low", low):
        yield


@contextmanager
def unproduced_state_stored() -> Iterator[None]:
    """A stage is stored and used on although what it said could not be produced."""

    @contextmanager
    def turn(self: Progress[Any]) -> Iterator[Any]:
        yield self.stage

    with patch.object(Progress, "turn", turn):
        yield


@contextmanager
def retention_by_name_alone() -> Iterator[None]:
    """Of the checkpoints those with the highest offsets are kept, whatever they are worth."""
    save = checkpoints.Checkpoints.save

    def careless(self: checkpoints.Checkpoints, name: str, offset: int, state: bytes) -> None:
        save(self, name, offset, state)
        for old in self._offsets(name)[self._keep :]:
            self._fs.rm_file(self._path(name, old))

    with patch.object(checkpoints.Checkpoints, "save", careless):
        yield


@contextmanager
def silence_of_a_laggard() -> Iterator[None]:
    """Detectors that are quiet vouch for as much as others have shown, though they lag behind."""
    hear = Watermarks.hear

    def anywhere(
        self: Watermarks, source: int, mark: int, until: int | None = None, place: Any = ()
    ) -> None:
        hear(self, source, mark if until is None else min(until, self.high()), until, ())

    with patch.object(Watermarks, "hear", anywhere):
        yield


@contextmanager
def gap_unnoticed() -> Iterator[None]:
    """Records that the broker has deleted are passed over."""
    with patch.object(Progress, "missing", lambda self, offset: 0):
        yield


PLANTS: Final[dict[str, Callable[[], Any]]] = {
    plant.__name__: plant
    for plant in (
        commit_before_checkpoint,
        skipped_sequence_check,
        torn_checkpoint_accepted,
        wall_clock_in_a_window,
        unordered_set,
        idle_for_ever,
        unproduced_state_stored,
        retention_by_name_alone,
        silence_of_a_laggard,
        gap_unnoticed,
    )
}
