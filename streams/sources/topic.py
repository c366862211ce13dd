"""A Kafka topic, from its records of one instant to those of another."""

from __future__ import annotations

import asyncio
import re
from bisect import bisect_left, bisect_right
from collections.abc import Coroutine, Iterator
from datetime import UTC, datetime
from itertools import accumulate
from operator import attrgetter
from typing import Any, TypeVar

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from kafka.errors import KafkaError as KafkaPythonError

from config.settings import Settings
from streams.brokers.clients import kafka_python_options
from streams.sources.base import RawBatch, Source, SourceError
from streams.topics import TopicError, admin_client

SCHEME = "kafka://"
FETCH_BYTES = 4 << 20
CONNECT_S = 10.0
POLL_MS = 1000
SILENT_POLLS = 30
"""Polls in a row that bring nothing where there is something: then the brokers are gone."""

T = TypeVar("T")
_offset = attrgetter("offset")
_timestamp = attrgetter("timestamp")


def parse_instant(text: str | int, option: str) -> int:
    """Milliseconds since 1970 UTC of an ISO date or date and time, or of such a number itself.

    A time without an offset is UTC.

    Raises:
        SourceError: it is neither; the message names `option`.
    """
    if isinstance(text, int) or text.isdecimal():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SourceError(
            f"{option}: {text!r} is no instant; allowed: 2022-03-01, 2022-03-01T08:00+08:00, "
            f"or milliseconds since 1970"
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)


