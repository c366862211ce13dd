"""Intake, the first stage: raw records of one source to columns, in the source's own time.

A source is one partition of the input topic (or one file). Its watermark is the newest time it
has shown, less the allowed lateness. An event that comes behind its source's watermark is late:
it counts at the watermark instead of its own time. That depends on nothing but the source's own
order, so no interleaving of sources and no batch size can change it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.columns import EventBatch, to_columns
from models.events import Refusal, decode_all
from models.sequence import UNSEEN


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch of records: the events as columns, and (position, refusal) of the
    records that are none. `watermark` (ms) is the source's after it."""

    events: EventBatch
    refused: list[tuple[int, Refusal]]
    watermark: int


class Intake:
    """The state of one source: how far its time has come."""

    def __init__(
        self, allowed_lateness_ms: int, accepted: tuple[int, int], newest: int = UNSEEN
    ) -> None:
        self._lateness = allowed_lateness_ms
        self._accepted = accepted
        self.newest = newest

    @property
    def watermark(self) -> int:
        """Event time (ms) before which nothing of this source counts any more."""
        return UNSEEN if self.newest == UNSEEN else self.newest - self._lateness

    def quiet(self, now: int) -> int:
        """Event time (ms) before which nothing follows, if there was nothing more by `now`."""
        return max(self.watermark, now - self._lateness)

    def snapshot(self) -> int:
        """How far the source's time has come (ms)."""
        return self.newest

    def restore(self, state: int) -> None:
        """Go on from a snapshot."""
        self.newest = state

    def take(self, values: Sequence[bytes]) -> Taken:
        """Decode and validate records in the order of their arrival."""
        events, refused = decode_all(values, self._accepted)
        batch = to_columns(events)
        if len(batch):
            batch.at = self._count_at(batch.ts)
            self.newest = max(self.newest, int(batch.ts.max()))
        return Taken(batch, refused, self.watermark)

    def _count_at(self, ts: NDArray[np.int64]) -> NDArray[np.int64]:
        newest = np.maximum.accumulate(np.concatenate(([self.newest], ts[:-1])))
        at: NDArray[np.int64] = np.maximum(ts, newest - self._lateness)
        return at
