"""A05: taken back after somebody else had moved in."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story

DAY = 86_400_000


def handed_over(
    owned: int = 5, given: int = 0, stays: int = 5 * DAY, payee: bool = True, known: int = 60 * DAY
) -> Story:
    """Somebody moves in on another phone in another city, stays, and Ann takes it all back, so
    long after the first that was heard of her."""
    story = Story()
    story.joins("ann", at="08:00", kyc="person a")
    born = story.now
    story.logs_in("ann")
    for n in range(owned):
        story.buys("ann", f"t{n}")
    story.now = born + known - stays
    story.logs_in("ann", device="new", geo="far", after=0)
    story.changes("ann", "password", device="new")
    if payee:
        story.changes("ann", "payment", holder="person b", device="new")
    story.now = born + known - 3_600_000
    for n in range(given):
        story.gives("ann", "bob", f"t{n}")
    story.recovers("ann", after=born + known - story.now, kyc="person a")
    return story


@fires("A05", "ann")
def test_she_sells_the_account_and_takes_it_back_five_days_later() -> Story:
    return handed_over()


@silent("A05", "ann")
def test_nobody_else_was_ever_paid() -> Story:
    return handed_over(payee=False)


@silent("A05", "ann")
def test_her_own_move_and_a_password_she_forgot() -> Story:
    story = Story()
    story.joins("ann", at="08:00")
    story.now += 60 * DAY
    story.logs_in("ann", geo="far")
    story.changes("ann", "password", after="2d")
    story.recovers("ann", after="2d")
    return story


@edge("A05", "changes", "ann", fires_at=1, quiet_at=2)
def test_one_change_of_credentials() -> Story:
    return handed_over()


@edge("A05", "emptied", "ann", fires_at=0.81, quiet_at=0.8)
def test_four_fifths_given_away() -> Story:
    """Three of five: the share counts the row itself as if it were one more gift."""
    return handed_over(given=3)


@edge("A05", "settled", "ann", fires_at=14 * DAY, quiet_at=14 * DAY + 1)
def test_known_for_two_weeks() -> Story:
    return handed_over(known=14 * DAY)


@look_alike("A05", "theft", "ann")
def test_a_thief_is_thrown_out_within_hours() -> Story:
    return handed_over(stays=5 * 3_600_000, given=2, payee=False)


@look_alike("A05", "theft", "ann")
def test_a_thief_leaves_nothing() -> Story:
    return handed_over(stays=3 * DAY, given=5, payee=False)


@look_alike(
    "A05",
    "theft",
    "ann",
    up_to="L1",
    shortfall="A01 and A02 see one burglary twice, and two rules of a family warn the victim",
)
def test_a_thief_who_wants_to_be_paid() -> Story:
    return handed_over(stays=5 * 3_600_000, given=2)
