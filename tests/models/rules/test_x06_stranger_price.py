"""X06: a stranger pays the outside price, and gets the token."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story

HOUR = 3_600_000
DAY = 24 * HOUR


def deal(
    paid: int = 90_00,
    paid_after: int = HOUR,
    known: int = -1,
    heard_of: int = 40 * DAY,
    place: str = "far",
) -> Story:
    """Ann, in another city, gives Bob a token worth 90 yuan outside, and he pays; that is so long
    after the first that was heard of him, and they have been in touch for so long, if at all."""
    story = Story()
    story.is_worth("pandas", 90_00)
    story.logs_in("bob")
    for n in range(2):
        story.befriends("bob", f"friend {n}", after=0)
    story.buys("ann", "t1", after=0)
    gift = story.now + heard_of - paid_after
    if known >= 0:
        story.befriends("ann", "bob", after=gift - known - story.now)
    story.gives("ann", "bob", "t1", after=gift - story.now, geo=place)
    story.pays("bob", "ann", paid, after=paid_after)
    return story


@fires("X06", "ann", "bob")
def test_the_price_of_the_day_within_the_hour() -> Story:
    return deal()


@fires("X06", "ann", "bob")
def test_money_first() -> Story:
    story = Story()
    story.is_worth("pandas", 90_00)
    story.logs_in("bob")
    for n in range(2):
        story.befriends("bob", f"friend {n}")
    story.buys("ann", "t1")
    story.pays("bob", "ann", 90_00, at="day 40 10:00")
    story.gives("ann", "bob", "t1", after="1h", geo="far")
    return story


@edge("X06", "friends", "bob", fires_at=2, quiet_at=3)
def test_two_friends_are_known() -> Story:
    """Where no friendship is ever heard of, everybody would be a stranger."""
    return deal()


@look_alike("X06", "shared_meal", "ann", "bob", up_to="L1")
def test_a_red_packet_as_large_as_the_price() -> Story:
    return deal(paid=88_00)


@silent("X06", "ann", "bob")
def test_old_friends() -> Story:
    return deal(known=20 * DAY)


@silent("X06", "ann", "bob")
def test_two_of_one_city() -> Story:
    return deal(place="home")


@silent("X06", "ann", "bob")
def test_where_no_price_is_known() -> Story:
    story = deal()
    del story.events[0]
    return story


@edge("X06", "near", "ann", fires_at=2 * HOUR, quiet_at=2 * HOUR - 1)
def test_two_hours() -> Story:
    return deal(paid_after=2 * HOUR)


@edge("X06", "least", "ann", fires_at=0.65, quiet_at=0.66)
def test_two_thirds_of_the_price() -> Story:
    return deal(paid=58_50)


@edge("X06", "most", "ann", fires_at=1.5, quiet_at=1.49)
def test_half_as_much_again() -> Story:
    return deal(paid=135_00)


@edge("X06", "known_for", "ann", fires_at=3 * DAY + 1, quiet_at=3 * DAY)
def test_in_touch_for_three_days() -> Story:
    return deal(known=3 * DAY)


@edge("X06", "settled", "ann", fires_at=30 * DAY, quiet_at=30 * DAY + 1)
def test_known_for_thirty_days() -> Story:
    return deal(heard_of=30 * DAY)


@look_alike("X06", "shared_meal", "ann", "bob")
def test_old_friends_share_a_bill_as_high_as_the_price() -> Story:
    return deal(known=25 * DAY)


@look_alike("X06", "shared_meal", "ann", "bob", up_to="L1")
def test_two_who_have_just_met_share_a_bill_as_high_as_the_price() -> Story:
    """They sit at one table, so that both have been in its city."""
    return deal(place="home")


@look_alike("X06", "new_member_known_offline", "ann", "bob", up_to="L1")
def test_a_new_colleague_gets_a_welcome_gift_and_pays_for_his_lunch() -> Story:
    return deal(paid=75_00, known=HOUR, place="home")


@look_alike(
    "X06",
    "new_member_known_offline",
    "ann",
    "bob",
    up_to="L1",
    shortfall="one sum that happens to be near the price is a hard fact to this rule",
)
def test_a_cousin_in_another_city_pays_back_what_he_owes() -> Story:
    return deal(paid=75_00, known=HOUR)
