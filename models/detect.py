"""Detect, the second stage: the history of the entities of one partition, and what it shows.

A pure function of what came before and what comes now: batches of events from the sources go in,
findings come out, in event-time order, each addressed to an account.
"""

from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from models.adjudication.items import Retraction
from models.columns import (
    COUNTED,
    ID_COLUMNS,
    KIND_CODE,
    NAMESPACE,
    NAMESPACES,
    EventBatch,
    Names,
)
from models.features import account, device, token
from models.features.lane import Columns, Lane
from models.features.plan import Plan, compile_plan
from models.findings import Finding
from models.judge import Case, Judge
from models.sequence import END, EventSequencer, Watermarks
from models.views import LANES, Rows, expand

DEDUP_MS: Final = 90 * 86_400_000

PLANS: Final[dict[str, Plan]] = {
    "account": compile_plan("account", account.FEATURES, account.JUDGED, account.VALUED),
    "token": compile_plan("token", token.FEATURES, token.JUDGED),
    "device": compile_plan("device", device.FEATURES, device.JUDGED),
}
_REVERSED: Final = KIND_CODE["gift_reversed"]
_EVENT: Final = ID_COLUMNS.index("event")


@dataclass(slots=True)
class JudgedRows:
    """The judged rows of one lane: role codes uint8[n], times int64[n] and feature columns."""

    role: NDArray[np.uint8]
    ts: NDArray[np.int64]
    features: Columns


@dataclass(slots=True)
class Found:
    """What one step of a detector gave.

    `watermark` (ms): nothing that follows lies before it; None where not all sources have been
    heard of. `until` (ms): when all are idle, up to when they vouch for that. `duplicate`, `late`
    and `kinds` (events by index into `KIND_NAMES`) are of the events that this partition counts.
    `judged` holds the judged rows of each lane, for whoever keeps or learns from them.
    """

    findings: list[Finding] = field(default_factory=list)
    retractions: list[Retraction] = field(default_factory=list)
    watermark: int | None = None
    until: int | None = None
    duplicate: int = 0
    late: int = 0
    kinds: dict[int, int] = field(default_factory=dict)
    judged: dict[str, JudgedRows] = field(default_factory=dict)


class _EventLog:
    """The ids and times of the events that rows can still refer to, by running number."""

    def __init__(self) -> None:
        self.base = 0
        self._ids: list[str] = []
        self._ts: list[int] = []

    def append(self, batch: EventBatch) -> NDArray[np.int64]:
        start = self.base + len(self._ids)
        self._ids += batch.event_id.tolist()
        self._ts += batch.ts.tolist()
        return np.arange(start, start + len(batch), dtype=np.int64)

    def snapshot(self) -> list[Any]:
        """The numbers, ids and times kept."""
        return [self.base, self._ids, self._ts]

    def restore(self, state: list[Any]) -> None:
        """Go on from a snapshot."""
        self.base, self._ids, self._ts = state

    def __getitem__(self, number: int) -> tuple[str, int]:
        return self._ids[number - self.base], self._ts[number - self.base]

    def forget(self, before: int) -> None:
        """Drop what lies before a number, once that is half of all."""
        gone = before - self.base
        if 2 * gone > len(self._ids):
            del self._ids[:gone]
            del self._ts[:gone]
            self.base = before


class _Seen:
    """Event ids of the last `DEDUP_MS` of event time."""

    def __init__(self) -> None:
        self._at: dict[str, int] = {}
        self._clean_at = 0

    def snapshot(self) -> list[Any]:
        """The ids with their times."""
        return [self._clean_at, self._at]

    def restore(self, state: list[Any]) -> None:
        """Go on from a snapshot."""
        self._clean_at, self._at = state

    def fresh(self, batch: EventBatch) -> NDArray[np.bool_]:
        """Which events of an ordered batch are the first of their id; remembers them."""
        ids, times = batch.event_id.tolist(), batch.at.tolist()
        known, result = self._at, np.ones(len(batch), np.bool_)
        new = dict(zip(ids, times, strict=True))
        if len(new) == len(ids) and known.keys().isdisjoint(new):
            known.update(new)
            return result
        for place, (event_id, at) in enumerate(zip(ids, times, strict=True)):
            before = known.get(event_id)
            if before is not None and at - before <= DEDUP_MS:
                result[place] = False
            else:
                # Out and in again: the ids stay in the order of their times.
                known.pop(event_id, None)
                known[event_id] = at
        return result

    def forget(self, now: int) -> None:
        """Drop what is too old to be recognised, once a tenth of the span has passed."""
        if now - self._clean_at > DEDUP_MS // 10:
            old = list(takewhile(lambda known: now - known[1] > DEDUP_MS, self._at.items()))
            for event_id, _ in old:
                del self._at[event_id]
            self._clean_at = now


