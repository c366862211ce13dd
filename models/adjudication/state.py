"""What the adjudicator remembers of each account: facts only, so that a snapshot outlives a
change of policy. Everything counted from them (`tally`, `totals`) is rebuilt."""

import msgspec

from models.decisions import Outcome
from models.findings import Finding
from models.policy import Level


class Said(msgspec.Struct, frozen=True):
    """What the last revision said, as far as a change of it is worth another, or is kept."""

    level: Level
    days: int | None
    strikes: int
    rules: tuple[str, ...]
    findings: int
    role: str
    from_ts: int
    to_ts: int


class Episode(msgspec.Struct):
    """One episode of one violation: its evidence in the order taken, and what was said of it.

    `closed_ts` ends an episode: what happened later belongs to another one.
    """

    id: str
    findings: list[Finding]
    revision: int = 0
    said: Said | None = None
    closed_ts: int | None = None


class Excusal(msgspec.Struct, frozen=True):
    """The findings that one excuse took out: which rules', how many, the newest."""

    rules: tuple[str, ...]
    findings: int
    ts: int


class Ruling(msgspec.Struct, frozen=True):
    """The last decision on a recommendation: a strike, where it is `confirmed`."""

    violation: str
    outcome: Outcome
    ts: int
    decision_id: str
    cooperated: bool = False


class Case(msgspec.Struct):
    """One account and violation: evidence not yet enough, what only supports, episodes."""

    pending: dict[str, list[Finding]] = {}
    side: list[Finding] = []
    excused: dict[str, Excusal] = {}
    episodes: list[Episode] = []


class Account(msgspec.Struct):
    """All that is remembered of an account."""

    minor: bool = False
    cases: dict[str, Case] = {}
    rulings: dict[str, Ruling] = {}
    retracted: dict[str, int] = {}


class State(msgspec.Struct):
    """All accounts of a partition; `clock` is the newest event time seen, in ms."""

    clock: int = 0
    swept: int = 0
    accounts: dict[str, Account] = {}
