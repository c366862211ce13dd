"""The cluster: workers that own partitions, one step at a time, in whatever order."""

import random
from collections.abc import Iterator
from typing import Final

from models.pipeline import Setup
from models.progress import Progress, Save
from models.recommendations import encode
from models.stages import AdjudicateStage, DetectStage, IntakeStage
from streams.checkpoints import CheckpointError
from tests.cluster.broker import TP, Broker, Record
from tests.cluster.store import Store

INTO: Final = ("events", "views", "findings")


class Clock:
    """The platform's time (ms), and how far a worker's clock is off."""

    def __init__(self) -> None:
        self.now = 0

    def time(self) -> float:
        """Seconds, as `time.time` gives them."""
        return self.now / 1000


class Holding:
    """A partition in a worker's hands.

    It does what the worker does with it, in steps between which anything else may happen: `turn`
    is what it is taking and producing, `storing` what it is making durable.
    """

    def __init__(
        self,
        tp: TP,
        progress: Progress[IntakeStage | DetectStage | AdjudicateStage],
        world: "World",
    ) -> None:
        self.tp = tp
        self.progress = progress
        self.world = world
        self.position = progress.stage.last + 1
        self.fetched: list[Record] = []
        self.turn: Iterator[None] | None = None
        self.storing: Iterator[None] | None = None
        self.fenced = False
        self.clock_off = 0

    def step(self) -> bool:
        """Do a little; False where there was nothing to do."""
        chance = self.world.chance
        if self.storing is not None and (self.turn is None or chance.random() < 0.5):
            self.storing = _on(self.storing)
            return True
        if self.turn is None:
            self.turn = self._next()
        if self.turn is None:
            return False
        self.turn = _on(self.turn)
        return True

    def begin_storing(self) -> None:
        """Ask for the state, unless it is in use or being stored."""
        if self.turn is None and self.storing is None:
            self.storing = _on(self._store())

    def begin_claim(self) -> None:
        """Look whether the source has ended, and say so."""
        if self.turn is None and not self.fetched:
            self.turn = _on(self._claim())

    def settle(self) -> None:
        """Finish what is under way and store, as a worker does that is told to let go."""
        while self.turn is not None:
            self.turn = _on(self.turn)
        while self.storing is not None:
            self.storing = _on(self.storing)
        self.begin_storing()
        while self.storing is not None:
            self.storing = _on(self.storing)

    def _next(self) -> Iterator[None] | None:
        most = self.world.chance.randint(1, self.world.fetch)
        if not self.fetched:
            self.fetched = self.world.broker.logs[self.tp].read(self.position, most)
            if not self.fetched:
                return None
            self.position = self.fetched[-1][0] + 1
        return self._take()

    def _take(self) -> Iterator[None]:
        yield
        broker = self.world.broker
        if self.tp[0] != "events" and self.progress.missing(self.fetched[0][0]):
            self.progress = self.world.open(self.tp).progress
            assert not self.progress.missing(self.fetched[0][0])
        with self.progress.turn() as stage:
            if isinstance(stage, IntakeStage):
                batch, self.fetched = self.fetched, []
                sent = stage.take([raw for _, raw in batch], [offset for offset, _ in batch])
                yield from self._send("views", sent.views)
                for position, refusal in sent.refused:
                    yield
                    offset, raw = batch[position]
                    broker.refuse(self.tp[1], offset, raw, refusal)
                return
            offset, raw = self.fetched.pop(0)
            if isinstance(stage, DetectStage):
                records, _ = stage.take(raw, offset)
                yield from self._send("findings", records)
                return
            for one in stage.take(raw, offset):
                yield
                broker.say(encode(one))

    def _claim(self) -> Iterator[None]:
        stage, world = self.progress.stage, self.world
        assert isinstance(stage, IntakeStage)
        clock = world.clock.now + self.clock_off
        if not world.history:
            yield
        if world.broker.logs[self.tp].end > stage.last + 1:
            return
        with self.progress.turn():
            for _ in self._send("views", stage.idle(clock).views):
                if not world.history:
                    yield

    def _send(self, topic: str, values: list[bytes]) -> Iterator[None]:
        order = list(enumerate(values))
        self.world.chance.shuffle(order)
        for partition, value in order:
            yield
            self.world.broker.append((topic, partition), value)

    def _store(self) -> Iterator[None]:
        world = self.world
        for step in self.progress.storing():
            yield
            if isinstance(step, Save):
                try:
                    world.store.save(self.tp, step.offset, step.state)
                except CheckpointError:
                    return
            else:
                world.broker.reach()
                if not self.fenced:
                    world.broker.committed[self.tp] = step.offset


class World:
    """What all workers share."""

    def __init__(
        self,
        setup: Setup,
        partitions: tuple[int, int, int],
        store: Store,
        chance: random.Random,
        *,
        fetch: int,
        history: bool,
    ) -> None:
        self.setup = setup
        self.sizes = dict(zip(INTO, partitions, strict=True))
        self.broker = Broker(self.sizes)
        self.store = store
        self.chance = chance
        self.fetch = fetch
        self.history = history
        self.clock = Clock()

    def open(self, tp: TP) -> Holding:
        """A partition as its newest usable checkpoint left it."""
        stage = self._fresh(tp)
        if self.store.load(tp, stage.restore) is None:
            stage = self._fresh(tp)
        return Holding(tp, Progress(stage), self)

    def _fresh(self, tp: TP) -> IntakeStage | DetectStage | AdjudicateStage:
        (topic, partition), setup, sizes = tp, self.setup, self.sizes
        if topic == "events":
            return IntakeStage(setup.intake(), partition, sizes["views"])
        if topic == "views":
            return DetectStage(setup.detector(sizes["events"]), partition, sizes["findings"])
        return AdjudicateStage(setup.bench(sizes["views"]), partition)


def _on(steps: Iterator[None]) -> Iterator[None] | None:
    """The steps after one more of them; None where that was the last."""
    try:
        next(steps)
    except StopIteration:
        return None
    return steps
