"""X03: money goes the other way."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import A_MONTH_BEFORE_SPRING_FESTIVAL, Story, bundle

MINUTE = 60_000
HOUR = 60 * MINUTE


def sold(
    paid: int = 90_00,
    worth: int = 0,
    paid_after: int = 10 * MINUTE,
    family: bool = False,
) -> Story:
    """Ann gives Bob a token, with or without an outside price, and he pays her."""
    story = Story()
    if family:
        story.declares("ann", "bob", at="09:00")
    story.buys("ann", "t1", at="10:00")
    if worth:
        story.is_worth("pandas", worth, after="1d")
    story.gives("ann", "bob", "t1", after="2d")
    story.pays("bob", "ann", paid, after=paid_after)
    return story


@fires("X03", "ann", "bob")
def test_a_naive_seller_is_paid_ten_minutes_later() -> Story:
    return sold()


@fires("X03", "ann", "bob")
def test_money_may_come_first() -> Story:
    story = Story()
    story.buys("ann", "t1", at="10:00")
    story.pays("bob", "ann", 90_00, after="2d")
    story.gives("ann", "bob", "t1", after="10m")
    return story


@fires("X03", "ann", "bob")
def test_a_fair_price_the_next_morning() -> Story:
    return sold(paid=95_00, worth=90_00, paid_after=20 * HOUR)


@fires("X03", "ann", "bob")
def test_one_payment_for_several() -> Story:
    story = Story()
    story.is_worth("pandas", 50_00, at="09:00")
    for n in range(3):
        story.buys("ann", f"t{n}")
    story.now += 48 * HOUR
    for n in range(3):
        story.gives("ann", "bob", f"t{n}")
    story.pays("bob", "ann", 150_00, after="5h")
    return story


@silent("X03", "ann", "bob")
def test_an_hour_later_without_a_price() -> Story:
    return sold(paid_after=HOUR)


@silent("X03", "ann", "bob")
def test_another_person_pays() -> Story:
    story = sold(paid_after=48 * HOUR)
    story.pays("carl", "ann", 90_00, at="day 2 10:10")
    return story


@silent("X03", "ann", "bob")
def test_money_goes_the_same_way_as_the_gift() -> Story:
    story = Story()
    story.buys("ann", "t1", at="10:00")
    story.gives("ann", "bob", "t1", after="2d")
    story.pays("ann", "bob", 90_00, after="10m")
    return story


@edge("X03", "close", "ann", fires_at=30 * MINUTE, quiet_at=30 * MINUTE - 1)
def test_half_an_hour_without_a_price() -> Story:
    return sold(paid_after=30 * MINUTE)


@edge("X03", "near", "ann", fires_at=24 * HOUR, quiet_at=24 * HOUR - 2)
def test_not_quite_a_day_with_a_price() -> Story:
    return sold(worth=90_00, paid_after=24 * HOUR - 1)


@edge("X03", "least", "ann", fires_at=0.5, quiet_at=0.51)
def test_half_the_price() -> Story:
    return sold(paid=45_00, worth=90_00)


@edge("X03", "most", "ann", fires_at=2, quiet_at=1.99)
def test_twice_the_price() -> Story:
    return sold(paid=180_00, worth=90_00)


def dinners(number: int) -> Story:
    """Ann brings Bob a picture, and he pays his share of the bill the same evening."""
    story = Story()
    story.knows("ann", "bob")
    story.is_worth("pandas", 90_00)
    for n in range(number):
        story.buys("ann", f"t{n}")
        story.gives("ann", "bob", f"t{n}", after="2d")
        story.pays("bob", "ann", 120_00, after="2h")
        story.now += 5 * 24 * HOUR
    return story


@edge("X03", "known_for", "ann", fires_at=7 * 24 * HOUR + 1, quiet_at=7 * 24 * HOUR)
def test_in_touch_for_a_week() -> Story:
    story = Story()
    story.buys("ann", "t1")
    story.befriends("ann", "bob", after="2d")
    story.gives("ann", "bob", "t1", after="7d")
    story.pays("bob", "ann", 90_00, after="10m")
    return story


@edge("X03", "habit", "ann", fires_at=3, quiet_at=2)
def test_a_habit_of_payments() -> Story:
    """Three payments before; the gift accounts for one."""
    story = Story()
    story.buys("ann", "t1")
    for _ in range(3):
        story.pays("bob", "ann", 20_00, after="3d")
    story.gives("ann", "bob", "t1", after="3d")
    story.pays("bob", "ann", 90_00, after="10m")
    return story


@look_alike("X03", "shared_meal", "ann", "bob")
def test_a_gift_over_dinner_and_then_the_bill_week_after_week() -> Story:
    """Ann brings Bob a picture, and he pays his share the same evening, near its price."""
    story = Story()
    story.knows("ann", "bob")
    story.is_worth("pandas", 90_00)
    for n in range(3):
        story.buys("ann", f"t{n}")
        story.gives("ann", "bob", f"t{n}", after="2d")
        story.pays("bob", "ann", 120_00, after="2h")
        story.now += 5 * 24 * HOUR
    return story


@look_alike("X03", "shared_meal", "ann", "bob", up_to="L1")
def test_a_first_dinner_with_a_new_acquaintance() -> Story:
    """The sum might be a price: one such evening may bring a reminder, no more."""
    return sold(paid=120_00, worth=90_00, paid_after=2 * HOUR)


@look_alike("X03", "red_packet", "ann", "bob", "carl", "dora")
def test_red_packets_of_three_friends_at_spring_festival() -> Story:
    """They thank Ann for a picture as one does on that evening."""
    story = Story(A_MONTH_BEFORE_SPRING_FESTIVAL)
    story.knows("ann", "bob", "carl", "dora")
    for friend in ("bob", "carl", "dora"):
        story.buys("ann", f"for {friend}")
    story.now += 2 * 24 * HOUR
    for friend, thanks in (("bob", 66_00), ("carl", 88_00), ("dora", 8_88)):
        story.gives("ann", friend, f"for {friend}", after="5h")
        story.pays(friend, "ann", thanks, after="10m")
    return story


@look_alike("X03", "parent_pays_for_child", "ann", "bob")
def test_a_father_pays_what_his_daughter_gave_him() -> Story:
    return sold(family=True)


def test_strangers_would_not_be_believed() -> None:
    told = sold(family=True).told(bundle(**{"excuses.household": {"state": "off"}}))
    assert told.fired("X03", "ann"), told.why("ann")
