"""How events reach the system: feeds that are missing, disorder, repetition."""

import heapq
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from models.simulation.truth import Event

FEEDS = (
    "payment",
    "listing",
    "message",
    "market_price",
    "report",
    "friend_added",
    "friend_removed",
    "household_declared",
    "purchase_attempted",
)
"""The event types that a platform may lack."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """`without`: types left out; `disorder_ms`: the most that one event may be behind;
    `duplicates`: share of the events that come twice. Raises ValueError, naming the field.
    """

    without: frozenset[str] = frozenset()
    disorder_ms: int = 0
    duplicates: float = 0.0
    seed: int = 1

    def __post_init__(self) -> None:
        unknown = sorted(self.without - set(FEEDS))
        if unknown:
            raise ValueError(f"without: {unknown[0]!r} is not one of {', '.join(FEEDS)}")
        if self.disorder_ms < 0:
            raise ValueError(f"disorder_ms: {self.disorder_ms} is below 0")
        if not 0 <= self.duplicates <= 1:
            raise ValueError(f"duplicates: {self.duplicates} is outside 0 to 1")


def deliver(events: Iterable[Event], delivery: Delivery) -> Iterator[Event]:
    """The events as they arrive."""
    kept = (event for event in events if event["type"] not in delivery.without)
    if not delivery.disorder_ms and not delivery.duplicates:
        return kept
    return _disordered(kept, delivery)


def _disordered(events: Iterable[Event], delivery: Delivery) -> Iterator[Event]:
    rng = random.Random(f"offbook delivery {delivery.seed}")
    waiting: list[tuple[float, int, Event]] = []
    number = 0
    for event in events:
        ts = int(event["ts"])
        while waiting and waiting[0][0] < ts:
            yield heapq.heappop(waiting)[2]
        copies = 2 if rng.random() < delivery.duplicates else 1
        for _ in range(copies):
            number += 1
            arrival = ts + rng.random() * delivery.disorder_ms
            heapq.heappush(waiting, (arrival, number, event))
    while waiting:
        yield heapq.heappop(waiting)[2]
