"""Collections, drops, airdrops, and what the outside world pays for them."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from models.simulation.people import Person, Story
from models.simulation.scenario import DAY, HOUR, MINUTE
from models.simulation.world import World

_PRICES = (990, 1_800, 1_990, 1_990, 2_990, 4_990, 9_900)


@dataclass(slots=True, eq=False)
class Drop:
    """A sale of new tokens: opens at `opens` (ms) with `left` tokens at `price`."""

    name: str
    collection: str
    price: int
    opens: int
    left: int
    appeal: float


class Market:
    """Announces drops, lets people try their luck, and moves the outside prices."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.watchers: list[Callable[[Drop], None]] = []
        """Called with every drop when it is announced, hours before it opens."""
        self.collections: list[str] = []
        self._anchor: dict[str, float] = {}
        self._drops = 0
        for _ in range(8):
            self._new_collection()

    def any_collection(self) -> str:
        """One of the collections, the newer the likelier."""
        newest = len(self.collections) - 1
        back = int(self.world.rng.expovariate(0.35))
        return self.collections[max(newest - back, 0)]

    def announce(self, day_ts: int) -> None:
        """Plan the drops, airdrops and quotes of one day."""
        world, rng = self.world, self.world.rng
        if world.chance(min(0.45 * world.scenario.habits.drops, 1.0)):
            self._plan_drop(day_ts)
        if world.chance(0.08):
            world.start_at(self._airdrop_day(), day_ts + int(4 * HOUR))
        for name in self.collections[-24:]:
            self._move_price(name)
            for _ in range(2):
                world.start_at(self._quote(name), day_ts + int(rng.random() * DAY))

    def _new_collection(self) -> str:
        rng = self.world.rng
        name = f"col{len(self.collections):03d}"
        issue = rng.choice(_PRICES)
        self.collections.append(name)
        self._anchor[name] = issue * rng.lognormvariate(0.9, 0.7)
        self.world.floor[name] = int(self._anchor[name])
        return name

    def _move_price(self, name: str) -> None:
        rng = self.world.rng
        if rng.random() < 0.025:
            self._anchor[name] *= math.exp(rng.gauss(0.25, 0.4))
        self._anchor[name] *= math.exp(rng.gauss(-0.004, 0.03))
        floor = math.log(self.world.floor[name])
        pull = 0.3 * (math.log(self._anchor[name]) - floor)
        self.world.floor[name] = max(int(math.exp(floor + pull + rng.gauss(0.0, 0.06))), 100)

    def _quote(self, name: str) -> Story:
        world = self.world
        seen = int(world.floor[name] * math.exp(world.rng.gauss(0.0, 0.04)))
        world.emit("market_price", collection=name, price=max(seen, 1), site="haiwai")
        return
        yield

    def _airdrop_day(self) -> Story:
        world, rng = self.world, self.world.rng
        collection = self.any_collection()
        for person in rng.sample(world.people, max(len(world.people) // 150, 1)):
            if person.joined <= world.now and not person.gone:
                world.airdrop(person, collection)
            yield 200 + int(rng.random() * 2_000)

    def _plan_drop(self, day_ts: int) -> None:
        world, rng = self.world, self.world.rng
        fresh = rng.random() < 0.6
        collection = self._new_collection() if fresh else rng.choice(self.collections[-6:])
        self._drops += 1
        opens = day_ts + int(rng.choice((2, 4, 6, 11, 12))) * HOUR  # 10:00 to 20:00 in China
        drop = Drop(
            name=f"drop{self._drops:04d}",
            collection=collection,
            price=rng.choice(_PRICES),
            opens=opens,
            left=max(int(len(world.people) * rng.lognormvariate(-2.9, 0.7)), 3),
            appeal=rng.lognormvariate(-0.1, 0.6),
        )
        for watcher in self.watchers:
            watcher(drop)
        world.start_at(self._open(drop), max(opens - MINUTE, world.now))

    def _open(self, drop: Drop) -> Story:
        """Everybody who cares is ready; how fast they are differs by an order of magnitude."""
        world, rng = self.world, self.world.rng
        for person in world.people:
            if rng.random() < person.interest * drop.appeal and not person.gone:
                if person.joined > drop.opens or person.asleep:
                    continue
                latency = max(int(rng.lognormvariate(math.log(person.quickness), 0.5)), 150)
                world.start_at(self.try_drop(person, drop, latency), drop.opens + latency)
        return
        yield

    def try_drop(
        self, person: Person, drop: Drop, latency: int, device: str = "", retries: int | None = None
    ) -> Story:
        """One person's tries; must begin `latency` ms after the opening."""
        world, rng = self.world, self.world.rng
        device = device or person.phone
        tries = 1 + (min(int(rng.expovariate(1.2)), 4) if retries is None else retries)
        for _ in range(tries):
            world.attempt(person, drop.name, latency, device)
            if drop.left > 0:
                drop.left -= 1
                yield 40 + int(rng.expovariate(1 / 180))
                world.purchase(person, drop.collection, drop.price, drop.name, latency, device)
                return
            again = 400 + int(rng.expovariate(1 / 4_000))
            yield again
            latency += again
