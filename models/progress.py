"""The order in which a worker does things for a partition: produce, then checkpoint, then commit.

Pure: it says what is to be done, and the worker, or the simulated cluster of the tests, does it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from models.stages import AdjudicateStage, DetectStage, IntakeStage

S = TypeVar("S", bound=IntakeStage | DetectStage | AdjudicateStage)


@dataclass(frozen=True, slots=True)
class Save:
    """Make durable: this is the state when everything up to `offset` had been taken."""

    offset: int
    state: bytes


@dataclass(frozen=True, slots=True)
class Commit:
    """Everything up to `offset` is behind a durable checkpoint."""

    offset: int


class Progress(Generic[S]):
    """A partition's stage, and whether what it has said is out.

    `owes` is true while it is not; `stored` is the offset of the last durable checkpoint.
    """

    def __init__(self, stage: S) -> None:
        self.stage: S = stage
        self.owes = False
        self.stored = stage.last

    @contextmanager
    def turn(self) -> Iterator[S]:
        """A block in which the stage takes something and all that it says is produced.

        A block that fails leaves a stage that is ahead of its output. It is neither stored nor
        given another turn (RuntimeError): the partition is to be opened anew and read again.
        """
        if self.owes:
            raise RuntimeError("what this partition has taken was not produced: open it anew")
        self.owes = True
        yield self.stage
        self.owes = False

    def missing(self, offset: int) -> int:
        """How many records lie between what was taken and a record at `offset`.

        On a topic of our own there are none, unless the broker deleted them: the worker was away
        for so long that another one took them, and its state goes on, or they are lost.
        """
        return max(0, offset - self.stage.last - 1)

    def storing(self) -> Iterator[Save | Commit]:
        """The steps that store what has changed, each to be done before the next is asked for."""
        last = self.stage.last
        if self.owes or last == self.stored:
            return
        yield Save(last, self.stage.snapshot())
        self.stored = last
        yield Commit(last)
