"""The generated reference keeps to the code."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from config.settings import declared, variable_of
from models.detect import PLANS
from models.excuses import EXCUSES
from models.rules import CATALOGUE
from streams.cli.catalogue import catalogue
from streams.reference import PAGES, RENEW

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_the_code_says(name: str) -> None:
    file = DOCS / f"{name}.md"
    written = file.read_text(encoding="utf-8") if file.exists() else ""
    assert written == PAGES[name](), f"{file} is stale: renew it by `{RENEW}`"


def test_all_that_is_declared_is_in_the_reference() -> None:
    rules = PAGES["rules"]()
    for rule in CATALOGUE.values():
        assert f"## {rule.id} {rule.slug}\n" in rules
        for limit in rule.limits:
            assert f"| `{limit.name}` |" in rules
    features = PAGES["features"]()
    for plan in PLANS.values():
        for name in plan.names:
            assert f"| `{name}`" in features
    for name in EXCUSES:
        assert f"## {name}\n" in PAGES["excuses"]()
    for name in declared():
        assert f"`{variable_of(name)}`" in PAGES["settings"]()


def test_tables_have_as_many_cells_in_every_row() -> None:
    for page in PAGES.values():
        width = 0
        for line in page().splitlines():
            cells = line.replace("\\|", "").count("|")
            if not cells:
                width = 0
            elif width:
                assert cells == width, line
            else:
                width = cells


def test_the_command_prints_one_page() -> None:
    said = CliRunner().invoke(catalogue, ["excuses"])
    assert said.exit_code == 0
    assert said.stdout == PAGES["excuses"]() + "\n"


def test_the_command_writes_all_pages(tmp_path: Path) -> None:
    said = CliRunner().invoke(catalogue, ["--write", str(tmp_path)])
    assert said.exit_code == 0
    assert sorted(os.listdir(tmp_path)) == sorted(f"{name}.md" for name in PAGES)
    for name, page in PAGES.items():
        assert (tmp_path / f"{name}.md").read_text(encoding="utf-8") == page()


def test_the_command_refuses_a_folder_that_is_not_there(tmp_path: Path) -> None:
    said = CliRunner().invoke(catalogue, ["--write", str(tmp_path / "none")])
    assert said.exit_code == 2
    assert "none" in said.stderr
