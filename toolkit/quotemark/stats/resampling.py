"""Bootstrap intervals of one statistic of summed counts: percentile and BCa."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from quotemark.stats.sums import Array, drawn

Statistic = Callable[[Array], Array]
"""Of sums `(…, counts)`, values `(…)` or `(…, values)`; NaN where they are undefined."""

METHODS = ("percentile", "bca")
"""Ways to make an interval of resamples."""


class Interval(NamedTuple):
    """A confidence interval's two ends."""

    low: float
    high: float


def bootstrap(
    counts: Array,
    statistic: Statistic,
    *,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 1,
    method: str = "percentile",
) -> Interval | None:
    """The bootstrap interval of a statistic of summed counts, documents drawn again (Efron 1979).

    `counts` has one row of additive counts for each document. Resamples in which the statistic
    is undefined are passed over. None with fewer than two documents, and where the statistic is
    never defined. Raises `ValueError` for no resamples, a level not within 0 and 1, or another
    method than `METHODS`.

    >>> def share(sums): return sums[..., 0] / sums.sum(axis=-1)
    >>> bootstrap(np.array([[1.0, 0.0]] * 9), share)
    Interval(low=1.0, high=1.0)
    >>> bootstrap(np.array([[1.0, 0.0]]), share) is None
    True
    """
    check(resamples, level, method)
    counts = np.asarray(counts)
    if len(counts) < 2:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        values = statistic(drawn([counts], resamples=resamples, seed=seed)[0])
        if method == "percentile":
            return interval(percentile(values, level=level))
        counts = counts.astype(float)
        total = counts.sum(axis=0, keepdims=True)
        left_out = statistic(total - counts)
        return interval(bca(values, statistic(total)[0], left_out, level=level))


def resampling(resamples: int, seed: int, method: str) -> str:
    """How intervals were made, for signatures; percentile intervals are not named.

    >>> resampling(1000, 1, "percentile"), resampling(1000, 1, "bca")
    ('boot:1000|seed:1', 'boot:1000|interval:bca|seed:1')
    """
    way = "" if method == "percentile" else f"|interval:{method}"
    return f"boot:{resamples}{way}|seed:{seed}"


def check(resamples: int, level: float, method: str) -> None:
    """Raises `ValueError` for what makes no interval."""
    if resamples < 1 or not 0 < level < 1 or method not in METHODS:
        raise ValueError(f"resamples {resamples}, level {level}, method {method!r}")


def interval(ends: Array) -> Interval | None:
    """Two ends as an interval; None where they are NaN."""
    low, high = map(float, ends)
    return None if np.isnan(low) or np.isnan(high) else Interval(low, high)


def percentile(values: Array, *, level: float = 0.95) -> Array:
    """Percentile intervals (Efron 1979) of resampled values, NaN ones passed over.

    `values` is `(resamples, …)`; gives `(2, …)`: the lower and the upper ends, NaN where no
    value is defined.

    >>> percentile(np.arange(101.0)), percentile(np.array([np.nan]))
    (array([ 2.5, 97.5]), array([nan, nan]))
    """
    tail = (1 - level) / 2
    return _quantiles(values, np.array([tail, 1 - tail]).reshape(2, *[1] * (values.ndim - 1)))


def bca(values: Array, estimate: Array, left_out: Array, *, level: float = 0.95) -> Array:
    """Bias-corrected and accelerated intervals (Efron 1987) of resampled values.

    `values` is `(resamples, …)`, `estimate` `(…)` and `left_out` `(documents, …)`: the statistic
    without each document. Gives `(2, …)`. The bias correction is from the share of values under
    the estimate, equal ones by half; the acceleration from the skewness of the jackknife. NaN
    are passed over. Values that are all the same give that value twice; NaN where nothing is
    defined, or all values lie to one side of the estimate.

    >>> values = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    >>> bca(values, np.array(2.0), np.array([1.0, 2.0, 3.0]), level=0.5)
    array([1., 3.])
    """
    from scipy.special import ndtr, ndtri

    defined = np.sum(~np.isnan(values), axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (np.sum(values < estimate, axis=0) + np.sum(values <= estimate, axis=0)) / 2
        bias = ndtri(share / defined)
        bias = np.where(np.isfinite(bias), bias, np.nan)
        tail = (1 - level) / 2
        normal = ndtri(np.array([tail, 1 - tail])).reshape(2, *[1] * np.ndim(bias))
        shift = bias + normal
        scale = 1 - acceleration(left_out) * shift
        # at 0 the formula has a pole, and beyond it makes no sense: the level stays at its limit
        levels = ndtr(np.where(scale > 0, bias + shift / scale, np.copysign(np.inf, shift)))
        levels = np.where(np.isnan(bias), np.nan, levels)
    return _quantiles(values, levels)


def acceleration(left_out: Array) -> Array:
    """The jackknife's estimate of the acceleration, Σd³ / (6 (Σd²)^1.5); 0 where d is always 0.

    `left_out` is `(documents, …)`, d the mean less each value.

    >>> acceleration(np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 3.0]])).round(3)
    array([ 0.   , -0.068])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        known = ~np.isnan(left_out)
        mean = np.where(known, left_out, 0).sum(axis=0) / known.sum(axis=0)
        apart = np.where(known, mean - left_out, 0.0)
        # a mean rounded in its last digit is no skewness
        apart = np.where(np.abs(apart) <= 1e-14 * np.abs(mean), 0.0, apart)
        found = (apart**3).sum(axis=0) / (6 * (apart**2).sum(axis=0) ** 1.5)
    return np.nan_to_num(np.asarray(found), nan=0.0)


def _quantiles(values: Array, levels: Array) -> Array:
    """Quantiles by linear interpolation, of the defined values, at levels of their own.

    `values` `(resamples, …)` and `levels` `(k, …)` give `(k, …)`; numpy's own would take one
    level for all, and is slow where values are NaN.
    """
    ordered = np.sort(values, axis=0)  # NaN last
    last = np.sum(~np.isnan(values), axis=0) - 1
    levels = np.broadcast_to(levels, (len(levels), *np.shape(last)))
    place = np.where(np.isnan(levels), 0, levels) * np.maximum(last, 0)
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, np.maximum(last, 0))
    low = np.take_along_axis(ordered, below, axis=0)
    high = np.take_along_axis(ordered, above, axis=0)
    found = low + (place - below) * (high - low)
    return np.where(np.isnan(levels), np.nan, found)
