"""How many documents it takes to tell two systems apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quotemark.stats.paired import Pair
from quotemark.stats.resampling import Statistic
from quotemark.stats.sums import BLOCK, Array

STEP = 1e-6
"""How far a derivative looks, as a share of the sums."""

SIMULATED = 2
"""The stream of random numbers of simulated test sets, from one seed (see `sums.DRAWN`)."""


class Planned(NamedTuple):
    """What a number of documents gives.

    `documents` is the least number whose power is at least the one asked for, to two digits, and
    `power` its power; both None where no number up to the limit is enough. `now` is the power of
    as many documents as there are, None where the two systems' values are the same: no test can
    find what is not there.
    """

    documents: int | None
    power: float | None
    now: float | None


def documents_needed(
    pair: Pair,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    limit: int = 100_000,
    simulations: int = 1000,
    seed: int = 1,
) -> Planned | None:
    """How many documents tell two systems apart as often as `power` says, at level `alpha`.

    Were the documents at hand all that there are, test sets of any size could be drawn from
    them. For each size `simulations` are, with both systems' counts, and tested; the power is
    how often the test finds the difference that was seen. The test is paired randomization in
    its normal approximation (see `scores`), a permutation test in each being too slow. Sizes
    have two digits, then zeros; the least is found by bisection.

    None with fewer than two documents, or an undefined difference. Raises `ValueError` for a
    power, level, limit or number of simulations out of range.

    >>> def share(sums): return sums[..., 0] / sums.sum(axis=-1)
    >>> first = np.array([[1, 0], [1, 0], [1, 0], [0, 1]])
    >>> documents_needed(Pair(first, first[::-1], share))
    Planned(documents=None, power=None, now=None)
    >>> second = np.array([[1, 0], [0, 1], [0, 1], [0, 1]])
    >>> documents_needed(Pair(first, second, share)).documents
    15
    """
    if not 0 < power < 1 or not 0 < alpha < 1 or limit < 2 or simulations < 1:
        raise ValueError(f"power {power}, alpha {alpha}, limit {limit}, simulations {simulations}")
    present = pair.documents
    if present < 2 or np.isnan(pair.difference):
        return None
    if pair.difference == 0:
        return Planned(None, None, None)
    simulated = cache(_simulation(pair, alpha, simulations, seed))
    sizes = _sizes(limit)
    enough = _least(sizes, lambda size: simulated(size) >= power)
    reached = None if enough is None else simulated(enough)
    return Planned(enough, reached, simulated(present))


def scores(first: Array, second: Array, moments: Array, statistic: Statistic) -> Array:
    """How many standard deviations of swapping a difference lies from 0.

    Of sums `(…, counts)` of two systems and the summed products `(…, counts, counts)` of what
    their documents' counts differ by. Swapping moves the sums about their mean, by half of ±d
    for each document, the one up as the other goes down; so the difference of a statistic with
    gradient g varies by gᵀ(Σ d dᵀ)g, in the first order.
    """
    middle = (first + second) / 2
    step = STEP * middle.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        gradient = np.stack(
            [
                (statistic(middle + step[..., None] * side) - statistic(middle)) / step
                for side in np.eye(middle.shape[-1])
            ],
            axis=-1,
        )
        variance = np.einsum("...i,...ij,...j->...", gradient, moments, gradient)
        found: Array = (statistic(first) - statistic(second)) / np.sqrt(variance)
    return found


def _simulation(pair: Pair, alpha: float, simulations: int, seed: int) -> Callable[[int], float]:
    """The power of a number of documents, the same whichever system is the first."""
    from scipy.special import ndtri

    fields = pair.first.shape[1]
    better_first = (pair.first, pair.second) if pair.difference > 0 else (pair.second, pair.first)
    both = np.hstack(better_first).astype(float)
    both = both if pair.scored is None else both[pair.scored]
    kinds, often = np.unique(both, axis=0, return_counts=True)
    apart = kinds[:, :fields] - kinds[:, fields:]
    products = (apart[:, :, None] * apart[:, None, :]).reshape(len(kinds), -1)
    table = np.hstack([kinds, products, np.any(apart, axis=1, keepdims=True)])
    least = np.ceil(1 - np.log2(alpha))  # fewer documents that differ cannot be significant
    critical = ndtri(1 - alpha / 2)

    def power(size: int) -> float:
        sums = np.concatenate(list(_drawn(table, often, size, simulations, seed)))
        first, second = sums[:, :fields], sums[:, fields : 2 * fields]
        moments = sums[:, 2 * fields : -1].reshape(-1, fields, fields)
        found = scores(first, second, moments, pair.statistic)
        return float(np.mean((found > critical) & (sums[:, -1] >= least)))

    return power


def _drawn(
    table: Array, often: NDArray[np.int64], size: int, simulations: int, seed: int
) -> Sequence[Array]:
    """Sums over `size` lines of a table, drawn with replacement, each line standing for several."""
    generator = np.random.default_rng([seed, SIMULATED, size])
    chance = often / often.sum()
    block = max(1, BLOCK // len(table))
    return [
        generator.multinomial(size, chance, size=min(block, simulations - start)) @ table
        for start in range(0, simulations, block)
    ]


def _sizes(limit: int) -> list[int]:
    """
    >>> _sizes(130)[-5:]
    [99, 100, 110, 120, 130]
    """
    tens = (10**power for power in range(len(str(limit))))
    found = {digits * ten for ten in tens for digits in range(1, 100)}
    return sorted(size for size in found if 2 <= size <= limit)


def _least(sizes: Sequence[int], enough: Callable[[int], bool]) -> int | None:
    """The first size that is enough, by bisection; None where the last is not.

    >>> _least([2, 3, 4, 5], lambda size: size >= 4), _least([2, 3], lambda size: size > 3)
    (4, None)
    """
    if not enough(sizes[-1]):
        return None
    low, high = 0, len(sizes) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(sizes[middle]) else (middle + 1, high)
    return sizes[high]
