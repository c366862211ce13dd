"""The simulator keeps the contract, its promises about labels, and its own rules."""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from statistics import median

import pytest

from models.simulation import FEEDS, Delivery, Scenario, Simulation, deliver, families, with_profile
from models.simulation.calendar import festival
from models.simulation.truth import Event
from tests.models.simulation.conftest import Ran, run
from tests.models.simulation.wire import NAMED, REQUIRED, fault

SMALL = Scenario(accounts=250, days=8, seed=3)
HOUR = 3_600_000
DAY = 24 * HOUR


def as_bytes(ran: Ran) -> bytes:
    return "\n".join(json.dumps(row) for row in (*ran.events, *ran.labels)).encode()


def test_one_seed_gives_the_same_bytes_and_another_gives_others() -> None:
    first = as_bytes(run(SMALL))
    assert as_bytes(run(SMALL)) == first
    assert as_bytes(run(replace(SMALL, seed=4))) != first


def test_the_hash_seed_of_the_process_changes_nothing() -> None:
    program = (
        "import hashlib, json;"
        "from models.simulation import Scenario, Simulation;"
        "s = Simulation(Scenario(accounts=250, days=8, seed=3));"
        "rows = list(s.events());"
        "print(hashlib.sha256(json.dumps([rows, s.labels()]).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_every_event_keeps_the_contract(moderate: Ran) -> None:
    assert [text for event in moderate.events if (text := fault(event))] == []


def test_every_type_of_the_contract_occurs(moderate: Ran) -> None:
    assert {event["type"] for event in moderate.events} == set(REQUIRED)


def test_events_come_in_order_within_the_run_with_unique_ids(moderate: Ran) -> None:
    keys = [(event["ts"], event["event_id"]) for event in moderate.events]
    assert keys == sorted(keys)
    assert len({key[1] for key in keys}) == len(keys)
    assert int(keys[-1][0]) < moderate.scenario.end_ts


HISTORY = {
    "account_registered",
    "login",
    "friend_added",
    "household_declared",
    "purchase",
    "airdrop",
}


def test_history_comes_first_and_violates_nothing(moderate: Ran) -> None:
    start = moderate.scenario.start_ts
    past = [event for event in moderate.events if int(event["ts"]) < start]
    assert {event["type"] for event in past} == HISTORY
    assert min(int(label.get("from_ts", start)) for label in moderate.labels) >= start


def test_a_cold_start_leaves_out_history_and_nothing_else() -> None:
    cold = run(replace(SMALL, cold_start=True))
    assert min(int(event["ts"]) for event in cold.events) >= SMALL.start_ts
    assert {event["type"] for event in cold.events} >= {"login", "message", "gift", "payment"}


def test_activity_is_of_the_promised_order(moderate: Ran) -> None:
    scenario = moderate.scenario
    living = [event for event in moderate.events if int(event["ts"]) >= scenario.start_ts]
    per_ten_days = len(living) / scenario.accounts / scenario.days * 10
    assert 8 <= per_ten_days <= 15


def test_every_typology_and_every_look_alike_occurs(moderate: Ran) -> None:
    named = {label.get("typology", label.get("benign")) for label in moderate.labels}
    assert named == set(families())


def test_five_honest_look_alikes_stand_beside_every_violator(moderate: Ran) -> None:
    family = families()
    violators: dict[str, set[str]] = defaultdict(set)
    benign: dict[str, set[str]] = defaultdict(set)
    for label in moderate.labels:
        if "benign" in label:
            benign[family[str(label["benign"])]].add(str(label["account"]))
        else:
            violators[family[str(label["typology"])]].add(str(label["account"]))
    assert {name for name in violators if len(benign[name]) < 5 * len(violators[name])} == set()
    share = len(set().union(*violators.values())) / moderate.scenario.accounts
    assert 0.01 <= share <= 0.025


def test_nobody_is_both_violator_and_benign(moderate: Ran) -> None:
    guilty = {label["account"] for label in moderate.labels if "violation" in label}
    assert not guilty & {label["account"] for label in moderate.labels if "benign" in label}


def test_windows_are_spanned_by_events_of_the_account(moderate: Ran) -> None:
    by_id = {event["event_id"]: event for event in moderate.events}
    broken = [label for label in moderate.labels if "violation" in label]
    assert broken
    for label in broken:
        ids = label["event_ids"]
        assert isinstance(ids, list)
        events = [by_id[event_id] for event_id in ids]
        assert label["from_ts"] == min(int(event["ts"]) for event in events)
        assert label["to_ts"] == max(int(event["ts"]) for event in events)
        for event in events:
            anonymous = event["type"] == "listing" and "seller" not in event
            mine = label["account"] in (
                *(event.get(name) for name in NAMED),
                event.get("reporter"),
                event.get("seller"),
            )
            assert anonymous or mine, (label, event)


def test_a_simulation_can_be_read_twice() -> None:
    simulation = Simulation(SMALL)
    assert list(simulation.events()) == list(simulation.events())


def test_labels_wait_for_the_end() -> None:
    simulation = Simulation(SMALL)
    with pytest.raises(RuntimeError, match="once all events"):
        simulation.labels()


def test_nobody_gives_what_is_not_theirs(moderate: Ran) -> None:
    holder: dict[str, str] = {}
    for event in moderate.events:
        token = str(event.get("token"))
        if event["type"] in ("purchase", "airdrop"):
            assert token not in holder
            holder[token] = str(event["account"])
        elif event["type"] == "gift":
            assert holder[token] == event["sender"]
            holder[token] = str(event["recipient"])
        elif event["type"] == "gift_reversed":
            assert holder[token] == event["recipient"]
            holder[token] = str(event["sender"])


def early_senders(ran: Ran, hold_ms: float) -> set[str]:
    """Senders of gifts made before the hold after purchase, airdrop or receipt had passed."""
    since: dict[str, int] = {}
    early = set()
    for event in ran.events:
        token, ts = str(event.get("token")), int(event["ts"])
        if event["type"] == "gift" and ts - since.get(token, 0) < hold_ms:
            early.add(str(event["sender"]))
        if event["type"] in ("gift", "purchase", "airdrop"):
            since[token] = ts
        elif event["type"] == "gift_reversed":
            since.pop(token, None)
    return early


def test_the_hold_is_kept_but_by_those_who_found_a_gap(moderate: Ran) -> None:
    allowed = {
        str(label["account"])
        for label in moderate.labels
        if label.get("violation") == "V500" or label.get("benign") == "support_migration"
    }
    guilty = {str(la["account"]) for la in moderate.labels if la.get("violation") == "V500"}
    early = early_senders(moderate, 24 * HOUR)
    assert early <= allowed
    assert guilty <= early


def test_nobody_is_named_before_they_register(moderate: Ran) -> None:
    registered = {
        str(event["account"]): int(event["ts"])
        for event in moderate.events
        if event["type"] == "account_registered"
    }
    seen: dict[str, int] = {}
    for event in moderate.events:
        for name in (*NAMED, "reporter", "seller"):
            if name in event:
                seen.setdefault(str(event[name]), int(event["ts"]))
    too_soon = {a for a, ts in registered.items() if seen[a] < ts}
    assert too_soon == set()


def gifts_by_day(events: list[Event], start_ts: int) -> Counter[int]:
    return Counter((int(e["ts"]) - start_ts) // DAY for e in events if e["type"] == "gift")


def test_gifts_surge_on_spring_festival(moderate: Ran) -> None:
    # 2024-02-10 is day 40 counted from 1; its China morning begins on the evening of UTC day 39.
    counts = gifts_by_day(moderate.events, moderate.scenario.start_ts)
    usual = median(counts[day] for day in range(5, 35))
    assert counts[39] > 2.5 * usual


def test_calendar_knows_solar_and_lunar_days() -> None:
    assert festival(date(2024, 2, 10)) == ("spring_festival", 6.0)
    assert festival(date(2024, 2, 24)) == ("lantern", 2.0)
    assert festival(date(2024, 9, 17)) == ("mid_autumn", 3.5)
    assert festival(date(2031, 5, 20)) == ("520", 4.5)
    assert festival(date(2024, 3, 21)) is None


def test_people_sleep_at_night(moderate: Ran) -> None:
    hours = Counter((int(e["ts"]) // HOUR + 8) % 24 for e in moderate.events)
    assert hours[21] > 8 * hours[4]


def test_drops_are_bursts(moderate: Ran) -> None:
    attempts = [e for e in moderate.events if e["type"] == "purchase_attempted"]
    within = [e for e in attempts if int(e["latency_ms"]) < 10_000]
    assert len(within) > 0.7 * len(attempts)


def test_traders_differ_within_one_skill(moderate: Ran) -> None:
    """No threshold is at work: some sell once, some dozens of times."""
    sales = sorted(
        len(label["event_ids"])
        for label in moderate.labels
        if label.get("violation") == "V100" and isinstance(label["event_ids"], list)
    )
    assert sales[0] <= 2
    assert sales[-1] >= 10 * sales[0]


def test_feeds_can_be_left_out_and_nothing_else_changes() -> None:
    delivery = Delivery(without=frozenset({"payment", "listing", "message", "market_price"}))
    whole = run(SMALL).events
    thin = list(deliver(whole, delivery))
    assert thin == [event for event in whole if event["type"] not in delivery.without]
    assert len(thin) < len(whole)


def test_disorder_is_bounded_and_loses_nothing() -> None:
    whole = run(SMALL).events
    shuffled = list(deliver(whole, Delivery(disorder_ms=6 * HOUR)))
    assert shuffled != whole
    assert sorted(shuffled, key=lambda e: str(e["event_id"])) == whole
    newest = 0
    for event in shuffled:
        assert int(event["ts"]) >= newest - 6 * HOUR
        newest = max(newest, int(event["ts"]))


def test_duplicates_are_repetitions_of_the_same_event() -> None:
    whole = run(SMALL).events
    repeated = list(deliver(whole, Delivery(duplicates=0.2, disorder_ms=HOUR)))
    extra = Counter(str(event["event_id"]) for event in repeated)
    assert set(extra.values()) == {1, 2}
    assert 0.15 * len(whole) < len(repeated) - len(whole) < 0.25 * len(whole)


def test_profiles_change_habits_and_holds() -> None:
    base = Scenario(accounts=600, days=12, seed=5)
    default, quiet, busy = (run(with_profile(base, p)) for p in ("default", "quiet", "busy"))
    assert len(quiet.events) < 0.7 * len(default.events) < len(busy.events)
    assert busy.scenario.hold_after_purchase == 7 * 24
    week = early_senders(busy, 7 * DAY)
    excused = {la["account"] for la in busy.labels if la.get("benign") == "support_migration"}
    guilty = {la["account"] for la in busy.labels if la.get("violation") == "V500"}
    assert week <= excused | guilty
    assert with_profile(base, "default") == base


@pytest.mark.parametrize("accounts", [20, 75])
def test_tiny_worlds_work(accounts: int) -> None:
    ran = run(Scenario(accounts=accounts, days=1, seed=1))
    assert [text for event in ran.events if (text := fault(event))] == []


def test_a_world_without_violators_has_none() -> None:
    ran = run(replace(SMALL, violators=0.0))
    assert not [label for label in ran.labels if "violation" in label]
    assert [label for label in ran.labels if "benign" in label]


@pytest.mark.parametrize(
    ("field", "value"),
    [("accounts", 3), ("days", 0), ("violators", 0.5), ("hold_after_receipt", -1), ("seed", -1)],
)
def test_values_out_of_bounds_are_refused_by_name(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=field):
        replace(SMALL, **{field: value})


def test_an_unknown_feed_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(ValueError, match=r"chat.*payment"):
        Delivery(without=frozenset({"chat"}))
    assert set(FEEDS) <= set(REQUIRED)


def test_an_unknown_profile_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(ValueError, match=r"noisy.*quiet"):
        with_profile(SMALL, "noisy")
