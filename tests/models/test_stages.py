"""The stages between records: what comes twice changes nothing, what was stored goes on exactly,
and a silence counts for no more than it is."""

import random
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from itertools import permutations
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.progress import Commit, Progress, Save
from models.recommendations import encode
from models.rules import CATALOGUE
from models.sequence import END, UNSEEN, Watermarks
from models.snapshot import SnapshotError, unpack
from models.stages import AdjudicateStage, DetectStage, IntakeStage
from models.views import VIEWS
from models.wire import WireError
from tests.cluster.delivery import LATENESS_MS
from tests.cluster.platforms import platform
from tests.cluster.reference import SETUP
from tests.strategies import examples

Stage = IntakeStage | DetectStage | AdjudicateStage
FAR = 2**45


def fresh(topic: str) -> Any:
    """The stage of partition 0 of a topic, with one source and one of everything."""
    if topic == "events":
        return IntakeStage(SETUP.intake(), 0, 1)
    if topic == "views":
        return DetectStage(SETUP.detector(1), 0, 1)
    return AdjudicateStage(SETUP.bench(1), 0)


def steps(topic: str, number: int = 0) -> list[Callable[[Any], list[bytes]]]:
    """What the stage of a topic is given on a small platform, step by step."""
    records = inputs(number)[topic]
    if topic == "events":
        return [
            lambda stage, at=at, values=values: (
                stage.take(list(values), list(range(at, at + len(values)))).views
            )
            for at, values in records
        ]
    if topic == "views":
        return [lambda stage, at=at, raw=raw: stage.take(raw, at)[0] for at, raw in records]
    return [
        lambda stage, at=at, raw=raw: [encode(one) for one in stage.take(raw, at)]
        for at, raw in records
    ]


@cache
def inputs(number: int) -> dict[str, list[tuple[int, Any]]]:
    """The records that each stage gets: of events in handfuls, of the others one by one."""
    values = [msgspec.json.encode(event) for event in platform(number)]
    handfuls = [(at, tuple(values[at : at + 9])) for at in range(0, len(values), 9)]
    intake, detect = fresh("events"), fresh("views")
    views = [
        intake.take(list(some), list(range(at, at + len(some)))).views for at, some in handfuls
    ]
    views += [intake.idle(FAR).views]
    of_views = list(enumerate(record for records in views for record in records))
    found = [record for at, raw in of_views for record in detect.take(raw, at)[0]]
    return {"events": handfuls, "views": of_views, "findings": list(enumerate(found))}


TOPICS = ("events", "views", "findings")


@pytest.mark.parametrize("topic", TOPICS)
@examples(6)
@given(number=st.integers(0, 15), seed=st.integers(0, 2**32))
def test_a_stage_goes_on_from_any_snapshot_as_if_nothing_had_been(
    topic: str, number: int, seed: int
) -> None:
    chance = random.Random(seed)
    undisturbed, stage = fresh(topic), fresh(topic)
    for step in steps(topic, number):
        if chance.random() < 0.3:
            stored = stage.snapshot()
            stage = fresh(topic)
            assert stage.restore(stored) == undisturbed.last
            assert stage.snapshot() == stored
        assert step(stage) == step(undisturbed)
    assert unpack(stage.snapshot()) is not None
    assert stage.last == undisturbed.last


@pytest.mark.parametrize("topic", TOPICS)
def test_what_comes_twice_is_dropped(topic: str) -> None:
    stage = fresh(topic)
    done = steps(topic)
    for step in done:
        step(stage)
    before = stage.snapshot()
    for step in done:
        assert step(stage) == []
    assert stage.snapshot() == before


@pytest.mark.parametrize("topic", ["views", "findings"])
def test_what_another_worker_produced_again_is_dropped_at_its_new_offset(topic: str) -> None:
    """A crash between produce and checkpoint: the same records once more, behind the first."""
    once, twice = fresh(topic), fresh(topic)
    records = inputs(0)[topic]
    echoed = [raw for part in range(0, len(records), 4) for _, raw in records[part : part + 4] * 2]

    def said(stage: Any, raw: bytes, at: int) -> list[bytes]:
        if topic == "views":
            return list(map(_without_place, stage.take(raw, at)[0]))
        return [encode(one) for one in stage.take(raw, at)]

    wanted = [one for at, (_, raw) in enumerate(records) for one in said(once, raw, at)]
    assert [one for at, raw in enumerate(echoed) for one in said(twice, raw, at)] == wanted
    assert wanted


def _without_place(record: bytes) -> bytes:
    """A record of findings without the offset at which they were found."""
    source, _, *rest = msgspec.msgpack.decode(record)
    return msgspec.msgpack.encode([source, *rest])


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("other", TOPICS)
def test_the_snapshot_of_another_stage_is_refused_by_name(topic: str, other: str) -> None:
    stage = {"events": "intake", "views": "detect", "findings": "adjudicate"}[topic]
    if topic == other:
        wrong = IntakeStage(SETUP.intake(), 7, 1).snapshot()
        expected = "intake" if topic == "events" else stage
    else:
        wrong, expected = fresh(other).snapshot(), stage
    with pytest.raises(SnapshotError, match=f"not a snapshot of {expected}, partition 0"):
        fresh(topic).restore(wrong)


@pytest.mark.parametrize("raw", [b"", b"\x00", b"offbook", b"\xc1" * 9, b"\x93\x01\x02\x03"])
def test_what_is_no_snapshot_is_refused(raw: bytes) -> None:
    for topic in TOPICS:
        with pytest.raises(SnapshotError):
            fresh(topic).restore(raw)


