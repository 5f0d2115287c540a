"""A measure of agreement as counts by document, and as the value that is shown."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quotemark.stats import Interval
from quotemark.stats.resampling import interval, percentile
from quotemark.stats.sums import drawn

Sums = NDArray[np.floating[Any]]
"""Sums of counts: a row for each resample."""

Numbers = Sequence[float]


@dataclass(frozen=True, slots=True)
class Agreement:
    """One measure of two annotators or more on one label, group, attribute or relation.

    `value` is at most 1; F1 is 0 or more; κ, α, uα and γ are 0 for agreement by chance and may
    be less. None where it is undefined: nothing to compare, no text where one is needed, or
    nothing but one category. `items` is what it is over: spans, sources or relations of either
    (a pair is one), tokens, values, code points (uα) or units (γ); `documents` is how many had
    the question. `interval` is over documents, None with fewer than two. `document` is the one
    that it is of, "" for all together.
    """

    annotators: tuple[str, ...]
    measure: str
    label: str
    value: float | None
    items: int
    documents: int
    interval: Interval | None
    document: str = ""


class Kind(NamedTuple):
    """How sums of counts make a value, and how many items they are of."""

    statistic: Callable[[Sums], Sums]
    items: Callable[[Numbers], float]


class Measured(NamedTuple):
    """A measure before its value: additive counts by document."""

    measure: str
    label: str
    kind: Kind
    counts: Mapping[str, Numbers]


def f1(sums: Sums) -> Sums:
    """Of what both have, only the first and only the second: 2·both / (2·both + the others)."""
    result: Sums = 2 * sums[:, 0] / (2 * sums[:, 0] + sums[:, 1] + sums[:, 2])
    return result


def kappa(sums: Sums) -> Sums:
    """(observed - expected) / (1 - expected), Cohen 1960.

    Of agreed items, the first's items by category, and the second's.
    """
    categories = (sums.shape[1] - 1) // 2
    ours, theirs = sums[:, 1 : 1 + categories], sums[:, 1 + categories :]
    total = ours.sum(axis=1)
    observed = sums[:, 0] / total
    expected = (ours * theirs).sum(axis=1) / total**2
    result: Sums = (observed - expected) / (1 - expected)
    return result


def alpha(sums: Sums) -> Sums:
    """1 - observed / expected disagreement of nominal values, Krippendorff 2011.

    Of disagreement (as `disagreement` counts it) and of values that can be paired, by category.
    """
    values = sums[:, 1:]
    total = values.sum(axis=1)
    expected = (total**2 - (values**2).sum(axis=1)) / (total - 1)
    result: Sums = 1 - sums[:, 0] / expected
    return result


def disagreement(values: Mapping[Any, int]) -> float:
    """What one item adds to observed disagreement, from how many gave it each value.

    Ordered pairs of different values, over the number of values less one; 0 where one or none
    was given, which cannot be paired.

    >>> disagreement({"direct": 2, "mixed": 1}), disagreement({"direct": 1})
    (2.0, 0.0)
    """
    given = sum(values.values())
    if given < 2:
        return 0.0
    return (given**2 - sum(count**2 for count in values.values())) / (given - 1)


F1 = Kind(f1, sum)
KAPPA = Kind(kappa, lambda counts: sum(counts[1:]) / 2)
ALPHA = Kind(alpha, lambda counts: sum(counts[1:]))


def nominal(measure: str, label: str, items: Mapping[str, Sequence[Mapping[Any, int]]]) -> Measured:
    """α of items by document, each with how many gave it each value.

    Values that nobody can be paired with do not count.
    """
    paired = {
        doc: [values for values in found if sum(values.values()) > 1]
        for doc, found in items.items()
    }
    categories = sorted({c for found in paired.values() for values in found for c in values})
    counts = {}
    for doc, found in paired.items():
        totals: Counter[Any] = Counter()
        for values in found:
            totals.update(values)
        counts[doc] = [sum(map(disagreement, found)), *(totals[c] for c in categories)]
    return Measured(measure, label, ALPHA, counts)


def pooled(measures: Iterable[Measured]) -> list[Measured]:
    """The F1 measures of several pairs of annotators as one: their counts added up."""
    found: dict[tuple[str, str], dict[str, Numbers]] = defaultdict(dict)
    for measured in measures:
        if measured.kind is F1:
            counts = found[measured.measure, measured.label]
            for doc, more in measured.counts.items():
                before = counts.get(doc, [0] * len(more))
                counts[doc] = [a + b for a, b in zip(before, more, strict=True)]
    return [Measured(*key, F1, counts) for key, counts in found.items()]


def evaluated(
    found: Iterable[tuple[tuple[str, ...], Measured]],
    *,
    resamples: int,
    seed: int,
    document: str = "",
) -> list[Agreement]:
    """The values of annotators' measures, with intervals over documents.

    Measures over equally many documents share their draws.
    """
    rows: list[Agreement] = []
    tables: dict[int, list[tuple[int, Any]]] = defaultdict(list)
    statistics = []
    for annotators, (measure, label, kind, counts) in found:
        table = np.array([counts[doc] for doc in sorted(counts)], dtype=float)
        total = table.sum(axis=0, keepdims=True) if counts else table
        items = round(kind.items(total[0].tolist())) if counts else 0
        value = _defined(kind, total) if items else None
        row = Agreement(annotators, measure, label, value, items, len(counts), None, document)
        if value is not None and len(counts) > 1:
            tables[len(counts)].append((len(rows), table))
        rows.append(row)
        statistics.append(kind.statistic)
    for same in tables.values():
        sums = drawn([table for _, table in same], resamples=resamples, seed=seed)
        for (place, _), each in zip(same, sums, strict=True):
            with np.errstate(divide="ignore", invalid="ignore"):
                values = statistics[place](each)
            ends = interval(percentile(np.where(np.isfinite(values), values, np.nan)))
            rows[place] = replace(rows[place], interval=ends)
    return rows


def _defined(kind: Kind, total: Sums) -> float | None:
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(kind.statistic(total)[0])
    return value if np.isfinite(value) else None
