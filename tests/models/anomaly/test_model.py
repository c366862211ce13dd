"""Training, explaining and tracing a model."""

import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from models.anomaly import AnomalyModel, ModelError, train
from models.anomaly.forest import Forest
from tests.models.anomaly.checks import CHECKS, Check, RowModel

NAMES = ("age_days", "gifts_7d", "hours_since_payment", "recipients_30d")
SENTENCES = tuple(f"What {name} counts." for name in NAMES)


def history(n: int = 1_500, seed: int = 0) -> NDArray[np.float64]:
    random = np.random.default_rng(seed)
    return np.column_stack(
        [
            random.uniform(0, 900, n),
            random.poisson(0.5, n),
            np.where(random.random(n) < 0.8, np.nan, random.exponential(50, n)),
            random.poisson(1.5, n),
        ]
    )


@pytest.fixture(scope="module")
def isolation_forest() -> AnomalyModel:
    return train(history(), NAMES, SENTENCES, span=(1_000, 2_000))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract_of_models(isolation_forest: RowModel, check: Check) -> None:
    check(isolation_forest, history(150, seed=7))


def test_the_same_rows_and_seed_give_the_same_model(isolation_forest: AnomalyModel) -> None:
    again = train(history(), NAMES, SENTENCES, span=(1_000, 2_000))
    assert again.version == isolation_forest.version
    assert again.parts()[0] == isolation_forest.parts()[0]
    assert train(history(), NAMES, SENTENCES, seed=1).version != again.version


