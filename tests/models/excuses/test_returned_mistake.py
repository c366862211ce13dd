"""The excuse of the mistake: a gift sent to the wrong account comes straight back."""

import pytest

from tests.stories import Story, bundle

HOUR = 3_600_000


def returned(after: int) -> Story:
    """Bob gives back what Ann gave him."""
    story = Story()
    story.buys("ann", "t1")
    story.gives("ann", "bob", "t1", after="2d")
    story.gives("bob", "ann", "t1", after=after)
    return story


@pytest.mark.parametrize(
    ("after", "excused"),
    [(25 * HOUR, True), (72 * HOUR, True), (72 * HOUR + 1, False), (10 * 24 * HOUR, False)],
)
def test_three_days_are_soon_enough(after: int, excused: bool) -> None:
    told = returned(after).told()
    assert [bool(one.excuses) for one in told.found("G08", "bob")] == [excused]
    assert told.fired("G08", "bob") is not excused


@pytest.mark.parametrize(("within", "excused"), [(48 * HOUR, True), (48 * HOUR - 1, False)])
def test_how_soon_is_the_platforms_to_say(within: int, excused: bool) -> None:
    setting = bundle(**{"excuses.returned_mistake": {"within": within}})
    told = returned(48 * HOUR).told(setting)
    assert told.fired("G08", "bob") is not excused


def test_a_ring_is_no_mistake() -> None:
    story = Story()
    story.buys("ann", "t1")
    story.gives("ann", "bob", "t1", after="25h")
    story.gives("bob", "carl", "t1", after="25h")
    story.gives("carl", "ann", "t1", after="25h")
    told = story.told()
    assert told.fired("G08", "carl")
    assert not any(one.excuses for one in told.found("G08", "carl"))
