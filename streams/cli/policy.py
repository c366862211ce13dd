"""`offbook policy check` and `show`: policy bundles on file."""

import click

from config.policy import load_policy, load_preset, preset_names
from config.policy_text import policy_text
from models.excuses import EXCUSES
from models.policy import Policy, PolicyError
from models.rules import CATALOGUE


@click.group("policy")
def policy() -> None:
    """Check and show policy bundles.

    A BUNDLE is a TOML file, or the name of one that comes with offbook: default, no-transfer,
    hold-then-gift.
    """


@policy.command("check")
@click.argument("bundles", nargs=-1, required=True, metavar="BUNDLE...")
def check(bundles: tuple[str, ...]) -> int:
    """Say whether each BUNDLE would be taken, and under which version; exit 2 where one is not."""
    refused = False
    for bundle in bundles:
        try:
            taken = _load(bundle)
        except PolicyError as error:
            refused = True
            click.echo(f"offbook: {error}", err=True)
        else:
            click.echo(f"{bundle}: ok, {taken.name}, version {taken.version}")
    return 2 if refused else 0


@policy.command("show")
@click.argument("bundle", default="default")
def show(bundle: str) -> None:
    """Print the complete BUNDLE as TOML, with every rule's thresholds and their bounds."""
    click.echo(policy_text(_load(bundle), CATALOGUE, EXCUSES), nl=False)


def _load(bundle: str) -> Policy:
    if bundle in preset_names():
        return load_preset(bundle, CATALOGUE, EXCUSES)
    return load_policy(bundle, CATALOGUE, EXCUSES)
