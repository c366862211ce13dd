"""Kafka topics: all partitions up to the end, by time, with partition and offset kept."""

import asyncio
from collections.abc import Sequence

import pytest
from aiokafka import AIOKafkaProducer

from config.settings import Settings
from config.source_maps import parse_source_map
from streams.brokers.process import free_port
from streams.sources import RawBatch, SourceError, open_source, topic
from streams.topics import Topic, ensure_topics

T0 = 1_646_092_800_000  # 2022-03-01T00:00Z
Record = tuple[int, int, bytes | None]
"""(partition, timestamp, value)"""


def produced(settings: Settings, records: Sequence[Record], partitions: int) -> str:
    """A new topic with the records, and its address as a source."""
    name = settings.topic_events
    ensure_topics(settings, [Topic(name, partitions, True)])

    async def produce() -> None:
        async with AIOKafkaProducer(bootstrap_servers=list(settings.brokers)) as producer:
            for partition, timestamp, value in records:
                await producer.send(
                    name, value, key=b"k", partition=partition, timestamp_ms=timestamp
                )

    asyncio.run(produce())
    return f"kafka://{name}"


def read(spec: str, settings: Settings, **options: str | int) -> list[RawBatch]:
    with open_source(spec, settings=settings, **options) as source:  # type: ignore[arg-type]
        return list(source)


def values(batches: list[RawBatch]) -> list[bytes]:
    return [value for batch in batches for value in batch.values]


def test_all_records_with_partition_and_offset(broker_settings: Settings) -> None:
    records = [(n % 3, T0 + n, b"%d" % n) for n in range(100)]
    spec = produced(broker_settings, records, partitions=4)
    batches = read(spec, broker_settings, batch_size=7)
    found = {
        (batch.partition, offset): value
        for batch in batches
        for offset, value in zip(batch.offsets, batch.values, strict=True)
    }
    assert found == {(n % 3, n // 3): b"%d" % n for n in range(100)}
    assert {batch.origin for batch in batches} == {broker_settings.topic_events}
    assert all(batch.rows == len(batch.values) <= 7 for batch in batches)


def test_disorder_between_partitions_stays_within_a_round(broker_settings: Settings) -> None:
    # One partition is sparse, so reading each as fast as it goes would run far ahead of it.
    records = [(0, T0 + n, b"%d" % n) for n in range(400)]
    records += [(1, T0 + n, b"%d" % n) for n in range(0, 400, 50)]
    spec = produced(broker_settings, records, partitions=2)
    batches = read(spec, broker_settings, batch_size=10)
    order = [int(value) for value in values(batches)]
    assert sorted(order) == sorted(int(value) for _, _, value in records if value)
    newest = 0
    for n in order:
        assert n > newest - 20
        newest = max(newest, n)


def test_a_span_of_time_holds_record_by_record(broker_settings: Settings) -> None:
    shuffled = [3, 0, 5, 1, 4, 2, 9, 6, 8, 7]
    records = [(n % 2, T0 + n * 1000, b"%d" % n) for n in shuffled]
    spec = produced(broker_settings, records, partitions=2)
    span = {"from_": "2022-03-01T00:00:02", "to": T0 + 7000}
    assert sorted(values(read(spec, broker_settings, **span))) == [b"2", b"3", b"4", b"5", b"6"]
    assert values(read(spec, broker_settings, from_="2022-03-02")) == []
    assert values(read(spec, broker_settings, to="2022-03-01")) == []
    later = read(spec, broker_settings, from_="2022-03-01T08:00:08+08:00")
    assert sorted(values(later)) == [b"8", b"9"]


def test_what_comes_after_the_opening_is_not_read(broker_settings: Settings) -> None:
    spec = produced(broker_settings, [(0, T0, b"before")], partitions=1)
    with open_source(spec, settings=broker_settings) as source:
        produced(broker_settings, [(0, T0, b"after")], partitions=1)
        assert values(list(source)) == [b"before"]


def test_position_and_live_partitions(broker_settings: Settings) -> None:
    records = [(0, T0 + n, b"x") for n in range(30)] + [(2, T0 + n, b"x") for n in range(10)]
    spec = produced(broker_settings, records, partitions=3)
    with open_source(spec, settings=broker_settings, batch_size=5) as source:
        assert (source.total, source.position, source.unit) == (40, 0, "records")
        assert source.live_partitions == {0, 2}
        still_to_come = [(batch.partition, source.live_partitions) for batch in source]
        assert source.position == 40
        assert source.live_partitions == frozenset()
    for number, (_, live) in enumerate(still_to_come):
        assert {partition for partition, _ in still_to_come[number + 1 :]} <= live
    assert {0} in [live for _, live in still_to_come]


def test_a_record_without_a_value_is_there_to_be_refused(broker_settings: Settings) -> None:
    spec = produced(broker_settings, [(0, T0, None), (0, T0, b"1")], partitions=1)
    assert values(read(spec, broker_settings)) == [b"", b"1"]


def test_an_empty_topic(broker_settings: Settings) -> None:
    assert read(produced(broker_settings, [], partitions=2), broker_settings) == []


def test_a_source_map_knows_partition_and_offset(broker_settings: Settings) -> None:
    spec = produced(
        broker_settings, [(1, T0, b'{"u":"x","d":"y"}'), (1, T0, b"oops")], partitions=2
    )
    source_map = parse_source_map(
        '[[event]]\ntype = "login"\nevent_id = "{partition}-{row}"\nts = 5\n'
        'account = "{u}"\ndevice = "{d}"',
        "map.toml",
    )
    with open_source(spec, settings=broker_settings, source_map=source_map) as source:
        [batch] = source
    assert batch.values == [b'{"type":"login","event_id":"1-0","ts":5,"account":"x","device":"y"}']
    assert (batch.partition, batch.offsets, batch.rows) == (1, [0], 2)
    assert [(f.row, f.reason, f.raw) for f in batch.failures] == [(1, "not_json", b"oops")]


def test_a_topic_that_is_not_there_is_not_made(broker_settings: Settings) -> None:
    for _ in range(2):
        with pytest.raises(SourceError, match=r"kafka://nowhere\.at\.all: no such topic on "):
            open_source("kafka://nowhere.at.all", settings=broker_settings)


@pytest.mark.parametrize("name", ["", "a/b", "a b", "x" * 250])
def test_what_is_no_topics_name(name: str) -> None:
    with pytest.raises(SourceError, match="no topic's name; allowed: kafka://TOPIC"):
        open_source(f"kafka://{name}", settings=Settings())


def test_no_broker_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(brokers=(f"127.0.0.1:{free_port()}",))
    monkeypatch.setattr(topic, "CONNECT_S", 0.2)
    answer = rf"kafka://events: no Kafka broker answers at {settings.brokers[0]}"
    with pytest.raises(SourceError, match=answer):
        open_source("kafka://events", settings=settings)
