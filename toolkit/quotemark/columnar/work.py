"""What is known of one layer before all of it is read, and what then becomes of it, compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from quotemark.columnar.columns import Columns, Names
from quotemark.columnar.compiled import Hashes, Numbers, compiled, inlined
from quotemark.columnar.hashing import FROM, OFFSET, TO, add_byte, combine, mix
from quotemark.columnar.json import NOTHING

MOST_ATTRIBUTES, MOST_VALUES = 32, 128


class Work(NamedTuple):
    """Room for what is known of one line before it is at its end."""

    span_id: Hashes
    span_hash: Hashes
    around: Hashes
    table: Numbers  # places of spans by their ids' hashes, open addressing
    relation: Hashes  # (n, 3): label, head, tail
    name: Hashes  # the names of one span's attributes
    values_from: Numbers
    value: Hashes
    hashed: bool  # whether anybody asks what spans say


def work_for(spans: int, relations: int, hashed: bool) -> Work:
    """Room for lines of at most so many spans and relations."""
    return Work(
        np.empty(spans, np.uint64),
        np.empty(spans, np.uint64),
        np.empty(spans, np.uint64),
        np.empty(1 << (2 * spans).bit_length(), np.int64),
        np.empty((relations, 3), np.uint64),
        np.empty(MOST_ATTRIBUTES, np.uint64),
        np.empty(MOST_ATTRIBUTES + 1, np.int64),
        np.empty(MOST_VALUES, np.uint64),
        hashed,
    )


@inlined
def resolve(
    j: int, label: int, attributes: int, names: Names, out: Columns, work: Work
) -> np.uint64:
    """What of a span's attributes the scheme groups by; the sum of their hashes."""
    has, holds, one = np.uint64(0), np.uint64(0), np.uint64(1)
    total = NOTHING
    for a in range(attributes):
        first, last = work.values_from[a], work.values_from[a + 1]
        total += combine(work.name[a], work.value[first])
        for k in range(len(names.attribute)):
            if names.attribute_label[k] == label and names.attribute[k] == work.name[a]:
                has |= one << np.uint64(k)
                for g in range(len(names.group_value)):
                    if names.group_attribute[g] == k:
                        for v in range(first + 1, last):
                            if work.value[v] == names.group_value[g]:
                                holds |= one << np.uint64(g)
    out.has[j], out.holds[j] = has, holds
    return total


@inlined
def span_hash(j: int, label: np.uint64, attributes: np.uint64, out: Columns) -> np.uint64:
    """A span's hash, from those of its label and its attributes."""
    found = label
    for k in range(out.fragments[j], out.fragments[j + 1]):
        found = combine(found, np.uint64(out.start[k]))
        found = combine(found, np.uint64(out.end[k]))
    return combine(found, attributes)


@compiled
def said(spans: int, relations: int, work: Work) -> tuple[np.uint64, bool]:
    """The sum of the hashes of a line's spans, if it is asked for, and whether their ids differ."""
    size = find_places(spans, work)
    if size == 0 or not work.hashed:
        return NOTHING, size > 0
    for place in range(spans):
        work.around[place] = NOTHING
    for k in range(relations):
        name = work.relation[k, 0]
        head = work.table[look_up(work, size, work.relation[k, 1])]
        tail = work.table[look_up(work, size, work.relation[k, 2])]
        if head >= 0 and tail >= 0:
            work.around[head] += combine(combine(FROM, name), work.span_hash[tail])
            work.around[tail] += combine(combine(TO, name), work.span_hash[head])
    total = NOTHING
    for place in range(spans):
        total += combine(work.span_hash[place], work.around[place])
    return total, True


@compiled
def find_places(ids: int, work: Work) -> int:
    """Put the places of so many of `work.span_id` into the table: its size, 0 where two are the
    same."""
    size = 4
    while size < 2 * ids:
        size *= 2
    for slot in range(size):
        work.table[slot] = -1
    for place in range(ids):
        slot = look_up(work, size, work.span_id[place])
        if work.table[slot] >= 0:
            return 0
        work.table[slot] = place
    return size


@compiled
def look_up(work: Work, size: int, name: np.uint64) -> int:
    """The slot of an id, or the free one where it belongs."""
    slot = np.int64(name & np.uint64(size - 1))
    while work.table[slot] >= 0 and work.span_id[work.table[slot]] != name:
        slot = (slot + 1) & (size - 1)
    return slot


@compiled
def index_of(known: Hashes, first: int, last: int, wanted: np.uint64) -> int:
    """The place of a hash among others, from `first` to `last`; -1 where it is not."""
    for k in range(first, last):
        if known[k] == wanted:
            return k
    return -1


@compiled
def numbered(place: int) -> np.uint64:
    """The hash of the id that the reader gives to the span at a place, counted from 1."""
    power = 1
    while power * 10 <= place:
        power *= 10
    found = add_byte(OFFSET, 115)  # s
    while power > 0:
        found = add_byte(found, 48 + place // power % 10)
        power //= 10
    return mix(found)
