"""One paid transfer in disguise: agreeing, paying, handing over, covering up.

What a trader does follows from how careful they are; every trader draws a style of their
own, so that people of one skill still differ widely.
"""

import math
from dataclasses import dataclass

from models.simulation.people import Person, Story, Token
from models.simulation.scenario import DAY, HOUR, MINUTE
from models.simulation.stage import Scheme, Stage
from models.simulation.truth import Event
from models.simulation.words import HAGGLING, OPEN_ADVERTS, VEILED_ADVERTS
from models.simulation.world import World


@dataclass(frozen=True, slots=True)
class Style:
    """A trader's habits: shares of deals, and median waits in ms."""

    skill: str
    pays_here: float  # the money moves where the platform can see it
    pay_wait: float  # between handing over and paying
    pays_first: float
    splits: float
    third_person: float
    advertises: float
    is_named: float  # the outside offer names account and token
    takes_down: float  # the offer is removed before the token goes
    haggles: float
    befriends: float
    unfriends: float
    haste: float  # between being able to give and giving
    rounds: float  # asks for a round amount


_TEMPER = {
    "naive": Style(
        "naive", 0.9, 5 * MINUTE, 0.5, 0.04, 0.02, 0.55, 0.8, 0.15, 0.7, 0.7, 0.45, 2 * HOUR, 0.8
    ),
    "careful": Style(
        "careful", 0.5, 3 * HOUR, 0.6, 0.2, 0.15, 0.4, 0.4, 0.6, 0.3, 0.6, 0.5, 14 * HOUR, 0.45
    ),
    "professional": Style(
        "professional", 0.2, 16 * HOUR, 0.75, 0.4, 0.4, 0.3, 0.12, 0.85, 0.08, 0.5, 0.3, 30 * HOUR,
        0.2,
    ),
}  # fmt: skip


_PATIENCE = {"naive": 0.05, "careful": 0.2, "professional": 0.35}
"""Share of the deals that wait for the outside price to rise."""


def draw_style(stage: Stage, skill: str = "") -> Style:
    """A trader's own style, around what is common for the skill."""
    rng = stage.rng
    usual = _TEMPER[skill or stage.skill()]

    def share(value: float) -> float:
        odds = math.log(value / (1 - value)) + rng.gauss(0.0, 0.9)
        return 1 / (1 + math.exp(-odds))

    return Style(
        skill=usual.skill,
        pays_here=share(usual.pays_here),
        pay_wait=usual.pay_wait * rng.lognormvariate(0.0, 0.7),
        pays_first=share(usual.pays_first),
        splits=share(usual.splits),
        third_person=share(usual.third_person),
        advertises=share(usual.advertises),
        is_named=share(usual.is_named),
        takes_down=share(usual.takes_down),
        haggles=share(usual.haggles),
        befriends=share(usual.befriends),
        unfriends=share(usual.unfriends),
        haste=usual.haste * rng.lognormvariate(0.0, 0.8),
        rounds=share(usual.rounds),
    )


def ask(world: World, style: Style, collection: str) -> int:
    """A price near what the outside market pays, in minor units."""
    price = world.floor[collection] * world.rng.lognormvariate(-0.12, 0.28)
    if world.chance(style.rounds):
        return max(round(price / 1_000), 1) * 1_000
    return max(int(price), 100)


def advertise(scheme: Scheme, seller: Person, token: Token, price: int, style: Style) -> bool:
    """Offer a token outside; true where the offer can be tied to the seller."""
    world = scheme.world
    named = world.chance(style.is_named)
    confidence = world.rng.betavariate(14, 1.2) if named else world.rng.betavariate(2, 4)
    event = world.offer(
        "posted",
        price,
        token.collection,
        token=token if named else None,
        seller=seller if named else None,
        confidence=confidence,
    )
    scheme.mark(event, seller, "V101")
    return named


def solicit(scheme: Scheme, seller: Person, style: Style, recipient: Person | None = None) -> Event:
    """An advertisement on the platform itself, open or veiled."""
    world = scheme.world
    veiled = world.chance({"naive": 0.1, "careful": 0.6, "professional": 0.9}[style.skill])
    line = world.rng.choice(VEILED_ADVERTS if veiled else OPEN_ADVERTS)
    event = world.message(seller, recipient, line, "plaza")
    scheme.mark(event, seller, "V101")
    return event


