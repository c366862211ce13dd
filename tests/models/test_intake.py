"""Intake: what a record counts as, and when, depends on its own source and nothing else."""

from itertools import pairwise
from typing import Final

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from models.events import EARLIEST_TS, LATEST_TS, Login
from models.intake import UNSEEN, Intake
from tests.strategies import START_TS, examples

ACCEPTED: Final = (EARLIEST_TS, LATEST_TS)
LATENESS: Final = 1_000
BAD: Final = b"{"


def _login(offset: int, number: int = 0) -> bytes:
    event_id = f"e{number}"
    login = Login(event_id=event_id, ts=START_TS + offset, account="ann", device="phone")
    return msgspec.json.encode(login)


def _counts_at(source: Intake, values: list[bytes]) -> list[int]:
    return (source.take(values).events.at - START_TS).tolist()


def test_an_event_counts_at_its_own_time_until_its_source_has_gone_on() -> None:
    source = Intake(LATENESS, ACCEPTED)
    assert source.watermark == UNSEEN
    assert _counts_at(source, [_login(5_000), _login(4_000), _login(3_999), _login(0)]) == [
        5_000,
        4_000,
        4_000,
        4_000,
    ]
    assert source.watermark == START_TS + 4_000
    assert _counts_at(source, [_login(9_000), _login(7_000)]) == [9_000, 8_000]
    assert source.watermark == START_TS + 8_000


def test_what_is_no_event_is_told_with_its_position_and_moves_no_time() -> None:
    source = Intake(LATENESS, ACCEPTED)
    ahead = msgspec.json.encode(
        Login(event_id="x", ts=LATEST_TS, account="ann", device="phone", ingested_at=START_TS)
    )
    taken = source.take([BAD, _login(0, 1), ahead, _login(1, 2), b""])
    assert [(position, refusal.reason) for position, refusal in taken.refused] == [
        (0, "not_json"),
        (2, "time_out_of_range"),
        (4, "empty"),
    ]
    assert taken.events.event_id.tolist() == ["e1", "e2"]
    assert taken.watermark == source.watermark == START_TS + 1 - LATENESS
    nothing = source.take([BAD])
    assert (len(nothing.events), nothing.watermark) == (0, taken.watermark)


def test_a_source_that_has_shown_nothing_has_no_time() -> None:
    source = Intake(LATENESS, ACCEPTED)
    assert source.take([]).watermark == source.take([BAD]).watermark == UNSEEN


def test_the_policy_says_which_times_are_believed() -> None:
    source = Intake(LATENESS, (START_TS, START_TS + 10))
    taken = source.take([_login(-1), _login(0), _login(9), _login(10)])
    assert [position for position, _ in taken.refused] == [0, 3]
    assert taken.watermark == START_TS + 9 - LATENESS


@examples(200)
@given(
    offsets=st.lists(
        st.one_of(st.none(), st.integers(0, 5_000), st.sampled_from((0, 1_000, 1_001, 2_000))),
        max_size=30,
    ),
    cuts=st.lists(st.integers(0, 30), max_size=4),
    lateness=st.sampled_from((0, 1, LATENESS)),
)
def test_no_split_into_batches_changes_when_an_event_counts(
    offsets: list[int | None], cuts: list[int], lateness: int
) -> None:
    values = [BAD if offset is None else _login(offset, n) for n, offset in enumerate(offsets)]
    expected, newest = [], None
    for offset in offsets:
        if offset is not None:
            expected.append(offset if newest is None else max(offset, newest - lateness))
            newest = offset if newest is None else max(newest, offset)
    source = Intake(lateness, ACCEPTED)
    found: list[int] = []
    for start, end in pairwise([0, *sorted(cuts), len(values)]):
        before = source.watermark
        part = _counts_at(source, values[start:end])
        assert source.watermark >= before
        assert all(START_TS + at >= before for at in part)
        found += part
        # A worker that takes over knows no more of the source than its newest time.
        source = Intake(lateness, ACCEPTED, source.newest)
    assert found == expected
    assert source.watermark == (UNSEEN if newest is None else START_TS + newest - lateness)