@pytest.mark.parametrize(
    "change",
    [
        {"names": ("a", *NAMES[1:])},
        {"sentences": ("Another meaning.", *SENTENCES[1:])},
        {"usual": np.zeros(4)},
        {"training": {"rows": 3}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_changes_changes_the_version(
    isolation_forest: AnomalyModel, change: dict[str, Any]
) -> None:
    if "training" in change:
        change = {"training": msgspec.structs.replace(isolation_forest.training, rows=3)}
    assert replace(isolation_forest, **change).version != isolation_forest.version


def test_what_was_flagged_is_not_learned_from() -> None:
    rows = history()
    flagged = rows[:, 3] > 3
    assert flagged.any()
    with_flags = train(rows, NAMES, SENTENCES, exclude=flagged)
    assert with_flags.version == train(rows[~flagged], NAMES, SENTENCES).version
    assert with_flags.training.rows == (~flagged).sum()


def test_a_model_that_has_seen_little_is_refused() -> None:
    rows = history(1_000)
    train(rows, NAMES, SENTENCES)
    flagged = np.arange(1_000) == 5
    with pytest.raises(ModelError, match="rows: 999 to learn from, at least 1000 are needed"):
        train(rows, NAMES, SENTENCES, exclude=flagged)
    with pytest.raises(ModelError, match="rows: 1 to learn from, at least 2 are needed"):
        train(rows[:1], NAMES, SENTENCES, min_rows=0)


def test_of_a_long_history_a_sample_is_used() -> None:
    model = train(history(3_000), NAMES, SENTENCES, max_rows=1_200)
    assert model.training.rows == 1_200
    assert model.version == train(history(3_000), NAMES, SENTENCES, max_rows=1_200).version


@pytest.mark.parametrize("exclude", [np.zeros(3, bool), np.zeros(1_500, np.int8)])
def test_an_exclusion_that_does_not_fit_is_refused(exclude: NDArray[Any]) -> None:
    with pytest.raises(ModelError, match="exclude: expected 1500 booleans"):
        train(history(), NAMES, SENTENCES, exclude=exclude)


@pytest.mark.parametrize(
    ("names", "sentences", "message"),
    [
        (("a", "a", "b", "c"), SENTENCES, "names: empty or given twice"),
        (("", "a", "b", "c"), SENTENCES, "names: empty or given twice"),
        (NAMES, SENTENCES[1:], "sentences: 3 for 4 columns"),
        (NAMES[1:], SENTENCES[1:], "rows: shape"),
    ],
)
def test_a_declaration_that_does_not_fit_is_refused(
    names: tuple[str, ...], sentences: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        train(history(), names, sentences)


def test_usual_is_the_median_or_never(isolation_forest: AnomalyModel) -> None:
    rows = history()
    usual = dict(zip(NAMES, isolation_forest.usual, strict=True))
    assert usual["age_days"] in rows[:, 0]
    assert np.isnan(usual["hours_since_payment"])
    assert (rows[:, 3] < usual["recipients_30d"]).mean() <= 0.5
    assert (rows[:, 3] <= usual["recipients_30d"]).mean() >= 0.5


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [("gifts_7d", 40.0, 40.0), ("recipients_30d", 60.0, 60.0), ("age_days", np.nan, None)],
)
def test_what_is_unusual_is_named_first(
    isolation_forest: AnomalyModel, name: str, value: float, shown: float | None
) -> None:
    usual = isolation_forest.usual
    row = usual.copy()
    row[NAMES.index(name)] = value
    expected = {"name": name, "value": shown, "usual": usual[NAMES.index(name)]}
    assert isolation_forest.explain(row)[0] == expected
    assert isolation_forest.score([row])[1] > isolation_forest.score([usual])[1]


def test_a_usual_row_needs_no_explanation(isolation_forest: AnomalyModel) -> None:
    assert isolation_forest.explain(isolation_forest.usual) == []


def test_equal_features_come_by_name(isolation_forest: AnomalyModel) -> None:
    # One split a tree, a tree a column, the same gain for each.
    symmetric = Forest(
        features=np.arange(4, dtype=np.int32).reshape(4, 1),
        thresholds=np.full((4, 1), 5, np.float32),
        lengths=np.tile([3.0, 1.0], (4, 1)),
        fills=np.zeros(4, np.float32),
        normaliser=8.0,
    )
    names = ("delta", "beta", "alpha", "gamma")
    model = replace(isolation_forest, forest=symmetric, names=names, usual=np.zeros(4))
    explained = [feature["name"] for feature in model.explain([9.0, 9.0, 9.0, 1.0])]
    assert explained == ["alpha", "beta", "delta"]


def altered(model: AnomalyModel, **fields: Any) -> bytes:
    return json.dumps(json.loads(model.parts()[0]) | fields).encode()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"schema": 2}, "schema 2 of kind 'isolation-forest', this release reads schema 1"),
        ({"kind": "trees"}, "kind 'trees'"),
        ({"names": ["a", "b", "c", "d"]}, "feature_hash does not fit"),
        ({"feature_hash": "0"}, "feature_hash does not fit"),
        ({"version": "0"}, "version does not fit the content"),
        ({"normaliser": 3.0}, "version does not fit the content"),
        ({"normaliser": -3.0}, "normaliser"),
        ({"normaliser": "3"}, r"\$.normaliser"),
        ({"training": {"sklearn": "1", "seed": -1, "sample": 1, "rows": 1}}, r"\$.training.seed"),
        ({"extra": 1}, "extra"),
    ],
)
def test_altered_metadata_is_refused(
    isolation_forest: AnomalyModel, fields: dict[str, Any], message: str
) -> None:
    arrays = isolation_forest.parts()[1]
    with pytest.raises(ModelError, match=message):
        AnomalyModel.from_parts(altered(isolation_forest, **fields), arrays)


def test_metadata_that_is_no_json_is_refused(isolation_forest: AnomalyModel) -> None:
    for metadata in (b"", b"\xff", b"[" * 100_000, b"[]"):
        with pytest.raises(ModelError, match="metadata: "):
            AnomalyModel.from_parts(metadata, isolation_forest.parts()[1])


def test_altered_arrays_are_refused(isolation_forest: AnomalyModel) -> None:
    metadata, arrays = isolation_forest.parts()
    changes = [
        ({"usual": np.zeros(4)}, "version does not fit the content"),
        ({"usual": np.zeros(3)}, "usual: expected 4 numbers"),
        ({"usual": np.full(4, np.inf)}, "usual: infinite"),
        ({"fills": np.zeros(5, np.float32)}, "names: 4 for 5 columns"),
        ({"quantiles": np.zeros(4)}, "quantiles"),
        ({"more": np.zeros(4)}, "arrays: "),
    ]
    for change, message in changes:
        with pytest.raises(ModelError, match=message):
            AnomalyModel.from_parts(metadata, arrays | change)
    with pytest.raises(ModelError, match="arrays: "):
        AnomalyModel.from_parts(metadata, {})


def test_scoring_does_not_load_scikit_learn() -> None:
    code = "import sys, models.anomaly; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=120, check=False).returncode == 0
