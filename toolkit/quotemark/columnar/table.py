"""Columns of layers as they stand in Parquet into columns for counting, compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from quotemark.columnar.attributes import attribute_value
from quotemark.columnar.columns import Columns, Names
from quotemark.columnar.compiled import Hashes, Numbers, Smalls, compiled, inlined
from quotemark.columnar.hashing import EMPTY, combine
from quotemark.columnar.json import NOTHING, blank, plain_object
from quotemark.columnar.keys import CANCELLED, DRAFT, GROUNDING
from quotemark.columnar.leaves import STRINGS, Leaf, Leaves, Text, leaf
from quotemark.columnar.shapes import (
    ALIAS,
    ANNOTATOR,
    ASKED,
    ENTITY,
    ENTITY_ID,
    FRAGMENT,
    HEAD,
    KEY,
    LABEL,
    PROVENANCE,
    RELATION,
    SHA,
    SPAN_ID,
    SPAN_META,
    STATUS,
    TAIL,
    VALUE,
)
from quotemark.columnar.work import (
    MOST_ATTRIBUTES,
    MOST_VALUES,
    Work,
    find_places,
    index_of,
    numbered,
    resolve,
    said,
    span_hash,
)


class Values(NamedTuple):
    """Attributes' values in JSON: string k has the hashes from `first[k]` to `first[k + 1]`, its
    own and those of its strings; none where it is out of the ordinary."""

    first: Numbers
    hash: Hashes


def values_for(text: Text) -> Values:
    """Room for values: each has a hash, and strings that take three bytes and more."""
    number = len(text.starts)
    size = 2 * number + int((text.ends - text.starts).sum()) // 3
    return Values(np.empty(number + 1, np.int64), np.empty(size, np.uint64))


@compiled
def fill(leaves: Leaves, values: Values, names: Names, out: Columns, work: Work) -> bool:
    """Fill the columns; whether every row was taken (see `scan.scan`)."""
    for first, last in ((SPAN_ID, SPAN_META), (RELATION, TAIL), (ENTITY_ID, ALIAS)):
        for c in range(first, last):  # these stand in one list
            if not same_ends(leaves.outer[c], leaves.outer[c + 1]):
                return False
    key, value = leaf(leaves, KEY), leaf(leaves, VALUE)
    label, fragment, ids = leaf(leaves, LABEL), leaf(leaves, FRAGMENT), leaf(leaves, SPAN_ID)
    if not same_ends(key.inner[: len(ids.value) + 1], value.inner[: len(ids.value) + 1]):
        return False
    if leaves.found[ASKED, STRINGS] > 0 or not are_finished(leaf(leaves, STATUS)):
        return False
    if not (are_plain(leaf(leaves, PROVENANCE).text) and are_plain(leaf(leaves, SPAN_META).text)):
        return False
    take_hashes(leaf(leaves, SHA), out.sha)
    take_hashes(leaf(leaves, ANNOTATOR), out.annotator)
    if not take_labels(label, names.label, out.label):
        return False
    if not take_fragments(fragment, out):
        return False
    read_values(value.text, values, work)
    once = are_distinct(ids, work)
    for j in range(len(out.label) if len(key.value) == 0 else 0):
        out.has[j], out.holds[j] = 0, 0
    for row in range(len(out.sha)):
        first, last = label.outer[row], label.outer[row + 1]
        out.spans[row], out.spans[row + 1] = first, last
        reach = np.int64(0)
        for k in range(np.uint64(out.fragments[first]), np.uint64(out.fragments[last])):
            reach = max(reach, np.int64(out.end[k]))
        for j in range(first, last):
            total = NOTHING
            if len(key.value) > 0:
                attributes = take_attributes(key, value, values, j, work)
                if attributes < 0:
                    return False
                total = resolve(j, out.label[j], attributes, names, out, work)
            if work.hashed:
                work.span_hash[j - first] = span_hash(j, hashed(label, j), total, out)
        out.reach[row] = reach
        relations = take_relations(leaves, row, work)
        if once and relations == 0:
            out.said[row], known = said_alone(ids, row, first, last, work)
        else:
            for j in range(first, last):
                name = hashed(ids, j)
                work.span_id[j - first] = name if name != EMPTY else numbered(j - first + 1)
            out.said[row], known = said(last - first, relations, work)
        if not known:
            return False
        out.entities[row] = entity_sum(leaf(leaves, ENTITY), leaf(leaves, ALIAS), row)
    return True


@inlined
def are_distinct(ids: Leaf, work: Work) -> bool:
    """Whether all strings in a column of ids differ and are some, as where they are the few of a
    dictionary. Their `spare` is then -1."""
    if len(ids.hash) > len(work.span_id):
        return False
    for k in range(len(ids.hash)):
        work.span_id[k], ids.spare[k] = ids.hash[k], -1
        if ids.hash[k] == EMPTY:
            return False
    return find_places(len(ids.hash), work) > 0


@inlined
def said_alone(ids: Leaf, row: int, first: int, last: int, work: Work) -> tuple[np.uint64, bool]:
    """The same as `said`, without relations, of ids that are distinct strings: in `spare` is in
    which row each came last."""
    total, differ = NOTHING, True
    for j in range(first, last):
        differ = differ and ids.spare[ids.value[j]] != row
        ids.spare[ids.value[j]] = row
        if work.hashed:
            total += combine(work.span_hash[j - first], NOTHING)
    return total, differ


@inlined
def take_relations(leaves: Leaves, row: int, work: Work) -> int:
    """Put the relations of a row where `work.said` looks for them; how many they are."""
    ends = leaves.outer[RELATION]
    label, head, tail = leaf(leaves, RELATION), leaf(leaves, HEAD), leaf(leaves, TAIL)
    for k in range(ends[row], ends[row + 1]):
        place = k - ends[row]
        work.relation[place, 0], work.relation[place, 1] = hashed(label, k), hashed(head, k)
        work.relation[place, 2] = hashed(tail, k)
    return int(ends[row + 1] - ends[row])


@inlined
def entity_sum(name: Leaf, alias: Leaf, row: int) -> np.uint64:
    """The sum of the hashes of a row's entities."""
    total = NOTHING
    for k in range(name.outer[row], name.outer[row + 1]):
        aliases = NOTHING
        for a in range(alias.inner[k], alias.inner[k + 1]):
            aliases += hashed(alias, a)
        total += combine(hashed(name, k), aliases)
    return total


