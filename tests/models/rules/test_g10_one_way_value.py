"""G10: value flows one way."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story


def one_way(*gifts: str, worth: int = 100_00, back: bool = False) -> Story:
    """Ann gives Bob pandas of so much outside value."""
    story = Story()
    if worth:
        story.is_worth("pandas", worth)
    for gift in (*gifts, "thanks"):
        story.buys("bob" if gift == "thanks" else "ann", gift)
    story.now += 2 * 86_400_000
    if back:
        story.gives("bob", "ann", "thanks")
    for gift in gifts:
        story.gives("ann", "bob", gift, after="5h")
    return story


SIX = tuple(f"t{n}" for n in range(6))


@fires("G10", "ann", "bob")
def test_six_pandas_and_nothing_back() -> Story:
    return one_way(*SIX)


@silent("G10", "ann", "bob")
def test_something_came_back() -> Story:
    return one_way(*SIX, back=True)


@silent("G10", "ann", "bob")
def test_where_no_value_is_known() -> Story:
    return one_way(*SIX, worth=0)


@edge("G10", "value", "ann", fires_at=500_00, quiet_at=500_01)
def test_five_hundred_yuan() -> Story:
    return one_way(*SIX[:5])


@look_alike("G10", "parent_to_child", "ann", "bob")
def test_a_mother_gives_her_collection_away() -> Story:
    """Nobody has declared a family; it supports other evidence, and there is none."""
    return one_way(*SIX, worth=900_00)
