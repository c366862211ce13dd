"""The simulator's page names everything that labels may name, and every option."""

from pathlib import Path

import pytest

from models.simulation import families
from streams.cli.simulate import simulate

PAGE = (Path(__file__).parents[3] / "docs" / "simulator.md").read_text()


@pytest.mark.parametrize("name", sorted(families()))
def test_every_typology_and_kind_is_described(name: str) -> None:
    assert f"`{name}`" in PAGE


def test_every_option_is_described() -> None:
    options = {option for parameter in simulate.params for option in parameter.opts}
    assert {option for option in options if f"`{option}`" not in PAGE} <= {"--out", "--labels"}
