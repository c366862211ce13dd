"""One world of moderate size, generated once."""

from dataclasses import dataclass

import pytest

from models.simulation import Scenario, Simulation
from models.simulation.truth import Event, Label


@dataclass(frozen=True)
class Ran:
    """A scenario, what it emitted, and its labels."""

    scenario: Scenario
    events: list[Event]
    labels: list[Label]


def run(scenario: Scenario) -> Ran:
    simulation = Simulation(scenario)
    events = list(simulation.events())
    return Ran(scenario, events, simulation.labels())


@pytest.fixture(scope="session")
def moderate() -> Ran:
    return run(Scenario(accounts=7_000, days=40, seed=11, violators=0.02))
