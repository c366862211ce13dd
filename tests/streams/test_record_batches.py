"""Whole record batches through Faust: complete, in order, committed only as far as said."""

import asyncio
import contextlib
import functools
import importlib.metadata
import inspect
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any

import aiokafka
import faust
import pytest
from faust.transport.consumer import Consumer
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from kafka import KafkaProducer

from config.settings import Settings
from streams.record_batches import BatchedApp, RecordBatch, new_app
from streams.topics import Topic, admin_client, ensure_topics

PARTITIONS = 3
PATIENCE_S = 60.0


def asynchronous(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test in an event loop of its own."""

    @functools.wraps(test)
    def run(*args: Any, **options: Any) -> None:
        asyncio.run(test(*args, **options))

    return run


@contextlib.asynccontextmanager
async def running(app: BatchedApp) -> AsyncIterator[BatchedApp]:
    """Run an app beside the test; leaving the block stops it."""
    await app.start()
    try:
        yield app
    finally:
        await app.stop()


async def until(condition: Callable[[], bool]) -> None:
    """Wait until the condition holds; fail if it does not for a minute."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(0.02)


def make(settings: Settings, *names: str, partitions: int = PARTITIONS) -> None:
    ensure_topics(settings, [Topic(name, partitions, True) for name in names])


def produce(settings: Settings, topic: str, numbers: Iterable[int]) -> None:
    """Write each number as text to partition `number % PARTITIONS`."""
    producer = KafkaProducer(bootstrap_servers=list(settings.brokers), linger_ms=5)
    for number in numbers:
        producer.send(topic, b"%d" % number, partition=number % PARTITIONS)
    producer.flush()
    producer.close()


def committed(settings: Settings) -> dict[int, int]:
    """The position that the app's group has committed in each partition of the events topic."""
    with admin_client(settings, PATIENCE_S) as client:
        found = client.list_group_offsets({settings.app_id: None})[settings.app_id]
    return {
        tp.partition: at.offset
        for tp, at in found.items()
        if tp.topic == settings.topic_events and at.offset >= 0
    }


def numbers_of(batch: RecordBatch) -> list[int]:
    return [int(value or b"") for value in batch.values]


class Collector:
    """What the agents of an app were handed, by partition."""

    def __init__(self) -> None:
        self.numbers: dict[int, list[int]] = defaultdict(list)
        self.batches: list[RecordBatch] = []

    def take(self, batch: RecordBatch) -> None:
        self.numbers[batch.partition] += numbers_of(batch)
        self.batches.append(batch)

    def __len__(self) -> int:
        return sum(map(len, self.numbers.values()))


def in_order(count: int) -> dict[int, list[int]]:
    return {partition: list(range(partition, count, PARTITIONS)) for partition in range(PARTITIONS)}


@asynchronous
async def test_every_record_comes_in_order_and_is_committed(
    broker_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    topic, count = broker_settings.topic_events, 50_000
    make(broker_settings, topic)
    produce(broker_settings, topic, range(count))
    app, seen = new_app(broker_settings), Collector()

    @app.agent(app.batch_topic(topic))
    async def collect(stream: Any) -> None:
        async for batch in stream:
            seen.take(batch)
            app.done(batch.tp, batch.last_offset)

    async with running(app):
        await until(lambda: len(seen) >= count)
        await app.commit()
        assert committed(broker_settings) == {0: 16_667, 1: 16_667, 2: 16_666}
        # Faust would keep an interval for each batch, for ever.
        assert not app.consumer._gap
    assert seen.numbers == in_order(count)
    assert max(map(len, seen.batches)) <= broker_settings.batch_size
    assert len(seen.batches) < count / 50
    for batch in seen.batches:
        assert batch.offsets == list(range(batch.first_offset, batch.last_offset + 1))
        assert batch.highwater == len(in_order(count)[batch.partition])
        assert batch.lag == batch.highwater - batch.last_offset - 1
    assert list(tmp_path.iterdir()) == []


@asynchronous
async def test_only_what_is_said_to_be_done_is_committed(broker_settings: Settings) -> None:
    topic = broker_settings.topic_events
    make(broker_settings, topic)
    produce(broker_settings, topic, range(3_000))
    app, seen = new_app(broker_settings, broker_commit_interval=0.1), Collector()

    @app.agent(app.batch_topic(topic))
    async def collect(stream: Any) -> None:
        async for batch in stream:
            seen.take(batch)

    async with running(app):
        await until(lambda: len(seen) >= 3_000)
        await app.commit()
        assert committed(broker_settings) == {}
        app.done(TP(topic, 0), 499)
        app.done(TP(topic, 2), 9)
        app.done(TP(topic, 0), 123)
        await app.commit()
        assert committed(broker_settings) == {0: 500, 2: 10}
        # Nor does a partition of somebody else's change anything.
        app.done(TP(topic, PARTITIONS), 99)
        # Without a call, too, and on the way out.
        app.done(TP(topic, 1), 0)
        await until(lambda: committed(broker_settings).get(1) == 1)
        app.done(TP(topic, 1), 1)
    assert committed(broker_settings) == {0: 500, 1: 2, 2: 10}

    again, rest = new_app(broker_settings), Collector()

    @again.agent(again.batch_topic(topic))
    async def collect_again(stream: Any) -> None:
        async for batch in stream:
            rest.take(batch)

    async with running(again):
        await until(lambda: len(rest) >= 3_000 - 512)
    assert rest.numbers == {
        0: in_order(3_000)[0][500:],
        1: in_order(3_000)[1][2:],
        2: in_order(3_000)[2][10:],
    }


@asynchronous
async def test_an_exception_stops_the_app_and_acknowledges_nothing(
    broker_settings: Settings,
) -> None:
    topic = broker_settings.topic_events
    make(broker_settings, topic)
    produce(broker_settings, topic, range(0, 3_000, PARTITIONS))
    settings = Settings(**{**vars(broker_settings), "batch_size": 100})
    app, seen, at_once = new_app(settings), Collector(), []

    @app.agent(app.batch_topic(topic))
    async def fail_in_the_third(stream: Any) -> None:
        async for batch in stream:
            seen.take(batch)
            if len(seen.batches) == 3:
                raise RuntimeError("the dead letter cannot be written")
            app.done(batch.tp, batch.last_offset)
            at_once.append(await app.commit())

    async with running(app):
        await until(lambda: app.crashed)
    assert isinstance(app.crash_reason, RuntimeError)
    assert len(seen.batches) == 3
    assert at_once == [True, True]
    assert committed(settings) == {0: seen.batches[2].first_offset}


@pytest.mark.parametrize("hook", ["on_assigned", "on_revoked"])
@asynchronous
async def test_state_that_cannot_be_loaded_or_stored_stops_the_app(
    embedded_broker: str, topic_prefix: str, hook: str
) -> None:
    settings = Settings(
        brokers=(embedded_broker,), app_id=f"{topic_prefix}offbook", session_timeout_s=6.0
    )
    topic, seen = f"{topic_prefix}events", Collector()
    make(settings, topic)
    produce(settings, topic, range(30))

    async def fail(partitions: frozenset[TP]) -> None:
        raise OSError("the disk is full")

    def worker(**hooks: Any) -> BatchedApp:
        app = new_app(settings, **hooks)

        @app.agent(app.batch_topic(topic))
        async def collect(stream: Any) -> None:
            async for batch in stream:
                seen.take(batch)

        return app

    async with running(worker(**{hook: fail})) as app:
        if hook == "on_revoked":
            await until(lambda: len(seen) == 30)
            async with running(worker()):
                await until(lambda: app.crashed)
        await until(lambda: app.crashed)
    assert isinstance(app.crash_reason, OSError)
    assert hook == "on_revoked" or len(seen) == 0


@asynchronous
async def test_a_slow_agent_holds_back_the_fetcher(broker_settings: Settings) -> None:
    topic, count = broker_settings.topic_events, 30_000
    make(broker_settings, topic)
    produce(broker_settings, topic, range(count))
    settings = Settings(**{**vars(broker_settings), "batch_size": 200, "buffer_batches": 4})
    app, seen, waiting = new_app(settings), Collector(), []
    batches = app.batch_topic(topic)

    @app.agent(batches)
    async def slow(stream: Any) -> None:
        async for batch in stream:
            waiting.append(stream.channel.queue.qsize())
            # Long enough for the fetcher to fill whatever room there is.
            await asyncio.sleep(0.005)
            seen.take(batch)

    async with running(app):
        await until(lambda: len(seen) >= count)
    assert 0 < max(waiting) <= 4
    assert seen.numbers == in_order(count)


@asynchronous
async def test_a_second_worker_takes_over_what_the_first_has_finished(
    broker_settings: Settings,
) -> None:
    topic, other = broker_settings.topic_events, broker_settings.topic_decisions
    make(broker_settings, topic, other, partitions=4)
    settings = Settings(**{**vars(broker_settings), "batch_size": 50})
    seen: list[tuple[str, int, int, int]] = []
    owned: dict[str, frozenset[TP]] = {}
    revoked: list[frozenset[TP]] = []

    def worker(name: str) -> BatchedApp:
        async def assigned(partitions: frozenset[TP]) -> None:
            owned[name] = partitions

        async def leave(partitions: frozenset[TP]) -> None:
            revoked.append(partitions)

        app = new_app(settings, on_assigned=assigned, on_revoked=leave)

        @app.agent(app.batch_topic(topic, other))
        async def work(stream: Any) -> None:
            async for batch in stream:
                # State must have been loaded before.
                assert batch.tp in owned[name]
                await asyncio.sleep(0.01)
                seen.extend((batch.topic, batch.partition, at, id(app)) for at in batch.offsets)
                app.done(batch.tp, batch.last_offset)

        return app

    async with running(worker("first")) as first:
        await until(lambda: len(owned.get("first", ())) == 8)
        produce(settings, topic, range(6_000))
        await until(lambda: len(seen) > 500)
        async with running(worker("second")):
            await until(lambda: len(owned.get("second", ())) == 4)
            await until(lambda: len(owned["first"]) == 4)
            produce(settings, other, range(600))
            await until(lambda: len({place[:3] for place in seen}) == 6_600)
            # What has gone to the other must not be committed from here when it comes back.
            assert set(first.consumer._done) <= owned["first"]
    # The first let go of all; each then owned the same partitions of both topics.
    assert frozenset(TP(name, p) for name in (topic, other) for p in range(4)) in revoked
    assert not owned["first"] & owned["second"]
    for partitions in owned.values():
        assert {tp.partition for tp in partitions if tp.topic == topic} == {
            tp.partition for tp in partitions if tp.topic == other
        }
    # Every batch begun before was finished, said to be done and committed: nothing came twice.
    assert len(seen) == 6_600
    assert {place[3] for place in seen} != {id(first)}


@pytest.mark.kafka
@asynchronous
async def test_transactions_leave_gaps_and_what_was_aborted_does_not_come(
    apache_kafka: str, topic_prefix: str
) -> None:
    settings = Settings(
        brokers=(apache_kafka,),
        app_id=f"{topic_prefix}offbook",
        topic_events=f"{topic_prefix}events",
        batch_size=7,
    )
    make(settings, settings.topic_events, partitions=1)
    async with aiokafka.AIOKafkaProducer(
        bootstrap_servers=apache_kafka, transactional_id=f"{topic_prefix}platform"
    ) as producer:
        for transaction in range(10):
            await producer.begin_transaction()
            for index in range(5):
                value = b"%d" % (transaction * 5 + index)
                await producer.send_and_wait(settings.topic_events, value, partition=0)
            if transaction % 3 == 2:
                await producer.abort_transaction()
            else:
                await producer.commit_transaction()
    app, seen = new_app(settings), Collector()

    @app.agent(app.batch_topic(settings.topic_events))
    async def collect(stream: Any) -> None:
        async for batch in stream:
            seen.take(batch)
            app.done(batch.tp, batch.last_offset)

    async with running(app):
        await until(lambda: len(seen) >= 35)
        await app.commit()
    kept = [number for number in range(50) if number // 5 % 3 != 2]
    assert seen.numbers == {0: kept}
    # Each transaction ends with a record of its own, which no consumer is given.
    offsets = [offset for batch in seen.batches for offset in batch.offsets]
    assert offsets == [number + number // 5 for number in kept]
    assert committed(settings) == {0: offsets[-1] + 1}


# What streams/record_batches.py overrides or calls of Faust that Faust does not promise to keep:
# on an upgrade, see docs/decisions/faust-record-batches.md.
RELIED_ON: dict[Any, str] = {
    Consumer._add_gap: "(self, tp, offset_from, offset_to)",
    Consumer._drain_messages: "(self, fetcher)",
    Consumer._filter_tps_with_pending_acks: "(self, topics=None)",
    Consumer._new_offset: "(self, tp)",
    Consumer.commit: "(self, topics=None, start_new_transaction=True)",
    Consumer.on_buffer_drop: "(self, tp)",
    Consumer.on_buffer_full: "(self, tp)",
    Consumer.on_partitions_revoked: "(self, revoked)",
    driver.Consumer._getmany: "(self, active_partitions, timeout)",
    driver.Consumer._new_consumer_thread: "(self)",
    driver.Consumer._to_message: "(self, tp, record)",
    driver.Consumer.highwater: "(self, tp)",
    driver.Consumer.seek_to_committed: "(self)",
    driver.Consumer.seek_wait: "(self, partitions)",
    driver.AIOKafkaConsumerThread._create_worker_consumer: "(self, transport)",
    faust.App._create_directories: "(self)",
    faust.App._new_transport: "(self)",
    faust.App._on_partitions_assigned: "(self, assigned, generation_id=0)",
    faust.App._on_partitions_revoked: "(self, revoked)",
    faust.Schema.loads_key: "(self, app, message, *, loads=None, serializer=None)",
    faust.Schema.loads_value: "(self, app, message, *, loads=None, serializer=None)",
}


@pytest.mark.parametrize("function", RELIED_ON, ids=lambda function: function.__qualname__)
def test_faust_still_has_what_record_batches_rely_on(function: Any) -> None:
    signature = inspect.signature(inspect.unwrap(function))
    bare = [p.replace(annotation=inspect.Parameter.empty) for p in signature.parameters.values()]
    assert str(inspect.Signature(bare)) == RELIED_ON[function]


@asynchronous
async def test_the_attributes_that_record_batches_rely_on_are_there() -> None:
    app = new_app(Settings())
    assert isinstance(app.consumer._acked, defaultdict)
    assert isinstance(app.consumer._acked_index, defaultdict)
    assert aiokafka.AIOKafkaConsumer()._isolation_level == "read_uncommitted"


def test_the_version_of_faust_is_the_one_studied() -> None:
    assert importlib.metadata.version("faust-streaming") == "0.15.3"


def test_a_batch_does_not_show_its_values() -> None:
    class Row:
        offset, key, value, timestamp, headers = 5, b"secret", b"secret", 0, ()

    assert repr(RecordBatch(TP("t", 1), [Row()], 9)) == "<RecordBatch t[1] 5-5>"
