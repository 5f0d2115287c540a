"""A file's lines and their documents' ids, found without reading what else is in them."""

from __future__ import annotations

import mmap
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
    """A file in memory as the system maps it, and where its lines and their ids stand."""

    data: mmap.mmap
    starts: Numbers
    ends: Numbers
    ids: Numbers  # (lines, 2): the id as it is written, without its quote marks
    hashes: Hashes  # of the ids

    @property
    def bytes(self) -> Bytes:
        return np.frombuffer(self.data, np.uint8)

    def names(self) -> list[str]:
        """The document id of each line."""
        raw = [self.data[start:end] for start, end in self.ids.tolist()]
        if any(b"\\" in name for name in raw):
            return [str(msgspec.json.decode(b'"' + name + b'"')) for name in raw]
        return [name.decode() for name in raw]

    def forget(self, first: int, last: int) -> None:
        """Let the system take back the memory of lines that stand one behind the other."""
        page = mmap.PAGESIZE
        begin = int(self.starts[first]) // page * page
        with suppress(AttributeError, OSError, ValueError):  # where the system cannot: it decides
            self.data.madvise(mmap.MADV_DONTNEED, begin, int(self.ends[last - 1]) - begin)


def lines_of(path: Path) -> Lines | None:
    """The lines of a file; None where one has no id first of all, or the file cannot be mapped."""
    try:
        with path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return None
    starts, ends = _ends(data)
    ids, hashes = np.empty((len(starts), 2), np.int64), np.empty(len(starts), np.uint64)
    found = Lines(data, starts, ends, ids, hashes)
    for first in range(0, len(starts), BLOCK):  # so that no more is in memory than a part
        last = min(first + BLOCK, len(starts))
        part = slice(first, last)
        if not find_ids(found.bytes, starts[part], ends[part], ids[part], hashes[part]):
            return None
        found.forget(first, last)
    return found


BLOCK = 1024
"""How many documents are in memory at once."""


def _ends(data: mmap.mmap) -> tuple[Numbers, Numbers]:
    """Where the lines that are not blank begin and end."""
    starts, ends = [], []
    start = len(BOM) if data[: len(BOM)] == BOM else 0
    size = len(data)
    while start < size:
        end = data.find(b"\n", start)
        end = size if end < 0 else end
        if data[start] == OPEN or data[start:end].strip():
            starts.append(start)
            ends.append(end)
        start = end + 1
    return np.array(starts, np.int64), np.array(ends, np.int64)


@compiled
def find_ids(data: Bytes, starts: Numbers, ends: Numbers, ids: Numbers, hashes: Hashes) -> bool:
    """Find the top-level `id` of each line; False where there is none, or an empty one."""
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
