"""Which exceptions are a person's business, and the exit status that each one has."""

import os
import traceback
from typing import Final

from config.settings import SettingsError
from config.source_maps import SourceMapError
from models.anomaly import ModelError
from models.policy import PolicyError
from streams.brokers.process import BrokerError
from streams.output import OutputError
from streams.running import WorkerError
from streams.sources import SourceError
from streams.topics import TopicError

# What was given is refused: 2. What could not be done: 1.
REFUSED: Final = (PolicyError, SettingsError, SourceMapError, ModelError, SourceError)
FAILED: Final = (OutputError, BrokerError, TopicError, WorkerError, OSError)


def refusal(error: Exception) -> tuple[int, str]:
    """The exit status and the line or two that tell a person what is wrong."""
    if isinstance(error, REFUSED):
        return 2, str(error)
    if isinstance(error, FAILED):
        return 1, str(error)
    if os.environ.get("OFFBOOK_LOG_LEVEL") == "debug":
        traceback.print_exception(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{os.path.basename(place.filename)}:{place.lineno}"
    return 1, (
        f"internal error at {where}: {type(error).__name__}: {error}\n"
        "Please report it; OFFBOOK_LOG_LEVEL=debug shows more."
    )
