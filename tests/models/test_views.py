"""Views: who sees an event, as what, and in which partition."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import events as ev
from models.columns import (
    COUNTED,
    ID_COLUMNS,
    KIND_NAMES,
    NAMESPACE,
    NONE,
    VALUE_COLUMNS,
    EventBatch,
    to_columns,
)
from models.views import (
    EVERYWHERE,
    LANES,
    ROLE_CODE,
    ROLES,
    ROW_IDS,
    VIEWS,
    compact,
    expand,
    partition_of,
    scatter,
)
from tests.models.features import oracle
from tests.models.features.running import ordered
from tests.strategies import Arrival, examples, histories

TS: Final = 1_700_000_000_000
_GIFT: Final = ev.Gift(
    event_id="g",
    ts=TS,
    sender="ann",
    recipient="bo",
    token="t1",
    collection="c1",
    device="d1",
)
partitions = st.integers(1, 7)
# An expanded view in words: event, role, entity, ids, numbers, time.
Seen = tuple[str, str, str | None, tuple[tuple[str, str], ...], tuple[tuple[str, int], ...], int]


def _seen(batch: EventBatch, lane: str) -> Iterator[Seen]:
    rows = expand(batch, lane)
    for row in range(len(rows)):
        ids = {
            name: batch.names[NAMESPACE[ID_COLUMNS.index(name)]][rows.ids[row, at]]
            for at, name in enumerate(ROW_IDS)
            if rows.ids[row, at] >= 0
        }
        values = {
            name: int(rows.values[row, at])
            for at, name in enumerate(VALUE_COLUMNS)
            if rows.values[row, at] != NONE
        }
        yield (
            str(batch.event_id[rows.event[row]]),
            ROLES[lane][rows.role[row]],
            None if rows.entity[row] == EVERYWHERE else batch.names[lane][rows.entity[row]],
            tuple(sorted(ids.items())),
            tuple(sorted(values.items())),
            int(rows.at[row]),
        )


def _meant(arrivals: list[Arrival], lane: str) -> Iterator[Seen]:
    for arrival in oracle.in_order(arrivals):
        for row in oracle.views(arrival):
            if row.lane == lane:
                yield (
                    row.event.event_id,
                    row.role,
                    row.entity,
                    tuple(sorted(row.ids.items())),
                    tuple(sorted(row.values.items())),
                    row.at,
                )


def _told(batch: EventBatch) -> list[tuple[object, ...]]:
    """All that a batch says, with names instead of numbers."""
    return [
        (
            batch.event_id[row],
            int(batch.kind[row]),
            int(batch.ts[row]),
            int(batch.at[row]),
            int(batch.wanted[row]),
            tuple(batch.values[row].tolist()),
            tuple(
                batch.names[space][index] if index >= 0 else None
                for space, index in zip(NAMESPACE, batch.ids[row].tolist(), strict=True)
            ),
        )
        for row in range(len(batch))
    ]


def test_every_kind_has_views_and_every_role_one_number() -> None:
    assert set(VIEWS) == set(KIND_NAMES)
    for lane in LANES:
        assert sorted(ROLE_CODE[lane].values()) == list(range(len(ROLES[lane])))
        # The kernel keeps roles of a trail as bits of one number.
        assert len(ROLES[lane]) < 63
    # The wanted views of an event are bits below the one that says who counts it.
    assert 1 << max(len(views) for views in VIEWS.values()) <= COUNTED


@examples(60)
@given(arrivals=histories())
def test_each_entity_sees_what_is_its_own(arrivals: list[Arrival]) -> None:
    batch = ordered(arrivals)
    for lane in LANES:
        assert list(_seen(batch, lane)) == list(_meant(arrivals, lane))


def test_a_gift_is_seen_by_sender_recipient_token_and_device() -> None:
    batch = to_columns([_GIFT])
    things = {"token": "t1", "collection": "c1", "device": "d1"}

    def ids(**who: str) -> tuple[tuple[str, str], ...]:
        return tuple(sorted({**things, **who}.items()))

    assert {lane: list(_seen(batch, lane)) for lane in LANES} == {
        "account": [
            ("g", "gift_out", "ann", ids(actor="ann", other="bo"), (), TS),
            ("g", "gift_in", "bo", ids(actor="bo", other="ann"), (), TS),
        ],
        "token": [("g", "moved", "t1", ids(actor="ann", other="bo"), (), TS)],
        "device": [("g", "gave", "d1", ids(actor="ann", other="bo"), (), TS)],
    }


def test_who_is_not_named_sees_nothing() -> None:
    batch = to_columns(
        [
            ev.Listing(event_id="l", ts=TS, site="s", action="posted", price=1, seller="ann"),
            ev.Message(event_id="m", ts=TS, account="ann"),
        ]
    )
    assert not list(_seen(batch, "token"))
    assert [row[:3] for row in _seen(batch, "account")] == [("m", "wrote", "ann")]


@examples(60)
@given(arrivals=histories(), count=partitions)
def test_each_view_is_in_one_partition_its_entitys_own(arrivals: list[Arrival], count: int) -> None:
    batch = ordered(arrivals)
    parts = scatter(batch, count)
    assert len(parts) == count
    for lane in LANES:
        whole = list(_seen(batch, lane))
        found: Counter[Seen] = Counter()
        for partition, (part, _) in enumerate(parts):
            here = list(_seen(part, lane))
            found.update(here)
            assert all(row[2] is None or partition_of(row[2], count) == partition for row in here)
            # Each partition has its share in the order of the whole.
            share = [row for row in whole if row[2] is None or row in set(here)]
            assert here == share
        assert found == Counter({row: count if row[2] is None else 1 for row in whole}), (
            "a price is everywhere, any other view in one place"
        )


@examples(60)
@given(arrivals=histories(), count=partitions)
def test_each_event_is_counted_once_and_keeps_its_place(
    arrivals: list[Arrival], count: int
) -> None:
    batch = ordered(arrivals)
    counted: Counter[str] = Counter()
    for part, place in scatter(batch, count):
        assert part.event_id.tolist() == batch.event_id[place].tolist()
        seen = {row[0] for lane in LANES for row in _seen(part, lane)}
        counts = set(part.event_id[(part.wanted & COUNTED) > 0].tolist())
        assert set(part.event_id.tolist()) == seen | counts, "sent to who has no use for it"
        counted.update(counts)
    assert counted == Counter(batch.event_id.tolist())


def test_what_is_nobodys_own_is_counted_where_its_id_falls() -> None:
    prices = [
        ev.MarketPrice(event_id=f"m{n}", ts=TS + n, collection="c1", price=1) for n in range(20)
    ]
    for partition, (part, _) in enumerate(scatter(to_columns(prices), 3)):
        assert len(part) == 20
        counted = part.event_id[(part.wanted & COUNTED) > 0].tolist()
        assert counted == [p.event_id for p in prices if partition_of(p.event_id, 3) == partition]


@examples(60)
@given(arrivals=histories(), count=partitions)
def test_a_part_names_only_what_it_uses(arrivals: list[Arrival], count: int) -> None:
    for part, _ in scatter(ordered(arrivals), count):
        for space in part.names:
            columns = [at for at, one in enumerate(NAMESPACE) if one == space]
            used = set(part.ids[:, columns].ravel().tolist()) - {-1}
            assert used == set(range(len(part.names[space])))


@examples(60)
@given(arrivals=histories(), data=st.data())
def test_compacting_keeps_the_meaning(arrivals: list[Arrival], data: st.DataObject) -> None:
    batch = ordered(arrivals)
    chosen = data.draw(st.lists(st.integers(0, len(batch) - 1), unique=True))
    part = batch.take(np.array(chosen, np.intp))
    small = compact(part)
    assert _told(small) == _told(part)
    assert all(len(small.names[space]) <= len(part.names[space]) for space in part.names)
    assert _told(compact(small)) == _told(small)


def test_no_events_have_no_views() -> None:
    empty = to_columns([])
    assert all(len(expand(empty, lane)) == 0 for lane in LANES)
    assert [len(part) for part, _ in scatter(empty, 3)] == [0, 0, 0]


def test_only_wanted_views_are_expanded() -> None:
    batch = to_columns([_GIFT])
    for place, (lane, role) in enumerate(
        (("account", "gift_out"), ("account", "gift_in"), ("token", "moved"), ("device", "gave"))
    ):
        batch.wanted = np.array([1 << place], np.uint8)
        assert [(lane, row[1]) for lane in LANES for row in _seen(batch, lane)] == [(lane, role)]


@pytest.mark.parametrize(
    ("name", "of_3", "of_8"), [("", 0, 0), ("ann", 0, 3), ("张伟", 2, 7), ("0x" + "f" * 40, 2, 5)]
)
def test_the_owner_of_a_name_never_changes(name: str, of_3: int, of_8: int) -> None:
    """State lies with its owner: another hash than CRC-32 would part entities from their past."""
    assert (partition_of(name, 3), partition_of(name, 8)) == (of_3, of_8)
    assert partition_of(name, 1) == 0
