"""G03: befriended, given, unfriended."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story, bundle

HOUR = 3_600_000
DAY = 24 * HOUR


def strangers(
    *customers: str, friends_for: int = HOUR, gone_after: int = HOUR, family: bool = False
) -> Story:
    """Ann befriends each, gives after `friends_for` and ends it `gone_after` later."""
    story = Story()
    for customer in customers:
        story.buys("ann", f"for {customer}")
    story.now += 30 * HOUR
    for customer in customers:
        if family:
            story.declares("ann", customer)
        story.befriends("ann", customer)
        story.gives("ann", customer, f"for {customer}", after=friends_for)
        story.unfriends("ann", customer, after=gone_after)
    return story


@fires("G03", "ann")
def test_customers_are_friends_for_an_hour() -> Story:
    return strangers("bob", "carl")


@fires("G03", "ann")
def test_the_customer_may_be_the_one_who_ends_it() -> Story:
    story = strangers("bob")
    story.buys("ann", "for carl")
    story.befriends("carl", "ann", after="30h")
    story.gives("ann", "carl", "for carl", after="1h")
    story.unfriends("carl", "ann", after="1h")
    return story


@silent("G03", "ann")
def test_one_such_friend_is_chance() -> Story:
    return strangers("bob")


@silent("G03", "bob", "carl")
def test_the_recipients_gave_nothing() -> Story:
    return strangers("bob", "carl")


@silent("G03", "ann")
def test_friends_who_quarrel_over_no_gift() -> Story:
    story = Story()
    for friend in ("bob", "carl", "dora"):
        story.befriends("ann", friend, after="1h")
        story.unfriends("ann", friend, after="1h")
    return story


@silent("G03", "ann")
def test_one_household() -> Story:
    return strangers("bob", "carl", family=True)


@edge("G03", "friends_for", "ann", fires_at=2 * DAY, quiet_at=2 * DAY - 1)
def test_friends_for_not_quite_two_days() -> Story:
    return strangers("bob", "carl", friends_for=2 * DAY - 1)


@edge("G03", "gone_within", "ann", fires_at=7 * DAY, quiet_at=7 * DAY - 1)
def test_gone_after_a_week() -> Story:
    return strangers("bob", "carl", gone_after=7 * DAY)


@edge("G03", "pairs", "ann", fires_at=2, quiet_at=3)
def test_two_such_friends() -> Story:
    return strangers("bob", "carl")


@look_alike("G03", "new_member_known_offline", "ann", "bob", "carl", "dora")
def test_colleagues_join_and_get_a_welcome_gift() -> Story:
    """They are new here, not to each other, and stay friends."""
    story = Story()
    for friend in ("bob", "carl", "dora"):
        story.buys("ann", f"for {friend}")
    story.now += 30 * HOUR
    for friend in ("bob", "carl", "dora"):
        story.joins(friend)
        story.befriends("ann", friend)
        story.gives("ann", friend, f"for {friend}", after="10m")
    story.unfriends("ann", "dora", at="day 20 10:00")
    return story


@look_alike("G03", "giveaway", "ann", up_to="L1")
def test_a_giveaway_to_three_winners() -> Story:
    """Winners must be friends to be given to, and are removed when it is over, which is what a
    sale looks like as well: a reminder is accepted."""
    return strangers("bob", "carl", "dora", friends_for=2 * HOUR, gone_after=3 * DAY)


@look_alike("G03", "giveaway", "creator")
def test_an_allow_listed_creators_giveaway_to_ten_winners() -> Story:
    story = Story(toml=bundle(allow={"creators": ["creator"]}))
    winners = [f"winner {n}" for n in range(10)]
    for winner in winners:
        story.buys("creator", f"for {winner}")
    story.now += 30 * HOUR
    for winner in winners:
        story.befriends("creator", winner)
        story.gives("creator", winner, f"for {winner}", after="10m")
    story.now += 2 * DAY
    for winner in winners:
        story.unfriends("creator", winner)
    return story
