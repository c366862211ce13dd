"""Accounts that change hands: sold, let, taken back, taken over."""

from models.simulation.people import Person, Story
from models.simulation.scenario import DAY, HOUR, MINUTE
from models.simulation.stage import Scheme, Stage, violation
from models.simulation.trade import draw_style, sell
from models.simulation.world import Site

_STAGING = {"naive": 25 * MINUTE, "careful": 14 * HOUR, "professional": 2.4 * DAY}
"""Median pause between the steps of a handover."""


@violation("account", weight=5, least=2)
def account_sale(stage: Stage) -> None:
    """An account is sold; a new owner moves in, at once or over weeks."""
    sold = stage.villain("account")
    buyer = stage.villain("account")
    scheme = Scheme(stage.world, "account_sale", stage.skill(naive=0.4, careful=0.35))
    stage.start(_transfer(stage, scheme, sold, buyer), stage.moment(late=0.6))


def _transfer(stage: Stage, scheme: Scheme, sold: Person, buyer: Person) -> Story:
    world = stage.world
    if world.chance({"naive": 0.7, "careful": 0.35, "professional": 0.1}[scheme.skill]):
        price = int(world.rng.lognormvariate(10.6, 0.8))
        paid = world.pay(buyer, sold, price)
        scheme.mark(paid, sold, "V200")
        scheme.mark(paid, buyer, "V201")
        yield world.pause(2 * HOUR, 1.0)
    yield from _move_in(scheme, sold, _owner_site(stage, buyer))
    world.rng.shuffle(buyer.friends)
    for friend in buyer.friends[: world.rng.randint(0, 3)]:
        scheme.mark(world.befriend(sold, friend), sold, "V200")
        yield world.pause(DAY, 1.0)
    for token in [t for t in sold.tokens if t.free_at <= world.now][: world.rng.randint(0, 4)]:
        event = world.gift(sold, buyer, token)
        scheme.mark(event, sold, "V200")
        scheme.mark(event, buyer, "V201")
        yield world.pause(10 * HOUR, 1.2)


def _owner_site(stage: Stage, owner: Person) -> Site:
    """A buyer uses the phone of their own account, or, if wiser, another one."""
    if stage.rng.random() < 0.5:
        return Site(owner.phone, owner.ip, owner.city)
    return stage.strange_site(owner.city)


def _move_in(scheme: Scheme, sold: Person, at: Site) -> Story:
    """New phone, password, number, payment account, friends: not always all of them."""
    world, step = scheme.world, _STAGING[scheme.skill]
    holder = world.name("k")
    scheme.mark(world.login(sold, at), sold, "V200")
    sold.phone, sold.ip, sold.city = at.device, at.ip, at.city
    steps = [kind for kind in ("password", "phone", "payment", "email") if world.chance(0.75)]
    world.rng.shuffle(steps)
    for kind in steps:
        yield world.pause(step, 0.9)
        event = world.credential(sold, kind, holder if kind == "payment" else "", at)
        scheme.mark(event, sold, "V200")
    for friend in world.rng.sample(sold.friends, int(len(sold.friends) * world.rng.random())):
        yield world.some(max(step / 8, MINUTE), 1.0)
        scheme.mark(world.unfriend(sold, friend), sold, "V200")
    yield world.pause(step, 0.9)
    scheme.mark(world.login(sold, at), sold, "V200")


@violation("account", weight=2)
def recall_dispute(stage: Stage) -> None:
    """A sold account is taken back by the verified owner, who keeps the money."""
    sold = stage.villain("account")
    scheme = Scheme(stage.world, "recall_dispute", stage.skill(naive=0.6, careful=0.3))
    stage.start(_recall(stage, scheme, sold), stage.moment(late=0.45))


def _recall(stage: Stage, scheme: Scheme, sold: Person) -> Story:
    world = stage.world
    old = Site(sold.phone, sold.ip, sold.city)
    yield from _move_in(scheme, sold, stage.strange_site())
    yield world.pause(9 * DAY, 0.9)
    scheme.mark(world.recover(sold, old), sold, "V203")
    sold.phone, sold.ip, sold.city = old.device, old.ip, old.city
    for kind in ("password", "payment"):
        yield world.some(15 * MINUTE, 1.0)
        scheme.mark(world.credential(sold, kind, at=old), sold, "V203")


@violation("account", weight=3)
def account_rental(stage: Stage) -> None:
    """An account is let by the day: owner and tenant log in by turns."""
    lender = stage.villain("account")
    scheme = Scheme(stage.world, "account_rental", stage.skill())
    tenants = [stage.strange_site() for _ in range(stage.many(1.6, 0.5, most=5))]
    stage.start(_letting(stage, scheme, lender, tenants), stage.moment(late=0.5))


def _letting(stage: Stage, scheme: Scheme, lender: Person, tenants: list[Site]) -> Story:
    world = stage.world
    gap = {"naive": 9 * HOUR, "careful": 20 * HOUR, "professional": 2 * DAY}[scheme.skill]
    for turn in range(stage.many(6, 0.6, least=2, most=40)):
        tenant = tenants[turn % len(tenants)]
        for _ in range(1 + int(world.rng.expovariate(0.8))):
            scheme.mark(world.login(lender, tenant), lender, "V202")
            yield world.pause(gap / 3, 0.9)
        world.login(lender)
        yield world.pause(gap, 0.9)


@violation("account", weight=4, least=2)
def takeover(stage: Stage) -> None:
    """A thief wakes a sleeping account and empties it; the owner is the victim."""
    victim = stage.villain("account")
    thief = stage.villain("account")
    skill = stage.skill(naive=0.4, careful=0.4)
    scheme = Scheme(stage.world, "takeover", skill)
    stage.endow(victim, stage.many(5, 0.6, most=40), reserved=False)
    when = stage.moment(early=0.35, late=0.85)
    if stage.rng.random() < 0.8:
        stage.sleep_until(victim, when)
    fence_buyer = stage.buyer() if stage.rng.random() < 0.6 else None
    stage.start(_drain(stage, scheme, victim, thief, fence_buyer), when)


def _drain(
    stage: Stage, scheme: Scheme, victim: Person, thief: Person, buyer: Person | None
) -> Story:
    world = stage.world
    at = stage.strange_site()
    old = Site(victim.phone, victim.ip, victim.city)
    gap = {"naive": 90_000, "careful": 25 * MINUTE, "professional": 7 * HOUR}[scheme.skill]
    scheme.mark(world.login(victim, at), victim, "V900")
    for kind in ("password", "phone"):
        if world.chance(0.5):
            yield world.some(gap, 0.8)
            scheme.mark(world.credential(victim, kind, at=at), victim, "V900")
    share = min(world.rng.betavariate(6, 1.2), 1.0)
    loot = [token for token in victim.tokens if token.free_at <= world.now]
    style = draw_style(stage, scheme.skill)
    for token in loot[: max(int(len(loot) * share), 1)]:
        yield world.some(gap, 0.9)
        event = world.gift(victim, thief, token, at=at)
        scheme.mark(event, victim, "V900")
        scheme.mark(event, thief, "V100", "fence")
        token.reserved = True
        if buyer is not None:
            fenced = Scheme(world, "fence", scheme.skill)
            world.start(sell(fenced, thief, buyer, token, style))
    if world.chance(0.4):
        yield world.pause(5 * DAY, 1.0)
        world.recover(victim, old)
        stage.routine.wake(victim)
