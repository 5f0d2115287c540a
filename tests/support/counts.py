"""Hypothesis strategies for counts of documents, and statistics of their sums."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from quotemark.metrics.counts import Counts

Array = NDArray[Any]


def f1(sums: Array) -> Array:
    return Counts.ratios(sums)[..., 2]


@st.composite
def tables(draw: st.DrawFn, least: int = 1, most: int = 8, some: bool = False) -> Array:
    """tp, fp and fn of one system on a few documents; with `some`, each has one or more tp."""
    number = st.integers(0, 5)
    rows = st.tuples(st.integers(1, 5) if some else number, number, number)
    return np.array(draw(st.lists(rows, min_size=least, max_size=most)))


@st.composite
def two_tables(
    draw: st.DrawFn, least: int = 1, most: int = 8, some: bool = False
) -> tuple[Array, Array]:
    """Counts of two systems on the same documents: the golds are theirs in common."""
    first = draw(tables(least, most, some))
    golds = first[:, 0] + first[:, 2]
    tp = np.array([draw(st.integers(min(int(some), int(gold)), int(gold))) for gold in golds])
    fp = np.array([draw(st.integers(0, 5)) for _ in golds])
    return first, np.stack([tp, fp, golds - tp], axis=1)


def many(documents: int, seed: int, skill: float = 0.8, system: int = 0) -> Array:
    """tp, fp and fn of a system on many documents, some harder than others.

    Gold and its hard documents come from `seed`, what a system makes of it from `system` too.
    """
    truth, luck = np.random.default_rng(seed), np.random.default_rng([seed, system])
    golds = truth.poisson(6, documents)
    found = luck.binomial(golds, np.minimum(1, skill * truth.beta(8, 2, documents) / 0.8))
    return np.stack([found, luck.poisson(1, documents), golds - found], axis=1)
