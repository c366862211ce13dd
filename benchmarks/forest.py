"""What a row costs: scikit-learn's isolation forest against the same trees as flat arrays.

    python benchmarks/forest.py

All four in one run and in turns, the best of the turns each: read the ratios.
"""

from collections.abc import Callable
from time import perf_counter

import numpy as np
from sklearn.ensemble import IsolationForest

from models.anomaly.training import flatten, never_values

TREES, FEATURES, TRAINING, BATCH = 100, 40, 20_000, 4_096
TURNS = 7


def best_of_turns(jobs: dict[str, tuple[Callable[[], object], int]]) -> dict[str, float]:
    """Seconds a call of each job: the least over turns of so many calls."""
    best = dict.fromkeys(jobs, float("inf"))
    for _ in range(TURNS):
        for name, (job, calls) in jobs.items():
            start = perf_counter()
            for _ in range(calls):
                job()
            best[name] = min(best[name], (perf_counter() - start) / calls)
    return best


def main() -> None:
    random = np.random.default_rng(0)
    rows = random.lognormal(2, 1.2, (TRAINING, FEATURES))
    rows[random.random(rows.shape) < 0.4] = np.nan
    known = rows.astype(np.float32)
    fills = never_values(known)
    filled = np.where(np.isnan(known), fills, known)
    grown = IsolationForest(n_estimators=TREES, max_samples=256, random_state=0).fit(filled)
    forest = flatten(grown, fills)
    difference = np.abs(forest.scores(rows) + grown.score_samples(filled)).max()

    batch, filled_batch = rows[:BATCH].copy(), filled[:BATCH].copy()
    best = best_of_turns(
        {
            "scikit-learn, one row": (lambda: grown.score_samples(filled_batch[:1]), 10),
            "scikit-learn, batch": (lambda: grown.score_samples(filled_batch), 3),
            "offbook, one row": (lambda: forest.scores(batch[:1]), 2_000),
            "offbook, batch": (lambda: forest.scores(batch), 20),
        }
    )
    cost = {name: 1e6 * s / (BATCH if "batch" in name else 1) for name, s in best.items()}
    print(f"{TREES} trees of up to 8 levels, {FEATURES} features, 40 % of the values never;")
    print(f"a batch is {BATCH:,} rows; largest difference of scores {difference:.1e}\n")
    print(f"{'':24}{'us a row':>10}{'ratio':>10}")
    for name, microseconds in cost.items():
        print(f"{name:24}{microseconds:10.2f}{microseconds / cost['offbook, batch']:10.1f}")


if __name__ == "__main__":
    main()
