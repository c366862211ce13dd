"""Whether a command speaks to a person or to a program."""

import sys
from typing import Any

import click


def form_option(command: Any) -> Any:
    """`--json` and `--text`; without either, a terminal gets text and a pipe JSON lines."""
    for flag, says in (("--json", "JSON lines, also on a terminal."), ("--text", "Text, always.")):
        command = click.option(flag, "form", flag_value=flag.strip("-"), help=says)(command)
    return command


def as_json(form: str | None) -> bool:
    """What `form_option` comes to for standard output as it is."""
    return form == "json" or (form is None and not sys.stdout.isatty())
