"""G09: gifts both ways within the hour, value for value."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story

MINUTE = 60_000
HOUR = 60 * MINUTE


def swaps(
    number: int = 2,
    within: int = 20 * MINUTE,
    theirs: int = 100_00,
    priced: bool = True,
    story: Story | None = None,
) -> Story:
    """Ann gives Bob a panda and gets a tiger, so many times."""
    story = story or Story()
    if priced:
        story.is_worth("pandas", 100_00)
        story.is_worth("tigers", theirs)
    for n in range(number):
        story.buys("ann", f"panda {n}")
        story.buys("bob", f"tiger {n}", "tigers")
    story.now += 48 * HOUR
    for n in range(number):
        story.gives("ann", "bob", f"panda {n}", after="1d")
        story.gives("bob", "ann", f"tiger {n}", after=within)
    return story


@fires("G09", "ann", "bob")
def test_two_traders_without_money() -> Story:
    return swaps()


@silent("G09", "ann", "bob")
def test_presents_a_day_apart() -> Story:
    return swaps(within=20 * HOUR)


@silent("G09", "ann", "bob")
def test_something_small_in_thanks() -> Story:
    return swaps(theirs=20_00)


@silent("G09", "ann", "bob")
def test_where_no_value_is_known() -> Story:
    return swaps(priced=False)


@edge("G09", "within", "bob", fires_at=HOUR, quiet_at=HOUR - 1)
def test_an_hour() -> Story:
    return swaps(within=HOUR)


@edge("G09", "differ", "bob", fires_at=0.3, quiet_at=0.29)
def test_seven_tenths_of_the_value() -> Story:
    return swaps(theirs=70_00)


@edge("G09", "swaps", "bob", fires_at=2, quiet_at=3)
def test_twice() -> Story:
    return swaps()


@look_alike("G09", "friends_swapping_doubles", "ann", "bob", up_to="L1")
def test_old_friends_swap_doubles_over_coffee() -> Story:
    """That is barter all the same, and a reminder of the rules is what it is worth."""
    story = Story()
    story.knows("ann", "bob")
    return swaps(story=story)
