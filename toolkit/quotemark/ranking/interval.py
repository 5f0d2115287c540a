"""Which units would narrow a score's interval most, by what a saved run shows of their like.

F1 is a ratio of sums over documents, y = 2tp over x = 2tp + fp + fn. Its variance is, in the first
order, that of the sum of residuals e = y - F1·x, over (Σx)² (Cochran, *Sampling Techniques*,
1977, ch. 6). For documents drawn with chances π, at a given cost, it is least with π in proportion
to √(E[e²] / cost): Neyman's allocation (1934) with each document a stratum. What e² to expect of a
document is learnt from those that the run has, by what the committee says of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quotemark.errors import error
from quotemark.metrics.counts import Counts
from quotemark.metrics.results import Row
from quotemark.ranking.committee import Dispute

Array = NDArray[np.float64]

NORMAL = 1.959963984540054
"""The quantile of a 95% interval."""


class Expected(NamedTuple):
    """What is expected of a unit: the size of its residual √E[e²], and its x."""

    residual: float
    items: float


def expectations(
    row: Row, known: Mapping[str, Dispute], asked_for: Mapping[str, Dispute]
) -> dict[str, Expected]:
    """What to expect of each unit of `asked_for`, learnt from the documents of a run's row.

    |e| and x are fitted as a + b·items + c·disputed, none of a, b, c below 0, by least squares of
    errors relative to 1 + items + disputed; what is found for |e| is scaled so that on the run
    its squares add up to Σe². `known` says what the committee has on the run's documents.
    Nobody's residual is taken for less than a tenth of the mean. Raises
    `QuotemarkError` for a row that is not of tp, fp and fn, fewer than two documents with both,
    an undefined F1, and one that is the same everywhere: nothing is to be learnt of it.

    >>> from quotemark.metrics.ledger import ledger
    >>> from quotemark.metrics.names import parse
    >>> counts = [Counts(tp=4), Counts(tp=2, fn=2), Counts()]
    >>> row = Row(parse("exact"), "Quote", ledger(["a", "b", "c"], counts))
    >>> seen = {"a": Dispute(4, 0, 2), "b": Dispute(2, 2, 2), "c": Dispute(0, 0, 2)}
    >>> found = expectations(row, seen, {"d": Dispute(1, 4, 2), "e": Dispute(3, 0, 2)})
    >>> found["d"].residual > found["e"].residual
    True
    """
    if row.documents.kind is not Counts:
        remedy = "name a metric that counts tp, fp and fn, such as exact"
        raise error("metric", f"{row.metric} of the run has no such counts", remedy)
    places = [
        place
        for place, doc in enumerate(row.documents.documents)
        if row.documents.scored[place] and doc in known
    ]
    if len(places) < 2:
        message = f"{len(places)} of the run's documents have predictions of the committee"
        raise error("run", message, "give predictions of the run's documents, too")
    counts = row.documents.counts[places].astype(float)
    parts, wholes = ratio(counts, "f1")
    if not wholes.sum():
        message = f"{row.metric} {row.label} of the run is undefined"
        raise error("run", message, "name a --label that has items")
    residuals = parts - parts.sum() / wholes.sum() * wholes
    if np.allclose(residuals, 0):
        message = f"{row.metric} {row.label} is the same on all of the run's documents"
        remedy = "rank by something else, or give a run with more documents"
        raise error("run", message, remedy)
    seen = _features([known[row.documents.documents[place]] for place in places])
    wanted = _features(list(asked_for.values()))
    fitted = _fitted(seen, np.abs(residuals))
    scale = np.sqrt((residuals**2).sum() / ((seen @ fitted) ** 2).sum())
    sizes, items = scale * (wanted @ fitted), wanted @ _fitted(seen, wholes)
    if len(sizes):
        sizes = np.maximum(sizes, sizes.mean() / 10)
    return {
        unit: Expected(float(size), float(many))
        for unit, size, many in zip(asked_for, sizes, items, strict=True)
    }


def ratio(counts: Array, name: str) -> tuple[Array, Array]:
    """The numerators and denominators of precision, recall or F1 of rows of tp, fp, fn.

    >>> ratio(np.array([[2.0, 1.0, 0.0]]), "f1")
    (array([4.]), array([5.]))
    """
    tp, fp, fn = counts.T
    if name == "precision":
        return tp, tp + fp
    if name == "recall":
        return tp, tp + fn
    return 2 * tp, 2 * tp + fp + fn


def half_width(found: Sequence[Expected], drawn: Sequence[float]) -> float | None:
    """Half of the 95% interval to expect of F1 over all units, of a draw with these chances.

    1.96 √Σ e²(1 - π)/π over Σx. None where no item is expected; 0 where all are drawn.

    >>> units = [Expected(1.0, 10.0)] * 100
    >>> [round(half_width(units, [share] * 100), 4) for share in (0.1, 0.5, 1.0)]
    [0.0588, 0.0196, 0.0]
    """
    items = sum(each.items for each in found)
    if not items:
        return None
    pairs = zip(found, drawn, strict=True)
    variance: Any = sum(each.residual**2 * (1 - chance) / chance for each, chance in pairs)
    return float(NORMAL * np.sqrt(variance) / items)


def _features(found: Sequence[Dispute]) -> Array:
    return np.array([[1.0, each.items, each.disputed] for each in found]).reshape(-1, 3)


def _fitted(seen: Array, target: Array) -> Array:
    from scipy.optimize import nnls

    weights = 1 / seen.sum(axis=1)
    solution: Array = nnls(seen * weights[:, None], target * weights)[0]
    return solution
