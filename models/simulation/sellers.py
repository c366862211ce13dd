"""Those who sell what may only be given, and those who collect by buying."""

from models.simulation.people import Person, Story, Token
from models.simulation.scenario import DAY, HOUR, MINUTE
from models.simulation.stage import Scheme, Stage, violation
from models.simulation.trade import Style, ask, draw_style, sell, solicit

_SALES = {"naive": 3.0, "careful": 4.0, "professional": 11.0}


@violation("giving", weight=8, least=3)
def fan_out_seller(stage: Stage) -> None:
    """Sells a stock to many buyers over days or weeks."""
    seller = stage.villain("giving")
    style = draw_style(stage)
    scheme = Scheme(stage.world, "fan_out_seller", style.skill)
    stock = stage.endow(seller, stage.many(_SALES[style.skill] * 1.5, 0.6, most=80))
    buyers = [stage.buyer() for _ in range(stage.many(len(stock) * 0.7, 0.4, most=len(stock)))]
    stage.start(_selling_spree(scheme, seller, buyers, stock, style), stage.moment(late=0.6))


def _selling_spree(
    scheme: Scheme, seller: Person, buyers: list[Person], stock: list[Token], style: Style
) -> Story:
    world = scheme.world
    gap = world.scenario.days * DAY * 0.35 / len(stock) * world.rng.lognormvariate(-0.5, 0.7)
    for number, token in enumerate(stock):
        world.start(sell(scheme, seller, buyers[number % len(buyers)], token, style))
        yield world.pause(gap, 1.0)


@violation("giving", weight=4, least=2)
def unlock_sniper(stage: Stage) -> None:
    """Buys at drops to sell each token as soon as it may be given."""
    seller = stage.villain("giving")
    style = draw_style(stage)
    scheme = Scheme(stage.world, "unlock_sniper", style.skill)
    seller.interest = max(seller.interest, 0.55)
    seller.quickness = min(seller.quickness, 900.0)
    stage.endow(seller, 1)
    buyers = [stage.buyer() for _ in range(stage.many(2.0, 0.6))]
    eager = 0.5 + 0.5 * stage.rng.random()

    def resell(person: Person, token: Token) -> Story:
        if stage.world.chance(eager):
            token.reserved = True
            buyer = stage.rng.choice(buyers)
            stage.world.start(sell(scheme, person, buyer, token, style), stage.world.some(HOUR))
        return iter(())

    seller.on_purchase = resell


@violation("giving", weight=4, least=2)
def stranger_seller(stage: Stage) -> None:
    """Befriends, gives, unfriends: every buyer is a stranger before and after."""
    seller = stage.villain("giving")
    style = draw_style(stage)
    scheme = Scheme(stage.world, "stranger_seller", style.skill)
    stock = stage.endow(seller, stage.many(_SALES[style.skill] * 0.8, 0.6, most=40))
    when = stage.moment(late=0.6)
    for token in stock:
        story = _meet_and_part(scheme, seller, stage.buyer(), token, style)
        stage.start(story, when)
        when += int(stage.rng.expovariate(1 / (stage.world.scenario.days * DAY * 0.08)))


def _meet_and_part(
    scheme: Scheme, seller: Person, buyer: Person, token: Token, style: Style
) -> Story:
    world = scheme.world
    world.befriend(*((seller, buyer) if world.chance(0.5) else (buyer, seller)))
    yield world.pause(style.haste + 20 * MINUTE, 1.2)
    yield from sell(scheme, seller, buyer, token, style)
    yield world.pause(20 * HOUR, 1.3)
    world.unfriend(seller, buyer)


@violation("giving", weight=4, least=2)
def listed_seller(stage: Stage) -> None:
    """Offers tokens on an outside market and hands them over as gifts."""
    seller = stage.villain("giving")
    style = draw_style(stage)
    scheme = Scheme(stage.world, "listed_seller", style.skill)
    stock = stage.endow(seller, stage.many(2.5, 0.6, most=15))
    when = stage.moment(late=0.65)
    for token in stock:
        stage.start(_offer_and_sell(scheme, seller, stage.buyer(), token, style), when)
        when += int(stage.rng.expovariate(1 / (2 * DAY)))


