"""The excuse of one household: a verified family shares what it owns, and pays for each other."""

from tests.stories import Story, bundle

NO_EXCUSE = bundle(**{"excuses.household": {"state": "off"}})


def paid_for(declared: str = "", by: tuple[str, str] = ("ann", "bob")) -> Story:
    """Bob pays Ann for what she gives him; their family is declared before, after or never."""
    story = Story()
    story.buys("ann", "t1", at="09:00")
    if declared == "before":
        story.declares(*by)
    story.gives("ann", "bob", "t1", after="2d")
    story.pays("bob", "ann", 90_00, after="10m")
    if declared == "after":
        story.declares(*by)
    return story


def test_a_family_that_either_of_them_declared_is_excused() -> None:
    for by in (("ann", "bob"), ("bob", "ann")):
        told = paid_for("before", by).told()
        assert not told.standing("ann")
        assert not told.standing("bob")


def test_what_was_excused_is_recorded_with_the_finding() -> None:
    told = paid_for("before").told()
    assert [one.excuses for one in told.found("X03", "ann")] == [("household",)]


def test_a_family_declared_afterwards_comes_too_late() -> None:
    assert paid_for("after").told().fired("X03", "ann")


def test_another_ones_family_is_no_excuse() -> None:
    assert paid_for("before", by=("ann", "carl")).told().fired("X03", "ann")


def test_it_can_be_switched_off() -> None:
    assert paid_for("before").told(NO_EXCUSE).fired("X03", "ann")


def test_it_excuses_no_early_transfer() -> None:
    story = Story()
    story.declares("ann", "bob", at="09:00")
    story.buys("ann", "t1")
    story.gives("ann", "bob", "t1", after="1h")
    assert story.told().fired("G01", "ann")
