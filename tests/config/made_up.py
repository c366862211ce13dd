"""A small made-up catalogue, so that a policy is tested apart from the real rules."""

from dataclasses import dataclass

from models.rules.base import DAY, HOUR, Limit, State


@dataclass(frozen=True)
class MadeUp:
    id: str
    slug: str
    limits: tuple[Limit, ...] = ()
    state: State = "live"


CATALOGUE = {
    rule.id: rule
    for rule in (
        MadeUp("G01", "early-transfer"),
        MadeUp(
            "G04",
            "fan-out",
            (
                Limit("recipients", 5, 2, 500, "accounts", "how many recipients", festive=True),
                Limit("within", 24 * HOUR, HOUR, 90 * DAY, "ms", "how soon"),
            ),
        ),
        MadeUp("G09", "barter", state="shadow"),
        MadeUp("A01", "handover-burst"),
        MadeUp("A03", "rent-or-lend"),
        MadeUp("A04", "device-hopping"),
        MadeUp("X01", "listing-match", (Limit("confidence", 0.9, 0.5, 1, "share", "how sure"),)),
    )
}

EXCUSES = {
    "household": MadeUp(
        "household", "household", (Limit("shared", 90 * DAY, DAY, 365 * DAY, "ms", "how long"),)
    )
}
