"""The best one-to-one pairs, by whatever a protocol prefers."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import lcm

from quotemark.assignment import Pair, assign
from quotemark.matching import components
from quotemark.metrics.counts import Number


def best_pairs(worth: Mapping[Pair, tuple[Number, ...]]) -> list[Pair]:
    """The one-to-one pairs whose worths have the largest sum, first entries first.

    `worth` has the pairs that are allowed, each with as many entries, 0 or more: what matters
    most comes first, and only where that is even the next. A pair of zeros is never taken. What
    several best choices share, the sums, is well defined; which of them is taken is not, so
    whatever is counted over the pairs must be among the entries. No pairs allowed: none.

    >>> best_pairs({Pair(0, 0): (1, 9), Pair(0, 1): (1, 1), Pair(1, 0): (1, 1)})
    [Pair(gold=0, pred=1), Pair(gold=1, pred=0)]
    """
    found = []
    for group in components(worth):
        golds, preds = sorted({g for g, _ in group}), sorted({p for _, p in group})
        rows, columns = ({index: n for n, index in enumerate(side)} for side in (golds, preds))
        weights = [[0] * len(preds) for _ in golds]
        for pair, weight in zip(group, _as_one(list(group.values())), strict=True):
            weights[rows[pair.gold]][columns[pair.pred]] = weight
        found += [Pair(golds[row], preds[column]) for row, column in assign(weights)]
    return sorted(found)


def _as_one(worths: list[tuple[Number, ...]]) -> list[int]:
    """One whole number for each worth, sums of which compare as sums of the worths do."""
    units = [
        lcm(*(Fraction(part).denominator for part in parts)) for parts in zip(*worths, strict=True)
    ]
    whole = [tuple(int(p * unit) for p, unit in zip(worth, units, strict=True)) for worth in worths]
    rooms = [len(worths) * max(parts) + 1 for parts in zip(*whole, strict=True)]
    totals = []
    for worth in whole:
        total = 0
        for part, room in zip(worth, rooms, strict=True):
            total = total * room + part
        totals.append(total)
    return totals
