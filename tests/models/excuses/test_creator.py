"""The excuse of the creator: whom the platform has allow-listed gives to the public."""

from tests.stories import Story, bundle

LISTED = bundle(allow={"creators": ["maker"]})


def giveaway(giver: str) -> Story:
    """Seven gifts to seven fans, long after the tokens were issued."""
    story = Story()
    for n in range(7):
        story.is_airdropped(giver, f"t{n}")
    story.now += 2 * 86_400_000
    for n in range(7):
        story.gives(giver, f"fan {n}", f"t{n}", after="1h")
    return story


def test_who_is_listed_is_excused() -> None:
    told = giveaway("maker").told(LISTED)
    assert not told.standing("maker")
    assert {one.excuses for one in told.found("G04", "maker")} == {("creator",)}


def test_who_is_not_listed_is_not() -> None:
    assert giveaway("ann").told(LISTED).fired("G04", "ann")
    assert giveaway("maker").told().fired("G04", "maker")


def test_a_moderator_is_no_creator() -> None:
    assert giveaway("maker").told(bundle(allow={"moderators": ["maker"]})).fired("G04", "maker")


def test_it_can_be_switched_off() -> None:
    off = f"{LISTED}\n{bundle(**{'excuses.creator': {'state': 'off'}})}"
    assert giveaway("maker").told(off).fired("G04", "maker")


def test_a_creator_is_not_excused_for_what_others_pay() -> None:
    story = giveaway("maker")
    story.pays("fan 6", "maker", 90_00, after="5m")
    told = story.told(LISTED)
    assert told.fired("X03", "maker")
    assert told.quiet("maker", up_to="L1"), told.why("maker")
    excused = {each.reason for said in told.standing("maker") for each in said.excused}
    assert excused == {"creator"}
