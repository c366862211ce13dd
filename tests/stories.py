"""Stories: what people did on a platform, told in a few lines, and what offbook made of it.

    story = Story()
    story.buys("ann", "t1", at="10:00")
    story.gives("ann", "bob", "t1", after="25h")
    story.pays("bob", "ann", 120_00, after="10m")
    told = story.told()
    assert told.fired("X03", "ann")

Every verb moves the clock: by `after` (one minute, where nothing is said), or to `at`, which is a
time of the current day ("10:00") or of a numbered one ("day 3 10:00"; the story begins on day 0).
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

import msgspec

from config.policy import parse_policy
from models.excuses import EXCUSES
from models.findings import Finding
from models.pipeline import Pipeline, Setup
from models.policy import LADDER, Policy
from models.recommendations import Recommendation
from models.rules import CATALOGUE

# An ordinary day: none of the default calendar is near, nor will be for two months.
ORDINARY_DAY: Final = "2024-03-19"
A_MONTH_BEFORE_SPRING_FESTIVAL: Final = "2024-01-10"

_UNIT_MS: Final = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
_PART: Final = re.compile(r"(\d+)(ms|[dhms])")
_CLOCK: Final = re.compile(r"(?:day (\d+) )?(\d\d):(\d\d)")


def ms(duration: str | int) -> int:
    """ "1d2h30m" in milliseconds; a number is milliseconds already."""
    if isinstance(duration, int):
        return duration
    parts = _PART.findall(duration)
    assert duration == "".join(map("".join, parts)) != "", f"no duration: {duration!r}"
    return sum(int(number) * _UNIT_MS[unit] for number, unit in parts)


@cache
def policy(toml: str = "") -> Policy:
    """The default policy, or what a bundle of this TOML makes of it."""
    return parse_policy(f'name = "story"\n{toml}', "story.toml", CATALOGUE, EXCUSES)


def bundle(**sections: dict[str, Any]) -> str:
    """TOML that sets `key = value` in each named table: `bundle(**{"rules.G04": {...}})`."""
    return "\n".join(
        f"[{name}]\n" + "\n".join(f"{key} = {_toml(value)}" for key, value in keys.items())
        for name, keys in sections.items()
    )


def _toml(value: Any) -> str:
    return msgspec.json.encode(value).decode()


class Story:
    """What happened, from midnight (UTC) of the first day on."""

    def __init__(self, start: str = ORDINARY_DAY, toml: str = "") -> None:
        self.start = int(datetime.fromisoformat(start).replace(tzinfo=UTC).timestamp()) * 1000
        self.now = self.start
        self.toml = toml
        self.events: list[dict[str, Any]] = []
        self._collection: dict[str, str] = {}

    def joins(self, account: str, at: str = "", after: str | int = "1m", **more: Any) -> str:
        """A new account."""
        return self._happens("account_registered", at, after, account=account, **more)

    def logs_in(
        self, account: str, device: str = "", geo: str = "", at: str = "", after: str | int = "1m"
    ) -> str:
        """A login, from the account's own phone and city where nothing else is said."""
        return self._happens(
            "login",
            at,
            after,
            account=account,
            device=device or f"phone of {account}",
            geo=geo or "home",
        )

    def changes(
        self, account: str, kind: str, at: str = "", after: str | int = "1m", **more: Any
    ) -> str:
        """A changed credential: phone, password, email, payment or kyc."""
        return self._happens("credential_changed", at, after, account=account, kind=kind, **more)

    def recovers(self, account: str, at: str = "", after: str | int = "1m", **more: Any) -> str:
        """The verified owner takes the account back."""
        return self._happens("account_recovered", at, after, account=account, **more)

    def befriends(self, account: str, friend: str, at: str = "", after: str | int = "1m") -> str:
        """A friendship begins."""
        return self._happens("friend_added", at, after, account=account, friend=friend)

    def unfriends(self, account: str, friend: str, at: str = "", after: str | int = "1m") -> str:
        """A friendship ends."""
        return self._happens("friend_removed", at, after, account=account, friend=friend)

    def knows(self, account: str, *friends: str, days: int = 30) -> None:
        """Old friends: befriended on the first day, in touch, and so many days ago by now."""
        for friend in friends:
            self.befriends(account, friend)
            self.writes(account, friend, "好久不见")
            self.writes(friend, account, "你好")
        self.now = self.start + days * _UNIT_MS["d"]

    def declares(self, account: str, member: str, at: str = "", after: str | int = "1m") -> str:
        """A family tie that the platform has verified."""
        return self._happens("household_declared", at, after, account=account, member=member)

    def buys(
        self,
        account: str,
        token: str,
        collection: str = "pandas",
        price: int = 18_00,
        at: str = "",
        after: str | int = "1m",
        **more: Any,
    ) -> str:
        """A primary-market purchase."""
        self._collection[token] = collection
        return self._happens(
            "purchase",
            at,
            after,
            account=account,
            token=token,
            collection=collection,
            price=price,
            **more,
        )

    def tries(
        self, account: str, drop: str, latency_ms: int, at: str = "", after: str | int = "1m"
    ) -> str:
        """An attempt to buy, so long after the drop opened."""
        return self._happens(
            "purchase_attempted", at, after, account=account, drop=drop, latency_ms=latency_ms
        )

    def is_airdropped(self, account: str, token: str, at: str = "", after: str | int = "1m") -> str:
        """The platform gives a token."""
        return self._happens(
            "airdrop", at, after, account=account, token=token, collection=self._of(token)
        )

    def gives(
        self,
        sender: str,
        recipient: str,
        token: str,
        at: str = "",
        after: str | int = "1m",
        **more: Any,
    ) -> str:
        """A completed gift."""
        return self._happens(
            "gift",
            at,
            after,
            sender=sender,
            recipient=recipient,
            token=token,
            collection=self._of(token),
            **more,
        )

    def takes_back(self, gift: str, at: str = "", after: str | int = "1m") -> str:
        """The platform reverses a gift, named by what `gives` returned."""
        given = next(event for event in self.events if event["event_id"] == gift)
        sides = {key: given[key] for key in ("sender", "recipient", "token")}
        return self._happens("gift_reversed", at, after, gift_event_id=gift, **sides)

    def pays(
        self, payer: str, payee: str, amount: int, at: str = "", after: str | int = "1m"
    ) -> str:
        """A payment between people, in minor units."""
        return self._happens("payment", at, after, payer=payer, payee=payee, amount=amount)

    def writes(
        self,
        account: str,
        recipient: str | None = None,
        text: str = "",
        at: str = "",
        after: str | int = "1m",
    ) -> str:
        """A message, to one account or to everybody."""
        to = {} if recipient is None else {"recipient": recipient}
        return self._happens("message", at, after, account=account, text=text, **to)

    def is_listed(
        self,
        token: str,
        seller: str | None = None,
        price: int = 90_00,
        confidence: float = 1.0,
        at: str = "",
        after: str | int = "1m",
    ) -> str:
        """The token is offered on an outside market, by an account where that is known."""
        known = {} if seller is None else {"seller": seller}
        return self._happens(
            "listing",
            at,
            after,
            site="bazaar",
            action="posted",
            price=price,
            token=token,
            match_confidence=confidence,
            **known,
        )

    def is_unlisted(
        self, token: str, price: int = 90_00, at: str = "", after: str | int = "1m"
    ) -> str:
        """The offer is taken down."""
        return self._happens(
            "listing", at, after, site="bazaar", action="removed", price=price, token=token
        )

    def is_worth(self, collection: str, price: int, at: str = "", after: str | int = "1m") -> str:
        """The outside price of a collection."""
        return self._happens("market_price", at, after, collection=collection, price=price)

    def reports(
        self, reporter: str, account: str, at: str = "", after: str | int = "1m", **more: Any
    ) -> str:
        """Somebody reports an account."""
        return self._happens("report", at, after, reporter=reporter, account=account, **more)

    def told(self, toml: str = "") -> "Told":
        """What offbook makes of it under the story's policy, with `toml` laid over it."""
        pipeline = Pipeline(Setup(policy(f"{self.toml}\n{toml}")))
        values = [msgspec.json.encode(event) for event in self.events]
        steps = [pipeline.take(values), pipeline.finish()]
        refused = [refusal for step in steps for _, refusal in step.refused]
        assert not refused, f"the story does not keep to the contract: {refused}"
        return Told(
            [finding for step in steps for finding in step.findings],
            [said for step in steps for said in step.recommendations],
        )

    def _of(self, token: str) -> str:
        return self._collection.get(token, "pandas")

    def _happens(self, event_type: str, at: str, after: str | int, /, **fields: Any) -> str:
        """Note an event, which may lie before the last one where `at` says so: then it is late."""
        self.now = self._moment(at) if at else self.now + ms(after)
        event_id = f"{len(self.events) + 1:04d}"
        self.events.append({"event_id": event_id, "type": event_type, "ts": self.now, **fields})
        return event_id

    def _moment(self, at: str) -> int:
        found = _CLOCK.fullmatch(at)
        assert found, f"no time of day: {at!r}"
        day = int(found[1]) if found[1] else (self.now - self.start) // _UNIT_MS["d"]
        minutes = int(found[2]) * 60 + int(found[3])
        return self.start + day * _UNIT_MS["d"] + minutes * _UNIT_MS["m"]


