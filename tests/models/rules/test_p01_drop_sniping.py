"""P01: faster than a person, drop after drop."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story


def drops(*latencies: int, apart: str = "3d", attempts: tuple[int, ...] = ()) -> Story:
    """Ann buys at one drop after the other, so many milliseconds after it opens, each time after
    attempts that did not succeed."""
    story = Story()
    for n, latency in enumerate(latencies):
        for attempt in attempts:
            story.tries("ann", f"d{n}", attempt)
        story.buys("ann", f"t{n}", drop=f"d{n}", latency_ms=latency, after=apart)
    return story


@fires("P01", "ann")
def test_a_script_buys_at_three_drops() -> Story:
    return drops(60, 75, 68)


@silent("P01", "ann")
def test_once_is_a_clock_that_is_wrong() -> Story:
    return drops(60, 900, 1200, 700)


@silent("P01", "ann")
def test_three_drops_in_three_months() -> Story:
    return drops(60, 75, 68, apart="31d")


@edge("P01", "fastest", "ann", fires_at=150, quiet_at=149)
def test_just_what_no_person_can_do() -> Story:
    return drops(149, 149, 149)


@edge("P01", "drops", "ann", fires_at=3, quiet_at=4)
def test_three_drops() -> Story:
    return drops(60, 75, 68)


@look_alike("P01", "quick_people", "ann")
def test_a_practised_fan() -> Story:
    return drops(210, 260, 190, 240, 205)


@look_alike("P01", "retries", "ann")
def test_a_finger_that_does_not_wait_for_the_opening() -> Story:
    """It taps before the drop opens, at the very start, and buys when the queue lets it."""
    return drops(900, 700, 1_400, attempts=(0, 40, 90, 300))
