"""Intervals by resampling documents: the unit of chance is the document, never the span."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Statistic = Callable[[NDArray[np.floating[Any]]], NDArray[np.floating[Any]]]


class Interval(NamedTuple):
    """A confidence interval's two ends."""

    low: float
    high: float


def bootstrap(
    counts: NDArray[np.floating[Any]],
    statistic: Statistic,
    *,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 1,
) -> Interval | None:
    """The percentile bootstrap interval of a statistic of summed counts (Efron 1979).

    `counts` has one row of additive counts for each document, of any further shape;
    `statistic` takes `(resamples, …)` sums and gives `(resamples,)` values, NaN where they are
    undefined: such resamples are passed over. None with fewer than two documents, and where the
    statistic is never defined. Raises `ValueError` for no resamples or a level not within 0 and 1.

    >>> import numpy as np
    >>> def share(sums): return sums[:, 0] / sums.sum(axis=1)
    >>> bootstrap(np.array([[1.0, 0.0]] * 9), share)
    Interval(low=1.0, high=1.0)
    >>> bootstrap(np.array([[1.0, 0.0]]), share) is None
    True
    """
    import numpy as np

    if resamples < 1 or not 0 < level < 1:
        raise ValueError(f"resamples {resamples}, level {level}")
    documents = len(counts)
    if documents < 2:
        return None
    generator = np.random.default_rng(seed)
    weights = generator.multinomial(documents, np.full(documents, 1 / documents), size=resamples)
    sums = np.tensordot(weights, counts, axes=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = statistic(sums)
    values = values[~np.isnan(values)]
    if not len(values):
        return None
    tail = (1 - level) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return Interval(float(low), float(high))
