"""Units drawn with known chances, and scores that weigh them by these.

Choosing what to score by disagreement favours hard documents: the score is then too low. Drawn by
chance, and weighted by 1/π, it is not biased (Horvitz and Thompson 1952).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quotemark.errors import error
from quotemark.metrics.counts import Counts
from quotemark.metrics.results import RATIOS, Row
from quotemark.ranking.interval import NORMAL, ratio

Array = NDArray[np.float64]

EVEN = 0.1
"""The share of a draw that favours nobody, so that no weight gets above ten times the mean."""

DRAWN = 11
"""The stream of random numbers of these draws, from one seed."""


def chances(sizes: Sequence[float], number: int) -> list[float]:
    """The chance of each unit to be among `number` drawn, in proportion to its size if it can be.

    A tenth is spread evenly; what would be above 1 is 1, and the others get the rest. They add up
    to `number`, or are all 1 where there are no more units. Sizes of 0 throughout: all alike.

    >>> [round(chance, 3) for chance in chances([8, 1, 1, 0], 2)]
    [1.0, 0.451, 0.451, 0.098]
    >>> chances([3, 1], 5), chances([], 5)
    ([1.0, 1.0], [])
    """
    if any(not 0 <= size < np.inf for size in sizes) or number < 0:
        raise ValueError("sizes and their number must be 0 or more")
    if number >= len(sizes):
        return [1.0] * len(sizes)
    wanted = np.array(sizes, dtype=float)
    total = wanted.sum()
    share = wanted / total if total else np.full(len(wanted), 1 / len(wanted))
    share = (1 - EVEN) * share + EVEN / len(wanted)
    found = np.zeros(len(wanted))
    open_ = np.ones(len(wanted), dtype=bool)
    while True:
        rest = number - np.count_nonzero(~open_)
        found[open_] = rest * share[open_] / share[open_].sum()
        above = open_ & (found >= 1)
        if not above.any():
            return [float(each) for each in found]
        found[above] = 1.0
        open_ &= ~above
        if not open_.any():
            return [float(each) for each in found]


def draw(found: Sequence[float], *, seed: int = 1) -> list[int]:
    """The places of the units drawn, each with its chance: systematically, from a shuffled order.

    As many as chances add up to (Madow 1949), in the shuffled order, so that whoever stops early
    stops by chance.

    >>> sorted(draw([1.0, 0.5, 0.5, 0.0]))[0], len(draw([0.25] * 40))
    (0, 10)
    """
    number = round(sum(found))
    generator = np.random.default_rng([seed, DRAWN])
    order = generator.permutation(len(found))
    reached = np.cumsum(np.array(found, dtype=float)[order])
    if not number:
        return []
    reached[-1] = number  # rounding must not lose the last
    steps = generator.random() + np.arange(number)
    return [int(place) for place in order[np.searchsorted(reached, steps, side="right")]]


class Weighted(NamedTuple):
    """Scores over all that was drawn from, with 95% intervals; None where undefined."""

    precision: float | None
    recall: float | None
    f1: float | None
    intervals: Mapping[str, tuple[float, float] | None]


def weighted_scores(row: Row, drawn: Mapping[str, float]) -> Weighted:
    """A row's scores, each document weighted by one over its chance to have been drawn.

    Hájek's ratio of weighted sums (1971), which estimates the score over everything that was drawn
    from. Intervals are by linearization, with Hájek's variance of a draw of fixed size (1964);
    None with fewer than two documents. Documents that were not drawn but are certain to be in
    have the chance 1. Raises `QuotemarkError` for a document without a chance above 0 and up to
    1, and a row that is not of tp, fp and fn.

    >>> from quotemark.metrics.ledger import ledger
    >>> from quotemark.metrics.names import parse
    >>> row = Row(parse("exact"), "Quote", ledger(["a", "b"], [Counts(tp=1), Counts(tp=1, fn=1)]))
    >>> weighted_scores(row, {"a": 0.25, "b": 1.0}).recall
    0.8333333333333334
    """
    if row.documents.kind is not Counts:
        raise error("metric", f"{row.metric} does not count tp, fp and fn", "name one that does")
    docs = [
        d for d, scored in zip(row.documents.documents, row.documents.scored, strict=True) if scored
    ]
    for doc in docs:
        if not 0 < drawn.get(doc, 0) <= 1:
            message = f"has the chance {drawn[doc]}" if doc in drawn else "has no chance"
            remedy = "give what next --sample wrote; 1 for what was there before the draw"
            raise error("chance", message, remedy, doc=doc)
    share = np.array([drawn[doc] for doc in docs], dtype=float)
    counts = row.documents.matrix
    values: dict[str, float | None] = {}
    ends: dict[str, tuple[float, float] | None] = {}
    for name in RATIOS:
        parts, wholes = (each / share for each in ratio(counts, name))
        total = float(wholes.sum())
        values[name] = float(parts.sum() / total) if total else None
        ends[name] = None
        if total and len(docs) > 1:
            error_ = _deviation(parts - values[name] * wholes, share) / total
            middle = float(values[name] or 0)
            ends[name] = (max(0.0, middle - NORMAL * error_), min(1.0, middle + NORMAL * error_))
    return Weighted(values["precision"], values["recall"], values["f1"], ends)


def _deviation(weighted: Array, share: Array) -> float:
    """The standard error of a sum of weighted residuals: Hájek's approximation of its variance."""
    open_ = 1 - share
    if not open_.sum():
        return 0.0
    middle = (open_ * weighted).sum() / open_.sum()
    number = len(weighted)
    variance = number / (number - 1) * (open_ * (weighted - middle) ** 2).sum()
    return float(np.sqrt(variance))
