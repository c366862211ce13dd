"""The Faust worker: three agents over real topics, around the pure stages.

An agent takes a record batch, gives it to the stage of its partition and produces what comes out.
State is per partition and nothing is committed before it is durable: a partition that comes to
this worker is read from its beginning, and the stages drop what they are told twice.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Iterable
from typing import Any, Final

from faust.types import TP

from config.settings import Settings
from models.pipeline import Counts, Setup
from models.recommendations import encode
from models.stages import AdjudicateStage, DetectStage, IntakeStage, Sent
from streams.record_batches import BatchedApp, RecordBatch, new_app

log: Final = logging.getLogger("offbook")

# How often the worker looks for sources that have gone quiet.
_TICK_S: Final = 0.25


class _Source:
    """Intake of one partition, with what the wall clock says of it."""

    def __init__(self, stage: IntakeStage) -> None:
        self.stage = stage
        self.lock = asyncio.Lock()
        self.heard = time.monotonic()
        self.idle = False


class Worker:
    """One process of the group. `app` is the Faust app to run; `counts` is what it has done."""

    def __init__(self, settings: Settings, setup: Setup) -> None:
        self._settings = settings
        self._setup = setup
        self.counts = Counts()
        self._sources: dict[int, _Source] = {}
        self._detectors: dict[int, DetectStage] = {}
        self._benches: dict[int, AdjudicateStage] = {}
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
        settings, setup = self._settings, self._setup
        for tp in sorted(partitions):
            if tp.topic == settings.topic_events and tp.partition not in self._sources:
                stage = IntakeStage(setup.intake(), tp.partition, settings.partitions_views)
                self._sources[tp.partition] = _Source(stage)
            elif tp.topic == settings.topic_views and tp.partition not in self._detectors:
                self._detectors[tp.partition] = DetectStage(
                    setup.detector(settings.partitions_events),
                    tp.partition,
                    settings.partitions_accounts,
                )
            elif tp.topic == settings.topic_findings and tp.partition not in self._benches:
                self._benches[tp.partition] = AdjudicateStage(
                    setup.bench(settings.partitions_views), tp.partition
                )
        log.info("assigned %s", ", ".join(f"{tp.topic}[{tp.partition}]" for tp in partitions))

    async def _revoked(self, partitions: frozenset[TP]) -> None:
        settings = self._settings
        held: dict[str, dict[int, Any]] = {
            settings.topic_events: self._sources,
            settings.topic_views: self._detectors,
            settings.topic_findings: self._benches,
        }
        for tp in partitions:
            held.get(tp.topic, {}).pop(tp.partition, None)

    # -- the three agents -------------------------------------------------------------------

    async def _intake(self, stream: Any) -> None:
        async for batch in stream:
            source = self._sources[batch.partition]
            async with source.lock:
                values = [value or b"" for value in batch.values]
                sent = source.stage.take(values, batch.offsets)
                self.counts.read += sent.events + len(sent.refused)
                self.counts.bad += len(sent.refused)
                await self._views(sent)
                await self._refuse(batch, sent)
                source.heard, source.idle = time.monotonic(), False

    async def _detect(self, stream: Any) -> None:
        async for batch in stream:
            stage = self._detectors[batch.partition]
            for record in batch.records:
                records, found = stage.take(record.value, record.offset)
                self.counts.note(found)
                await self._produce(
                    self._topics[self._settings.topic_findings].send(partition=at, value=value)
                    for at, value in enumerate(records)
                )
                # A batch of columns takes a while: the loop must live in between.
                await asyncio.sleep(0)

    async def _adjudicate(self, stream: Any) -> None:
        topic = self._topics[self._settings.topic_recommendations]
        async for batch in stream:
            stage = self._benches[batch.partition]
            for record in batch.records:
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
        """Tell the detectors of sources that have been quiet for the idle time-out."""
        while not self.app.should_stop:
            await asyncio.sleep(_TICK_S)
            now = time.monotonic()
            for source in list(self._sources.values()):
                if source.idle or now - source.heard < self._settings.idle_timeout_s:
                    continue
                async with source.lock:
                    await self._views(source.stage.idle())
                    source.idle = True
