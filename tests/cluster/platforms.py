"""Small platforms on which much happens: what a schedule is fed with."""

import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Final

from tests.stories import Story

Event = dict[str, Any]
Scene = Callable[[random.Random, Story, list[str]], None]

PEOPLE: Final = ("ann", "bob", "cat", "dan", "eve", "fay", "gil", "hal", "ivy", "jon", "kim")
HOUR: Final = 3_600_000
PLATFORMS: Final = 16


def _sells(chance: random.Random, story: Story, who: list[str]) -> None:
    """Gifts with money behind them; one of them is taken back."""
    seller, *buyers = who[:4]
    gifts = []
    for number, buyer in enumerate(buyers):
        token = f"sold {number}"
        story.buys(seller, token)
        gifts.append(story.gives(seller, buyer, token, after="26h"))
        if chance.random() < 0.8:
            story.pays(buyer, seller, 12_000, after="10m")
    for gift in chance.sample(gifts, chance.randint(1, len(gifts))):
        story.takes_back(gift, after="3h")


def _hands_over(chance: random.Random, story: Story, who: list[str]) -> None:
    """An account with a past gets a new owner."""
    account = who[0]
    story.joins(account)
    for _ in range(4):
        story.logs_in(account, after="5d")
    story.logs_in(account, device="another phone", geo="elsewhere", after="4d")
    for kind in chance.sample(("phone", "password", "payment"), 3):
        holder = {"holder": "somebody else"} if kind == "payment" else {}
        story.changes(account, kind, after="10m", **holder)
    story.logs_in(account, device="another phone", geo="elsewhere", after="80h")


def _passes_on(chance: random.Random, story: Story, who: list[str]) -> None:
    """A token goes from hand to hand as soon as it may; the last gift is taken back."""
    story.buys(who[0], "relay")
    gift = ""
    for giver, taker in pairwise(who[:6]):
        gift = story.gives(giver, taker, "relay", after=f"{chance.randint(24, 25)}h2m")
    story.takes_back(gift, after="30h")


def _comes_back(chance: random.Random, story: Story, who: list[str]) -> None:
    """A token goes out and comes home, again and again."""
    one, two = who[:2]
    story.buys(one, "boomerang")
    for _ in range(3):
        story.gives(one, two, "boomerang", after="25h")
        story.gives(two, one, "boomerang", after="25h")


def _is_early(chance: random.Random, story: Story, who: list[str]) -> None:
    """Given before the hold has ended; reversed by the platform."""
    story.buys(who[0], "early")
    gift = story.gives(who[0], who[1], "early", after="2h")
    if chance.random() < 0.7:
        story.takes_back(gift, after="1h")


def _offers(chance: random.Random, story: Story, who: list[str]) -> None:
    """Words, an outside listing, a friendship of a day, a gift, money."""
    seller, buyer = who[:2]
    story.buys(seller, "offered")
    story.is_listed("offered", seller, after="20h")
    story.writes(seller, buyer, "150元出，加微信，支付宝转账")
    story.befriends(seller, buyer)
    story.gives(seller, buyer, "offered", after="6h")
    story.pays(buyer, seller, 15_000, after="5m")
    story.unfriends(seller, buyer, after="30h")


def _fans_out(chance: random.Random, story: Story, who: list[str]) -> None:
    """Many recipients, nothing back; some of it from one collection to a hub."""
    giver, hub, *others = who[:8]
    for number, other in enumerate([*others, hub]):
        story.buys(giver, f"fan {number}")
        story.gives(giver, other, f"fan {number}", after="25h")
    for number, other in enumerate(others):
        story.gives(other, hub, f"fan {number}", after="25h")


def _is_rented(chance: random.Random, story: Story, who: list[str]) -> None:
    """Two homes in turn."""
    story.joins(who[0])
    for _ in range(4):
        story.logs_in(who[0], device="own", geo="home", after="20h")
        story.logs_in(who[0], device="tenant", geo="far away", after="9h")


def _shares(chance: random.Random, story: Story, who: list[str]) -> None:
    """Many people on one phone."""
    for account in who[:6]:
        story.logs_in(account, device="the shop's", after="40m")


def _goes_on(chance: random.Random, story: Story, who: list[str]) -> None:
    """Early gifts for months, about as long as they are remembered; some taken back at last."""
    gifts = []
    for number in range(5):
        for giver in who[:2]:
            token = f"{giver} {number}"
            story.buys(giver, token, after=chance.randint(1, 20) * HOUR)
            gifts.append(story.gives(giver, who[2], token, after="1h"))
        story.now += 21 * 24 * HOUR
    for gift in gifts[:6]:
        story.takes_back(gift, after=chance.randint(1, 20) * HOUR)


def _lives(chance: random.Random, story: Story, who: list[str]) -> None:
    """Nothing that anybody would mind."""
    for account in who[:3]:
        story.logs_in(account, after=chance.randint(1, 40) * HOUR)
        story.writes(account, who[3], "你好")
    story.is_worth("pandas", chance.choice((4_000, 9_000)))
    story.reports(who[4], who[0])
    story.declares(who[1], who[2])


SCENES: Final[tuple[Scene, ...]] = (
    _sells,
    _hands_over,
    _passes_on,
    _comes_back,
    _is_early,
    _offers,
    _fans_out,
    _is_rented,
    _shares,
    _goes_on,
)


def platform(seed: int) -> list[Event]:
    """About a hundred events by (`ts`, `event_id`): several scenes among the same few people."""
    chance = random.Random(f"platform {seed}")
    events: list[Event] = []
    for number, scene in enumerate([*chance.sample(SCENES, 7), _sells, _lives, _lives]):
        story = Story()
        # Whole minutes, so that people often do things in the same millisecond.
        story.now += chance.randint(0, 10 * 24 * 60) * 60_000
        scene(chance, story, chance.sample(PEOPLE, 8))
        # Ids do not tell the order.
        label = f"{chance.randrange(16**4):04x}{number}-"
        for event in story.events:
            for name in event.keys() & {"event_id", "gift_event_id", "token"}:
                event[name] = label + event[name]
        events += story.events
    return sorted(events, key=lambda event: (event["ts"], event["event_id"]))
