"""Lines of the native format into columns, compiled.

A line is declined (-1) where anything about it is out of the ordinary: unknown keys, keys
twice, labels that the scheme lacks, `asked`, words in place of offsets, fragments out of
order. Then the ordinary reader and scorer take the files, and say what is wrong, if anything.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from quotemark.columnar.columns import Columns, Names, empty, hashes
from quotemark.columnar.compiled import Bytes, Hashes, Numbers, compiled, inlined
from quotemark.columnar.hashing import (
    EMPTY,
    FROM,
    MANY,
    NULL,
    OFFSET,
    ONE,
    TO,
    add_byte,
    combine,
    mix,
)
from quotemark.columnar.json import (
    CLOSE,
    CLOSE_LIST,
    COMMA,
    NOTHING,
    OPEN,
    OPEN_LIST,
    QUOTE,
    after,
    blank,
    integer,
    is_at,
    key,
    more,
    number,
    plain_object,
    skip_string,
    string,
    word,
)
from quotemark.columnar.json import NULL as NULL_WORD
from quotemark.grounding.strings import KEY
from quotemark.metrics.fingerprint import of_string
from quotemark.metrics.prepare import UNFINISHED

ID, LABEL, HEAD, TAIL, NAME, ALIASES = hashes(["id", "label", "head", "tail", "name", "aliases"])
START, END, FRAGMENTS = hashes(["start", "end", "fragments"])
ATTRIBUTES, SCORE, META = hashes(["attributes", "score", "meta"])
TEXT, SHA, ANNOTATOR, STATUS = hashes(["text", "text_sha256", "annotator", "status"])
SPANS, RELATIONS, ENTITIES = hashes(["spans", "relations", "entities"])
SCHEME, PROVENANCE = hashes(["scheme", "provenance"])
ASKED, QUOTES = hashes(["asked", "quotes"])
GROUNDING = np.uint64(of_string(KEY))
DRAFT, CANCELLED = hashes(list(UNFINISHED))

LEAST_SPAN, LEAST_FRAGMENT, LEAST_RELATION = 24, 5, 20
"""How many bytes each takes at least."""

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


def read(data: Bytes, starts: Numbers, ends: Numbers, names: Names) -> Columns | None:
    """The columns of the lines of `data` from `starts` to `ends`; None where one is declined."""
    lengths = ends - starts
    total, longest = int(lengths.sum()), int(lengths.max(initial=0))
    columns = empty(len(starts), total // LEAST_SPAN + 1, total // LEAST_FRAGMENT + 1)
    work = work_for(longest // LEAST_SPAN + 1, longest // LEAST_RELATION + 1)
    return columns if scan(data, starts, ends, names, columns, work) else None


def work_for(spans: int, relations: int) -> Work:
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
    )


@compiled
def scan(
    data: Bytes, starts: Numbers, ends: Numbers, names: Names, out: Columns, work: Work
) -> bool:
    """Fill the columns; whether every line was taken."""
    for line in range(len(starts)):
        i = record(data, starts[line], ends[line], line, names, out, work)
        if i < 0 or blank(data, i, ends[line]) != ends[line]:
            return False
    return True


@compiled
def record(data: Bytes, i: int, end: int, line: int, names: Names, out: Columns, work: Work) -> int:
    """Behind one line's object."""
    i = after(data, i, end, OPEN)
    first = out.spans[line]
    spans, relations, seen = first, 0, 0
    out.sha[line] = EMPTY
    is_layer = False
    going = i >= 0
    while going:
        i, name = key(data, i, end)
        if i < 0:
            return -1
        begin, bit = i, 0
        null = word(data, i, end, NULL_WORD)
        if name == ID:
            bit = 1
            i = skip_string(data, i, end)
        elif name == TEXT:
            bit = 2
            if null < 0:
                i = skip_string(data, i, end)
                out.text[line, 0], out.text[line, 1] = begin, i
            else:
                i = null
        elif name == SHA:
            bit = 4
            i, out.sha[line] = string(data, i, end)
        elif name == ANNOTATOR:
            bit = 8
            if null < 0:
                i, out.annotator[line] = string(data, i, end)
                is_layer = True
            else:
                i = null
        elif name == SPANS:
            bit = 16
            if null < 0:
                i, spans = span_list(data, i, end, first, names, out, work)
                is_layer = True
            else:
                i = null
        elif name == RELATIONS:
            bit = 32
            i, relations = relation_list(data, i, end, work)
        elif name == ENTITIES:
            bit = 64
            i, out.entities[line] = entity_list(data, i, end)
        elif name == STATUS:
            bit = 128
            i, status = string(data, i, end)
            if status in (DRAFT, CANCELLED):
                return -1
        elif name == SCHEME:
            bit = 256
            i = skip_string(data, i, end)
        elif name == PROVENANCE:
            bit = 512
            i = plain_object(data, i, end, GROUNDING)
        elif name == META:
            bit = 1024
            i = plain_object(data, i, end, NOTHING)
            out.meta[line, 0], out.meta[line, 1] = begin, i
        elif name in (ASKED, QUOTES):
            bit = 2048 if name == ASKED else 4096
            i = null
        if bit == 0 or seen & bit or i < 0:
            return -1
        seen |= bit
        i, going = more(data, i, end, CLOSE)
    if i < 0 or not seen & 1 or not is_layer:
        return -1
    out.spans[line + 1] = spans
    for k in range(out.fragments[first], out.fragments[spans]):
        out.reach[line] = max(out.reach[line], np.int64(out.end[k]))
    out.said[line], known = said(first, spans, relations, work)
    return i if known else -1


