"""X08: strangers talk about money, then one gives the other a token."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story

HOUR = 3_600_000
DAY = 24 * HOUR


def talk(
    *texts: str,
    before: int = 2 * HOUR,
    heard_of: int = 40 * DAY,
    known: int = -1,
    place: str = "far",
) -> Story:
    """Bob writes to Ann, who is in another city, beginning so long before she gives him a token;
    that is so long after the first that was heard of him, and they have known each other for so
    long, if at all."""
    story = Story()
    story.logs_in("bob")
    gift = story.now + heard_of
    for n in range(2):
        story.befriends("bob", f"friend {n}", after=0)
    story.buys("ann", "t1")
    if known >= 0:
        story.befriends("ann", "bob", after=gift - known - story.now)
    for n, text in enumerate(texts):
        story.writes("bob", "ann", text, after=gift - before + n - story.now)
    story.gives("ann", "bob", "t1", after=gift - story.now, geo=place)
    return story


@fires("X08", "ann", "bob")
def test_a_price_and_a_way_to_pay() -> Story:
    return talk("38元可以吗", "支付宝转账")


@edge("X08", "friends", "bob", fires_at=2, quiet_at=3)
def test_two_friends_are_known() -> Story:
    """Where no friendship is ever heard of, everybody would be a stranger."""
    return talk("38元可以吗", "支付宝转账")


@silent("X08", "ann", "bob")
def test_a_compliment() -> Story:
    return talk("很喜欢你的收藏")


@silent("X08", "ann", "bob")
def test_two_of_one_city() -> Story:
    return talk("支付宝转账", place="home")


@silent("X08", "ann", "bob")
def test_who_has_never_been_in_touch_has_not_talked() -> Story:
    return talk()


@edge("X08", "met_within", "ann", fires_at=3 * DAY, quiet_at=3 * DAY - 1)
def test_met_three_days_ago() -> Story:
    return talk("支付宝转账", before=3 * DAY)


@edge("X08", "words", "ann", fires_at=4, quiet_at=5)
def test_a_way_to_pay_alone() -> Story:
    return talk("支付宝转账")


@edge("X08", "settled", "ann", fires_at=30 * DAY, quiet_at=30 * DAY + 1)
def test_known_for_thirty_days() -> Story:
    return talk("支付宝转账", heard_of=30 * DAY)


@look_alike("X08", "jokes", "ann", "bob")
def test_old_friends_joke_about_millions() -> Story:
    return talk("一百万元卖给我", "哈哈 先付款", known=20 * DAY)


@look_alike("X08", "questions_about_official_prices", "ann", "bob")
def test_a_newcomer_asks_what_the_next_drop_costs() -> Story:
    return talk("下次官方发售价是18元吗？")


@look_alike("X08", "questions_about_official_prices", "ann", "bob", up_to="L1")
def test_a_newcomer_asks_how_to_pay_at_the_next_drop() -> Story:
    """The words are the words of a deal: a reminder is accepted."""
    return talk("下次官方发售价是18元吗？", "可以用支付宝付款吗？")
