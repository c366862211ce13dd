"""Model files: the same bytes for the same model, and nothing but a whole model is loaded."""

import io
import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.anomaly import AnomalyModel, ModelError, train
from streams import model_files
from streams.model_files import load, save
from streams.output import OutputError

NAMES, SENTENCES = ("a", "b"), ("What a is.", "What b is.")


def trained(seed: int = 0) -> AnomalyModel:
    rows = np.random.default_rng(3).lognormal(0, 1, (60, 2))
    rows[::5, 1] = np.nan
    return train(rows, NAMES, SENTENCES, trees=3, sample=8, seed=seed, min_rows=10)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    save(trained(), tmp_path / "model.npz")
    return tmp_path / "model.npz"


def repack(path: Path, **changes: bytes | None) -> None:
    """Write the archive anew with other members, its checksums in order; None leaves one out."""
    with zipfile.ZipFile(path) as old:
        members: dict[str, bytes | None] = {name: old.read(name) for name in old.namelist()}
    members |= changes
    with zipfile.ZipFile(path, "w") as new:
        for name, data in members.items():
            if data is not None:
                new.writestr(name, data)


def npy(array: np.ndarray, **options: bool) -> bytes:
    member = io.BytesIO()
    np.lib.format.write_array(member, array, version=(1, 0), **options)
    return member.getvalue()


def header(text: str) -> bytes:
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


def test_a_model_comes_back_as_it_was(path: Path) -> None:
    rows = np.random.default_rng(4).lognormal(0, 2, (20, 2))
    model, loaded = trained(), load(path)
    assert loaded.version == model.version
    assert np.array_equal(np.stack(loaded.score(rows)), np.stack(model.score(rows)))
    assert loaded.training == model.training


def test_the_same_history_and_seed_give_the_same_bytes(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.npz"
    save(trained(), other)
    assert other.read_bytes() == path.read_bytes()
    save(load(path), other)
    assert other.read_bytes() == path.read_bytes()
    save(trained(seed=1), other)
    assert other.read_bytes() != path.read_bytes()


def test_numpy_reads_it_without_pickle(path: Path) -> None:
    with np.load(path, allow_pickle=False) as arrays:
        assert np.array_equal(arrays["thresholds"], trained().forest.thresholds)


def test_loaded_arrays_cannot_be_changed(path: Path) -> None:
    with pytest.raises(ValueError, match="read-only"):
        load(path).forest.thresholds[0, 0] = 1


def test_a_failed_save_names_the_file_and_leaves_the_old_one(path: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=str(tmp_path / "none" / "model.npz")):
        save(trained(), tmp_path / "none" / "model.npz")
    with pytest.raises(ModelError, match=r"model\.npz\.gz: a model file is not compressed"):
        save(trained(), tmp_path / "model.npz.gz")
    assert os.listdir(tmp_path) == ["model.npz"]
    assert load(path).version == trained().version


def assert_refused(path: Path, message: str) -> None:
    with pytest.raises(ModelError) as refused:
        load(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_is_no_readable_file_is_refused(tmp_path: Path) -> None:
    assert_refused(tmp_path / "none.npz", "No such file")
    assert_refused(tmp_path, "Is a directory")
    os.mkfifo(tmp_path / "pipe")
    assert_refused(tmp_path / "pipe", "not a regular file")
    assert_refused(Path("/dev/zero"), "not a regular file")


def test_what_is_too_large_is_refused_unread(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_files, "MAX_BYTES", path.stat().st_size)
    assert load(path).names == NAMES
    monkeypatch.setattr(model_files, "MAX_BYTES", path.stat().st_size - 1)
    assert_refused(path, "larger than")


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"not a model", pickle.dumps([1, 2]), b"PK\x05\x06" + bytes(18)]
)
def test_what_is_no_model_file_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert_refused(path, "no model file")


def test_a_pickled_object_is_refused(path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(path.parent / "trap"),)

    repack(path, **{"usual.npy": npy(np.array([Trap()], object), allow_pickle=True)})
    assert_refused(path, "usual.npy: not a plain array of numbers")
    assert not (path.parent / "trap").exists()