class Told:
    """What came of a story: all findings, all revisions, and the last revision of each id."""

    def __init__(self, findings: Sequence[Finding], revisions: Sequence[Recommendation]) -> None:
        self.findings = findings
        self.revisions = revisions
        self.final = list({said.recommendation_id: said for said in revisions}.values())

    def found(self, rule: str, account: str) -> list[Finding]:
        """The rule's findings against the account, excused ones too."""
        return [one for one in self.findings if (one.rule, one.account) == (rule, account)]

    def fired(self, rule: str, account: str) -> bool:
        """Whether the rule made evidence against the account, or supports what others made.

        A rule that only supports, or only ranks, has fired where it found something that is not
        excused.
        """
        if CATALOGUE[rule].strength == "support" or CATALOGUE[rule].family == "M":
            return any(not one.excuses for one in self.found(rule, account))
        return any(line.rule == rule for said in self.standing(account) for line in said.evidence)

    def standing(self, account: str) -> list[Recommendation]:
        """The final recommendations about an account, without those withdrawn."""
        return [s for s in self.final if s.account == account and s.status != "withdrawn"]

    def recommended(self, account: str) -> dict[str, str]:
        """The level of each violation that stands against an account."""
        return {said.violation: said.penalty.level for said in self.standing(account)}

    def quiet(self, account: str, up_to: str = "L0") -> bool:
        """Whether nothing stands against an account that is worse than `up_to`. A gift held back
        (H) is worse than an `educate` (L1)."""
        rungs = [*LADDER[:2], "H", *LADDER[2:]]
        levels = self.recommended(account).values()
        return all(rungs.index(level) <= rungs.index(up_to) for level in levels)

    def why(self, account: str) -> str:
        """What stands against an account, for the message of a test that fails."""
        lines = [
            f"{said.violation} {said.penalty.level}: {line.rule} {line.text}"
            for said in self.standing(account)
            for line in said.evidence
        ]
        return "\n".join([f"against {account}:", *(lines or ["nothing"])])
