"""The columns of a Parquet file of layers, in the order in which they stand in it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

NAME, STRING, INTEGER, DOUBLE = range(4)
"""Kinds of values; names are strings whose hashes are asked for."""

NEVER, NULL, NULL_ITEM, EMPTY = -1, 0, 3, 4
"""Definition levels that may be besides: none, of a null, of one in a list's item, of an empty
list in a list's item."""


class Shape(NamedTuple):
    """What is known of a column beforehand."""

    kind: int
    depth: int  # in how many lists its values are
    most: int  # the definition level of what is there
    other: int  # another that may be, -1: none


SHAPES = {
    "id": Shape(NAME, 0, 1, NEVER),
    "text": Shape(STRING, 0, 1, NULL),
    "text_sha256": Shape(NAME, 0, 1, NEVER),
    "annotator": Shape(NAME, 0, 1, NEVER),
    "spans.list.element.id": Shape(NAME, 1, 4, NEVER),
    "spans.list.element.label": Shape(NAME, 1, 4, NEVER),
    "spans.list.element.fragments.list.element": Shape(INTEGER, 2, 6, EMPTY),
    "spans.list.element.attributes.key_value.key": Shape(NAME, 2, 5, EMPTY),
    "spans.list.element.attributes.key_value.value": Shape(STRING, 2, 6, EMPTY),
    "spans.list.element.score": Shape(DOUBLE, 1, 4, NULL_ITEM),
    "spans.list.element.meta": Shape(STRING, 1, 4, NULL_ITEM),
    "relations.list.element.label": Shape(NAME, 1, 4, NEVER),
    "relations.list.element.head": Shape(NAME, 1, 4, NEVER),
    "relations.list.element.tail": Shape(NAME, 1, 4, NEVER),
    "entities.list.element.id": Shape(STRING, 1, 4, NEVER),
    "entities.list.element.name": Shape(NAME, 1, 4, NEVER),
    "entities.list.element.aliases.list.element": Shape(NAME, 2, 6, EMPTY),
    "asked": Shape(STRING, 0, 1, NULL),
    "status": Shape(NAME, 0, 1, NEVER),
    "scheme": Shape(STRING, 0, 1, NEVER),
    "provenance": Shape(STRING, 0, 1, NULL),
    "meta": Shape(STRING, 0, 1, NULL),
}
"""Each column, by the path of its values."""

ID, TEXT, SHA, ANNOTATOR = range(4)
SPAN_ID, LABEL, FRAGMENT, KEY, VALUE, SCORE, SPAN_META = range(4, 11)
RELATION, HEAD, TAIL, ENTITY_ID, ENTITY, ALIAS = range(11, 17)
ASKED, STATUS, SCHEME, PROVENANCE, META = range(17, 22)
"""The places of the columns."""

TABLE = np.array(list(SHAPES.values()), np.int64)
