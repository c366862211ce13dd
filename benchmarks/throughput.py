"""Events a second: decoding alone, the replay, the worker through a broker, Faust doing nothing."""

import contextlib
import gc
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.brokers import apache, embedded, filled, no_apache, reading_again
from benchmarks.consumers import consume
from benchmarks.inputs import BATCH, default_setup, later, simulated, with_model
from benchmarks.report import Options, table
from benchmarks.turns import Cost, in_turns, measure
from models.events import AnyEvent
from models.pipeline import Setup
from models.recommendations import Recommendation, encode
from streams.output import JsonLinesWriter
from streams.replay import replay
from streams.sources import open_source
from streams.warming import warm

# Of the plain agent, which is slow, fewer events are enough.
IDLE_EVENTS: Final = 30_000
_PARTITIONS: Final = 4


@dataclass(frozen=True, slots=True)
class Job:
    """What is measured: how many events one turn takes, and beside which job it stands."""

    run: Callable[[], Cost]
    events: int
    beside: str


def run(options: Options) -> str:
    """Measure all in turns; the table as Markdown."""
    lines = simulated(options.events)
    setup = default_setup()
    warm(setup)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        source = folder / "events.jsonl"
        source.write_bytes(b"".join(line + b"\n" for line in lines))
        revisions = _replay(source, setup, folder)
        jobs = _local(lines, source, setup, folder)
        for name, broker in _brokers():
            jobs |= _remote(name, stack.enter_context(broker), lines, revisions)
        # What the benchmark itself holds is not the product's to look through.
        gc.freeze()
        costs = in_turns({name: job.run for name, job in jobs.items()}, options.turns)
    return _text(jobs, costs, options, revisions)


def _local(lines: list[bytes], source: Path, setup: Setup, folder: Path) -> dict[str, Job]:
    """What needs no broker."""
    modelled = with_model(setup, lines)
    decoding = "msgspec decodes the lines"
    return {
        decoding: Job(lambda: measure(lambda: _decode(lines)), len(lines), decoding),
        "replay, all rules": Job(
            lambda: measure(lambda: _replay(source, setup, folder)), len(lines), decoding
        ),
        "replay, all rules and the model": Job(
            lambda: measure(lambda: _replay(source, modelled, folder)), len(lines), decoding
        ),
    }


def _remote(name: str, address: str, lines: list[bytes], revisions: int) -> dict[str, Job]:
    """Faust doing nothing and the worker, on one topic of one broker."""
    settings = filled(address, [*lines, *later(lines, _PARTITIONS)])
    idle = min(IDLE_EVENTS, len(lines))
    doing_nothing = f"Faust agent that does nothing, {name}"
    return {
        doing_nothing: Job(
            lambda: consume(reading_again(settings), "idle", idle), idle, doing_nothing
        ),
        f"worker, all rules, {name}": Job(
            lambda: consume(reading_again(settings), "worker", len(lines), revisions),
            len(lines),
            doing_nothing,
        ),
    }


def _brokers() -> Iterator[tuple[str, AbstractContextManager[str]]]:
    yield "embedded broker", embedded()
    if reason := no_apache():
        print(f"not on Apache Kafka: {reason}")
    else:
        yield "Apache Kafka", apache()


def _decode(lines: list[bytes]) -> None:
    decode = msgspec.json.Decoder(AnyEvent).decode
    for line in lines:
        decode(line)


def _replay(source: Path, setup: Setup, folder: Path) -> int:
    """As `offbook replay` does it, from file to file; how many revisions were said."""
    revisions = 0
    with (
        open_source(str(source), batch_size=BATCH) as opened,
        JsonLinesWriter(folder / "recommendations.jsonl") as out,
    ):

        def say(said: list[Recommendation]) -> None:
            nonlocal revisions
            revisions += len(said)
            out.write_lines(map(encode, said))

        replay(opened, opened, setup, say=say)
    return revisions


def _text(jobs: dict[str, Job], costs: dict[str, Cost], options: Options, revisions: int) -> str:
    rows = []
    for name, job in jobs.items():
        cost, beside = costs[name], costs[job.beside]
        ratio = (job.events / cost.wall) / (jobs[job.beside].events / beside.wall)
        rows.append(
            (
                name,
                f"{job.events:,}",
                f"{job.events / cost.wall:,.0f}",
                f"{1e6 * cost.cpu / job.events:.2f}",
                "1" if name == job.beside else f"{ratio:.3g}",
            )
        )
    head = ("", "events", "events/s", "processor us an event", "throughput beside")
    return f"""\
`python -m benchmarks throughput --events {options.events} --turns {options.turns}`: a simulated
platform of {options.events:,} events, of which the detector makes {revisions:,} revisions. The
median of {options.turns} turns. The replay stands beside decoding alone, from file to file; the
worker beside a Faust agent that is handed the same topic's raw values one by one and does nothing
with them. Both are timed from the first record that they are handed, the worker until all events
are judged and all revisions said; processor time is that of the consumer's process alone.

{table(head, rows)}
"""
