"""Thrift's compact protocol, in which Parquet tells of itself, compiled.

A field of a struct is a byte with its kind and by how much its number is larger than the one
before, then its value; a byte 0 ends a struct.
"""

from __future__ import annotations

import numpy as np

from quotemark.columnar.compiled import Bytes, Numbers, compiled, inlined

STOP, BOOL, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST = range(10)
STRUCT = 12


@compiled
def varint(data: Bytes, i: int, end: int) -> tuple[int, int]:
    """Behind a number of at most 63 bits that comes seven bits a byte, the lowest first."""
    found = int(np.int64(0))
    for shift in range(0, 63, 7):
        if i >= end:
            break
        byte = int(np.int64(data[i]))
        i += 1
        found |= (byte & 127) << shift
        if byte < 128:
            return i, found
    return -1, int(np.int64(0))


@inlined
def integer(data: Bytes, i: int, end: int) -> tuple[int, int]:
    """Behind a number with a sign, which is its lowest bit."""
    i, found = varint(data, i, end)
    return i, (found >> 1) ^ -(found & 1)


@compiled
def field(data: Bytes, i: int, end: int, before: int) -> tuple[int, int, int]:
    """Behind the beginning of a field: its kind (`STOP`: there is none), and its number."""
    if i < 0 or i >= end:
        return -1, STOP, 0
    kind, step = int(np.int64(data[i] & 15)), int(np.int64(data[i] >> 4))
    if kind == STOP or step > 0:
        return i + 1, kind, before + step
    i, number = integer(data, i + 1, end)
    return i, kind, number


@compiled
def items(data: Bytes, i: int, end: int) -> tuple[int, int, int]:
    """Behind the beginning of a list: the kind of its items, and how many they are."""
    if i < 0 or i >= end:
        return -1, STOP, 0
    kind, number = int(np.int64(data[i] & 15)), int(np.int64(data[i] >> 4))
    i += 1
    if number == 15:
        i, number = varint(data, i, end)
    return i, kind, number


@compiled
def skip(data: Bytes, i: int, end: int, kind: int, open_: Numbers) -> int:
    """Behind a value of a field, -1 where it does not end or is too deep.

    `open_` is room for what a value is in: the kind of a list's items, and how many are to come.
    """
    depth = 0
    while i >= 0:
        if kind in (STRUCT, LIST):
            if depth == len(open_):
                return -1
            open_[depth, 0], open_[depth, 1] = STOP, 0
            if kind == LIST:
                i, open_[depth, 0], open_[depth, 1] = items(data, i, end)
            depth += 1
        else:
            i = skip_scalar(data, i, end, kind, depth > 0 and open_[depth - 1, 0] != STOP)
        while depth > 0 and i >= 0:
            kind = open_[depth - 1, 0]
            if kind == STOP:
                i, kind, _ = field(data, i, end, 0)
                if kind != STOP:
                    break
            elif open_[depth - 1, 1] > 0:
                open_[depth - 1, 1] -= 1
                break
            depth -= 1
        else:
            return i
    return -1


@compiled
def skip_scalar(data: Bytes, i: int, end: int, kind: int, in_list: bool) -> int:
    """Behind a value that has no others in it."""
    if kind in (BOOL, FALSE):
        i += 1 if in_list else 0  # a field's kind says which it is
    elif kind in (I16, I32, I64):
        i, _ = varint(data, i, end)
    elif kind in (BYTE, DOUBLE):
        i += 1 if kind == BYTE else 8
    elif kind == BINARY:
        i, size = varint(data, i, end)
        i = i + size if i >= 0 and size <= end - i else -1
    else:
        return -1
    return i if i <= end else -1
