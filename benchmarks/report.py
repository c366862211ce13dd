"""Tables in Markdown, and the document that holds the latest of each benchmark."""

import os
import platform
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

DOCUMENT: Final = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"

_INTRODUCTION: Final = """\
# Benchmarks

Written by `make bench` (`python -m benchmarks`; with a name, that benchmark alone). All figures
of one section were measured in one run on one machine, the things compared in turns, and are the
medians of the turns: read the ratios, for the absolute figures are as good as the machine was
quiet.
"""


@dataclass(frozen=True, slots=True)
class Options:
    """What may be asked of a run: how many simulated events, and how many turns."""

    events: int
    turns: int


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; all columns but the first stand to the right."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def machine() -> str:
    """Where and with what the figures were made."""
    parts = ("numpy", "numba", "msgspec", "scikit-learn", "faust-streaming", "aiokafka")
    return (
        f"{_processor()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end; "
        f"Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in parts)
    )


def record(name: str, text: str, document: Path = DOCUMENT) -> None:
    """Put a benchmark's text in the document, in place of what it said before.

    Sections stand in the order of their names, whichever was measured last.
    """
    sections = _sections(document.read_text("utf-8")) if document.exists() else {}
    sections[name] = f"{text.strip()}\n\n_{machine()}_\n"
    body = [f"## {title}\n\n{said}" for title, said in sorted(sections.items())]
    document.write_text("\n".join([_INTRODUCTION, *body]), "utf-8")


def _sections(text: str) -> dict[str, str]:
    parts = re.split(r"^## (.+)\n\n", text, flags=re.MULTILINE)
    pairs = zip(parts[1::2], parts[2::2], strict=True)
    return {name: f"{said.rstrip()}\n" for name, said in pairs}


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.machine()
