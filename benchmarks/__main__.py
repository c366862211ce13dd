"""Run the benchmarks and write what they say into docs/benchmarks.md."""

import argparse
import importlib
from typing import Final

from benchmarks.report import DOCUMENT, Options, record

NAMES: Final = ("cryptopunks", "forest", "record_batches", "restart", "stages", "throughput")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="*", choices=[[], *NAMES], help="all of them without one")
    parser.add_argument("--events", type=int, default=200_000, help="simulated events")
    parser.add_argument("--turns", type=int, default=3, help="times that each thing is measured")
    chosen = parser.parse_args()
    options = Options(chosen.events, chosen.turns)
    for name in chosen.name or NAMES:
        text = importlib.import_module(f"benchmarks.{name}").run(options)
        print(f"## {name}\n\n{text}")
        record(name, text)
    print(f"written to {DOCUMENT}")


if __name__ == "__main__":
    main()
