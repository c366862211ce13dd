"""Put what several sources send into the one order in which it is judged.

Both sequencers hold back what lies at or behind the least watermark of their sources, so the
order of arrival across sources cannot change an answer. A source that says it is idle does not
hold the others up; see `docs/determinism.md`.
"""

import bisect
import heapq
from collections.abc import Iterable
from operator import itemgetter
from typing import Any, Final, Generic, Protocol, TypeVar

import numpy as np

from models.columns import EventBatch, concatenate, in_order

END: Final = 2**62
UNSEEN: Final = -END


class Watermarks:
    """How far a known set of senders has come, some of whom may be quiet.

    A sender's watermark is a promise: nothing before it follows. One that is quiet says up to
    when it vouches for that, and at which place in its own input it is. Only when all are quiet
    at the same place, and none has spoken since, there is nothing to wait for but the clock.
    """

    def __init__(self, sources: int) -> None:
        self._heard: dict[int, int] = {}
        self._quiet: dict[int, tuple[int, tuple[int, ...]]] = {}
        self.sources = sources

    def hear(
        self, source: int, watermark: int, until: int | None = None, place: tuple[int, ...] = ()
    ) -> None:
        """Note a watermark (ms), which never goes back; and that the sender is quiet, where
        `until` (ms) is given."""
        if until is None:
            self._quiet.clear()
        else:
            self._quiet[source] = until, place
        self._heard[source] = max(watermark, self._heard.get(source, watermark))

    def snapshot(self) -> list[Any]:
        """The watermarks and the quiet, by sender."""
        return [sorted(self._heard.items()), sorted(self._quiet.items())]

    def restore(self, state: list[Any]) -> None:
        """Go on from a snapshot."""
        heard, quiet = state
        self._heard = dict(heard)
        self._quiet = {source: (until, tuple(place)) for source, (until, place) in quiet}

    def high(self) -> int:
        """The newest watermark of any sender."""
        return max(self._heard.values(), default=UNSEEN)

    def low(self) -> int | None:
        """The watermark of them all, or None while a sender has not been heard of."""
        return min(self._heard.values()) if len(self._heard) == self.sources else None

    def until(self) -> int | None:
        """Up to when all of them vouch for their silence, or None."""
        places = {place for _, place in self._quiet.values()}
        if len(self._quiet) < self.sources or len(places) > 1:
            return None
        return min(until for until, _ in self._quiet.values())


class EventSequencer:
    """Event batches in, events by (`at`, `event_id`) out.

    Records that bear the same id and time, and tell different things, come in the order of their
    sources, and of each source's records: so it is the same one that counts, in every run.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[int, EventBatch]] = []

    def __len__(self) -> int:
        return sum(len(batch) for _, batch in self._waiting)

    def add(self, source: int, batch: EventBatch) -> None:
        """Take a source's next batch, whose ids are interned in the tables of all the others."""
        if len(batch):
            bisect.insort(self._waiting, (source, in_order(batch)), key=itemgetter(0))

    def waiting(self) -> list[tuple[int, EventBatch]]:
        """What is held back, batch by batch, with the sources."""
        return self._waiting

    def before(self, watermark: int) -> EventBatch | None:
        """Everything before the watermark, in order; None where there is nothing."""
        ready, waiting = [], []
        for source, batch in self._waiting:
            cut = int(np.searchsorted(batch.at, watermark, side="left"))
            if cut:
                ready.append(batch.take(slice(0, cut)))
            if cut < len(batch):
                rest = batch.take(slice(cut, len(batch))) if cut else batch
                waiting.append((source, rest))
        self._waiting = waiting
        if not ready:
            return None
        return ready[0] if len(ready) == 1 else in_order(concatenate(ready))


class Ordered(Protocol):
    """Something with a place in the order; the first part of it is the event time."""

    @property
    def order(self) -> tuple[Any, ...]: ...


T = TypeVar("T", bound=Ordered)


class ItemSequencer(Generic[T]):
    """Items in, items by their order out."""

    def __init__(self) -> None:
        self._heap: list[tuple[tuple[Any, ...], int, T]] = []
        self._added = 0

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, items: Iterable[T]) -> None:
        """Take items in any order."""
        for item in items:
            self._added += 1
            heapq.heappush(self._heap, (item.order, self._added, item))

    def waiting(self) -> list[T]:
        """What is held back, in order."""
        return [item for _, _, item in sorted(self._heap, key=lambda entry: entry[:2])]

    def before(self, watermark: int) -> list[T]:
        """Every item whose event time lies before the watermark, in order."""
        ready = []
        while self._heap and self._heap[0][0][0] < watermark:
            ready.append(heapq.heappop(self._heap)[2])
        return ready
