"""G13: gifts between strangers, on one occasion after the other."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story

HOUR = 3_600_000
DAY = 24 * HOUR
STRANGERS = ("bob", "carl", "dora")


def occasions(
    *people: str,
    apart: int = 3 * DAY,
    first_after: int = 40 * DAY,
    known: int = -1,
    to_ann: bool = False,
    friends: int = 2,
) -> Story:
    """Ann gives to each, or gets from each, on an occasion of its own; she has been heard of for
    so long before the first, and has known them for so long, if at all. Some friends of hers are
    known."""
    story = Story()
    story.logs_in("ann")
    born = story.now
    for n in range(friends):
        story.befriends("ann", f"friend {n}", after=0)
    for person in people:
        story.buys(person if to_ann else "ann", f"of {person}")
    for n, person in enumerate(people):
        due = born + first_after + n * apart
        if known >= 0:
            story.befriends("ann", person, after=due - known - story.now)
        giver, recipient = (person, "ann") if to_ann else ("ann", person)
        story.gives(giver, recipient, f"of {person}", after=due - story.now)
    return story


@fires("G13", "ann")
def test_three_strangers_on_three_days() -> Story:
    return occasions(*STRANGERS)


@fires("G13", "ann")
def test_a_buyer_from_three_strangers() -> Story:
    return occasions(*STRANGERS, to_ann=True)


@silent("G13", "ann")
def test_old_friends() -> Story:
    story = Story()
    story.knows("ann", *STRANGERS)
    for friend in STRANGERS:
        story.buys("ann", f"of {friend}")
    for friend in STRANGERS:
        story.gives("ann", friend, f"of {friend}", after="3d")
    return story


@silent("G13", "bob", "carl", "dora")
def test_nobody_heard_of_the_other_side_before() -> Story:
    return occasions(*STRANGERS)


@edge("G13", "friends", "ann", fires_at=2, quiet_at=3)
def test_two_friends_are_known() -> Story:
    """Where no friendship is ever heard of, everybody would be a stranger."""
    return occasions(*STRANGERS)


@silent("G13", "ann")
def test_a_platform_that_does_not_tell_its_friendships() -> Story:
    return occasions(*STRANGERS, friends=0)


@edge("G13", "known_for", "ann", fires_at=3 * DAY + 1, quiet_at=3 * DAY)
def test_in_touch_for_three_days() -> Story:
    return occasions(*STRANGERS, apart=4 * DAY, known=3 * DAY)


@edge("G13", "occasion", "ann", fires_at=12 * HOUR - 1, quiet_at=12 * HOUR)
def test_half_a_day_apart() -> Story:
    return occasions(*STRANGERS, apart=12 * HOUR)


@edge("G13", "settled", "ann", fires_at=30 * DAY, quiet_at=30 * DAY + 1)
def test_known_for_thirty_days() -> Story:
    return occasions(*STRANGERS, first_after=30 * DAY)


@edge("G13", "strangers", "ann", fires_at=3, quiet_at=4)
def test_three_strangers() -> Story:
    return occasions(*STRANGERS)


@look_alike("G13", "new_member_known_offline", "ann", *STRANGERS, up_to="L1")
def test_a_colleague_joins_now_and_then_and_is_welcomed() -> Story:
    """Nothing on the platform says that they know each other: a reminder is accepted."""
    return occasions(*STRANGERS, apart=5 * DAY, known=HOUR)


@look_alike("G13", "giveaway", "ann")
def test_a_lottery_among_twelve_strangers() -> Story:
    """One evening is one occasion."""
    return occasions(*(f"winner {n}" for n in range(12)), apart=HOUR // 6)
