"""Recommendations that the real pipeline makes of a small simulated platform."""

from functools import cache

import msgspec

from config.policy import load_policy
from models.excuses import EXCUSES
from models.pipeline import Pipeline, Setup
from models.recommendations import Recommendation
from models.rules import CATALOGUE
from models.simulation import Scenario, Simulation


@cache
def recommended() -> tuple[Recommendation, ...]:
    """All revisions, in order; of several levels and violations."""
    pipeline = Pipeline(Setup(load_policy(None, CATALOGUE, EXCUSES)))
    encode = msgspec.json.Encoder().encode
    said: list[Recommendation] = []
    for batch in Simulation(Scenario(accounts=600, days=12, violators=0.1)).batches():
        said += pipeline.take([encode(event) for event in batch]).recommendations
    said += pipeline.finish().recommendations
    assert len({one.penalty.level for one in said}) > 1
    assert len({one.violation for one in said}) > 1
    return tuple(said)
