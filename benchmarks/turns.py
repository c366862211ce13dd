"""Measuring in turns: A B C A B C, so that what else the machine does meets all alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time


@dataclass(frozen=True, slots=True)
class Cost:
    """What one turn took: seconds by the wall clock, and of processor time of the process."""

    wall: float
    cpu: float


def measure(job: Callable[[], object]) -> Cost:
    """The cost of one call in this process."""
    wall, cpu = perf_counter(), process_time()
    job()
    return Cost(perf_counter() - wall, process_time() - cpu)


def in_turns(jobs: Mapping[str, Callable[[], Cost]], turns: int) -> dict[str, Cost]:
    """The median cost of each job over so many turns; each job measures itself."""
    costs: dict[str, list[Cost]] = {name: [] for name in jobs}
    for _ in range(turns):
        for name, job in jobs.items():
            costs[name].append(job())
    return {
        name: Cost(median(one.wall for one in found), median(one.cpu for one in found))
        for name, found in costs.items()
    }
