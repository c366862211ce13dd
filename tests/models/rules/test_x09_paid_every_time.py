"""X09: gift after gift of one giver is paid for, at the price."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story

DAY = 86_400_000


def customer(
    gifts: int = 3,
    paid: int = 90_00,
    worth: int = 90_00,
    geo: str = "far",
    back: bool = False,
    known: bool = False,
) -> Story:
    """Ann gives Bob a token every few days, from another city, and he pays for each."""
    story = Story()
    story.is_worth("pandas", worth, at="08:00")
    story.logs_in("bob", geo="home")
    if known:
        story.knows("ann", "bob")
    for n in range(gifts):
        story.buys("ann", f"t{n}")
    story.buys("bob", "of bob")
    story.now += 3 * DAY
    for n in range(gifts):
        story.gives("ann", "bob", f"t{n}", after="4d", geo=geo)
        story.pays("bob", "ann", paid, after="3h")
    if back:
        story.gives("bob", "ann", "of bob")
    return story


@fires("X09", "ann", "bob")
def test_old_acquaintances_with_a_standing_order() -> Story:
    """They have known each other for long, so that no other rule looks at their payments."""
    return customer(gifts=4, known=True)


@silent("X09", "ann", "bob")
def test_two_gifts_and_two_payments() -> Story:
    return customer(gifts=2)


@silent("X09", "ann", "bob")
def test_gifts_go_both_ways() -> Story:
    story = customer(gifts=2, back=True)
    for n in (2, 3):
        story.buys("ann", f"t{n}")
        story.gives("ann", "bob", f"t{n}", after="2d", geo="far")
        story.pays("bob", "ann", 90_00, after="3h")
    return story


@silent("X09", "ann", "bob")
def test_presents_that_nobody_pays() -> Story:
    story = Story()
    story.is_worth("pandas", 90_00, at="08:00")
    for n in range(5):
        story.buys("ann", f"t{n}")
        story.gives("ann", "bob", f"t{n}", after="2d", geo="far")
    return story


@edge("X09", "gifts", "bob", fires_at=3, quiet_at=4)
def test_three_of_each() -> Story:
    return customer(gifts=3)


@edge("X09", "least", "bob", fires_at=0.7, quiet_at=0.71)
def test_seven_tenths_of_the_price() -> Story:
    return customer(paid=63_00)


@edge("X09", "most", "bob", fires_at=1.5, quiet_at=1.49)
def test_a_dear_friend() -> Story:
    return customer(paid=135_00)


@look_alike("X09", "shared_meal", "ann", "bob")
def test_dinner_at_the_friend_s_every_week() -> Story:
    """Ann lives where Bob lives, and brings something along each time."""
    return customer(gifts=4, geo="home", known=True)


@look_alike("X09", "parent_pays_for_child", "ann", "bob")
def test_a_daughter_at_a_distant_university() -> Story:
    """The platform knows that they are family."""
    story = Story()
    story.declares("ann", "bob", at="07:00")
    story.is_worth("pandas", 90_00, at="08:00")
    for n in range(4):
        story.buys("ann", f"t{n}")
        story.gives("ann", "bob", f"t{n}", after="4d", geo="far")
        story.pays("bob", "ann", 90_00, after="3h")
    return story
