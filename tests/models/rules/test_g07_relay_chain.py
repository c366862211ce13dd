"""G07: passed on at the minimum hold, three times in a row."""

from itertools import pairwise

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story

HOUR = 3_600_000
HOLD = 24 * HOUR
PEOPLE = ("ann", "bob", "carl", "dora", "emil", "fay")


def relay(*kept: int, story: Story | None = None) -> Story:
    """A token goes from Ann down the row of people; each keeps it so long."""
    story = story or Story()
    story.buys("ann", "t1")
    for n, held in enumerate(kept):
        story.gives(PEOPLE[n], PEOPLE[n + 1], "t1", after=held)
    return story


@fires("G07", "carl", "dora")
def test_three_holders_in_a_row() -> Story:
    return relay(25 * HOUR, 25 * HOUR, 26 * HOUR)


@silent("G07", "ann", "bob", "carl", "dora")
def test_one_patient_link() -> Story:
    return relay(25 * HOUR, 50 * HOUR, 25 * HOUR)


@silent("G07", "bob", "carl")
def test_two_links() -> Story:
    return relay(25 * HOUR, 25 * HOUR)


@silent("G07", "carl", "dora")
def test_where_no_hold_is_nobody_evades_it() -> Story:
    no_hold = """
    [[transfer]]
    from = 2010-01-01
    gifting = "allowed"
    hold_after_purchase = "0 s"
    hold_after_gift = "0 s"
    """
    return relay(HOUR, HOUR, HOUR, story=Story(toml=no_hold))


@silent("G07", "carl", "dora")
def test_a_gift_that_was_reversed_is_no_link() -> Story:
    """The platform takes the second gift back: the token rests with Bob for two days more."""
    story = Story()
    story.buys("ann", "t1", at="10:00")
    story.gives("ann", "bob", "t1", after="25h")
    gift = story.gives("bob", "carl", "t1", after="25h")
    story.takes_back(gift, after="10m")
    story.gives("bob", "carl", "t1", after="48h")
    return story


@edge("G07", "slack", "carl", fires_at=1.1, quiet_at=1.09)
def test_a_tenth_more_than_the_hold() -> Story:
    return relay(HOLD, HOLD * 11 // 10, HOLD)


@look_alike("G07", "charity", "ann", "charity", "carl")
def test_a_charity_passes_donations_on() -> Story:
    """Three donations go to the winner of a raffle as soon as they may."""
    story = Story()
    for n in range(3):
        story.buys("ann", f"t{n}")
    for n in range(3):
        story.gives("ann", "charity", f"t{n}", after="30h")
    for n in range(3):
        story.gives("charity", "carl", f"t{n}", after="30h")
    return story


def fans() -> Story:
    story = Story()
    for one, next_one in pairwise(PEOPLE):
        story.befriends(one, next_one)
    story.now += 30 * 24 * HOUR
    return story


@look_alike("G07", "fan_pass_along", *PEOPLE, up_to="L1")
def test_fans_pass_a_picture_along() -> Story:
    """Everybody keeps it for one day, as agreed. A reminder of the rules is accepted."""
    return relay(*[25 * HOUR] * 5, story=fans())


@look_alike(
    "G07",
    "fan_pass_along",
    *PEOPLE,
    up_to="L1",
    shortfall="a second picture on the same way proves the same chain again, and warns for it",
)
def test_fans_pass_two_pictures_along() -> Story:
    story = relay(*[25 * HOUR] * 5, story=fans())
    story.buys("ann", "t2")
    for giver, recipient in pairwise(PEOPLE):
        story.gives(giver, recipient, "t2", after="25h")
    return story
