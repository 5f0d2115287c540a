"""SemEval-2013 task 9: strict, exact, partial and type over the five outcomes of MUC-5."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import partial
from typing import ClassVar, Literal, Self

import numpy as np

from quotemark.matching import overlaps
from quotemark.metrics.case import Case
from quotemark.metrics.counts import Array, Number, Shares, plain
from quotemark.metrics.measure import Measure, Rows
from quotemark.metrics.protocols.base import ALL, Published, is_asked
from quotemark.metrics.protocols.pairing import best_pairs
from quotemark.model import Span

Verdict = Literal["cor", "inc", "par"]

WORTH: dict[Verdict, tuple[int, int, int]] = {"cor": (2, 1, 1), "par": (1, 0, 1), "inc": (0, 0, 1)}
"""Twice the credit of a pair, whether it is correct, and that it is one."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Correct, incorrect, partial, missed, spurious (Chinchor and Sundheim 1993, MUC-5).

    `cor + inc + par + mis` are gold's spans, `cor + inc + par + spu` the predicted ones. A
    partial one counts half, so tp need not be whole.

    >>> one = Outcomes(cor=1, par=1, mis=1)
    >>> one.tp, one.precision, one.recall, one.f1
    (1.5, 0.75, 0.5, 0.6)
    """

    cor: int = 0
    inc: int = 0
    par: int = 0
    mis: int = 0
    spu: int = 0
    FIELDS: ClassVar[tuple[str, ...]] = ("cor", "inc", "par", "mis", "spu")
    FIGURE: ClassVar[str] = "f1"

    @classmethod
    def of(cls, row: Iterable[Number]) -> Self:
        return cls(*map(int, row))

    @property
    def row(self) -> tuple[Number, ...]:
        return self.cor, self.inc, self.par, self.mis, self.spu

    @staticmethod
    def ratios(sums: Array) -> Array:
        cor, inc, par, mis, spu = np.moveaxis(np.asarray(sums, float), -1, 0)
        right, paired = cor + par / 2, cor + inc + par
        return Shares.ratios(np.stack([right, paired + spu, right, paired + mis], axis=-1))

    def __add__(self, other: Outcomes) -> Outcomes:
        return Outcomes(
            self.cor + other.cor,
            self.inc + other.inc,
            self.par + other.par,
            self.mis + other.mis,
            self.spu + other.spu,
        )

    @property
    def detail(self) -> Mapping[str, int]:
        """The five counts."""
        return asdict(self)

    @property
    def tp(self) -> float:
        return plain(self._shares.right)

    @property
    def fp(self) -> float:
        return plain(self._shares.predicted - self._shares.right)

    @property
    def fn(self) -> float:
        return plain(self._shares.gold - self._shares.right)

    @property
    def support(self) -> float:
        """The number of spans in gold."""
        return self._shares.support

    @property
    def precision(self) -> float | None:
        return self._shares.precision

    @property
    def recall(self) -> float | None:
        return self._shares.recall

    @property
    def f1(self) -> float | None:
        return self._shares.f1

    @property
    def _shares(self) -> Shares:
        right = self.cor + Fraction(self.par, 2)
        paired = self.cor + self.inc + self.par
        return Shares(right, paired + self.spu, right, paired + self.mis)


def strict(gold: Span, pred: Span) -> Verdict:
    """The same place and label."""
    return "cor" if gold.fragments == pred.fragments and gold.label == pred.label else "inc"


def exact(gold: Span, pred: Span) -> Verdict:
    """The same place, whatever the label."""
    return "cor" if gold.fragments == pred.fragments else "inc"


def lenient(gold: Span, pred: Span) -> Verdict:
    """The same place, or half for overlapping, whatever the label."""
    return "cor" if gold.fragments == pred.fragments else "par"


def type_(gold: Span, pred: Span) -> Verdict:
    """The same label, overlapping."""
    return "cor" if gold.label == pred.label else "inc"


def outcomes(
    golds: Sequence[Span], preds: Sequence[Span], judge: Callable[[Span, Span], Verdict]
) -> Outcomes:
    """The best outcomes that one-to-one pairs of overlapping spans can have.

    Best is the largest correct plus half of partial, then most correct, then most pairs: the
    numbers are one whichever of several best pairings is taken. No spans: all zero.

    >>> golds = [Span("a", "Q", ((0, 4),)), Span("b", "Q", ((6, 9),))]
    >>> outcomes(golds, [Span("p", "Q", ((2, 9),))], lenient)
    Outcomes(cor=0, inc=0, par=1, mis=1, spu=0)
    """
    found = {"cor": 0, "inc": 0, "par": 0}
    verdicts = {p: judge(golds[p.gold], preds[p.pred]) for p in overlaps(golds, preds)}
    for pair in best_pairs({pair: WORTH[verdict] for pair, verdict in verdicts.items()}):
        found[verdicts[pair]] += 1
    paired = sum(found.values())
    return Outcomes(**found, mis=len(golds) - paired, spu=len(preds) - paired)


def count(case: Case, judge: Callable[[Span, Span], Verdict]) -> Rows:
    """Outcomes of all labels together, in which labels can be confused, and of each by itself.

    >>> from quotemark.model import Annotation
    >>> from quotemark.scheme import default_scheme
    >>> gold = Annotation("a", "", "g", (Span("q", "Quote", ((0, 8),)),))
    >>> pred = Annotation("a", "", "p", (Span("q", "Speaker", ((0, 8),)),))
    >>> count(Case(gold, pred, None, default_scheme()), exact)["(all)"].cor
    1
    """
    asked = [label for label in case.scheme.labels if is_asked(case, label)]
    golds = [span for label in asked for span in case.golds(label)]
    preds = [span for label in asked for span in case.preds(label)]
    rows: dict[str, Outcomes | None] = {ALL: outcomes(golds, preds, judge) if asked else None}
    for label in case.scheme.labels:
        known = label in asked
        rows[label] = outcomes(case.golds(label), case.preds(label), judge) if known else None
    return rows


PROTOCOL = Published(
    "semeval2013",
    "Segura-Bedmar et al. 2013, SemEval-2013 task 9, as nervaluate implements it",
    {
        name: Measure(partial(count, judge=judge), symmetric=True)
        for name, judge in (
            ("strict", strict),
            ("exact", exact),
            ("partial", lenient),
            ("type", type_),
        )
    },
)
