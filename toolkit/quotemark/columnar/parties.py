"""Relations and entities in JSON, compiled."""

from __future__ import annotations

import numpy as np

from quotemark.columnar.compiled import Bytes, compiled
from quotemark.columnar.hashing import combine
from quotemark.columnar.json import (
    CLOSE,
    CLOSE_LIST,
    NOTHING,
    OPEN,
    OPEN_LIST,
    after,
    blank,
    is_at,
    key,
    more,
    skip_string,
    string,
)
from quotemark.columnar.keys import ALIASES, HEAD, ID, LABEL, NAME, TAIL
from quotemark.columnar.work import Work


@compiled
def relation_list(data: Bytes, i: int, end: int, work: Work) -> tuple[int, int]:
    """Behind a list of relations, and how many they are."""
    i = after(data, i, end, OPEN_LIST)
    if i < 0:
        return -1, 0
    i = blank(data, i, end)
    if is_at(data, i, end, CLOSE_LIST):
        return i + 1, 0
    count = 0
    going = True
    while going:
        if count == len(work.relation):
            return -1, 0
        i = after(data, i, end, OPEN)
        seen = 0
        inside = i >= 0
        while inside:
            i, name = key(data, i, end)
            at = 0 if name == LABEL else 1 if name == HEAD else 2 if name == TAIL else -1
            if i < 0 or at < 0 or seen & (1 << at):
                return -1, 0
            seen |= 1 << at
            i, work.relation[count, at] = string(data, i, end)
            if i < 0:
                return -1, 0
            i, inside = more(data, i, end, CLOSE)
        if i < 0 or seen != 7:
            return -1, 0
        count += 1
        i, going = more(data, i, end, CLOSE_LIST)
    return i, count


@compiled
def entity_list(data: Bytes, i: int, end: int) -> tuple[int, np.uint64]:
    """Behind a list of entities, and the sum of their hashes."""
    total = NOTHING
    i = after(data, i, end, OPEN_LIST)
    if i < 0:
        return -1, total
    i = blank(data, i, end)
    if is_at(data, i, end, CLOSE_LIST):
        return i + 1, total
    going = True
    while going:
        i = after(data, i, end, OPEN)
        seen, called, others = 0, NOTHING, NOTHING
        inside = i >= 0
        while inside:
            i, name = key(data, i, end)
            if i < 0:
                return -1, total
            bit = 0
            if name == ID:
                bit = 1
                i = skip_string(data, i, end)
            elif name == NAME:
                bit = 2
                i, called = string(data, i, end)
            elif name == ALIASES and is_at(data, i, end, OPEN_LIST):
                bit = 4
                i, others = alias_sum(data, i, end)
            if bit == 0 or seen & bit or i < 0:
                return -1, total
            seen |= bit
            i, inside = more(data, i, end, CLOSE)
        if i < 0 or seen & 3 != 3:
            return -1, total
        total += combine(called, others)
        i, going = more(data, i, end, CLOSE_LIST)
    return i, total


@compiled
def alias_sum(data: Bytes, i: int, end: int) -> tuple[int, np.uint64]:
    """Behind a list of strings, and the sum of their hashes, however often they come."""
    total = NOTHING
    i = blank(data, i + 1, end)
    if is_at(data, i, end, CLOSE_LIST):
        return i + 1, total
    going = True
    while going:
        i, found = string(data, blank(data, i, end), end)
        if i < 0:
            return -1, total
        total += found
        i, going = more(data, i, end, CLOSE_LIST)
    return i, total
