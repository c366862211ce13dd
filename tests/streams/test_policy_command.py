"""`offbook policy check` and `show`, as a person calls them."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from config.policy import parse_policy, preset_names
from models.excuses import EXCUSES
from models.rules import CATALOGUE
from streams.cli import main


def called(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(["policy", *arguments])
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out, err


def test_every_bundle_that_comes_along_is_good(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = called(capsys, "check", *preset_names())
    assert (status, err) == (0, "")
    assert len(out.splitlines()) == len(preset_names())


def test_a_bad_bundle_is_refused_with_its_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text('name = "bad"\n[appeal]\ndays = 90\n', encoding="utf-8")
    status, out, err = called(capsys, "check", "default", str(bad))
    assert status == 2
    assert out.startswith("default: ok, default, version ")
    assert err == f"offbook: {bad}:3: appeal.days: expected int >= 183, got 90\n"
    assert called(capsys, "show", str(bad))[0] == 2


def test_what_is_shown_is_a_bundle_itself(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = called(capsys, "show", "hold-then-gift")
    assert (status, err) == (0, "")
    assert tomllib.loads(out)["rules"].keys() == CATALOGUE.keys()
    assert parse_policy(out, "shown", CATALOGUE, EXCUSES).name == "hold-then-gift"


def test_no_traceback_from_the_console_script(tmp_path: Path) -> None:
    gone = str(tmp_path / "gone.toml")
    run = subprocess.run(
        [sys.executable, "-c", "from streams.cli import main; main()", "policy", "show", gone],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert run.stderr == f"offbook: {gone}: cannot be read: No such file or directory\n"
