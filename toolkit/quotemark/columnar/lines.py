"""A file's lines and their documents' ids, found without reading what else is in them."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np

from quotemark.columnar.compiled import Bytes, Hashes, Numbers, compiled
from quotemark.columnar.hashing import EMPTY
from quotemark.columnar.json import CLOSE, OPEN, after, key, more, string, value
from quotemark.columnar.keys import ID

BOM = b"\xef\xbb\xbf"

PART = 1 << 23
"""How many bytes of a file are looked through at once; more where a line is longer."""


@dataclass(frozen=True, eq=False)
class Lines:
    """Where the lines of a file stand that are not blank, with their documents."""

    path: Path
    state: tuple[int, int]
    starts: Numbers
    ends: Numbers
    ids: list[str]
    hashes: Hashes  # of the ids

    def read(self, wanted: Numbers) -> tuple[bytes, Numbers, Numbers]:
        """The bytes of some lines, and where each begins and ends in them. Raises `OSError`."""
        starts, ends = self.starts[wanted], self.ends[wanted]
        with self.path.open("rb") as file:
            if len(wanted) and (np.diff(wanted) == 1).all():
                return _read(file, starts[0], ends[-1]), starts - starts[0], ends - starts[0]
            data = b"".join(_read(file, *place) for place in zip(starts, ends, strict=True))
        behind = np.cumsum(ends - starts)
        return data, behind - (ends - starts), behind

    def is_as_it_was(self) -> bool:
        """Whether nobody has written to the file since its lines were found."""
        return state_of(self.path) == self.state


def state_of(path: Path) -> tuple[int, int] | None:
    """A file's size and time of writing; None for what is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns) if path.is_file() else None


def lines_of(path: Path) -> Lines | None:
    """The lines of a file; None where one has no id, or the file cannot be read."""
    state = state_of(path)
    if state is None:
        return None
    starts, ends, hashes = array("q"), array("q"), list[Hashes]()
    ids: list[str] = []
    try:
        with path.open("rb") as file:
            for at, data in _parts(file):
                part = _ends(data)
                found = np.empty(len(part[0]), np.uint64)
                places = np.empty((len(found), 2), np.int64)
                if not find_ids(np.frombuffer(data, np.uint8), *part, places, found):
                    return None
                ids += _ids(data, places.tolist())
                starts.frombytes((part[0] + at).tobytes())
                ends.frombytes((part[1] + at).tobytes())
                hashes.append(found)
    except (OSError, UnicodeDecodeError, msgspec.DecodeError):
        return None
    if not ids:
        return None
    return Lines(path, state, np.array(starts), np.array(ends), ids, np.concatenate(hashes))


def _parts(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """A file in parts that end where a line ends, and where each begins."""
    data, at, size = b"", 0, PART
    if file.read(len(BOM)) == BOM:
        at = len(BOM)
    file.seek(at)
    while coming := file.read(size):
        data += coming
        end = data.rfind(b"\n") + 1
        if end:
            yield at, data[:end]
            data, at, size = data[end:], at + end, PART
        else:
            size *= 2  # so that a long line is not copied over and over
    if data:
        yield at, data


def _ends(data: bytes) -> tuple[Numbers, Numbers]:
    """Where the lines that are not blank begin and end."""
    starts, ends = array("q"), array("q")
    start, size = 0, len(data)
    while start < size:
        end = data.find(b"\n", start)
        end = size if end < 0 else end
        if data[start] == OPEN or data[start:end].strip():
            starts.append(start)
            ends.append(end)
        start = end + 1
    return np.array(starts, np.int64), np.array(ends, np.int64)


def _ids(data: bytes, places: list[list[int]]) -> list[str]:
    raw = [data[start:end] for start, end in places]
    if any(b"\\" in each for each in raw):
        return [str(msgspec.json.decode(b'"' + each + b'"')) for each in raw]
    return [each.decode() for each in raw]


def _read(file: BinaryIO, start: int, end: int) -> bytes:
    file.seek(start)
    data = file.read(end - start)
    if len(data) < end - start:
        raise OSError("the file is shorter than it was")
    return data


@compiled
def find_ids(data: Bytes, starts: Numbers, ends: Numbers, ids: Numbers, hashes: Hashes) -> bool:
    """Find the top-level `id` of each line, where it stands without its quote marks, and its
    hash; False where there is none, or an empty one."""
    for line in range(len(starts)):
        end = ends[line]
        i = after(data, starts[line], end, OPEN)
        going = i >= 0
        found = False
        while going and not found:
            i, name = key(data, i, end)
            if i < 0:
                return False
            if name == ID:
                stop, hashes[line] = string(data, i, end)
                if stop < 0 or hashes[line] == EMPTY:
                    return False
                ids[line, 0], ids[line, 1] = i + 1, stop - 1
                found = True
            else:
                i = value(data, i, end)
                i, going = more(data, i, end, CLOSE) if i >= 0 else (-1, False)
        if not found:
            return False
    return True
