"""The best one-to-one choice among pairs that each have a weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Pair(NamedTuple):
    """Two aligned spans, by their places in the sequences that were aligned."""

    gold: int
    pred: int


def assign(weights: Sequence[Sequence[int]]) -> list[Pair]:
    """The one-to-one assignment of rows to columns with the largest total weight.

    `weights` is a matrix of whole numbers, 0 or more; 0 forbids a pair. The Hungarian
    algorithm with potentials (Kuhn 1955, Munkres 1957), exact for numbers of any size. The
    same matrix always gives the same pairs. No rows or no columns: no pairs.

    >>> assign([[3, 2], [2, 0]])
    [Pair(gold=0, pred=1), Pair(gold=1, pred=0)]
    """
    rows, columns = len(weights), len(weights[0]) if weights else 0
    if not columns:
        return []
    if rows > columns:
        turned = assign([list(column) for column in zip(*weights, strict=True)])
        return sorted(Pair(row, column) for column, row in turned)
    if rows == 1:
        best = max(range(columns), key=lambda j: (weights[0][j], -j))
        return [Pair(0, best)] if weights[0][best] else []
    taken = _hungarian(weights, rows, columns)
    pairs = (Pair(row, column) for column, row in enumerate(taken) if row >= 0)
    return sorted(pair for pair in pairs if weights[pair.gold][pair.pred])


def _hungarian(weights: Sequence[Sequence[int]], rows: int, columns: int) -> list[int]:
    """The row of each column, -1 where it has none: one shortest augmenting path a row."""
    row_price, column_price = [0] * rows, [0] * columns
    owner = [-1] * columns
    for start in range(rows):
        slack = [-weights[start][j] - row_price[start] - column_price[j] for j in range(columns)]
        came_from = [-1] * columns
        waiting, tree = list(range(columns)), list[int]()
        while True:
            nearest = min(waiting, key=slack.__getitem__)
            step = slack[nearest]
            row_price[start] += step
            for j in tree:
                row_price[owner[j]] += step
                column_price[j] -= step
            for j in waiting:
                slack[j] -= step
            waiting.remove(nearest)
            tree.append(nearest)
            row = owner[nearest]
            if row < 0:
                break
            for j in waiting:
                cost = -weights[row][j] - row_price[row] - column_price[j]
                if cost < slack[j]:
                    slack[j], came_from[j] = cost, nearest
        while nearest >= 0:
            previous = came_from[nearest]
            owner[nearest] = start if previous < 0 else owner[previous]
            nearest = previous
    return owner
