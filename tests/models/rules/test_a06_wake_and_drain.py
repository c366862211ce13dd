"""A06: asleep for a month, a new device, emptied."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story

HOUR = 3_600_000
DAY = 24 * HOUR


def asleep(
    owned: int = 5, slept: int = 40 * DAY, device: str = "new", given: int = 4, wait: int = HOUR
) -> Story:
    """Ann's account sleeps, wakes on some device, and gives away what it owns."""
    story = Story()
    story.joins("ann", at="08:00")
    story.logs_in("ann")
    for n in range(owned):
        story.buys("ann", f"t{n}")
    story.logs_in("ann", device=device, after=slept)
    woken = story.now
    for n in range(given):
        story.gives("ann", "mallory", f"t{n}", after=woken + wait + n - story.now)
    return story


@fires("A06", "ann")
def test_a_thief_empties_an_account_that_nobody_uses() -> Story:
    return asleep()


@silent("A06", "ann", "mallory")
def test_an_account_in_daily_use() -> Story:
    return asleep(slept=DAY)


@silent("A06", "ann")
def test_a_present_or_two_after_a_long_time() -> Story:
    return asleep(given=2)


@edge("A06", "asleep", "ann", fires_at=30 * DAY, quiet_at=30 * DAY + 1)
def test_thirty_days_asleep() -> Story:
    return asleep(slept=30 * DAY)


@edge("A06", "within", "ann", fires_at=24 * HOUR, quiet_at=24 * HOUR - 2)
def test_not_quite_a_day_after_it_woke() -> Story:
    """A device is new for 24 hours, so that the last moment lies just before."""
    return asleep(owned=1, given=1, wait=24 * HOUR - 1)


@edge("A06", "given", "ann", fires_at=0.8, quiet_at=0.81)
def test_four_of_five() -> Story:
    return asleep()


@edge("A06", "known_for", "ann", fires_at=7 * DAY, quiet_at=7 * DAY - 1)
def test_in_touch_for_a_week() -> Story:
    """One token is all there is, and it goes a week less a millisecond after they met."""
    story = Story()
    story.joins("ann", at="08:00")
    story.logs_in("ann")
    story.buys("ann", "t0")
    story.befriends("ann", "mallory", after="40d")
    met = story.now
    story.logs_in("ann", device="new", after="6d23h")
    story.gives("ann", "mallory", "t0", after=met + 7 * DAY - 1 - story.now)
    return story


@look_alike("A06", "somebody_leaving", "ann", "dear")
def test_somebody_says_goodbye_from_a_new_phone() -> Story:
    """To a friend of many years."""
    story = Story()
    story.joins("ann", at="08:00")
    story.knows("ann", "dear")
    for n in range(5):
        story.buys("ann", f"t{n}")
    story.logs_in("ann", device="new", after="40d")
    for n in range(5):
        story.gives("ann", "dear", f"t{n}")
    return story


@look_alike("A06", "somebody_leaving", "ann")
def test_somebody_comes_back_to_say_goodbye() -> Story:
    """From the phone that she always had, to one friend."""
    return asleep(device="phone of ann", given=5)
