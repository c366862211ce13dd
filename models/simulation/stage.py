"""Casting: which people play which part, and when.

Plays are registered by decorator, the violations by `violation` and the honest ones by
`look_alike`, each under a family of comparable behaviour. The director first casts the
violations, up to the scenario's share of accounts, then as many honest accounts of each
family as the scenario wants beside every violator.
"""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from models.simulation.habits import Routine
from models.simulation.market import Market
from models.simulation.people import Person, Story, Token
from models.simulation.scenario import DAY, HOUR
from models.simulation.truth import Event
from models.simulation.world import Site, World

FAMILIES = ("giving", "collecting", "circulation", "farm", "purchase", "account", "report")
SKILLS = ("naive", "careful", "professional")


class NobodyFitsError(Exception):
    """No uncast person fits a part; the play is left out."""


class Stage:
    """The world as a play sees it while it is being cast."""

    def __init__(self, world: World, market: Market, routine: Routine) -> None:
        self.world = world
        self.market = market
        self.routine = routine
        self.rng = world.rng
        self.budget = round(world.scenario.accounts * world.scenario.violators)
        self.cast: dict[str, Counter[str]] = {"villain": Counter(), "honest": Counter()}
        self._uncast = [p for p in world.people if not p.joined]
        self._newcomers = [p for p in world.people if p.joined]
        self.rng.shuffle(self._uncast)
        self.rng.shuffle(self._newcomers)
        self._buyers: list[Person] = []
        self._sellers: list[Person] = []

    @property
    def left(self) -> int:
        """How many more violators the scenario wants."""
        return self.budget - self.cast["villain"].total()

    def villain(
        self, family: str, *, fresh: bool = False, fit: Callable[[Person], bool] | None = None
    ) -> Person:
        """An uncast person who will break rules; `fresh` ones join during the run."""
        person = self._draw(self._newcomers if fresh else self._uncast, fit)
        self.cast["villain"][family] += 1
        return person

    def honest(
        self, family: str, *, fresh: bool = False, fit: Callable[[Person], bool] | None = None
    ) -> Person:
        """An uncast person who will do nothing wrong."""
        person = self._draw(self._newcomers if fresh else self._uncast, fit)
        self.cast["honest"][family] += 1
        return person

    def buyer(self) -> Person:
        """Somebody who pays for tokens: often one who has done so before."""
        if self._buyers and (self.left <= 0 or self.rng.random() < 0.75):
            return self.rng.choice(self._buyers)
        person = self.villain("collecting")
        self._buyers.append(person)
        return person

    def seller(self, used: list[Person]) -> Person:
        """Somebody, not yet `used`, who sells a few tokens on the side."""
        known = [person for person in self._sellers if person not in used]
        if known and (self.left <= 0 or self.rng.random() < 0.65):
            return self.rng.choice(known)
        if self.left <= 0:
            raise NobodyFitsError
        person = self.villain("giving")
        self.endow(person, self.many(3, 0.5))
        self._sellers.append(person)
        return person

    def sellers(self, wanted: int, least: int = 2) -> list[Person]:
        """As many different sellers as there are, up to `wanted`."""
        found: list[Person] = []
        while len(found) < wanted:
            try:
                found.append(self.seller(found))
            except NobodyFitsError:
                if len(found) < least:
                    raise
                break
        return found

    def _draw(self, pool: list[Person], fit: Callable[[Person], bool] | None) -> Person:
        for position in range(len(pool) - 1, -1, -1):
            if fit is None or fit(pool[position]):
                pool[position], pool[-1] = pool[-1], pool[position]
                return pool.pop()
        raise NobodyFitsError

    def many(self, median: float, sigma: float = 0.6, least: int = 1, most: int = 200) -> int:
        """A log-normal count."""
        count = round(self.rng.lognormvariate(math.log(median), sigma))
        return min(max(count, least), most)

    def skill(self, naive: float = 0.45, careful: float = 0.35) -> str:
        """How good a trader is at not being found."""
        draw = self.rng.random()
        return SKILLS[0] if draw < naive else SKILLS[1] if draw < naive + careful else SKILLS[2]

    def moment(self, early: float = 0.02, late: float = 0.75) -> int:
        """A daytime moment between two shares of the run, in ms."""
        scenario = self.world.scenario
        share = early + self.rng.random() * (late - early)
        day = int(share * scenario.days)
        hour = 1.0 + min(self.rng.betavariate(2.0, 1.6), 0.98) * 14.5  # 09:00 to 23:30 in China
        return scenario.start_ts + day * DAY + int(hour * HOUR)

    def endow(self, person: Person, count: int, *, reserved: bool = True) -> list[Token]:
        """Tokens that somebody has from before the first day."""
        tokens = []
        for _ in range(count):
            token = self.world.new_token(person, self.market.any_collection(), 0)
            token.reserved = reserved
            tokens.append(token)
        return tokens

    def sleep_until(self, person: Person, ts: int) -> None:
        """Weeks or months of silence that last until `ts`, or longer."""
        asleep_since = ts - int(self.rng.lognormvariate(math.log(50), 0.8) * DAY)
        self.world.start_at(
            self._fall_asleep(person), max(asleep_since, self.world.scenario.start_ts - 1)
        )

    def _fall_asleep(self, person: Person) -> Story:
        if self.world.now > self.world.scenario.start_ts:
            self.world.login(person)
        self.routine.silence(person)
        return
        yield

    def strange_site(self, city: str = "") -> Site:
        """A phone and a home that are nobody's on the platform."""
        city = city or f"c{int(self.rng.random() * 60):02d}"
        return Site(self.world.name("d"), self.world.name("ip-h"), city)

    def start(self, story: Story, ts: int) -> None:
        """Let a story begin at a time."""
        self.world.start_at(story, ts)

    def join(self, person: Person, ts: int) -> None:
        """Let a newcomer arrive at another time."""
        self.routine.join(person, ts)


