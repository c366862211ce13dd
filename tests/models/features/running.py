"""Runs histories through a lane in the shapes that tests want, and holds it to the oracle."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.columns import EventBatch, in_order, to_columns
from models.features import account, token
from models.features.lane import Judged, Lane
from models.features.language import Feature
from models.features.plan import Plan, compile_plan
from models.views import ROLES, ROW_IDS, Rows, expand
from tests.models.features import oracle
from tests.strategies import Arrival

_COLLECTION: Final = ROW_IDS.index("collection")
SHIPPED: Final = {"account": account.FEATURES, "token": token.FEATURES}


def plan_of(lane: str, features: Sequence[Feature], judged: Sequence[str] | None = None) -> Plan:
    """A plan that judges every role of the lane, unless told otherwise."""
    valued = account.VALUED if lane == "account" else ()
    return compile_plan(lane, features, ROLES[lane] if judged is None else judged, valued)


def ordered(arrivals: Sequence[Arrival]) -> EventBatch:
    """The events of a history as one batch in the order in which they count."""
    batch = to_columns([arrival.event for arrival in arrivals])
    batch.at = np.array([arrival.at for arrival in arrivals], np.int64)
    return in_order(batch)


def run(
    lane: Lane, batch: EventBatch, cuts: Sequence[int] = (), forgets: bool = False
) -> Iterator[tuple[Rows, Judged]]:
    """Run a batch through a lane in parts, cut before the given events; the lane gets to know
    of entities and collections as they come."""
    entities = collections = 0
    edges = [0, *sorted(min(cut, len(batch)) for cut in cuts), len(batch)]
    for start, end in pairwise(edges):
        rows = expand(batch.take(slice(start, end)), lane.plan.lane)
        entities = 1 + int(rows.entity.max(initial=entities - 1))
        collections = 1 + int(rows.ids[:, _COLLECTION].max(initial=collections - 1))
        yield rows, lane.run(rows, rows.event + np.int64(start), entities, collections)
        if forgets:
            lane.forget()


def computed(
    plan: Plan, arrivals: Sequence[Arrival], cuts: Sequence[int] = (), forgets: bool = False
) -> NDArray[np.float64]:
    """The kernel's answers: float64[judged rows, features]."""
    parts = run(Lane(plan), ordered(arrivals), cuts, forgets)
    return np.vstack([judged.features.matrix for _, judged in parts])


def assert_as_the_oracle(
    plan: Plan, arrivals: Sequence[Arrival], cuts: Sequence[int] = (), forgets: bool = False
) -> None:
    """Every cell of every judged row is what the definitions say, to the last bit."""
    matrix = computed(plan, arrivals, cuts, forgets)
    judged = {role for role, yes in zip(ROLES[plan.lane], plan.tables.judged, strict=True) if yes}
    expected = [
        row
        for row in oracle.rows(
            arrivals, plan.lane, account.VALUED if plan.lane == "account" else ()
        )
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
