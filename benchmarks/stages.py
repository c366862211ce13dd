"""Where the time goes: us an event by stage, measured from outside the product."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count, zip_longest
from statistics import median
from time import process_time
from typing import Any, Final
from unittest.mock import patch

import models.adjudication.speak as speak
import models.detect as detect
import models.intake as intake
import models.stages as stages
from benchmarks.inputs import batches, default_setup, later, simulated
from benchmarks.report import Options, table
from models.adjudicate import Bench
from models.features import kernel
from models.judge import Judge
from models.pipeline import Pipeline, Setup
from models.recommendations import encode
from models.stages import AdjudicateStage, DetectStage, IntakeStage
from streams.warming import warm

PARTITIONS: Final = 4

_ENCODE: Final = "encode the recommendations"
_REST: Final = "the rest"

# A label, and the function by the object that holds it. What a function spends in another one of
# this table is the other's.
_TIMED: Final[tuple[tuple[str, Any, str], ...]] = (
    ("decode and validate", intake, "decode_all"),
    ("columns: intern the strings of a batch", intake, "to_columns"),
    ("scatter over the partitions of views", stages, "scatter"),
    ("encode and decode what passes between the stages", stages, "encode_views"),
    ("encode and decode what passes between the stages", stages, "decode_views"),
    ("encode and decode what passes between the stages", stages, "encode_findings"),
    ("encode and decode what passes between the stages", stages, "decode_findings"),
    ("names: intern a batch's in the partition's", detect.Detector, "_interned"),
    ("sequence: into the order of event time", detect.EventSequencer, "add"),
    ("sequence: into the order of event time", detect.EventSequencer, "before"),
    ("duplicates", detect._Seen, "fresh"),
    ("log of event ids", detect._EventLog, "append"),
    ("forget what is too old", detect.Detector, "_forget"),
    ("expand: a row for each view", detect, "expand"),
    ("kernel: state and raw features", kernel, "run"),
    ("lane: room, derived features", detect.Lane, "run"),
    ("rules and excuses", Judge, "findings"),
    ("findings: names, trails, values", Judge, "_speak"),
    ("adjudication", Bench, "take"),
    ("evidence lines", speak, "evidence_lines"),
    ("statements of reasons", speak, "user_statement"),
    ("statements of reasons", speak, "analyst_statement"),
    (_ENCODE, None, ""),
    (_REST, None, ""),
)


class _Clock:
    """Processor time by label."""

    def __init__(self) -> None:
        self.spent = {label: 0.0 for label, _, _ in _TIMED}
        self._current, self._since = _REST, process_time()

    @contextmanager
    def on(self, label: str) -> Iterator[None]:
        """Count what the block takes for `label`."""
        before = self._current
        self._switch(label)
        try:
            yield
        finally:
            self._switch(before)

    def timed(self, label: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, counted for `label`."""

        def call(*args: Any, **named: Any) -> Any:
            with self.on(label):
                return function(*args, **named)

        return call

    def _switch(self, label: str) -> None:
        now = process_time()
        self.spent[self._current] += now - self._since
        self._current, self._since = label, now


def run(options: Options) -> str:
    """Measure a replay and the worker's stages in turns; the tables as Markdown."""
    lines = simulated(options.events)
    setup = default_setup()
    warm(setup)
    replay, worker = [], []
    for _ in range(options.turns):
        replay.append(_spent(_replay, setup, lines))
        worker.append(_spent(_stages, setup, lines))
    return f"""\
`python -m benchmarks stages --events {options.events} --turns {options.turns}`: processor time in
us an event of a simulated platform of {options.events:,} events, all rules on; the median of
{options.turns} turns. The replay hands its batches on in memory; the worker's stages, here without
their broker, hand bytes on, from {PARTITIONS} partitions over {PARTITIONS} to {PARTITIONS}.

{_table(replay, worker, len(lines))}
"""


def _spent(
    job: Callable[[_Clock, Setup, list[bytes]], None], setup: Setup, lines: list[bytes]
) -> dict[str, float]:
    clock = _Clock()
    with ExitStack() as stack:
        for label, holder, name in _TIMED:
            if holder is not None:
                function = clock.timed(label, getattr(holder, name))
                stack.enter_context(patch.object(holder, name, function))
        with clock.on(_REST):
            job(clock, setup, lines)
    return clock.spent


def _replay(clock: _Clock, setup: Setup, lines: list[bytes]) -> None:
    pipeline = Pipeline(setup)
    for batch in batches(lines):
        said = pipeline.take(batch).recommendations
        with clock.on(_ENCODE):
            list(map(encode, said))
    said = pipeline.finish().recommendations
    with clock.on(_ENCODE):
        list(map(encode, said))


def _stages(clock: _Clock, setup: Setup, lines: list[bytes]) -> None:
    every = range(PARTITIONS)
    sources = [IntakeStage(setup.intake(), source, PARTITIONS) for source in every]
    detectors = [DetectStage(setup.detector(PARTITIONS), at, PARTITIONS) for at in every]
    benches = [AdjudicateStage(setup.bench(PARTITIONS), at) for at in every]
    offset = count()

    def hand_on(views: list[bytes]) -> None:
        for detector, value in zip(detectors, views, strict=False):
            records, _ = detector.take(value, next(offset))
            for bench, record in zip(benches, records, strict=False):
                said = bench.take(record, next(offset))
                with clock.on(_ENCODE):
                    list(map(encode, said))

    lines = [*lines, *later(lines, PARTITIONS)]
    taken = 0
    for turn in zip_longest(*(batches(lines[at::PARTITIONS]) for at in every), fillvalue=[]):
        for source, values in zip(sources, turn, strict=True):
            hand_on(source.take(values, range(taken, taken + len(values))).views)
        taken += len(turn[0])


def _table(replay: list[dict[str, float]], worker: list[dict[str, float]], events: int) -> str:
    def each(turns: list[dict[str, float]]) -> dict[str, float]:
        return {label: 1e6 * median(turn[label] for turn in turns) / events for label in turns[0]}

    columns = each(replay), each(worker)
    rows = [
        (label, *(f"{column[label]:.2f}" if column[label] else "" for column in columns))
        for label in columns[0]
    ]
    rows.append(("together", *(f"{sum(column.values()):.2f}" for column in columns)))
    return table(("", "replay", "the worker's stages"), rows)
