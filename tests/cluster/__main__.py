"""`python -m tests.cluster`: run fault schedules."""

import argparse
import logging
import sys
import time

from tests.cluster.schedule import DisagreementError, Schedule


def main() -> int:
    """Runs the schedules of consecutive seeds; 1 where one of them disagrees."""
    parser = argparse.ArgumentParser(prog="python -m tests.cluster", description=__doc__)
    parser.add_argument("--schedules", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    asked = parser.parse_args()
    # Hundreds of checkpoints are refused, as they should be.
    logging.disable(logging.WARNING)
    began, failed = time.perf_counter(), 0
    for seed in range(asked.seed, asked.seed + asked.schedules):
        try:
            Schedule(seed).run()
        except DisagreementError as error:
            failed += 1
            sys.stderr.write(f"{error}\n")
    seconds = time.perf_counter() - began
    sys.stdout.write(f"{asked.schedules} schedules, {failed} failed, {seconds:.0f} s\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
