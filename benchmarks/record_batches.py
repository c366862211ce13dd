"""Records a second through Faust: an agent of records beside an agent of record batches."""

from typing import Final

from benchmarks.brokers import embedded, filled, reading_again
from benchmarks.consumers import consume
from benchmarks.report import Options, table
from benchmarks.turns import Cost, in_turns

RECORD: Final = b"x" * 200
COUNTS: Final = {"idle": 20_000, "idle-batches": 400_000}
SAID: Final = {"idle": "agent of records", "idle-batches": "agent of record batches"}


def run(options: Options) -> str:
    """Measure both in turns; the table as Markdown."""
    with embedded() as address:
        settings = filled(address, [RECORD] * COUNTS["idle-batches"])

        def consumed(kind: str) -> Cost:
            return consume(reading_again(settings), kind, COUNTS[kind])

        jobs = {kind: lambda kind=kind: consumed(kind) for kind in COUNTS}
        costs = in_turns(jobs, options.turns)
    rate = {kind: COUNTS[kind] / costs[kind].wall for kind in COUNTS}
    rows = [
        (SAID[kind], f"{COUNTS[kind]:,}", f"{rate[kind]:,.0f}", f"{rate[kind] / rate['idle']:.3g}")
        for kind in COUNTS
    ]
    return f"""\
`python -m benchmarks record_batches`: records of {len(RECORD)} bytes on four partitions of the
embedded broker, agents that only count. The median of {options.turns} turns.

{table(("", "records", "records/s", "times"), rows)}
"""
