"""The order of items decides, not how they are batched, nor who was restored in between."""

import json
from typing import Any

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from models.adjudication.items import Item, Retraction
from models.decisions import Decision
from models.recommendations import decode, encode, recommendation_schema
from models.rules.base import DAY
from tests.models.adjudication.story import START, adjudicator, found, tell

VALIDATOR = jsonschema.Draft202012Validator(recommendation_schema())


@st.composite
def items(draw: st.DrawFn) -> list[Item]:
    """Findings of a few accounts, decisions on what they lead to, reversed gifts."""
    told: list[Item] = []
    day = 0.0
    for n in range(draw(st.integers(1, 40))):
        day += draw(st.sampled_from([0.0, 0.2, 1.0, 7.0, 35.0]))
        account = draw(st.sampled_from(["ann", "eve"]))
        kind = draw(st.sampled_from(["found"] * 8 + ["decided", "reversed"]))
        if kind == "reversed":
            gift = f"e{draw(st.integers(0, max(n, 1)))}"
            at = START + round(day * DAY)
            told.append(Retraction(at=at, account=account, event_id=gift, by=f"r{n}"))
            continue
        if kind == "decided":
            known = [each for each in tell(told) if each.account == account]
            if not known:
                continue
            about = draw(st.sampled_from(known))
            told.append(
                Decision(
                    decision_id=f"d{n}",
                    recommendation_id=about.recommendation_id,
                    account=account,
                    violation=about.violation,
                    outcome=draw(st.sampled_from(["confirmed", "dismissed", "overturned"])),
                    reviewer="r",
                    ts=START + round(day * DAY),
                )
            )
            continue
        late = draw(st.sampled_from([0.0, 0.0, 0.0, 2.0, 20.0]))
        more: dict[str, Any] = {
            "account": account,
            "ts": max(START + round((day - late) * DAY), START),
            "token": draw(st.sampled_from(["t1", "t2", "t3", None])),
            "other": draw(st.sampled_from(["bob", "cat", None])),
            "violation": draw(st.sampled_from(["V100", "V102", "V900"])),
            "role": draw(st.sampled_from(["seller", "hub", "victim"])),
            "excuses": draw(st.sampled_from([(), (), ("household",)])),
            "minor": draw(st.sampled_from([False, False, False, True])),
        }
        rule_id = draw(st.sampled_from(["G01", "G02", "G02", "G04", "G08", "G10", "X03", "M01"]))
        told.append(found(rule_id, day, f"e{n}", **more))
    return told


@settings(max_examples=150, deadline=None)
@given(told=items())
def test_who_else_is_in_the_partition_changes_nothing(told: list[Item]) -> None:
    together = [encode(each) for each in tell(told)]
    apart = [
        encode(each)
        for account in ("ann", "eve")
        for each in tell(item for item in told if item.account == account)
    ]
    assert sorted(together) == sorted(apart)


def test_what_supports_an_episode_is_not_forgotten_for_others_sake() -> None:
    """Forgetting happens once a day, with the first item of the day, whoever's it is."""
    ann: list[Item] = [
        found("G10", 10.5, "g"),
        found("X01", 20, "a"),
        found("X03", 48, "b"),
        found("X03", 75, "c"),
        found("X03", 100.9, "d"),
    ]
    eve = found("X01", 100.1, "e", account="eve")
    alone = [encode(each) for each in tell(ann)]
    beside = [encode(each) for each in tell([*ann[:-1], eve, ann[-1]]) if each.account == "ann"]
    assert beside == alone
    assert b'"rule":"G10"' in alone[-1]


@settings(max_examples=60, deadline=None)
@given(told=items(), data=st.data())
def test_any_split_and_any_restart_gives_the_same_bytes(
    told: list[Item], data: st.DataObject
) -> None:
    whole = adjudicator()
    expected = [encode(each) for each in whole.take(told)]
    at = sorted(data.draw(st.sets(st.integers(0, len(told)), max_size=6)))
    judge = adjudicator()
    said: list[bytes] = []
    for begin, end in zip([0, *at], [*at, len(told)], strict=True):
        said += [encode(each) for each in judge.take(told[begin:end])]
        if data.draw(st.booleans()):
            snapshot = judge.snapshot()
            judge = adjudicator()
            judge.restore(snapshot)
            assert judge.snapshot() == snapshot
    assert said == expected
    assert judge.snapshot() == whole.snapshot()


@settings(max_examples=40, deadline=None)
@given(told=items())
def test_whatever_is_said_keeps_the_contract(told: list[Item]) -> None:
    revisions: dict[str, int] = {}
    for each in tell(told):
        raw = encode(each)
        VALIDATOR.validate(json.loads(raw))
        assert encode(decode(raw)) == raw
        assert each.automated_decision is False
        assert each.revision == revisions.get(each.recommendation_id, 0) + 1
        assert (each.status == "proposed") == (each.revision == 1)
        assert (each.status == "withdrawn") == (not each.evidence)
        assert each.penalty.level == "H" or each.violation != "V900" or not each.evidence
        revisions[each.recommendation_id] = each.revision


@settings(max_examples=40, deadline=None)
@given(told=items())
def test_accounts_do_not_touch_each_other(told: list[Item]) -> None:
    together = [encode(each) for each in tell(told) if each.account == "ann"]
    alone = [encode(each) for each in tell([item for item in told if item.account == "ann"])]
    assert together == alone
