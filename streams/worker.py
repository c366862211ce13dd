"""The Faust worker: three agents over real topics, around the pure stages.

An agent takes a record batch, gives it to the stage of its partition and produces what comes out.
State is per partition. A position is committed only behind a durable checkpoint, and a partition
that comes to this worker goes on behind its newest one (without checkpoints: from its beginning).
The stages drop what they are told twice.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Iterable
from typing import Any, Final

from faust.types import TP

from config.settings import Settings
from models.pipeline import Counts, Setup
from models.progress import Progress, S, Save
from models.recommendations import encode
from models.stages import AdjudicateStage, DetectStage, IntakeStage, Sent
from streams.checkpoints import CheckpointError, Checkpoints
from streams.record_batches import BatchedApp, RecordBatch, new_app

log: Final = logging.getLogger("offbook")

# How often the worker looks for sources that have gone quiet.
_TICK_S: Final = 0.25


Stage = IntakeStage | DetectStage | AdjudicateStage


class _Held(Progress[S]):
    """A partition that this worker holds, and what the wall clock says of it.

    Whoever takes a turn or asks for the state holds `lock`.
    """

    def __init__(self, tp: TP, stage: S) -> None:
        super().__init__(stage)
        self.tp = tp
        self.lock = asyncio.Lock()
        self.store_lock = asyncio.Lock()
        self.heard = self.stored_at = time.monotonic()


class Worker:
    """One process of the group. `app` is the Faust app to run; `counts` is what it has done."""

    def __init__(self, settings: Settings, setup: Setup) -> None:
        self._settings = settings
        self._setup = setup
        self._checkpoints = (
            Checkpoints(settings.checkpoint_url, settings.checkpoints_kept)
            if settings.checkpoint_url
            else None
        )
        self.counts = Counts()
        self._sources: dict[int, _Held[IntakeStage]] = {}
        self._detectors: dict[int, _Held[DetectStage]] = {}
        self._benches: dict[int, _Held[AdjudicateStage]] = {}
        self.app: BatchedApp = new_app(
            settings, on_assigned=self._assigned, on_revoked=self._revoked
        )
        self._topics = {
            name: self.app.topic(name, key_serializer="raw", value_serializer="raw")
            for name in (
                settings.topic_views,
                settings.topic_findings,
                settings.topic_recommendations,
                settings.topic_deadletter,
            )
        }
        for topic, agent in (
            (settings.topic_events, self._intake),
            (settings.topic_views, self._detect),
            (settings.topic_findings, self._adjudicate),
        ):
            self.app.agent(self.app.batch_topic(topic), name=agent.__name__.strip("_"))(agent)
        self.app.task(self._watch)

    # -- partitions come and go -------------------------------------------------------------

    async def _assigned(self, partitions: frozenset[TP]) -> None:
        for known in self._all():
            if known.tp not in partitions:
                del self._held(known.tp.topic)[known.tp.partition]
        self.app.start_at.clear()
        for tp in sorted(partitions):
            held = self._held(tp.topic).get(tp.partition)
            if held is None or held.owes:
                held = self._held(tp.topic)[tp.partition] = await self._open(tp)
            self.app.start_at[tp] = held.stage.last + 1
        log.info("assigned %s", ", ".join(f"{tp.topic}[{tp.partition}]" for tp in partitions))

    async def _revoked(self, partitions: frozenset[TP]) -> None:
        """Store what may leave; what comes back at once goes on where it is."""
        for tp in sorted(partitions):
            held = self._held(tp.topic).get(tp.partition)
            if held is not None:
                await self._store(held)

    def _held(self, topic: str) -> dict[int, _Held[Any]]:
        """The partitions held of an input topic."""
        if topic == self._settings.topic_events:
            return self._sources
        return self._detectors if topic == self._settings.topic_views else self._benches

    async def _open(self, tp: TP) -> _Held[Any]:
        """The stage of a partition, as its newest checkpoint left it."""
        stage: Stage = self._fresh(tp)
        if self._checkpoints is not None:
            offset = await asyncio.to_thread(self._checkpoints.load, _name(tp), stage.restore)
            if offset is None:
                # A refused checkpoint may have been restored half.
                stage = self._fresh(tp)
            else:
                log.info("%s[%d] goes on behind offset %d", tp.topic, tp.partition, offset)
        return _Held(tp, stage)

    async def _unbroken(self, held: _Held[Any], offset: int) -> _Held[Any]:
        """The partition as it was before `offset`, where the broker has deleted records that this
        worker has not taken: from the checkpoint of another one that has."""
        if not held.missing(offset):
            return held
        newer = await self._open(held.tp)
        if newer.stage.last > held.stage.last:
            held = self._held(held.tp.topic)[held.tp.partition] = newer
        if missing := held.missing(offset):
            log.error(
                "%s[%d]: %d records before offset %d are gone and were never read: the broker"
                " keeps them for too short a time",
                *(held.tp.topic, held.tp.partition, missing, offset),
            )
        return held

    def _fresh(self, tp: TP) -> Stage:
        settings, setup = self._settings, self._setup
        if tp.topic == settings.topic_events:
            return IntakeStage(setup.intake(), tp.partition, settings.partitions_views)
        if tp.topic == settings.topic_views:
            detector = setup.detector(settings.partitions_events)
            return DetectStage(detector, tp.partition, settings.partitions_accounts)
        return AdjudicateStage(setup.bench(settings.partitions_views), tp.partition)

    async def _store(self, held: _Held[Any]) -> None:
        """Make a partition's state durable, and only then let its position be committed."""
        if self._checkpoints is None:
            return
        save, steps = self._checkpoints.save, held.storing()
        async with held.store_lock:
            async with held.lock:
                step = next(steps, None)
            while step is not None:
                if isinstance(step, Save):
                    held.stored_at = time.monotonic()
                    try:
                        await asyncio.to_thread(save, _name(held.tp), step.offset, step.state)
                    except CheckpointError as error:
                        # Nothing is lost: what is not stored is not committed, and is read again.
                        log.error("%s", error)
                        return
                else:
                    self.app.done(held.tp, step.offset)
                step = next(steps, None)

    # -- the three agents -------------------------------------------------------------------

    async def _intake(self, stream: Any) -> None:
        async for batch in stream:
            source = self._sources[batch.partition]
            values = [value or b"" for value in batch.values]
            async with source.lock:
                with source.turn() as stage:
                    sent = stage.take(values, batch.offsets)
                    self.counts.read += sent.events + len(sent.refused)
                    self.counts.bad += len(sent.refused)
                    await self._views(sent)
                    await self._refuse(batch, sent)
                source.heard = time.monotonic()

    async def _detect(self, stream: Any) -> None:
        topic = self._topics[self._settings.topic_findings]
        async for batch in stream:
            for record in batch.records:
                held = await self._unbroken(self._detectors[batch.partition], record.offset)
                async with held.lock:
                    with held.turn() as stage:
                        records, found = stage.take(record.value, record.offset)
                        self.counts.note(found)
                        await self._produce(
                            topic.send(partition=at, value=value)
                            for at, value in enumerate(records)
                        )
                # A batch of columns takes a while: the loop must live in between.
                await asyncio.sleep(0)

    async def _adjudicate(self, stream: Any) -> None:
        topic = self._topics[self._settings.topic_recommendations]
        async for batch in stream:
            for record in batch.records:
                held = await self._unbroken(self._benches[batch.partition], record.offset)
                async with held.lock:
                    with held.turn() as stage:
                        said = stage.take(record.value, record.offset)
                        self.counts.recommendations.update(one.penalty.level for one in said)
                        await self._produce(
                            topic.send(key=one.account.encode(), value=encode(one)) for one in said
                        )

    # -- what leaves ------------------------------------------------------------------------

    async def _views(self, sent: Sent) -> None:
        topic = self._topics[self._settings.topic_views]
        await self._produce(
            topic.send(partition=at, value=value) for at, value in enumerate(sent.views)
        )

    async def _refuse(self, batch: RecordBatch, sent: Sent) -> None:
        """Refused records go on as they came. What cannot be written stops the worker."""
        topic = self._topics[self._settings.topic_deadletter]
        sends = []
        for position, refusal in sent.refused:
            record = batch.records[position]
            headers = {
                "reason": refusal.reason,
                "detail": refusal.detail,
                "topic": batch.topic,
                "partition": str(batch.partition),
                "offset": str(record.offset),
            }
            encoded = [(name, text.encode()) for name, text in headers.items()]
            sends.append(topic.send(key=record.key, value=record.value, headers=encoded))
        await self._produce(sends)

    async def _produce(self, sends: Iterable[Awaitable[Any]]) -> None:
        """Send, and wait until the broker has it all."""
        await asyncio.gather(*[await send for send in sends])

    # -- time -------------------------------------------------------------------------------

    async def _watch(self) -> None:
        """Tell the detectors of sources that have been quiet for the idle time-out, and store
        what has changed since the last checkpoint."""
        while not self.app.should_stop:
            await asyncio.sleep(_TICK_S)
            now = time.monotonic()
            for source in list(self._sources.values()):
                if now - source.heard >= self._settings.idle_timeout_s:
                    await self._claim_idle(source)
            for held in self._all():
                if now - held.stored_at >= self._settings.checkpoint_interval_s:
                    await self._store(held)

    async def _claim_idle(self, source: _Held[IntakeStage]) -> None:
        """Say that a source has nothing more, if the broker says so too."""
        source.heard = time.monotonic()
        # The clock first: what comes after it is not vouched for.
        clock = int(time.time() * 1000)
        if not await self.app.drained(source.tp, source.stage.last):
            return
        async with source.lock:
            if self.app.should_stop:
                return
            with source.turn() as stage:
                await self._views(stage.idle(clock))

    async def close(self) -> None:
        """Store what has changed; called when the agents have stopped."""
        for held in self._all():
            await self._store(held)

    def _all(self) -> list[_Held[Any]]:
        return [*self._sources.values(), *self._detectors.values(), *self._benches.values()]


def _name(tp: TP) -> str:
    return f"{tp.topic}/{tp.partition}"
