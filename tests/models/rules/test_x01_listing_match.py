"""X01: the token was offered outside, then given."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story

HOUR = 3_600_000


def offered(
    seller: str | None = "ann", confidence: float = 1.0, given_after: int = 5 * HOUR
) -> Story:
    """Ann's token is offered outside by somebody, and she gives it to Bob."""
    story = Story()
    story.buys("ann", "t1", at="10:00")
    story.is_listed("t1", seller, confidence=confidence, after="2d")
    story.gives("ann", "bob", "t1", after=given_after)
    return story


@fires("X01", "ann", "bob")
def test_a_naive_seller_under_her_own_name() -> Story:
    return offered()


@fires("X01", "ann")
def test_an_offer_that_names_nobody() -> Story:
    return offered(seller=None)


@silent("X01", "ann")
def test_a_doubtful_match() -> Story:
    return offered(confidence=0.5)


@silent("X01", "ann")
def test_another_token_of_the_same_collection() -> Story:
    story = Story()
    story.buys("ann", "t1", at="10:00")
    story.buys("ann", "t2")
    story.is_listed("t2", "ann", after="2d")
    story.gives("ann", "bob", "t1", after="1h")
    return story


@edge("X01", "given_within", "ann", fires_at=72 * HOUR, quiet_at=72 * HOUR - 1)
def test_three_days_after_the_offer() -> Story:
    return offered(given_after=72 * HOUR)


@edge("X01", "confidence", "ann", fires_at=0.9, quiet_at=0.91)
def test_a_match_of_nine_in_ten() -> Story:
    return offered(confidence=0.9)


@look_alike("X01", "fraudster_listing", "ann", "bob")
def test_a_fraudster_offers_what_is_anns() -> Story:
    return offered(seller="mallory")


@look_alike("X01", "fraudster_listing", "ann", "bob", up_to="L1")
def test_a_fraudster_whom_the_market_does_not_name() -> Story:
    """Anybody can list anybody's serial: no more than a reminder may come of it."""
    return offered(seller=None)
