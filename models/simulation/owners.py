"""Honest circulation: things that come back, go round, or change accounts of one person."""

from itertools import pairwise

from models.simulation.people import Person, Story, Token
from models.simulation.scenario import DAY, HOUR, MINUTE
from models.simulation.stage import Stage, look_alike


def _has_friend(person: Person) -> bool:
    return bool(person.friends)


@look_alike("circulation", weight=2)
def mistaken_gift(stage: Stage) -> None:
    """Sent to the wrong person, and sent back: by support, or by the honest finder."""
    giver = stage.honest("circulation", fit=_has_friend)
    for token in stage.endow(giver, stage.many(1.4, 0.4, most=4)):
        stage.start(_mistake(stage, giver, token), stage.moment(late=0.9))


def _mistake(stage: Stage, giver: Person, token: Token) -> Story:
    world = stage.world
    finder = world.friend(giver) if world.chance(0.6) else world.stranger(giver)
    event = world.gift(giver, finder, token)
    if event is None:
        return
    world.truth.excuse(giver.account, "mistaken_gift")
    token.reserved = True
    if world.chance(0.4):
        yield world.pause(10 * HOUR, 1.0)
        world.reverse(event, giver, finder, token)
    else:
        yield world.until(token.free_at)
        yield world.pause(6 * HOUR, 1.2)
        world.gift(finder, giver, token)


@look_alike("circulation", weight=2)
def swap_doubles(stage: Stage) -> None:
    """Friends who collect the same series exchange what they have twice."""
    one = stage.honest("circulation", fit=_has_friend)
    other = stage.rng.choice(one.friends)
    pairs = stage.many(2, 0.6, most=10)
    mine, yours = stage.endow(one, pairs), stage.endow(other, pairs)
    when = stage.moment(late=0.6)
    for ours, theirs in zip(mine, yours, strict=True):
        stage.start(_exchange(stage, one, other, ours, theirs), when)
        when += int(stage.rng.expovariate(1 / (5 * DAY)))


def _exchange(stage: Stage, one: Person, other: Person, mine: Token, yours: Token) -> Story:
    world = stage.world
    world.gift(one, other, mine)
    yield world.pause(50 * MINUTE, 1.8)
    if world.gift(other, one, yours) is not None:
        world.truth.excuse(one.account, "swap_doubles")


@look_alike("circulation", weight=1.5)
def charity(stage: Stage) -> None:
    """Donated tokens go through a volunteer to a cause, and on to those it helps."""
    volunteer = stage.honest("circulation", fit=lambda p: len(p.friends) >= 3)
    cause = stage.honest("circulation")
    stage.start(_collection_box(stage, volunteer, cause), stage.moment(late=0.6))


def _collection_box(stage: Stage, volunteer: Person, cause: Person) -> Story:
    world = stage.world
    donors = list(volunteer.friends)[: stage.many(7, 0.5, least=3)]
    for donor in donors:
        token = donor.spare(world.now)
        if world.gift(donor, volunteer, token) is not None and token is not None:
            token.reserved = True
            world.start(_hand_on(stage, (volunteer, cause), token, "charity"))
        yield world.pause(7 * HOUR, 1.1)


def _hand_on(stage: Stage, path: tuple[Person, ...], token: Token, kind: str) -> Story:
    """A token goes along a path of people, each passing it on when they may."""
    world = stage.world
    for giver, taker in pairwise(path):
        yield world.until(token.free_at)
        yield world.pause(9 * HOUR, 1.3)
        if world.gift(giver, taker, token) is None:
            return
        token.reserved = True
        world.truth.excuse(giver.account, kind)
    token.reserved = False


@look_alike("circulation", weight=1.5)
def fan_pass_along(stage: Stage) -> None:
    """Fans send a 'travelling' token round: everybody keeps it a while and passes it on."""
    first = stage.honest("circulation", fit=lambda p: len(p.friends) >= 2)
    path = [first]
    for _ in range(stage.many(5, 0.4, least=3, most=12)):
        near = [f for f in path[-1].friends if f not in path and not f.joined]
        if not near:
            break
        path.append(stage.rng.choice(near))
    token = stage.endow(first, 1)[0]
    stage.start(_hand_on(stage, tuple(path), token, "fan_pass_along"), stage.moment(late=0.4))


@look_alike("circulation", weight=1.5)
def joint_present(stage: Stage) -> None:
    """One friend collects money and tokens from the others, and hands them over together."""
    organiser = stage.honest("circulation", fit=lambda p: len(p.friends) >= 4)
    stage.start(_whip_round(stage, organiser), stage.moment(late=0.8))


def _whip_round(stage: Stage, organiser: Person) -> Story:
    world = stage.world
    lucky = world.friend(organiser)
    others = [friend for friend in organiser.friends if friend is not lucky][:7]
    for friend in others:
        if world.chance(0.5):
            world.pay(friend, organiser, world.rng.choice((2_000, 5_000, 10_000)), "凑份子")
        token = friend.spare(world.now)
        if world.gift(friend, organiser, token) is not None and token is not None:
            token.reserved = True
            world.start(_hand_on(stage, (organiser, lucky), token, "joint_present"))
        yield world.pause(2 * HOUR, 1.0)


