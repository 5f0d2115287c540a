"""Layers as columns: what a block of documents says, in arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from quotemark.columnar.compiled import Hashes, Numbers, Smalls
from quotemark.metrics.case import groups
from quotemark.metrics.fingerprint import of_string
from quotemark.scheme import Scheme

MOST = 64
"""How many groups, and how many attributes that have any, fit into the bits of a number."""


class Columns(NamedTuple):
    """The layers of a block, one a line: `m` layers, `s` spans, `f` fragments.

    Spans of layer k are those from `spans[k]` to `spans[k + 1]`; fragments of span j those from
    `fragments[j]` to `fragments[j + 1]`, in the order of the text, disjoint and not touching.
    """

    spans: Numbers  # (m + 1,)
    annotator: Hashes  # (m,), 0 where the layer names none
    text: Numbers  # (m, 2): where its text stands in the bytes, -1 where there is none
    meta: Numbers  # (m, 2): so of its meta
    sha: Hashes  # (m,): of the SHA-256 of its text, that of "" where it is not known
    said: Hashes  # (m,): the sum of its spans' hashes
    entities: Hashes  # (m,): the sum of its entities' hashes
    reach: Numbers  # (m,): where its last span ends
    label: Smalls  # (s,): the place of its label in the scheme
    fragments: Numbers  # (s + 1,)
    has: Hashes  # (s,): a bit for each attribute of `Names` that it has, be it null
    holds: Hashes  # (s,): a bit for each group that it is in
    start: Smalls  # (f,)
    end: Smalls  # (f,)


class Names(NamedTuple):
    """A scheme's names as hashes: labels, attributes that have groups, and groups."""

    label: Hashes  # (labels,)
    attribute_label: Numbers  # (attributes,): the place of the label
    attribute: Hashes  # (attributes,)
    group_attribute: Numbers  # (groups,): the place of the attribute
    group_value: Hashes  # (groups,)


class Rows(NamedTuple):
    """The rows of span scores, as `case.groups` has them: those of a label stand together."""

    first: Numbers  # (labels + 1,): the first row of each label, which is the whole label's
    attribute: Numbers  # (rows,): the place of the attribute, -1 for a whole label
    group: Numbers  # (rows,): the place of the group, -1 for a whole label


def names_of(scheme: Scheme) -> tuple[Names, Rows] | None:
    """A scheme's names and rows; None where it has more groups than fit.

    >>> from quotemark.scheme import default_scheme
    >>> names, rows = names_of(default_scheme())
    >>> len(names.label), len(rows.group)
    (4, 10)
    """
    found = groups(scheme)
    labels = list(scheme.labels)
    attributes = list(dict.fromkeys((g.label, g.attribute) for g in found if g.attribute))
    valued = [g for g in found if g.attribute]
    if max(len(attributes), len(valued)) > MOST:
        return None
    places = {(g.label, g.attribute): attributes.index((g.label, g.attribute)) for g in valued}
    names = Names(
        hashes(labels),
        np.array([labels.index(label) for label, _ in attributes], np.int64),
        hashes([name for _, name in attributes]),
        np.array([places[g.label, g.attribute] for g in valued], np.int64),
        hashes([g.value for g in valued]),
    )
    rows = Rows(
        np.array([*(k for k, g in enumerate(found) if not g.attribute), len(found)], np.int64),
        np.array([places.get((g.label, g.attribute), -1) for g in found], np.int64),
        np.array([valued.index(g) if g.attribute else -1 for g in found], np.int64),
    )
    return names, rows


def hashes(strings: list[str]) -> Hashes:
    """The hash of each string."""
    return np.array([of_string(string) for string in strings], np.uint64)


def empty(layers: int, spans: int, fragments: int) -> Columns:
    """Columns with room for so many, to be filled."""
    return Columns(
        np.zeros(layers + 1, np.int64),
        np.zeros(layers, np.uint64),
        np.full((layers, 2), -1, np.int64),
        np.full((layers, 2), -1, np.int64),
        np.zeros(layers, np.uint64),
        np.zeros(layers, np.uint64),
        np.zeros(layers, np.uint64),
        np.zeros(layers, np.int64),
        np.empty(spans, np.int32),
        np.zeros(spans + 1, np.int64),
        np.empty(spans, np.uint64),
        np.empty(spans, np.uint64),
        np.empty(fragments, np.int32),
        np.empty(fragments, np.int32),
    )
