"""Honest giving and honest collecting: parties, weddings, festivals, clubs, elders."""

from collections.abc import Callable
from datetime import timedelta

from models.simulation.calendar import festival, local_day
from models.simulation.people import Person, Story, Token
from models.simulation.scenario import DAY, HOUR, MINUTE
from models.simulation.stage import Stage, look_alike
from models.simulation.words import AWKWARD
from models.simulation.world import World


def _sociable(least: int) -> Callable[[Person], bool]:
    return lambda person: len(person.friends) >= least


def present(world: World, giver: Person, taker: Person) -> bool:
    """Give whatever may be given; true where something was."""
    return world.gift(giver, taker, giver.spare(world.now)) is not None


@look_alike("collecting", weight=5)
def birthday(stage: Stage) -> None:
    """Friends give something on the same day, some before and some after."""
    child = stage.honest("collecting", fit=_sociable(4))
    _see_to_presents(stage, child)
    stage.start(_party(stage, child, "birthday", 0.7), stage.moment(late=0.9))


@look_alike("collecting", weight=2)
def farewell_present(stage: Stage) -> None:
    """A class or an office says goodbye to a teacher or a colleague."""
    person = stage.honest("collecting", fit=_sociable(6))
    _see_to_presents(stage, person)
    stage.start(_party(stage, person, "farewell_present", 0.85), stage.moment(late=0.9))


def _see_to_presents(stage: Stage, person: Person) -> None:
    """Friends who own nothing would come with empty hands."""
    for friend in person.friends:
        if not friend.tokens:
            stage.endow(friend, 1, reserved=False)


def _party(stage: Stage, person: Person, kind: str, keen: float) -> Story:
    world = stage.world
    for friend in list(person.friends):
        if world.chance(keen):
            world.start(_bring(world, friend, person, kind), world.pause(4 * HOUR, 1.3))
    if world.chance(0.5):
        yield world.pause(5 * HOUR, 0.7)
        for friend in world.rng.sample(person.friends, min(len(person.friends), 3)):
            world.pay(friend, person, world.rng.choice((5_200, 6_600, 8_800, 20_000)), "生日快乐")
            yield world.some(20 * MINUTE, 1.2)


def _bring(world: World, giver: Person, taker: Person, kind: str) -> Story:
    if present(world, giver, taker):
        world.truth.excuse(taker.account, kind)
        if world.chance(0.3):
            yield world.some(30 * MINUTE, 1.3)
            world.message(giver, taker, ("生日快乐", False, False, False))


@look_alike("collecting", weight=3)
def club(stage: Stage) -> None:
    """A club's keeper gathers what members lend to the common exhibition."""
    keeper = stage.honest("collecting", fit=_sociable(5))
    stage.start(_exhibition(stage, keeper), stage.moment(late=0.6))


def _exhibition(stage: Stage, keeper: Person) -> Story:
    world = stage.world
    members = world.rng.sample(keeper.friends, min(len(keeper.friends), stage.many(7, 0.4)))
    shown: list[tuple[Person, Token]] = []
    for member in members:
        token = member.spare(world.now)
        yield world.pause(9 * HOUR, 1.2)
        if world.gift(member, keeper, token) is not None and token is not None:
            shown.append((member, token))
            token.reserved = True
            world.truth.excuse(keeper.account, "club")
    yield world.pause(9 * DAY, 0.6)
    returns = world.chance(0.6)
    for member, token in shown:
        if returns:
            yield world.some(10 * MINUTE, 1.2)
            world.gift(keeper, member, token)


@look_alike("collecting", weight=3)
def family_elder(stage: Stage) -> None:
    """Children and nephews give to a grandparent, who keeps everything."""
    elder = stage.honest("collecting", fit=_sociable(3))
    elder.tokens.clear()
    stage.start(_respects(stage, elder), stage.moment(late=0.4))


