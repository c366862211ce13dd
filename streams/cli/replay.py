"""`offbook replay`: history through the same detector at full speed."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console

from models.pipeline import Setup
from models.recommendations import Recommendation, encode
from streams.cli.options import (
    model_at,
    model_option,
    policy_named,
    policy_option,
    source_map_named,
    source_options,
)
from streams.cli.screen import tracked
from streams.output import AtomicFile, DeadLetterWriter, JsonLinesWriter
from streams.replay import replay as run
from streams.sources import open_source

_file = click.Path(path_type=Path)


@click.command("replay")
@source_options
@click.option("--out", type=_file, required=True, help="Every revision, in order, as JSON lines.")
@click.option("--final", is_flag=True, help="Keep only the last revision of each recommendation.")
@policy_option
@model_option
@click.option("--deadletter", type=_file, help="Where refused records go, with the reason.")
@click.option("--summary", type=_file, help="The figures of this run, as JSON.")
@click.option("--batch", type=click.IntRange(1, 1_000_000), default=5_000, show_default=True)
def replay(
    source: str,
    from_: str | None,
    to: str | None,
    source_map_name: str | None,
    out: Path,
    final: bool,
    policy_name: str | None,
    model_path: Path | None,
    deadletter: Path | None,
    summary: Path | None,
    batch: int,
) -> None:
    """Run SOURCE through the detector: a .jsonl (also .gz, .zst), a .parquet, or kafka://TOPIC."""
    setup = Setup(policy_named(policy_name), model_at(model_path), replay=True)
    source_map = source_map_named(source_map_name)
    last: dict[str, bytes] = {}
    with ExitStack() as stack:
        opened = stack.enter_context(
            open_source(source, source_map=source_map, from_=from_, to=to, batch_size=batch)
        )
        recommendations = stack.enter_context(JsonLinesWriter(out))
        letters = stack.enter_context(DeadLetterWriter(deadletter)) if deadletter else None

        def say(said: list[Recommendation]) -> None:
            if not final:
                recommendations.write_lines(map(encode, said))
                return
            for one in said:
                last.pop(one.recommendation_id, None)
                last[one.recommendation_id] = encode(one)

        batches = tracked(opened, opened, "replaying")
        figures = run(opened, batches, setup, say=say, letters=letters)
        recommendations.write_lines(last.values())
    if summary is not None:
        with AtomicFile(summary) as file:
            file.write(msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")
    _print(figures, kept=deadletter is not None)


def _print(figures: dict[str, Any], *, kept: bool) -> None:
    console = Console(stderr=True, highlight=False)
    said = figures["recommendations"]
    levels = ", ".join(f"{number} {level}" for level, number in said["by_level"].items())
    console.print(
        f"{figures['read']:,} read, {figures['bad']:,} bad, {figures['duplicate']:,} duplicate, "
        f"{figures['late']:,} late; {figures['findings']['all']:,} findings, {said['all']:,} "
        f"recommendations ({levels or 'none standing'}) in {figures['seconds']:.1f} s, "
        f"{figures['events_per_second']:,} events/s"
    )
    if figures["skipped"]:
        skipped = ", ".join(f"{number:,} {rule}" for rule, number in figures["skipped"].items())
        console.print(f"left out by the source map: {skipped}")
    if figures["bad"]:
        reasons = ", ".join(
            f"{number:,} {name}" for name, number in figures["bad_by_reason"].items()
        )
        console.print(f"bad: {reasons}" + ("" if kept else " (--deadletter FILE keeps them)"))
    if figures["rules_without_input"]:
        console.print(f"rules without input: {', '.join(figures['rules_without_input'])}")
