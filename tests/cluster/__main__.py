"""`python -m tests.cluster`: run fault schedules, of the product or of one with a planted bug."""

import argparse
import logging
import sys
import time
from contextlib import nullcontext

import msgspec

from tests.cluster.plants import PLANTS
from tests.cluster.reference import replayed, undisturbed
from tests.cluster.schedule import DisagreementError, Schedule


def main() -> int:
    """Runs the schedules of consecutive seeds; 1 where one of them disagrees."""
    parser = argparse.ArgumentParser(prog="python -m tests.cluster", description=__doc__)
    parser.add_argument("--schedules", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument(
        "--plant", choices=("", *PLANTS), default="", help="plant a bug; stop when it is caught"
    )
    parser.add_argument("--reference", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    # Hundreds of checkpoints are refused, as they should be.
    logging.disable(logging.WARNING)
    with PLANTS[asked.plant]() if asked.plant else nullcontext():
        if asked.reference:
            sys.stdout.buffer.write(msgspec.msgpack.encode(replayed()))
            return 0
        return _run(asked.seed, asked.schedules, asked.plant)


def _run(first: int, number: int, plant: str) -> int:
    reference = undisturbed(plant)
    began, failed, done = time.perf_counter(), 0, 0
    for seed in range(first, first + number):
        done += 1
        try:
            Schedule(seed, reference).run()
        except DisagreementError as error:
            failed += 1
            sys.stderr.write(f"{error}\n")
            if plant:
                break
    seconds = time.perf_counter() - began
    sys.stdout.write(f"{done} schedules, {failed} failed, {seconds:.0f} s\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
