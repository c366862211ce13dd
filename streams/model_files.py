"""The anomaly model as a file: an `.npz` of plain numbers, with nothing in it that could run."""

import io
import os
import stat
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.anomaly.errors import ModelError
from models.anomaly.model import ARRAYS, AnomalyModel

METADATA = "model.json"
MAX_BYTES = 128 * 2**20
"""Well above the largest forest allowed (1,000 trees of 12 levels: 66 MB)."""


def save(model: AnomalyModel, path: Path) -> None:
    """Write `model` to `path`, whole or not at all. The same model always gives the same bytes.

    Raises `ModelError` naming the file, if it cannot be written.
    """
    content = _pack(model)
    try:
        # Beside the target: renaming is atomic only within one file system.
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as temporary:
            try:
                temporary.write(content)
                temporary.flush()
                os.fsync(temporary.fileno())
                os.chmod(temporary.name, 0o644)
                os.replace(temporary.name, path)
            except OSError:
                os.unlink(temporary.name)
                raise
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror}") from error


def load(path: Path) -> AnomalyModel:
    """The model in the file at `path`, checked throughout.

    Raises `ModelError` naming the file and what is wrong with it: unreadable, too large, no model
    file, of another schema, damaged or altered.
    """
    try:
        return _unpack(_read(path))
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror}") from error
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error


def _pack(model: AnomalyModel) -> bytes:
    metadata, arrays = model.parts()
    members = {METADATA: metadata}
    for name in ARRAYS:
        member = io.BytesIO()
        np.lib.format.write_array(member, arrays[name], version=(1, 0), allow_pickle=False)
        members[f"{name}.npy"] = member.getvalue()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as file:
        for name, data in members.items():
            # `ZipInfo` without a date is of 1980: no clock in the bytes.
            file.writestr(zipfile.ZipInfo(name), data)
    return archive.getvalue()


def _read(path: Path) -> bytes:
    with open(path, "rb", opener=_open_without_waiting) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ModelError("not a regular file")
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ModelError(f"larger than {MAX_BYTES} bytes: no model file")
    return content


def _open_without_waiting(path: str, flags: int) -> int:
    # A named pipe without a writer would otherwise be waited for, for ever.
    return os.open(path, flags | os.O_NONBLOCK)


def _unpack(content: bytes) -> AnomalyModel:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            entries = file.infolist()
            expected = sorted([METADATA, *(f"{name}.npy" for name in ARRAYS)])
            if sorted(entry.filename for entry in entries) != expected:
                raise ModelError("no model file: its parts are not those of a model")
            for entry in entries:
                # Stored members cannot swell: what is read is never larger than the file.
                if entry.compress_type != zipfile.ZIP_STORED or entry.file_size > len(content):
                    raise ModelError(f"{entry.filename}: compressed, or larger than the file")
            members = {entry.filename: file.read(entry) for entry in entries}
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise ModelError(f"no model file, or a damaged one ({error})") from error
    arrays = {name: _array(f"{name}.npy", members[f"{name}.npy"]) for name in ARRAYS}
    return AnomalyModel.from_parts(members[METADATA], arrays)


def _array(name: str, data: bytes) -> NDArray[Any]:
    member = io.BytesIO(data)
    try:
        if np.lib.format.read_magic(member) != (1, 0):
            raise ModelError(f"{name}: another version of the array format")
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(member)
    except ModelError:
        raise
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError) as error:
        raise ModelError(f"{name}: no array ({error})") from error
    if dtype.hasobject or dtype.kind not in "fi" or fortran:
        raise ModelError(f"{name}: not a plain array of numbers")
    body = data[member.tell() :]
    # Python's integers do not overflow, whatever shape the header claims.
    claimed = dtype.itemsize
    for length in shape:
        claimed *= length
    if min(shape, default=0) < 0 or claimed != len(body):
        raise ModelError(f"{name}: {len(body)} bytes do not make the shape {shape}")
    # Copied, because the kernel wants aligned memory.
    array = np.frombuffer(body, dtype).reshape(shape).copy()
    array.flags.writeable = False
    return array
