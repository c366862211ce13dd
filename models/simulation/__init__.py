"""A whole platform, simulated: pure, deterministic, labelled.

`Simulation(Scenario(accounts=..., days=..., seed=...))` yields events of the wire contract in
event-time order and knows afterwards who broke which rule, and who only looked like it.
"""

from models.simulation.delivery import FEEDS, Delivery, deliver
from models.simulation.platform import Simulation, families
from models.simulation.scenario import PROFILES, Habits, Scenario, with_profile

__all__ = [
    "FEEDS",
    "PROFILES",
    "Delivery",
    "Habits",
    "Scenario",
    "Simulation",
    "deliver",
    "families",
    "with_profile",
]
