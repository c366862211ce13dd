"""Adjudicate, the third stage: what the detectors found, in one order, to the adjudicator."""

from collections.abc import Sequence

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

    def take(
        self,
        source: int,
        items: Sequence[Finding | Retraction],
        watermark: int,
        *,
        idle: bool = False,
    ) -> list[Recommendation]:
        """Take what a detector found and how far it has come; say what follows from all that no
        detector can still precede."""
        self._sequencer.add(items)
        self._watermarks.hear(source, watermark, idle=idle)
        low = self._watermarks.low()
        return [] if low is None else self.adjudicator.take(self._sequencer.before(low))
