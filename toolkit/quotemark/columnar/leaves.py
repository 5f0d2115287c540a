"""The values of a row group's columns in Parquet, compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from quotemark.columnar.compiled import Bytes, Hashes, Numbers, Smalls, brief, compiled, inlined
from quotemark.columnar.hashing import OFFSET, add_byte, mix
from quotemark.columnar.levels import (
    COUNT,
    WIDEST,
    Levels,
    definitions,
    int32_at,
    nest,
    repetitions,
    unpack,
)
from quotemark.columnar.pages import (
    DATA,
    DEFS,
    DICTIONARY,
    ENCODING,
    FIRST,
    KIND,
    MISSING,
    REPS,
    SIZE,
    VALUES,
)
from quotemark.columnar.shapes import DOUBLE, INTEGER, NAME, STRING, Shape

PLAIN, OLD_CODES, RUNS, CODES = 0, 2, 3, 8
"""Encodings: as they are; by places in a dictionary; levels."""

NOT_FINITE, ASCII = 0x7FF0, 0x7F


class Text(NamedTuple):
    """Strings: string k are the bytes from `starts[k]` to `ends[k]`."""

    starts: Smalls
    ends: Smalls
    data: Bytes


class Leaf(NamedTuple):
    """The values of a column, and the lists they are in (see `levels.nest`)."""

    outer: Smalls
    inner: Smalls
    value: Smalls  # integers, or the places of strings; -1: null
    text: Text
    hash: Hashes  # of each string, if it is a name
    spare: Smalls  # room for a number of each string


class Leaves(NamedTuple):
    """The values of some columns, one behind the other."""

    room: Numbers  # (columns + 1, 3): where each has room for values, inner lists and strings
    found: Numbers  # (columns, 4): how many values and strings it has, and if one is not ASCII
    outer: Smalls  # (columns, rows + 1)
    all: Leaf


VALUE, INNER, STRINGS, HIGH = range(4)


@brief
def room_for_leaves(pages: Numbers, behind: Numbers, shapes: Numbers, out: Numbers) -> int:
    """Where there is room for each column's values, inner lists and strings, a line of `out` for
    each and one for the end; the most values that a column has."""
    first, largest = 0, int(np.int64(0))
    for k in range(3):
        out[0, k] = 0
    for c in range(len(behind)):
        values, strings = int(np.int64(0)), int(np.int64(0))
        for n in range(first, behind[c]):
            values += pages[n, VALUES]
            strings += min(pages[n, VALUES], pages[n, SIZE] // 4)  # each has a size before it
        out[c + 1, VALUE] = out[c, VALUE] + values
        out[c + 1, INNER] = out[c, INNER] + (values + 1 if shapes[c, 1] == 2 else 0)
        out[c + 1, STRINGS] = out[c, STRINGS] + (strings if shapes[c, 0] <= STRING else 0)
        first, largest = behind[c], max(largest, values)
    return largest


@compiled
def read_leaves(
    pages: Numbers, behind: Numbers, shapes: Numbers, rows: Numbers, out: Leaves, levels: Levels
) -> bool:
    """Read columns, of which each has so many rows.

    False where something is not sound, or null that may not be.
    """
    first = 0
    levels.origin[:, COUNT] = 0
    for c in range(len(behind)):
        shape = Shape(shapes[c, 0], shapes[c, 1], shapes[c, 2], shapes[c, 3])
        here = part(out, c, out.room[c + 1, VALUE], out.room[c + 1, STRINGS])
        there, values, strings = read_leaf(
            pages[first : behind[c]], shape, c, out.outer, here, levels
        )
        if there != rows[c]:
            return False
        out.found[c, VALUE], out.found[c, STRINGS] = values, strings
        out.found[c, HIGH] = has_high(here.text, strings)
        if shape.kind == NAME:
            hash_strings(here.text, strings, here.hash)
        first = behind[c]
    return True


@inlined
def leaf(leaves: Leaves, c: int) -> Leaf:
    """A column that was read."""
    values, strings = leaves.room[c, VALUE], leaves.room[c, STRINGS]
    return part(leaves, c, values + leaves.found[c, VALUE], strings + leaves.found[c, STRINGS])


@inlined
def part(leaves: Leaves, c: int, values: int, strings: int) -> Leaf:
    """Column c, whose values and strings end at these places."""
    held, text = leaves.all, leaves.all.text
    v, i, s = leaves.room[c, VALUE], leaves.room[c, INNER], leaves.room[c, STRINGS]
    return Leaf(
        leaves.outer[c],
        held.inner[i : leaves.room[c + 1, INNER]],
        held.value[v:values],
        Text(text.starts[s:strings], text.ends[s:strings], text.data),
        held.hash[s:strings],
        held.spare[s:strings],
    )


@compiled
def has_high(text: Text, strings: int) -> bool:
    """Whether there is anything but ASCII in strings."""
    found = np.uint8(0)
    for k in range(strings):
        for i in range(np.uint64(text.starts[k]), np.uint64(text.ends[k])):
            found |= text.data[i]
    return bool(found > ASCII)


@compiled
def hash_strings(text: Text, strings: int, out: Hashes) -> None:
    """The hash of each string."""
    for k in range(strings):
        found = OFFSET
        for i in range(np.uint64(text.starts[k]), np.uint64(text.ends[k])):
            found = add_byte(found, text.data[i])
        out[k] = mix(found)


@compiled
def read_leaf(
    pages: Numbers, shape: Shape, c: int, outer: Smalls, out: Leaf, room: Levels
) -> tuple[int, int, int]:
    """Read the pages of column chunk c: how many rows, values and strings it has.

    -1 rows where something is not sound, or null that may not be.
    """
    data = out.text.data
    levels, alike, present, strings, first, size = 0, -1, 0, 0, 0, 0
    for n in range(len(pages)):
        i, number = pages[n, FIRST], pages[n, VALUES]
        end = i + pages[n, SIZE]
        if pages[n, KIND] == DICTIONARY and n == 0:
            first, size = i, number
            strings = read_plain(i, end, number, shape.kind, strings, out.text)
            if strings < 0 or pages[n, ENCODING] not in (PLAIN, OLD_CODES):
                return -1, 0, 0
            if pages[n, DEFS] != MISSING:
                return -1, 0, 0
            continue
        if pages[n, KIND] != DATA or pages[n, DEFS] != RUNS or pages[n, REPS] != RUNS:
            return -1, 0, 0
        if shape.depth > 0:
            i = repetitions(data, i, end, shape.depth, number, levels, room)
        if i >= 0:
            i, alike = definitions(data, i, end, bits(shape.most), number, levels, alike, room.defs)
        if i < 0:
            return -1, 0, 0
        there = number if alike == shape.most else 0
        for k in range(np.uint64(levels), np.uint64(levels if alike >= 0 else levels + number)):
            there += room.defs[k] == shape.most
        levels += number
        if pages[n, ENCODING] == PLAIN:
            before = strings
            strings = read_plain(i, end, there, shape.kind, strings, out.text)
            if strings < 0:
                return -1, 0, 0
            take_plain(data, i, there, shape.kind, before, present, out.value)
        elif pages[n, ENCODING] not in (CODES, OLD_CODES) or (i < end and data[i] > WIDEST):
            return -1, 0, 0
        elif there > 0:
            if i == end:
                return -1, 0, 0
            if unpack(data, i + 1, end, int(np.int64(data[i])), there, out.value, present) < 0:
                return -1, 0, 0
            if not look_up(data, first, size, shape.kind, present, there, out.value):
                return -1, 0, 0
        present += there
    rows, values = levels, levels
    if shape.depth > 0:
        rows, values = nest(room, levels, alike, shape, c, outer, out.inner)
    elif alike >= 0:
        rows = levels if alike == shape.most or alike == shape.other else -1
    else:
        for k in range(levels):
            if room.defs[k] != shape.most and room.defs[k] != shape.other:
                return -1, 0, 0
            room.defs[k] = room.defs[k] == shape.most
    spread(room.defs, values, present, out.value)
    return rows, values, strings


@inlined
def bits(most: int) -> int:
    """How many bits numbers from 0 to `most` take."""
    return 1 if most == 1 else 3


@compiled
def read_plain(i: int, end: int, number: int, kind: int, room: int, text: Text) -> int:
    """Look at values that are written as they are: strings' places go to `text`, from `room` on.

    Behind the last of these then; -1 where values do not end in their page, or are not finite.
    """
    if kind <= STRING:
        for _ in range(number):
            size = int32_at(text.data, i) if end - i >= 4 else -1
            if size < 0 or size > end - i - 4:
                return -1
            text.starts[room], text.ends[room] = i + 4, i + 4 + size
            room += 1
            i += 4 + size
        return room
    wide = 4 if kind == INTEGER else 8
    if number > (end - i) // wide:
        return -1
    if kind == DOUBLE:
        for k in range(number):
            high = np.int64(text.data[i + 8 * k + 7]) << 8 | np.int64(text.data[i + 8 * k + 6])
            if high & NOT_FINITE == NOT_FINITE:
                return -1
    return room


@inlined
def take_plain(
    data: Bytes, i: int, number: int, kind: int, strings: int, at: int, value: Smalls
) -> None:
    """Put values that are written as they are into their places."""
    for k in range(number):
        value[at + k] = int32_at(data, i + 4 * k) if kind == INTEGER else strings + k


@compiled
def look_up(
    data: Bytes, first: int, size: int, kind: int, begin: int, number: int, value: Smalls
) -> bool:
    """Whether places in a dictionary are in it; integers are put in their stead."""
    largest = np.int32(-1)
    for k in range(np.uint64(begin), np.uint64(begin + number)):
        largest = max(largest, value[k])
    if largest >= size:
        return False
    if kind == INTEGER:
        for k in range(np.uint64(begin), np.uint64(begin + number)):
            value[k] = int32_at(data, first + 4 * value[k])
    return True


@compiled
def spread(there: Bytes, values: int, present: int, value: Smalls) -> None:
    """Put those that are there in their places, and -1 in the others."""
    if present == 0:
        for k in range(np.uint64(values)):
            value[k] = -1
    elif present < values:
        for k in range(values - 1, -1, -1):
            if there[k]:
                present -= 1
                value[k] = value[present]
            else:
                value[k] = -1
