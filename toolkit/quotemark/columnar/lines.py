"""A file's lines and their documents' ids, found without reading what else is in them."""

from __future__ import annotations

import mmap
from array import array
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from quotemark.columnar.compiled import Bytes, Hashes, Numbers, compiled
from quotemark.columnar.hashing import EMPTY
from quotemark.columnar.json import CLOSE, OPEN, after, key, more, string, value
from quotemark.metrics.fingerprint import of_string

ID = np.uint64(of_string("id"))
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, eq=False)
class Lines:
    """A file in memory as the system maps it, and where its lines stand, with their documents."""

    data: mmap.mmap
    starts: Numbers
    ends: Numbers
    ids: list[str]
    hashes: Hashes  # of the ids

    @property
    def bytes(self) -> Bytes:
        return np.frombuffer(self.data, np.uint8)

    def forget(self, first: int, last: int) -> None:
        """Let the system take back the memory of lines that stand one behind the other."""
        forget(self.data, int(self.starts[first]), int(self.ends[last - 1]))


def forget(data: mmap.mmap, begin: int, end: int) -> None:
    """Let the system take back the memory of a part of a file."""
    begin -= begin % mmap.PAGESIZE
    with suppress(AttributeError, OSError, ValueError):  # where it cannot, it decides by itself
        data.madvise(mmap.MADV_DONTNEED, begin, end - begin)


BLOCK = 2048
"""How many documents are in memory at once."""

PART = 1 << 24
"""How many bytes of a file are looked through at once."""


def lines_of(path: Path) -> Lines | None:
    """The lines of a file; None where one has no id, or the file cannot be mapped."""
    try:
        with path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return None
    starts, ends = _ends(data)
    found = Lines(data, starts, ends, [], np.empty(len(starts), np.uint64))
    places = np.empty((BLOCK, 2), np.int64)
    for first in range(0, len(starts), BLOCK):
        part = slice(first, min(first + BLOCK, len(starts)))
        if not find_ids(found.bytes, starts[part], ends[part], places, found.hashes[part]):
            return None
        try:
            found.ids.extend(_ids(data, places[: part.stop - first].tolist()))
        except (UnicodeDecodeError, msgspec.DecodeError):
            return None
        found.forget(first, part.stop)
    return found


def _ids(data: mmap.mmap, places: list[list[int]]) -> list[str]:
    raw = [data[start:end] for start, end in places]
    if any(b"\\" in each for each in raw):
        return [str(msgspec.json.decode(b'"' + each + b'"')) for each in raw]
    return [each.decode() for each in raw]


def _ends(data: mmap.mmap) -> tuple[Numbers, Numbers]:
    """Where the lines that are not blank begin and end."""
    starts, ends = array("q"), array("q")
    start = len(BOM) if data[: len(BOM)] == BOM else 0
    size, done = len(data), 0
    while start < size:
        end = data.find(b"\n", start)
        end = size if end < 0 else end
        if data[start] == OPEN or data[start:end].strip():
            starts.append(start)
            ends.append(end)
        start = end + 1
        if start - done > PART:
            forget(data, done, start)
            done = start
    return np.array(starts, np.int64), np.array(ends, np.int64)


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
