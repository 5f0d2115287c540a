"""Room for what kernels know of one document, made once for a block."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from quotemark.columnar.compiled import Numbers

WIDEST = 128
"""The largest tangle, in spans of one side, that is untangled here."""


class Side(NamedTuple):
    """Room for what is known of one side's spans in one document."""

    order: Numbers  # fragments in the order of the text
    owner: Numbers  # (fragments,): the span of each
    key: Numbers  # (fragments,)
    active: Numbers  # fragments that may still overlap what comes
    size: Numbers  # (spans,): code points
    degree: Numbers  # (spans,)
    place: Numbers  # (spans,): in a tangle
    ends: Numbers  # (labels,): where the last fragment of each label ends


class Edges(NamedTuple):
    """Room for the pairs of spans in one document that share code points."""

    gold: Numbers
    pred: Numbers
    shared: Numbers
    label: Numbers  # the one that both have, -1 where they differ
    key: Numbers
    order: Numbers
    spare: Numbers
    admitted: Numbers  # (edges,): whether a criterion is met
    tangled: Numbers  # (edges,): the places of edges whose spans have others too
    tangled_gold: Numbers
    tangled_pred: Numbers


class Room(NamedTuple):
    """All the room that the kernels need for one document."""

    gold: Side
    pred: Side
    edges: Edges
    root: Numbers  # (golds + preds,): union and find
    first: Numbers
    mate: Numbers
    paths: Numbers  # (3, spans)
    weights: Numbers  # (WIDEST, WIDEST)
    owner: Numbers  # (WIDEST,)
    prices: Numbers  # (6, WIDEST)
    golds: Numbers  # (rows,)
    preds: Numbers  # (rows,)
    gold_sizes: Numbers  # (rows,)
    pred_sizes: Numbers  # (rows,)
    alike: Numbers  # (4 × (labels + 1),)


def room_for(spans: int, fragments: int, labels: int, rows: int) -> Room:
    """Room for documents of at most so many spans and fragments a side."""

    def numbers(*shape: int) -> Numbers:
        return np.empty(shape, np.int64)

    def side() -> Side:
        lengths = (fragments,) * 4 + (spans,) * 3 + (labels,)
        return Side(*map(numbers, lengths))

    edges = 8 * fragments + 64
    return Room(
        side(),
        side(),
        Edges(*(numbers(edges) for _ in Edges._fields)),
        numbers(2 * spans),
        numbers(spans),
        numbers(spans),
        numbers(3, spans + 1),
        numbers(WIDEST, WIDEST),
        numbers(WIDEST),
        numbers(6, WIDEST),
        numbers(rows),
        numbers(rows),
        numbers(rows),
        numbers(rows),
        numbers(4 * (labels + 1)),
    )