def _respects(stage: Stage, elder: Person) -> Story:
    world = stage.world
    relatives = [*elder.home, *elder.friends, world.friend(elder)][: stage.many(6, 0.5, least=2)]
    for _ in range(stage.many(6, 0.6, least=2, most=30)):
        relative = world.rng.choice(relatives)
        if present(world, relative, elder):
            world.truth.excuse(elder.account, "family_elder")
            if world.chance(0.4):
                yield world.some(40 * MINUTE, 1.4)
                world.pay(elder, relative, world.rng.choice((8_800, 10_000, 20_000)), "压岁钱")
        yield world.pause(3 * DAY, 1.1)


@look_alike("giving", weight=3)
def wedding(stage: Stage) -> None:
    """A couple gives favours to its guests, who bring red packets."""
    host = stage.honest("giving", fit=_sociable(5))
    stage.endow(host, stage.many(8, 0.5, least=4, most=60), reserved=False)
    stage.start(_favours(stage, host), stage.moment(late=0.9))


def _favours(stage: Stage, host: Person) -> Story:
    world = stage.world
    for guest in list(host.friends):
        if world.chance(0.7):
            amount = world.rng.choice((20_000, 60_000, 66_600, 88_800))
            world.pay(guest, host, amount, "百年好合")
            yield world.some(15 * MINUTE, 1.3)
        if present(world, host, guest):
            world.truth.excuse(host.account, "wedding")
        yield world.some(6 * MINUTE, 1.5)


@look_alike("giving", weight=4)
def festival_giving(stage: Stage) -> None:
    """Something for everybody on a festival, and red packets both ways."""
    giver = stage.honest("giving", fit=_sociable(3))
    stage.endow(giver, stage.many(6, 0.5, least=2, most=40), reserved=False)
    stage.start(_festive_round(stage, giver), _festive_moment(stage))


def _festive_moment(stage: Stage) -> int:
    """A festival in the run, the greater the likelier; any day where there is none."""
    moment = stage.moment(late=0.9)
    scenario = stage.world.scenario
    days = [local_day(scenario.start_ts) + timedelta(k) for k in range(scenario.days)]
    surges = [(party[1] if (party := festival(day)) else 0.0) for day in days]
    if not any(surges):
        return moment
    day = stage.rng.choices(range(scenario.days), surges)[0]
    return scenario.start_ts + day * DAY + (moment - scenario.start_ts) % DAY


def _festive_round(stage: Stage, giver: Person) -> Story:
    world = stage.world
    for friend in world.rng.sample(giver.friends, min(len(giver.friends), 15)):
        if present(world, giver, friend):
            world.truth.excuse(giver.account, "festival_giving")
        if world.chance(0.5):
            yield world.some(7 * MINUTE, 1.4)
            payer, payee = (friend, giver) if world.chance(0.5) else (giver, friend)
            world.pay(payer, payee, world.rng.choice((880, 1_880, 6_600, 8_800)), "红包")
        yield world.some(14 * MINUTE, 1.4)


@look_alike("giving", weight=3)
def creator_giveaway(stage: Stage) -> None:
    """An artist gives pieces to followers, mostly strangers, after a lottery in the channel."""
    artist = stage.honest("giving")
    prizes = stage.many(12, 0.7, least=4, most=120)
    stage.endow(artist, prizes, reserved=False)
    stage.start(_lottery(stage, artist, prizes), stage.moment(late=0.8))


def _lottery(stage: Stage, artist: Person, prizes: int) -> Story:
    world = stage.world
    world.message(artist, None, ("评论抽奖,送藏品!", False, False, False), "creators")
    yield world.pause(20 * HOUR, 0.6)
    pace = world.some(10 * MINUTE, 1.0)
    for _ in range(prizes):
        follower = world.stranger(artist)
        if world.chance(0.4):
            world.befriend(follower, artist)
            yield world.some(20 * MINUTE, 1.0)
        if present(world, artist, follower):
            world.truth.excuse(artist.account, "creator_giveaway")
        yield world.some(pace, 1.0)


@look_alike("giving", weight=4)
def shared_meal(stage: Stage) -> None:
    """Somebody pays for lunch, gets the money back, and gives a friend a token that day."""
    host = stage.honest("giving", fit=_sociable(2))
    stage.endow(host, stage.many(2, 0.5), reserved=False)
    stage.start(_lunches(stage, host), stage.moment(late=0.7))


