"""Options that several commands share, and what they stand for."""

from pathlib import Path
from typing import Any

import click

from config.policy import load_policy, load_preset, preset_names
from config.source_maps import builtin_names, builtin_source_map, load_source_map
from models.anomaly import AnomalyModel
from models.excuses import EXCUSES
from models.features.account import MODEL_FEATURES
from models.features.model_input import MODEL_SENTENCES
from models.policy import Policy
from models.rules import CATALOGUE
from models.source_map import SourceMap
from streams.model_files import load

policy_option = click.option(
    "--policy", "policy_name", metavar="FILE", help="A policy bundle, or the name of a preset."
)
model_option = click.option("--model", "model_path", type=click.Path(path_type=Path))
source_map_option = click.option(
    "--source-map",
    "source_map_name",
    metavar="FILE",
    help="How the source's own fields become events: a file, or the name of one that comes along.",
)


def source_options(command: Any) -> Any:
    """SOURCE and what goes with it."""
    for option in (
        source_map_option,
        click.option("--to", metavar="INSTANT", help="End of a topic's records, exclusive."),
        click.option("--from", "from_", metavar="INSTANT", help="Start of a topic's records."),
        click.argument("source"),
    ):
        command = option(command)
    return command


def policy_named(name: str | None) -> Policy:
    """The policy of a file or a preset; the default without a name. Raises PolicyError."""
    if name is not None and name in preset_names() and not Path(name).exists():
        return load_preset(name, CATALOGUE, EXCUSES)
    return load_policy(name, CATALOGUE, EXCUSES)


def model_at(path: Path | None) -> AnomalyModel | None:
    """The model of a file, if it was trained on today's features. Raises ModelError."""
    if path is None:
        return None
    model = load(path)
    model.check_features(MODEL_FEATURES, MODEL_SENTENCES)
    return model


def source_map_named(name: str | None) -> SourceMap | None:
    """A source map of a file or one that comes along. Raises SourceMapError."""
    if name is None:
        return None
    if name in builtin_names() and not Path(name).exists():
        return builtin_source_map(name)
    return load_source_map(name)