@inlined
def hashed(column: Leaf, k: int) -> np.uint64:
    """The hash of value k, which is not null."""
    return column.hash[column.value[k]]


@inlined
def same_ends(one: Smalls, two: Smalls) -> bool:
    """Whether lists end in the same places."""
    differ = np.int32(0)
    for k in range(np.uint64(len(one))):
        differ |= one[k] ^ two[k]
    return differ == 0


@inlined
def are_finished(status: Leaf) -> bool:
    finished = True
    for k in range(len(status.hash)):
        finished = finished and status.hash[k] not in (DRAFT, CANCELLED)
    return finished


@compiled
def are_plain(text: Text) -> bool:
    """Whether strings are JSON objects that tell nothing of grounding."""
    for k in range(len(text.starts)):
        end = text.ends[k]
        i = plain_object(text.data, text.starts[k], end, GROUNDING)
        if i < 0 or blank(text.data, i, end) != end:
            return False
    return True


@inlined
def take_hashes(column: Leaf, out: Hashes) -> None:
    for row in range(len(out)):
        out[row] = hashed(column, row)


@inlined
def take_labels(column: Leaf, labels: Hashes, out: Smalls) -> bool:
    """The place of each label in the scheme; whether all have one."""
    for k in range(len(column.hash)):
        column.spare[k] = index_of(labels, 0, len(labels), column.hash[k])
    least = np.int32(0)
    for j in range(np.uint64(len(out))):
        out[j] = column.spare[column.value[j]]
        least = min(least, out[j])
    return least >= 0


@inlined
def take_fragments(column: Leaf, out: Columns) -> bool:
    """Where fragments begin and end; whether each span's stand in order. Those that touch become
    one."""
    last = 0
    out.fragments[0] = 0
    if are_pairs(column, len(out.label)):
        return take_pairs(column, out)
    for j in range(len(out.label)):
        first, begin, stop = last, column.inner[j], column.inner[j + 1]
        if begin == stop or (stop - begin) % 2 == 1:
            return False
        for k in range(begin, stop, 2):
            start, end = column.value[k], column.value[k + 1]
            if start < 0 or start >= end or (last > first and start < out.end[last - 1]):
                return False
            if last > first and start == out.end[last - 1]:
                out.end[last - 1] = end
            else:
                out.start[last], out.end[last] = start, end
                last += 1
        out.fragments[j + 1] = last
    return True


@inlined
def are_pairs(column: Leaf, spans: int) -> bool:
    """Whether each span has one fragment, as most have."""
    differ = np.int64(len(column.value) - 2 * spans)
    for j in range(np.uint64(spans)):
        differ |= np.int64(column.inner[j]) - 2 * np.int64(j)
    return differ == 0


@inlined
def take_pairs(column: Leaf, out: Columns) -> bool:
    """The same as `take_fragments` of them, many times as fast."""
    wrong, one, two = np.uint8(0), np.uint64(1), np.uint64(2)
    for j in range(np.uint64(len(out.label))):
        start, end = column.value[two * j], column.value[two * j + one]
        wrong |= np.uint8(start < 0) | np.uint8(start >= end)
        out.start[j], out.end[j], out.fragments[j + one] = start, end, j + one
    return wrong == 0


@compiled
def read_values(text: Text, values: Values, work: Work) -> None:
    """Read each string as an attribute's value in JSON."""
    room = 0
    for k in range(len(text.starts)):
        values.first[k] = room
        i, used = attribute_value(text.data, text.starts[k], text.ends[k], 0, work)
        if i == text.ends[k] and room + used <= len(values.hash):
            for n in range(used):
                values.hash[room + n] = work.value[n]
            room += used
    values.first[len(text.starts)] = room


@inlined
def take_attributes(key: Leaf, value: Leaf, values: Values, j: int, work: Work) -> int:
    """Put the names and values of span j's attributes where `work.resolve` looks for them: how
    many they are, -1 where one is out of the ordinary."""
    attributes, room = 0, 0
    for k in range(key.inner[j], key.inner[j + 1]):
        name = hashed(key, k)
        if attributes == MOST_ATTRIBUTES or index_of(work.name, 0, attributes, name) >= 0:
            return -1
        work.name[attributes] = name
        work.values_from[attributes] = room
        begin, stop = values.first[value.value[k]], values.first[value.value[k] + 1]
        if begin == stop or room + stop - begin > MOST_VALUES:
            return -1
        for n in range(begin, stop):
            work.value[room] = values.hash[n]
            room += 1
        attributes += 1
    work.values_from[attributes] = room
    return attributes
