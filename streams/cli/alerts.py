"""`offbook alerts`: the recommendations on the topic, readable, filtered, to their end or live."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import click
import msgspec
from aiokafka import ConsumerRecord
from rich.console import Console

from config.settings import Settings, from_env
from models.policy import LADDER, Level
from models.recommendations import Recommendation, Status, decode
from models.violations import VIOLATIONS
from streams.cli.forms import as_json, form_option
from streams.following import Follower
from streams.screens.recommendations import Language, card, plain
from streams.sources.topic import parse_instant

_STATUSES: Final[tuple[Status, ...]] = ("proposed", "amended", "withdrawn")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which recommendations to show; an empty set lets all through."""

    violations: frozenset[str]
    levels: frozenset[str]
    statuses: frozenset[str]
    accounts: frozenset[str]

    def lets(self, recommendation: Recommendation) -> bool:
        """Whether it is one of those."""
        return all(
            not allowed or value in allowed
            for allowed, value in (
                (self.violations, recommendation.violation),
                (self.levels, recommendation.penalty.level),
                (self.statuses, recommendation.status),
                (self.accounts, recommendation.account),
            )
        )


def _named(text: str | None, allowed: Sequence[str], option: str) -> frozenset[str]:
    names = {name.strip() for name in (text or "").split(",") if name.strip()}
    if unknown := sorted(names - set(allowed)):
        raise click.BadParameter(
            f"{unknown[0]!r} is not one of {', '.join(allowed)}", param_hint=option
        )
    return frozenset(names)


def levels_named(text: str | None) -> frozenset[str]:
    """Levels out of "L2", "L2,H" or "L3+" (that one and above). Raises click.BadParameter."""
    names: list[str] = []
    for name in (text or "").split(","):
        lowest, plus, _ = name.strip().partition("+")
        if plus and lowest in LADDER:
            names += LADDER[LADDER.index(lowest) :]
        else:
            names.append(name)
    every: tuple[Level, ...] = ("H", *LADDER)
    return _named(",".join(names), every, "--level")


@click.command("alerts")
@click.option("--follow", is_flag=True, help="Go on as new ones come, until stopped.")
@click.option("--violation", metavar="CODE,...", help="Only these, such as V100,V102.")
@click.option("--level", metavar="LEVEL,...", help="Only these, such as L2 or L3+ (and above).")
@click.option("--account", "accounts", multiple=True, help="Only this account; may be repeated.")
@click.option("--status", metavar="STATUS,...", help=f"Only these: {', '.join(_STATUSES)}.")
@click.option("--from", "from_", metavar="INSTANT", help="Published at this time or later.")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@form_option
def alerts(
    follow: bool,
    violation: str | None,
    level: str | None,
    accounts: tuple[str, ...],
    status: str | None,
    from_: str | None,
    language: Language,
    form: str | None,
) -> None:
    """Show the recommendations on the topic: in the analyst's short form on a terminal, as they
    were published, one JSON object a line, in a pipe."""
    wanted = Wanted(
        _named(violation, tuple(VIOLATIONS), "--violation"),
        levels_named(level),
        _named(status, _STATUSES, "--status"),
        frozenset(accounts),
    )
    first = None if from_ is None else parse_instant(from_, "--from")
    shows = _Raw() if as_json(form) else _Readable(language, sort=not follow)
    try:
        asyncio.run(_show(from_env(os.environ), first, wanted, shows, follow=follow))
    except KeyboardInterrupt:
        if not follow:
            raise
    shows.close()


class _Raw:
    """As published, a line each."""

    def show(self, recommendation: Recommendation, raw: bytes) -> None:
        click.echo(raw)

    def close(self) -> None:
        pass


class _Readable:
    """The short form; in order of event time where there is an end to wait for."""

    def __init__(self, language: Language, *, sort: bool) -> None:
        self._language = language
        self._console = Console()
        self._kept: list[Recommendation] = []
        self._sort = sort

    def show(self, recommendation: Recommendation, raw: bytes) -> None:
        if self._sort:
            self._kept.append(recommendation)
        else:
            self._print(recommendation)

    def close(self) -> None:
        for one in sorted(
            self._kept, key=lambda r: (r.decided_at, r.recommendation_id, r.revision)
        ):
            self._print(one)

    def _print(self, recommendation: Recommendation) -> None:
        if self._console.is_terminal:
            self._console.print(card(recommendation, self._language))
        else:
            click.echo(plain(recommendation, self._language))


async def _show(
    settings: Settings,
    from_ms: int | None,
    wanted: Wanted,
    shows: _Raw | _Readable,
    *,
    follow: bool,
) -> None:
    async with Follower(settings, settings.topic_recommendations, from_ms=from_ms) as follower:
        async for records in follower.follow() if follow else follower.to_end():
            for record in records:
                recommendation = _decoded(record)
                if recommendation is not None and wanted.lets(recommendation):
                    shows.show(recommendation, record.value)


def _decoded(record: ConsumerRecord) -> Recommendation | None:
    """None, and a line on standard error, where somebody else's record is none."""
    try:
        return decode(record.value or b"")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        place = f"{record.topic} partition {record.partition} offset {record.offset}"
        click.echo(f"offbook: {place}: no recommendation: {error}", err=True)
        return None
