"""The scorecard on small cases, computed by hand."""

from typing import Any

import pytest

from models.scorecard import (
    Label,
    Revision,
    Scope,
    Scorecard,
    ScorecardError,
    read_label,
    read_revision,
    score,
)

HOUR = 3_600_000
DAY = 24 * HOUR
START = 20_000 * DAY


def revision(
    account: str,
    violation: str = "V100",
    level: str = "L3",
    *,
    number: int = 1,
    status: str = "proposed",
    confidence: float = 0.8,
    at: int = START,
    name: str = "",
) -> Revision:
    record = {
        "recommendation_id": name or f"{account}-{violation}",
        "revision": number,
        "status": status,
        "account": account,
        "violation": violation,
        "confidence": confidence,
        "penalty": {"level": level, "action": "whatever"},
        "decided_at": at,
        "role": "seller",
    }
    return read_revision(record, "recs.jsonl:1")


def broke(account: str, violation: str = "V100", **extra: Any) -> Label:
    record = {"account": account, "violation": violation, "from_ts": START, "to_ts": START + DAY}
    return read_label(record | extra, "labels.jsonl:1")


def benign(account: str, kind: str) -> Label:
    return read_label({"account": account, "benign": kind}, "labels.jsonl:2")


def card(revisions: list[Revision], labels: list[Label], accounts: int = 100) -> Scorecard:
    return score(revisions, labels, Scope(accounts, START, START + 10 * DAY))


def test_precision_and_recall_count_accounts_not_recommendations() -> None:
    figures = card(
        [revision("a"), revision("a", name="again"), revision("b"), revision("honest")],
        [broke("a"), broke("b"), broke("c"), broke("d")],
    )
    hits = figures.per_violation["V100"].at["any"]
    assert (hits.recommended, hits.labelled, hits.right) == (3, 4, 2)
    assert hits.precision == pytest.approx(2 / 3, abs=1e-6)
    assert hits.recall == 0.5
    assert figures.in_all.at["any"] == hits


def test_the_wrong_code_on_a_violator_is_right_in_all_and_wrong_for_both_codes() -> None:
    figures = card([revision("a", "V103")], [broke("a", "V100")])
    assert figures.in_all.at["any"].precision == 1.0
    assert figures.in_all.at["any"].recall == 1.0
    assert figures.per_violation["V103"].at["any"].precision == 0.0
    assert figures.per_violation["V103"].at["any"].recall is None
    assert figures.per_violation["V100"].at["any"].precision is None
    assert figures.per_violation["V100"].at["any"].recall == 0.0
    assert figures.honest.penalised == 0


def test_levels_cut_off_and_a_hold_is_no_penalty() -> None:
    revisions = [
        revision("a", level="L0"),
        revision("b", level="L1"),
        revision("c", "V500", level="H"),
        revision("d", level="L2"),
    ]
    figures = card(revisions, [broke("a"), broke("d")])
    recommended = {cut: hits.recommended for cut, hits in figures.in_all.at.items()}
    assert recommended == {"any": 4, "L1": 3, "L2": 1}
    assert {cut: hits.recall for cut, hits in figures.in_all.at.items()} == {
        "any": 1.0,
        "L1": 0.5,
        "L2": 0.5,
    }
    assert figures.honest.recommended == 2
    assert figures.honest.penalised == 0


def test_the_last_revision_counts_and_a_withdrawn_one_counts_for_nothing() -> None:
    revisions = [
        revision("a", level="L1"),
        revision("a", level="L3", number=2, status="amended"),
        revision("b", level="L3"),
        revision("b", level="L3", number=2, status="withdrawn"),
    ]
    figures = card(list(reversed(revisions)), [broke("a")])
    assert figures.recommendations == 1
    assert figures.in_all.at["L2"].precision == 1.0
    assert figures.honest.penalised == 0


def test_false_penalties_per_ten_thousand_honest_accounts_and_by_kind() -> None:
    revisions = [
        revision("vio"),
        revision("party", level="L2"),
        revision("party", "V102", level="L4"),
        revision("soft", level="L1"),
        revision("nobody", level="L3"),
    ]
    labels = [
        broke("vio"),
        benign("party", "birthday"),
        benign("party", "club"),
        benign("soft", "birthday"),
        benign("calm", "club"),
        benign("vio", "club"),
    ]
    figures = card(revisions, labels, accounts=41)
    assert figures.honest_accounts == 40
    assert figures.honest.penalised == 2
    assert figures.honest.penalised_per_10000 == 500.0
    birthday = figures.per_benign_kind["birthday"]
    assert (birthday.accounts, birthday.recommended, birthday.penalised) == (2, 2, 1)
    assert birthday.penalised_per_10000 == 5_000.0
    club = figures.per_benign_kind["club"]
    assert (club.accounts, club.recommended, club.penalised) == (2, 1, 1)
    unlabelled = figures.per_benign_kind["unlabelled"]
    assert (unlabelled.accounts, unlabelled.penalised) == (41 - 4, 1)
    assert [(w.account, w.violation, w.level, w.benign) for w in figures.false_penalties] == [
        ("nobody", "V100", "L3", []),
        ("party", "V100", "L2", ["birthday", "club"]),
        ("party", "V102", "L4", ["birthday", "club"]),
    ]


