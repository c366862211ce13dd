"""A02: somebody else is paid, from a new device in a new place."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story

DAY = 86_400_000


def verified(days: int = 60) -> Story:
    """Ann is registered as person a, and has logged in on her phone at home for so long."""
    story = Story()
    story.joins("ann", at="08:00", kyc="person a")
    story.logs_in("ann")
    story.now += days * DAY
    return story


@fires("A02", "ann")
def test_the_buyer_enters_a_payment_account_of_their_own() -> Story:
    story = verified()
    story.logs_in("ann", device="new", geo="far")
    story.changes("ann", "payment", holder="person b")
    return story


@silent("A02", "ann")
def test_the_verified_person_has_moved_and_changed_banks() -> Story:
    story = verified()
    story.logs_in("ann", device="new", geo="far")
    story.changes("ann", "payment", holder="person a")
    return story


@silent("A02", "ann")
def test_a_holder_whom_nobody_can_compare() -> Story:
    story = Story()
    story.joins("ann", at="08:00")
    story.now += 60 * DAY
    story.logs_in("ann", device="new", geo="far")
    story.changes("ann", "payment", holder="person b")
    return story


@edge("A02", "settled", "ann", fires_at=14 * DAY, quiet_at=14 * DAY + 1)
def test_known_for_two_weeks() -> Story:
    story = Story()
    story.joins("ann", at="08:00", kyc="person a")
    born = story.now
    story.logs_in("ann", device="new", geo="far", after="3d")
    story.changes("ann", "payment", holder="person b", after=born + 14 * DAY - story.now)
    return story


@look_alike("A02", "parent", "ann")
def test_a_parent_pays_for_a_student() -> Story:
    story = verified()
    story.changes("ann", "payment", holder="her mother")
    return story


@look_alike("A02", "spouse", "ann")
def test_a_spouse_pays_from_a_new_phone_at_home() -> Story:
    story = verified()
    story.logs_in("ann", device="new")
    story.changes("ann", "payment", holder="her husband")
    return story
