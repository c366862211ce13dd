"""G05: a collection made of gifts from many."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import A_MONTH_BEFORE_SPRING_FESTIVAL, ORDINARY_DAY, Story

FRIENDS = ("bob", "carl", "dora", "emil", "fay", "gus", "hana", "ivo")
DAY = 86_400_000


def gets_from(
    *givers: str, bought: int = 0, apart: str = "3h", story: Story | None = None
) -> Story:
    """Ann buys some herself and gets one from each giver, who had it for two days."""
    story = story or Story()
    for giver in givers:
        story.buys(giver, f"of {giver}")
    for n in range(bought):
        story.buys("ann", f"own {n}")
    story.now += 2 * DAY
    for giver in givers:
        story.gives(giver, "ann", f"of {giver}", after=apart)
    return story


@fires("G05", "ann")
def test_a_buyer_with_seven_suppliers() -> Story:
    return gets_from(*FRIENDS[:7], apart="2d")


@silent("G05", "ann")
def test_a_collector_who_buys_as_much() -> Story:
    return gets_from(*FRIENDS[:5], bought=5)


@silent("G05", "ann")
def test_one_generous_friend() -> Story:
    story = gets_from("bob")
    for n in range(6):
        story.buys("bob", f"more {n}")
        story.gives("bob", "ann", f"more {n}", after="30h")
    return story


@silent("G05", *FRIENDS[:7])
def test_the_givers_are_no_hub() -> Story:
    return gets_from(*FRIENDS[:7])


@edge("G05", "givers", "ann", fires_at=5, quiet_at=6)
def test_five_givers() -> Story:
    return gets_from(*FRIENDS[:5])


@edge("G05", "gifted", "ann", fires_at=0.6, quiet_at=0.61)
def test_three_gifts_of_five() -> Story:
    """At the seventh gift six had come, beside four of her own."""
    return gets_from(*FRIENDS[:7], bought=4)


def among_friends(start: str = ORDINARY_DAY) -> Story:
    story = Story(start)
    story.knows("ann", *FRIENDS)
    return story


@look_alike("G05", "birthday", "ann", *FRIENDS[:7])
def test_seven_friends_on_her_birthday() -> Story:
    return gets_from(*FRIENDS[:7], apart="20m", story=among_friends())


def shows(months: int, pause: int) -> Story:
    """The treasurer gets a picture from each member for a show; each is given back after it."""
    story = among_friends()
    for show in range(months):
        for member in FRIENDS:
            story.buys(member, f"{show} of {member}")
        story.now += 2 * DAY
        for member in FRIENDS:
            story.gives(member, "ann", f"{show} of {member}", after="2h")
        story.now += 7 * DAY
        for member in FRIENDS:
            story.gives("ann", member, f"{show} of {member}", after="2h")
        story.now += pause
    return story


@look_alike("G05", "club", "ann", *FRIENDS)
def test_a_club_collects_for_its_shows_of_spring_and_summer() -> Story:
    return shows(2, pause=50 * DAY)


@look_alike("G05", "club", "ann", *FRIENDS)
def test_a_club_shows_every_month() -> Story:
    return shows(4, pause=18 * DAY)


@look_alike("G05", "elder", "ann", *FRIENDS)
def test_children_and_grandchildren_at_spring_festival() -> Story:
    return gets_from(*FRIENDS, story=among_friends(A_MONTH_BEFORE_SPRING_FESTIVAL))