def test_a_victim_is_rightly_protected_and_wrongly_accused() -> None:
    victim = [broke("v", "V900"), broke("w", "V900")]
    protected = card([revision("v", "V900", "L2"), revision("x", "V900", "H")], victim)
    assert protected.per_violation["V900"].at["L2"].recall == 0.5
    assert protected.per_violation["V900"].at["L2"].precision == 0.5
    assert protected.in_all.at["any"].right == 1
    assert protected.honest.penalised == 0
    assert protected.honest.recommended == 1
    assert protected.honest_accounts == 100

    accused = card([revision("v", "V100", "L3")], victim)
    assert accused.in_all.at["any"].right == 0
    assert accused.per_benign_kind["takeover_victim"].penalised == 1
    assert accused.honest.penalised == 1
    assert accused.false_penalties[0].account == "v"


def test_precision_at_k_ranks_the_new_ids_of_each_day_by_what_was_known_then() -> None:
    day_one = [revision(f"bad{k:02d}", level="L3", confidence=0.9, at=START + k) for k in range(15)]
    honest = [
        revision(f"good{k:02d}", level="L2", confidence=0.99, at=START + k) for k in range(15)
    ]
    # Amended upwards later: on its first day it stood below the line.
    late = [
        revision("bad99", level="L0", at=START),
        revision("bad99", level="L6", number=2, status="amended", at=START + 5 * DAY),
    ]
    day_two = [revision("bad77", level="L1", at=START + DAY)]
    labels = [broke(f"bad{k:02d}") for k in (*range(15), 77, 99)]
    figures = card([*day_one, *honest, *late, *day_two], labels)
    at20 = figures.precision_at["20"]
    assert (at20.reviewed, at20.right) == (21, 16)
    assert at20.precision == pytest.approx(16 / 21, abs=1e-6)
    at50 = figures.precision_at["50"]
    assert (at50.reviewed, at50.right) == (32, 17)


def test_confidence_breaks_ties_of_level() -> None:
    honest = [revision(f"h{k}", confidence=0.3, at=START) for k in range(20)]
    figures = card([*honest, revision("bad", confidence=0.7, at=START)], [broke("bad")])
    assert figures.precision_at["20"].right == 1
    reversed_figures = card([*honest, revision("bad", confidence=0.1, at=START)], [broke("bad")])
    assert reversed_figures.precision_at["20"].right == 0


def test_the_delay_runs_from_the_first_event_to_the_first_revision_not_withdrawn() -> None:
    revisions = [
        revision("a", number=1, status="withdrawn", at=START + HOUR),
        revision("a", number=2, status="amended", at=START + 4 * HOUR),
        revision("a", number=3, status="amended", at=START + 90 * HOUR),
        revision("b", at=START + 10 * HOUR),
        revision("c", "V101", at=START + 2 * HOUR),
        revision("honest", at=START + 700 * HOUR),
    ]
    figures = card(revisions, [broke("a"), broke("b"), broke("c"), broke("d")])
    assert figures.per_violation["V100"].median_hours == 7.0
    assert figures.in_all.median_hours == 4.0
    assert figures.per_violation["V101"].median_hours is None


def test_the_delay_uses_the_earliest_label_and_is_never_negative() -> None:
    labels = [broke("a", from_ts=START + 20 * HOUR), broke("a", from_ts=START + 5 * HOUR)]
    assert card([revision("a", at=START + 8 * HOUR)], labels).in_all.median_hours == 3.0
    assert card([revision("a", at=START)], labels).in_all.median_hours == 0.0


def test_recall_by_typology_and_skill_and_what_was_missed() -> None:
    labels = [
        broke("a", typology="relay_chain", skill="naive"),
        broke("b", typology="relay_chain", skill="professional"),
        broke("c", typology="wash_ring", skill="professional"),
        broke("d"),
    ]
    figures = card([revision("a", level="L1"), revision("b", "V300", level="L4")], labels)
    relay = figures.per_typology["relay_chain"]
    assert (relay.accounts, relay.any, relay.penalised) == (2, 2, 1)
    assert (relay.recall, relay.recall_at_l2) == (1.0, 0.5)
    assert figures.per_skill["professional"].recall == 0.5
    assert figures.missed_typologies == ["wash_ring"]


def test_nothing_recommended_and_nothing_labelled_gives_nulls_not_errors() -> None:
    figures = card([], [])
    assert figures.in_all.at["any"].precision is None
    assert figures.in_all.at["any"].recall is None
    assert figures.in_all.median_hours is None
    assert figures.precision_at["100"].precision is None
    assert figures.honest.penalised_per_10000 == 0.0


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"account": "a"}, "benign"),
        ({"account": "a", "violation": "V100", "benign": "club"}, "benign"),
        ({"account": "a", "violation": "V999", "from_ts": 1, "to_ts": 2}, "V999"),
        ({"account": "a", "violation": "V100", "from_ts": 1}, "to_ts"),
        ({"account": 7, "benign": "club"}, "account"),
    ],
)
def test_a_label_that_cannot_be_read_names_place_and_field(
    record: dict[str, Any], field: str
) -> None:
    with pytest.raises(ScorecardError, match=rf"labels\.jsonl:7: .*{field}"):
        read_label(record, "labels.jsonl:7")


def test_a_recommendation_that_cannot_be_read_names_place_and_field() -> None:
    record = {"recommendation_id": "r", "revision": 1, "status": "proposed", "account": "a"}
    with pytest.raises(ScorecardError, match=r"recs\.jsonl:3: .*violation"):
        read_revision(record, "recs.jsonl:3")
