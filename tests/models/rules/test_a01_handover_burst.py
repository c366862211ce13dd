"""A01: a new owner moves in."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story

DAY = 86_400_000


def settled(account: str = "ann", days: int = 60) -> Story:
    """An account with a past: registered, four friends, logins on one phone in one city."""
    story = Story()
    story.joins(account, at="08:00")
    for friend in ("bob", "carl", "dora", "emil"):
        story.befriends(account, friend)
    for day in range(0, days, 10):
        story.logs_in(account, at=f"day {day} 09:00")
    story.now = story.start + days * DAY
    return story


@fires("A01", "ann")
def test_new_phone_city_number_and_password() -> Story:
    story = settled()
    story.logs_in("ann", device="new", geo="far")
    story.changes("ann", "phone", device="new")
    story.changes("ann", "password", device="new")
    return story


@fires("A01", "ann")
def test_the_new_owner_has_other_friends() -> Story:
    story = settled()
    story.logs_in("ann", device="new")
    story.changes("ann", "payment", holder="person b")
    story.unfriends("ann", "bob")
    story.unfriends("ann", "carl")
    story.logs_in("ann", device="new")
    return story


@silent("A01", "ann")
def test_the_old_phone_is_still_in_use() -> Story:
    story = settled()
    story.logs_in("ann", after="1h")
    story.logs_in("ann", device="new", geo="far")
    story.changes("ann", "phone", device="new")
    story.changes("ann", "password", device="new")
    return story


@silent("A01", "ann")
def test_one_change_a_week() -> Story:
    story = settled()
    story.logs_in("ann", device="new")
    story.changes("ann", "phone", after="7d")
    story.changes("ann", "password", after="7d")
    story.changes("ann", "payment", after="7d")
    return story


@silent("A01", "ann")
def test_a_first_device_and_place_are_no_change() -> Story:
    story = Story()
    story.joins("ann", at="08:00")
    story.logs_in("ann", at="day 20 08:00")
    story.changes("ann", "phone")
    story.changes("ann", "password")
    return story


@edge("A01", "marks", "ann", fires_at=3, quiet_at=4)
def test_three_marks() -> Story:
    """A new device, a new number, and the login after both; a new payee comes too late to be in
    the picture of its own row."""
    story = settled()
    story.logs_in("ann", device="new")
    story.changes("ann", "phone")
    story.changes("ann", "payment")
    story.logs_in("ann", device="new")
    return story


@edge("A01", "stays", "ann", fires_at=DAY, quiet_at=DAY + 1)
def test_a_day_in_the_new_city() -> Story:
    """A new phone in a new city, a new password, and a login from there a day after the first."""
    story = settled()
    story.logs_in("ann", device="new", geo="far")
    first = story.now
    story.changes("ann", "password", device="new", geo="far")
    story.logs_in("ann", device="new", geo="far", after=first + DAY - story.now)
    return story


@silent("A01", "ann")
def test_a_journey_with_a_new_phone_and_a_new_password() -> Story:
    story = settled()
    story.logs_in("ann", device="new", geo="far")
    story.changes("ann", "password", device="new", geo="far")
    story.logs_in("ann", device="new", after="2d")
    story.logs_in("ann", device="new", after="2d")
    return story


@edge("A01", "friends_gone", "ann", fires_at=0.5, quiet_at=0.51)
def test_half_of_the_friends() -> Story:
    story = settled()
    story.logs_in("ann", device="new")
    story.changes("ann", "phone")
    story.unfriends("ann", "bob")
    story.unfriends("ann", "carl")
    story.logs_in("ann", device="new")
    return story


@edge("A01", "settled", "ann", fires_at=14 * DAY, quiet_at=14 * DAY + 1)
def test_two_weeks_old() -> Story:
    """The last login comes one millisecond more than two weeks after the first."""
    story = Story()
    story.logs_in("ann", at="08:00")
    born = story.now
    story.logs_in("ann", device="new", geo="far", at="day 14 07:00")
    story.changes("ann", "phone")
    story.changes("ann", "password")
    story.logs_in("ann", device="new", geo="far", after=born + 14 * DAY + 1 - story.now)
    return story


@look_alike("A01", "new_phone", "ann")
def test_a_new_phone_with_a_new_password() -> Story:
    story = settled()
    story.logs_in("ann", device="new")
    story.changes("ann", "password", device="new")
    story.logs_in("ann", device="new", after="5h")
    return story


@look_alike("A01", "theft", "ann", up_to="L1")
def test_a_thief_locks_the_owner_out_until_she_recovers_it() -> Story:
    """From outside it is a hand-over. The owner may be asked and reminded, not punished."""
    story = settled()
    story.logs_in("ann", device="of the thief", geo="far")
    story.changes("ann", "phone", device="of the thief")
    story.changes("ann", "password", device="of the thief")
    story.logs_in("ann", device="of the thief", geo="far", after="2h")
    story.recovers("ann", after="1d", kyc="person a")
    story.changes("ann", "password", after="10m")
    story.changes("ann", "phone")
    story.logs_in("ann")
    return story


@look_alike("A01", "moving_house", "ann")
def test_a_new_city_a_new_number_and_a_new_bank() -> Story:
    """She keeps her phone."""
    story = settled()
    story.logs_in("ann", geo="far")
    story.changes("ann", "phone", after="5h")
    story.changes("ann", "payment", after="1d", holder="person a")
    story.logs_in("ann", geo="far", after="5h")
    return story
