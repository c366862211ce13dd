"""A07: a new device in a new place gives the collection away to a stranger."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story

DAY = 86_400_000


def owned(tokens: int = 6, days: int = 40) -> Story:
    """Ann has six tokens and logs in every few days, from one phone in one city."""
    story = Story()
    story.joins("ann", at="08:00", device="phone of ann", geo="home")
    for n in range(tokens):
        story.buys("ann", f"t{n}")
    for day in range(1, days, 3):
        story.logs_in("ann", at=f"day {day} 09:00")
    story.now = story.start + days * DAY
    return story


def robbed(
    gifts: int = 3,
    to: str = "thief",
    geo: str = "far",
    device: str = "of the thief",
    after: str = "5m",
    story: Story | None = None,
) -> Story:
    """Somebody logs in as Ann and gives her tokens away."""
    story = story or owned()
    story.logs_in("ann", device=device, geo=geo)
    for n in range(gifts):
        wait = after if n == 0 else "2m"
        story.gives("ann", to, f"t{n}", after=wait, device=device, geo=geo)
    return story


@fires("A07", "ann")
def test_an_account_in_daily_use_is_emptied() -> Story:
    return robbed(gifts=5)


@silent("A07", "ann")
def test_one_gift_from_a_new_phone_on_a_journey() -> Story:
    return robbed(gifts=1)


@silent("A07", "ann")
def test_the_phone_is_the_old_one() -> Story:
    return robbed(device="phone of ann")


@edge("A07", "within", "ann", fires_at=3 * DAY, quiet_at=3 * DAY - 1)
def test_three_days_after_the_first_login() -> Story:
    """The third gift comes three days after the login, to the millisecond."""
    story = owned()
    story.logs_in("ann", device="of the thief", geo="far")
    first = story.now
    for n in range(2):
        story.gives("ann", "thief", f"t{n}", after="71h" if n == 0 else "2m")
    more = {"device": "of the thief", "geo": "far"}
    story.gives("ann", "thief", "t2", after=first + 3 * DAY - story.now, **more)
    return story


@edge("A07", "gifts", "ann", fires_at=3, quiet_at=4)
def test_three_gifts_of_six() -> Story:
    return robbed(gifts=3)


@edge("A07", "given", "ann", fires_at=0.8, quiet_at=0.81)
def test_four_of_five_to_as_many_strangers() -> Story:
    story = owned(tokens=5)
    more = {"device": "of the thief", "geo": "far"}
    story.logs_in("ann", **more)
    for n in range(4):
        story.gives("ann", f"thief {n}", f"t{n}", **more)
    return story


@edge("A07", "known_for", "ann", fires_at=14 * DAY, quiet_at=14 * DAY - 1)
def test_in_touch_for_two_weeks() -> Story:
    """The first gift comes two weeks, less a millisecond, after they became friends; the others
    leave it at that."""
    story = owned()
    story.befriends("ann", "thief")
    met = story.now
    story.logs_in("ann", device="of the thief", geo="far", after="13d23h")
    more = {"device": "of the thief", "geo": "far"}
    story.gives("ann", "thief", "t0", after=met + 14 * DAY - 1 - story.now, **more)
    for n in (1, 2):
        story.gives("ann", "thief", f"t{n}", after="2m", **more)
    return story


@edge("A07", "settled", "ann", fires_at=14 * DAY, quiet_at=14 * DAY + 1)
def test_two_weeks_old() -> Story:
    story = owned(days=10)
    born = int(story.events[0]["ts"])
    story.logs_in("ann", device="of the thief", geo="far", at="day 13 20:00")
    more = {"device": "of the thief", "geo": "far"}
    for n in range(2):
        story.gives("ann", "thief", f"t{n}", **more)
    story.gives("ann", "thief", "t2", after=born + 14 * DAY - story.now, **more)
    return story


@look_alike("A07", "somebody_leaving", "ann")
def test_a_farewell_to_an_old_friend_from_a_hotel() -> Story:
    story = Story()
    story.joins("ann", at="07:00", device="phone of ann", geo="home")
    story.knows("ann", "bob")
    for n in range(5):
        story.buys("ann", f"t{n}")
    story.logs_in("ann")
    story.now += 2 * DAY
    return robbed(gifts=5, to="bob", device="of a hotel", story=story)


@look_alike("A07", "moving_house", "ann")
def test_a_new_city_a_new_phone_and_a_present_for_the_neighbour() -> Story:
    return robbed(gifts=1, to="neighbour", after="2d")
