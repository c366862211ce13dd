"""How long a replay of next to nothing takes: with the compiled code cached, and without."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Final

from benchmarks.inputs import simulated
from benchmarks.report import Options, table
from benchmarks.turns import Cost, in_turns

EVENTS: Final = 1_000

_COLD: Final = "cold: nothing is cached, all is compiled"
_WARM: Final = "warm: compiled code from the cache"
_IMPORTS: Final = "`offbook --help`: the interpreter and the command line"


def run(options: Options) -> str:
    """Measure all in turns; the table as Markdown."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "events.jsonl"
        source.write_bytes(b"\n".join(simulated(EVENTS)))
        replay = ("replay", str(source), "--out", str(folder / "recommendations.jsonl"))

        def started(*arguments: str, cache: Path) -> Cost:
            environment = os.environ | {"NUMBA_CACHE_DIR": str(cache)}
            command = [sys.executable, "-m", "streams.cli", *arguments]
            start = perf_counter()
            subprocess.run(command, env=environment, check=True, capture_output=True)
            return Cost(perf_counter() - start, 0.0)

        def cold() -> Cost:
            with tempfile.TemporaryDirectory() as empty:
                return started(*replay, cache=Path(empty))

        filled = folder / "cache"
        started(*replay, cache=filled)
        jobs = {
            _COLD: cold,
            _WARM: lambda: started(*replay, cache=filled),
            _IMPORTS: lambda: started("--help", cache=filled),
        }
        costs = in_turns(jobs, options.turns)
    rows = [
        (name, f"{cost.wall:.2f}", f"{cost.wall / costs[_WARM].wall:.2f}")
        for name, cost in costs.items()
    ]
    return f"""\
`python -m benchmarks restart`: `offbook replay` of {EVENTS:,} events, from the start of the
process to its end. The median of {options.turns} turns.

{table(("", "seconds", "times"), rows)}
"""
