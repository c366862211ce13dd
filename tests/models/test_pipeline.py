"""The whole way in one process: whatever the batches, the order of arrival, the duplicates, the
sources and the rubbish in between, the same facts give the same recommendations."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, Final

import msgspec
import pytest

from models.detect import DEDUP_MS
from models.events import Refusal
from models.findings import Finding
from models.pipeline import Counts, Pipeline, Setup, Step
from models.recommendations import encode
from models.simulation import Scenario, Simulation
from tests.models.malformed import MALFORMED
from tests.stories import policy

Event = dict[str, Any]

LATENESS_MS: Final = 600_000
POLICY: Final = policy('[time]\nallowed_lateness = "10 min"')


@dataclass
class Result:
    """All revisions as bytes in order, all findings, refusals by position, and the counts."""

    said: list[bytes]
    findings: list[Finding]
    refused: dict[int, Refusal]
    counts: Counts


@cache
def world(accounts: int, days: int) -> tuple[Event, ...]:
    scenario = Scenario(accounts=accounts, days=days, seed=11, violators=0.05)
    return tuple(Simulation(scenario).events())


def encoded(events: Iterable[Event]) -> list[bytes]:
    return [msgspec.json.encode(event) for event in events]


def run(values: Sequence[bytes], batch: int = 5_000) -> Result:
    """One source, in batches of this size."""
    pipeline = Pipeline(Setup(POLICY))
    steps, refused = [], {}
    for start in range(0, len(values), batch):
        step = pipeline.take(values[start : start + batch])
        refused.update({start + position: refusal for position, refusal in step.refused})
        steps.append(step)
    steps.append(pipeline.finish())
    return collected(steps, refused, pipeline.counts)


def collected(steps: list[Step], refused: dict[int, Refusal], counts: Counts) -> Result:
    return Result(
        [encode(said) for step in steps for said in step.recommendations],
        [finding for step in steps for finding in step.findings],
        refused,
        counts,
    )


@cache
def plain() -> Result:
    """The small world in one piece and in order: what all others must equal."""
    result = run(encoded(world(300, 20)), 10**9)
    assert len(result.said) > 20, "a world in which nothing happens proves nothing"
    assert len(result.counts.recommendations) > 1
    assert not result.refused
    return result


def same_facts(result: Result) -> None:
    assert result.said == plain().said
    assert result.findings == plain().findings
    assert result.counts.kinds == plain().counts.kinds
    assert result.counts.late == 0


def disordered(events: Iterable[Event], seed: int) -> list[Event]:
    """Each event arrives at most the allowed lateness behind its time."""
    chance = random.Random(seed)
    return sorted(events, key=lambda event: event["ts"] + chance.randint(0, LATENESS_MS))


@pytest.mark.parametrize("batch", [100, 1000])
def test_batches_of_any_size_give_the_same_bytes(batch: int) -> None:
    same_facts(run(encoded(world(300, 20)), batch))


@pytest.mark.parametrize("batch", [1, 7])
def test_a_few_events_at_a_time_give_the_same_bytes(batch: int) -> None:
    values = encoded(world(120, 10))
    together = run(values, 10**9)
    assert together.said
    assert run(values, batch).said == together.said


@pytest.mark.parametrize("seed", [1, 2])
def test_disorder_within_the_allowed_lateness_changes_nothing(seed: int) -> None:
    arriving = disordered(world(300, 20), seed)
    assert arriving != list(world(300, 20))
    same_facts(run(encoded(arriving), 1000))


def test_duplicates_are_counted_and_change_nothing() -> None:
    chance = random.Random(3)
    events = world(300, 20)
    values = encoded(events)
    # What lies further back than ids are remembered is left out.
    known = [
        place for place, event in enumerate(events) if events[-1]["ts"] - event["ts"] < DEDUP_MS
    ]
    again = chance.sample(known, len(values) // 20)
    # Some come right behind the first, some days later.
    places = [(place + chance.choice((1, 50, 2000)), values[place]) for place in again]
    for place, value in sorted(places, key=lambda each: each[0], reverse=True):
        values.insert(place, value)
    result = run(values, 1000)
    same_facts(result)
    assert result.counts.duplicate == len(again)
    assert result.counts.read == len(values)


def turns(sizes: list[int], how: str) -> Iterable[int]:
    """Which source is heard next, until all have been heard to their ends; in batches."""
    left = list(sizes)
    chance = random.Random(4)
    while any(left):
        open_sources = [source for source, number in enumerate(left) if number]
        if how == "one after the other":
            source = open_sources[0]
        elif how == "in turn":
            source = max(open_sources, key=lambda each: left[each] / sizes[each])
        else:
            source = chance.choice(open_sources)
        left[source] -= 1
        yield source


@pytest.mark.parametrize("how", ["one after the other", "in turn", "at random"])
def test_sources_may_be_heard_in_any_order(how: str) -> None:
    chance = random.Random(5)
    values: list[list[bytes]] = [[], [], [], []]
    for event in disordered(world(300, 20), 6):
        source = chance.choice((0, 0, 1, 2))
        values[source].append(msgspec.json.encode(event))
        if chance.random() < 0.05:  # a producer that tried again, and met another partition
            values[(source + 1) % 3].append(values[source][-1])
    parts = [[part[at : at + 200] for at in range(0, len(part), 200)] for part in values]
    assert not parts[3], "a source without a record must not hold the others up"
    pipeline = Pipeline(Setup(POLICY), sources=len(parts))
    steps = [pipeline.end(3)]
    heard = [0] * len(parts)
    for source in turns([len(part) for part in parts], how):
        steps.append(pipeline.take(parts[source][heard[source]], source))
        heard[source] += 1
        if heard[source] == len(parts[source]):
            steps.append(pipeline.end(source))
    steps.append(pipeline.finish())
    result = collected(steps, {}, pipeline.counts)
    assert result.said == plain().said
    assert result.findings == plain().findings
    assert result.counts.duplicate == sum(map(len, values)) - len(world(300, 20))


def test_five_thousand_bad_records_among_a_hundred_thousand_good_ones() -> None:
    good = list(islice(world(2_300, 40), 100_000))
    assert len(good) == 100_000
    chance = random.Random(7)
    kinds = list(MALFORMED)
    assert len(kinds) >= 15
    wanted = {
        place: kinds[n % len(kinds)] for n, place in enumerate(chance.sample(range(105_000), 5_000))
    }
    values, expected, rest = [], {}, iter(encoded(good))
    for place in range(105_000):
        if place not in wanted:
            values.append(next(rest))
            continue
        make, reason, field = MALFORMED[wanted[place]]
        values.append(make(chance.choice(good)))
        expected[place] = (wanted[place], reason, field)

    result, clean = run(values), run(encoded(good))

    refused = {
        place: (wanted.get(place, "a good record"), refusal.reason, refusal.field)
        for place, refusal in result.refused.items()
    }
    assert refused == expected
    assert result.counts.bad == 5_000
    assert sum(result.counts.kinds.values()) == 100_000
    assert result.counts.duplicate == 0
    assert result.said == clean.said
    assert len(clean.said) > 100
