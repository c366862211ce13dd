"""G04: many recipients, nothing back."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import A_MONTH_BEFORE_SPRING_FESTIVAL, ORDINARY_DAY, Story, bundle

FRIENDS = ("bob", "carl", "dora", "emil", "fay", "gus", "hana", "ivo", "jo", "kim")
DAY = 86_400_000


def gives_to(
    *recipients: str,
    apart: str = "3h",
    back: tuple[str, ...] = (),
    story: Story | None = None,
) -> Story:
    """Ann gives to each, bought long before; those of `back` give something to her first."""
    story = story or Story()
    for recipient in recipients:
        story.buys("ann", f"for {recipient}")
    for friend in back:
        story.buys(friend, f"from {friend}")
    story.now += 2 * DAY
    for friend in back:
        story.gives(friend, "ann", f"from {friend}", after=apart)
    for recipient in recipients:
        story.gives("ann", recipient, f"for {recipient}", after=apart)
    return story


@fires("G04", "ann")
def test_a_seller_with_six_customers() -> Story:
    return gives_to(*FRIENDS[:6])


@silent("G04", "ann")
def test_many_gifts_to_few() -> Story:
    story = gives_to(*FRIENDS[:4])
    for n in range(6):
        story.buys("ann", f"more {n}")
        story.gives("ann", "bob", f"more {n}", after="30h")
    return story


@silent("G04", "ann")
def test_friends_give_to_each_other() -> Story:
    return gives_to(*FRIENDS[:6], back=FRIENDS[:3])


@silent("G04", "ann")
def test_five_recipients_over_two_months() -> Story:
    return gives_to(*FRIENDS[:5], apart="12d")


@edge("G04", "recipients", "ann", fires_at=5, quiet_at=6)
def test_five_recipients() -> Story:
    return gives_to(*FRIENDS[:5])


@edge("G04", "mutual", "ann", fires_at=0.2, quiet_at=0.19)
def test_one_of_five_gave_something_back() -> Story:
    return gives_to(*FRIENDS[:6], back=("bob",))


def among_friends(start: str = ORDINARY_DAY) -> Story:
    story = Story(start)
    story.knows("ann", *FRIENDS)
    return story


@look_alike("G04", "festival", "ann", *FRIENDS[:8])
def test_eight_friends_at_spring_festival() -> Story:
    return gives_to(*FRIENDS[:8], story=among_friends(A_MONTH_BEFORE_SPRING_FESTIVAL))


@look_alike("G04", "festival", "ann")
def test_the_festival_is_not_forgotten_the_week_after() -> Story:
    """Eight gifts at the festival, and one more two weeks later."""
    story = gives_to(*FRIENDS[:8], story=among_friends(A_MONTH_BEFORE_SPRING_FESTIVAL))
    story.buys("ann", "late")
    story.gives("ann", "jo", "late", after="14d")
    return story


@look_alike("G04", "creator", "creator")
def test_an_allow_listed_creator_gives_to_the_public() -> Story:
    story = Story(toml=bundle(allow={"creators": ["creator"]}))
    for n in range(60):
        story.is_airdropped("creator", f"t{n}")
    story.now += 2 * DAY
    for n in range(60):
        story.gives("creator", f"fan {n}", f"t{n}", after="10m")
    return story


@look_alike("G04", "wedding", "ann", *FRIENDS)
def test_a_wedding_favour_for_every_guest() -> Story:
    """Ten guests in one evening, all friends for long."""
    return gives_to(*FRIENDS, apart="5m", story=among_friends())


@look_alike("G04", "wedding", "ann", *FRIENDS)
def test_the_guests_bring_red_packets() -> Story:
    story = among_friends()
    for guest in FRIENDS:
        story.buys("ann", f"for {guest}")
    story.now += 2 * DAY
    for guest in FRIENDS:
        story.pays(guest, "ann", 188_00, after="5m")
        story.gives("ann", guest, f"for {guest}", after="5m")
    return story
