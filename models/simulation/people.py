"""The people of a platform: homes, phones, friends, temper and what they own."""

import random
from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from models.simulation.scenario import DAY, HOUR, Scenario

Story = Iterator[int]
"""A course of action: yields the pauses between its steps, in ms."""


@dataclass(slots=True, eq=False)
class Token:
    """A collectible; `free_at` (ms) is when its present hold ends."""

    name: str
    collection: str
    free_at: int
    reserved: bool = False


@dataclass(slots=True, eq=False)
class Person:
    """One account and, unless it changes hands, the person behind it."""

    index: int
    account: str
    kyc: str
    city: str
    ip: str
    phone: str
    circle: int
    born: int  # day of the year
    rate: float  # sessions a day
    lateness: float  # hours behind the usual daily rhythm
    interest: float  # chance to try a drop of usual appeal
    quickness: float  # median ms from the opening of a drop to the first try
    since: int  # ms; when the account was registered
    joined: int  # the same, or 0 for those who were there before the first day
    friends: list["Person"] = field(default_factory=list)
    household: list["Person"] = field(default_factory=list)
    acquaintances: list["Person"] = field(default_factory=list)  # friends to be, once both are in
    tokens: list[Token] = field(default_factory=list)
    on_purchase: Callable[["Person", Token], Story] | None = None
    asleep: bool = False
    gone: bool = False

    @property
    def home(self) -> list["Person"]:
        """The members of the household who were there before the first day."""
        return [other for other in self.household if not other.joined]

    def spare(self, now: int) -> Token | None:
        """A token that may be given at `now` and is not kept for something."""
        for token in self.tokens:
            if token.free_at <= now and not token.reserved:
                return token
        return None


_CITIES = 60


def _cities(rng: random.Random) -> Iterator[int]:
    """Cities drawn with a few large ones and a long tail."""
    weights = list(accumulate(1.0 / (rank + 2) for rank in range(_CITIES)))
    while True:
        yield bisect(weights, rng.random() * weights[-1])


def make_people(scenario: Scenario, rng: random.Random) -> list[Person]:
    """As many people as the scenario has accounts, with homes, circles and friends."""
    people: list[Person] = []
    cities = _cities(rng)
    homes: dict[int, list[list[Person]]] = {}
    while len(people) < scenario.accounts:
        city = next(cities)
        size = 1 if rng.random() < 0.6 else min(2 + int(rng.expovariate(0.9)), 6)
        size = min(size, scenario.accounts - len(people))
        home = [_person(scenario, rng, len(people) + k, city, len(people)) for k in range(size)]
        for person in home:
            person.household = [other for other in home if other is not person]
        people += home
        homes.setdefault(city, []).append(home)
    _draw_circles(homes, rng)
    _befriend(people, rng)
    return people


def _person(scenario: Scenario, rng: random.Random, index: int, city: int, home: int) -> Person:
    newcomer = rng.random() < 0.15
    span = scenario.end_ts - scenario.start_ts
    joined = scenario.start_ts + int(rng.random() * span) if newcomer else 0
    day = scenario.start_ts - (2 + int(rng.random() * 500)) * DAY
    since = joined or day + int((0.5 + rng.betavariate(2.0, 1.6) * 15.0) * HOUR)
    return Person(
        index=index,
        account=f"u{index:07d}",
        kyc=f"k{index:07d}",
        city=f"c{city:02d}",
        ip=f"ip-h{home:07d}",
        phone=f"d{index:07d}",
        circle=0,
        born=1 + int(rng.random() * 365),
        rate=min(rng.lognormvariate(-0.75, 0.9), 8.0) * scenario.habits.sessions,
        lateness=rng.gauss(0.0, 1.2),
        interest=min(rng.lognormvariate(-2.9, 1.1), 0.9),
        quickness=rng.lognormvariate(7.6, 0.7),
        since=since,
        joined=joined,
    )


def _draw_circles(homes: dict[int, list[list[Person]]], rng: random.Random) -> None:
    """Schools, offices and fan clubs: people of one city, household by household."""
    circle = 0
    for city in sorted(homes):
        left = 0
        for home in homes[city]:
            if left <= 0:
                circle += 1
                left = max(4, int(rng.lognormvariate(3.1, 0.6)))
            for person in home:
                person.circle = circle
            left -= len(home)


def _befriend(people: list[Person], rng: random.Random) -> None:
    circles: dict[int, list[Person]] = {}
    for person in people:
        circles.setdefault(person.circle, []).append(person)
    for person in people:
        for other in person.household:
            _acquaint(person, other)
        wanted = min(int(rng.lognormvariate(1.2, 0.8)), 40)
        circle = circles[person.circle]
        for _ in range(wanted):
            other = rng.choice(circle if rng.random() < 0.75 else people)
            if other is not person:
                _acquaint(person, other)


def _acquaint(one: Person, other: Person) -> None:
    if one.joined or other.joined:
        later = one if one.joined >= other.joined else other
        later.acquaintances.append(other if later is one else one)
    elif other not in one.friends:
        link(one, other)


def link(one: Person, other: Person) -> None:
    """Make two people friends."""
    one.friends.append(other)
    other.friends.append(one)


def unlink(one: Person, other: Person) -> None:
    """End a friendship."""
    one.friends.remove(other)
    other.friends.remove(one)
