"""What the adjudicator takes: findings, reviewers' decisions, and retractions of facts."""

from typing import TypeAlias

import msgspec

from models.decisions import Decision
from models.findings import Finding


class Retraction(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that no longer holds: a gift that was reversed, addressed to one account concerned.

    `event_id` is the gift's, `by` the event that reversed it, `at` the event time at which that
    was known (ms). Findings whose evidence names the gift are taken back.
    """

    at: int
    account: str
    event_id: str
    by: str

    @property
    def order(self) -> tuple[int, str, str, str, str]:
        """Its place among findings: before those of the event that reversed the gift."""
        return (self.at, self.by, "", self.account, "")


Item: TypeAlias = Finding | Decision | Retraction


def item_time(item: Item) -> int:
    """The event time at which an item was known, in ms."""
    return item.ts if isinstance(item, Decision) else item.at
