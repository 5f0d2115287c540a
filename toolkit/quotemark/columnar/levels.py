"""Levels of a Parquet column, compiled: packed numbers, and the lists that they tell of.

The Dremel encoding: of each value, its repetition level says in which list it goes on, and its
definition level how much of its path is there.
"""

from __future__ import annotations

import numpy as np

from quotemark.columnar.compiled import Bytes, Smalls, compiled, inlined
from quotemark.columnar.thrift import varint

WIDEST = 24
"""How many bits a packed number may have: more than that none of our columns needs."""

EMPTY_LIST, EMPTY_INNER = 1, 4
"""The definition levels of a list without items, and of one in the items of a list; of what is
there, levels are larger."""


@inlined
def word_at(data: Bytes, i: np.uint64) -> np.uint64:
    """Four bytes as a number. Places without a sign need no look at whether they are negative,
    and so the four are loaded as one."""
    one, two, three = np.uint64(1), np.uint64(2), np.uint64(3)
    return (
        np.uint64(data[i])
        | np.uint64(data[i + one]) << np.uint64(8)
        | np.uint64(data[i + two]) << np.uint64(16)
        | np.uint64(data[i + three]) << np.uint64(24)
    )


@compiled
def int32_at(data: Bytes, i: int) -> int:
    """A number of 32 bits, with a sign."""
    found = int(np.int64(word_at(data, np.uint64(i))))
    return found - ((found >> 31) << 32)


@compiled
def unpack(
    data: Bytes, i: int, end: int, width: int, number: int, out: Bytes | Smalls, at: int
) -> int:
    """Behind so many numbers of `width` bits each, which go to `out`, from `at` on.

    They come in runs: of one number, or of eight and eight with no bit between.
    """
    if width > WIDEST:
        return -1
    done, size = 0, (width + 7) // 8
    while done < number:
        i, head = varint(data, i, end)
        if i < 0 or head < 2:
            return -1
        begin = at + done
        if head & 1:
            groups = head >> 1
            if groups * width > end - i or groups * 8 >= number - done + 8:
                return -1
            take = min(groups * 8, number - done)
            unpack_run(data, i, end, width, take, out, begin)
            i += groups * width
        else:
            take = min(head >> 1, number - done)
            if size > end - i:
                return -1
            value = np.int64(0)
            for n in range(size):
                value |= np.int64(data[i + n]) << (8 * n)
            i += size
            for k in range(begin, begin + take):
                out[k] = value
        done += take
    return i


@inlined
def unpack_run(
    data: Bytes, i: int, end: int, width: int, number: int, out: Bytes | Smalls, at: int
) -> None:
    """Numbers with no bit between, which end before `end`."""
    wide, mask = np.uint64(width), (np.uint64(1) << np.uint64(width)) - np.uint64(1)
    first, to, bits = np.uint64(i), np.uint64(at), np.uint64(7)
    whole = number  # those of which a word can be loaded
    while whole > 0 and i + (whole - 1) * width // 8 + 4 > end:
        whole -= 1
    for k in range(np.uint64(whole)):
        bit = np.uint64(k) * wide
        word = word_at(data, first + (bit >> np.uint64(3)))
        out[to + np.uint64(k)] = (word >> (bit & bits)) & mask
    for k in range(whole, number):
        value = np.uint64(0)
        for b in range(width):
            bit = np.uint64(k * width + b)
            one = np.uint64(data[first + (bit >> np.uint64(3))]) >> (bit & bits) & np.uint64(1)
            value |= one << np.uint64(b)
        out[at + k] = value


@compiled
def level_end(data: Bytes, i: int, end: int) -> int:
    """Behind the levels of a page, whose size stands before them; -1 where they do not end."""
    size = int32_at(data, i) if end - i >= 4 else -1
    return i + 4 + size if 0 <= size <= end - i - 4 else -1


@compiled
def level_run(data: Bytes, i: int, end: int, width: int, number: int, out: Bytes, at: int) -> int:
    """Behind the levels of a page, which go to `out`, from `at` on."""
    behind = level_end(data, i, end)
    if behind < 0 or unpack(data, i + 4, behind, width, number, out, at) < 0:
        return -1
    return behind


@compiled
def nest(
    reps: Bytes,
    defs: Bytes,
    number: int,
    depth: int,
    most: int,
    other: int,
    outer: Smalls,
    inner: Smalls,
) -> tuple[int, int]:
    """Where lists end, from levels: how many rows there are, and how many values in them.

    A value is in `depth` lists, 1 or 2. Row k has the items from `outer[k]` to `outer[k + 1]`; in
    two lists, item j has the values from `inner[j]` to `inner[j + 1]`. Of each value, `defs` says
    thereafter whether it is there. -1 rows where these do not fit into `outer`, levels contradict
    each other, or one is neither `most`, `other` nor that of an empty list: something is null then.
    """
    differ, largest = np.uint8(0), np.uint8(0)
    for k in range(np.uint64(number)):
        differ |= defs[k] ^ defs[0]
        largest = max(largest, reps[k])
    if number > 0 and differ == 0 and 0 < depth_of(defs[0]) >= largest and reps[0] == 0:
        if defs[0] != most and defs[0] != other:
            return -1, 0
        return nest_alike(reps, defs, number, depth, most, outer, inner)
    rows, items, values, before = 0, 0, 0, 0
    for k in range(number):
        rep, level = reps[k], defs[k]
        lists = depth_of(level)
        if level != EMPTY_LIST and level != most and level != other:
            return -1, 0
        if rep > lists or rep > before:
            return -1, 0
        before = lists
        if rep == 0:
            if rows + 1 == len(outer):
                return -1, 0
            outer[rows] = items
            rows += 1
        if rep < 2 and lists > 0:
            if depth == 2:
                inner[items] = values
            items += 1
        if lists == depth:
            defs[values] = level == most
            values += 1
    outer[rows] = items
    if depth == 2:
        inner[items] = values
    return rows, values


@inlined
def depth_of(level: int) -> int:
    """In how many lists something is, that has a definition level."""
    return int(np.int64(level > EMPTY_LIST) + np.int64(level > EMPTY_INNER))


@inlined
def nest_alike(
    reps: Bytes,
    defs: Bytes,
    number: int,
    depth: int,
    most: int,
    outer: Smalls,
    inner: Smalls,
) -> tuple[int, int]:
    """The same where all have one definition level, as they mostly have: many times as fast."""
    rows, items, one = 0, np.uint64(0), np.uint64(1)
    level, lists = defs[0], depth_of(defs[0])
    for k in range(np.uint64(number)):
        if reps[k] == 0:
            if rows + 1 == len(outer):
                return -1, 0
            outer[np.uint64(rows)] = items
            rows += 1
        if lists == 2:
            inner[items] = k  # again and again, until the next item begins
        elif depth == 2:
            inner[items] = 0
        items += one if reps[k] < 2 else np.uint64(0)
    outer[rows] = items
    values = number if lists == depth else 0
    if depth == 2:
        inner[items] = values
    for k in range(np.uint64(number)):
        defs[k] = level == most
    return rows, values