def _lunches(stage: Stage, host: Person) -> Story:
    world = stage.world
    for _ in range(stage.many(2, 0.5, most=8)):
        share = int(world.rng.lognormvariate(8.6, 0.5)) // 100 * 100
        guests = world.rng.sample(host.friends, min(len(host.friends), world.rng.randint(1, 4)))
        for guest in guests:
            if world.chance(0.3):
                world.message(host, guest, world.rng.choice(AWKWARD))
            world.pay(guest, host, share, "饭钱" if world.chance(0.5) else "")
            yield world.some(9 * MINUTE, 1.2)
        if guests and present(world, host, guests[0]):
            world.truth.excuse(host.account, "shared_meal")
        yield world.pause(4 * DAY, 0.9)


@look_alike("giving", weight=3)
def release_present(stage: Stage) -> None:
    """Buys at drops for friends, and gives as soon as it may be given."""
    fan = stage.honest("giving", fit=_sociable(2))
    fan.interest = max(fan.interest, 0.5)
    fan.quickness = min(fan.quickness, 1_200.0)

    def give_on(person: Person, token: Token) -> Story:
        world = stage.world
        if world.chance(0.3):
            return
        token.reserved = True
        yield world.until(token.free_at)
        yield world.pause(3 * HOUR, 1.6)
        if world.gift(person, world.friend(person), token) is not None:
            world.truth.excuse(person.account, "release_present")

    fan.on_purchase = give_on


@look_alike("giving", weight=3)
def offline_friend(stage: Stage) -> None:
    """People who met outside become friends here, and give something the same day."""
    person = stage.honest("giving")
    meetings = stage.many(2.5, 0.5, most=10)
    stage.endow(person, meetings, reserved=False)
    stage.start(_meetings(stage, person, meetings), stage.moment(late=0.6))


def _meetings(stage: Stage, person: Person, meetings: int) -> Story:
    world = stage.world
    for _ in range(meetings):
        other = world.stranger(person)
        world.befriend(other, person)
        yield world.pause(4 * HOUR, 1.4)
        if present(world, person, other):
            world.truth.excuse(person.account, "offline_friend")
        if world.chance(0.2):
            yield world.pause(8 * DAY, 1.2)
            world.unfriend(person, other)
        yield world.pause(4 * DAY, 1.0)


@look_alike("giving", weight=2)
def misattributed_listing(stage: Stage) -> None:
    """A fraudster outside offers somebody else's serial, which then is given to a friend."""
    owner = stage.honest("giving", fit=_sociable(1))
    token = stage.endow(owner, 1)[0]
    stage.start(_false_offer(stage, owner, token), stage.moment(late=0.8))


def _false_offer(stage: Stage, owner: Person, token: Token) -> Story:
    world = stage.world
    for _ in range(stage.many(1.5, 0.5, most=5)):
        price = int(world.floor[token.collection] * world.rng.lognormvariate(-0.3, 0.4))
        world.offer(
            "posted",
            price,
            token.collection,
            token=token,
            seller=owner if world.chance(0.4) else None,
            confidence=world.rng.betavariate(8, 1.5),
        )
        world.truth.excuse(owner.account, "misattributed_listing")
        yield world.pause(12 * HOUR, 1.2)
    if world.chance(0.6):
        yield world.pause(DAY, 1.3)
        world.gift(owner, world.friend(owner), token)


@look_alike("giving", weight=3)
def price_question(stage: Stage) -> None:
    """Asks what official things cost, jokes about prices, then gives something away."""
    person = stage.honest("giving", fit=_sociable(1))
    stage.endow(person, 2, reserved=False)
    stage.start(_questions(stage, person), stage.moment(late=0.8))


def _questions(stage: Stage, person: Person) -> Story:
    world = stage.world
    friend = world.friend(person)
    for _ in range(stage.many(3, 0.6, most=15)):
        public = world.chance(0.4)
        world.message(person, None if public else friend, world.rng.choice(AWKWARD))
        world.truth.excuse(person.account, "price_question")
        yield world.pause(8 * HOUR, 1.4)
    if world.chance(0.6):
        world.message(person, friend, ("送你一个,别客气", False, False, False))
        present(world, person, friend)
