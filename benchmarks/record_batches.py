"""Records a second through Faust: an agent of records beside an agent of record batches.

    python benchmarks/record_batches.py [HOST:PORT]

Both do nothing but count. Without an address the embedded broker is used.
"""

import asyncio
import contextlib
import functools
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from typing import Any

import faust
from kafka import KafkaProducer

from config.settings import Settings
from streams.brokers.clients import faust_options
from streams.brokers.embedded import SESSION_TIMEOUT_S, embedded_broker
from streams.record_batches import new_app
from streams.topics import Topic, ensure_topics

PARTITIONS = 4
RECORD = b"x" * 200
PLAIN, BATCHED = 20_000, 400_000


async def records_per_second(
    settings: Settings, count: int, make: Callable[..., faust.App]
) -> float:
    """The rate from the first record handed over to the last, of `count` that are waiting."""
    ensure_topics(settings, [Topic(settings.topic_events, PARTITIONS, True)])
    producer = KafkaProducer(
        bootstrap_servers=list(settings.brokers), linger_ms=20, batch_size=262_144
    )
    for number in range(count):
        producer.send(settings.topic_events, RECORD, partition=number % PARTITIONS)
    producer.close()
    finished: asyncio.Future[float] = asyncio.get_running_loop().create_future()
    seen, began = 0, 0.0

    def handed_over(records: int) -> None:
        nonlocal seen, began
        began = began or time.perf_counter()
        seen += records
        if seen == count:
            finished.set_result(time.perf_counter() - began)

    app = make(settings, handed_over)
    await app.start()
    try:
        return count / await asyncio.wait_for(finished, 300)
    finally:
        await app.stop()


def plain_app(datadir: str, settings: Settings, handed_over: Callable[[int], None]) -> faust.App:
    app = faust.App(
        settings.app_id,
        **faust_options(settings),
        datadir=datadir,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
    )

    @app.agent(app.topic(settings.topic_events, value_serializer="raw"))
    async def count(stream: Any) -> None:
        async for _ in stream:
            handed_over(1)

    return app


def batched_app(settings: Settings, handed_over: Callable[[int], None]) -> faust.App:
    app = new_app(settings)

    @app.agent(app.batch_topic(settings.topic_events))
    async def count(stream: Any) -> None:
        async for batch in stream:
            handed_over(len(batch))
            app.done(batch.tp, batch.last_offset)

    return app


def settings_for(address: str) -> Settings:
    name = uuid.uuid4().hex
    return Settings(
        brokers=tuple(address.split(",")),
        app_id=name,
        topic_events=name,
        session_timeout_s=SESSION_TIMEOUT_S,
    )


def main() -> None:
    with contextlib.ExitStack() as stack:
        if len(sys.argv) > 1:
            address = sys.argv[1]
        else:
            address = stack.enter_context(embedded_broker()).address
        # Faust makes folders for tables, which this has none of.
        datadir = stack.enter_context(tempfile.TemporaryDirectory())
        of_records = functools.partial(plain_app, datadir)
        plain = asyncio.run(records_per_second(settings_for(address), PLAIN, of_records))
        batched = asyncio.run(records_per_second(settings_for(address), BATCHED, batched_app))
    print(f"agent of records        {plain:>10,.0f}/s")
    print(f"agent of record batches {batched:>10,.0f}/s  {batched / plain:.0f} times")


if __name__ == "__main__":
    main()