class TopicSource(Source):
    """A topic up to its end as of the opening; `unit` is records.

    All partitions are read. Records are handed out in rounds: what lies at or before the instant
    that every partition has reached, one batch for each partition. So the disorder between
    partitions stays within a round, which is about `batch_size` records of each. Within a
    partition the order of offsets is kept.

    `from_` (inclusive) and `to` (exclusive) are compared with each record's own timestamp, so
    they hold whatever order the records lie in. Kafka's index of times only saves reading what
    lies before `from_`.
    """

    unit = "records"

    def __init__(
        self, spec: str, settings: Settings, from_: int | None, to: int | None, batch_size: int
    ) -> None:
        """Connect, and note where each partition begins and ends.

        Raises:
            SourceError: no broker answers, the login fails, or there is no such topic.
            config.settings.SettingsError: a certificate or key cannot be read.
        """
        self.name = spec
        self._topic = spec.removeprefix(SCHEME)
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,249}", self._topic):
            raise SourceError(f"{spec}: no topic's name; allowed: {SCHEME}TOPIC")
        self._from = from_
        self._to = to
        self._batch_size = batch_size
        self._brokers = ", ".join(settings.brokers)
        self._fetched: dict[TopicPartition, list[ConsumerRecord]] = {}
        self._consumer: AIOKafkaConsumer | None = None
        options = kafka_python_options(settings)
        self._loop = asyncio.new_event_loop()
        try:
            topic = self._partitions(settings)
            self._next, self._end = self._run(self._locate(topic, options))
        except BaseException:
            self.close()
            raise
        self.total = sum(self._end[tp] - self._next[tp] for tp in self._end)

    def close(self) -> None:
        if self._loop.is_closed():
            return
        if self._consumer is not None:
            self._loop.run_until_complete(self._consumer.stop())
        self._loop.close()

    @property
    def live_partitions(self) -> frozenset[int]:
        return frozenset(tp.partition for tp in self._end if self._unread(tp) or self._fetched[tp])

    def __iter__(self) -> Iterator[RawBatch]:
        while self.live_partitions:
            self._run(self._fill())
            for tp, records in self._round():
                self.position += len(records)
                if wanted := self._within_span(records):
                    # A record without a value goes on as an empty one, for the decoder to refuse.
                    values = [record.value or b"" for record in wanted]
                    offsets = [record.offset for record in wanted]
                    yield RawBatch(values, self._topic, tp.partition, offsets, len(values))
        # Offsets without a record behind them (compaction, transactions) were not counted.
        self.position = self.total or 0

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            return self._loop.run_until_complete(work)
        except KafkaError as error:
            raise SourceError(f"{self.name}: brokers {self._brokers}: {error}") from None

    def _partitions(self, settings: Settings) -> list[TopicPartition]:
        try:
            with admin_client(settings, CONNECT_S) as client:
                [found] = client.describe_topics([self._topic])
        except (TopicError, KafkaPythonError) as error:
            raise SourceError(f"{self.name}: {error}") from None
        if found["error_code"]:
            raise SourceError(f"{self.name}: no such topic on {self._brokers}")
        numbers = sorted(partition["partition_index"] for partition in found["partitions"])
        return [TopicPartition(self._topic, number) for number in numbers]

    async def _locate(
        self, topic: list[TopicPartition], options: dict[str, Any]
    ) -> tuple[dict[TopicPartition, int], dict[TopicPartition, int]]:
        """Connect; the offsets at which to begin, and before which to end."""
        # Without a group: a reading of history leaves no trace on the brokers.
        consumer = self._consumer = AIOKafkaConsumer(
            **options,
            enable_auto_commit=False,
            auto_offset_reset="none",
            max_partition_fetch_bytes=FETCH_BYTES,
        )
        await consumer.start()
        consumer.assign(topic)
        start = await consumer.beginning_offsets(topic)
        end = await self._ends(consumer, start)
        if self._from is not None:
            found = await consumer.offsets_for_times(dict.fromkeys(topic, self._from))
            for tp in topic:
                first = found[tp]
                start[tp] = end[tp] if first is None else max(start[tp], first.offset)
        for tp in topic:
            consumer.seek(tp, start[tp])
            self._fetched[tp] = []
        return start, end

    async def _ends(
        self, consumer: AIOKafkaConsumer, start: dict[TopicPartition, int]
    ) -> dict[TopicPartition, int]:
        """The offset behind the last record of each partition.

        The embedded broker's list of end offsets names the first record of the last batch instead
        of the last; the high watermark that comes with a fetch is right on every broker.
        """
        end = await consumer.end_offsets(list(start))
        filled = [tp for tp in start if start[tp] < end[tp]]
        for tp in start:
            consumer.seek(tp, max(start[tp], end[tp] - 1))
        for tp in filled:
            for _ in range(SILENT_POLLS):
                await consumer.getmany(tp, timeout_ms=POLL_MS, max_records=1)
                if (watermark := consumer.highwater(tp)) is not None:
                    end[tp] = watermark
                    break
            else:
                raise self._silence(tp, end[tp] - 1)
        return end

    def _silence(self, tp: TopicPartition, offset: int) -> SourceError:
        return SourceError(
            f"{self.name}: brokers {self._brokers}: nothing from partition {tp.partition} "
            f"at offset {offset} for {SILENT_POLLS * POLL_MS // 1000} s"
        )

    def _unread(self, tp: TopicPartition) -> bool:
        return self._next[tp] < self._end[tp]

    def _within_span(self, records: list[ConsumerRecord]) -> list[ConsumerRecord]:
        if (first := self._from) is not None:
            records = [record for record in records if record.timestamp >= first]
        if (end := self._to) is not None:
            records = [record for record in records if record.timestamp < end]
        return records

    async def _fill(self) -> None:
        """Fetch until every partition that has unread records has one here."""
        assert self._consumer is not None
        silent = 0
        for tp, end in self._end.items():
            while self._unread(tp) and not self._fetched[tp]:
                fetched = await self._consumer.getmany(
                    tp, timeout_ms=POLL_MS, max_records=self._batch_size
                )
                records = fetched.get(tp, [])
                self._fetched[tp] = records[: bisect_left(records, end, key=_offset)]
                self._next[tp] = await self._consumer.position(tp)
                silent = 0 if records else silent + 1
                if silent == SILENT_POLLS:
                    raise self._silence(tp, self._next[tp])

    def _round(self) -> Iterator[tuple[TopicPartition, list[ConsumerRecord]]]:
        """Take what lies at or before the instant which every partition has reached."""
        waiting = [tp for tp, records in self._fetched.items() if records]
        # A record's timestamp may be older than its predecessor's: the newest so far counts.
        newest = {tp: list(accumulate(map(_timestamp, self._fetched[tp]), max)) for tp in waiting}
        reached = min((newest[tp][-1] for tp in waiting), default=0)
        for tp in waiting:
            cut = bisect_right(newest[tp], reached)
            taken, self._fetched[tp] = self._fetched[tp][:cut], self._fetched[tp][cut:]
            if taken:
                yield tp, taken
