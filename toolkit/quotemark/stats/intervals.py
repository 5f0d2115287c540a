"""Intervals of many scores at once, from one drawing of the documents that they share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

import numpy as np

from quotemark.stats.resampling import Interval, bca, check, interval, percentile
from quotemark.stats.sums import Array, drawn


class Ratios(Protocol):
    """What makes precision, recall and F1, `(…, 3)`, of sums of counts, `(…, counts)`."""

    @staticmethod
    def ratios(sums: Array, /) -> Array: ...


class Sample(Protocol):
    """One score's counts of every document, such as a `Ledger`; zero where `scored` is not."""

    @property
    def counts(self) -> Array: ...
    @property
    def scored(self) -> Array: ...
    @property
    def kind(self) -> Ratios: ...


class Intervals(NamedTuple):
    """The intervals of a score's three ratios; None where there is none."""

    precision: Interval | None
    recall: Interval | None
    f1: Interval | None


def intervals(
    samples: Iterable[Sample],
    *,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 1,
    method: str = "percentile",
) -> list[Intervals]:
    """The bootstrap intervals of many scores over the same documents, drawn once for all.

    A score that leaves out documents has the draws that the others have, less these documents.
    Resamples in which a ratio is undefined are passed over. None where fewer than two documents
    were scored, or the ratio is never defined. Raises `ValueError` where documents differ in
    number, and as `resampling.bootstrap` does.

    >>> from quotemark.metrics.counts import Counts
    >>> from quotemark.metrics.ledger import ledger
    >>> found = ledger(["a", "b", "c"], [Counts(tp=1), Counts(tp=1, fn=1), Counts(tp=2)])
    >>> intervals([found])[0].recall
    Interval(low=0.5, high=1.0)
    """
    check(resamples, level, method)
    found = list(samples)
    if len({len(sample.counts) for sample in found}) > 1:
        raise ValueError("samples over different documents")
    sums = drawn([sample.counts for sample in found], resamples=resamples, seed=seed)
    return [_of(sample, each, level, method) for sample, each in zip(found, sums, strict=True)]


def _of(sample: Sample, sums: Array, level: float, method: str) -> Intervals:
    if np.count_nonzero(sample.scored) < 2:
        return Intervals(None, None, None)
    ratios = sample.kind.ratios
    values = ratios(sums)
    if method == "percentile":
        ends = percentile(values, level=level)
    else:
        counts = sample.counts.astype(float)
        total = counts.sum(axis=0)
        ends = bca(values, ratios(total), ratios(total - counts), level=level)
    return Intervals(*(interval(pair) for pair in ends.T))
