"""X07: money comes in and goes on to somebody else, less a fee."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story

HOUR = 3_600_000
DAY = 24 * HOUR


def escrow(deals: int = 3, passed_on: int = 95_00, after: int = 2 * HOUR, known: int = -1) -> Story:
    """Buyers pay Ann 100 yuan each, and she pays the sellers, whom she has known for so long, if
    at all."""
    story = Story()
    for n in range(deals):
        story.now += 2 * DAY
        if known >= 0:
            story.befriends("ann", f"seller {n}")
            story.now += known - after
        story.pays(f"buyer {n}", "ann", 100_00, after=0)
        story.pays("ann", f"seller {n}", passed_on, after=after)
    return story


@fires("X07", "ann")
def test_an_escrow_that_keeps_five_per_cent() -> Story:
    return escrow()


@silent("X07", "ann")
def test_money_given_back() -> Story:
    story = Story()
    for n in range(4):
        story.pays(f"friend {n}", "ann", 100_00, after="1d")
        story.pays("ann", f"friend {n}", 100_00, after="1h")
    return story


@silent("X07", "ann")
def test_what_she_earns_and_what_she_spends() -> Story:
    return escrow(passed_on=40_00)


@edge("X07", "within", "ann", fires_at=24 * HOUR, quiet_at=24 * HOUR - 1)
def test_a_day_later() -> Story:
    return escrow(after=24 * HOUR)


@edge("X07", "least", "ann", fires_at=0.8, quiet_at=0.81)
def test_four_fifths_of_it() -> Story:
    return escrow(passed_on=80_00)


@edge("X07", "known_for", "ann", fires_at=7 * DAY + 1, quiet_at=7 * DAY)
def test_known_for_a_week() -> Story:
    return escrow(known=7 * DAY)


@edge("X07", "payees", "ann", fires_at=3, quiet_at=4)
def test_three_payees() -> Story:
    return escrow()


@look_alike("X07", "joint_present", "ann", "shop")
def test_five_friends_chip_in_for_one_present() -> Story:
    story = Story()
    for n in range(5):
        story.pays(f"friend {n}", "ann", 50_00, after="20m")
    story.pays("ann", "shop", 48_00, after="2h")
    return story


@look_alike("X07", "shared_meal", "ann", "bob", "carl", "dora", "emil")
def test_friends_take_turns_at_the_bill() -> Story:
    """Whoever paid is paid by the others, week after week."""
    story = Story()
    friends = ("bob", "carl", "dora", "emil")
    story.knows("ann", *friends)
    for n, host in enumerate(friends):
        story.pays(friends[n - 1], "ann", 60_00, after="7d")
        story.pays("ann", host, 55_00, after="3h")
    return story