def test_an_archive_that_would_swell_is_refused(path: Path) -> None:
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    members["usual.npy"] = npy(np.zeros(10_000_000))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in members.items():
            new.writestr(name, data)
    assert path.stat().st_size < 200_000
    assert_refused(path, "compressed")


def test_missing_additional_and_repeated_parts_are_refused(path: Path) -> None:
    whole = path.read_bytes()
    for changes in ({"usual.npy": None}, {"model.json": None}, {"../../more.npy": b""}):
        path.write_bytes(whole)
        repack(path, **changes)
        assert_refused(path, "its parts are not those of a model")
    path.write_bytes(whole)
    with zipfile.ZipFile(path, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("usual.npy", npy(np.zeros(2)))
    assert_refused(path, "its parts are not those of a model")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "usual.npy: not a plain array"),
        (b"\x93NUMPY\x02\x00", "usual.npy: not a plain array"),
        (npy(np.zeros(2))[:-1], "usual.npy: 15 bytes do not make the shape (2,)"),
        (npy(np.zeros(2)) + b"\0", "usual.npy: 17 bytes"),
        (npy(np.asfortranarray(np.zeros((2, 2)))), "usual.npy: not a plain array"),
        (npy(np.array(["text"])), "usual.npy: not a plain array"),
        (npy(np.zeros(2, ">f8")), "usual.npy: not a plain array"),
        (
            header("{'descr': '<f8', 'fortran_order': False, 'shape': (999999999,), }\n"),
            "usual.npy: 0 bytes do not make the shape (999999999,)",
        ),
        (npy(np.zeros(2, np.float32)), "usual: expected 2 numbers of type float64"),
        (
            header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1, -2)}") + bytes(16),
            "usual.npy: not a plain array",
        ),
        (header("{'descr': '<f8', 'shape': __import__('os')}"), "usual.npy: not a plain array"),
        (header("(" * 5_000), "usual.npy: not a plain array"),
    ],
)
def test_what_is_no_array_is_refused(path: Path, data: bytes, message: str) -> None:
    repack(path, **{"usual.npy": data})
    assert_refused(path, message)


def test_an_altered_number_is_refused_by_field_or_content(path: Path) -> None:
    features = trained().forest.features.copy()
    features[0, 0] = 2
    repack(path, **{"features.npy": npy(features)})
    assert_refused(path, "features: split on a column outside 0 to 1")
    save(trained(), path)
    repack(path, **{"usual.npy": npy(np.zeros(2))})
    assert_refused(path, "version does not fit the content")


def test_a_directory_that_leads_astray_is_refused(path: Path) -> None:
    whole = path.read_bytes()
    # The end of a zip file: sizes, counts and the place of its directory.
    for place in range(len(whole) - 18, len(whole)):
        for value in (0x00, 0x01, 0x7F, 0xFF):
            if whole[place] != value:
                path.write_bytes(whole[:place] + bytes([value]) + whole[place + 1 :])
                try:
                    version = load(path).version
                except ModelError:
                    continue
                assert version == trained().version


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_damage_is_refused_or_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.getbasetemp() / "damage"
    folder.mkdir(exist_ok=True)
    path = folder / "model.npz"
    whole = folder / "whole.npz"
    if not whole.exists():
        save(trained(), whole)
    content = bytearray(whole.read_bytes())
    if data.draw(st.booleans(), "cut"):
        del content[data.draw(st.integers(0, len(content) - 1), "length") :]
    else:
        # Headers and directory are the interesting bytes: aim at both ends as well.
        place = data.draw(
            st.integers(0, len(content) - 1) | st.integers(-800, -1) | st.integers(0, 800)
        )
        content[place] ^= data.draw(st.integers(1, 255), "flip")
    path.write_bytes(content)
    try:
        loaded = load(path)
    except ModelError as error:
        loaded, refusal = None, str(error)
    if loaded is None:
        assert refusal.startswith(f"{path}: ")
    else:
        assert loaded.version == trained().version