class Detector:
    """One partition: all of `sources` send it the events that its entities need."""

    def __init__(self, judge: Judge, sources: int = 1) -> None:
        self._judge = judge
        self._watermarks = Watermarks(sources)
        self._sequencer = EventSequencer()
        self._names = {space: Names() for space in NAMESPACES}
        self._strings: dict[str, list[str]] = {space: [] for space in NAMESPACES}
        self._lanes = {lane: Lane(PLANS[lane]) for lane in LANES}
        self._events = _EventLog()
        self._seen = _Seen()
        self._clock = -END

    def take(self, source: int, batch: EventBatch, watermark: int, *, idle: bool = False) -> Found:
        """Take a source's batch and its watermark after it; judge what no source can still
        precede.

        An idle source holds the others up no more than it must: it vouches for the time up to
        `watermark`, but not beyond what any source had shown when it said so. So it must say so
        again as they go on.
        """
        self._sequencer.add(source, self._interned(batch))
        marks = self._watermarks
        if idle:
            marks.hear(source, min(watermark, marks.high()), watermark)
        else:
            marks.hear(source, watermark)
        low = marks.low()
        return Found() if low is None else self._advance(low, marks.until())

    def snapshot(self) -> dict[str, Any]:
        """The whole state, as plain data and arrays."""
        return {
            "watermarks": self._watermarks.snapshot(),
            "waiting": [(source, batch.as_plain()) for source, batch in self._sequencer.waiting()],
            "strings": self._strings,
            "lanes": {name: lane.snapshot() for name, lane in self._lanes.items()},
            "events": self._events.snapshot(),
            "seen": self._seen.snapshot(),
            "clock": self._clock,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a snapshot. Raises SnapshotError where other features made it."""
        for name, lane in self._lanes.items():
            lane.restore(state["lanes"][name])
        self._watermarks.restore(state["watermarks"])
        self._sequencer = EventSequencer()
        for source, plain in state["waiting"]:
            self._sequencer.add(source, EventBatch.from_plain(plain))
        self._strings = state["strings"]
        self._names = {space: Names(strings) for space, strings in self._strings.items()}
        self._events.restore(state["events"])
        self._seen.restore(state["seen"])
        self._clock = state["clock"]

    def finish(self) -> Found:
        """Judge everything that waits: the sources have ended."""
        return self._advance(END, None)

    def _advance(self, low: int, until: int | None) -> Found:
        batch = self._sequencer.before(low if until is None else max(low, until))
        found = Found(watermark=low, until=until)
        if batch is None:
            return found
        # After all sources had been idle, one of them may come back with less than was judged.
        batch.at = np.maximum(batch.at, self._clock)
        self._clock = int(batch.at[-1])
        fresh = self._seen.fresh(batch)
        counted = (batch.wanted & COUNTED) > 0
        found.duplicate = int(np.count_nonzero(~fresh & counted))
        if not fresh.all():
            batch, counted = batch.take(fresh), counted[fresh]
        found.late = int(np.count_nonzero((batch.at > batch.ts) & counted))
        kinds, numbers = np.unique(batch.kind[counted], return_counts=True)
        found.kinds = dict(zip(kinds.tolist(), numbers.tolist(), strict=True))
        events = self._events.append(batch)
        for lane in LANES:
            self._judge_lane(lane, batch, events, found)
        found.findings.sort(key=lambda finding: finding.order)
        self._forget()
        return found

    def _judge_lane(
        self, name: str, batch: EventBatch, events: NDArray[np.int64], found: Found
    ) -> None:
        lane, rows = self._lanes[name], expand(batch, name)
        known = len(self._strings[name])
        judged = lane.run(rows, events[rows.event], known, len(self._strings["collection"]))
        accounts, tokens = self._strings["account"], self._strings["token"]
        ts = batch.ts[rows.event[judged.row]]
        found.judged[name] = JudgedRows(rows.role[judged.row], ts, judged.features)
        case = Case(lane, rows, judged, ts, accounts, tokens, self._events.__getitem__)
        found.findings += self._judge.findings(case)
        if name == "account":
            found.retractions += self._retractions(batch, rows)

    def _retractions(self, batch: EventBatch, rows: Rows) -> list[Retraction]:
        """Each side of a reversed gift is told which gift it was."""
        concerned = np.flatnonzero(batch.kind[rows.event] == _REVERSED)
        taken_back = []
        for row in concerned.tolist():
            event = int(rows.event[row])
            taken_back.append(
                Retraction(
                    at=int(batch.at[event]),
                    account=self._strings["account"][rows.entity[row]],
                    event_id=self._strings["event"][batch.ids[event, _EVENT]],
                    by=batch.event_id[event],
                )
            )
        return taken_back

    def _forget(self) -> None:
        oldest = [number for lane in self._lanes.values() if (number := lane.forget()) >= 0]
        if oldest:
            self._events.forget(min(oldest))
        self._seen.forget(self._clock)

    def _interned(self, batch: EventBatch) -> EventBatch:
        """The batch with its ids in this partition's own name tables."""
        ids = batch.ids.copy()
        for space in NAMESPACES:
            strings = batch.names.get(space, [])
            table = self._names[space]
            remap = table.intern(strings)
            known = self._strings[space]
            if len(table) - 1 > len(known):
                known.extend(table.strings(len(known)))
            if not len(strings):
                continue
            for column in (at for at, one in enumerate(NAMESPACE) if one == space):
                local = batch.ids[:, column]
                ids[:, column] = np.where(local >= 0, remap[np.maximum(local, 0)], -1)
        return EventBatch(
            batch.kind, batch.ts, batch.at, batch.event_id, ids, batch.values, batch.wanted
        )
