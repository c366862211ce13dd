"""The records of topics as they are, with keys and headers: to their end, or for ever."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaConnectionError, KafkaError
from kafka.errors import KafkaError as KafkaPythonError

from config.settings import Settings
from streams.brokers.clients import kafka_python_options
from streams.sources import SourceError
from streams.topics import TopicError, admin_client

_POLL_MS: Final = 250
_CONNECT_S: Final = 10.0
# A broker that says nothing for so long is asked whether it is there.
_QUIET_S: Final = 10.0


class Follower:
    """Reads all partitions of some topics, in a group of nobody's: it leaves no trace.

    Order is that of offsets within a partition; what one poll brings is sorted by time.
    """

    def __init__(self, settings: Settings, *topics: str, from_ms: int | None = None) -> None:
        """Read `topics` from their beginning, or from the first record at `from_ms` or later."""
        self._settings = settings
        self._topics = topics
        self._from = from_ms
        self._brokers = ", ".join(settings.brokers)
        self._consumer = AIOKafkaConsumer(
            **kafka_python_options(settings),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        self._partitions: list[TopicPartition] = []

    async def __aenter__(self) -> Self:
        """Connect. Raises SourceError, naming topic and brokers, where there are none."""
        # What aiokafka would write of a broker that is not there, the error says.
        logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
        try:
            await asyncio.wait_for(self._connect(), _CONNECT_S)
        except BaseException as error:
            await self._stop()
            if isinstance(error, KafkaError | KafkaPythonError | TopicError | TimeoutError):
                raise self._gone(error) from None
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._stop()

    async def _stop(self) -> None:
        # aiokafka cancels its own fetches, and lets that through where a broker has gone.
        with suppress(KafkaError, asyncio.CancelledError):
            await self._consumer.stop()

    async def _connect(self) -> None:
        consumer = self._consumer
        await consumer.start()
        self._partitions = await asyncio.to_thread(self._found)
        consumer.assign(self._partitions)
        if self._from is None:
            await consumer.seek_to_beginning()
            return
        found = await consumer.offsets_for_times(dict.fromkeys(self._partitions, self._from))
        for tp, first in found.items():
            if first is None:
                await consumer.seek_to_end(tp)
            else:
                consumer.seek(tp, first.offset)

    def _found(self) -> list[TopicPartition]:
        with admin_client(self._settings, _CONNECT_S) as client:
            described = client.describe_topics(list(self._topics))
        for topic in described:
            if topic["error_code"]:
                raise SourceError(f"topic {topic['name']}: no such topic on {self._brokers}")
        return sorted(
            TopicPartition(topic["name"], partition["partition_index"])
            for topic in described
            for partition in topic["partitions"]
        )

    async def follow(self) -> AsyncIterator[list[ConsumerRecord]]:
        """Records as they come, without end; an empty list where a moment brings none.

        Raises:
            SourceError: the brokers have gone.
        """
        loop = asyncio.get_running_loop()
        heard = loop.time()
        while True:
            records = await self._poll()
            if records:
                heard = loop.time()
            elif loop.time() - heard > _QUIET_S:
                await self._ask()
                heard = loop.time()
            yield records

    async def to_end(self) -> AsyncIterator[list[ConsumerRecord]]:
        """Records up to where each partition ended when it was first read.

        Raises:
            SourceError: the brokers have gone.
        """
        ends: dict[TopicPartition, int] = {}
        left = set(self._partitions)
        async for records in self.follow():
            for tp in sorted(left):
                # The mark that comes with a fetch: a list of end offsets may be older.
                mark = self._consumer.highwater(tp)
                if mark is not None:
                    end = ends.setdefault(tp, mark)
                    if await self._consumer.position(tp) >= end:
                        left.discard(tp)
            yield [
                record
                for record in records
                if record.offset < ends[TopicPartition(record.topic, record.partition)]
            ]
            if not left:
                return

    async def _poll(self) -> list[ConsumerRecord]:
        try:
            found = await self._consumer.getmany(timeout_ms=_POLL_MS)
        except KafkaError as error:
            raise self._gone(error) from None
        records = [record for some in found.values() for record in some]
        wanted = (one for one in records if self._from is None or one.timestamp >= self._from)
        return sorted(wanted, key=lambda one: (one.timestamp, one.partition, one.offset))

    async def _ask(self) -> None:
        try:
            await asyncio.wait_for(self._consumer.topics(), _QUIET_S)
        except (KafkaError, TimeoutError) as error:
            raise self._gone(error) from None

    def _gone(self, error: BaseException) -> SourceError:
        silent = isinstance(error, KafkaConnectionError | TimeoutError)
        why = "none answers; is OFFBOOK_BROKERS right?" if silent else str(error)
        return SourceError(f"topic {', '.join(self._topics)}: brokers {self._brokers}: {why}")