def settle(
    scheme: Scheme,
    seller: Person,
    buyer: Person,
    price: int,
    style: Style,
    *,
    seller_code: str = "V100",
    buyer_code: str = "V102",
    to: Person | None = None,
    buyer_typology: str = "buyer",
) -> Story:
    """The money, in one part or several, to the seller or to somebody they trust."""
    world = scheme.world
    payee = to or seller
    parts = world.rng.randint(2, 4) if world.chance(style.splits) else 1
    for part in range(parts):
        share = price // parts + (price % parts if part == 0 else 0)
        memo = "" if world.chance(0.7) else world.rng.choice(("饭钱", "谢谢", "书费", "红包"))
        event = world.pay(buyer, payee, share, memo)
        if payee is seller:
            scheme.mark(event, seller, seller_code)
        scheme.mark(event, buyer, buyer_code, buyer_typology)
        if part + 1 < parts:
            yield world.pause(style.pay_wait + 20 * MINUTE)


def sell(
    scheme: Scheme,
    seller: Person,
    buyer: Person,
    token: Token,
    style: Style,
    *,
    buyer_typology: str = "buyer",
) -> Story:
    """One disguised sale, from the offer to the cover-up.

    Nothing happens where the token is gone; the sale waits for the end of the hold.
    """
    world = scheme.world
    price = ask(world, style, token.collection)
    named = False
    offered = world.chance(style.advertises)
    if offered:
        named = advertise(scheme, seller, token, price, style)
        yield world.pause(20 * HOUR, 1.1)
    if world.chance(style.haggles):
        yield from _haggle(scheme, seller, buyer)
    if world.chance(style.befriends):
        world.befriend(seller, buyer)
        yield world.pause(3 * HOUR, 1.4)
    yield world.until(token.free_at)
    if world.chance(_PATIENCE[style.skill]):
        yield from _wait_for_price(world, token)
    yield world.pause(style.haste, 1.2)
    if token not in seller.tokens:
        return
    if offered and world.chance(style.takes_down):
        world.offer(
            "removed",
            price,
            token.collection,
            token=token if named else None,
            seller=seller if named else None,
        )
        yield world.some(25 * MINUTE, 1.2)
    paid = _payment(scheme, seller, buyer, price, style, buyer_typology)
    if world.chance(style.pays_first):
        yield from paid
        yield world.some(max(style.pay_wait, 3 * MINUTE), 1.0)
    else:
        world.start(paid, world.some(style.pay_wait, 1.0))
    event = world.gift(seller, buyer, token)
    scheme.mark(event, seller, "V100")
    scheme.mark(event, buyer, "V102", buyer_typology)
    if world.chance(style.unfriends):
        yield world.pause(1.2 * DAY, 1.3)
        world.unfriend(seller, buyer)


def _wait_for_price(world: World, token: Token) -> Story:
    """Hold out for a better outside price, for a few days at most."""
    hoped = world.floor[token.collection] * world.rng.lognormvariate(0.2, 0.1)
    for _ in range(world.rng.randint(2, 8)):
        if world.floor[token.collection] >= hoped:
            return
        yield world.pause(18 * HOUR, 0.5)


def _payment(
    scheme: Scheme, seller: Person, buyer: Person, price: int, style: Style, typology: str
) -> Story:
    world = scheme.world
    if not world.chance(style.pays_here):
        return iter(())
    trusted = [friend for friend in seller.friends if friend is not buyer]
    to = world.rng.choice(trusted) if trusted and world.chance(style.third_person) else None
    return settle(scheme, seller, buyer, price, style, to=to, buyer_typology=typology)


def _haggle(scheme: Scheme, seller: Person, buyer: Person) -> Story:
    world = scheme.world
    for turn in range(world.rng.randint(1, 3)):
        speaker, listener = (buyer, seller) if turn % 2 == 0 else (seller, buyer)
        event = world.message(speaker, listener, world.rng.choice(HAGGLING))
        if speaker is seller:
            scheme.mark(event, seller, "V101")
        yield world.some(6 * MINUTE, 1.0)
