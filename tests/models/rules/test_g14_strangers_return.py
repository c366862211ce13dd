"""G14: strangers pass the same token back."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story

HOUR = 3_600_000
DAY = 24 * HOUR


def returns(
    *from_whom: str, back_after: int = 5 * DAY, known: int = -1, first_back: int = 50 * DAY
) -> Story:
    """Ann gives each a token and has it back; the first comes back so long after the first that
    was heard of her, the others a day apart."""
    story = Story()
    story.logs_in("ann")
    born = story.now
    for n in range(2):
        story.befriends("ann", f"friend {n}", after=0)
    deals = []
    for n, person in enumerate(from_whom):
        story.buys("ann", f"t{n}")
        back = born + first_back + n * DAY
        deals += [(back - back_after, "ann", person, n), (back, person, "ann", n)]
        if known >= 0 and n == 0:
            story.befriends("ann", person, after=back - back_after - known - story.now)
    for due, giver, recipient, n in sorted(deals):
        story.gives(giver, recipient, f"t{n}", after=due - story.now)
    return story


@fires("G14", "ann", "bob")
def test_a_stranger_moves_two_tokens_to_and_fro() -> Story:
    return returns("bob", "bob")


@fires("G14", "ann")
def test_two_strangers() -> Story:
    return returns("bob", "carl")


@edge("G14", "friends", "ann", fires_at=2, quiet_at=3)
def test_two_friends_are_known() -> Story:
    """Where no friendship is ever heard of, everybody would be a stranger."""
    return returns("bob", "carl")


@silent("G14", "ann", "bob")
def test_tokens_that_were_never_hers() -> Story:
    story = Story()
    story.logs_in("ann")
    for n in range(3):
        story.buys("bob", f"t{n}")
    story.now += 40 * DAY
    for n in range(3):
        story.gives("bob", "ann", f"t{n}", after="1d")
    return story


@edge("G14", "back_within", "ann", fires_at=30 * DAY, quiet_at=30 * DAY - 1)
def test_back_after_a_month() -> Story:
    return returns("bob", "bob", back_after=30 * DAY)


@edge("G14", "known_for", "ann", fires_at=3 * DAY + 1, quiet_at=3 * DAY)
def test_in_touch_for_three_days() -> Story:
    return returns("bob", "bob", known=3 * DAY)


@edge("G14", "settled", "ann", fires_at=30 * DAY, quiet_at=30 * DAY + 1)
def test_known_for_thirty_days() -> Story:
    return returns("bob", "bob", first_back=30 * DAY)


@edge("G14", "returns", "ann", fires_at=2, quiet_at=3)
def test_two_returns() -> Story:
    return returns("bob", "bob")


@look_alike("G14", "couple", "ann", "bob")
def test_a_couple_sends_a_keepsake_to_and_fro() -> Story:
    story = Story()
    story.knows("ann", "bob")
    story.buys("ann", "keepsake")
    for _ in range(2):
        story.gives("ann", "bob", "keepsake", after="5d")
        story.gives("bob", "ann", "keepsake", after="5d")
    return story


@look_alike("G14", "fan_pass_along", "ann", "bob", "carl")
def test_three_fans_pass_a_picture_round() -> Story:
    story = Story()
    story.knows("ann", "bob", "carl")
    story.knows("bob", "carl", days=31)
    story.buys("ann", "picture")
    for giver, recipient in (("ann", "bob"), ("bob", "carl"), ("carl", "ann")):
        story.gives(giver, recipient, "picture", after="4d")
    return story


@look_alike("G14", "mistaken_gift_returned", "ann", "bob")
def test_a_stranger_sends_a_mistake_back() -> Story:
    return returns("bob", back_after=25 * HOUR)
