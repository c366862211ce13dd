"""A broker in memory: partitions are lists, groups own partitions and commit positions."""

from dataclasses import dataclass, field

from models.events import Refusal

TP = tuple[str, int]
Record = tuple[int, bytes]


class BrokerDownError(Exception):
    """The broker cannot be reached."""


class Log:
    """One partition: records by offset, the oldest of which may have been deleted."""

    def __init__(self) -> None:
        self._records: list[bytes] = []
        self._start = 0

    @property
    def end(self) -> int:
        """The offset that the next record gets."""
        return len(self._records)

    def append(self, value: bytes) -> None:
        """Add a record."""
        self._records.append(value)

    def read(self, offset: int, most: int) -> list[Record]:
        """Records from an offset on, or from the oldest one that is left."""
        first = max(offset, self._start)
        return list(enumerate(self._records[first : first + most], first))

    def everything(self) -> list[bytes]:
        """All that was ever appended."""
        return self._records

    def prune(self, before: int) -> None:
        """Delete records, as a short retention does."""
        self._start = max(self._start, before)


@dataclass
class Broker:
    """The topics `events`, `views` and `findings`, what went out, and the group's positions."""

    partitions: dict[str, int]
    down: bool = False
    said: list[bytes] = field(default_factory=list)
    letters: set[tuple[int, int, bytes, Refusal]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.logs: dict[TP, Log] = {
            (topic, partition): Log()
            for topic, number in self.partitions.items()
            for partition in range(number)
        }
        self.committed: dict[TP, int] = {}

    def append(self, tp: TP, value: bytes) -> None:
        """A record of an internal topic. Raises BrokerDownError."""
        self.reach()
        self.logs[tp].append(value)

    def say(self, value: bytes) -> None:
        """A recommendation. Raises BrokerDownError."""
        self.reach()
        self.said.append(value)

    def refuse(self, partition: int, offset: int, raw: bytes, refusal: Refusal) -> None:
        """A dead letter. Raises BrokerDownError."""
        self.reach()
        self.letters.add((partition, offset, raw, refusal))

    def reach(self) -> None:
        """Raises BrokerDownError where there is nobody."""
        if self.down:
            raise BrokerDownError
