"""What every metric comes down to: additive counts, and the ratios of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Tally(Protocol):
    """What a score is a function of: additive over documents, with the ratios as properties.

    Ratios are None where they are undefined, and tp, fp and fn where the score is none of them.
    """

    FIELDS: ClassVar[tuple[str, ...]]
    """The names of its counts, in the order of `row` and `of`."""

    FIGURE: ClassVar[str]
    """What the last of its three ratios is: `f1`, or another figure such as `kappa`."""

    @classmethod
    def of(cls, row: Iterable[Number], /) -> Self:
        """The tally of counts in the order of FIELDS."""
        ...

    @property
    def row(self) -> tuple[Number, ...]:
        """The counts in the order of FIELDS."""
        ...

    @staticmethod
    def ratios(sums: Array, /) -> Array:
        """Precision, recall and FIGURE of many sums at once: `(…, fields)` gives `(…, 3)`.

        The same numbers as the properties have, NaN where they are None.
        """
        ...

    def __add__(self, other: Self, /) -> Self: ...
    @property
    def tp(self) -> float | None: ...
    @property
    def fp(self) -> float | None: ...
    @property
    def fn(self) -> float | None: ...
    @property
    def support(self) -> float | None: ...
    @property
    def precision(self) -> float | None: ...
    @property
    def recall(self) -> float | None: ...
    @property
    def f1(self) -> float | None: ...
    @property
    def detail(self) -> Mapping[str, object]:
        """What is counted, by name."""
        ...


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
    FIELDS: ClassVar[tuple[str, ...]] = ("tp", "fp", "fn")
    FIGURE: ClassVar[str] = "f1"

    @classmethod
    def of(cls, row: Iterable[Number]) -> Self:
        return cls(*map(int, row))

    @property
    def row(self) -> tuple[Number, ...]:
        return self.tp, self.fp, self.fn

    @staticmethod
    def ratios(sums: Array) -> Array:
        tp, fp, fn = np.moveaxis(np.asarray(sums, float), -1, 0)
        parts = [(tp, tp + fp), (tp, tp + fn), (2 * tp, 2 * tp + fp + fn)]
        return np.stack([divided(part, whole) for part, whole in parts], axis=-1)

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    @property
    def detail(self) -> Mapping[str, int]:
        """The three counts."""
        return {"tp": self.tp, "fp": self.fp, "fn": self.fn}

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


Number = int | Fraction
"""A count, whole or in exact parts, so that the order of a sum changes nothing."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Precision and recall with a numerator each, where what is right and what is found differ.

    Precision is `right / predicted`, recall `found / gold`, None where they divide by zero. F1
    is their harmonic mean, 0 where only one of them is undefined. What the four count, and
    whether ratios can exceed 1, is the score's own affair. There is no tp, fp or fn.

    >>> half = Shares(right=Fraction(3, 2), predicted=3, found=1, gold=1)
    >>> half.precision, half.recall, round(half.f1, 3), half.support
    (0.5, 1.0, 0.667, 1)
    >>> Shares(gold=2).precision is None, Shares(gold=2).f1, Shares().f1 is None
    (True, 0.0, True)
    """

    right: Number = 0
    predicted: Number = 0
    found: Number = 0
    gold: Number = 0
    tp: ClassVar[None] = None
    fp: ClassVar[None] = None
    fn: ClassVar[None] = None
    FIELDS: ClassVar[tuple[str, ...]] = ("right", "predicted", "found", "gold")
    FIGURE: ClassVar[str] = "f1"

    @classmethod
    def of(cls, row: Iterable[Number]) -> Self:
        return cls(*row)

    @property
    def row(self) -> tuple[Number, ...]:
        return self.right, self.predicted, self.found, self.gold

    @staticmethod
    def ratios(sums: Array) -> Array:
        right, predicted, found, gold = np.moveaxis(np.asarray(sums, float), -1, 0)
        precision, recall = divided(right, predicted), divided(found, gold)
        both = (right > 0) & (found > 0) & (predicted > 0) & (gold > 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            f1 = np.where(both, 2 / (predicted / right + gold / found), 0.0)
        f1 = np.where((predicted == 0) & (gold == 0), np.nan, f1)
        return np.stack([precision, recall, f1], axis=-1)

    def __add__(self, other: Shares) -> Shares:
        return Shares(
            self.right + other.right,
            self.predicted + other.predicted,
            self.found + other.found,
            self.gold + other.gold,
        )

    @property
    def detail(self) -> Mapping[str, float]:
        """The four counts."""
        return {name: plain(getattr(self, name)) for name in self.FIELDS}

    @property
    def support(self) -> float:
        """The denominator of recall."""
        return plain(self.gold)

    @property
    def precision(self) -> float | None:
        return _ratio(self.right, self.predicted)

    @property
    def recall(self) -> float | None:
        return _ratio(self.found, self.gold)

    @property
    def f1(self) -> float | None:
        if not self.predicted and not self.gold:
            return None
        if not self.right or not self.found or not self.predicted or not self.gold:
            return 0.0
        return _ratio(2, self.predicted / Fraction(self.right) + self.gold / Fraction(self.found))


Scores = Mapping[str, Counts | None]
"""One document's counts of one metric by row label; None: not scored, for want of a text or
because gold was not asked or the extractor does not produce it."""


def total(counts: Iterable[Counts]) -> Counts:
    """The sum of counts; of none, zero.

    >>> total([Counts(tp=1), Counts(fp=1)])
    Counts(tp=1, fp=1, fn=0)
    """
    return sum(counts, Counts())


def plain(number: Number) -> float:
    """A whole number as it is, parts as a float.

    >>> plain(Fraction(4, 2)), plain(Fraction(1, 2))
    (2, 0.5)
    """
    return number.numerator if number.denominator == 1 else float(number)


def divided(part: Array, whole: Array) -> Array:
    """Ratios of non-negative numbers, NaN where they divide by zero.

    >>> divided(np.array([1.0, 1.0]), np.array([4.0, 0.0]))
    array([0.25,  nan])
    """
    ratios: Array = np.full(np.shape(whole), np.nan)
    np.divide(part, whole, out=ratios, where=np.asarray(whole) > 0)
    return ratios


def _ratio(part: Number, whole: Number) -> float | None:
    return float(part / whole) if whole else None
