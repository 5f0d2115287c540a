"""Pages of a Parquet file's column chunks, compiled: where each begins, and what its header says.

Headers are structs of Thrift; see apache/parquet-format, parquet.thrift. What is not in there is
refused, as everybody else does.
"""

from __future__ import annotations

import numpy as np

from quotemark.columnar.compiled import Bytes, Numbers, brief, compiled, inlined
from quotemark.columnar.thrift import BINARY, BOOL, FALSE, I32, I64, STOP, STRUCT, integer, varint

KIND, SIZE, PACKED, CRC, VALUES, ENCODING, DEFS, REPS, FIRST = range(9)
PAGE = 9
"""What is known of a page, in that order: its kind, how many bytes its body has and has in the
file, their checksum, how many values (nulls included) in which encoding, those of its levels, and
where its body begins."""

MISSING = np.int64(2**40)
"""In place of what a header does not say."""

DATA, DICTIONARY = 0, 2
OF_DATA, OF_DICTIONARY, STATISTICS = 5, 7, 5 << 4 | 5
"""The structs in a page's header, by the fields that hold them."""


@brief
def pages_of(
    data: Bytes, starts: Numbers, ends: Numbers, counts: Numbers, out: Numbers, behind: Numbers
) -> bool:
    """Put the pages of chunks into lines of `out`, those of chunk k before line `behind[k]`.

    False where a header is out of the ordinary, a page does not end in its chunk, all have not as
    many values as the chunk, or there is no room.
    """
    n = 0
    for c in range(len(starts)):
        i, count = starts[c], np.int64(0)
        while i < ends[c]:
            if n == len(out):
                return False
            i = header(data, i, ends[c], out[n])
            packed, size, values = out[n, PACKED], out[n, SIZE], out[n, VALUES]
            if i < 0 or packed < 0 or packed > ends[c] - i:
                return False
            if size < 0 or values < 0 or max(size, packed, values) == MISSING:
                return False
            count += values if out[n, KIND] == DATA else 0
            out[n, FIRST] = i
            i += packed
            n += 1
        behind[c] = n
        if count != counts[c]:
            return False
    return True


@compiled
def header(data: Bytes, i: int, end: int, out: Numbers) -> int:
    """Behind a page's header, of which the numbers go to `out`: those of the page itself, and
    those of the one struct in it that says what kind it is. -1 where it is out of the ordinary."""
    for k in range(len(out)):
        out[k] = MISSING
    field, outer = 0, 0  # `outer` has four bits for each field whose struct we are in
    while i < end:
        kind, step = int(np.int64(data[i] & 15)), int(np.int64(data[i] >> 4))
        i += 1
        if kind == STOP:
            if outer == 0:
                return i if step == 0 else -1
            field, outer = outer & 15, outer >> 4
            continue
        field += step
        kind = BOOL if kind == FALSE else kind
        if step == 0 or kind != kind_of(outer, field):
            return -1
        if kind == STRUCT:
            field, outer = 0, outer << 4 | field
        elif kind == BINARY:
            i, size = varint(data, i, end)
            if i < 0 or size > end - i:
                return -1
            i += size
        elif kind != BOOL:
            i, number = integer(data, i, end)
            if i < 0 or (kind == I32 and not -(2**31) <= number < 2**31):
                return -1
            if outer == 0:
                out[field - 1] = number
            elif outer != STATISTICS:
                out[field + 3] = number
    return -1


@inlined
def kind_of(outer: int, field: int) -> int:
    """What a field of a header holds; -1 where there is none of that number."""
    if outer == STATISTICS:
        return BINARY if field in (1, 2, 5, 6) else I64 if field <= 4 else BOOL if field < 9 else -1
    if field <= (2 if outer == OF_DICTIONARY else 4):
        return I32
    if outer == OF_DICTIONARY:
        return BOOL if field == 3 else -1
    return STRUCT if field == 5 or (field == 7 and outer == 0) else -1
