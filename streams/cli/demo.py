"""`offbook demo`: the whole thing on one machine with nothing installed beside it."""

import asyncio
import time
from contextlib import ExitStack

import click
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from models.simulation import Scenario
from streams.brokers.embedded import embedded_broker
from streams.demo.play import Plan, play
from streams.demo.progress import Progress
from streams.demo.screen import LiveScreen, PlainScreen
from streams.demo.summary import summary
from streams.screens.recommendations import Language


@click.command("demo")
@click.option("--accounts", type=click.IntRange(20, 200_000), default=4_000, show_default=True)
@click.option("--days", type=click.IntRange(1, 365), default=30, show_default=True)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=6, show_default=True)
@click.option(
    "--speed",
    type=click.FloatRange(0.1, 100_000),
    default=8.0,
    show_default=True,
    help="Simulated hours a second.",
)
@click.option("--seconds", type=click.FloatRange(1), help="Stop after so long.")
@click.option("--once", is_flag=True, help="Stop after the first recommendation.")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def demo(
    accounts: int,
    days: int,
    seed: int,
    speed: float,
    seconds: float | None,
    once: bool,
    language: Language,
) -> None:
    """Show offbook at work: an embedded broker, a simulated platform that streams into it, and the
    recommendations of a running worker as they come. Nothing is left behind."""
    began = time.monotonic()
    scenario = Scenario(accounts=accounts, days=days, seed=seed)
    plan = Plan(scenario, speed, seconds, once, language)
    progress = Progress(scenario)
    console = Console()
    live = console.is_terminal and not console.is_dumb_terminal
    try:
        with ExitStack() as stack:
            screen: LiveScreen | PlainScreen
            screen = LiveScreen(console, language) if live else PlainScreen(language)
            stack.enter_context(screen)
            screen.say("starting the embedded broker, in memory")
            broker = stack.enter_context(embedded_broker())
            screen.say(f"embedded broker at {broker.address}")
            progress.seconds = time.monotonic() - began
            asyncio.run(play(plan, broker, screen, progress))
    except KeyboardInterrupt:
        # It came before the signals were ours: nothing has been produced yet.
        pass
    if not progress.produced:
        click.echo("Stopped before anything was streamed.")
        return
    for paragraph in summary(progress, language):
        if live and paragraph:
            text = paragraph.lstrip()
            console.print(Padding.indent(Text(text), len(paragraph) - len(text)))
        else:
            click.echo(paragraph)
