"""Whether two groups of documents differ: a permutation test of a statistic of summed counts."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np

from quotemark.stats.paired import EQUAL
from quotemark.stats.resampling import Statistic
from quotemark.stats.sums import Array

BLOCK = 1_000_000
"""How many random numbers are in memory at a time."""


def permutation(
    first: Array, second: Array, statistic: Statistic, *, resamples: int = 10_000, seed: int = 1
) -> float | None:
    """The p-value of a difference between two groups (Fisher 1935; Pitman 1937), two-sided.

    `first` and `second` are `(documents, counts)`. Were it all the same which group a document is
    of, they could as well be parted in any other way into groups of these sizes: p is the share
    of ways whose difference of the statistic is at least as large. Where there are no more ways
    than `resamples`, every one is taken; else so many are drawn, and 1 is added to both numbers
    (Phipson and Smyth 2010). Ways that leave a value undefined are passed over. None where the
    difference itself is undefined. Raises `ValueError` for no resamples.

    >>> def share(sums): return sums[..., 0] / sums.sum(axis=-1)
    >>> permutation(np.array([[1, 0]] * 3), np.array([[0, 1]] * 3), share)  # 2 of 20 ways
    0.1
    """
    if resamples < 1:
        raise ValueError(f"resamples {resamples}")
    if not len(first) or not len(second):
        return None
    counts = np.concatenate([first, second]).astype(float)
    total = counts.sum(axis=0)
    size, documents = len(first), len(counts)
    every = comb(documents, size) <= resamples

    def differences(sums: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Array = statistic(sums) - statistic(total - sums)
        return found

    observed = float(differences(counts[:size].sum(axis=0)))
    if np.isnan(observed):
        return None
    if every:
        ways = np.array(list(combinations(range(documents), size)))
        values = differences(counts[ways].sum(axis=1))
    else:
        values = differences(_drawn(counts, size, resamples, seed))
    values = values[~np.isnan(values)]
    beyond = np.count_nonzero(np.abs(values) >= abs(observed) - EQUAL)
    return float((beyond + (not every)) / (len(values) + (not every)))


def _drawn(counts: Array, size: int, resamples: int, seed: int) -> Array:
    """Sums over `size` documents drawn without replacement, `resamples` times."""
    generator = np.random.default_rng(seed)
    block = max(1, BLOCK // len(counts))
    sums = []
    for start in range(0, resamples, block):
        keys = generator.random((min(block, resamples - start), len(counts)))
        chosen = np.argpartition(keys, size - 1, axis=1)[:, :size]
        sums.append(counts[chosen].sum(axis=1))
    return np.concatenate(sums)
