"""Several people in it together: chains, rings, barter, brokers, bad-faith reporters."""

from itertools import pairwise

from models.simulation.people import Person, Story, Token
from models.simulation.scenario import DAY, HOUR, MINUTE
from models.simulation.stage import Scheme, Stage, violation
from models.simulation.trade import Style, ask, draw_style, settle, solicit
from models.simulation.words import HAGGLING


@violation("circulation", weight=1.5, least=4)
def relay_chain(stage: Stage) -> None:
    """A token runs through several hands, each paying and passing it on for more."""
    style = draw_style(stage)
    scheme = Scheme(stage.world, "relay_chain", style.skill)
    people = [stage.villain("circulation") for _ in range(stage.many(4, 0.3, least=3, most=8))]
    for token in stage.endow(people[0], stage.many(1.5, 0.5, most=4)):
        stage.start(_relay(scheme, people, token, style), stage.moment(late=0.5))


def _relay(scheme: Scheme, people: list[Person], token: Token, style: Style) -> Story:
    world = scheme.world
    price = ask(world, style, token.collection)
    for giver, taker in pairwise(people):
        yield world.until(token.free_at)
        yield world.pause(style.haste, 1.1)
        event = world.gift(giver, taker, token)
        if event is None:
            return
        scheme.mark(event, giver, "V100")
        scheme.mark(event, taker, "V102")
        token.reserved = True
        if world.chance(style.pays_here):
            story = settle(scheme, giver, taker, price, style, buyer_typology=scheme.typology)
            world.start(story, world.some(style.pay_wait))
        price = int(price * world.rng.lognormvariate(0.15, 0.1))


@violation("circulation", weight=1.5, least=2)
def wash_ring(stage: Stage) -> None:
    """A few accounts pass tokens in a circle, to make them look wanted."""
    style = draw_style(stage)
    scheme = Scheme(stage.world, "wash_ring", style.skill)
    ring = [stage.villain("circulation") for _ in range(stage.many(2.7, 0.3, least=2, most=6))]
    for token in stage.endow(ring[0], stage.many(1.5, 0.5, most=5)):
        stage.start(_rounds(stage, scheme, ring, token, style), stage.moment(late=0.4))


def _rounds(stage: Stage, scheme: Scheme, ring: list[Person], token: Token, style: Style) -> Story:
    world = stage.world
    for step in range(len(ring) * stage.many(2, 0.4, most=6)):
        giver, taker = ring[step % len(ring)], ring[(step + 1) % len(ring)]
        yield world.until(token.free_at)
        yield world.pause(style.haste, 1.0)
        event = world.gift(giver, taker, token)
        if event is None:
            return
        token.reserved = True
        scheme.mark(event, giver, "V100")
        if world.chance(0.5 * style.pays_here):
            scheme.mark(world.pay(taker, giver, ask(world, style, token.collection)), giver, "V100")


@violation("circulation", weight=2, least=2)
def barter(stage: Stage) -> None:
    """Two collectors settle debts in tokens: value for value, again and again."""
    style = draw_style(stage)
    scheme = Scheme(stage.world, "barter", style.skill)
    one, other = stage.villain("circulation"), stage.villain("circulation")
    deals = stage.many(3, 0.6, most=12)
    ours, theirs = stage.endow(one, deals), stage.endow(other, deals)
    when = stage.moment(late=0.5)
    for mine, yours in zip(ours, theirs, strict=True):
        yours.collection = mine.collection if stage.rng.random() < 0.6 else yours.collection
        stage.start(_swap(scheme, one, other, mine, yours), when)
        when += int(stage.rng.expovariate(1 / (4 * DAY)))


def _swap(scheme: Scheme, one: Person, other: Person, mine: Token, yours: Token) -> Story:
    world = scheme.world
    if world.chance(0.4):
        scheme.mark(world.message(one, other, world.rng.choice(HAGGLING)), one, "V103")
        yield world.pause(HOUR, 1.0)
    there = world.gift(one, other, mine)
    yield world.some(20 * MINUTE, 1.4)
    back = world.gift(other, one, yours)
    for event in (there, back):
        scheme.mark(event, one, "V103")
        scheme.mark(event, other, "V103")


@violation("circulation", weight=1.5, least=3)
def broker(stage: Stage) -> None:
    """Brings sellers and buyers together, and holds token or money in between."""
    middle = stage.villain("circulation")
    style = draw_style(stage)
    scheme = Scheme(stage.world, "broker", style.skill)
    holds_token = stage.rng.random() < 0.6
    when = stage.moment(late=0.4)
    for seller in stage.sellers(stage.many(5, 0.6, least=2, most=25)):
        buyer = stage.buyer()
        token = stage.endow(seller, 1)[0]
        stage.start(_deal(scheme, middle, seller, buyer, token, style, holds_token), when)
        when += int(stage.rng.expovariate(1 / (stage.world.scenario.days * DAY * 0.06)))


