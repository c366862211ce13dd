"""Consumers in processes of their own, which say what their work took.

    python -m benchmarks.consumers idle COUNT
    python -m benchmarks.consumers idle-batches COUNT
    python -m benchmarks.consumers worker EVENTS REVISIONS

The deployment is in the environment. `idle` is a Faust agent that is handed one raw value after
the other and does nothing, `idle-batches` one that is handed record batches; they end after COUNT
values. `worker` is offbook's; it ends when it has judged EVENTS events and said REVISIONS
revisions. Each prints the seconds from the first record that it was handed, by the wall clock and
of processor time, as JSON: starting, compiling and joining a group are not in them.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any, Final

import faust
import msgspec

from benchmarks.inputs import default_setup
from benchmarks.turns import Cost
from config.settings import Settings, from_env
from models.pipeline import Setup
from models.stages import IntakeStage
from streams.brokers.clients import faust_options
from streams.record_batches import new_app
from streams.topics import ensure_topics
from streams.warming import warm
from streams.worker import Worker
from tests.streams.running_worker import environment

_PATIENCE_S: Final = 600.0
_POLL_S: Final = 0.005


class _Stopwatch:
    """Runs from the first time it is touched."""

    def __init__(self) -> None:
        self._began: Cost | None = None

    def touch(self) -> None:
        self._began = self._began or Cost(perf_counter(), process_time())

    def read(self) -> Cost:
        assert self._began is not None, "nothing has been consumed"
        return Cost(perf_counter() - self._began.wall, process_time() - self._began.cpu)


def _of_records(settings: Settings, datadir: str, handed_over: Callable[[int], None]) -> faust.App:
    """Faust as it comes."""
    app = faust.App(
        settings.app_id,
        **faust_options(settings),
        datadir=datadir,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
    )

    @app.agent(app.topic(settings.topic_events, value_serializer="raw"))
    async def nothing(stream: Any) -> None:
        async for _ in stream:
            handed_over(1)

    return app


def _of_batches(settings: Settings, _: str, handed_over: Callable[[int], None]) -> faust.App:
    app = new_app(settings)

    @app.agent(app.batch_topic(settings.topic_events))
    async def nothing(stream: Any) -> None:
        async for batch in stream:
            handed_over(len(batch))
            app.done(batch.tp, batch.last_offset)

    return app


async def _idle(make: Callable[..., faust.App], settings: Settings, count: int) -> Cost:
    watch, seen = _Stopwatch(), 0
    finished: asyncio.Future[Cost] = asyncio.get_running_loop().create_future()

    def handed_over(records: int) -> None:
        nonlocal seen
        watch.touch()
        seen += records
        if seen >= count and not finished.done():
            finished.set_result(watch.read())

    # Faust makes folders for tables, which this has none of.
    with tempfile.TemporaryDirectory() as datadir:
        app = make(settings, datadir, handed_over)
        await app.start()
        try:
            return await asyncio.wait_for(finished, _PATIENCE_S)
        finally:
            await app.stop()


async def _worker(settings: Settings, setup: Setup, events: int, revisions: int) -> Cost:
    watch = _Stopwatch()
    take = IntakeStage.take

    def watched(self: IntakeStage, *args: Any) -> Any:
        watch.touch()
        return take(self, *args)

    IntakeStage.take = watched  # type: ignore[method-assign]
    worker = Worker(settings, setup)
    counts = worker.counts
    await worker.app.start()
    try:
        deadline = perf_counter() + _PATIENCE_S
        while (
            sum(counts.kinds.values()) + counts.duplicate < events
            or sum(counts.recommendations.values()) < revisions
        ):
            if worker.app.should_stop or perf_counter() > deadline:
                raise RuntimeError(f"the worker came no further than {counts}")
            await asyncio.sleep(_POLL_S)
        return watch.read()
    finally:
        await worker.app.stop()


def consume(settings: Settings, *what: object) -> Cost:
    """Run one of these consumers to its end, in a process of its own; its topics are made."""
    ensure_topics(settings)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.consumers", *map(str, what)],
        env=environment(settings),
        capture_output=True,
        check=False,
        timeout=2 * _PATIENCE_S,
    )
    if done.returncode:
        raise RuntimeError(f"{what}:\n{done.stderr.decode(errors='replace')[-4000:]}")
    return msgspec.json.decode(done.stdout, type=Cost)


_IDLE: Final = {"idle": _of_records, "idle-batches": _of_batches}


def main() -> None:
    settings = from_env(os.environ)
    kind, *numbers = sys.argv[1:]
    if kind in _IDLE:
        cost = asyncio.run(_idle(_IDLE[kind], settings, int(numbers[0])))
    else:
        setup = default_setup()
        warm(setup)
        cost = asyncio.run(_worker(settings, setup, int(numbers[0]), int(numbers[1])))
    print(msgspec.json.encode(cost).decode())


if __name__ == "__main__":
    main()
