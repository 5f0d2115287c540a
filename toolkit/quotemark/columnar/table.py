"""Values of Parquet columns with layers into columns, compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from quotemark.columnar.attributes import attribute_value
from quotemark.columnar.columns import Columns, Names
from quotemark.columnar.compiled import Hashes, Numbers, Smalls, compiled, inlined
from quotemark.columnar.hashing import EMPTY, combine
from quotemark.columnar.json import NOTHING, blank, plain_object
from quotemark.columnar.keys import CANCELLED, DRAFT, GROUNDING
from quotemark.columnar.leaves import Text
from quotemark.columnar.work import (
    MOST_ATTRIBUTES,
    MOST_VALUES,
    Work,
    index_of,
    numbered,
    resolve,
    said,
)


class Strings(NamedTuple):
    """A column of strings, by the places of their hashes; -1 is null."""

    code: Smalls
    hash: Hashes


class Marks(NamedTuple):
    """A column of JSON objects, by whether they tell nothing of grounding; -1 is null."""

    code: Smalls
    plain: Smalls


class Values(NamedTuple):
    """A column of attributes' values: value k has the hashes from `first[k]` to `first[k + 1]`,
    its own and those of its strings; none where it is out of the ordinary."""

    code: Smalls
    first: Numbers
    hash: Hashes


class Spans(NamedTuple):
    """The spans of all rows: those of row k from `ends[k]` to `ends[k + 1]`."""

    ends: Smalls
    id: Strings
    label: Strings
    place: Smalls  # of each string in `label`, its place in the scheme; -1 where it has none
    fragment_ends: Smalls
    fragment: Smalls
    attribute_ends: Smalls
    name: Strings
    value: Values
    meta: Marks


class Relations(NamedTuple):
    """The relations of all rows, likewise."""

    ends: Smalls
    label: Strings
    head: Strings
    tail: Strings


class Entities(NamedTuple):
    """The entities of all rows, likewise."""

    ends: Smalls
    name: Strings
    alias_ends: Smalls
    alias: Strings


class Table(NamedTuple):
    """Rows of layers, as they stand in memory."""

    sha: Strings
    annotator: Strings
    status: Strings
    provenance: Marks
    spans: Spans
    relations: Relations
    entities: Entities


@compiled
def find_labels(labels: Hashes, strings: Hashes, out: Smalls) -> None:
    """The place of each string among a scheme's labels, -1 where it has none."""
    for k in range(len(strings)):
        out[k] = index_of(labels, 0, len(labels), strings[k])


@compiled
def mark_plain(text: Text, out: Smalls) -> None:
    """Whether each string is a JSON object that tells nothing of grounding."""
    for k in range(len(text.starts)):
        end = text.ends[k]
        i = plain_object(text.data, text.starts[k], end, GROUNDING)
        out[k] = i >= 0 and blank(text.data, i, end) == end


@compiled
def read_values(text: Text, first: Numbers, out: Hashes, work: Work) -> None:
    """Read each string as an attribute's value in JSON."""
    room = 0
    for k in range(len(text.starts)):
        first[k] = room
        i, used = attribute_value(text.data, text.starts[k], text.ends[k], 0, work)
        if i == text.ends[k] and room + used <= len(out):
            for n in range(used):
                out[room + n] = work.value[n]
            room += used
    first[len(text.starts)] = room


@inlined
def hashed(strings: Strings, k: int) -> np.uint64:
    """The hash of string k; null has the empty one's."""
    return strings.hash[strings.code[k]] if strings.code[k] >= 0 else EMPTY


@inlined
def is_plain(marks: Marks, k: int) -> bool:
    return marks.code[k] < 0 or marks.plain[marks.code[k]] == 1


@compiled
def fill(table: Table, names: Names, out: Columns, work: Work) -> bool:
    """Fill the columns; whether every row was taken (see `scan.scan`)."""
    out.fragments[0] = 0
    for row in range(len(table.sha.code)):
        status = hashed(table.status, row)
        if status in (DRAFT, CANCELLED) or not is_plain(table.provenance, row):
            return False
        out.sha[row] = hashed(table.sha, row)
        out.annotator[row] = hashed(table.annotator, row)
        first, last = table.spans.ends[row], table.spans.ends[row + 1]
        out.spans[row], out.spans[row + 1] = first, last
        reach = np.int64(0)
        for j in range(first, last):
            if not span(table.spans, j, j - first, names, out, work):
                return False
            reach = max(reach, np.int64(out.end[out.fragments[j + 1] - 1]))
        out.reach[row] = reach
        relations = 0
        for k in range(table.relations.ends[row], table.relations.ends[row + 1]):
            work.relation[relations, 0] = hashed(table.relations.label, k)
            work.relation[relations, 1] = hashed(table.relations.head, k)
            work.relation[relations, 2] = hashed(table.relations.tail, k)
            relations += 1
        out.said[row], known = said(first, last, relations, work)
        if not known:
            return False
        total = NOTHING
        for k in range(table.entities.ends[row], table.entities.ends[row + 1]):
            aliases = NOTHING
            for a in range(table.entities.alias_ends[k], table.entities.alias_ends[k + 1]):
                aliases += hashed(table.entities.alias, a)
            total += combine(hashed(table.entities.name, k), aliases)
        out.entities[row] = total
    return True


@inlined
def span(spans: Spans, j: int, place: int, names: Names, out: Columns, work: Work) -> bool:
    """Put span j, which is at `place` in its row, into the columns."""
    work.span_id[place] = hashed(spans.id, j)
    if work.span_id[place] == EMPTY:
        work.span_id[place] = numbered(place + 1)
    label_hash = hashed(spans.label, j)
    label = spans.place[spans.label.code[j]]
    if label < 0 or not is_plain(spans.meta, j):
        return False
    out.label[j] = label
    begin, stop = spans.fragment_ends[j], spans.fragment_ends[j + 1]
    first = out.fragments[j]
    last = first
    if begin == stop or (stop - begin) % 2 == 1:
        return False
    for k in range(begin, stop, 2):
        start, end = spans.fragment[k], spans.fragment[k + 1]
        if start < 0 or start >= end or (last > first and start < out.end[last - 1]):
            return False
        if last > first and start == out.end[last - 1]:
            out.end[last - 1] = end
        else:
            out.start[last], out.end[last] = start, end
            last += 1
    out.fragments[j + 1] = last
    attributes, room = 0, 0
    for k in range(spans.attribute_ends[j], spans.attribute_ends[j + 1]):
        name = hashed(spans.name, k)
        if attributes == MOST_ATTRIBUTES:
            return False
        if index_of(work.name, 0, attributes, name) >= 0:
            return False
        work.name[attributes] = name
        work.values_from[attributes] = room
        begin, stop = (
            spans.value.first[spans.value.code[k]],
            spans.value.first[spans.value.code[k] + 1],
        )
        if begin == stop or room + stop - begin > MOST_VALUES:
            return False
        for n in range(begin, stop):
            work.value[room] = spans.value.hash[n]
            room += 1
        attributes += 1
    work.values_from[attributes] = room
    work.span_hash[place] = resolve(j, label, label_hash, attributes, names, out, work)
    return True
