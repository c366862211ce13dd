"""Fixtures of the whole suite: brokers, and the outside data."""

import os
from pathlib import Path

import pytest

pytest_plugins = ("tests.broker_fixtures",)


@pytest.fixture(scope="session")
def outside_data() -> Path:
    """The folder that OFFBOOK_DATA names: real data that nobody here made."""
    folder = os.environ.get("OFFBOOK_DATA", "")
    if not folder:
        pytest.skip("OFFBOOK_DATA is not set: the outside data is not at hand")
    return Path(folder)
