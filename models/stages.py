"""The three stages as a broker sees them: bytes of one partition in, bytes for partitions out.

Pure: no clock, no broker. The worker and the simulated cluster of the tests are two drivers of
these. Each drops what it has taken before, so a record may come twice and change nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.adjudicate import Bench
from models.adjudication.items import Retraction
from models.columns import EventBatch
from models.detect import Detector, Found
from models.events import Refusal
from models.findings import Finding
from models.intake import Intake
from models.recommendations import Recommendation
from models.sequence import UNSEEN
from models.snapshot import SnapshotError, pack, unpack
from models.views import partition_of, scatter
from models.wire import (
    FindingsRecord,
    decode_findings,
    decode_views,
    encode_findings,
    encode_views,
    positions,
)


@dataclass(slots=True)
class Sent:
    """What intake makes of a batch: a record for each partition of views, and the refusals by
    position in the batch."""

    views: list[bytes]
    refused: list[tuple[int, Refusal]] = field(default_factory=list)
    events: int = 0


class IntakeStage:
    """Intake of one partition of the input topic."""

    def __init__(self, intake: Intake, source: int, partitions: int) -> None:
        self._intake = intake
        self._source = source
        self._partitions = partitions
        self.last = -1

    def take(self, values: Sequence[bytes], offsets: Sequence[int]) -> Sent:
        """Records at ascending offsets. Those at or below the last one taken are left out."""
        known = sum(offset <= self.last for offset in offsets)
        values, offsets = values[known:], offsets[known:]
        taken = self._intake.take(values)
        if not offsets:
            return Sent([])
        first, self.last = offsets[0], offsets[-1]
        refused = {position for position, _ in taken.refused}
        places = np.array([o for at, o in enumerate(offsets) if at not in refused], np.int64)
        views = [
            encode_views(
                part,
                places[index],
                source=self._source,
                first=first,
                last=self.last,
                watermark=taken.watermark,
            )
            for part, index in scatter(taken.events, self._partitions)
        ]
        refusals = [(known + position, refusal) for position, refusal in taken.refused]
        return Sent(views, refusals, len(taken.events))

    def snapshot(self) -> bytes:
        """The state, to be restored by this or another worker."""
        return pack(["intake", self._source, self.last, self._intake.snapshot()])

    def restore(self, raw: bytes) -> int:
        """Go on from a snapshot; returns the last offset taken. Raises SnapshotError."""
        self.last, newest = _opened(raw, "intake", self._source)
        self._intake.restore(newest)
        return self.last

    def idle(self, now: int) -> Sent:
        """Records which say that nothing is behind what has been taken: it was looked for at
        `now` (ms, by the clock) or later. They hold for the others' progress so far, so they are
        to be repeated while the partition stays quiet."""
        nothing = self._intake.take(()).events
        record = encode_views(
            nothing,
            np.zeros(0, np.int64),
            source=self._source,
            first=self.last + 1,
            last=self.last,
            watermark=self._intake.quiet(now),
            idle=True,
        )
        return Sent([record] * self._partitions)


class DetectStage:
    """Detection of one partition of views."""

    def __init__(self, detector: Detector, partition: int, accounts: int) -> None:
        self._detector = detector
        self._partition = partition
        self._accounts = accounts
        self._taken: dict[int, int] = {}
        self._told: tuple[int, int | None] = (UNSEEN, None)
        self.last = -1

    def take(self, raw: bytes, offset: int) -> tuple[list[bytes], Found]:
        """One record of views: a record for each partition of accounts (or none where there is
        nothing to tell), and what was found. Raises WireError."""
        if offset <= self.last:
            return [], Found()
        record, batch = decode_views(raw)
        self.last = offset
        known = self._taken.get(record.source, -1)
        if record.last < known or (record.last == known and not record.idle):
            # An echo of what another worker has sent: it says nothing of how things are now.
            return [], Found()
        new = positions(record) > known
        self._taken[record.source] = record.last
        found = self._detector.take(
            record.source, _only(batch, new), record.watermark, idle=record.idle
        )
        return self._records(found, offset), found

    def snapshot(self) -> bytes:
        """The state, to be restored by this or another worker."""
        taken = sorted(self._taken.items())
        state = self._detector.snapshot()
        return pack(["detect", self._partition, self.last, taken, self._told, state])

    def restore(self, raw: bytes) -> int:
        """Go on from a snapshot; returns the last offset taken. Raises SnapshotError."""
        last, taken, told, state = _opened(raw, "detect", self._partition)
        self._detector.restore(state)
        self.last, self._taken, self._told = last, dict(taken), tuple(told)
        return self.last

    def _records(self, found: Found, offset: int) -> list[bytes]:
        if found.watermark is None:
            return []
        told = (found.watermark, found.until)
        if told == self._told and not found.findings and not found.retractions:
            return []
        self._told = told
        place = tuple(last for _, last in sorted(self._taken.items()))
        records = [
            FindingsRecord(self._partition, offset, *told, place, [], [])
            for _ in range(self._accounts)
        ]
        for finding in found.findings:
            records[partition_of(finding.account, self._accounts)].findings.append(finding)
        for retraction in found.retractions:
            records[partition_of(retraction.account, self._accounts)].retractions.append(retraction)
        return [encode_findings(record) for record in records]


class AdjudicateStage:
    """Adjudication of one partition of accounts."""

    def __init__(self, bench: Bench, partition: int) -> None:
        self._bench = bench
        self._partition = partition
        self._taken: dict[int, int] = {}
        self.last = -1

    def snapshot(self) -> bytes:
        """The state, to be restored by this or another worker."""
        taken = sorted(self._taken.items())
        return pack(["adjudicate", self._partition, self.last, taken, self._bench.snapshot()])

    def restore(self, raw: bytes) -> int:
        """Go on from a snapshot; returns the last offset taken. Raises SnapshotError."""
        self.last, taken, state = _opened(raw, "adjudicate", self._partition)
        self._taken = dict(taken)
        self._bench.restore(state)
        return self.last

    def take(self, raw: bytes, offset: int) -> list[Recommendation]:
        """One record of findings: the revisions that follow. Raises WireError."""
        if offset <= self.last:
            return []
        record = decode_findings(raw)
        self.last = offset
        if record.sequence <= self._taken.get(record.source, -1):
            return []
        self._taken[record.source] = record.sequence
        items: list[Finding | Retraction] = [*record.findings, *record.retractions]
        return self._bench.take(record.source, items, record.watermark, record.until, record.place)


def _opened(raw: bytes, stage: str, partition: int) -> list[Any]:
    """What a snapshot holds, if it is one of this stage and partition. Raises SnapshotError."""
    state = unpack(raw)
    if not isinstance(state, list) or state[:2] != [stage, partition]:
        raise SnapshotError(f"not a snapshot of {stage}, partition {partition}")
    return state[2:]


def _only(batch: EventBatch, wanted: NDArray[np.bool_]) -> EventBatch:
    return batch if wanted.all() else batch.take(wanted)
