"""What happened before the first day: registrations, family ties, friendships, purchases.

A platform that keeps its whole history replays it first; one that starts cold does not. The
facts are the same in either case, only their events are left out.
"""

from models.simulation.calendar import at_local_hour
from models.simulation.people import Person, Story, Token
from models.simulation.scenario import DAY, HOUR
from models.simulation.world import World


def tell_past(world: World) -> None:
    """Put the past of everybody who was there before the first day on the agenda."""
    for person in world.people:
        if person.joined:
            continue
        world.start_at(_registration(world, person), person.since)
        for friend in person.friends:
            if friend.index > person.index:
                both = max(person.since, friend.since) + HOUR
                world.start_at(_friendship(world, person, friend), _between(world, both))
        for token in person.tokens:
            bought = _between(world, person.since + HOUR)
            token.free_at = bought + int(world.scenario.hold_after_purchase * HOUR)
            world.start_at(_acquisition(world, person, token), bought)


def _between(world: World, earliest: int) -> int:
    """A daytime moment from `earliest` to an hour before the first day."""
    latest = world.scenario.start_ts - HOUR
    moment = earliest + int(world.rng.random() * max(latest - earliest, 0))
    day = at_local_hour(moment, 8.0 + 15.0 * world.rng.random())
    return min(max(day, earliest), latest)


def _registration(world: World, person: Person) -> Story:
    world.register(person)
    yield world.some(20_000)
    world.login(person)


def _friendship(world: World, person: Person, friend: Person) -> Story:
    if world.chance(world.scenario.habits.friend_feed):
        world.emit("friend_added", account=person.account, friend=friend.account)
    return
    yield


def _acquisition(world: World, person: Person, token: Token) -> Story:
    what = {
        "account": person.account,
        "token": token.name,
        "collection": token.collection,
    }
    if world.chance(0.1):
        world.emit("airdrop", **what)
    else:
        world.emit("purchase", **what, price=world.rng.choice((990, 1_800, 1_990, 2_990, 4_990)))
    return
    yield


def first_moment(world: World) -> int:
    """Midnight (UTC) of the day on which the oldest account registered, in ms."""
    oldest = min((p.since for p in world.people if not p.joined), default=world.now)
    return oldest - oldest % DAY
