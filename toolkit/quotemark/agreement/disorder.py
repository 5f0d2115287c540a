"""The least disorder of several annotators' units: what γ compares with chance.

Mathet, Widlöcher and Métivier, *The unified and holistic method gamma* (2015). A unitary
alignment holds at most one unit of each annotator; an alignment has every unit in exactly one.
Its disorder is the sum over its unitary alignments of the mean dissimilarity of all pairs in
them, where a pair with an annotator who has no unit there costs `EMPTY`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Units = NDArray[np.int64]
"""One annotator's units, `(units, 2)`: half-open code point offsets, start < end."""

Table = NDArray[np.int64]
"""Unitary alignments, `(alignments, annotators)`: whose unit, by its number among all; else -1."""

EMPTY = 1.0
"""Δ∅: the dissimilarity of a unit and none. The unit in which disorder is measured."""


def dissimilarity(ours: Units, theirs: Units) -> NDArray[np.float64]:
    """Positional dissimilarity: the square of both ends' distances over both lengths' sum.

    `(ours, theirs)`, 0 for the same place, at most 1 for units that overlap, without limit
    for others.

    >>> dissimilarity(np.array([[0, 10]]), np.array([[0, 10], [0, 5], [10, 20]]))
    array([[0.        , 0.11111111, 1.        ]])
    """
    ours_, theirs_ = ours[:, None, :].astype(float), theirs[None, :, :].astype(float)
    apart = np.abs(ours_ - theirs_).sum(axis=-1)
    sizes = (ours_[..., 1] - ours_[..., 0]) + (theirs_[..., 1] - theirs_[..., 0])
    found: NDArray[np.float64] = (apart / sizes) ** 2 * EMPTY
    return found


def least_disorder(layers: Sequence[Units]) -> float:
    """The disorder of the best alignment found: exact for two annotators, for more from above.

    For more it is a local optimum: no way of parting the annotators in two (with one or two on
    a side), and joining the two sides' halves of unitary alignments anew, is better. Each of
    these steps is an optimal assignment. docs/agreement.md states how near it comes. No units
    have no disorder. Raises `ValueError` for fewer than two layers.

    >>> one, two = np.array([[0, 10], [20, 30]]), np.array([[0, 10]])
    >>> least_disorder([one, two]), least_disorder([one, one, one])
    (1.0, 0.0)
    """
    if len(layers) < 2:
        raise ValueError("disorder is that of two layers or more")
    units = np.concatenate([layer.reshape(-1, 2) for layer in layers])
    if not len(units):
        return 0.0
    costs = np.zeros((len(units) + 1, len(units) + 1))  # the last is nobody's: -1
    pairs = len(layers) * (len(layers) - 1) / 2
    costs[:-1, :-1] = (dissimilarity(units, units) - EMPTY) / pairs
    return _disorder(_improved(_started(layers, costs), costs), costs)


def _started(layers: Sequence[Units], costs: NDArray[np.float64]) -> Table:
    """An alignment made by adding one annotator after the other."""
    table: Table = np.full((0, len(layers)), -1)
    first = 0
    for number, layer in enumerate(layers):
        own = np.full((len(layer), len(layers)), -1)
        own[:, number] = np.arange(first, first + len(layer))
        first += len(layer)
        table = _joined(table, own, costs)
    return table


def _improved(table: Table, costs: NDArray[np.float64]) -> Table:
    """An alignment that no parting of the annotators makes better."""
    sides = list(_sides(table.shape[1])) if table.shape[1] > 2 else []
    disorder, still, turn = _disorder(table, costs), 0, 0
    while still < len(sides):
        side = sides[turn % len(sides)]
        turn += 1
        found = _joined(_half(table, side), _half(table, ~side), costs)
        now = _disorder(found, costs)
        if now < disorder - 1e-9:
            table, disorder, still = found, now, 0
        else:
            still += 1
    return table


def _half(table: Table, side: NDArray[np.bool_]) -> Table:
    """The unitary alignments without the other side's annotators."""
    half: Table = np.where(side, table, -1)
    return half[(half >= 0).any(axis=1)]


def _sides(annotators: int) -> Iterator[NDArray[np.bool_]]:
    for size in (1, 2) if annotators > 3 else (1,):
        for chosen in combinations(range(annotators), size):
            if 2 * size < annotators or 0 in chosen:  # two halves are one parting
                side = np.zeros(annotators, bool)
                side[list(chosen)] = True
                yield side


def _joined(ours: Table, theirs: Table, costs: NDArray[np.float64]) -> Table:
    """The optimal joining of unitary alignments of two sides that share no annotator."""
    if not len(ours) or not len(theirs):
        return np.concatenate([ours, theirs])
    joining = np.full((len(ours), len(theirs)), -EMPTY)  # one unitary alignment less
    for left in ours.T[(ours >= 0).any(axis=0)]:
        for right in theirs.T[(theirs >= 0).any(axis=0)]:
            joining += costs[left[:, None], right]
    rows, columns = linear_sum_assignment(np.minimum(joining, 0.0))
    worth = joining[rows, columns] < 0
    rows, columns = rows[worth], columns[worth]
    both = np.maximum(ours[rows], theirs[columns])
    return np.concatenate([both, np.delete(ours, rows, 0), np.delete(theirs, columns, 0)])


def _disorder(table: Table, costs: NDArray[Any]) -> float:
    inside = sum(
        (costs[table[:, i], table[:, j]].sum() for i, j in combinations(range(table.shape[1]), 2)),
        0.0,
    )
    return max(0.0, float(inside) + EMPTY * len(table))
