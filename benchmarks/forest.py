"""What a row costs: scikit-learn's isolation forest against the same trees as flat arrays."""

from typing import Final

import numpy as np
from sklearn.ensemble import IsolationForest

from benchmarks.report import Options, table
from benchmarks.turns import Cost, in_turns, measure
from models.anomaly.training import flatten, never_values

TREES: Final = 100
FEATURES: Final = 40
TRAINING: Final = 20_000
BATCH: Final = 4_096


def run(options: Options) -> str:
    """Measure all in turns; the table as Markdown."""
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
    # The job, its rows a call, and how often it is called in a turn.
    jobs = {
        "scikit-learn, one row": (lambda: grown.score_samples(filled_batch[:1]), 1, 10),
        "scikit-learn, batch": (lambda: grown.score_samples(filled_batch), BATCH, 3),
        "offbook, one row": (lambda: forest.scores(batch[:1]), 1, 2_000),
        "offbook, batch": (lambda: forest.scores(batch), BATCH, 20),
    }

    def repeated(name: str) -> Cost:
        job, _, calls = jobs[name]
        return measure(lambda: [job() for _ in range(calls)])

    turns = max(options.turns, 5)
    costs = in_turns({name: lambda name=name: repeated(name) for name in jobs}, turns)
    cost = {name: 1e6 * costs[name].wall / (jobs[name][1] * jobs[name][2]) for name in jobs}
    shown = [(name, f"{us:.2f}", f"{us / cost['offbook, batch']:.3g}") for name, us in cost.items()]
    return f"""\
`python -m benchmarks forest`: {TREES} trees of up to 8 levels, {FEATURES} features, 40 % of the
values never; a batch is {BATCH:,} rows. The median of {turns} turns. The largest difference of
the scores is {difference:.1e}.

{table(("", "us a row", "times"), shown)}
"""
