"""Many accounts in one hand, machines at the drop, and the crowds that resemble them."""

from collections.abc import Callable

from models.simulation.market import Drop
from models.simulation.people import Person, Story, Token
from models.simulation.scenario import DAY, HOUR, MINUTE
from models.simulation.stage import Scheme, Stage, look_alike, violation
from models.simulation.trade import draw_style, sell
from models.simulation.world import Site


@violation("farm", weight=1, least=4)
def drop_farm(stage: Stage) -> None:
    """Straw accounts buy at drops, and pass everything on to one hub."""
    skill = stage.skill(naive=0.35, careful=0.35)
    scheme = Scheme(stage.world, "drop_farm", skill)
    hub = stage.villain("farm")
    size = stage.many(5, 0.5, least=2, most=max(stage.left, 2))
    phones = {"naive": 1, "careful": max(size // 3, 1), "professional": size}[skill]
    devices = [stage.strange_site(hub.city) for _ in range(phones)]
    begin = stage.moment(late=0.3)
    straws = []
    for number in range(size):
        straw = stage.villain("farm", fresh=True)
        at = devices[number % phones]
        straw.phone, straw.ip = at.device, at.ip
        straw.household = []
        straw.acquaintances = [hub] if stage.rng.random() < 0.7 else []
        stage.join(straw, begin + int(stage.rng.expovariate(1 / (8 * HOUR))))
        straw.interest = 0.5 + 0.4 * stage.rng.random()
        straw.quickness = stage.rng.lognormvariate(6.6, 0.5)
        straw.rate *= 0.4
        straws.append(straw)
    patience = {"naive": 3 * HOUR, "careful": 20 * HOUR, "professional": 3 * DAY}[skill]
    style = draw_style(stage, skill)
    buyers = [stage.buyer() for _ in range(stage.many(1.5, 0.5))]

    def pass_on(straw: Person, token: Token) -> Story:
        world = stage.world
        token.reserved = True
        yield world.until(token.free_at)
        yield world.pause(patience, 1.0)
        event = world.gift(straw, hub, token)
        scheme.mark(event, straw, "V401")
        scheme.mark(event, hub, "V401")
        if event is not None and world.chance(0.5):
            token.reserved = True
            buyer = world.rng.choice(buyers)
            world.start(sell(scheme, hub, buyer, token, style), world.some(HOUR))

    def welcome(straw: Person) -> Story:
        """What the platform hands to new accounts is harvested too."""
        yield from pass_on(straw, stage.world.airdrop(straw, stage.market.any_collection()))

    for straw in straws:
        straw.on_purchase = pass_on
        for _ in range(stage.many(1.0, 0.5, least=0, most=3)):
            stage.start(welcome(straw), straw.joined + stage.world.some(2 * DAY))


@violation("farm", weight=1, least=4)
def device_hopper(stage: Stage) -> None:
    """One phone logs into account after account, to gather what each is given."""
    skill = stage.skill(naive=0.5, careful=0.35)
    scheme = Scheme(stage.world, "device_hopper", skill)
    size = stage.many(6, 0.4, least=3, most=max(stage.left, 3))
    accounts = [stage.villain("farm") for _ in range(size)]
    home = stage.strange_site(accounts[0].city)
    for account in accounts:
        account.phone, account.ip, account.city = home.device, home.ip, home.city
        account.rate *= 0.3
    rounds = stage.many(6, 0.6, least=2, most=30)
    stage.start(_hopping(scheme, accounts, home, rounds), stage.moment(late=0.4))


def _hopping(scheme: Scheme, accounts: list[Person], home: Site, rounds: int) -> Story:
    world = scheme.world
    hub = accounts[0]
    gap = {"naive": MINUTE, "careful": 40 * MINUTE, "professional": 5 * HOUR}[scheme.skill]
    for _ in range(rounds):
        for account in accounts:
            scheme.mark(world.login(account, home), account, "V401")
            yield world.some(gap, 1.0)
            if account is not hub and world.chance(0.3):
                event = world.gift(account, hub, account.spare(world.now), at=home)
                scheme.mark(event, account, "V401")
                scheme.mark(event, hub, "V401")
        yield world.on_day(world.rng.randint(1, 4), 9 + 12 * world.rng.random())


_REACTION = {"naive": (45.0, 0.25), "careful": (190.0, 0.3), "professional": (420.0, 0.35)}
"""Median ms and spread of a script's reaction; good ones pretend to be people."""


@violation("purchase", weight=3)
def drop_sniper(stage: Stage) -> None:
    """A script buys at the opening of drops, sometimes for several accounts."""
    skill = stage.skill(naive=0.5, careful=0.3)
    scheme = Scheme(stage.world, "drop_sniper", skill)
    most = max(min(stage.left + 1, 9), 1)
    accounts = [stage.villain("purchase") for _ in range(stage.many(1.6, 0.7, most=most))]
    shared = skill != "professional" and stage.rng.random() < 0.7
    zeal = 0.4 + 0.6 * stage.rng.random()
    active_from = stage.moment(late=0.4)
    for account in accounts:
        account.interest = 0.0

    def watch(drop: Drop) -> None:
        if drop.opens < active_from or not stage.world.chance(zeal):
            return
        for account in accounts:
            device = accounts[0].phone if shared else account.phone
            stage.start(_script(stage, scheme, account, drop, device), drop.opens)

    stage.market.watchers.append(watch)


def _script(stage: Stage, scheme: Scheme, person: Person, drop: Drop, device: str) -> Story:
    world = stage.world
    median, sigma = _REACTION[scheme.skill]
    latency = max(world.some(median, sigma), 5)
    yield latency
    scheme.mark(world.attempt(person, drop.name, latency, device), person, "V400")
    if drop.left > 0:
        drop.left -= 1
        yield 15 + world.some(30, 0.4)
        _, event = world.purchase(person, drop.collection, drop.price, drop.name, latency, device)
        scheme.mark(event, person, "V400")


@look_alike("farm", weight=2)
def household_device(stage: Stage) -> None:
    """A family shares one phone or tablet, and its gifts go round in the family."""
    head = stage.honest("farm", fit=lambda p: len(p.home) >= 1)
    members = [head, *head.home]
    for member in members:
        member.phone = head.phone
    stage.start(_family_evenings(stage, members), stage.moment(late=0.4))


def _family_evenings(stage: Stage, members: list[Person]) -> Story:
    world = stage.world
    for _ in range(stage.many(6, 0.6, most=40)):
        for member in members:
            world.login(member)
            world.truth.excuse(member.account, "household_device")
            yield world.some(9 * MINUTE, 1.0)
        giver, taker = world.rng.sample(members, 2)
        world.gift(giver, taker, giver.spare(world.now))
        yield world.on_day(world.rng.randint(1, 6), 20.0)


@look_alike("farm", weight=2)
def family_drop(stage: Stage) -> None:
    """A family tries its luck at a drop for the one member who collects."""
    collector = stage.honest("farm", fit=lambda p: len(p.home) >= 1)
    collector.interest = max(collector.interest, 0.5)

    def hand_over(person: Person, token: Token) -> Story:
        world = stage.world
        token.reserved = True
        yield world.until(token.free_at)
        yield world.pause(15 * HOUR, 1.1)
        if world.gift(person, collector, token) is not None:
            for account in (person.account, collector.account):
                world.truth.excuse(account, "family_drop")

    for member in collector.home:
        member.interest = max(member.interest, 0.4)
        member.on_purchase = hand_over
        if stage.rng.random() < 0.4:
            member.phone = collector.phone
        old = stage.endow(member, 1)[0]
        stage.start(hand_over(member, old), stage.moment(late=0.6))


@look_alike("farm", weight=1.5)
def campus_network(stage: Stage) -> None:
    """A dormitory behind one address buys, chats and gives among its own."""
    first = stage.honest("farm", fit=lambda p: len(p.friends) >= 4)
    students = [first, *stage.rng.sample(first.friends, min(len(first.friends), 12))]
    address = stage.world.name("ip-h")
    for student in students:
        student.ip = address
        student.interest = max(student.interest, 0.25)
    stage.start(_term(stage, students), stage.moment(late=0.4))


def _term(stage: Stage, students: list[Person]) -> Story:
    world = stage.world
    for _ in range(stage.many(8, 0.5, most=40)):
        for student in world.rng.sample(students, max(len(students) * 2 // 3, 2)):
            world.login(student, Site(student.phone, student.ip, students[0].city))
            yield world.some(4 * MINUTE, 1.0)
        giver, taker = world.rng.sample(students, 2)
        if world.gift(giver, taker, giver.spare(world.now)) is not None:
            world.truth.excuse(giver.account, "campus_network")
        yield world.on_day(world.rng.randint(1, 5), 21.0)


@look_alike("farm", weight=2)
def shop_tablet(stage: Stage) -> None:
    """Customers try the platform on a shop's tablet, or have a phone repaired there."""
    owner = stage.honest("farm")
    tablet = stage.strange_site(owner.city)
    visits = stage.many(9, 0.6, least=3, most=60)
    guests = [stage.honest("farm") for _ in range(min(visits, 6))]
    stage.start(_shop_days(stage, owner, guests, tablet, visits), stage.moment(late=0.6))


def _shop_days(
    stage: Stage, owner: Person, guests: list[Person], tablet: Site, visits: int
) -> Story:
    world = stage.world
    for visit in range(visits):
        guest = guests[visit % len(guests)]
        world.login(guest, tablet)
        for account in (owner.account, guest.account):
            world.truth.excuse(account, "shop_tablet")
        yield world.pause(70 * MINUTE, 0.9)
        if world.chance(0.2):
            world.login(owner, tablet)


@look_alike("purchase", weight=2)
def quick_clicker(stage: Stage) -> None:
    """Practised fans who are at the drop within a few tenths of a second."""
    fan = stage.honest("purchase")
    fan.quickness = stage.rng.lognormvariate(5.9, 0.25)
    fan.interest = max(fan.interest, 0.6)
    fan.on_purchase = _excuse_purchase(stage, "quick_clicker")


@look_alike("purchase", weight=1)
def drop_party(stage: Stage) -> None:
    """Friends meet for a drop and count down together, on one network."""
    host = stage.honest("purchase", fit=lambda p: len(p.friends) >= 3)
    guests = [host, *stage.rng.sample(host.friends, min(len(host.friends), 6))]
    for guest in guests:
        guest.ip = host.ip
        guest.quickness = stage.rng.lognormvariate(6.3, 0.2)
        guest.interest = max(guest.interest, 0.5)
    host.on_purchase = _excuse_purchase(stage, "drop_party")


def _excuse_purchase(stage: Stage, kind: str) -> Callable[[Person, Token], Story]:
    def note(person: Person, token: Token) -> Story:
        stage.world.truth.excuse(person.account, kind)
        return iter(())

    return note
