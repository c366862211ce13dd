"""The simulated platform as a producer sees it: records, most of them good."""

import random
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final, NamedTuple

import msgspec

from models.simulation import Delivery, Scenario, Simulation, deliver
from models.simulation.truth import Event

_BATCH: Final = 1_000
# As clients, networks and careless jobs would: a little disorder, repetition and rubbish.
_DISORDER_MS: Final = 30_000
_DUPLICATES: Final = 0.002
_SPOILED: Final = 0.003
# The platform keys by whoever acts; a feed from outside by its site.
_KEYS: Final = ("account", "sender", "payer", "site")

_encode: Final = msgspec.json.Encoder().encode


class Outgoing(NamedTuple):
    """One record for the events topic: its event time in ms, and whether it was spoiled."""

    ts: int
    key: bytes | None
    value: bytes
    spoiled: bool


SPOILERS: Final[dict[str, Callable[[Event], bytes]]] = {
    "empty": lambda event: b"",
    "not_json": lambda event: _encode(event)[:-9],
    "not_utf8": lambda event: _encode(event).replace(b'"type"', b'"typ\xe9"'),
    "not_an_object": lambda event: _encode([event]),
    "unknown_type": lambda event: _encode(event | {"type": "gift_wrapped"}),
    "missing_field": lambda event: _encode({"type": event["type"], "ts": event["ts"]}),
    "wrong_type": lambda event: _encode(event | {"ts": str(event["ts"])}),
    "time_out_of_range": lambda event: _encode(event | {"ts": int(event["ts"]) // 1000}),
    "same_account": lambda event: _encode(
        {
            "event_id": f"self-{event['event_id']}",
            "type": "payment",
            "ts": event["ts"],
            "payer": "u0000001",
            "payee": "u0000001",
            "amount": 100,
        }
    ),
}
"""What goes wrong on the way, by the reason code that the worker should give."""


def outgoing(scenario: Scenario) -> Iterator[list[Outgoing]]:
    """All records of the platform in order of arrival, in lists of a thousand and some.

    Spoiled records are extra copies: no good event is missing.
    """
    rng = random.Random(f"offbook demo {scenario.seed}")
    delivery = Delivery(disorder_ms=_DISORDER_MS, duplicates=_DUPLICATES, seed=scenario.seed)
    arriving = deliver(Simulation(scenario).events(), delivery)
    while events := list(islice(arriving, _BATCH)):
        records = []
        for event in events:
            ts, key = int(event["ts"]), _key(event)
            records.append(Outgoing(ts, key, _encode(event), False))
            if rng.random() < _SPOILED:
                spoil = SPOILERS[rng.choice(list(SPOILERS))]
                records.append(Outgoing(ts, key, spoil(event), True))
        yield records


def _key(event: Event) -> bytes | None:
    return next((str(event[name]).encode() for name in _KEYS if name in event), None)
