"""What is compiled is compiled beforehand: a stream compiles nothing more."""

import msgspec

from config.policy import load_policy
from models.excuses import EXCUSES
from models.features import kernel
from models.pipeline import Pipeline, Setup
from models.rules import CATALOGUE
from models.simulation import Scenario, Simulation
from streams.warming import warm


def compiled() -> dict[str, int]:
    """Variants of each compiled function so far."""
    functions = vars(kernel).items()
    return {name: len(one.signatures) for name, one in functions if hasattr(one, "signatures")}


def test_after_warming_nothing_is_compiled() -> None:
    setup = Setup(load_policy(None, CATALOGUE, EXCUSES))
    warm(setup)
    before = compiled()
    assert any(before.values())
    pipeline = Pipeline(setup, sources=2)
    encode = msgspec.json.Encoder().encode
    for number, batch in enumerate(Simulation(Scenario(accounts=1_500, days=10)).batches()):
        pipeline.take([encode(event) for event in batch], source=number % 2)
    pipeline.finish()
    assert compiled() == before