@compiled
def span_list(
    data: Bytes, i: int, end: int, first: int, names: Names, out: Columns, work: Work
) -> tuple[int, int]:
    """Behind a list of spans, and the place behind the last of them."""
    i = after(data, i, end, OPEN_LIST)
    if i < 0:
        return -1, first
    j = first
    going = not is_at(data, blank(data, i, end), end, CLOSE_LIST)
    if not going:
        return blank(data, i, end) + 1, first
    while going:
        if j == len(out.label) or j - first == len(work.span_id):
            return -1, first
        i = span(data, blank(data, i, end), end, j, j - first, names, out, work)
        if i < 0:
            return -1, first
        j += 1
        i, going = more(data, i, end, CLOSE_LIST)
    return i, j


@inlined
def span(
    data: Bytes, i: int, end: int, j: int, place: int, names: Names, out: Columns, work: Work
) -> int:
    """Behind a span, whose place in its list is `place`."""
    i = after(data, i, end, OPEN)
    begin, stop, label, seen, attributes = -1, -1, -1, 0, 0
    work.span_id[place] = EMPTY
    label_hash = EMPTY
    last = out.fragments[j]
    going = i >= 0
    while going:
        i, name = key(data, i, end)
        if i < 0:
            return -1
        bit = 0
        null = word(data, i, end, NULL_WORD)
        if name == ID:
            bit = 1
            i, work.span_id[place] = string(data, i, end)
        elif name == LABEL:
            bit = 2
            i, label_hash = string(data, i, end)
            label = index_of(names.label, 0, len(names.label), label_hash)
        elif name == START:
            bit = 4
            i, begin = (null, -1) if null > 0 else integer(data, i, end)
        elif name == END:
            bit = 8
            i, stop = (null, -1) if null > 0 else integer(data, i, end)
        elif name == FRAGMENTS:
            bit = 16
            if null < 0:
                i, last = fragment_list(data, i, end, last, out)
            else:
                i = null
        elif name == ATTRIBUTES:
            bit = 32
            i, attributes = attribute_list(data, i, end, work)
        elif name == SCORE:
            bit = 64
            i = null if null > 0 else number(data, i, end)
        elif name == META:
            bit = 128
            i = plain_object(data, i, end, GROUNDING)
        if bit == 0 or seen & bit or i < 0:
            return -1
        seen |= bit
        i, going = more(data, i, end, CLOSE)
    if i < 0 or label < 0:
        return -1
    if last == out.fragments[j]:
        if last == len(out.start) or begin < 0 or begin >= stop:
            return -1
        out.start[last], out.end[last] = begin, stop
        last += 1
    elif begin >= 0 or stop >= 0:
        return -1
    out.fragments[j + 1] = last
    out.label[j] = label
    if not seen & 1 or work.span_id[place] == EMPTY:
        work.span_id[place] = numbered(place + 1)
    work.span_hash[place] = resolve(j, label, label_hash, attributes, names, out, work)
    return i


@inlined
def resolve(
    j: int,
    label: int,
    label_hash: np.uint64,
    attributes: int,
    names: Names,
    out: Columns,
    work: Work,
) -> np.uint64:
    """A span's hash, once all of it is known, and what of its attributes the scheme groups by."""
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
    found = label_hash
    for k in range(out.fragments[j], out.fragments[j + 1]):
        found = combine(found, np.uint64(out.start[k]))
        found = combine(found, np.uint64(out.end[k]))
    return combine(found, total)


@inlined
def fragment_list(data: Bytes, i: int, end: int, last: int, out: Columns) -> tuple[int, int]:
    """Behind a list of fragments that stand in order; those that touch become one."""
    first = last
    i = after(data, i, end, OPEN_LIST)
    going = i >= 0
    while going:
        i = after(data, i, end, OPEN_LIST)
        if i < 0:
            return -1, last
        i, start = integer(data, blank(data, i, end), end)
        i = after(data, i, end, COMMA) if i >= 0 else -1
        if i < 0:
            return -1, last
        i, stop = integer(data, blank(data, i, end), end)
        i = after(data, i, end, CLOSE_LIST) if i >= 0 else -1
        if i < 0 or start >= stop or last == len(out.start):
            return -1, last
        if last > first and start == out.end[last - 1]:
            out.end[last - 1] = stop
        elif last > first and start < out.end[last - 1]:
            return -1, last
        else:
            out.start[last], out.end[last] = start, stop
            last += 1
        i, going = more(data, i, end, CLOSE_LIST)
    return i, last


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


@compiled
def said(first: int, last: int, relations: int, work: Work) -> tuple[np.uint64, bool]:
    """The sum of the hashes of a line's spans, and whether their ids differ."""
    spans = last - first
    size = 4
    while size < 2 * spans:
        size *= 2
    for slot in range(size):
        work.table[slot] = -1
    for place in range(spans):
        work.around[place] = NOTHING
        slot = look_up(work, size, work.span_id[place])
        if work.table[slot] >= 0:
            return NOTHING, False
        work.table[slot] = place
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
