"""Spans in JSON, compiled."""

from __future__ import annotations

from quotemark.columnar.attributes import attribute_list
from quotemark.columnar.columns import Columns, Names
from quotemark.columnar.compiled import Bytes, compiled, inlined
from quotemark.columnar.hashing import EMPTY
from quotemark.columnar.json import (
    CLOSE,
    CLOSE_LIST,
    COMMA,
    OPEN,
    OPEN_LIST,
    after,
    blank,
    integer,
    is_at,
    key,
    more,
    number,
    plain_object,
    string,
    word,
)
from quotemark.columnar.json import NULL as NULL_WORD
from quotemark.columnar.keys import (
    ATTRIBUTES,
    END,
    FRAGMENTS,
    GROUNDING,
    ID,
    LABEL,
    META,
    SCORE,
    START,
)
from quotemark.columnar.work import Work, index_of, numbered, resolve, span_hash


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
    total = resolve(j, label, attributes, names, out, work)
    if work.hashed:
        work.span_hash[place] = span_hash(j, label_hash, total, out)
    return i


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
