"""Levels of a Parquet column, compiled: packed numbers, and the lists that they tell of.

The Dremel encoding: of each value, its repetition level says in which list it goes on, and its
definition level how much of its path is there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from quotemark.columnar.compiled import Bytes, Numbers, Smalls, compiled, inlined
from quotemark.columnar.shapes import Shape
from quotemark.columnar.thrift import varint

WIDEST = 24
"""How many bits a packed number may have: more than that none of our columns needs."""

THREE, SEVEN = np.uint64(3), np.uint64(7)

EMPTY_LIST, EMPTY_INNER = 1, 4
"""The definition levels of a list without items, and of one in the items of a list; of what is
there, levels are larger."""


@inlined
def word_at(data: Bytes, i: np.uint64, size: int) -> np.uint64:
    """So many bytes as a number, the lowest first. Places without a sign need no look at whether
    they are negative, and so four or eight bytes are loaded as one."""
    found = np.uint64(0)
    for n in range(np.uint64(size)):
        found |= np.uint64(data[i + n]) << (np.uint64(8) * n)
    return found


@inlined
def int32_at(data: Bytes, i: int) -> int:
    """A number of 32 bits, with a sign."""
    return int(np.int32(np.uint32(word_at(data, np.uint64(i), 4))))


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
    """Numbers with no bit between, which end before `end`: some from each word, and the last ones,
    of which no whole word can be loaded, bit by bit."""
    if width <= 7:
        done = unpack_words(data, i, end, width, number, 8, out, at)
    elif width <= 14:
        done = unpack_words(data, i, end, width, number, 4, out, at)
    else:
        done = unpack_words(data, i, end, width, number, 2, out, at)
    for k in range(done, number):
        value = np.uint64(0)
        for b in range(width):
            bit = np.uint64(k * width + b)
            one = np.uint64(data[np.uint64(i) + (bit >> THREE)]) >> (bit & SEVEN) & np.uint64(1)
            value |= one << np.uint64(b)
        out[at + k] = value


@inlined
def unpack_words(
    data: Bytes, i: int, end: int, width: int, number: int, each: int, out: Bytes | Smalls, at: int
) -> int:
    """As many numbers as words of eight bytes hold `each` of them; how many these are."""
    wide, mask = np.uint64(width), (np.uint64(1) << np.uint64(width)) - np.uint64(1)
    words = number // each
    while words > 0 and i + (words - 1) * each * width // 8 + 8 > end:
        words -= 1
    for w in range(np.uint64(words)):
        bit = w * np.uint64(each) * wide
        word = word_at(data, np.uint64(i) + (bit >> THREE), 8) >> (bit & SEVEN)
        to = np.uint64(at) + w * np.uint64(each)
        for n in range(np.uint64(each)):
            out[to + n] = (word >> (n * wide)) & mask
    return words * each


@compiled
def level_end(data: Bytes, i: int, end: int) -> int:
    """Behind the levels of a page, whose size stands before them; -1 where they do not end."""
    size = int32_at(data, i) if end - i >= 4 else -1
    return i + 4 + size if 0 <= size <= end - i - 4 else -1


class Levels(NamedTuple):
    """Room for the levels of a column; and of the repetition levels of a width that are in it,
    where they come from."""

    defs: Bytes
    reps: Bytes  # (2, …): those of one bit, and of two
    origin: Numbers  # (2, 4): their number, from where to where, and whose lists they are


COUNT, FROM, TO, OWNER = range(4)


@compiled
def definitions(
    data: Bytes, i: int, end: int, width: int, number: int, at: int, alike: int, out: Bytes
) -> tuple[int, int]:
    """Behind the definition levels of a page, and the one level that all have up to here.

    Where they differ that is -1, and all are in `out`; these are from `at` on.
    """
    behind = level_end(data, i, end)
    if behind < 0:
        return -1, alike
    begin, head = varint(data, i + 4, behind)
    if 0 <= begin < behind and head & 1 == 0 and head >> 1 >= number > 0:
        level = int(np.int64(data[begin]))
        if at == 0 or level == alike:
            return behind, level
    for k in range(np.uint64(at if alike >= 0 else 0)):
        out[k] = alike
    return behind if unpack(data, i + 4, behind, width, number, out, at) >= 0 else -1, -1


@compiled
def repetitions(
    data: Bytes, i: int, end: int, width: int, number: int, at: int, room: Levels
) -> int:
    """Behind the repetition levels of a page.

    Columns of one list have the same ones, byte for byte: these are not unpacked again.
    """
    origin, behind = room.origin[width - 1], level_end(data, i, end)
    if behind < 0:
        return -1
    if at == 0 and origin[COUNT] == number > 0 and origin[TO] - origin[FROM] == behind - i:
        differ = np.uint8(0)
        for k in range(np.uint64(behind - i)):
            differ |= data[np.uint64(i) + k] ^ data[np.uint64(origin[FROM]) + k]
        if differ == 0:
            return behind
    origin[COUNT], origin[OWNER] = 0, -1
    if unpack(data, i + 4, behind, width, number, room.reps[width - 1], at) < 0:
        return -1
    if at == 0:
        origin[COUNT], origin[FROM], origin[TO] = number, i, behind
    return behind


@compiled
def nest(
    levels: Levels, number: int, alike: int, shape: Shape, c: int, outer: Smalls, inner: Smalls
) -> tuple[int, int]:
    """Where lists end, from levels: how many rows column c has, and how many values in them.

    A value is in one list or two. Row k has the items from `outer[c, k]` to `outer[c, k + 1]`; in
    two lists, item j has the values from `inner[j]` to `inner[j + 1]`. If definition levels are not
    `alike`, `levels.defs` says thereafter of each value whether it is there. -1 rows where these do
    not fit into `outer`, levels contradict each other, or one is none of those that may be:
    something is null then.
    """
    reps, defs, ends = levels.reps[shape.depth - 1], levels.defs, outer[c]
    if alike > EMPTY_LIST:
        return nest_alike(levels, number, alike, shape, c, outer, inner)
    for k in range(np.uint64(number if alike >= 0 else 0)):
        defs[k] = alike
    rows, items, values, before = 0, 0, 0, 0
    for k in range(number):
        rep, level = reps[k], defs[k]
        lists = depth_of(level)
        if level != EMPTY_LIST and level != shape.most and level != shape.other:
            return -1, 0
        if rep > lists or rep > before:
            return -1, 0
        before = lists
        if rep == 0:
            if rows + 1 == len(ends):
                return -1, 0
            ends[rows] = items
            rows += 1
        if rep < 2 and lists > 0:
            if shape.depth == 2:
                inner[items] = values
            items += 1
        if lists == shape.depth:
            defs[values] = level == shape.most
            values += 1
    ends[rows] = items
    if shape.depth == 2:
        inner[items] = values
    return rows, values


@inlined
def depth_of(level: int) -> int:
    """In how many lists something is, that has a definition level."""
    return int(np.int64(level > EMPTY_LIST) + np.int64(level > EMPTY_INNER))


@inlined
def nest_alike(
    levels: Levels, number: int, alike: int, shape: Shape, c: int, outer: Smalls, inner: Smalls
) -> tuple[int, int]:
    """The same where all have one definition level, as they mostly have, and are in a list."""
    reps, origin = levels.reps[shape.depth - 1], levels.origin[shape.depth - 1]
    largest = np.uint8(0)
    for k in range(np.uint64(number)):
        largest = max(largest, reps[k])
    if reps[0] != 0 or largest > depth_of(alike) or alike not in (shape.most, shape.other):
        return -1, 0
    if depth_of(alike) == 2:
        return nest_pairs(reps, number, outer[c], inner)
    for j in range(np.uint64(number + 1 if shape.depth == 2 else 0)):
        inner[j] = 0
    values = number if shape.depth == 1 else 0
    if origin[OWNER] >= 0:
        for k in range(np.uint64(outer.shape[1])):
            outer[c, k] = outer[origin[OWNER], k]
        return outer.shape[1] - 1, values
    ends, rows = outer[c], 0
    for k in range(np.uint64(number)):
        if reps[k] == 0:
            if rows + 1 == len(ends):
                return -1, 0
            ends[rows] = k
            rows += 1
    ends[rows] = number
    if origin[COUNT] == number and rows + 1 == len(ends):
        origin[OWNER] = c
    return rows, values


@inlined
def nest_pairs(reps: Bytes, number: int, ends: Smalls, inner: Smalls) -> tuple[int, int]:
    """The same where each value is in two lists."""
    rows, items, one = 0, np.uint64(0), np.uint64(1)
    for k in range(np.uint64(number)):
        if reps[k] == 0:
            if rows + 1 == len(ends):
                return -1, 0
            ends[np.uint64(rows)] = items
            rows += 1
        inner[items] = k  # again and again, until the next item begins
        items += one if reps[k] < 2 else np.uint64(0)
    ends[rows] = items
    inner[items] = number
    return rows, number
