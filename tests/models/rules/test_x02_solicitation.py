"""X02: words of an offer to somebody who then got a token."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story

HOUR = 3_600_000
DAY = 24 * HOUR

OFFER = "38元 加我微信"


def written(text: str, before: int = 2 * HOUR, known: int = -1, to: str = "bob") -> Story:
    """Ann writes to somebody and gives Bob a token so long after; she has known Bob for so long,
    if at all."""
    story = Story()
    story.buys("ann", "t1")
    gift = story.now + 20 * DAY
    if known >= 0:
        story.befriends("ann", "bob", after=gift - known - story.now)
    story.writes("ann", to, text, after=gift - before - story.now)
    story.gives("ann", "bob", "t1", after=before)
    return story


@fires("X02", "ann")
def test_a_price_and_a_contact() -> Story:
    return written(OFFER)


@silent("X02", "ann")
def test_small_talk() -> Story:
    return written("你好，很喜欢这个系列")


@silent("X02", "ann")
def test_an_offer_to_somebody_else() -> Story:
    return written(OFFER, to="carl")


@silent("X02", "bob")
def test_the_recipient_wrote_nothing() -> Story:
    return written(OFFER)


@edge("X02", "marks", "ann", fires_at=2, quiet_at=3)
def test_two_of_three_marks() -> Story:
    return written(OFFER)


@edge("X02", "within", "ann", fires_at=7 * DAY, quiet_at=7 * DAY - 2)
def test_not_quite_a_week_before() -> Story:
    """After a whole week the message itself makes them acquainted."""
    return written(OFFER, before=7 * DAY - 1)


@edge("X02", "known_for", "ann", fires_at=7 * DAY + 1, quiet_at=7 * DAY)
def test_known_for_a_week() -> Story:
    return written(OFFER, known=7 * DAY)


@look_alike("X02", "jokes", "ann", "bob")
def test_old_friends_joke_about_prices() -> Story:
    return written("哈哈 出给你 888元 先转账", known=15 * DAY)


@look_alike("X02", "questions_about_official_prices", "ann", "bob")
def test_a_question_about_the_official_price() -> Story:
    return written("官方发售价是18元吗？")
