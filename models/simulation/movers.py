"""Honest accounts that look as if they had changed hands: phones, homes, families, VPNs."""

from models.simulation.people import Person, Story
from models.simulation.scenario import DAY, HOUR, MINUTE
from models.simulation.stage import Stage, look_alike
from models.simulation.world import Site


@look_alike("account", weight=2)
def new_phone(stage: Stage) -> None:
    """A broken phone: another device, now and then another number or password."""
    person = stage.honest("account")
    stage.start(_replace_phone(stage, person, "new_phone"), stage.moment(late=0.9))


def _replace_phone(stage: Stage, person: Person, kind: str) -> Story:
    world = stage.world
    person.phone = world.name("d")
    world.login(person)
    world.truth.excuse(person.account, kind)
    for changed, share in (("password", 0.5), ("phone", 0.3), ("email", 0.05)):
        if world.chance(share):
            yield world.pause(40 * MINUTE, 1.6)
            world.credential(person, changed)


@look_alike("account", weight=1.5)
def moved_house(stage: Stage) -> None:
    """Another city, a new number, often a new phone; friendships fade and begin."""
    person = stage.honest("account")
    stage.start(_move(stage, person), stage.moment(late=0.8))


def _move(stage: Stage, person: Person) -> Story:
    world, rng = stage.world, stage.rng
    new = stage.strange_site()
    person.city, person.ip = new.city, new.ip
    world.login(person)
    world.truth.excuse(person.account, "moved_house")
    if world.chance(0.55):
        yield world.pause(3 * DAY, 1.0)
        world.credential(person, "phone")
    if world.chance(0.4):
        yield world.pause(2 * DAY, 1.2)
        person.phone = new.device
        world.login(person)
    if world.chance(0.2):
        world.credential(person, "payment", person.kyc)
    for friend in rng.sample(person.friends, int(len(person.friends) * rng.betavariate(1, 5))):
        yield world.pause(DAY, 1.0)
        world.unfriend(person, friend)
    for _ in range(rng.randint(0, 4)):
        yield world.pause(3 * DAY, 1.0)
        world.befriend(person, world.stranger(person))


@look_alike("account", weight=1)
def stolen_phone(stage: Stage) -> None:
    """A stolen phone: everything is reset at once, and the account recovered."""
    person = stage.honest("account")
    stage.start(_reset(stage, person), stage.moment(late=0.9))


def _reset(stage: Stage, person: Person) -> Story:
    world = stage.world
    if world.chance(0.3):
        world.login(person, stage.strange_site(person.city))
        yield world.some(2 * HOUR)
    person.phone = world.name("d")
    world.recover(person)
    world.truth.excuse(person.account, "stolen_phone")
    for kind, share in (("password", 0.9), ("phone", 0.6), ("payment", 0.4)):
        if world.chance(share):
            yield world.some(20 * MINUTE, 1.2)
            world.credential(person, kind, person.kyc if kind == "payment" else "")
    world.login(person)


@look_alike("account", weight=1.5)
def vpn(stage: Stage) -> None:
    """Logs in from everywhere within minutes, always on the same phone."""
    person = stage.honest("account")
    exits = [stage.strange_site() for _ in range(stage.many(3, 0.5, least=2, most=9))]
    stage.start(_tunnels(stage, person, exits), stage.moment(late=0.5))


def _tunnels(stage: Stage, person: Person, exits: list[Site]) -> Story:
    world = stage.world
    for _ in range(stage.many(8, 0.7, least=2, most=80)):
        out = world.rng.choice(exits)
        world.login(person, Site(person.phone, out.ip, out.city))
        world.truth.excuse(person.account, "vpn")
        yield world.some(50 * MINUTE, 1.0)
        if world.chance(0.6):
            world.login(person)
        yield world.pause(30 * HOUR, 1.0)


@look_alike("account", weight=1.5)
def couple_tablet(stage: Stage) -> None:
    """Phone and tablet by turns, and a partner who looks in too."""
    person = stage.honest("account", fit=lambda p: bool(p.friends))
    partner = stage.rng.choice(person.friends)
    stage.start(_by_turns(stage, person, partner), stage.moment(late=0.5))


