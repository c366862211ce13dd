"""A03: two homes in turn."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story

HOUR = 3_600_000
HOMES = (("phone of ann", "home"), ("phone of the tenant", "far"))


def in_turn(*apart: int, homes: tuple[tuple[str, str], ...] = HOMES) -> Story:
    """Logins of one account, each on the other device and place than the last. The first two
    make both known."""
    story = Story()
    story.now += 8 * HOUR
    for n, hours in enumerate((12 * HOUR, 12 * HOUR, *apart)):
        device, geo = homes[n % len(homes)]
        story.logs_in("ann", device=device, geo=geo, after=hours)
    return story


@fires("A03", "ann")
def test_a_tenant_at_night_and_the_owner_by_day() -> Story:
    return in_turn(*[12 * HOUR] * 6)


@silent("A03", "ann")
def test_a_visit_and_back() -> Story:
    return in_turn(12 * HOUR, 48 * HOUR)


@silent("A03", "ann")
def test_two_homes_a_week_apart() -> Story:
    return in_turn(*[7 * 24 * HOUR] * 6)


@edge("A03", "turn", "ann", fires_at=72 * HOUR, quiet_at=72 * HOUR - 1)
def test_three_days_between_one_of_the_turns() -> Story:
    return in_turn(72 * HOUR, 10 * HOUR, 10 * HOUR, 10 * HOUR)


@edge("A03", "turns", "ann", fires_at=4, quiet_at=5)
def test_four_turns() -> Story:
    return in_turn(*[12 * HOUR] * 4)


@look_alike("A03", "vpn", "ann")
def test_one_phone_through_two_cities() -> Story:
    return in_turn(*[6 * HOUR] * 8, homes=(("phone of ann", "home"), ("phone of ann", "far")))


@look_alike("A03", "tablet_and_phone", "ann")
def test_two_devices_in_one_city() -> Story:
    return in_turn(*[6 * HOUR] * 8, homes=(("phone of ann", "home"), ("tablet", "home")))


@look_alike("A03", "couples", "ann")
def test_a_couple_plays_one_account_at_home_and_on_a_journey() -> Story:
    """Two phones, mostly side by side; on one evening they are in another city together."""
    homes = [("his", "home"), ("hers", "home")] * 4 + [("his", "far"), ("hers", "far")]
    return in_turn(*[8 * HOUR] * 14, homes=tuple(homes))
