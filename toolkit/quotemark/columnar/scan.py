"""Lines of the native format into columns, compiled.

A line is declined (-1) where anything about it is out of the ordinary: unknown keys, keys
twice, labels that the scheme lacks, `asked`, words in place of offsets, fragments out of
order. Then the ordinary reader and scorer take the files, and say what is wrong, if anything.
"""

from __future__ import annotations

import numpy as np

from quotemark.columnar.columns import Columns, Names, empty
from quotemark.columnar.compiled import Bytes, Numbers, compiled
from quotemark.columnar.hashing import EMPTY, ONE
from quotemark.columnar.json import (
    CLOSE,
    NOTHING,
    OPEN,
    after,
    blank,
    key,
    more,
    plain_object,
    skip_string,
    string,
    word,
)
from quotemark.columnar.json import NULL as NULL_WORD
from quotemark.columnar.keys import (
    ANNOTATOR,
    ASKED,
    CANCELLED,
    DRAFT,
    ENTITIES,
    GROUNDING,
    ID,
    META,
    PROVENANCE,
    QUOTES,
    RELATIONS,
    SCHEME,
    SHA,
    SPANS,
    STATUS,
    TEXT,
)
from quotemark.columnar.parties import entity_list, relation_list
from quotemark.columnar.spans import span_list
from quotemark.columnar.work import Work, said, work_for

LEAST_SPAN, LEAST_FRAGMENT, LEAST_RELATION = 24, 5, 20
"""How many bytes each takes at least."""


def read(
    data: Bytes, starts: Numbers, ends: Numbers, names: Names, *, hashed: bool
) -> Columns | None:
    """The columns of the lines of `data` from `starts` to `ends`; None where one is declined."""
    lengths = ends - starts
    total, longest = int(lengths.sum()), int(lengths.max(initial=0))
    columns = empty(len(starts), total // LEAST_SPAN + 1, total // LEAST_FRAGMENT + 1)
    work = work_for(longest // LEAST_SPAN + 1, longest // LEAST_RELATION + 1, hashed)
    return columns if scan(data, starts, ends, names, columns, work) else None


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
                i, named = string(data, i, end)
                out.annotator[line] = named if named != NOTHING else ONE  # 0 is nobody
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
    out.said[line], known = said(spans - first, relations, work)
    return i if known else -1
