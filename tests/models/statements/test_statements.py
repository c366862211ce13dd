"""The two statements of reasons: what each says, and what the person concerned never reads."""

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from models.recommendations import Recommendation
from models.rules.base import HOUR
from models.statements.render import say
from tests.models.adjudication.story import CATALOGUE, decided, found, taken_back, tell


def only(said: list[Recommendation]) -> Recommendation:
    return said[-1]


def test_the_person_reads_facts_clause_measure_and_appeal() -> None:
    said = only(tell([found("G04", 1), found("X03", 2)], 'language = "en"'))
    assert said.reason.user == (
        "Between 2022-01-02 00:00 UTC and 2022-01-03 00:00 UTC the following was found in the"
        " records of your account:\n"
        "- You gave a collectible after 1 d 1 h.\n"
        "- You gave a collectible after 1 d 1 h.\n"
        "Clause: paid resale disguised as a gift (V100).\n"
        "Recommended measure: gifting is restricted for 7 days.\n"
        "This was found automatically. It is a recommendation: a person examines it and decides.\n"
        "You can appeal until 2022-07-05 00:00 UTC: write to the platform's customer service,"
        f" quote {said.recommendation_id}, and say what we should know. A person examines every"
        " appeal."
    )


def test_the_same_in_chinese() -> None:
    said = only(tell([found("G04", 1), found("G04", 2)], 'language = "zh"'))
    assert said.reason.user == (
        "在 2022-01-02 00:00 UTC 至 2022-01-03 00:00 UTC 期间，您账号的记录中发现以下情况：\n"
        "- 您在持有1 天 1 小时后转赠了藏品。（共发现 2 次）\n"
        "适用条款：以赠送为名的有偿转售（V100）。\n"
        "建议措施：警告并重新进行身份核验。\n"
        "以上情况由系统自动发现。这只是一项建议，将由工作人员审查并作出决定。\n"
        "您可以在 2022-07-05 00:00 UTC 之前申诉：请联系平台客服，注明编号"
        f" {said.recommendation_id}，并说明情况。每一项申诉都由工作人员审查。"
    )


def test_both_languages_by_default_chinese_first() -> None:
    story = [found("G04", 1)]
    both = only(tell(story)).reason.user
    one, two = (only(tell(story, f'language = "{each}"')).reason.user for each in ("zh", "en"))
    assert both == f"{one}\n\n{two}"


def test_a_permanent_measure_says_so() -> None:
    top = '[first]\nV301 = { level = "L4", days = 180 }\n[aggravation]\ncounterparties = 3'
    items = [
        found(rule_id, day, other=f"o{day}", violation="V301")
        for day, rule_id in enumerate(("G04", "X03", "A01"))
    ]
    said = only(tell(items, top))
    assert said.penalty.duration_days is None
    assert "gifting is closed permanently." in said.reason.user
    assert "关闭赠送功能，永久有效。" in said.reason.user


def test_a_withdrawal_says_that_nothing_follows() -> None:
    said = only(tell([found("G04", 1), taken_back("G04-1", 2)]))
    assert "is withdrawn" in said.reason.user
    assert "已撤回" in said.reason.user
    assert "Nothing is left of the evidence" in said.reason.analyst


def test_the_analyst_reads_why_this_level_and_not_the_next() -> None:
    first = only(tell([found("G04", 1), found("X03", 2)]))
    said = only(
        tell(
            [
                found("G04", 1),
                found("X03", 2),
                decided(first, "confirmed", 3),
                found("G04", 10, excuses=("household",)),
                found("G04", 11),
            ]
        )
    )
    assert said.reason.analyst.splitlines() == [
        "V100 paid resale disguised as a gift: ann as seller, revision 1 (proposed).",
        "Evidence from 2022-01-12 00:00 UTC to 2022-01-12 00:00 UTC:",
        "- G04 slug-g04 (G, soft): G04 held for 1 d 1 h at 12.34",
        "Why L1: a first V100 enters at L3 (7 d); confirmed violations before this one: 1;"
        " so the ladder leads to L3 (30 d); but the evidence carries no more (evidence of G,"
        " not repeated, no hard rule, 1 confirmed before). It takes a reviewer, for many cases"
        " at once.",
        "Why not L3 (30 d): the evidence is short of it; L3 asks for 2 families; there is"
        " evidence of G, not repeated, no hard rule, 1 confirmed before.",
        "Spoke for the account: household (one finding of G04, to 2022-01-11 00:00 UTC)",
        "Check next:",
        "- G04: look at G04",
    ]


def test_the_analyst_reads_thresholds_beside_values() -> None:
    said = only(tell([found("G01", 1, threshold={"soon": 41.0 * HOUR})]))
    assert "[limits: soon 1 d 17 h]" in said.reason.analyst


def test_no_other_person_is_named_to_the_person_concerned() -> None:
    hidden: dict[str, Any] = {"other": "mallory-7f3a", "token": "token-9921"}
    said = only(tell([found("G04", 1, **hidden), found("X03", 2, **hidden)]))
    assert not re.search("mallory|9921|ann", said.reason.user)


@given(
    thresholds=st.lists(st.integers(40_000_003, 86_000_000), min_size=2, max_size=2, unique=True),
    rule_ids=st.lists(st.sampled_from(sorted(CATALOGUE)), min_size=1, max_size=6),
)
def test_no_threshold_reaches_the_person(thresholds: list[int], rule_ids: list[str]) -> None:
    # Thresholds that no value of the story equals, in every way that the renderer could write them.
    named = {"tokens": 1.0, "recipients": 1.0, "returns": 1.0}
    named |= {f"limit_{n}": float(value) for n, value in enumerate(thresholds)}
    said = tell(found(rule_id, n, threshold=named) for n, rule_id in enumerate(rule_ids))
    for each in said:
        for value in thresholds:
            for unit in ("n", "ms", "money", "pct", "share"):
                for language in ("en", "zh"):
                    assert say(value, unit, language) not in each.reason.user
        for rule_id in CATALOGUE:
            assert rule_id not in each.reason.user
            assert CATALOGUE[rule_id].slug not in each.reason.user