@dataclass(frozen=True, slots=True)
class Play:
    """A kind of story: `least` people are needed, `weight` is how common it is."""

    name: str
    family: str
    weight: float
    least: int
    stage: Callable[[Stage], None]


VIOLATIONS: dict[str, Play] = {}
LOOK_ALIKES: dict[str, Play] = {}

ROLE_FAMILIES = {
    "buyer": "collecting",
    "casual_seller": "giving",
    "fence": "account",
    "brigading_victim": "report",
}
"""What labels may name without a play of that name: the other side of somebody's story."""

_Staging = Callable[[Stage], None]


def violation(family: str, weight: float, least: int = 1) -> Callable[[_Staging], _Staging]:
    """Register a violation under the name of its staging function."""
    return _register(VIOLATIONS, family, weight, least)


def look_alike(family: str, weight: float = 1.0) -> Callable[[_Staging], _Staging]:
    """Register an honest look-alike under the name of its staging function."""
    return _register(LOOK_ALIKES, family, weight, 1)


def _register(
    plays: dict[str, Play], family: str, weight: float, least: int
) -> Callable[[_Staging], _Staging]:
    if family not in FAMILIES:
        raise ValueError(f"unknown family {family!r}")

    def add(stage: _Staging) -> _Staging:
        name = stage.__name__
        if name in plays:
            raise ValueError(f"two plays are called {name!r}")
        plays[name] = Play(name, family, weight, least, stage)
        return stage

    return add


class Scheme:
    """One instance of a violation, as the ledger will name it."""

    def __init__(self, world: World, typology: str, skill: str) -> None:
        self.world = world
        self.typology = typology
        self.skill = skill

    def mark(
        self, event: Event | None, person: Person, violation: str, typology: str = ""
    ) -> Event | None:
        """Count an event against a person, and hand it through."""
        typology = typology or self.typology
        self.world.truth.blame(person.account, violation, typology, self.skill, event)
        return event


def cast_everybody(stage: Stage) -> None:
    """Fill the world with its violators, and their look-alikes."""
    _cast_violations(stage)
    _cast_look_alikes(stage)


def _cast_violations(stage: Stage) -> None:
    plays = list(VIOLATIONS.values())
    stage.rng.shuffle(plays)
    for play in plays:
        if play.least <= stage.left:
            _try(play, stage)
    while plays and stage.left > 0:
        plays = [play for play in plays if play.least <= stage.left]
        if not plays:
            return
        play = stage.rng.choices(plays, [play.weight for play in plays])[0]
        if not _try(play, stage):
            plays.remove(play)


def _cast_look_alikes(stage: Stage) -> None:
    every = list(LOOK_ALIKES.values())
    stage.rng.shuffle(every)
    for play in every:
        _try(play, stage)
    for family in FAMILIES:
        plays = [play for play in every if play.family == family]
        wanted = stage.cast["villain"][family] * stage.world.scenario.look_alikes
        while plays and stage.cast["honest"][family] < wanted:
            play = stage.rng.choices(plays, [play.weight for play in plays])[0]
            if not _try(play, stage):
                plays.remove(play)


def _try(play: Play, stage: Stage) -> bool:
    try:
        play.stage(stage)
    except NobodyFitsError:
        return False
    return True
