"""A04: many people live on one device."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story

HOUR = 3_600_000
DAY = 24 * HOUR


def sharing(accounts: int, rounds: int, apart: int = 12 * HOUR) -> Story:
    """Accounts log in one after the other on one device, round after round."""
    story = Story()
    begins = story.now
    for turn in range(rounds):
        for n in range(accounts):
            due = begins + turn * apart + n * apart // accounts
            story.logs_in(f"user {n}", device="rig", after=due - story.now)
    return story


def customers(story: Story, of: str, number: int) -> None:
    """So many log in once, in the course of a day."""
    for n in range(number):
        story.logs_in(f"customer {n} of {of}", device="tablet", after="40m")


@fires("A04", "user 0", "user 4")
def test_six_accounts_take_turns_on_one_phone() -> Story:
    return sharing(6, 12)


@silent("A04", *(f"user {n}" for n in range(6)))
def test_the_first_days() -> Story:
    return sharing(6, 5)


@silent("A04", *(f"user {n}" for n in range(3)))
def test_three_on_one_phone() -> Story:
    return sharing(3, 20)


@edge("A04", "day", "user 0", fires_at=5, quiet_at=6)
def test_five_in_a_day() -> Story:
    return sharing(5, 12)


@edge("A04", "month", "user 0", fires_at=8, quiet_at=9)
def test_eight_in_a_month() -> Story:
    """One after the other, a day each, and then once more: never five in a day."""
    return sharing(8, 3, apart=8 * DAY)


@edge("A04", "belongs", "user 0", fires_at=3 * DAY, quiet_at=3 * DAY + 1)
def test_three_days_after_its_first_use() -> Story:
    """The seventh round is three days after the first, the eighth half a day later."""
    return sharing(6, 8)


@edge("A04", "returns", "user 0", fires_at=2, quiet_at=3)
def test_two_logins_after_three_days() -> Story:
    return sharing(6, 8)


@look_alike("A04", "shop", *(f"customer {n} of day {day}" for n in range(8) for day in range(4)))
def test_customers_of_a_shop() -> Story:
    story = Story()
    for day in range(4):
        story.now = story.start + day * DAY
        customers(story, f"day {day}", 8)
    return story


@look_alike("A04", "shop", "clerk", up_to="L1")
def test_the_clerk_of_a_shop() -> Story:
    """Whoever works at the device belongs to it: to be asked about it is accepted."""
    story = Story()
    for day in range(8):
        story.now = story.start + day * DAY
        story.logs_in("clerk", device="tablet")
        customers(story, f"day {day}", 8)
    return story


@look_alike("A04", "repair", "owner", *(f"customer {n} of day 0" for n in range(6)))
def test_a_tablet_comes_back_from_repair() -> Story:
    """The workshop tried it with the accounts of its people."""
    story = Story()
    story.logs_in("owner", device="tablet")
    story.now += 20 * DAY
    customers(story, "day 0", 6)
    story.logs_in("owner", device="tablet", after="5h")
    return story


@look_alike("A04", "shared_tablet", *(f"user {n}" for n in range(4)))
def test_the_tablet_of_a_family_of_four() -> Story:
    return sharing(4, 40)
