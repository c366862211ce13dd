"""`offbook evaluate`: compares recommendations with labels, and prints the scorecard."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table

from models.scorecard import (
    Figures,
    Harm,
    Scope,
    Scorecard,
    ScorecardError,
    read_label,
    read_revision,
    score,
)
from streams.cli.screen import tracked
from streams.output import JsonLinesWriter
from streams.sources import SourceError, open_source


class _Named(msgspec.Struct):
    """The accounts that an event names as acting or acted upon, and its time in ms."""

    ts: int
    account: str | None = None
    sender: str | None = None
    recipient: str | None = None
    friend: str | None = None
    member: str | None = None
    payer: str | None = None
    payee: str | None = None


@click.command("evaluate")
@click.argument("recommendations")
@click.option("--labels", required=True, help="What really happened, JSON lines.")
@click.option("--events", required=True, help="The events that were judged: file or kafka://TOPIC.")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="The scorecard, as JSON."
)
def evaluate(recommendations: str, labels: str, events: str, out: Path) -> None:
    """Score RECOMMENDATIONS (all revisions or final) against the labels of the same events."""
    scope, unreadable = _scope(events)
    try:
        card = score(
            (read_revision(record, place) for record, place in _objects(recommendations)),
            (read_label(record, place) for record, place in _objects(labels)),
            scope,
        )
    except ScorecardError as error:
        raise SourceError(str(error)) from None
    with JsonLinesWriter(out) as file:
        file.write(msgspec.json.format(msgspec.json.encode(card), indent=2) + b"\n")
    if unreadable:
        click.echo(f"{events}: {unreadable} unreadable events were left out", err=True)
    _print(card, Console())


def _scope(spec: str) -> tuple[Scope, int]:
    """Accounts and time span of the events, and how many lines were no events."""
    decoder = msgspec.json.Decoder(_Named)
    accounts: set[str | None] = set()
    earliest, latest, unreadable = 2**63, 0, 0
    with open_source(spec) as source:
        for batch in tracked(source, source, "reading events"):
            for raw in batch.values:
                try:
                    event = decoder.decode(raw)
                except (msgspec.DecodeError, UnicodeDecodeError):
                    unreadable += 1
                    continue
                accounts |= {event.account, event.sender, event.recipient, event.friend}
                accounts |= {event.member, event.payer, event.payee}
                earliest, latest = min(earliest, event.ts), max(latest, event.ts)
    accounts.discard(None)
    if not accounts:
        raise SourceError(f"{spec}: holds no event that names an account")
    return Scope(accounts=len(accounts), from_ts=earliest, to_ts=latest), unreadable


def _objects(spec: str) -> Iterator[tuple[dict[str, Any], str]]:
    """The JSON objects of a file or topic, each with its place."""
    decoder = msgspec.json.Decoder(dict[str, Any])
    with open_source(spec) as source:
        for batch in source:
            for raw, offset in zip(batch.values, batch.offsets, strict=True):
                place = f"{spec}:{offset}"
                try:
                    yield decoder.decode(raw), place
                except (msgspec.DecodeError, UnicodeDecodeError) as error:
                    raise SourceError(f"{place}: no JSON object: {error}") from None


def _print(card: Scorecard, console: Console) -> None:
    hits = Table("code", title="By account; P and R at any level, and at L2 or more")
    for column in ("labelled", "found", "right", "P", "R", "P L2+", "R L2+", "hours"):
        hits.add_column(column, justify="right")
    for code, figures in card.per_violation.items():
        hits.add_row(code, *_cells(figures))
    hits.add_section()
    hits.add_row("in all", *_cells(card.in_all))
    console.print(hits)

    budget = Table("reviews a day", title="Best new ids of each day")
    for column in ("reviewed", "right", "precision"):
        budget.add_column(column, justify="right")
    for k, figure in card.precision_at.items():
        budget.add_row(k, str(figure.reviewed), str(figure.right), _share(figure.precision))
    console.print(budget)

    harm = Table("honest accounts", title="False penalties (L2 or more)")
    for column in ("accounts", "accused", "penalised", "per 10,000"):
        harm.add_column(column, justify="right")
    for kind, figures_of_kind in card.per_benign_kind.items():
        harm.add_row(kind, *_harm_cells(figures_of_kind))
    harm.add_section()
    harm.add_row("in all", *_harm_cells(card.honest))
    console.print(harm)

    found = Table("typology or skill", title="Recall")
    for column in ("accounts", "found", "recall", "at L2+"):
        found.add_column(column, justify="right")
    for group in (card.per_typology, card.per_skill):
        for name, of in group.items():
            found.add_row(
                name, str(of.accounts), str(of.any), _share(of.recall), _share(of.recall_at_l2)
            )
        found.add_section()
    console.print(found)
    if card.missed_typologies:
        console.print(f"Missed altogether: {', '.join(card.missed_typologies)}")


def _cells(figures: Figures) -> list[str]:
    ever, hard = figures.at["any"], figures.at["L2"]
    counts = [str(ever.labelled), str(ever.recommended), str(ever.right)]
    ratios = [_share(r) for r in (ever.precision, ever.recall, hard.precision, hard.recall)]
    hours = "-" if figures.median_hours is None else f"{figures.median_hours:.1f}"
    return [*counts, *ratios, hours]


def _harm_cells(harm: Harm) -> list[str]:
    rate = "-" if harm.penalised_per_10000 is None else f"{harm.penalised_per_10000:.1f}"
    return [str(harm.accounts), str(harm.recommended), str(harm.penalised), rate]


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
