"""Made-up rules and a short way to tell what happened to an account."""

from collections.abc import Iterable
from typing import Any

from config.policy import parse_policy
from models.adjudication.adjudicator import Adjudicator
from models.adjudication.items import Item, Retraction
from models.decisions import Decision, Outcome
from models.findings import Finding
from models.policy import Policy
from models.recommendations import Provenance, Recommendation
from models.rules.base import DAY, HOUR, Address, Family, Limit, Rule, State, Strength, Tally

START = 1_640_995_200_000  # 2022-01-01 00:00 UTC

PROVENANCE = Provenance(bundle="default", policy="p1", rules="r1", model="none", schema="1")


def rule(
    rule_id: str,
    family: Family,
    strength: Strength = "soft",
    tally: Tally | None = None,
    limits: tuple[Limit, ...] = (),
    state: State = "live",
) -> Rule:
    return Rule(
        id=rule_id,
        slug=f"slug-{rule_id.lower()}",
        title=f"title of {rule_id}",
        family=family,
        view="account",
        on=("gift_out",),
        addresses=(Address("self", "seller", "V100"),),
        fires=lambda f, limit: f.held >= limit.held,
        shows=("held_for", "price"),
        says=f"{rule_id} held for {{held_for:ms}} at {{price:money}}",
        tells="You gave a collectible after {held_for:ms}.",
        tells_zh="您在持有{held_for:ms}后转赠了藏品。",
        strength=strength,
        tally=tally,
        limits=limits,
        state=state,
        runbook=f"look at {rule_id}",
    )


SOON = Limit("soon", 41 * HOUR, HOUR, 90 * DAY, "ms", "how soon")

CATALOGUE = {
    each.id: each
    for each in (
        rule("G01", "G", "hard", limits=(SOON,)),
        rule(
            "G02",
            "G",
            tally=Tally(30 * DAY, {"token": "tokens", "other": "recipients"}),
            limits=(
                Limit("tokens", 3, 1, 100, "n", "how many tokens"),
                Limit("recipients", 2, 1, 100, "n", "how many recipients"),
            ),
        ),
        rule("G04", "G"),
        rule("G05", "G", "firm"),
        rule(
            "G08",
            "G",
            tally=Tally(30 * DAY, {"event_id": "returns"}, by="other"),
            limits=(Limit("returns", 2, 1, 100, "n", "how many returns"),),
        ),
        rule("G09", "G", state="shadow"),
        rule("G10", "G", "support"),
        rule("X01", "X", "firm"),
        rule("X02", "X"),
        rule("X03", "X", "firm"),
        rule("A01", "A"),
        rule("A03", "A"),
        rule("A04", "A"),
        rule("A06", "A", "firm"),
        rule("M01", "M"),
    )
}


def policy(text: str = "") -> Policy:
    return parse_policy(text, "story.toml", CATALOGUE, {})


def adjudicator(text: str = "", **more: Any) -> Adjudicator:
    return Adjudicator(policy(text), CATALOGUE, PROVENANCE, **more)


def found(rule_id: str, day: float, event: str | None = None, **more: Any) -> Finding:
    """A finding of a rule `day` days into the story; its evidence is its own event."""
    at = START + round(day * DAY)
    event = event or f"{rule_id}-{day}"
    given: dict[str, Any] = {
        "at": at,
        "ts": at,
        "event_id": event,
        "rule": rule_id,
        "account": "ann",
        "role": "seller",
        "violation": "V100",
        "event_ids": (event,),
        "observed": {"held_for": 25.0 * HOUR, "price": 1234.0},
        "threshold": {},
        "from_ts": at,
        "other": "bob",
        "token": "t1",
    }
    return Finding(**{**given, **more})


def decided(
    about: Recommendation, outcome: Outcome, day: float, decision_id: str = "d1", **more: Any
) -> Decision:
    given: dict[str, Any] = {
        "decision_id": decision_id,
        "recommendation_id": about.recommendation_id,
        "account": about.account,
        "violation": about.violation,
        "outcome": outcome,
        "reviewer": "r",
        "ts": START + round(day * DAY),
    }
    return Decision(**{**given, **more})


def taken_back(event: str, day: float) -> Retraction:
    return Retraction(
        at=START + round(day * DAY), account="ann", event_id=event, by=f"reversal-of-{event}"
    )


def tell(items: Iterable[Item], text: str = "") -> list[Recommendation]:
    """All revisions that a story leads to."""
    return adjudicator(text).take(items)


def levels(said: Iterable[Recommendation]) -> list[tuple[str, int | None]]:
    return [(each.penalty.level, each.penalty.duration_days) for each in said]
