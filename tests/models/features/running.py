"""Runs histories through a lane in the shapes that tests want, and holds it to the oracle."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from models.columns import EventBatch, in_order, to_columns
from models.features import account, device, token
from models.features.lane import Judged, Lane
from models.features.language import Feature
from models.features.plan import Plan, compile_plan
from models.snapshot import pack, unpack
from models.views import ROLES, ROW_IDS, expand
from tests.models.features import oracle
from tests.strategies import Arrival

Between = Literal["go on", "forget", "restart"]
BETWEEN: Final[tuple[Between, ...]] = get_args(Between)
_COLLECTION: Final = ROW_IDS.index("collection")
SHIPPED: Final = {"account": account.FEATURES, "token": token.FEATURES, "device": device.FEATURES}


def plan_of(
    lane: str,
    features: Sequence[Feature],
    judged: Sequence[str] | None = None,
    valued: Sequence[str] | None = None,
) -> Plan:
    """A plan that judges every role of the lane and values what the product does, unless told
    otherwise."""
    usual = account.VALUED if lane == "account" else ()
    return compile_plan(
        lane,
        features,
        ROLES[lane] if judged is None else judged,
        usual if valued is None else valued,
    )


def ordered(arrivals: Sequence[Arrival]) -> EventBatch:
    """The events of a history as one batch in the order in which they count."""
    batch = to_columns([arrival.event for arrival in arrivals])
    batch.at = np.array([arrival.at for arrival in arrivals], np.int64)
    return in_order(batch)


def run(
    lane: Lane, batch: EventBatch, cuts: Sequence[int] = (), between: Between = "go on"
) -> Iterator[tuple[Lane, Judged]]:
    """Run a batch through a lane in parts, cut before the given events; the lane gets to know
    of entities and collections as they come. `restart`: another lane goes on from its snapshot."""
    entities = collections = 0
    edges = [0, *sorted(min(cut, len(batch)) for cut in cuts), len(batch)]
    for start, end in pairwise(edges):
        rows = expand(batch.take(slice(start, end)), lane.plan.lane)
        entities = 1 + int(rows.entity.max(initial=entities - 1))
        collections = 1 + int(rows.ids[:, _COLLECTION].max(initial=collections - 1))
        yield lane, lane.run(rows, rows.event + np.int64(start), entities, collections)
        if between == "forget":
            lane.forget()
        elif between == "restart":
            state = pack(lane.snapshot())
            lane = Lane(lane.plan)
            lane.restore(unpack(state))


def computed(
    plan: Plan, arrivals: Sequence[Arrival], cuts: Sequence[int] = (), between: Between = "go on"
) -> NDArray[np.float64]:
    """The kernel's answers: float64[judged rows, features]."""
    parts = run(Lane(plan), ordered(arrivals), cuts, between)
    return np.vstack([judged.features.matrix for _, judged in parts])


def assert_as_the_oracle(
    plan: Plan, arrivals: Sequence[Arrival], cuts: Sequence[int] = (), between: Between = "go on"
) -> None:
    """Every cell of every judged row is what the definitions say, to the last bit."""
    matrix = computed(plan, arrivals, cuts, between)
    roles = np.array(ROLES[plan.lane])
    judged, valued = roles[plan.tables.judged].tolist(), roles[plan.tables.valued].tolist()
    expected = [
        row
        for row in oracle.rows(arrivals, plan.lane, valued)
        if row.entity is not None and row.role in judged
    ]
    assert len(matrix) == len(expected)
    for got, row in zip(matrix.tolist(), expected, strict=True):
        want = oracle.answer(row, plan.features)
        wrong = {
            name: {"kernel": cell, "oracle": want[name]}
            for name, cell in zip(plan.names, got, strict=True)
            if not (cell == want[name] or (cell != cell and want[name] != want[name]))
        }
        assert not wrong, f"{row.role} of {row.entity} in {row.event.event_id}: {wrong}"
