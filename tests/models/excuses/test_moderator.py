"""The excuse of the moderator: whom the platform has allow-listed talks to everybody."""

from tests.stories import Story, bundle

LISTED = bundle(allow={"moderators": ["mia"]})


def helps(moderator: str) -> Story:
    """Somebody explains prices and payments to a member, and hands out a prize."""
    story = Story()
    story.buys(moderator, "prize")
    story.writes(moderator, "bob", "官方价38元 用支付宝付款 加我微信", after="2d")
    story.gives(moderator, "bob", "prize", after="1h")
    return story


def test_who_is_listed_is_excused() -> None:
    told = helps("mia").told(LISTED)
    assert told.found("X02", "mia")
    assert not told.standing("mia")


def test_who_is_not_listed_is_not() -> None:
    assert helps("ann").told(LISTED).fired("X02", "ann")
    assert helps("mia").told().fired("X02", "mia")


def test_a_creator_is_no_moderator() -> None:
    assert helps("mia").told(bundle(allow={"creators": ["mia"]})).fired("X02", "mia")


def test_it_can_be_switched_off() -> None:
    off = bundle(**{"excuses.moderator": {"state": "off"}})
    assert helps("mia").told(f"{LISTED}\n{off}").fired("X02", "mia")
