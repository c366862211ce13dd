"""What a source may be called, and what is said about one that cannot be opened."""

from pathlib import Path

import pytest

from streams.sources import SourceError, open_source


@pytest.mark.parametrize(
    "name", ["events.jsonl", "events.ndjson", "events.jsonl.gz", "events.ndjson.zst", "e.parquet"]
)
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with pytest.raises(SourceError) as error:
        open_source(str(path))
    assert str(error.value) == f"{path}: no such file"


@pytest.mark.parametrize("name", ["folder", "folder.jsonl", "folder.parquet", "folder.jsonl.gz"])
def test_a_directory_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.mkdir()
    with pytest.raises(SourceError, match=f"{name}: is a directory; name a file in it"):
        open_source(str(path))


@pytest.mark.parametrize("name", ["e.jsonl", "e.parquet"])
def test_a_file_that_may_not_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Root may read everything, so the refusal is played.
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SourceError, match=f"{name}: no permission to read it"):
        open_source(str(tmp_path / name))


@pytest.mark.parametrize(
    "name", ["events", "events.csv", "events.json", "events.gz", "events.parquet.gz", "", "."]
)
def test_an_unknown_kind_says_what_is_allowed(name: str) -> None:
    with pytest.raises(SourceError, match=r"directory|allowed: \.jsonl or \.ndjson"):
        open_source(name)


def test_a_name_that_no_file_can_have() -> None:
    with pytest.raises(SourceError, match="cannot be opened"):
        open_source("a\0b.jsonl")


def test_a_span_of_time_is_for_topics(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"")
    with pytest.raises(SourceError, match=r"--from and --to go with kafka://TOPIC only"):
        open_source(str(path), from_="2022-01-01")


@pytest.mark.parametrize("text", ["yesterday", "2022-13-01", "", "-5", "1.5"])
def test_a_bad_instant_names_its_option(text: str) -> None:
    with pytest.raises(SourceError, match=r"--to: .* is no instant; allowed: 2022-03-01"):
        open_source("kafka://events", to=text)


def test_a_span_must_not_be_empty() -> None:
    with pytest.raises(SourceError, match="--from 2022-03-02 is not before --to 1646179200000"):
        open_source("kafka://events", from_="2022-03-02", to=1_646_179_200_000)
