"""The excuse of the migration: everything moves to one account in one go."""

import pytest

from tests.stories import Story, bundle

MINUTE = 60_000


def moved(apart: int, tokens: int = 4, elsewhere: bool = False) -> Story:
    """Support moves what Ann bought this morning to her new account, before the hold has ended."""
    story = Story()
    for n in range(tokens):
        story.buys("ann", f"t{n}")
    story.buys("ann", "other")
    if elsewhere:
        story.gives("ann", "bob", "other", after="1h")
    for n in range(tokens):
        story.gives("ann", "new ann", f"t{n}", after=apart)
    return story


@pytest.mark.parametrize(("apart", "excused"), [(10 * MINUTE, 3), (10 * MINUTE + 1, 0)])
def test_minutes_lie_between_the_tokens_of_a_move(apart: int, excused: int) -> None:
    told = moved(apart).told()
    assert sum("migration" in one.excuses for one in told.found("G01", "ann")) == excused


def test_who_gives_to_somebody_else_that_day_does_not_move() -> None:
    told = moved(MINUTE, elsewhere=True).told()
    assert not any(one.excuses for one in told.found("G01", "ann"))


def test_one_early_gift_is_no_move() -> None:
    assert moved(MINUTE, tokens=1).told().fired("G01", "ann")


def test_it_can_be_switched_off() -> None:
    told = moved(MINUTE).told(bundle(**{"excuses.migration": {"state": "off"}}))
    assert not any(one.excuses for one in told.found("G01", "ann"))
