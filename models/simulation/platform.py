"""Runs a scenario: day by day, in event-time order."""

from collections.abc import Iterator

from models.simulation import accounts, farms, friends, movers, owners, rings, sellers
from models.simulation.habits import Routine
from models.simulation.market import Market
from models.simulation.past import first_moment, tell_past
from models.simulation.people import Person, Story
from models.simulation.scenario import DAY, HOUR, Scenario
from models.simulation.stage import LOOK_ALIKES, ROLE_FAMILIES, VIOLATIONS, Stage, cast_everybody
from models.simulation.truth import Event, Label, Truth
from models.simulation.world import World

STORIES = (accounts, farms, friends, movers, owners, rings, sellers)
"""The modules whose plays are registered."""

_BATCH = 4_096


class Simulation:
    """One run of a scenario: read `batches` to the end, then `labels`."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._truth: Truth | None = None

    def batches(self) -> Iterator[list[Event]]:
        """Events in order of (ts, event_id), in lists of some thousands.

        Every call runs the scenario anew, to the same end.
        """
        world = World(self.scenario)
        routine = Routine(world)
        market = Market(world)
        _prepare(world, market)
        cast_everybody(Stage(world, market, routine))
        for person in world.people:
            if person.joined:
                world.start_at(_arrive(world, person), person.joined)
        if not self.scenario.cold_start:
            tell_past(world)
            for day_ts in range(first_moment(world), self.scenario.start_ts, DAY):
                world.run_until(day_ts + DAY - 1)
                if len(world.out) >= _BATCH:
                    yield world.out
                    world.out = []
        world.run_until(self.scenario.start_ts - 1)
        for day in range(self.scenario.days):
            day_ts = self.scenario.start_ts + day * DAY
            market.announce(day_ts)
            for ts, act, index in routine.day(day_ts):
                world.run_until(ts)
                routine.perform(act, index)
                if len(world.out) >= _BATCH:
                    yield world.out
                    world.out = []
            world.run_until(day_ts + DAY - 1)
        if world.out:
            yield world.out
        self._truth = world.truth

    def events(self) -> Iterator[Event]:
        """The events one by one."""
        for batch in self.batches():
            yield from batch

    def labels(self) -> list[Label]:
        """What really happened, in the form of the contract.

        Violations also carry `skill` (naive, careful, professional) and `event_ids`. Raises
        RuntimeError before the events have been read to the end.
        """
        if self._truth is None:
            raise RuntimeError("labels are known once all events have been generated")
        return self._truth.labels()


def families() -> dict[str, str]:
    """The family of every typology and of every benign kind that labels may name."""
    named = {play.name: play.family for play in (*VIOLATIONS.values(), *LOOK_ALIKES.values())}
    return named | ROLE_FAMILIES


def _prepare(world: World, market: Market) -> None:
    """What people own, and the family ties that are declared early or late."""
    rng = world.rng
    for person in world.people:
        if not person.joined:
            for _ in range(min(int(rng.lognormvariate(0.6, 1.0)), 60)):
                world.new_token(person, market.any_collection(), 0)
        for other in person.household:
            if other.index > person.index and rng.random() < 0.6:
                _plan_declaration(world, person, other)


def _plan_declaration(world: World, person: Person, other: Person) -> None:
    """Most families declare themselves before the first day, the rest some time later."""
    begin, rng = world.scenario.start_ts, world.rng
    if rng.random() < 0.25 or world.scenario.cold_start:
        begin += int(rng.random() * world.scenario.days * DAY)
    else:
        both = max(person.since, other.since) + HOUR
        begin = both + int(rng.random() * max(begin - both, 0))
    world.start_at(_declare(world, person, other), begin)


def _declare(world: World, person: Person, other: Person) -> Story:
    at_home = other in person.household and person in other.household
    if at_home and max(person.since, other.since) <= world.now:
        world.declare(person, other)
    return
    yield


def _arrive(world: World, person: Person) -> Story:
    world.register(person)
    yield world.some(20_000)
    world.login(person)
    for other in person.acquaintances:
        yield world.pause(9 * HOUR, 1.5)
        if other.joined <= world.now:
            world.befriend(person, other)
        else:
            other.acquaintances.append(person)
