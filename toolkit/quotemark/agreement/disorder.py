"""The least disorder of several annotators' units: what γ compares with chance.

Mathet, Widlöcher and Métivier, *The unified and holistic method gamma* (2015). A unitary
alignment holds at most one unit of each annotator; an alignment has every unit in exactly one.
Its disorder is the sum over its unitary alignments of the mean dissimilarity of all pairs in
them, where a pair with an annotator who has no unit there costs `EMPTY`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Units = NDArray[np.int64]
"""One annotator's units, `(units, 2)`: half-open code point offsets, start < end."""

Table = NDArray[np.int64]
"""Unitary alignments, `(alignments, annotators)`: whose unit, by its number among all; else -1."""

Costs = NDArray[np.float64]
Places = NDArray[np.intp]

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


def least_disorder(layers: Sequence[Units], *, starts: int = 1) -> float:
    """The disorder of the best alignment found: exact for two annotators, for more from above.

    For more it is a local optimum: no way of parting the annotators in two (with one or two on
    a side), and joining the two sides' halves of unitary alignments anew, is better. Each of
    these steps is an optimal assignment. Of several `starts`, all but the first with costs
    blurred at random (from one seed), the best counts; docs/agreement.md states how near it
    comes. No units have no disorder. Raises `ValueError` for fewer than two layers.

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
    np.fill_diagonal(costs, 0.0)
    generator = np.random.default_rng(1)
    found = []
    for start in range(starts if len(layers) > 2 else 1):
        blur = generator.normal(1.0, 1.0, costs.shape) if start else 1.0
        found.append(_disorder(_improved(_started(layers, costs * blur), costs), costs))
    return min(found)


def _started(layers: Sequence[Units], costs: Costs) -> Table:
    """An alignment made by adding one annotator after the other."""
    table: Table = np.full((0, len(layers)), -1)
    first = 0
    for number, layer in enumerate(layers):
        own = np.full((len(layer), len(layers)), -1)
        own[:, number] = np.arange(first, first + len(layer))
        first += len(layer)
        joinings = costs[table].sum(axis=1)[:, own[:, number]] - EMPTY
        table = _joined(table, own, *_assigned(joinings))
    return table


def _improved(table: Table, costs: Costs) -> Table:
    """An alignment that no parting of the annotators in two makes better.

    Partings take turns; each joins its two sides' halves anew if that is better.
    """
    partings, sides = _partings(table.shape[1])
    since = turn = 0
    while since < len(partings):
        if not since:  # a new alignment
            to_all, there = costs[table], (table >= 0).astype(int)
            no_left, no_right = sides @ there.T == 0, (1 - sides) @ there.T == 0
        number = turn % len(partings)
        ours, theirs = partings[number]
        turn, since = turn + 1, since + 1
        joinings = to_all[:, ours].sum(axis=1)[:, table[:, theirs]].sum(axis=2) - EMPTY
        joinings[no_left[number]] = 0.0
        joinings[:, no_right[number]] = 0.0
        rows, columns = _assigned(joinings)
        if joinings[rows, columns].sum() < joinings.trace() - 1e-9:
            table, since = _rejoined(table, theirs, rows, columns), 0
    return table


def _rejoined(table: Table, theirs: Places, rows: Places, columns: Places) -> Table:
    """One side of some unitary alignments with the other side of others; what is left by itself."""
    left, right = table.copy(), np.full_like(table, -1)
    left[:, theirs], right[:, theirs] = -1, table[:, theirs]
    joined = _joined(left, right, rows, columns)
    return joined[(joined >= 0).any(axis=1)]


@cache
def _partings(annotators: int) -> tuple[list[tuple[Places, Places]], Places]:
    """Partings in two, with one annotator or two on the first side: the numbers of both sides.

    And `(partings, annotators)` with 1 for the first side. Two annotators, whose one parting is
    never better, have none.
    """
    sizes = (1, 2) if annotators > 3 else (1,) if annotators > 2 else ()
    everybody = np.arange(annotators)
    first = [
        np.array(chosen)
        for size in sizes
        for chosen in combinations(range(annotators), size)
        if 2 * size < annotators or 0 in chosen  # two halves are one parting
    ]
    sides = np.array([np.isin(everybody, each) for each in first], int)
    return [(each, np.setdiff1d(everybody, each)) for each in first], sides


def _assigned(joinings: Costs) -> tuple[Places, Places]:
    """The joinings that cost least together: rows and columns, those that save something."""
    rows, columns = linear_sum_assignment(np.minimum(joinings, 0.0))
    worth = joinings[rows, columns] < 0
    return rows[worth], columns[worth]


def _joined(ours: Table, theirs: Table, rows: Places, columns: Places) -> Table:
    """Unitary alignments of two sides that share no annotator, some of them joined."""
    left, right = np.ones(len(ours), bool), np.ones(len(theirs), bool)
    left[rows] = right[columns] = False
    return np.concatenate([np.maximum(ours[rows], theirs[columns]), ours[left], theirs[right]])


def _disorder(table: Table, costs: Costs) -> float:
    inside = costs[table[:, :, None], table[:, None, :]].sum() / 2
    return max(0.0, float(inside) + EMPTY * len(table))
