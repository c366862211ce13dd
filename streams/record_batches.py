"""Faust agents that are handed whole record batches, and say themselves what is done.

Faust makes two asyncio tasks for each message (`Consumer._drain_messages`), which limits an
agent to some 10,000 messages a second. Here the records that one fetch brought from one
partition travel through Faust as a single message, whose value is a `RecordBatch`.

Positions are committed only as far as an agent has said with `BatchedApp.done`: Faust's own
acknowledgements, which count a message as handled when an agent moves on or fails, have no part
in it. What is behind the last commit is delivered again after a rebalance, a crash or a restart.

How this hooks into Faust, and how to follow an upgrade: `docs/decisions/faust-record-batches.md`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Protocol

import faust
from aiokafka.errors import KafkaError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from faust.types.tuples import ConsumerMessage
from mode.supervisors import CrashingSupervisor

from config.settings import Settings
from streams.brokers.clients import faust_options
from streams.topics import MAX_RECORD_BYTES

# How soon a partition that waits for room in an agent's queue is looked at again.
_ROOM_POLL_S: Final = 0.05

PartitionsHook = Callable[[frozenset[TP]], Awaitable[None]]


class Record(Protocol):
    """What is used of an aiokafka `ConsumerRecord`."""

    offset: int
    key: bytes | None
    value: bytes | None
    timestamp: int
    headers: Sequence[tuple[str, bytes]]


@dataclass(frozen=True)
class RecordBatch:
    """Records of one partition, in the order of their offsets, at least one.

    Offsets may have gaps (compaction, transactions). `highwater` is the partition's end when the
    batch was fetched: the offset that the next record written will have.
    """

    tp: TP
    records: Sequence[Record]
    highwater: int

    @property
    def topic(self) -> str:
        return str(self.tp.topic)

    @property
    def partition(self) -> int:
        return int(self.tp.partition)

    @property
    def first_offset(self) -> int:
        return self.records[0].offset

    @property
    def last_offset(self) -> int:
        return self.records[-1].offset

    @property
    def lag(self) -> int:
        """Offsets between the end of this batch and the end of the partition."""
        return max(0, self.highwater - self.last_offset - 1)

    @cached_property
    def values(self) -> list[bytes | None]:
        """The raw values; None where a record has none (a tombstone)."""
        return [record.value for record in self.records]

    @cached_property
    def keys(self) -> list[bytes | None]:
        """The raw keys."""
        return [record.key for record in self.records]

    @cached_property
    def offsets(self) -> list[int]:
        """The offset of each record."""
        return [record.offset for record in self.records]

    @cached_property
    def timestamps(self) -> list[int]:
        """Kafka's own time of each record, in ms: when it was produced, or appended."""
        return [record.timestamp for record in self.records]

    @cached_property
    def headers(self) -> list[Sequence[tuple[str, bytes]]]:
        """The headers of each record."""
        return [record.headers for record in self.records]

    def __len__(self) -> int:
        return len(self.records)

    def __repr__(self) -> str:
        # Never the values: they may hold what must not reach a log.
        return (
            f"<RecordBatch {self.topic}[{self.partition}] {self.first_offset}-{self.last_offset}>"
        )


class _BatchSchema(faust.Schema):
    """Hands a `RecordBatch` through as it is."""

    def loads_key(self, app: Any, message: Any, **_: Any) -> None:
        return None

    def loads_value(self, app: Any, message: Any, **_: Any) -> Any:
        return message.value