def _by_turns(stage: Stage, person: Person, partner: Person) -> Story:
    world = stage.world
    tablet = world.name("d")
    for _ in range(stage.many(9, 0.6, least=3, most=80)):
        device = tablet if world.chance(0.7) else partner.phone
        home = person if world.chance(0.8) else partner
        world.login(person, Site(device, home.ip, home.city))
        world.truth.excuse(person.account, "couple_tablet")
        yield world.pause(9 * HOUR, 0.9)
        world.login(person)
        yield world.pause(14 * HOUR, 0.9)


@look_alike("account", weight=1.5)
def commuter(stage: Stage) -> None:
    """Works in one city and lives in another, with a device in each."""
    person = stage.honest("account")
    office = stage.strange_site()
    stage.start(_commuting(stage, person, office), stage.moment(late=0.4))


def _commuting(stage: Stage, person: Person, office: Site) -> Story:
    world = stage.world
    weekly = world.chance(0.6)
    for _ in range(stage.many(7, 0.5, least=2, most=40)):
        device = office.device if world.chance(0.7) else person.phone
        world.login(person, Site(device, office.ip, office.city))
        world.truth.excuse(person.account, "commuter")
        yield world.on_day(4 if weekly else 0, 19.5)
        yield world.some(HOUR)
        world.login(person)
        yield world.on_day(3 if weekly else 1, 9.5)


@look_alike("account", weight=1.5)
def parent_pays(stage: Stage) -> None:
    """A parent's payment account behind a child's profile, and money for the child."""
    child = stage.honest("account", fit=lambda p: len(p.home) >= 1)
    stage.start(_pocket_money(stage, child, child.home[0]), stage.moment(late=0.7))


def _pocket_money(stage: Stage, child: Person, parent: Person) -> Story:
    world = stage.world
    if world.chance(0.4):
        world.login(child, Site(parent.phone, child.ip, child.city))
        yield world.some(10 * MINUTE)
    world.credential(child, "payment", parent.kyc)
    world.truth.excuse(child.account, "parent_pays")
    for _ in range(stage.many(3, 0.6, most=15)):
        yield world.pause(5 * DAY, 0.8)
        world.pay(parent, child, int(world.rng.lognormvariate(8.6, 0.6)) // 100 * 100 + 100)
        if world.chance(0.5):
            world.gift(child, parent, child.spare(world.now))


@look_alike("account", weight=2)
def leaver(stage: Stage) -> None:
    """Gives most of it away, says goodbye, and is not seen again."""
    person = stage.honest("account", fit=lambda p: len(p.friends) >= 2)
    stage.endow(person, stage.many(4, 0.6, most=30), reserved=False)
    asleep = stage.rng.random() < 0.35
    when = stage.moment(early=0.4, late=0.9)
    if asleep:
        stage.sleep_until(person, when)
    stage.start(_farewell_gifts(stage, person, asleep), when)


def _farewell_gifts(stage: Stage, person: Person, asleep: bool) -> Story:
    world = stage.world
    if asleep and world.chance(0.6):
        person.phone = world.name("d")
    world.login(person)
    dear = [world.friend(person) for _ in range(world.rng.randint(1, 4))]
    while (token := person.spare(world.now)) is not None and world.chance(0.93):
        yield world.some(12 * MINUTE, 1.4)
        if world.gift(person, world.rng.choice(dear), token) is None:
            break
        world.truth.excuse(person.account, "leaver")
    yield world.some(HOUR)
    person.gone = True


@look_alike("account", weight=1.5)
def returner(stage: Stage) -> None:
    """Comes back after a long silence, on another phone, and has a festival to catch up on."""
    person = stage.honest("account", fit=lambda p: len(p.friends) >= 1)
    stage.endow(person, stage.many(3, 0.5), reserved=False)
    when = stage.moment(early=0.4, late=0.9)
    stage.sleep_until(person, when)
    stage.start(_come_back(stage, person), when)


def _come_back(stage: Stage, person: Person) -> Story:
    world = stage.world
    stage.routine.wake(person)
    yield from _replace_phone(stage, person, "returner")
    for _ in range(world.rng.randint(0, 3)):
        yield world.pause(3 * HOUR, 1.3)
        world.gift(person, world.friend(person), person.spare(world.now))
