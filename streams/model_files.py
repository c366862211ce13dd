"""The anomaly model as a file: an `.npz` of plain numbers, with nothing in it that could run."""

import io
import math
import os
import re
import stat
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.anomaly.errors import ModelError
from models.anomaly.model import ARRAYS, AnomalyModel
from streams.output import AtomicFile

METADATA = "model.json"
MAX_BYTES = 128 * 2**20
"""Well above the largest forest allowed (1,000 trees of 12 levels: 66 MB)."""

# The header as numpy writes it. numpy's own reader takes more (objects, other versions, what
# Python 2 wrote) and answers damage with errors of many kinds.
_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '(?P<dtype><f4|<f8|<i4)', 'fortran_order': False, "
    rb"'shape': \((?P<shape>\d{1,9},|\d{1,9}, \d{1,9})\), \} *\n",
    re.DOTALL,
)


def save(model: AnomalyModel, path: Path) -> None:
    """Write `model` to `path`, whole or not at all. The same model always gives the same bytes.

    Raises `OutputError` naming the file if it cannot be written, and `ModelError` if its name
    asks for compression, which a model file never has.
    """
    if path.suffix.lower() in (".gz", ".zst"):
        raise ModelError(f"{path}: a model file is not compressed; end its name in .npz")
    with AtomicFile(path) as file:
        file.write(_pack(model))


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
        members = _members(content)
    except (zipfile.BadZipFile, ValueError, EOFError, RuntimeError, OSError) as error:
        # Beside its own error, zipfile answers damage with any of these.
        raise ModelError(f"no model file, or a damaged one ({error})") from error
    arrays = {name: _array(f"{name}.npy", members[f"{name}.npy"]) for name in ARRAYS}
    return AnomalyModel.from_parts(members[METADATA], arrays)


def _members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        entries = file.infolist()
        expected = sorted([METADATA, *(f"{name}.npy" for name in ARRAYS)])
        if sorted(entry.filename for entry in entries) != expected:
            raise zipfile.BadZipFile("its parts are not those of a model")
        # Stored parts cannot swell, and together they are never larger than the file.
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
            raise zipfile.BadZipFile("its parts are compressed")
        if sum(entry.file_size for entry in entries) > len(content):
            raise zipfile.BadZipFile("its parts overlap")
        return {entry.filename: file.read(entry) for entry in entries}


def _array(name: str, data: bytes) -> NDArray[Any]:
    header = _HEADER.match(data)
    if header is None:
        raise ModelError(f"{name}: not a plain array of numbers")
    body = data[header.end() :]
    dtype = np.dtype(header["dtype"].decode())
    shape = [int(length) for length in header["shape"].split(b",") if length]
    # Python's integers do not overflow, whatever shape the header claims.
    if dtype.itemsize * math.prod(shape) != len(body):
        raise ModelError(f"{name}: {len(body)} bytes do not make the shape {tuple(shape)}")
    # Copied, because the kernel wants aligned memory.
    array = np.frombuffer(body, dtype).reshape(shape).copy()
    array.flags.writeable = False
    return array
