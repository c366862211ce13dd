"""`offbook worker`: the Faust worker."""

import logging
import os
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import click

from config.settings import Settings, from_env, unknown_variables
from models.pipeline import Setup
from streams.brokers.embedded import embedded_broker
from streams.cli.options import model_at, model_option, policy_named, policy_option
from streams.running import run
from streams.topics import ensure_topics
from streams.warming import warm


@click.command("worker")
@click.option("--embedded", is_flag=True, help="Bring a broker along, in memory.")
@policy_option
@model_option
def worker(embedded: bool, policy_name: str | None, model_path: Path | None) -> None:
    """Consume platform events and publish penalty recommendations, until stopped."""
    settings = from_env(os.environ)
    quiet_libraries(settings.log_level)
    for line in unknown_variables(os.environ):
        logging.getLogger("offbook").warning(line)
    setup = Setup(policy_named(policy_name), model_at(model_path))
    with ExitStack() as stack:
        if embedded:
            broker = stack.enter_context(embedded_broker())
            settings = with_broker(settings, broker.address)
            click.echo(f"embedded broker at {broker.address}", err=True)
        ensure_topics(settings)
        warm(setup)
        counts = run(settings, setup)
    click.echo(
        f"{counts.read:,} read, {counts.bad:,} bad, {counts.duplicate:,} duplicate, "
        f"{counts.late:,} late; {sum(counts.findings.values()):,} findings, "
        f"{sum(counts.recommendations.values()):,} revisions; rules without input: "
        f"{', '.join(counts.rules_without_input()) or 'none'}",
        err=True,
    )


def quiet_libraries(level: str) -> None:
    """Log to standard error: offbook at `level`, the libraries below it only on warnings."""
    logging.basicConfig(level="WARNING", format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("offbook").setLevel(level.upper())
    if level == "debug":
        logging.getLogger().setLevel("DEBUG")


def with_broker(settings: Settings, address: str) -> Settings:
    """The settings with an embedded broker in place of the configured ones."""
    return replace(settings, brokers=(address,), security_protocol="PLAINTEXT")
