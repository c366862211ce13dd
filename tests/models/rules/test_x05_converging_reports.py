"""X05: several people report the same account."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story


def reported(*by: str, apart: str = "1d") -> Story:
    story = Story()
    for reporter in by:
        story.reports(reporter, "ann", after=apart)
    return story


@fires("X05", "ann")
def test_three_people_within_a_week() -> Story:
    return reported("bob", "carl", "dora")


@silent("X05", "ann")
def test_one_person_three_times() -> Story:
    return reported("bob", "bob", "bob", "bob")


@silent("X05", "ann")
def test_three_people_in_three_months() -> Story:
    return reported("bob", "carl", "dora", apart="30d")


@edge("X05", "reporters", "ann", fires_at=2, quiet_at=3)
def test_two_before_the_third() -> Story:
    return reported("bob", "carl", "dora")


@look_alike("X05", "brigading", "ann")
def test_a_clique_reports_somebody_whom_it_dislikes() -> Story:
    return reported(*(f"friend {n} of mallory" for n in range(30)), apart="10m")