@pytest.mark.parametrize("raw", [b"", b"{}", b"\x93\x01\x02\x03"])
def test_what_is_no_record_of_ours_is_refused_and_changes_nothing(raw: bytes) -> None:
    for stage in (fresh("views"), fresh("findings")):
        before = stage.snapshot()
        with pytest.raises(WireError, match="cannot be read"):
            stage.take(raw, 0)
        assert stage.snapshot() == before


def test_of_two_records_with_one_id_the_same_counts_in_every_order_of_arrival() -> None:
    """Records that contradict each other are a fault of the platform, but no reason to waver."""

    def gift(recipient: str) -> bytes:
        return msgspec.json.encode(
            {
                "event_id": "one",
                "type": "gift",
                "ts": 1_700_000_000_000,
                "sender": "ann",
                "recipient": recipient,
                "token": "t",
                "collection": "c",
            }
        )

    views = []
    for source, recipient in enumerate(("bob", "cat", "dan")):
        stage = IntakeStage(SETUP.intake(), source, 1)
        views += [stage.take([gift(recipient)], [0]).views[0], stage.idle(FAR).views[0]]
    snapshots = set()
    for order in permutations(range(3)):
        stage = DetectStage(SETUP.detector(3), 0, 1)
        records = [views[2 * source] for source in order]
        for at, raw in enumerate([*records, *views[1::2]]):
            stage.take(raw, at)
        detector = unpack(stage.snapshot())[5]
        accounts = detector["strings"]["account"]
        log = detector["lanes"]["account"]["log"]
        snapshots.add(tuple(accounts[entity] for entity in log[1].tolist()))
    assert snapshots == {("ann", "bob")}


def test_no_two_findings_of_different_partitions_share_a_place_in_the_order() -> None:
    """A rule that met one event from both sides, for one account in one role, would leave their
    order to the order of arrival."""
    for rule in CATALOGUE.values():
        for kind, views in VIEWS.items():
            met = [
                (_addressed(view.entity, rule.view, address.who), address.role)
                for view in views
                if view.lane == rule.view and view.role in rule.on
                for address in rule.addresses
                if not address.on or view.role in address.on
            ]
            assert len(met) == len(set(met)), f"{rule.id} on {kind}"


def _addressed(entity: str | None, lane: str, who: str) -> str | None:
    if who == "self":
        return entity
    if lane == "account" and who == "other":
        return "other" if entity == "actor" else "actor"
    return who


def test_an_idle_source_vouches_for_the_clock_less_the_lateness() -> None:
    stage = fresh("events")
    assert msgspec.msgpack.decode(stage.idle(FAR).views[0])[3:5] == [FAR - LATENESS_MS, True]


def test_a_watermark_is_the_least_of_all_and_never_goes_back() -> None:
    marks = Watermarks(2)
    assert marks.high() == UNSEEN
    marks.hear(0, 50)
    assert (marks.low(), marks.until()) == (None, None)
    marks.hear(1, 40)
    marks.hear(0, 30)
    assert (marks.low(), marks.high()) == (40, 50)


def test_silence_counts_where_all_are_silent_at_one_place_and_none_has_spoken_since() -> None:
    marks = Watermarks(2)
    marks.hear(0, 50, 900, (7, 3))
    marks.hear(1, 40, 800, (7, 2))
    assert marks.until() is None
    marks.hear(1, 40, 850, (7, 3))
    assert (marks.low(), marks.until()) == (40, 850)
    again = Watermarks(2)
    again.restore(unpack(_packed(marks.snapshot())))
    assert (again.low(), again.until(), again.snapshot()) == (40, 850, marks.snapshot())
    marks.hear(0, 60)
    assert (marks.low(), marks.until()) == (40, None)


def _packed(state: Any) -> bytes:
    return msgspec.msgpack.encode(state)


def test_an_idle_source_lets_the_others_no_further_than_they_had_come() -> None:
    detector = SETUP.detector(2)
    nothing = SETUP.intake().take(()).events
    detector.take(0, nothing, 1_000)
    assert detector.take(1, nothing, 5_000, idle=True).watermark == 1_000
    assert detector.take(0, nothing, 3_000).watermark == 1_000
    assert detector.take(1, nothing, 2_500, idle=True).watermark == 2_500
    quiet = detector.take(0, nothing, 9_000, idle=True)
    assert (quiet.watermark, quiet.until) == (2_500, 2_500)
    assert detector.finish().watermark == END


def test_produce_then_checkpoint_then_commit() -> None:
    progress: Progress[IntakeStage] = Progress(fresh("events"))
    assert list(progress.storing()) == []
    with progress.turn() as stage:
        stage.take([b"rubbish"], [4])
        assert list(progress.storing()) == []
    doing = progress.storing()
    save = next(doing)
    assert save == Save(4, progress.stage.snapshot())
    assert progress.stored == -1
    assert next(doing) == Commit(4)
    assert progress.stored == 4
    assert list(progress.storing()) == []


def test_what_could_not_be_produced_is_never_stored() -> None:
    progress: Progress[IntakeStage] = Progress(fresh("events"))
    with suppress(OSError), progress.turn() as stage:
        stage.take([b"rubbish"], [4])
        raise OSError("no broker")
    assert progress.owes
    assert list(progress.storing()) == []
    with pytest.raises(RuntimeError, match="open it anew"), progress.turn():
        pass


def test_records_that_were_deleted_are_missed() -> None:
    progress: Progress[IntakeStage] = Progress(fresh("events"))
    assert [progress.missing(offset) for offset in (0, 3)] == [0, 3]
    with progress.turn() as stage:
        stage.take([b"rubbish"], [4])
    assert [progress.missing(offset) for offset in (2, 5, 9)] == [0, 0, 4]
