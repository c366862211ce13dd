"""G08: comes back, or goes round a ring of accounts."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story, bundle

DAY = 86_400_000


def there_and_back(token: str, story: Story, back_after: int) -> None:
    """Ann gives Bob a token, and has it back after so long."""
    story.buys("ann", token)
    story.gives("ann", "bob", token, after="2d")
    story.gives("bob", "ann", token, after=back_after)


def ring(*people: str, apart: str = "2d") -> Story:
    """A token goes round, back to the first of the ring."""
    story = Story()
    story.buys(people[0], "t1")
    for giver, recipient in zip(people, [*people[1:], people[0]], strict=True):
        story.gives(giver, recipient, "t1", after=apart)
    return story


def twice(back_after: int) -> Story:
    story = Story()
    there_and_back("t1", story, back_after)
    there_and_back("t2", story, back_after)
    return story


@fires("G08", "ann", "bob")
def test_one_pair_twice() -> Story:
    return twice(5 * DAY)


@fires("G08", "carl", "ann")
def test_a_ring_of_three() -> Story:
    return ring("ann", "bob", "carl")


@fires("G08", "emil", "ann")
def test_a_ring_of_five() -> Story:
    return ring("ann", "bob", "carl", "dora", "emil")


@silent("G08", "ann", "bob", "carl")
def test_on_and_on_is_no_return() -> Story:
    story = Story()
    story.buys("ann", "t1")
    story.gives("ann", "bob", "t1", after="2d")
    story.gives("bob", "carl", "t1", after="5d")
    story.gives("carl", "dora", "t1", after="5d")
    return story


@silent("G08", "ann", "bob")
def test_a_reversal_by_the_platform_is_no_return() -> Story:
    story = Story()
    for token in ("t1", "t2", "t3"):
        story.buys("ann", token)
        gift = story.gives("ann", "bob", token, after="2d")
        story.takes_back(gift, after="5d")
    return story


@edge("G08", "back_within", "ann", fires_at=30 * DAY, quiet_at=30 * DAY - 1)
def test_back_after_a_month() -> Story:
    """Both are on their way at once, so that both returns fall into one month."""
    story = Story()
    story.buys("ann", "t1")
    story.buys("ann", "t2")
    story.gives("ann", "bob", "t1", after="2d")
    story.gives("ann", "bob", "t2", after="1h")
    story.gives("bob", "ann", "t1", after=30 * DAY - 3_600_000)
    story.gives("bob", "ann", "t2", after="1h")
    return story


@look_alike("G08", "mistaken_gift_returned", "ann", "bob")
def test_sent_to_the_wrong_friend_twice() -> Story:
    """Bob sends each back as soon as he may."""
    return twice(25 * 3_600_000)


def test_without_the_excuse_a_mistake_would_count() -> None:
    told = twice(25 * 3_600_000).told(bundle(**{"excuses.returned_mistake": {"state": "off"}}))
    assert told.fired("G08", "ann"), told.why("ann")
