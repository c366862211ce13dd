"""Tallies, episodes, revisions, decisions, retractions: one finding an episode, amended."""

from models.adjudication.lines import EVENTS_PER_LINE, LINES_PER_RULE
from models.findings import Anomaly
from models.rules.base import DAY
from tests.models.adjudication.story import (
    START,
    adjudicator,
    decided,
    found,
    levels,
    taken_back,
    tell,
)


def snipes(*days: float, others: str = "bcd", tokens: str = "xyz", start: int = 0) -> list:
    return [
        found("G02", day, other=others[n % len(others)], token=f"{tokens[n % len(tokens)]}{start}")
        for n, day in enumerate(days)
    ]


def test_a_tally_asks_for_distinct_things_within_its_window() -> None:
    assert tell(snipes(1, 2)) == []
    assert len(tell(snipes(1, 2, 3))) == 1
    assert tell(snipes(1, 2, 3, tokens="x")) == [], "one token thrice is one token"
    assert tell(snipes(1, 2, 3, others="b")) == [], "one recipient is no second"
    assert tell(snipes(1, 2, 32)) == [], "the first has left the window"


def test_all_that_made_the_tally_is_evidence() -> None:
    (said,) = tell(snipes(1, 2, 3))
    assert [line.event_ids for line in said.evidence] == [("G02-1",), ("G02-2",), ("G02-3",)]
    assert (said.episode.from_ts, said.episode.to_ts) == (START + DAY, START + 3 * DAY)


def test_a_tally_by_counterparty_does_not_add_strangers_up() -> None:
    assert tell([found("G08", 1, other="bob"), found("G08", 2, other="cat")]) == []
    assert len(tell([found("G08", 1, other="bob"), found("G08", 2, other="bob")])) == 1


def test_the_limit_in_force_for_a_finding_decides() -> None:
    festive = {"tokens": 6.0, "recipients": 4.0}
    many = [found("G02", n, token=f"t{n}", other=f"o{n}", threshold=festive) for n in range(1, 8)]
    assert tell(many[:5]) == []
    assert len(tell(many[:6])) == 1


def test_a_late_finding_completes_a_tally() -> None:
    one, two, three = snipes(1, 2, 3)
    late = found("G02", 1, other=one.other, token=one.token, at=START + 4 * DAY, late=True)
    (said,) = tell([two, three, late])
    assert said.decided_at == START + 4 * DAY
    assert [line.ts for line in said.evidence] == [START + n * DAY for n in (1, 2, 3)]


def test_more_evidence_amends_and_a_long_silence_begins_anew() -> None:
    said = tell([found("G04", 1), found("G04", 20), found("G04", 60)])
    assert [(each.revision, each.status) for each in said] == [
        (1, "proposed"),
        (2, "amended"),
        (1, "proposed"),
    ]
    assert said[0].recommendation_id == said[1].recommendation_id
    assert said[2].recommendation_id != said[0].recommendation_id


def test_an_episode_ends_at_its_longest_however_busy() -> None:
    said = tell([found("G04", day) for day in range(0, 120, 10)])
    ids = [each.recommendation_id for each in said]
    assert ids.index(ids[-1]) == 10, "days 0 to 90 are one episode, day 100 begins the next"
    assert len(set(ids)) == 2


def test_a_new_episode_does_not_live_on_the_old_ones_evidence() -> None:
    spent = [found("G02", day, token=f"t{day}", other=f"o{day}") for day in range(0, 95, 5)]
    said = tell(spent)
    ids = [each.recommendation_id for each in said]
    assert len(set(ids)) == 1
    more = [found("G02", day, token=f"t{day}", other=f"o{day}") for day in (95, 100, 105)]
    assert tell([*spent, *more])[-1].recommendation_id not in ids
    assert len(tell([*spent, *more])[-1].evidence) == 3


def test_violations_of_one_account_are_episodes_apart() -> None:
    said = tell([found("G04", 1), found("G04", 1, violation="V102", role="buyer")])
    assert [(each.violation, each.role, each.revision) for each in said] == [
        ("V100", "seller", 1),
        ("V102", "buyer", 1),
    ]


def test_ids_are_the_same_in_every_run_and_differ_by_account_and_violation() -> None:
    ids = [
        tell([found("G04", 1, event="e1", **more)])[0].recommendation_id
        for more in ({}, {}, {"account": "eve"}, {"violation": "V102"})
    ]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert len(ids[0]) == 24


def test_what_is_excused_is_kept_and_does_not_count() -> None:
    family = found("G04", 1, excuses=("household",))
    assert tell([family]) == []
    (said,) = tell([family, found("G04", 2)])
    assert len(said.evidence) == 1
    assert [each.reason for each in said.excused] == ["household"]
    assert "one finding of G04" in said.excused[0].text
    (alone,) = tell([found("G04", 2)])
    assert said.confidence < alone.confidence


def test_the_most_unusual_moment_is_shown_beside_the_evidence() -> None:
    usual = Anomaly(score=0.4, percentile=60.0)
    odd = Anomaly(score=0.7, percentile=99.123456789)
    said = tell([found("M01", 1, anomaly=odd), found("G04", 2, anomaly=usual)])
    assert said[0].anomaly == Anomaly(score=0.7, percentile=99.123457)
    assert tell([found("G04", 2)])[0].anomaly is None