@look_alike("circulation", weight=1.5)
def helper(stage: Stage) -> None:
    """A moderator talks to everybody, also to people who then give each other something."""
    moderator = stage.honest("circulation", fit=lambda p: len(p.friends) >= 3)
    stage.start(_help(stage, moderator), stage.moment(late=0.4))


def _help(stage: Stage, moderator: Person) -> Story:
    world = stage.world
    for _ in range(stage.many(12, 0.6, least=3, most=80)):
        asker = world.friend(moderator) if world.chance(0.5) else world.stranger(moderator)
        world.message(asker, moderator, ("怎么转赠给朋友?", False, False, False))
        yield world.some(20 * MINUTE, 1.2)
        friend = world.friend(asker)
        for person in (asker, friend):
            if person is not moderator:
                world.message(moderator, person, ("在藏品页点转赠即可", False, False, False))
        world.truth.excuse(moderator.account, "helper")
        yield world.some(2 * HOUR, 1.2)
        world.gift(asker, friend, asker.spare(world.now))
        yield world.pause(9 * HOUR, 1.0)


@look_alike("circulation", weight=2)
def self_custody(stage: Stage) -> None:
    """Moves the collection to a second account of one's own, on the same phone."""
    person = stage.honest("circulation")
    second = stage.honest("circulation", fresh=True)
    second.kyc, second.phone, second.ip = person.kyc, person.phone, person.ip
    second.city, second.household = person.city, []
    second.acquaintances = [person]
    stage.endow(person, stage.many(5, 0.7, most=60), reserved=False)
    stage.join(second, stage.moment(late=0.7))
    stage.start(_move_over(stage, person, second), second.joined + stage.world.some(5 * HOUR))


def _move_over(stage: Stage, person: Person, second: Person) -> Story:
    world = stage.world
    for token in list(person.tokens):
        if world.chance(0.85) and world.gift(person, second, token) is not None:
            for account in (person.account, second.account):
                world.truth.excuse(account, "self_custody")
        yield world.some(4 * MINUTE, 1.8)


@look_alike("circulation", weight=1)
def support_migration(stage: Stage) -> None:
    """Support moves the tokens of a locked-out person to a new account, hold or no hold."""
    person = stage.honest("circulation")
    person.interest = max(person.interest, 0.4)
    second = stage.honest("circulation", fresh=True)
    second.kyc, second.city, second.ip = person.kyc, person.city, person.ip
    second.household, second.acquaintances = [], []
    stage.join(second, stage.moment(early=0.3, late=0.9))
    stage.endow(person, 2, reserved=False)
    stage.start(_migrate(stage, person, second), second.joined + stage.world.some(9 * HOUR))


def _migrate(stage: Stage, person: Person, second: Person) -> Story:
    world = stage.world
    for token in list(person.tokens):
        if world.gift(person, second, token, early=True) is not None:
            for account in (person.account, second.account):
                world.truth.excuse(account, "support_migration")
        yield 1_000
    person.gone = True


@look_alike("circulation", weight=1.5)
def couple(stage: Stage) -> None:
    """Two people in love give each other the same things again and again."""
    one = stage.honest("circulation", fit=_has_friend)
    other = stage.rng.choice(one.friends)
    keepsake = stage.endow(one, 1)[0]
    stage.start(_to_and_fro(stage, one, other, keepsake), stage.moment(late=0.4))


def _to_and_fro(stage: Stage, one: Person, other: Person, token: Token) -> Story:
    world = stage.world
    giver, taker = one, other
    for _ in range(stage.many(4, 0.5, least=2, most=15)):
        yield world.until(token.free_at)
        yield world.pause(2 * DAY, 1.2)
        if world.gift(giver, taker, token) is None:
            return
        token.reserved = True
        world.truth.excuse(one.account, "couple")
        if world.chance(0.3):
            world.pay(taker, giver, world.rng.choice((520, 1_314, 5_200, 52_000)), "爱你")
        giver, taker = taker, giver


@look_alike("report", weight=2)
def watchful_reporter(stage: Stage) -> None:
    """Reports what looks wrong, in good faith, and is sometimes mistaken."""
    reporter = stage.honest("report")
    stage.start(_watch(stage, reporter), stage.moment(late=0.4))


def _watch(stage: Stage, reporter: Person) -> Story:
    world = stage.world
    guilty = [p for p in world.people if world.truth.is_guilty(p.account)]
    for _ in range(stage.many(3, 0.7, most=25)):
        suspects = guilty if guilty and world.chance(0.6) else world.people
        suspect = world.rng.choice(suspects)
        if suspect is not reporter and suspect.joined <= world.now:
            world.report(suspect, reporter, world.rng.choice(("resale", "spam", "other")))
            world.truth.excuse(reporter.account, "watchful_reporter")
        yield world.pause(3 * DAY, 1.2)


@look_alike("report", weight=1)
def quarrel(stage: Stage) -> None:
    """A falling-out among friends: a few reports that nobody organised."""
    person = stage.honest("report", fit=lambda p: len(p.friends) >= 3)
    stage.start(_fall_out(stage, person), stage.moment(late=0.9))


def _fall_out(stage: Stage, person: Person) -> Story:
    world = stage.world
    for friend in world.rng.sample(person.friends, min(len(person.friends), 3)):
        if world.chance(0.7):
            world.report(person, friend, "abuse")
            world.truth.excuse(person.account, "quarrel")
        world.unfriend(friend, person)
        yield world.pause(16 * HOUR, 1.2)
