"""Reading topics with keys and headers: to their end, onwards, and when the broker goes."""

import asyncio

import pytest
from aiokafka import AIOKafkaProducer

from config.settings import Settings
from streams import following
from streams.brokers.embedded import embedded_broker as run_embedded_broker
from streams.following import Follower
from streams.sources import SourceError
from streams.topics import Topic, ensure_topics

T0 = 1_646_092_800_000  # 2022-03-01T00:00Z


async def produce(settings: Settings, first: int, last: int) -> None:
    """Records numbered so, in turn to three partitions."""
    async with AIOKafkaProducer(bootstrap_servers=list(settings.brokers)) as producer:
        for n in range(first, last):
            await producer.send_and_wait(
                settings.topic_events,
                b"%d" % n,
                key=b"k%d" % n,
                partition=n % 3,
                headers=[("number", b"%d" % n)],
                timestamp_ms=T0 + n,
            )


def test_to_the_end_with_keys_and_headers(broker_settings: Settings) -> None:
    # A fourth partition stays empty, and must not be waited for.
    ensure_topics(broker_settings, [Topic(broker_settings.topic_events, 4, True)])

    async def read(from_ms: int | None) -> list[tuple[bytes, bytes, bytes]]:
        async with Follower(
            broker_settings, broker_settings.topic_events, from_ms=from_ms
        ) as follower:
            return [
                (record.key, record.value, dict(record.headers)["number"])
                async for records in follower.to_end()
                for record in records
            ]

    assert asyncio.run(read(None)) == []
    asyncio.run(produce(broker_settings, 0, 20))
    expected = [(b"k%d" % n, b"%d" % n, b"%d" % n) for n in range(20)]
    assert sorted(asyncio.run(read(None))) == sorted(expected)
    assert sorted(asyncio.run(read(T0 + 15))) == sorted(expected[15:])
    assert asyncio.run(read(T0 + 20)) == []


def test_an_end_is_where_it_was_when_reading_began(embedded_broker: str, topic_prefix: str) -> None:
    settings = Settings(brokers=(embedded_broker,), topic_events=f"{topic_prefix}events")
    ensure_topics(settings, [Topic(settings.topic_events, 3, True)])

    async def read() -> int:
        await produce(settings, 0, 9)
        polls = 0
        async with Follower(settings, settings.topic_events) as follower:
            async for _ in follower.to_end():
                polls += 1
                # For ever more, if the end were where the topic ends now.
                await produce(settings, 9 * polls, 9 * (polls + 1))
        return polls

    assert asyncio.run(asyncio.wait_for(read(), 60)) < 20


def test_brokers_that_have_gone_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "_QUIET_S", 0.5)
    with run_embedded_broker() as broker:
        settings = Settings(brokers=(broker.address,))
        ensure_topics(settings, [Topic(settings.topic_events, 1, True)])

        async def read() -> None:
            async with Follower(settings, settings.topic_events) as follower:
                async for _ in follower.follow():
                    if broker.process.poll() is None:
                        broker.stop()

        with pytest.raises(SourceError) as gone:
            asyncio.run(asyncio.wait_for(read(), 60))
    assert str(gone.value).startswith(f"topic platform.events: brokers {broker.address}: ")
