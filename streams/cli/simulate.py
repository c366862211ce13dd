"""`offbook simulate`: writes a simulated platform and its labels to files."""

from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path

import click
import msgspec

from models.simulation import (
    FEEDS,
    PROFILES,
    Delivery,
    Scenario,
    Simulation,
    deliver,
    with_profile,
)
from streams.cli.screen import progress_bar
from streams.output import JsonLinesWriter

_CHUNK = 5_000


class RefusedError(click.ClickException):
    """Called wrongly: the message names the option and what is allowed."""

    exit_code = 2


@click.command("simulate")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Events, JSON lines.")
@click.option(
    "--labels", type=click.Path(path_type=Path), required=True, help="What really happened."
)
@click.option("--accounts", type=int, default=2_000, show_default=True)
@click.option("--days", type=int, default=30, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--start",
    type=click.DateTime(["%Y-%m-%d"]),
    default="2024-01-01",
    show_default=True,
    help="The first day, UTC.",
)
@click.option(
    "--profile",
    type=click.Choice(PROFILES),
    default="default",
    show_default=True,
    help="How the honest people live.",
)
@click.option(
    "--violators",
    type=float,
    default=0.015,
    show_default=True,
    help="Share of the accounts that break rules.",
)
@click.option(
    "--hold-hours",
    type=float,
    help="How long a token rests after purchase and after receipt; else what the profile has.",
)
@click.option("--cold-start", is_flag=True, help="Leave out what happened before the first day.")
@click.option(
    "--without",
    default="",
    metavar="FEED,...",
    help=f"Event types that this platform lacks, out of {', '.join(FEEDS)}.",
)
@click.option(
    "--disorder-ms",
    type=int,
    default=0,
    show_default=True,
    help="The most that an event may arrive behind its time.",
)
@click.option(
    "--duplicates", type=float, default=0.0, show_default=True, help="Share that comes twice."
)
def simulate(
    out: Path,
    labels: Path,
    accounts: int,
    days: int,
    seed: int,
    start: datetime,
    profile: str,
    violators: float,
    hold_hours: float | None,
    cold_start: bool,
    without: str,
    disorder_ms: int,
    duplicates: float,
) -> None:
    """Generate the events of a whole platform, and the labels that say who broke which rule."""
    if out.resolve() == labels.resolve():
        raise RefusedError(f"--out and --labels both name {out}")
    try:
        scenario = Scenario(
            accounts=accounts,
            days=days,
            seed=seed,
            start=start.date(),
            violators=violators,
            cold_start=cold_start,
        )
        scenario = _adapted(scenario, profile, hold_hours)
        delivery = Delivery(
            without=frozenset(feed.strip() for feed in without.split(",") if feed.strip()),
            disorder_ms=disorder_ms,
            duplicates=duplicates,
            seed=seed,
        )
    except ValueError as error:
        raise RefusedError(str(error)) from None
    _write(Simulation(scenario), delivery, out, labels)


def _adapted(scenario: Scenario, profile: str, hold_hours: float | None) -> Scenario:
    scenario = with_profile(scenario, profile)
    if hold_hours is None:
        return scenario
    return replace(scenario, hold_after_purchase=hold_hours, hold_after_receipt=hold_hours)


def _write(simulation: Simulation, delivery: Delivery, out: Path, labels: Path) -> None:
    scenario = simulation.scenario
    encode = msgspec.json.Encoder().encode
    with (
        JsonLinesWriter(out) as events_file,
        JsonLinesWriter(labels) as labels_file,
        progress_bar() as bar,
    ):
        task = bar.add_task("simulating", total=scenario.end_ts - scenario.start_ts, said="")
        arriving = deliver(simulation.events(), delivery)
        while chunk := list(islice(arriving, _CHUNK)):
            events_file.write_lines(map(encode, chunk))
            bar.update(task, completed=int(chunk[-1]["ts"]) - scenario.start_ts)
        for label in simulation.labels():
            labels_file.write_object(label)
