"""Confusion matrices, which add up over documents, and the figures that are functions of one.

A kind of tally has fixed fields, so there is one kind for each set of classes: `kind_of`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import isqrt
from typing import ClassVar, Self

import numpy as np

from quotemark.metrics.counts import Array, Counts, Number, divided

NONE = "(none)"
"""The class of what has no value, or one that the scheme lacks; always the last."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each class of gold was given as each class: `cells`, row after row.

    `FIELDS` are the cells' names, such as `support>oppose`: gold's class, then the predicted.
    The last class is `NONE`. There is no precision and recall of the whole.
    """

    cells: tuple[int, ...]
    FIELDS: ClassVar[tuple[str, ...]] = ()
    FIGURE: ClassVar[str] = ""
    tp: ClassVar[None] = None
    fp: ClassVar[None] = None
    fn: ClassVar[None] = None
    precision: ClassVar[None] = None
    recall: ClassVar[None] = None

    @classmethod
    def of(cls, row: Iterable[Number]) -> Self:
        return cls(tuple(map(int, row)))

    @classmethod
    def counted(cls, pairs: Iterable[tuple[str, str]]) -> Self:
        """The matrix of pairs of a gold and a predicted class; of none, zeros."""
        cells = dict.fromkeys(cls.FIELDS, 0)
        for gold, pred in pairs:
            cells[field(gold, pred)] += 1
        return cls(tuple(cells.values()))

    @property
    def row(self) -> tuple[Number, ...]:
        return self.cells

    @staticmethod
    def ratios(sums: Array) -> Array:
        """No precision, no recall, and the figure: `(…, fields)` gives `(…, 3)`."""
        raise NotImplementedError

    def __add__(self, other: Self) -> Self:
        return type(self)(tuple(a + b for a, b in zip(self.cells, other.cells, strict=True)))

    @property
    def support(self) -> int:
        """The number of items that were compared."""
        return sum(self.cells)

    @property
    def f1(self) -> float | None:
        return None

    @property
    def detail(self) -> Mapping[str, int]:
        """The cells by name."""
        return dict(zip(self.FIELDS, self.cells, strict=True))

    def figure(self) -> float | None:
        """The figure, None where it is undefined."""
        value = float(self.ratios(np.array(self.cells))[2])
        return None if np.isnan(value) else value


class MacroF1(Confusion):
    """The mean F1 of the classes, those left out that neither side has, and `NONE`.

    As scikit-learn's `f1_score(average="macro")` of the classes that occur. From 0 to 1; None
    where no class occurs.

    >>> kind = kind_of("MacroF1", fields(["yes", "no"]))
    >>> found = kind.counted([("yes", "yes"), ("yes", "no"), ("no", "no")])
    >>> round(found.f1, 3), found.support, found.detail["yes>no"]
    (0.667, 3, 1)
    """

    __slots__ = ()
    FIGURE = "f1"

    @property
    def f1(self) -> float | None:
        return self.figure()

    @staticmethod
    def ratios(sums: Array) -> Array:
        matrix = _square(sums)
        tp = np.diagonal(matrix, axis1=-2, axis2=-1)
        golds, preds = matrix.sum(axis=-1), matrix.sum(axis=-2)
        each = Counts.ratios(np.stack([tp, preds - tp, golds - tp], axis=-1))[..., :-1, 2]
        occurs = ~np.isnan(each)
        return _third(divided(np.where(occurs, each, 0.0).sum(axis=-1), occurs.sum(axis=-1)))


class Kappa(Confusion):
    """Cohen's kappa (1960): agreement beyond chance, (po - pe) / (1 - pe). From -1 to 1.

    po is the share of equal classes, pe what it would be by chance with each side's own shares
    of the classes. None where nothing is compared, and where both sides have one class alone.

    >>> kind = kind_of("Kappa", fields(["yes", "no"]))
    >>> kind.counted([("yes", "yes"), ("yes", "no"), ("no", "no"), ("no", "no")]).kappa
    0.5
    """

    __slots__ = ()
    FIGURE = "kappa"

    @property
    def kappa(self) -> float | None:
        """The figure."""
        return self.figure()

    @staticmethod
    def ratios(sums: Array) -> Array:
        matrix = _square(sums)
        number = matrix.sum(axis=(-2, -1))
        equal = np.trace(matrix, axis1=-2, axis2=-1) * number
        chance = (matrix.sum(axis=-1) * matrix.sum(axis=-2)).sum(axis=-1)
        return _third(divided(equal - chance, number * number - chance))


BASES: dict[str, type[Confusion]] = {base.__name__: base for base in (MacroF1, Kappa)}


def fields(classes: Sequence[str]) -> tuple[str, ...]:
    """The names of the cells of classes and `NONE`.

    >>> fields(["yes"])
    ('yes>yes', 'yes>(none)', '(none)>yes', '(none)>(none)')
    """
    every = (*classes, NONE)
    return tuple(field(gold, pred) for gold in every for pred in every)


def field(gold: str, pred: str) -> str:
    """The name of one cell."""
    return f"{gold}>{pred}"


@cache
def kind_of(name: str, fields: tuple[str, ...]) -> type[Confusion]:
    """The kind of tally with a figure's name (in `BASES`) and cells; the same for the same.

    Raises `ValueError` where the cells make no square.
    """
    if not fields or isqrt(len(fields)) ** 2 != len(fields):
        raise ValueError(f"no square matrix has {len(fields)} cells")
    base = BASES[name]
    return type(name, (base,), {"FIELDS": fields, "__slots__": (), "__doc__": base.__doc__})


def _square(sums: Array) -> Array:
    numbers = np.asarray(sums, float)
    size = isqrt(numbers.shape[-1])
    return numbers.reshape(*numbers.shape[:-1], size, size)


def _third(figure: Array) -> Array:
    undefined = np.full_like(figure, np.nan)
    return np.stack([undefined, undefined, figure], axis=-1)
