"""The command line. Each command is a module of this package, imported when it is called."""

import importlib
import sys
from typing import Final

import click

# A command's name, the module that has it, and the line that `offbook --help` shows.
COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "demo": ("demo", "Everything on one machine: a broker, a simulated platform, the worker."),
    "worker": ("worker", "Consume platform events, publish penalty recommendations."),
    "replay": ("replay", "History through the same detector, at full speed."),
    "produce": ("produce", "The events of a source into the input topic."),
    "train": ("train", "Fit and calibrate the anomaly model on a history."),
    "evaluate": ("evaluate", "Score recommendations against what really happened."),
    "simulate": ("simulate", "A labelled platform: events and who broke which rule."),
    "policy": ("policy", "Check and show policy bundles."),
    "alerts": ("alerts", "The recommendations on the topic, readable."),
    "deadletter": ("deadletter", "What was refused, and why."),
    "schema": ("schema", "JSON Schema of events, recommendations and policy."),
    "catalogue": ("catalogue", "The reference of rules, features, excuses and settings."),
}


class Commands(click.Group):
    """A group whose commands are imported on demand, so that `--help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"streams.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in COMMANDS.items()])


@click.group("offbook", cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="offbook")
def offbook() -> None:
    """Find disguised resale of digital collectibles in a stream of platform events, and recommend
    penalties, each with a statement of reasons, for a person to decide."""


def main(arguments: list[str] | None = None) -> None:
    """The console script: exit status 0 done, 1 failed, 2 called wrongly or refused input."""
    try:
        status = offbook.main(arguments, prog_name="offbook", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("offbook: stopped", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # Whoever read our output has gone: nothing is wrong here.
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 -- no traceback reaches a user
        from streams.cli.errors import refusal

        code, lines = refusal(error)
        click.echo(f"offbook: {lines}", err=True)
        sys.exit(code)
    sys.exit(status if isinstance(status, int) else 0)
