"""`offbook deadletter`: what was refused, and why."""

import asyncio
import os
from typing import Final

import click
from rich.console import Console

from config.settings import Settings, from_env
from models.events import REASONS
from streams.cli.forms import as_json, form_option
from streams.following import Follower
from streams.screens.deadletters import Pile, dead_letter
from streams.sources.topic import parse_instant

_ON_A_SCREEN: Final = 20


@click.group("deadletter")
def deadletter() -> None:
    """What was refused, and why."""


@deadletter.command("list")
@click.option(
    "--limit",
    type=click.IntRange(0),
    help=f"Only the latest so many; {_ON_A_SCREEN} as text, all as JSON.",
)
@click.option("--reason", type=click.Choice(list(REASONS)), help="Only those refused for this.")
@click.option("--from", "from_", metavar="INSTANT", help="Refused at this time or later.")
@click.option("--raw", is_flag=True, help="Show the records too: they may hold personal data.")
@form_option
def list_(
    limit: int | None, reason: str | None, from_: str | None, raw: bool, form: str | None
) -> None:
    """Count the dead letters by reason and show the latest, oldest first."""
    json = as_json(form)
    pile = Pile(_ON_A_SCREEN if limit is None and not json else limit)
    first = None if from_ is None else parse_instant(from_, "--from")
    asyncio.run(_read(from_env(os.environ), first, reason, pile))
    if json:
        for letter in pile.latest:
            click.echo(letter.line(raw=raw))
    elif pile.reasons:
        Console().print(pile.tables(raw=raw))
    else:
        click.echo("No dead letters.")


async def _read(settings: Settings, from_ms: int | None, reason: str | None, pile: Pile) -> None:
    async with Follower(settings, settings.topic_deadletter, from_ms=from_ms) as follower:
        async for records in follower.to_end():
            for record in records:
                letter = dead_letter(record)
                if reason is None or letter.reason == reason:
                    pile.add(letter, record.partition, record.offset)
