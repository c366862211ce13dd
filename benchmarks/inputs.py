"""What the benchmarks run on: a simulated platform, the default policy, a model trained on it."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import Final

import msgspec
import numpy as np

from config.policy import load_policy
from models.anomaly.training import train
from models.excuses import EXCUSES
from models.features.account import MODEL_FEATURES
from models.features.model_input import MODEL_SENTENCES, model_matrix, model_rows
from models.pipeline import Pipeline, Setup
from models.rules import CATALOGUE
from models.simulation import Scenario, Simulation

DAYS: Final = 30
BATCH: Final = 5_000
_DAY_MS: Final = 86_400_000

# An account of the simulator's default platform makes so many events in 30 days, about: a few
# more accounts than needed, and the rest is cut off.
_EVENTS_PER_ACCOUNT: Final = 38


@lru_cache(maxsize=2)
def simulated(events: int) -> list[bytes]:
    """The first `events` of a platform, as JSON lines in the order of their time."""
    scenario = Scenario(accounts=max(events // _EVENTS_PER_ACCOUNT, 20), days=DAYS, seed=11)
    encode = msgspec.json.Encoder().encode
    lines = list(islice(map(encode, Simulation(scenario).events()), events))
    if len(lines) < events:
        raise ValueError(f"the simulated platform has {len(lines)} events, {events} are wanted")
    return lines


def default_setup() -> Setup:
    """All rules, the default policy, no model."""
    return Setup(load_policy(None, CATALOGUE, EXCUSES), replay=True)


def with_model(setup: Setup, lines: list[bytes]) -> Setup:
    """The same with a model trained on the gifts among the lines."""
    rows = []
    pipeline = Pipeline(setup)
    for batch in batches(lines):
        judged = pipeline.take(batch).found.judged.get("account")
        if judged is not None:
            rows.append(model_matrix(judged.features)[model_rows(judged.role)])
    model = train(np.concatenate(rows), MODEL_FEATURES, MODEL_SENTENCES, min_rows=100)
    return replace(setup, model=model)


def batches(lines: list[bytes]) -> Iterator[list[bytes]]:
    """The lines as a replay takes them."""
    for at in range(0, len(lines), BATCH):
        yield lines[at : at + BATCH]


def later(lines: list[bytes], partitions: int) -> list[bytes]:
    """An event for each partition a day after the last, so that nothing waits for a time-out."""
    ts = int(msgspec.json.decode(lines[-1])["ts"]) + _DAY_MS
    price = {"type": "market_price", "ts": ts, "collection": "none", "price": 1}
    return [
        msgspec.json.encode({"event_id": f"later-{partition}", **price})
        for partition in range(partitions)
    ]
