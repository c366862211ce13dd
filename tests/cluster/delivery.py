"""How a platform's events reach the broker: out of order, repeated, with rubbish in between."""

import random
from dataclasses import dataclass
from typing import Final

import msgspec

from tests.cluster.platforms import Event
from tests.models.malformed import MALFORMED

LATENESS_MS: Final = 600_000

_A_LOGIN: Final = {"event_id": "e", "type": "login", "ts": 1, "account": "a", "device": "d"}
# As short as they are: a record of a mebibyte says no more here than one of ten bytes.
_RUBBISH: Final = tuple(make for make, *_ in MALFORMED.values() if len(make(_A_LOGIN)) < 1_000)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One record of the events topic: when it arrives (ms), where, when what it tells happened
    (None where it tells nothing new), and from when on that and all that follows happened."""

    at: int
    source: int
    value: bytes
    ts: int | None
    rest_from: int


def arrivals(
    events: list[Event], sources: int, disorder_ms: int, chance: random.Random
) -> list[Arrival]:
    """All records in the order of their arrival.

    An event arrives at most `disorder_ms` behind its time; one in twenty comes again, days later
    at most; one in thirty is accompanied by a record that is no event.
    """
    weights = [chance.choice((1, 1, 1, 0.1, 0)) for _ in range(sources)]
    weights[chance.randrange(sources)] = 1
    records: list[tuple[int, int, int, bytes, int | None]] = []

    def arrives(at: int, value: bytes, ts: int | None) -> None:
        source = chance.choices(range(sources), weights)[0]
        records.append((at, len(records), source, value, ts))

    for event in events:
        ts, value = event["ts"], msgspec.json.encode(event)
        at = ts + chance.randint(0, chance.choice((0, disorder_ms)))
        arrives(at, value, ts)
        if chance.random() < 0.05:
            arrives(at + chance.choice((0, 1, 60_000, 3 * 86_400_000)), value, None)
        if chance.random() < 0.03:
            arrives(at, chance.choice(_RUBBISH)(event), None)
    result, rest_from = [], 2**62
    for at, _, source, value, ts in sorted(records, key=lambda each: each[:2], reverse=True):
        if ts is not None:
            rest_from = min(rest_from, ts)
        result.append(Arrival(at, source, value, ts, rest_from))
    return result[::-1]