def _deal(
    scheme: Scheme,
    middle: Person,
    seller: Person,
    buyer: Person,
    token: Token,
    style: Style,
    holds_token: bool,
) -> Story:
    world = scheme.world
    talk = ("双方都确认了,我来做中间", False, False, world.chance(0.4))
    for side in (seller, buyer):
        scheme.mark(world.message(middle, side, talk), middle, "V300")
        yield world.pause(2 * HOUR, 1.2)
    price = ask(world, style, token.collection)
    if world.chance(style.pays_here):
        paid = world.pay(buyer, middle, price)
        scheme.mark(paid, middle, "V300")
        scheme.mark(paid, buyer, "V102", "buyer")
        yield world.some(30 * MINUTE, 1.2)
    if holds_token:
        into = world.gift(seller, middle, token)
        scheme.mark(into, middle, "V300")
        scheme.mark(into, seller, "V100", "casual_seller")
        token.reserved = True
        yield world.until(token.free_at)
        yield world.pause(style.haste, 1.0)
        out = world.gift(middle, buyer, token)
        scheme.mark(out, middle, "V300")
    else:
        out = world.gift(seller, buyer, token)
        scheme.mark(out, seller, "V100", "casual_seller")
    scheme.mark(out, buyer, "V102", "buyer")
    if out is not None and world.chance(style.pays_here):
        yield world.some(style.pay_wait)
        fee = 1 - world.rng.betavariate(2, 18)
        passed_on = world.pay(middle, seller, int(price * fee))
        scheme.mark(passed_on, middle, "V300")
        scheme.mark(passed_on, seller, "V100", "casual_seller")


@violation("circulation", weight=0.7, least=3)
def market_operator(stage: Stage) -> None:
    """Runs a group in which others trade: posts their offers, takes commissions."""
    host = stage.villain("circulation")
    style = draw_style(stage, stage.skill(naive=0.3, careful=0.4))
    scheme = Scheme(stage.world, "market_operator", style.skill)
    for trader in stage.sellers(stage.many(4, 0.5, least=2, most=15)):
        token = stage.endow(trader, 1)[0]
        story = _auction(scheme, host, trader, stage.buyer(), token, style)
        stage.start(story, stage.moment(late=0.7))


def _auction(
    scheme: Scheme, host: Person, seller: Person, buyer: Person, token: Token, style: Style
) -> Story:
    world = scheme.world
    scheme.mark(solicit(scheme, host, style), host, "V301")
    price = ask(world, style, token.collection)
    offer = world.offer(
        "posted", price, token.collection, token=token, seller=host,
        confidence=world.rng.betavariate(4, 2),
    )  # fmt: skip
    scheme.mark(offer, host, "V301")
    yield world.pause(30 * HOUR, 0.9)
    event = world.gift(seller, buyer, token)
    scheme.mark(event, seller, "V100", "casual_seller")
    scheme.mark(event, buyer, "V102", "buyer")
    if event is not None and world.chance(style.pays_here):
        yield world.some(style.pay_wait)
        paid = world.pay(buyer, seller, price)
        scheme.mark(paid, seller, "V100", "casual_seller")
        scheme.mark(paid, buyer, "V102", "buyer")
        yield world.pause(5 * HOUR, 1.0)
        scheme.mark(world.pay(seller, host, max(price // 12, 100), "谢谢"), host, "V301")


@violation("report", weight=0.8, least=2)
def brigade(stage: Stage) -> None:
    """A clique reports somebody they dislike, or compete with."""
    clique = [stage.villain("report") for _ in range(stage.many(3.5, 0.4, least=2, most=10))]
    scheme = Scheme(stage.world, "brigade", stage.skill())
    for _ in range(stage.many(1.7, 0.5, most=5)):
        victim = stage.honest("report")
        start = stage.moment(late=0.8)
        for reporter in clique:
            lag = stage.world.some(5 * HOUR, 1.5)
            stage.start(_denounce(scheme, reporter, victim), start + lag)


def _denounce(scheme: Scheme, reporter: Person, victim: Person) -> Story:
    world = scheme.world
    scheme.mark(world.report(victim, reporter, "resale"), reporter, "V901")
    world.truth.excuse(victim.account, "brigading_victim")
    if world.chance(0.3):
        yield world.pause(2 * DAY, 1.0)
        scheme.mark(world.report(victim, reporter, "resale"), reporter, "V901")
