"""The demonstration itself: produce, follow, show, until the days are over or somebody stops it."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from config.settings import Settings
from models.recommendations import Recommendation, decode
from models.simulation import Scenario
from models.simulation.scenario import HOUR
from streams.brokers.embedded import SESSION_TIMEOUT_S
from streams.brokers.process import BrokerProcess
from streams.demo.child import WorkerProcess, worker_process
from streams.demo.platform import Outgoing, outgoing
from streams.demo.progress import Progress
from streams.following import Follower
from streams.screens.recommendations import Language
from streams.topics import TopicError, ensure_topics

_TICK_S: Final = 0.05
_SHOW_S: Final = 0.2
# The last minute of event time is judged once every source has been quiet for so long.
_IDLE_S: Final = 3.0
_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What to show: `speed` is simulated hours a second, `seconds` the most that it may take."""

    scenario: Scenario
    speed: float
    seconds: float | None = None
    once: bool = False
    language: Language = "en"


class Screen(Protocol):
    """Where it is shown."""

    def say(self, line: str) -> None:
        """A step of the start."""

    def recommend(self, recommendation: Recommendation) -> None:
        """One revision, as it came."""

    def tick(self, progress: Progress) -> None:
        """A moment has passed."""


def demo_settings(address: str) -> Settings:
    """Settings of the demonstration, whatever the environment says: it touches no other broker."""
    return Settings(
        brokers=(address,),
        app_id="offbook-demo",
        session_timeout_s=SESSION_TIMEOUT_S,
        idle_timeout_s=_IDLE_S,
    )


def _worker_env(settings: Settings, env: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in env.items() if not name.startswith("OFFBOOK_")}
    return kept | {
        "OFFBOOK_BROKERS": ",".join(settings.brokers),
        "OFFBOOK_APP_ID": settings.app_id,
        "OFFBOOK_SESSION_TIMEOUT_S": str(settings.session_timeout_s),
        "OFFBOOK_IDLE_TIMEOUT_S": str(settings.idle_timeout_s),
        "OFFBOOK_LOG_LEVEL": "warning",
    }


async def play(plan: Plan, broker: BrokerProcess, screen: Screen, progress: Progress) -> None:
    """Run until the simulated days are over, the plan is fulfilled, or a signal comes.

    Fills `progress`. Raises what ended it early: WorkerError, BrokerError, TopicError.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    settings = demo_settings(broker.address)
    async with worker_process(_worker_env(settings, os.environ), plan.language) as worker:
        await asyncio.to_thread(ensure_topics, settings)
        screen.say("worker starting; the first time on a machine it compiles for a while")
        show = _Show(plan, settings, broker, worker, screen, progress, stop)
        try:
            await _first_of(show.produce(), show.follow(), show.tick(), worker.watch(), stop.wait())
        except Exception:
            # Whatever else was noticed first: without a broker nothing goes on.
            broker.check()
            raise
        progress.stage = "stopping the worker"
        screen.tick(progress)
    progress.report = worker.report


async def _first_of(*works: Coroutine[Any, Any, object]) -> None:
    """Run them together until one ends; raises what it raised."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Show:
    def __init__(
        self,
        plan: Plan,
        settings: Settings,
        broker: BrokerProcess,
        worker: WorkerProcess,
        screen: Screen,
        progress: Progress,
        stop: asyncio.Event,
    ) -> None:
        self._plan = plan
        self._settings = settings
        self._broker = broker
        self._worker = worker
        self._screen = screen
        self._progress = progress
        self._stop = stop
        self._began = asyncio.get_running_loop().time() - progress.seconds

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time() - self._began

    # -- the platform -----------------------------------------------------------------------

    async def produce(self) -> None:
        """Stream the simulated platform in accelerated event time; return when all is judged."""
        while not self._worker.report.ready:
            await asyncio.sleep(_TICK_S)
        self._progress.stage = "streaming"
        try:
            async with AIOKafkaProducer(
                bootstrap_servers=list(self._settings.brokers), linger_ms=5
            ) as producer:
                async for records in self._due():
                    await self._send(producer, records)
        except KafkaError as error:
            raise TopicError(f"topic {self._settings.topic_events}: {error}") from error
        self._progress.stage = "judging the last minute"
        await self._drained()
        self._progress.over = True

    async def _due(self) -> AsyncIterator[list[Outgoing]]:
        """The records in order, each list once its time has come."""
        start, began = self._plan.scenario.start_ts, self._now
        batches = outgoing(self._plan.scenario)
        due: list[Outgoing] = []
        while batch := await asyncio.to_thread(next, batches, None):
            for one in batch:
                while one.ts > start + (self._now - began) * self._plan.speed * HOUR:
                    if due:
                        yield due
                        due = []
                    else:
                        await asyncio.sleep(_TICK_S)
                due.append(one)
                if len(due) == _AT_ONCE:
                    yield due
                    due = []
        yield due

    async def _send(self, producer: AIOKafkaProducer, records: list[Outgoing]) -> None:
        topic = self._settings.topic_events
        sent = [await producer.send(topic, one.value, key=one.key) for one in records]
        await asyncio.gather(*sent)
        self._progress.produced += len(records)
        self._progress.spoiled += sum(one.spoiled for one in records)
        self._progress.event_time = max([self._progress.event_time, *(one.ts for one in records)])

    async def _drained(self) -> None:
        """Wait until the worker has read all, and has found nothing more for a while."""
        quiet_since, before = self._now, (0, 0)
        while self._now - quiet_since < 2 * _IDLE_S:
            report = self._worker.report
            now = (sum(report.findings.values()), self._progress.revisions)
            if now != before or report.read < self._progress.produced:
                quiet_since, before = self._now, now
            await asyncio.sleep(_TICK_S)

    # -- what comes out ---------------------------------------------------------------------

    async def follow(self) -> None:
        """Take recommendations and dead letters from their topics."""
        recommendations = self._settings.topic_recommendations
        async with Follower(
            self._settings, recommendations, self._settings.topic_deadletter
        ) as follower:
            async for records in follower.follow():
                for record in records:
                    if record.topic == recommendations:
                        self._recommend(decode(record.value))
                    else:
                        reason = dict(record.headers)["reason"].decode()
                        self._progress.letters[reason] += 1

    def _recommend(self, recommendation: Recommendation) -> None:
        self._progress.take(recommendation)
        self._screen.recommend(recommendation)
        if self._plan.once:
            self._stop.set()

    async def tick(self) -> None:
        """Keep the clock and the screen; return when the time allowed is over."""
        progress, produced, since = self._progress, 0, self._now
        while self._plan.seconds is None or self._now < self._plan.seconds:
            self._broker.check()
            progress.seconds, progress.report = self._now, self._worker.report
            if self._now - since >= 1:
                progress.rate = (progress.produced - produced) / (self._now - since)
                produced, since = progress.produced, self._now
            self._screen.tick(progress)
            await asyncio.sleep(_SHOW_S)
