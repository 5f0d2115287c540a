"""Whether two systems differ: paired tests over the documents that both were scored on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from quotemark.stats.resampling import Interval, Statistic, bca, check, interval, percentile
from quotemark.stats.sums import Array, drawn, swapped

TESTS = ("randomization", "bootstrap")
"""Paired approximate randomization, and the shifted paired bootstrap."""

EQUAL = 1e-12
"""Differences as close as this are the same: they come from rounding."""


@dataclass(frozen=True, eq=False)
class Pair:
    """Two systems' counts of the same documents, `(documents, counts)`, and a statistic of sums.

    `scored` says which documents both were scored on (None: all); what the others have is taken
    as zero, so that pairs of the same documents share the draws whatever they leave out.
    """

    first: Array
    second: Array
    statistic: Statistic
    scored: Array | None = None

    def __post_init__(self) -> None:
        if self.scored is not None and not self.scored.all():
            for name in ("first", "second"):
                counts = np.where(self.scored[:, None], getattr(self, name), 0)
                object.__setattr__(self, name, counts)

    @property
    def documents(self) -> int:
        """How many documents both were scored on."""
        return len(self.first) if self.scored is None else int(self.scored.sum())

    @cached_property
    def difference(self) -> float:
        """The first's value less the second's; NaN where one is undefined."""
        return float(self.of(*self.totals))

    @cached_property
    def totals(self) -> tuple[Array, Array]:
        """The summed counts of the two."""
        first, second = (side.sum(axis=0).astype(float) for side in (self.first, self.second))
        return first, second

    @cached_property
    def differing(self) -> Array:
        """Which documents tell the two apart: their counts are not the same."""
        found: Array = np.any(self.first != self.second, axis=1)
        return found

    def of(self, first: Array, second: Array) -> Array:
        """The difference of the statistic between sums of the first and of the second."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.statistic(first) - self.statistic(second)


class Shift(NamedTuple):
    """What drawing documents again says of a difference: its interval, and a p-value."""

    interval: Interval | None
    p: float | None


def randomization(
    pairs: Sequence[Pair], *, resamples: int = 10_000, seed: int = 1
) -> list[float | None]:
    """p-values of paired approximate randomization (Noreen 1989; for F1, Yeh 2000).

    Were the two systems the same, each document's counts could as well be the other's: they are
    swapped with probability 1/2, `resamples` times, for all pairs alike. Two-sided; p is
    (1 + the number of differences at least as large) / (1 + their number) (Phipson and Smyth
    2010). Where the documents that differ can be swapped in no more ways than `resamples`, every
    way is taken, and p is exact. Swaps that leave a value undefined are passed over. None where
    the difference itself is undefined.

    >>> def share(sums): return sums[..., 0] / sums.sum(axis=-1)
    >>> good, bad = np.array([[1, 0]] * 6), np.array([[0, 1]] * 6)
    >>> randomization([Pair(good, bad, share)])  # 2 of 2**6 swaps
    [0.03125]
    """
    if resamples < 1:
        raise ValueError(f"resamples {resamples}")
    few = [2 ** int(pair.differing.sum()) <= resamples for pair in pairs]
    many = [pair.first - pair.second for pair, short in zip(pairs, few, strict=True) if not short]
    moved = iter(swapped(many, resamples=resamples, seed=seed))
    found: list[float | None] = []
    for pair, short in zip(pairs, few, strict=True):
        values = _swapped(pair, _every_swap(pair) if short else next(moved))
        found.append(_p(values, pair.difference, extra=not short))
    return found


def shifts(
    pairs: Sequence[Pair],
    *,
    resamples: int = 10_000,
    level: float = 0.95,
    seed: int = 1,
    method: str = "percentile",
) -> list[Shift]:
    """Intervals of differences, and p-values of the paired bootstrap, documents drawn again.

    Both systems get the same documents in every resample. p is the share of resamples, with 1
    added to both numbers, whose difference lies at least as far from the observed one as that
    lies from 0: the shifted variant of Efron and Tibshirani (1993, ch. 16) that Berg-Kirkpatrick
    et al. (2012) use, two-sided. Resamples with an undefined value are passed over. None with
    fewer than two documents, and where the difference is undefined.

    >>> def share(sums): return sums[..., 0] / sums.sum(axis=-1)
    >>> good, bad = np.array([[1, 0]] * 6), np.array([[0, 1]] * 6)
    >>> shifts([Pair(good, bad, share)], resamples=999)
    [Shift(interval=Interval(low=1.0, high=1.0), p=0.001)]
    """
    check(resamples, level, method)
    sides = [side for pair in pairs for side in (pair.first, pair.second)]
    sums = drawn(sides, resamples=resamples, seed=seed)
    found = []
    for pair, first, second in zip(pairs, sums[::2], sums[1::2], strict=True):
        if pair.documents < 2 or np.isnan(pair.difference):
            found.append(Shift(None, None))
            continue
        values = pair.of(first, second)
        if method == "percentile":
            ends = percentile(values, level=level)
        else:
            ends = bca(values, np.array(pair.difference), _left_out(pair), level=level)
        p = _p(values - pair.difference, pair.difference, extra=True)
        found.append(Shift(interval(ends), p))
    return found


def _every_swap(pair: Pair) -> Array:
    """What the first loses and the second gains by every way to swap the differing documents."""
    apart = (pair.first - pair.second)[pair.differing].astype(float)
    ways = np.arange(2 ** len(apart))
    swaps = (ways[:, None] >> np.arange(len(apart))) & 1
    moved: Array = swaps @ apart
    return moved


def _swapped(pair: Pair, moved: Array) -> Array:
    first, second = pair.totals
    return pair.of(first - moved, second + moved)


def _left_out(pair: Pair) -> Array:
    """The difference without each document: the jackknife, in one pass."""
    first, second = pair.totals
    return pair.of(first - pair.first.astype(float), second - pair.second.astype(float))


def _p(values: Array, observed: float, *, extra: bool) -> float | None:
    """The share of values at least as far from 0; with `extra`, one more on both sides."""
    if np.isnan(observed):
        return None
    values = values[~np.isnan(values)]
    beyond = np.count_nonzero(np.abs(values) >= abs(observed) - EQUAL)
    return float((beyond + extra) / (len(values) + extra))
