"""`python -m tests.cluster`: run fault schedules."""

import argparse
import sys
import time

from tests.cluster.schedule import Disagreement, Schedule


def main() -> int:
    """Runs the schedules of consecutive seeds; 1 where one of them disagrees."""
    parser = argparse.ArgumentParser(prog="python -m tests.cluster", description=__doc__)
    parser.add_argument("--schedules", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    asked = parser.parse_args()
    began, failed = time.perf_counter(), []
    for seed in range(asked.seed, asked.seed + asked.schedules):
        try:
            Schedule(seed).run()
        except Disagreement as error:
            print(error, file=sys.stderr)
            failed.append(seed)
    seconds = time.perf_counter() - began
    print(f"{asked.schedules} schedules, {len(failed)} failed, {seconds:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
