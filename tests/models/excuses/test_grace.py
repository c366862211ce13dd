"""The excuse of the newcomer: friends from outside come along, and the rules are new."""

import pytest

from tests.stories import Story, bundle

DAY = 86_400_000
# The rule that asks for the excuse, so that the newcomer's age is all that matters.
YOUNG = bundle(**{"rules.G13": {"settled": 0, "friends": 0}})


def welcome(days_old: int, joins: bool = True) -> Story:
    """Ann gives to three strangers on three days, the last of them so long after she joined."""
    story = Story()
    if joins:
        story.joins("ann")
    born = story.now
    for n in range(3):
        story.buys("ann", f"t{n}")
    for n in range(3):
        story.gives(
            "ann", f"stranger {n}", f"t{n}", after=born + days_old + (n - 2) * DAY - story.now
        )
    return story


@pytest.mark.parametrize(("days_old", "excused"), [(14 * DAY, True), (14 * DAY + 1, False)])
def test_two_weeks_of_grace(days_old: int, excused: bool) -> None:
    told = welcome(days_old).told(YOUNG)
    assert bool(told.found("G13", "ann")[-1].excuses) is excused


def test_a_newcomer_is_not_accused() -> None:
    told = welcome(10 * DAY).told(YOUNG)
    assert told.found("G13", "ann")
    assert not told.fired("G13", "ann")


def test_nobody_is_new_whose_arrival_nobody_saw() -> None:
    assert welcome(10 * DAY, joins=False).told(YOUNG).fired("G13", "ann")


def test_it_can_be_switched_off() -> None:
    off = bundle(**{"excuses.grace": {"state": "off"}})
    assert welcome(10 * DAY).told(f"{YOUNG}\n{off}").fired("G13", "ann")
