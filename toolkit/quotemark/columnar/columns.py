"""Layers as columns: what a block of documents says, in arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from quotemark.columnar.compiled import Hashes, Numbers, Smalls, compiled
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


def concatenated(parts: Sequence[Columns]) -> Columns:
    """Columns one behind the other."""
    found = Columns(*map(np.concatenate, zip(*parts, strict=True)))
    return found._replace(
        spans=_ends([part.spans for part in parts]),
        fragments=_ends([part.fragments for part in parts]),
    )


def _ends(parts: Sequence[Numbers]) -> Numbers:
    """Where lists end, from where they end in each part."""
    before = np.cumsum([0, *(part[-1] for part in parts)])
    ends = (part[1:] + start for part, start in zip(parts, before, strict=False))
    return np.concatenate([[0], *ends])


@compiled
def take(columns: Columns, layers: Numbers, out: Columns) -> None:
    """Copy some layers, in their order, to columns that have room for just these.

    `text` and `meta`, places in bytes, are not taken.
    """
    s, f = 0, 0
    for n in range(len(layers)):
        k = layers[n]
        out.annotator[n], out.sha[n], out.said[n] = (
            columns.annotator[k],
            columns.sha[k],
            columns.said[k],
        )
        out.entities[n], out.reach[n] = columns.entities[k], columns.reach[k]
        for j in range(columns.spans[k], columns.spans[k + 1]):
            out.label[s], out.has[s], out.holds[s] = (
                columns.label[j],
                columns.has[j],
                columns.holds[j],
            )
            for i in range(columns.fragments[j], columns.fragments[j + 1]):
                out.start[f], out.end[f] = columns.start[i], columns.end[i]
                f += 1
            s += 1
            out.fragments[s] = f
        out.spans[n + 1] = s