class _ConsumerThread(driver.AIOKafkaConsumerThread):
    """Faust's consumer thread, deaf to records of aborted transactions."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"
        return consumer


class _Consumer(driver.Consumer):
    """Faust's consumer, with whole fetches for messages and positions named by the agents."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # The next offset to read after everything that an agent has said is done.
        self._done: dict[TP, int] = {}
        # The offset of the last record fetched.
        self._fetched: dict[TP, int] = {}
        self._full: set[TP] = set()
        self._room = asyncio.Event()

    def _new_consumer_thread(self) -> _ConsumerThread:
        return _ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    def _is_batched(self, tp: TP) -> bool:
        return tp.topic in self.app.batch_topics

    # -- fetching ---------------------------------------------------------------------------

    async def _getmany(
        self, active_partitions: set[TP] | None, timeout: float
    ) -> Mapping[TP, list[Any]]:
        wanted = (active_partitions or set()) - self._full
        if not self._full:
            fetched = await super()._getmany(active_partitions, timeout)
        else:
            # Waiting for some partitions must not keep those waiting whose queue has room again.
            fetched = await super()._getmany(wanted, 0.0) if wanted else {}
            if not fetched:
                self._room.clear()
                await self.wait_first(self._room.wait(), timeout=min(timeout, _ROOM_POLL_S))
        return {tp: self._fold(TP(*tp), records) for tp, records in fetched.items()}

    def _fold(self, tp: TP, records: list[Any]) -> list[Any]:
        if not self._is_batched(tp):
            return records
        self._fetched[tp] = records[-1].offset
        return [RecordBatch(tp, records, self.highwater(tp))]

    def _to_message(self, tp: TP, record: Any) -> ConsumerMessage:
        if not isinstance(record, RecordBatch):
            return super()._to_message(tp, record)
        message = super()._to_message(tp, record.records[-1])
        message.key, message.value, message.headers = None, record, None
        return message

    def on_buffer_full(self, tp: TP) -> None:
        # Faust's way leaves the fetcher asleep for a second once every partition is full.
        self._full.add(tp)

    def on_buffer_drop(self, tp: TP) -> None:
        self._full.discard(tp)
        self._room.set()

    # -- positions --------------------------------------------------------------------------

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Go where the app says that a partition goes on, else where it was committed."""
        positions = dict(await super().seek_to_committed())
        assigned = self.assignment()
        start_at = {tp: at for tp, at in self.app.start_at.items() if tp in assigned}
        if start_at:
            await self.seek_wait(start_at)
        return {**positions, **start_at}

    async def drained(self, tp: TP, through: int) -> bool:
        """Whether the broker says that it has nothing of `tp` behind offset `through`."""
        if tp not in self.assignment() or self._fetched.get(tp, through) > through:
            return False
        try:
            # It moves on over what is no record, such as the end of a transaction.
            position = await self.position(tp)
            ends = await self.highwaters(tp)
        except KafkaError:
            return False
        return max(through + 1, position or 0) >= ends[tp]

    def done(self, tp: TP, through: int) -> None:
        """Allow the position of `tp` to be committed behind offset `through`."""
        if tp in self.assignment():
            self._done[tp] = max(through + 1, self._done.get(tp, 0))

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        if not self._is_batched(tp):
            await super()._add_gap(tp, offset_from, offset_to)

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        for tp in [*self._acked, *(self._done.keys() - self._acked.keys())]:
            if topics is None or tp in topics or tp.topic in topics:
                yield tp

    def _new_offset(self, tp: TP) -> int | None:
        if not self._is_batched(tp):
            offset: int | None = super()._new_offset(tp)
            return offset
        self._acked[tp].clear()
        self._acked_index[tp].clear()
        return self._done.get(tp)

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        await super().on_partitions_revoked(revoked)
        for tp in revoked:
            self._done.pop(tp, None)
            self._fetched.pop(tp, None)
        self._full.clear()


class _Transport(driver.Transport):
    Consumer = _Consumer


class BatchedApp(faust.App):
    """A Faust app whose `batch_topic` agents receive `RecordBatch`es.

    An exception that leaves an agent stops the app: were the agent started anew, as Faust does by
    default, it would go on behind the batch that failed.

    Args:
        on_assigned: awaited with all partitions of this worker before it is handed a batch of
            them, e.g. to load state.
        on_revoked: awaited with the partitions that leave this worker after its agents have
            finished their batches, e.g. to store state; what it says is `done` is committed.
    """

    def __init__(
        self,
        app_id: str,
        *,
        on_assigned: PartitionsHook | None = None,
        on_revoked: PartitionsHook | None = None,
        **options: Any,
    ) -> None:
        self.batch_topics: set[str] = set()
        # The next offset to read, by partition: what `on_assigned` puts here goes before what
        # was committed, because state knows best what it holds.
        self.start_at: dict[TP, int] = {}
        self._on_assigned = on_assigned
        self._on_revoked = on_revoked
        super().__init__(
            app_id,
            **{"agent_supervisor": CrashingSupervisor, "stream_wait_empty": True, **options},
        )

    def batch_topic(self, *names: str) -> faust.TopicT:
        """A topic for agents (of one name or several) that delivers `RecordBatch`es."""
        self.batch_topics.update(names)
        return self.topic(*names, schema=_BatchSchema(), internal=False)

    async def drained(self, tp: TP, through: int) -> bool:
        """Whether the broker, asked now, has nothing of `tp` behind offset `through`. False where
        the partition has left this worker, or records of it are still on their way to an agent."""
        return bool(await self.consumer.drained(tp, through))

    def done(self, tp: TP, through: int) -> None:
        """Say that every record of `tp` up to and including offset `through` is dealt with.

        Its position is committed within `broker_commit_interval` seconds, or by `commit`. Say it
        only of what survives a crash. A lower offset than before, or a partition that has left
        this worker, changes nothing.
        """
        self.consumer.done(tp, through)

    async def commit(self, topics: Any = None) -> bool:
        """Commit all positions said to be `done`, once what was sent has reached the broker."""
        # Where a commit is under way, Faust waits for that one and does no other.
        return bool(await self.consumer.commit(topics) or await self.consumer.commit(topics))

    def _new_transport(self) -> _Transport:
        return _Transport(self.conf.broker_consumer, self)

    def _create_directories(self) -> None:
        """Make none: there are no tables, and state is not Faust's."""

    async def _on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        await self._call(self._on_assigned, assigned)
        await super()._on_partitions_assigned(assigned, generation_id)

    async def _on_partitions_revoked(self, revoked: set[TP]) -> None:
        await super()._on_partitions_revoked(revoked)
        if self._on_revoked is not None and revoked and not self.should_stop:
            await self._call(self._on_revoked, revoked)
            await self.commit()

    async def _call(self, hook: PartitionsHook | None, partitions: Iterable[TP]) -> None:
        if hook is None or self.should_stop:
            return
        try:
            await hook(frozenset(partitions))
        except Exception as error:  # noqa: BLE001 -- whatever failed, the worker cannot go on
            await self.crash(error)


def new_app(settings: Settings, **options: Any) -> BatchedApp:
    """An app as the settings say; `options` are those of `BatchedApp` and of Faust.

    It makes no topics and no folders, and serves no page unless `web_port` is set.
    Raises config.settings.SettingsError where a certificate cannot be read.
    """
    return BatchedApp(
        settings.app_id,
        **{
            **faust_options(settings),
            "autodiscover": False,
            "broker_max_poll_records": settings.batch_size,
            "key_serializer": "raw",
            "value_serializer": "raw",
            "producer_max_request_size": MAX_RECORD_BYTES,
            "store": "memory://",
            "stream_buffer_maxsize": settings.buffer_batches,
            "topic_allow_declare": False,
            "topic_disable_leader": True,
            "web_enabled": settings.web_port > 0,
            "web_port": settings.web_port or None,
            **options,
        },
    )
