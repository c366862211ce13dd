"""`offbook catalogue`: the reference of rules, features, excuses and settings."""

from pathlib import Path

import click

from streams.output import AtomicFile
from streams.reference import PAGES


@click.command("catalogue")
@click.argument("page", type=click.Choice(list(PAGES)), required=False)
@click.option(
    "--write",
    "folder",
    metavar="FOLDER",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Write the pages there, as Markdown files, instead of printing them.",
)
def catalogue(page: str | None, folder: Path | None) -> None:
    """Print or write the reference: one PAGE, or all of them."""
    chosen = [page] if page else list(PAGES)
    for name in chosen:
        text = PAGES[name]()
        if folder is None:
            click.echo(text)
            continue
        with AtomicFile(folder / f"{name}.md") as file:
            file.write(text.encode())
        click.echo(f"{folder / name}.md", err=True)
