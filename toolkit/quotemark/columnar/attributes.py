"""Attributes in JSON, compiled."""

from __future__ import annotations

import numpy as np

from quotemark.columnar.compiled import Bytes, Hashes, compiled, inlined
from quotemark.columnar.hashing import MANY, NULL, ONE, combine
from quotemark.columnar.json import (
    CLOSE,
    CLOSE_LIST,
    NOTHING,
    OPEN,
    OPEN_LIST,
    QUOTE,
    after,
    blank,
    is_at,
    key,
    more,
    string,
    word,
)
from quotemark.columnar.json import NULL as NULL_WORD
from quotemark.columnar.work import MOST_ATTRIBUTES, MOST_VALUES, Work, index_of


@inlined
def attribute_list(data: Bytes, i: int, end: int, work: Work) -> tuple[int, int]:
    """Behind the object of a span's attributes, and how many they are.

    In `work.value`, each has the hash of its value, then those of its strings.
    """
    i = after(data, i, end, OPEN)
    if i < 0:
        return -1, 0
    i = blank(data, i, end)
    if is_at(data, i, end, CLOSE):
        return i + 1, 0
    count, room = 0, 0
    going = True
    while going:
        if count == MOST_ATTRIBUTES:
            return -1, 0
        i, name = key(data, i, end)
        if i < 0 or index_of(work.name, 0, count, name) >= 0 or room + 2 > MOST_VALUES:
            return -1, 0
        work.name[count] = name
        work.values_from[count] = room
        i, room = attribute_value(data, i, end, room, work)
        count += 1
        if i < 0:
            return -1, 0
        i, going = more(data, i, end, CLOSE)
    work.values_from[count] = room
    return i, count


@inlined
def attribute_value(data: Bytes, i: int, end: int, room: int, work: Work) -> tuple[int, int]:
    """Behind a value: its hash and those of its strings in `work.value` from `room` on, and the
    room behind them."""
    here = room
    room += 1
    if is_at(data, i, end, QUOTE):
        i, work.value[room] = string(data, i, end)
        work.value[here] = combine(ONE, work.value[room])
        return i, room + 1
    if is_at(data, i, end, OPEN_LIST):
        i, total, room = string_list(data, i, end, work.value, room)
        work.value[here] = combine(MANY, total)
        return i, room
    work.value[here] = NULL
    return word(data, i, end, NULL_WORD), room


@compiled
def string_list(
    data: Bytes, i: int, end: int, values: Hashes, room: int
) -> tuple[int, np.uint64, int]:
    """Behind a list of strings, each kept once from `room` on: the sum of them, and new room."""
    first, total = room, NOTHING
    i = blank(data, i + 1, end)
    if is_at(data, i, end, CLOSE_LIST):
        return i + 1, total, room
    going = True
    while going:
        i, found = string(data, blank(data, i, end), end)
        if i < 0 or room == len(values):
            return -1, total, room
        if index_of(values, first, room, found) < 0:
            values[room] = found
            room += 1
            total += found
        i, going = more(data, i, end, CLOSE_LIST)
    return i, total, room
