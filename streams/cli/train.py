"""`offbook train`: fits and calibrates the anomaly model on a history."""

from pathlib import Path

import click
import numpy as np

from models.anomaly.sampling import Reservoir
from models.anomaly.training import train as fit
from models.features.account import MODEL_FEATURES
from models.features.model_input import MODEL_SENTENCES, model_matrix, model_rows
from models.pipeline import Setup, Step
from streams.cli.options import policy_named, policy_option, source_map_named, source_options
from streams.cli.screen import tracked
from streams.model_files import save
from streams.replay import replay
from streams.sources import open_source

# Rows held in memory to learn from: more would not change the trees, which grow on 256 each.
_ROWS = 200_000


@click.command("train")
@source_options
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The model, .npz.")
@policy_option
@click.option("--trees", type=click.IntRange(1, 1000), default=100, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--min-rows", type=click.IntRange(2), default=1_000, show_default=True)
def train(
    source: str,
    from_: str | None,
    to: str | None,
    source_map_name: str | None,
    out: Path,
    policy_name: str | None,
    trees: int,
    seed: int,
    min_rows: int,
) -> None:
    """Fit the anomaly model on the account rows of SOURCE.

    Rows on which a rule fired are not learned from: what was flagged would come to look usual.
    """
    reservoir = Reservoir(_ROWS, len(MODEL_FEATURES), seed=seed)
    times: list[int] = []

    def learn(step: Step) -> None:
        judged = step.found.judged.get("account")
        if judged is None:
            return
        flagged = {finding.ts for finding in step.findings}
        wanted = model_rows(judged.role) & ~np.isin(judged.ts, sorted(flagged))
        if wanted.any():
            reservoir.add(model_matrix(judged.features)[wanted])
            times.extend((int(judged.ts[wanted].min()), int(judged.ts[wanted].max())))

    source_map = source_map_named(source_map_name)
    with open_source(source, source_map=source_map, from_=from_, to=to) as opened:
        batches = tracked(opened, opened, "learning")
        setup = Setup(policy_named(policy_name), replay=True)
        replay(opened, batches, setup, say=lambda _: None, step=learn)
    model = fit(
        reservoir.rows(),
        MODEL_FEATURES,
        MODEL_SENTENCES,
        trees=trees,
        seed=seed,
        min_rows=min_rows,
        max_rows=_ROWS,
        span=(min(times), max(times)) if times else None,
    )
    save(model, out)
    click.echo(
        f"{out}: {trees} trees on {model.training.rows:,} rows, version {model.version[:16]}",
        err=True,
    )
