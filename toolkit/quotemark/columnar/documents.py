"""The ids of a Parquet file's documents, in the file's order."""

from __future__ import annotations

import numpy as np

from quotemark.columnar.chunks import Chunks, ids_of, strings_of
from quotemark.columnar.compiled import Bytes, Hashes, compiled
from quotemark.columnar.hashing import EMPTY
from quotemark.columnar.leaves import Leaves, Text, leaf

LINE_FEED = ord("\n")


def documents_of(chunks: Chunks) -> tuple[list[str], Hashes] | None:
    """Ids and their hashes; None where one is empty, or something in their columns is out of the
    ordinary."""
    leaves = ids_of(chunks)
    if leaves is None:
        return None
    number = int(chunks.rows.sum())
    text = Text(np.empty(number, np.int32), np.empty(number, np.int32), leaves.all.text.data)
    hashes = np.empty(number, np.uint64)
    line_up(leaves, text, hashes)
    if not number or (hashes == EMPTY).any():
        return None
    lines = np.empty(int((text.ends - text.starts).sum()) + number, np.uint8)
    join(text, lines)
    ids = str(lines[:-1].data, "utf-8").split("\n")  # several times as fast as one by one
    return ids if len(ids) == number else strings_of(text), hashes


@compiled
def line_up(leaves: Leaves, text: Text, hashes: Hashes) -> None:
    """Put the strings of columns one behind the other."""
    n = 0
    for c in range(len(leaves.found)):
        here = leaf(leaves, c)
        for k in range(len(here.value)):
            string = here.value[k]
            text.starts[n], text.ends[n] = here.text.starts[string], here.text.ends[string]
            hashes[n] = here.hash[string]
            n += 1


@compiled
def join(text: Text, out: Bytes) -> None:
    """Put strings one behind the other, each with a line feed at its end."""
    at = np.uint64(0)
    for k in range(len(text.starts)):
        for i in range(np.uint64(text.starts[k]), np.uint64(text.ends[k])):
            out[at] = text.data[i]
            at += np.uint64(1)
        out[at] = LINE_FEED
        at += np.uint64(1)
