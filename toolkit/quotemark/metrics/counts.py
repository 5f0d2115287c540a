"""What every metric comes down to: additive counts, and the ratios of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counts:
    """True positives, false positives and false negatives; they add up over documents.

    The ratios are from 0 to 1, and None where they divide by zero. F1 is the harmonic mean of
    precision and recall (van Rijsbergen 1979), 2·tp / (2·tp + fp + fn): it is 0, not None,
    where only one of them is undefined.

    >>> found = Counts(tp=3, fp=1) + Counts(fn=2)
    >>> found.precision, found.recall, round(found.f1, 3), found.support
    (0.75, 0.6, 0.667, 5)
    >>> Counts(fn=2).precision is None, Counts(fn=2).recall, Counts(fn=2).f1
    (True, 0.0, 0.0)
    """

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    @property
    def support(self) -> int:
        """The number of items in gold."""
        return self.tp + self.fn

    @property
    def precision(self) -> float | None:
        """The share of the predicted items that are right; None where nothing is predicted."""
        return _ratio(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float | None:
        """The share of the gold items that were found; None where gold has none."""
        return _ratio(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall; None where there is no item at all."""
        return _ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn)


Scores = Mapping[str, Counts | None]
"""One document's counts of one metric by row label; None: not scored, for want of a text or
because gold was not asked or the extractor does not produce it."""


def total(counts: Iterable[Counts]) -> Counts:
    """The sum of counts; of none, zero.

    >>> total([Counts(tp=1), Counts(fp=1)])
    Counts(tp=1, fp=1, fn=0)
    """
    return sum(counts, Counts())


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