def test_a_hub_is_one_case_and_not_thousands_of_alerts() -> None:
    said = tell([found("G04", 1 + n / 100, event=f"e{n}", token=f"t{n}") for n in range(5000)])
    assert len(said) < 150
    last = said[-1]
    assert len(last.evidence) == 1
    assert len(last.evidence[0].event_ids) == EVENTS_PER_LINE
    assert last.evidence[0].event_ids[-1] == f"e{last.evidence[0].observed['findings'] - 1}"
    assert max(len(each.evidence) for each in said) == LINES_PER_RULE


def test_a_confirmed_violation_raises_the_next_one_and_not_itself() -> None:
    before = [found("G04", 1), found("X03", 1)]
    first = tell(before)[-1]
    confirmed = decided(first, "confirmed", 3)
    said = tell([*before, confirmed])
    assert levels(said)[-1] == ("L3", 7), "the decision itself changes nothing"
    said = tell([*before, confirmed, found("G04", 10), found("X03", 10)])
    assert said[-1].recommendation_id != first.recommendation_id
    assert (said[-1].strikes, levels(said)[-1]) == (1, ("L3", 30))


def test_priors_decay() -> None:
    before = [found("G04", 1), found("X03", 1)]
    confirmed = decided(tell(before)[-1], "confirmed", 3)
    after = [found("G04", 367), found("X03", 367)]
    assert levels(tell([*before, confirmed, *after]))[-1] == ("L3", 30)
    later = [found("G04", 368.5), found("X03", 368.5)]
    assert levels(tell([*before, confirmed, *later]))[-1] == ("L3", 7)


def test_an_overturned_prior_softens_what_rested_on_it() -> None:
    before = [found("G04", 1), found("X03", 1)]
    first = tell(before)[-1]
    story = [*before, decided(first, "confirmed", 3), found("G04", 10), found("X03", 10)]
    said = tell([*story, decided(first, "overturned", 20, "d2")])
    assert levels(said)[-2:] == [("L3", 30), ("L3", 7)]
    assert said[-1].recommendation_id == said[-2].recommendation_id
    assert (said[-1].status, said[-1].strikes) == ("amended", 0)


def test_a_decision_heard_twice_or_out_of_order_counts_once() -> None:
    before = [found("G04", 1), found("X03", 1)]
    first = tell(before)[-1]
    confirmed, overturned = decided(first, "confirmed", 3), decided(first, "overturned", 4, "d2")
    after = [found("G04", 10), found("X03", 10)]
    assert tell([*before, confirmed, confirmed, *after])[-1].strikes == 1
    assert tell([*before, overturned, confirmed, *after])[-1].strikes == 0


def test_what_was_dismissed_speaks_again_only_when_it_grows_worse() -> None:
    first = tell([found("G04", 1)])[0]
    story = [found("G04", 1), decided(first, "dismissed", 2)]
    more = [found("G04", 3, event_ids=("G04-1", "e2"))]
    assert len(tell([*story, *more])) == 1
    said = tell([*story, *more, found("X03", 4)])
    assert levels(said) == [("L1", None), ("L3", 7)]
    assert said[1].recommendation_id == first.recommendation_id


def test_a_reversed_gift_softens_or_withdraws() -> None:
    said = tell([found("G04", 1), found("X03", 2), taken_back("X03-2", 3)])
    assert levels(said) == [("L1", None), ("L3", 7), ("L1", None)]
    assert [line.rule for line in said[-1].evidence] == ["G04"]
    gone = tell([found("G04", 1), taken_back("G04-1", 3)])[-1]
    assert (gone.status, gone.revision, gone.penalty.level) == ("withdrawn", 2, "L0")
    assert gone.evidence == ()
    assert gone.confidence == 0.0
    assert gone.role == "seller"


def test_a_reversed_gift_that_a_tally_needed_undoes_all_of_it() -> None:
    said = tell([*snipes(1, 2, 3), taken_back("G02-2", 4)])
    assert [each.status for each in said] == ["proposed", "withdrawn"]
    # The other two still wait: a third gift makes them evidence again.
    third = found("G02", 5, other="q", token="q")
    assert len(tell([*snipes(1, 2, 3), taken_back("G02-2", 4), third])[-1].evidence) == 3


def test_a_reversal_known_before_the_finding_keeps_it_out() -> None:
    assert tell([taken_back("G04-1", 0.5), found("G04", 1)]) == []


def test_what_no_event_can_touch_again_is_forgotten() -> None:
    judge, sizes = adjudicator(), []
    for n in range(600):
        judge.take([found("G04", 3 * n, account=f"a{n % 7}", event=f"e{n}")])
        sizes.append(len(judge.snapshot()))
    assert max(sizes[200:]) < 1.1 * max(sizes[:200])
    judge.take([found("G04", 3000, account="other")])
    assert len(judge.snapshot()) < sizes[0] + 100
