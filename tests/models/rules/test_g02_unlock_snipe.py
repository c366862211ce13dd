"""G02: given right after unlock, again and again."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import A_MONTH_BEFORE_SPRING_FESTIVAL, Story

A_WEEK = """
[[transfer]]
from = 2010-01-01
gifting = "allowed"
hold_after_purchase = "7 d"
hold_after_gift = "7 d"
"""
HOUR = 3_600_000
DAY = 24 * HOUR


def a_drop(story: Story, buyer: str, tokens: int) -> list[str]:
    """Somebody buys tokens of one drop, a minute apart."""
    names = [f"t{n}" for n in range(tokens)]
    for name in names:
        story.buys(buyer, name)
    return names


def at_unlock(
    recipients: list[str],
    after: int = 10_000,
    hold: int = DAY,
    story: Story | None = None,
) -> Story:
    """Ann gives one token of a drop to each, at the same distance from its unlock."""
    story = story or Story(toml=A_WEEK if hold > DAY else "")
    tokens = a_drop(story, "ann", len(recipients))
    bought = story.now - (len(recipients) - 1) * 60_000
    for n, (token, recipient) in enumerate(zip(tokens, recipients, strict=True)):
        due = bought + n * 60_000 + hold + after
        story.gives("ann", recipient, token, after=due - story.now)
    return story


@fires("G02", "ann")
def test_a_seller_delivers_as_soon_as_the_hold_allows() -> Story:
    return at_unlock(["bob", "carl", "dora"])


@fires("G02", "ann")
def test_a_long_hold_leaves_a_day() -> Story:
    return at_unlock(["bob", "carl", "dora"], after=20 * HOUR, hold=7 * DAY)


@silent("G02", "ann")
def test_two_hours_after_a_short_hold_are_no_haste() -> Story:
    return at_unlock(["bob", "carl", "dora"], after=2 * HOUR)


@silent("G02", "ann")
def test_where_no_hold_is_there_is_no_unlock() -> Story:
    story = Story(
        toml='[[transfer]]\nfrom = 2010-01-01\ngifting = "allowed"\n'
        'hold_after_purchase = "0 s"\nhold_after_gift = "0 s"'
    )
    for token in a_drop(story, "ann", 4):
        story.gives("ann", f"friend {token}", token)
    return story


@edge("G02", "soon", "ann", fires_at=DAY, quiet_at=DAY - 1)
def test_a_day_after_a_long_hold() -> Story:
    return at_unlock(["bob", "carl", "dora"], after=DAY, hold=7 * DAY)


@edge("G02", "soon_short", "ann", fires_at=HOUR, quiet_at=HOUR - 1)
def test_an_hour_after_a_short_hold() -> Story:
    return at_unlock(["bob", "carl", "dora"], after=HOUR)


@edge("G02", "short_hold", "ann", fires_at=DAY - 1, quiet_at=DAY)
def test_a_hold_of_a_day_is_short() -> Story:
    return at_unlock(["bob", "carl", "dora"], after=2 * HOUR)


@edge("G02", "tokens", "ann", fires_at=3, quiet_at=4)
def test_three_tokens() -> Story:
    return at_unlock(["bob", "carl", "dora"])


@edge("G02", "recipients", "ann", fires_at=2, quiet_at=3)
def test_two_recipients() -> Story:
    return at_unlock(["bob", "carl", "bob"])


FRIENDS = ["bob", "carl", "dora", "emil", "fay"]


@look_alike("G02", "birthday", "ann", "bob")
def test_everything_for_the_birthday_of_one_friend() -> Story:
    story = Story()
    story.knows("ann", "bob")
    return at_unlock(["bob"] * 4, story=story)


@look_alike("G02", "release_campaign", "ann", *FRIENDS, up_to="L1")
def test_buy_five_give_five() -> Story:
    """The campaign of a release asks everybody to give at the hour of the unlock. What it asks
    for does look like a sale: a reminder of the rules is accepted, a warning is not."""
    story = Story()
    story.knows("ann", *FRIENDS)
    return at_unlock(FRIENDS, story=story)


@look_alike("G02", "festival", "ann", *FRIENDS)
def test_five_friends_on_the_eve_of_spring_festival() -> Story:
    story = Story(A_MONTH_BEFORE_SPRING_FESTIVAL)
    story.knows("ann", *FRIENDS)
    return at_unlock(FRIENDS, story=story)
