"""G12: passed on as soon as allowed, between strangers."""

from tests.models.rules.telling import edge, fires, look_alike, silent
from tests.stories import Story, bundle

HOUR = 3_600_000
DAY = 24 * HOUR


def forwards(
    pairs: int = 3, after_hold: int = HOUR, known: int = -1, toml: str = "", by: str = "ann"
) -> Story:
    """Somebody gets a token from each seller, and gives each to a buyer when its hold has ended;
    they have known the buyers for so long, if at all."""
    story = Story(toml=toml)
    for n in range(pairs):
        story.buys(f"seller {n}", f"t{n}")
    story.now += 10 * DAY
    for n in range(pairs):
        if known >= 0:
            story.befriends(by, f"buyer {n}", after=2 * DAY)
            story.now += known - DAY - after_hold
        story.gives(f"seller {n}", by, f"t{n}", after=0 if known >= 0 else 5 * DAY)
        story.gives(by, f"buyer {n}", f"t{n}", after=DAY + after_hold)
    return story


@fires("G12", "ann")
def test_a_broker_with_three_deals() -> Story:
    return forwards()


@silent("G12", "ann")
def test_what_she_bought_herself() -> Story:
    story = Story()
    for n in range(4):
        story.buys("ann", f"t{n}")
    for n in range(4):
        story.gives("ann", f"buyer {n}", f"t{n}", after="25h")
    return story


@silent("G12", "ann")
def test_gifts_that_go_back() -> Story:
    story = Story()
    for n in range(4):
        story.buys(f"friend {n}", f"t{n}")
    story.now += 2 * DAY
    for n in range(4):
        story.gives(f"friend {n}", "ann", f"t{n}")
        story.gives("ann", f"friend {n}", f"t{n}", after="25h")
    return story


@edge("G12", "within", "ann", fires_at=24 * HOUR, quiet_at=24 * HOUR - 1)
def test_a_day_after_the_hold() -> Story:
    return forwards(after_hold=24 * HOUR)


@edge("G12", "known_for", "ann", fires_at=7 * DAY + 1, quiet_at=7 * DAY)
def test_known_for_a_week() -> Story:
    return forwards(known=7 * DAY)


@edge("G12", "pairs", "ann", fires_at=3, quiet_at=4)
def test_three_deals() -> Story:
    return forwards()


@look_alike("G12", "joint_present", "ann", "jubilarian", *(f"guest {n}" for n in range(4)))
def test_ann_collects_a_joint_present() -> Story:
    story = Story()
    story.knows("ann", "jubilarian", *(f"guest {n}" for n in range(4)))
    for n in range(4):
        story.buys(f"guest {n}", f"t{n}")
    story.now += 2 * DAY
    for n in range(4):
        story.gives(f"guest {n}", "ann", f"t{n}", after="1h")
    story.now += DAY
    for n in range(4):
        story.gives("ann", "jubilarian", f"t{n}")
    return story


@look_alike("G12", "charity", "charity", up_to="L1")
def test_a_charity_that_the_platform_knows() -> Story:
    """Allow-listed, it may broker; the soft rules on haste and on hubs still remind it."""
    known = bundle(allow={"creators": ["charity"]})
    return forwards(pairs=12, toml=known, by="charity")


@look_alike("G12", "charity", "charity", up_to="L1")
def test_the_small_raffle_of_a_charity_that_nobody_knows() -> Story:
    """Three donations to three winners: a reminder is accepted, until it is allow-listed."""
    return forwards(by="charity")
