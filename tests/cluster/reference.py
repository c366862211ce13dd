"""What an undisturbed run says: a replay, in another process with another order of hashes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from models.pipeline import Pipeline, Setup
from models.recommendations import encode
from models.rules import CATALOGUE
from tests.cluster.delivery import LATENESS_MS
from tests.cluster.platforms import PLATFORMS, platform
from tests.stories import bundle, policy

# What has something to say about the platforms; the rest would cost half of the time.
RULES: Final = {
    *("A01", "A03", "A04", "G01", "G02", "G03", "G04", "G05", "G07", "G08", "G12"),
    *("X01", "X02", "X03"),
}
SETUP: Final = Setup(
    policy(
        "calendar = []\n"
        + bundle(
            time={"allowed_lateness": f"{LATENESS_MS // 60_000} min"},
            **{f"rules.{rule}": {"state": "off"} for rule in CATALOGUE if rule not in RULES},
        )
    )
)

Reference = list[list[bytes]]


def replayed() -> Reference:
    """Every revision that a replay of each platform says, in order."""
    reference = []
    for number in range(PLATFORMS):
        pipeline, events = Pipeline(SETUP), platform(number)
        start: float = events[0]["ts"] / 1000
        with wall_clock(lambda at=start: at):
            steps = [pipeline.take([msgspec.json.encode(event) for event in events])]
            steps.append(pipeline.finish())
        reference.append([encode(one) for step in steps for one in step.recommendations])
    return reference


def undisturbed(plant: str = "") -> Reference:
    """The same, by a process whose sets and dictionaries are ordered by other hashes."""
    command = [sys.executable, "-m", "tests.cluster", "--reference", "--plant", plant]
    environment = {**os.environ, "PYTHONHASHSEED": "20231122"}
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    return msgspec.msgpack.decode(done.stdout, type=Reference)


@contextmanager
def wall_clock(now: Callable[[], float]) -> Iterator[None]:
    """Whoever asks for the time, which nobody may, gets this one (seconds)."""
    real = time.time
    time.time = now
    try:
        yield
    finally:
        time.time = real
