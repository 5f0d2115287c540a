"""Where a Parquet file's column chunks are, as its footer says, compiled.

pyarrow tells it too, but ends the process where a footer contradicts itself.
"""

from __future__ import annotations

import numpy as np

from quotemark.columnar.compiled import Bytes, Numbers, compiled
from quotemark.columnar.thrift import BINARY, LIST, STOP, STRUCT, field, integer, items, skip

TYPE, CODEC, COUNT, TAKES, PAGES, DICTIONARY = 1, 4, 5, 7, 9, 11
"""What is read of a chunk, by the numbers of its fields: what its values are, how it is compressed,
how many values it has, how many bytes it takes, where its data pages begin, and its dictionary if
it has one."""

FIELDS, DEEPEST, LEAST = 12, 12, 12
"""How many of these numbers a chunk has room for; how deep anything in a footer is; and how many
bytes a chunk takes in it at least."""

SCHEMA, ALL_ROWS, GROUPS, METADATA = 2, 3, 4, 5
COLUMNS, ROWS, CHUNK = 1, 3, 3
UNKNOWN = np.int64(-1)


@compiled
def read_footer(data: Bytes, chunks: Numbers, rows: Numbers, parts: Numbers, room: Numbers) -> int:
    """Put what a footer says of its chunks into `chunks` (groups, columns, FIELDS), and how many
    rows each group has into `rows`. How many groups there are; -1 where they are more than fit, or
    have not as many columns, or it is not sound.

    In `parts` are then where its schema and its metadata begin and end, and how many rows it has
    in all. `room` is for what is skipped (see `thrift.skip`).
    """
    end, groups, before = len(data), int(np.int64(-1)), 0
    i, kind, number = field(data, 0, end, 0)
    while i >= 0 and kind != STOP:
        if number <= before:  # what comes twice, no two readers need take alike
            return -1
        before, begin = number, i
        if number == GROUPS and kind == LIST:
            i, kind, groups = items(data, i, end)
            if groups > len(chunks) or kind != STRUCT:
                return -1
            for g in range(groups):
                i = read_group(data, i, end, chunks[g], rows[g : g + 1], room)
        elif number == ALL_ROWS:
            i, parts[4] = integer(data, i, end)
        else:
            i = skip(data, i, end, kind, room)
            if number in (SCHEMA, METADATA):
                at = 0 if number == SCHEMA else 2
                parts[at], parts[at + 1] = begin, i
        i, kind, number = field(data, i, end, number)
    return groups if i >= 0 else -1


@compiled
def read_group(data: Bytes, i: int, end: int, chunks: Numbers, rows: Numbers, room: Numbers) -> int:
    """Behind what a footer says of a row group."""
    rows[0] = UNKNOWN
    read = 0
    i, kind, number = field(data, i, end, 0)
    while i >= 0 and kind != STOP:
        if number == COLUMNS and kind == LIST:
            i, kind, columns = items(data, i, end)
            if columns != len(chunks) or kind != STRUCT:
                return -1
            for c in range(columns):
                i = read_chunk(data, i, end, chunks[c], room)
            read += 1
        elif number == ROWS:
            i, rows[0] = integer(data, i, end)
        else:
            i = skip(data, i, end, kind, room)
        i, kind, number = field(data, i, end, number)
    return i if read == 1 else -1


@compiled
def read_chunk(data: Bytes, i: int, end: int, out: Numbers, room: Numbers) -> int:
    """Behind what a footer says of a column chunk; one that is in another file is refused."""
    for k in range(FIELDS):
        out[k] = UNKNOWN
    i, kind, number = field(data, i, end, 0)
    while i >= 0 and kind != STOP:
        if kind == BINARY:
            return -1
        if number == CHUNK and kind == STRUCT:
            i, kind, inner = field(data, i, end, 0)
            while i >= 0 and kind != STOP:
                if inner in (TYPE, CODEC, COUNT, TAKES, PAGES, DICTIONARY):
                    i, out[inner] = integer(data, i, end)
                else:
                    i = skip(data, i, end, kind, room)
                i, kind, inner = field(data, i, end, inner)
        else:
            i = skip(data, i, end, kind, room)
        i, kind, number = field(data, i, end, number)
    return i
