"""G06: accounts of one device give to one hub."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story

FARM = ("f1", "f2", "f3", "f4", "f5")


def farm(*gifts: tuple[str, str], accounts: tuple[str, ...] = FARM) -> Story:
    """Accounts log in on one device; then some of them give, on it, what each bought."""
    story = Story()
    for account in accounts:
        story.logs_in(account, device="rig")
    for n, (giver, _) in enumerate(gifts):
        story.buys(giver, f"t{n}")
    story.now += 2 * 86_400_000
    for n, (giver, recipient) in enumerate(gifts):
        story.gives(giver, recipient, f"t{n}", device="rig", after="1h")
    return story


@fires("G06", "f4", "hub")
def test_four_accounts_of_one_rig_empty_themselves() -> Story:
    return farm(*((account, "hub") for account in FARM))


@silent("G06", "hub", *FARM)
def test_two_givers() -> Story:
    return farm(("f1", "hub"), ("f2", "hub"), ("f1", "hub"))


@silent("G06", "hub", *FARM)
def test_each_gives_to_another() -> Story:
    return farm(*((account, f"friend of {account}") for account in FARM))


@edge("G06", "givers", "f3", fires_at=3, quiet_at=4)
def test_three_givers() -> Story:
    return farm(("f1", "hub"), ("f2", "hub"), ("f3", "hub"))


@edge("G06", "hub", "f5", fires_at=0.8, quiet_at=0.81)
def test_four_of_five_gifts() -> Story:
    return farm(("f1", "other"), *((account, "hub") for account in FARM[1:]))


@edge("G06", "accounts", "f3", fires_at=5, quiet_at=6)
def test_five_accounts() -> Story:
    return farm(("f1", "hub"), ("f2", "hub"), ("f3", "hub"))


@look_alike("G06", "household_phone", *FARM)
def test_in_a_family_gifts_go_round() -> Story:
    return farm(("f1", "f2"), ("f2", "f3"), ("f3", "f1"), ("f4", "f1"), ("f1", "f3"))


@look_alike("G06", "household_phone", "grandma", *FARM, up_to="L1")
def test_the_children_give_on_grandmas_birthday() -> Story:
    """From the one phone of the house: a reminder is accepted."""
    return farm(*((account, "grandma") for account in FARM))


@look_alike("G06", "campus_network", "hub", *FARM)
def test_students_behind_one_address() -> Story:
    story = Story()
    for account in FARM:
        story.logs_in(account, device=f"phone of {account}")
        story.buys(account, f"of {account}")
    story.now += 2 * 86_400_000
    for account in FARM:
        story.gives(
            account, "hub", f"of {account}", device=f"phone of {account}", ip="campus", after="1h"
        )
    return story
