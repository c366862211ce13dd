"""A finding: one rule's hit on one row, addressed to one account. What detect tells adjudicate."""

import msgspec


class TopFeature(msgspec.Struct, frozen=True, gc=False):
    """A feature that made an anomaly score: its value beside what is usual (null for never)."""

    name: str
    value: float | None
    usual: float | None


class Anomaly(msgspec.Struct, frozen=True):
    """The model's word on a row: it ranks, and never supports a penalty."""

    score: float
    percentile: float
    top_features: tuple[TopFeature, ...] = ()


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One rule's hit, addressed to one account.

    `at` is the event time at which the hit was known (ms; later than `ts` where the event was
    late): findings are adjudicated in the order (`at`, `event_id`, `rule`, `account`, `role`).
    `event_ids` are the evidence, oldest first, the event that triggered the rule last.
    `observed` holds the features that the rule shows, `threshold` the limits that were in force;
    null is never. `excuses` names what speaks for the account: such a finding is recorded and
    does not count. `minor` is true where the account's age band says so.
    """

    at: int
    ts: int
    event_id: str
    rule: str
    account: str
    role: str
    violation: str
    event_ids: tuple[str, ...]
    observed: dict[str, float | None]
    threshold: dict[str, float]
    from_ts: int
    other: str | None = None
    token: str | None = None
    excuses: tuple[str, ...] = ()
    anomaly: Anomaly | None = None
    late: bool = False
    minor: bool = False

    @property
    def order(self) -> tuple[int, str, str, str, str]:
        """The one order in which findings are adjudicated, whatever order they arrive in."""
        return (self.at, self.event_id, self.rule, self.account, self.role)
