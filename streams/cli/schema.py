"""`offbook schema`: JSON Schema of what goes in, what comes out, and what ops may write."""

from typing import Any

import click
import msgspec

from config.policy_schema import policy_schema
from models.events import EVENT_CLASSES
from models.excuses import EXCUSES
from models.recommendations import recommendation_schema
from models.rules import CATALOGUE


def event_schema() -> dict[str, Any]:
    """One of the contract's events, by `type`; unknown extra fields are allowed."""
    kinds, parts = msgspec.json.schema_components(EVENT_CLASSES, ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Platform event",
        "oneOf": list(kinds),
        "$defs": parts,
    }


@click.command("schema")
@click.argument("what", type=click.Choice(["events", "recommendations", "policy"]))
def schema(what: str) -> None:
    """Print the JSON Schema of events, recommendations or policy bundles."""
    if what == "events":
        said = event_schema()
    elif what == "recommendations":
        said = recommendation_schema()
    else:
        said = policy_schema(CATALOGUE, EXCUSES)
    click.echo(msgspec.json.format(msgspec.json.encode(said), indent=2))
