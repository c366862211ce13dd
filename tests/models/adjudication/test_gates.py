"""What evidence carries which level: told as stories about Ann, who gives things away."""

import pytest

from models.rules.base import DAY
from tests.models.adjudication.story import START, decided, found, levels, policy, tell


def test_one_pattern_seen_once_is_a_reminder() -> None:
    assert levels(tell([found("G04", 1)])) == [("L1", None)]


def test_a_hard_rule_alone_is_enough_to_warn() -> None:
    assert levels(tell([found("G01", 1)])) == [("L2", None)]


def test_the_same_thing_proved_twice_is_enough_to_warn() -> None:
    said = tell([found("G04", 1), found("G04", 2)])
    assert levels(said) == [("L1", None), ("L2", None)]


def test_a_second_look_at_the_same_events_is_no_repetition() -> None:
    again = found("G04", 2, event_ids=("G04-1", "G04-2"))
    assert levels(tell([found("G04", 1), again])) == [("L1", None), ("L1", None)]


def test_two_soft_rules_of_one_family_do_not_corroborate_but_a_firm_one_does() -> None:
    soft = [found("G04", 1), *(found("G08", day, other="bob") for day in (2, 2.5))]
    assert levels(tell(soft))[-1] == ("L1", None)
    assert levels(tell([found("G04", 1), found("G05", 2)]))[-1] == ("L2", None)


def test_two_families_restrict_gifting() -> None:
    assert levels(tell([found("G04", 1), found("X03", 1)]))[-1] == ("L3", 7)


def test_the_model_never_counts() -> None:
    assert tell([found("M01", day) for day in range(5)]) == []
    assert levels(tell([found("M01", 1), found("G04", 2)])) == [("L1", None)]


def test_support_only_goes_with_what_others_found() -> None:
    assert tell([found("G10", day) for day in range(5)]) == []
    said = tell([found("G10", 1), found("G04", 2)])
    assert levels(said) == [("L1", None)]
    assert [line.rule for line in said[0].evidence] == ["G04", "G10"]


def test_support_from_long_before_is_left_out() -> None:
    said = tell([found("G10", 1), found("G04", 40)])
    assert [line.rule for line in said[0].evidence] == ["G04"]


def test_rules_that_are_not_live_move_nothing() -> None:
    assert tell([found("G09", 1), found("Z99", 1)]) == []
    assert tell([found("G04", 1)], '[rules.G04]\nstate = "shadow"') == []


def test_a_listing_alone_never_passes_a_reminder_however_often() -> None:
    said = tell([found("X01", day) for day in range(1, 8)])
    assert set(levels(said)) == {("L1", None)}
    assert "an offer or words alone" in said[-1].reason.analyst


def test_a_listing_with_a_gift_pattern_counts() -> None:
    assert levels(tell([found("X01", 1), found("G04", 2)]))[-1] == ("L3", 7)


def test_two_families_and_a_prior_carry_the_highest_levels() -> None:
    steep = '[first]\nV100 = { level = "L4", days = 180 }\n[strikes]\nsteps = 1'
    first = tell([found("G04", 1), found("X03", 1)], steep)
    assert levels(first)[-1] == ("L4", 180)
    repeat = [
        found("G04", 1),
        found("X03", 1),
        decided(first[-1], "confirmed", 5),
        found("G04", 50),
        found("X03", 50),
    ]
    assert levels(tell(repeat, steep))[-2:] == [("L1", None), ("L5", None)]


def test_three_families_need_no_prior() -> None:
    steep = "[first]\nV100 = { level = 'L5' }\n[first.V100]\n"
    with pytest.raises(ValueError, match="TOML"):
        policy(steep)
    steep = '[first]\nV301 = { level = "L4", days = 180 }\n[aggravation]\ncounterparties = 3'
    who = {"violation": "V301"}
    items = [
        found(rule_id, day, other=f"o{day}", **who)
        for day, rule_id in enumerate(("G04", "X03", "A01"))
    ]
    assert levels(tell(items, steep)) == [("L1", None), ("L4", 180), ("L5", None)]


def test_a_gate_of_a_higher_level_opens_the_lower_ones() -> None:
    # V102 starts at L2, whose own gates ask one family to repeat itself: two families are more.
    said = tell([found(rule_id, 1, violation="V102") for rule_id in ("G04", "X02")])
    assert levels(said) == [("L1", None), ("L2", None)]


def test_a_breach_not_yet_proved_is_held_and_not_punished() -> None:
    strict = "[gates]\nL2 = [{ families = 1, repeated = true }]"
    said = tell([found("G01", day, violation="V500") for day in (1, 2)], strict)
    assert [each.penalty.action for each in said] == ["hold_pending_gift", "warn_and_reverify"]
    assert levels(said)[0] == ("H", 3)


def test_a_victim_is_protected_whatever_the_evidence() -> None:
    stolen = {"violation": "V900", "role": "victim"}
    said = tell([found(rule_id, 1, **stolen) for rule_id in ("A06", "A01", "G01", "X03")])
    assert {each.penalty.action for each in said} == {"hold_pending_gift"}
    assert {each.role for each in said} == {"victim"}
    assert "no penalty" in said[0].reason.user


def test_minors_stop_at_a_warning() -> None:
    said = tell([found("G04", 1), found("X03", 1, minor=True)])
    assert levels(said) == [("L1", None), ("L2", None)]
    assert "capped for a minor" in said[-1].reason.analyst


@pytest.mark.parametrize(
    ("many", "level"),
    [({"token": 10}, ("L3", 30)), ({"token": 9}, ("L3", 7)), ({"other": 5}, ("L3", 30))],
)
def test_many_tokens_or_counterparties_raise_by_one_step(
    many: dict[str, int], level: tuple[str, int]
) -> None:
    (field, count), *_ = many.items()
    items = [found("X03", 1)]
    items += [found("G04", 2 + n / 24, **{field: f"v{n}"}) for n in range(count)]
    items[0] = found("X03", 1, token="v0", other="v0")
    assert levels(tell(items))[-1] == level


def test_several_aggravations_raise_once() -> None:
    items = [found("X03", 1)] + [
        found("G04", 2 + n / 24, token=f"t{n}", other=f"o{n}", role="hub") for n in range(12)
    ]
    said = tell(items)
    assert levels(said)[-1] == ("L3", 30)
    assert said[-1].role == "hub"
    assert "13 counterparties" in said[-1].reason.analyst


def test_cooperation_lowers_by_a_step() -> None:
    before = [found("G04", 1), found("X03", 1)]
    first = tell(before)[-1]
    said = tell([*before, decided(first, "confirmed", 2, cooperated=True)])
    assert levels(said)[-1] == ("L2", None)
    assert said[-1].status == "amended"
    assert said[-1].decided_at == START + 2 * DAY
