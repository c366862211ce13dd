"""One schedule: a platform, a layout and faults, all drawn from one seed; and what it came to."""

import random
from dataclasses import dataclass
from typing import Final

from models.events import Refusal, decode_all
from models.recommendations import decode
from tests.cluster.broker import TP, BrokerDownError
from tests.cluster.cluster import Holding, World
from tests.cluster.delivery import LATENESS_MS, arrivals
from tests.cluster.platforms import PLATFORMS, platform
from tests.cluster.reference import SETUP, Reference, wall_clock
from tests.cluster.store import CrashError, Store

# Partitions of events, views and findings.
LAYOUTS: Final = ((1, 1, 1), (2, 1, 2), (1, 2, 2), (2, 2, 1), (3, 1, 1), (3, 2, 2), (2, 3, 3))
DAY: Final = 86_400_000
YEARS: Final = 3_650 * DAY


class DisagreementError(AssertionError):
    """A schedule did not end in the bytes of the undisturbed run."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a seed decides before anything happens.

    `history`: the events lie years before the workers' clocks, as when a past is poured into a
    topic; else the clocks show the platform's time, and are off by at most `ahead_ms` (or any
    time behind). `prunes`: the broker deletes what is behind the committed positions; then
    nothing happens to a checkpoint that is durable, because nothing could make up for it.
    """

    number: int
    layout: tuple[int, int, int]
    fetch: int
    keep: int
    history: bool
    ahead_ms: int
    prunes: bool
    faults: float
    storing: float

    @classmethod
    def drawn(cls, chance: random.Random) -> "Plan":
        """A plan by chance."""
        return cls(
            number=chance.randrange(PLATFORMS),
            layout=chance.choice(LAYOUTS),
            fetch=chance.choice((12, 30, 60)),
            keep=chance.choice((1, 2, 3)),
            history=chance.random() < 0.3,
            ahead_ms=chance.choice((0, LATENESS_MS // 2)),
            prunes=chance.random() < 0.4,
            faults=chance.choice((0.02, 0.04, 0.08)),
            storing=chance.choice((0.02, 0.05, 0.2)),
        )


class Schedule:
    """Runs one seed, whose end must be what `reference` says of its platform."""

    def __init__(self, seed: int, reference: Reference) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        self.plan = Plan.drawn(self.chance)
        self.wanted = reference[self.plan.number]
        plan = self.plan
        disorder = LATENESS_MS - plan.ahead_ms
        self.coming = arrivals(platform(plan.number), plan.layout[0], disorder, self.chance)
        self.coming.reverse()
        self.store = Store(f"schedule {seed}", plan.keep)
        self.world = World(
            SETUP, plan.layout, self.store, self.chance, fetch=plan.fetch, history=plan.history
        )
        self.newest = 0
        # Some partitions are slower than others.
        self.pace = {tp: self.chance.choice((1, 1, 0.15)) for tp in self.world.broker.logs}
        # Who holds what: partitions by worker. A partition that nobody holds is opened in time.
        self.workers: list[dict[TP, Holding]] = [{} for _ in range(self.chance.randint(1, 3))]
        self.zombies: list[tuple[Holding, int]] = []
        self.happened: list[str] = []

    def run(self) -> None:
        """Everything, to the end. Raises DisagreementError."""
        try:
            with wall_clock(self.world.clock.time):
                idle_steps = self.chance.randint(0, 60)
                while self.coming or idle_steps > 0:
                    idle_steps -= not self.coming
                    self._something()
                self._heal()
                for _ in range(4):
                    self._drain()
                    self.world.clock.now += YEARS
                    for holding in self._held():
                        if holding.tp[0] == "events":
                            holding.begin_claim()
                self._drain()
            self._compare()
        except DisagreementError:
            raise
        except Exception as error:
            raise DisagreementError(self._told(f"{type(error).__name__}: {error}")) from error
        finally:
            self.store.close()

    # -- what happens -----------------------------------------------------------------------

    def _something(self) -> None:
        chance, plan = self.chance, self.plan
        if chance.random() < plan.faults:
            self._fault()
        if chance.random() < 0.1:
            self.world.broker.down = self.store.full = False
        if plan.prunes and chance.random() < 0.1:
            self._prune()
        if chance.random() < 0.05:
            self._arrive(chance.randint(1, plan.fetch))
        self._own()
        candidates = [*self._held(), *(holding for holding, _ in self.zombies)]
        paces = [self.pace[each.tp] for each in candidates]
        holding = chance.choices(candidates, paces)[0]
        try:
            self._step(holding)
        except (CrashError, BrokerDownError) as error:
            self._lose(holding, orderly=isinstance(error, BrokerDownError))
        self.zombies = [(each, left - (each is holding)) for each, left in self.zombies if left > 0]

    def _step(self, holding: Holding) -> None:
        chance = self.chance
        if chance.random() < self.plan.storing:
            holding.begin_storing()
        if holding.tp[0] == "events" and chance.random() < 0.25 and self._may_claim():
            holding.begin_claim()
        holding.step()

    def _may_claim(self) -> bool:
        """A past that is poured in is silent only where nothing older is still to come."""
        return not self.plan.history or not self.coming or self.coming[-1].rest_from >= self.newest

    def _arrive(self, number: int) -> None:
        clock = self.world.clock
        for _ in range(min(number, len(self.coming))):
            arrival = self.coming.pop()
            self.world.broker.logs["events", arrival.source].append(arrival.value)
            clock.now = max(clock.now, arrival.at)
            self.newest = max(self.newest, arrival.ts or 0)
        if self.coming and self.chance.random() < 0.5:
            clock.now = self.chance.randint(clock.now, max(clock.now, self.coming[-1].at - 1))

    def _own(self) -> None:
        """Open what nobody holds."""
        held = {holding.tp for holding in self._held()}
        for tp in self.world.broker.logs:
            if tp not in held and self.chance.random() < 0.3:
                self._open(tp)
        if not self._held():
            self._open(self.chance.choice(list(self.world.broker.logs)))

    def _open(self, tp: TP) -> None:
        holding = self.world.open(tp)
        if self.plan.history:
            holding.clock_off = YEARS
        else:
            holding.clock_off = self.chance.choice((0, self.plan.ahead_ms, -60_000, -DAY))
        self.chance.choice(self.workers)[tp] = holding

    def _held(self) -> list[Holding]:
        return [holding for worker in self.workers for holding in worker.values()]

    # -- faults -----------------------------------------------------------------------------

    def _fault(self) -> None:
        chance, plan = self.chance, self.plan
        kinds = ["crash", "crash", "restart", "rebalance", "rebalance", "down", "full", "torn"]
        kinds += ["clock"] if plan.prunes else ["clock", "hurt", "cut", "cut"]
        kind = chance.choice(kinds)
        self.happened.append(kind)
        match kind:
            case "crash":
                chance.choice(self.workers).clear()
            case "restart":
                self._leave(chance.choice(self.workers), orderly=True)
            case "rebalance":
                self._rebalance()
            case "down":
                self.world.broker.down = True
            case "full":
                self.store.full = True
            case "torn":
                self.store.tears = True
            case "clock":
                for holding in self._held():
                    if not plan.history:
                        holding.clock_off = chance.choice((plan.ahead_ms, -chance.randrange(DAY)))
            case "hurt":
                self.store.hurt(chance)
            case "cut":
                # The power fails: what was just written is damaged, and its writer gone.
                tp = chance.choice(list(self.world.broker.logs))
                self.store.hurt(chance, tp)
                for worker in self.workers:
                    if tp in worker:
                        worker.clear()

    def _prune(self) -> None:
        """The broker deletes what is behind the committed positions."""
        for tp, offset in self.world.broker.committed.items():
            self.world.broker.logs[tp].prune(offset + 1)

    def _rebalance(self) -> None:
        """Some partitions move. Who had them lets go, or does not know and goes on."""
        for worker in self.workers:
            for tp in [tp for tp in worker if self.chance.random() < 0.5]:
                holding = worker.pop(tp)
                if self.chance.random() < 0.5:
                    holding.fenced = True
                    self.zombies.append((holding, self.chance.randint(1, 40)))
                else:
                    _settle(holding)

    def _lose(self, holding: Holding, *, orderly: bool) -> None:
        """The worker that holds this is gone; or a zombie is."""
        self.zombies = [(each, left) for each, left in self.zombies if each is not holding]
        for worker in self.workers:
            if holding in worker.values():
                holding.turn = holding.storing = None
                self._leave(worker, orderly=orderly)

    def _leave(self, worker: dict[TP, Holding], *, orderly: bool) -> None:
        for holding in worker.values():
            if orderly:
                _settle(holding)
        worker.clear()

    # -- the end ----------------------------------------------------------------------------

    def _heal(self) -> None:
        self.world.broker.down = self.store.full = self.store.tears = False
        self.zombies.clear()
        held = {holding.tp for holding in self._held()}
        for tp in self.world.broker.logs:
            if tp not in held:
                self._open(tp)

    def _drain(self) -> None:
        while True:
            moved = [holding.step() for holding in self._held()]
            if not any(moved):
                return

    def _compare(self) -> None:
        broker = self.world.broker
        said = list(dict.fromkeys(broker.said))
        if _by_id(said) != _by_id(self.wanted):
            raise DisagreementError(self._difference(set(said), set(self.wanted)))
        if broker.letters != self._refused():
            raise DisagreementError(self._told("the dead letters are not what was refused"))

    def _refused(self) -> set[tuple[int, int, bytes, Refusal]]:
        time, letters = SETUP.policy.time, set()
        for source in range(self.plan.layout[0]):
            values = self.world.broker.logs["events", source].everything()
            _, refused = decode_all(values, (time.accepted_from, time.accepted_to))
            letters |= {(source, at, values[at], refusal) for at, refusal in refused}
        return letters

    def _difference(self, said: set[bytes], wanted: set[bytes]) -> str:
        lines = []
        for title, records in (("missing", wanted - said), ("not in the replay", said - wanted)):
            lines += [f"{title}: {_brief(record)}" for record in sorted(records)[:5]]
        return self._told("\n".join(lines or ["in another order"]))

    def _told(self, what: str) -> str:
        return (
            f"seed {self.seed}: {self.plan}\nfaults: {' '.join(self.happened)}\n{what}\n"
            f"again: python -m tests.cluster --schedules 1 --seed {self.seed}"
        )


def _settle(holding: Holding) -> None:
    try:
        holding.settle()
    except (CrashError, BrokerDownError):
        holding.turn = holding.storing = None


def _by_id(said: list[bytes]) -> dict[str, list[bytes]]:
    """The records of each recommendation in the order in which they first appeared."""
    found: dict[str, list[bytes]] = {}
    for record in said:
        found.setdefault(decode(record).recommendation_id, []).append(record)
    return found


def _brief(record: bytes) -> str:
    one = decode(record)
    return (
        f"{one.recommendation_id} {one.revision} {one.status} {one.account} {one.violation}"
        f" {one.penalty.level} at {one.decided_at}"
    )
