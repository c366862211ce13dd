"""Compile what is compiled before a worker joins its group.

The first batch on a machine whose cache is cold waits many seconds for the compiler. A worker that
compiles while it holds partitions stops answering its group, loses them, and takes the sources
that it could not read for idle ones.
"""

import msgspec

from models.pipeline import Pipeline, Setup
from models.simulation import Scenario, Simulation

# Small, and lawless enough for every kind of evidence to be looked up once.
_PLATFORM = Scenario(accounts=200, days=5, violators=0.1)


def warm(setup: Setup) -> None:
    """Run a small simulated platform through stages of their own, which are then forgotten."""
    encode = msgspec.json.Encoder().encode
    pipeline = Pipeline(setup)
    for batch in Simulation(_PLATFORM).batches():
        pipeline.take([encode(event) for event in batch])
    pipeline.finish()
