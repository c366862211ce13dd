"""G01: given before the hold in force had ended."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story, bundle

FORBIDDEN = 'extends = "no-transfer"'


@fires("G01", "ann")
def test_a_naive_seller_gives_two_hours_after_buying() -> Story:
    story = Story()
    story.buys("ann", "t1", at="10:00")
    story.gives("ann", "bob", "t1", after="2h")
    return story


@fires("G01", "bob")
def test_what_came_as_a_gift_is_passed_on_at_once() -> Story:
    story = Story()
    story.buys("ann", "t1", at="10:00")
    story.gives("ann", "bob", "t1", after="2d")
    story.gives("bob", "carl", "t1", after="1h")
    return story


@fires("G01", "ann")
def test_where_gifting_is_forbidden_every_gift_is_early() -> Story:
    story = Story(toml=FORBIDDEN)
    story.buys("ann", "t1", at="10:00")
    story.gives("ann", "bob", "t1", at="day 30 10:00")
    return story


@fires("G01", "ann")
def test_where_gifting_is_forbidden_nobody_needs_to_have_seen_the_purchase() -> Story:
    story = Story(toml=FORBIDDEN)
    story.gives("ann", "bob", "t1", at="10:00")
    return story


@silent("G01", "ann")
def test_a_gift_after_the_hold() -> Story:
    story = Story()
    story.buys("ann", "t1", at="10:00")
    story.gives("ann", "bob", "t1", after="25h")
    return story


@silent("G01", "ann")
def test_a_token_whose_purchase_nobody_saw() -> Story:
    story = Story()
    story.gives("ann", "bob", "t1", at="10:00")
    return story


@silent("G01", "ann")
def test_the_rule_in_force_on_the_day_of_the_gift_counts() -> Story:
    story = Story(
        toml="""
        [[transfer]]
        from = 2010-01-01
        gifting = "allowed"
        hold_after_purchase = "180 d"
        hold_after_gift = "730 d"

        [[transfer]]
        from = 2024-03-21
        gifting = "allowed"
        hold_after_purchase = "24 h"
        hold_after_gift = "24 h"
        """
    )
    story.buys("ann", "t1", at="10:00")
    story.gives("ann", "bob", "t1", at="day 3 10:00")
    return story


@fires("G01", "ann")
def test_the_rule_that_came_later_excuses_nobody() -> Story:
    story = Story(
        toml="""
        [[transfer]]
        from = 2010-01-01
        gifting = "allowed"
        hold_after_purchase = "180 d"
        hold_after_gift = "730 d"

        [[transfer]]
        from = 2024-03-23
        gifting = "allowed"
        hold_after_purchase = "24 h"
        hold_after_gift = "24 h"
        """
    )
    story.buys("ann", "t1", at="10:00")
    story.gives("ann", "bob", "t1", at="day 3 10:00")
    return story


@edge("G01", "skew", "ann", fires_at=300_000, quiet_at=300_001)
def test_clocks_may_disagree_by_so_much() -> Story:
    story = Story()
    story.buys("ann", "t1", at="10:00")
    story.gives("ann", "bob", "t1", after=24 * 3_600_000 - 300_001)
    return story


@look_alike("G01", "migration", "custody", "ann", "bob")
def test_a_migration_hands_out_what_was_bought_elsewhere() -> Story:
    """An account of the platform gives everybody what they owned on its predecessor."""
    story = Story(toml=bundle(allow={"creators": ["custody"]}))
    for n in range(6):
        story.gives("custody", "ann", f"t{n}")
        story.gives("custody", f"user {n}", f"u{n}")
    story.gives("ann", "bob", "t0", after="25h")
    return story


@look_alike(
    "G01",
    "migration",
    "ann",
    shortfall="a late purchase counts from its arrival, so that the token looks fresh",
)
def test_a_migration_sends_an_old_purchase_late() -> Story:
    """A purchase of ten days ago arrives behind the events of today."""
    story = Story()
    story.logs_in("bob", at="day 10 09:00")
    story.buys("ann", "t1", at="day 0 09:00")
    story.logs_in("bob", at="day 10 10:00")
    story.gives("ann", "bob", "t1", after="1h")
    return story


@look_alike(
    "G01",
    "migration",
    "ann",
    "new ann",
    up_to="L1",
    shortfall="the excuse knows a move by the gift before, so that the first of them accuses",
)
def test_support_moves_everything_to_a_new_account() -> Story:
    """Bought this morning, moved within minutes to the account that replaces the old one."""
    story = Story()
    for n in range(4):
        story.buys("ann", f"t{n}")
    story.now += 3 * 3_600_000
    for n in range(4):
        story.gives("ann", "new ann", f"t{n}")
    return story


@look_alike(
    "G01",
    "support_recovery",
    "old ann",
    "ann",
    shortfall="no excuse knows that two accounts belong to one verified person",
)
def test_support_moves_a_purchase_to_the_account_its_owner_recovered() -> Story:
    """Bought with the wrong one of one person's two accounts: support sets it right."""
    story = Story()
    story.joins("old ann", at="09:00", kyc="person a")
    story.joins("ann", kyc="person a")
    story.buys("old ann", "t1", at="10:00")
    story.recovers("ann", after="1h", kyc="person a")
    story.gives("old ann", "ann", "t1", after="1h")
    return story
