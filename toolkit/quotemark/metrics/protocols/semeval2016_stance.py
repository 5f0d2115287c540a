"""SemEval-2016 task 6: the mean of the F1 of FAVOR and of AGAINST."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Self

import numpy as np

from quotemark.matching import HALF
from quotemark.metrics.case import Case, group_label
from quotemark.metrics.counts import Array, Counts, Number, Tally, total
from quotemark.metrics.measure import Measure, Rows
from quotemark.metrics.protocols.base import Published
from quotemark.model import Span
from quotemark.sources import values

FAVOR, AGAINST = "support", "oppose"
"""The two classes that count, as values of polarity; everything else is the task's NONE."""


ZERO = Counts()


@dataclass(frozen=True, slots=True)
class MeanF1:
    """The mean F1 of two classes. There is no precision and recall of it.

    A class that neither side has counts as 0, as in the task's script; None where that is so
    of both.

    >>> MeanF1(Counts(tp=1), Counts(tp=1, fp=2)).f1
    0.75
    >>> MeanF1(Counts(tp=1), Counts()).f1, MeanF1().f1 is None
    (0.5, True)
    """

    favor: Counts = ZERO
    against: Counts = ZERO
    tp: ClassVar[None] = None
    fp: ClassVar[None] = None
    fn: ClassVar[None] = None
    precision: ClassVar[None] = None
    recall: ClassVar[None] = None
    FIELDS: ClassVar[tuple[str, ...]] = tuple(
        f"{side}_{name}" for side in ("favor", "against") for name in Counts.FIELDS
    )
    FIGURE: ClassVar[str] = "f1"

    @classmethod
    def of(cls, row: Iterable[Number]) -> Self:
        numbers = tuple(row)
        return cls(Counts.of(numbers[:3]), Counts.of(numbers[3:]))

    @property
    def row(self) -> tuple[Number, ...]:
        return *self.favor.row, *self.against.row

    @staticmethod
    def ratios(sums: Array) -> Array:
        both = np.stack([Counts.ratios(sums[..., :3]), Counts.ratios(sums[..., 3:])])[..., 2]
        f1 = np.where(np.isnan(both).all(axis=0), np.nan, np.nan_to_num(both).sum(axis=0) / 2)
        undefined = np.full_like(f1, np.nan)
        return np.stack([undefined, undefined, f1], axis=-1)

    def __add__(self, other: MeanF1) -> MeanF1:
        return MeanF1(self.favor + other.favor, self.against + other.against)

    @property
    def support(self) -> int:
        """The number of gold stances for and against."""
        return self.favor.support + self.against.support

    @property
    def f1(self) -> float | None:
        found = self.favor.f1, self.against.f1
        return None if found == (None, None) else sum(f1 or 0 for f1 in found) / 2

    @property
    def detail(self) -> Mapping[str, object]:
        """The counts of both classes."""
        return {"favor": self.favor.detail, "against": self.against.detail}


def count(case: Case, scope: str) -> Rows:
    """Stance spans aligned at IoU >= 0.5: both classes, and their mean.

    *matched* looks at pairs, as the task gives what is to be judged; *end-to-end* takes a span
    that the other side lacks as NONE there. No rows in a scheme whose polarities lack a class.

    >>> from quotemark.model import Annotation
    >>> from quotemark.scheme import default_scheme
    >>> gold = Annotation("a", "", "g", (Span("t", "Stance", ((0, 9),), {"polarity": "oppose"}),))
    >>> rows = count(Case(gold, gold, None, default_scheme()), "matched")
    >>> rows["Stance[polarity=oppose]"], rows["Stance"].f1
    (Counts(tp=1, fp=0, fn=0), 0.5)
    """
    stance, polarity = case.scheme.role("stance"), case.scheme.role("polarity")
    attribute = case.scheme.attribute(stance, polarity)
    if not attribute or not {FAVOR, AGAINST} <= set(attribute.values):
        return {}
    labels = [stance, *(group_label(stance, polarity, c) for c in (FAVOR, AGAINST))]
    rows: dict[str, Tally | None] = dict.fromkeys(labels)
    if case.both(lambda asked: asked.attribute(stance, polarity)):
        judged = list(_judged(case, scope))
        favor, against = (
            total(_counts(*both, name) for both in judged) for name in (FAVOR, AGAINST)
        )
        rows.update(zip(labels, (MeanF1(favor, against), favor, against), strict=True))
    return rows


def _judged(case: Case, scope: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The polarities, in gold and prediction, of every span that gold was asked about."""
    polarity = case.scheme.role("polarity")

    def said(span: Span) -> tuple[str, ...]:
        return values(span, polarity)

    alignment = case.alignment(case.scheme.role("stance"), HALF)
    yield from ((said(g), said(p)) for g, p in alignment.spans() if polarity in g.attributes)
    if scope == "end-to-end":
        yield from ((said(g), ()) for g in alignment.missed if polarity in g.attributes)
        yield from (((), said(p)) for p in alignment.spurious)


def _counts(gold: tuple[str, ...], pred: tuple[str, ...], name: str) -> Counts:
    both = name in gold and name in pred
    return Counts(int(both), int(name in pred) - both, int(name in gold) - both)


PROTOCOL = Published(
    "semeval2016-stance",
    "Mohammad et al. 2016, SemEval-2016 task 6, eval.pl",
    {
        scope: Measure(partial(count, scope=scope), perfect=False, symmetric=True)
        for scope in ("matched", "end-to-end")
    },
)