def _offer_and_sell(
    scheme: Scheme, seller: Person, buyer: Person, token: Token, style: Style
) -> Story:
    world = scheme.world
    named = world.chance(0.35 + 0.6 * style.is_named)
    price = ask(world, style, token.collection)
    event = world.offer(
        "posted",
        price,
        token.collection,
        token=token,
        seller=seller if named else None,
        confidence=world.rng.betavariate(9, 1) if named else world.rng.betavariate(3, 3),
    )
    scheme.mark(event, seller, "V101")
    yield world.pause(26 * HOUR, 1.2)
    if world.chance(style.takes_down):
        world.offer("removed", price, token.collection, token=token)
        yield world.some(HOUR, 1.3)
    yield from sell(scheme, seller, buyer, token, style)


@violation("giving", weight=3)
def solicitor(stage: Stage) -> None:
    """Advertises in public or to strangers, whether or not anybody buys."""
    seller = stage.villain("giving")
    style = draw_style(stage, stage.skill(naive=0.7, careful=0.25))
    scheme = Scheme(stage.world, "solicitor", style.skill)
    stock = stage.endow(seller, stage.many(1.5, 0.5))
    buyer = stage.buyer() if stage.left > 0 and stage.rng.random() < 0.5 else None
    stage.start(_advertising(stage, scheme, seller, buyer, stock, style), stage.moment(late=0.6))


def _advertising(
    stage: Stage,
    scheme: Scheme,
    seller: Person,
    buyer: Person | None,
    stock: list[Token],
    style: Style,
) -> Story:
    world = stage.world
    for _ in range(stage.many(5, 0.8, most=60)):
        private = world.chance(0.45)
        solicit(scheme, seller, style, world.stranger(seller) if private else None)
        yield world.pause(7 * HOUR, 1.5)
    if buyer is not None:
        for token in stock:
            yield from sell(scheme, seller, buyer, token, style)


@violation("collecting", weight=4, least=4)
def hub_collector(stage: Stage) -> None:
    """Builds a collection by paying many people for their gifts."""
    hub = stage.villain("collecting")
    skill = stage.skill()
    scheme = Scheme(stage.world, "hub_collector", skill)
    wanted = stage.many(6, 0.6, least=2, most=40)
    when = stage.moment(late=0.5)
    for seller in stage.sellers(wanted):
        token = next((t for t in seller.tokens if t.reserved), None)
        if token is None:
            token = stage.endow(seller, 1)[0]
        style = draw_style(stage, skill if stage.rng.random() < 0.5 else "naive")
        stage.start(_buy_in(scheme, seller, hub, token, style), when)
        when += int(stage.rng.expovariate(1 / (stage.world.scenario.days * DAY * 0.05)))


def _buy_in(scheme: Scheme, seller: Person, hub: Person, token: Token, style: Style) -> Story:
    casual = Scheme(scheme.world, "casual_seller", style.skill)
    yield from sell(casual, seller, hub, token, style, buyer_typology="hub_collector")


@violation("giving", weight=2, least=2)
def early_transfer(stage: Stage) -> None:
    """Found a gap in the platform's check, and sells while the hold still runs."""
    seller = stage.villain("giving")
    style = draw_style(stage)
    scheme = Scheme(stage.world, "early_transfer", style.skill)
    seller.interest = max(seller.interest, 0.7)
    seller.quickness = min(seller.quickness, 700.0)
    buyer = stage.buyer()

    def slip(person: Person, token: Token) -> Story:
        world = stage.world
        token.reserved = True
        hold = max(token.free_at - world.now, MINUTE)
        yield int(hold * min(world.rng.betavariate(1.3, 1.6), 0.98))
        event = world.gift(person, buyer, token, early=True)
        scheme.mark(event, person, "V500")
        scheme.mark(event, buyer, "V102", "buyer")
        if event is not None and world.chance(style.pays_here):
            yield world.some(style.pay_wait)
            paid = world.pay(buyer, person, ask(world, style, token.collection))
            scheme.mark(paid, person, "V500")
            scheme.mark(paid, buyer, "V102", "buyer")

    seller.on_purchase = slip
