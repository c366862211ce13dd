"""Adjudicate, the third stage: what the detectors found, in one order, to the adjudicator."""

from collections.abc import Sequence
from typing import Any

import msgspec

from models.adjudication.adjudicator import Adjudicator
from models.adjudication.items import Retraction
from models.findings import Finding
from models.recommendations import Recommendation
from models.sequence import ItemSequencer, Watermarks


class Bench:
    """One partition of accounts: all of `sources` detectors send it what concerns them."""

    def __init__(self, adjudicator: Adjudicator, sources: int = 1) -> None:
        self.adjudicator = adjudicator
        self._watermarks = Watermarks(sources)
        self._sequencer: ItemSequencer[Finding | Retraction] = ItemSequencer()

    def snapshot(self) -> dict[str, Any]:
        """The whole state, as plain data."""
        waiting = self._sequencer.waiting()
        return {
            "watermarks": self._watermarks.snapshot(),
            "findings": msgspec.msgpack.encode([i for i in waiting if isinstance(i, Finding)]),
            "retractions": msgspec.msgpack.encode(
                [i for i in waiting if isinstance(i, Retraction)]
            ),
            "adjudicator": self.adjudicator.snapshot(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a snapshot. Raises msgspec.DecodeError where it is none."""
        self._watermarks.restore(state["watermarks"])
        self._sequencer = ItemSequencer()
        self._sequencer.add(msgspec.msgpack.decode(state["findings"], type=list[Finding]))
        self._sequencer.add(msgspec.msgpack.decode(state["retractions"], type=list[Retraction]))
        self.adjudicator.restore(state["adjudicator"])

    def take(
        self,
        source: int,
        items: Sequence[Finding | Retraction],
        watermark: int,
        until: int | None = None,
        place: tuple[int, ...] = (),
    ) -> list[Recommendation]:
        """Take what a detector found and how far it has come; say what follows from all that no
        detector can still precede. Where its sources are quiet, `until` says up to when, and
        `place` how much of each it has taken."""
        self._sequencer.add(items)
        self._watermarks.hear(source, watermark, until, place)
        low, quiet = self._watermarks.low(), self._watermarks.until()
        if low is None:
            return []
        return self.adjudicator.take(self._sequencer.before(max(low, quiet or low)))
