"""Which metrics the compiled engine counts, and where in the matrix of counts each stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from quotemark.columnar.compiled import Numbers
from quotemark.matching import END, EXACT, START, Criterion
from quotemark.metrics.case import groups
from quotemark.metrics.counts import Counts, Tally
from quotemark.metrics.names import Metric
from quotemark.metrics.protocols.base import ALL
from quotemark.metrics.protocols.semeval2013 import Outcomes
from quotemark.scheme import Scheme

IOU, GOLD, PRED, FIRST, LAST = range(5)
"""What a criterion compares: shares of either, gold's or the predicted span, or one edge."""

CRITERIA = {("exact", ""): EXACT, ("boundary", "start"): START, ("boundary", "end"): END}
JUDGES = ("strict", "exact", "partial", "type")
SEMEVAL = ("semeval13", "semeval2013")


class Plan(NamedTuple):
    """The columns that kernels fill."""

    kind: Numbers  # (criteria,)
    least: Numbers  # (criteria, 2): the least share, numerator and denominator
    column: Numbers  # (criteria,): its first column: tp, fp, fn for each of `Rows`
    char: int  # likewise, -1 where it is not asked for
    judges: Numbers  # (4,): each's first column: outcomes for all labels, then each label


@dataclass(frozen=True)
class Layout:
    """A plan, how many columns it has, and where each metric's rows begin."""

    plan: Plan
    width: int
    rows: Mapping[Metric, tuple[int, tuple[str, ...], type[Tally]]]


def layout_of(metrics: Sequence[Metric], scheme: Scheme) -> Layout | None:
    """The plan for metrics; None where one is not counted here.

    Metrics that count the same share their columns.

    >>> from quotemark.metrics.names import parse
    >>> from quotemark.scheme import default_scheme
    >>> layout_of([parse("exact"), parse("char")], default_scheme()).width
    60
    >>> layout_of([parse("token")], default_scheme()) is None
    True
    >>> layout_of([parse("exact(trim)")], default_scheme()) is None
    True
    """
    labels = tuple(group.row for group in groups(scheme))
    columns: dict[Criterion | str, int] = {}
    rows: dict[Metric, tuple[int, tuple[str, ...], type[Tally]]] = {}
    width = 0
    for metric in metrics:
        counted: Criterion | str
        kind: type[Tally] = Counts
        named = labels
        if (metric.name, metric.aspect) in CRITERIA:
            counted = CRITERIA[metric.name, metric.aspect]
        elif metric.name == "overlap":
            counted = metric.criterion
        elif metric.name == "char":
            counted = "char"
        elif metric.name in SEMEVAL:
            counted, kind, named = metric.aspect, Outcomes, (ALL, *scheme.labels)
        else:
            return None
        if counted not in columns:
            columns[counted] = width
            width += len(kind.FIELDS) * len(named)
        rows[metric] = (columns[counted], named, kind)
    criteria = [criterion for criterion in columns if isinstance(criterion, Criterion)]
    plan = Plan(
        np.array([_kind(criterion) for criterion in criteria], np.int64),
        np.array([_least(criterion) for criterion in criteria], np.int64).reshape(-1, 2),
        np.array([columns[criterion] for criterion in criteria], np.int64),
        columns.get("char", -1),
        np.array([columns.get(judge, -1) for judge in JUDGES], np.int64),
    )
    return Layout(plan, width, rows)


def _kind(criterion: Criterion) -> int:
    if criterion.same:
        return FIRST if criterion.same == "start" else LAST
    return GOLD if criterion.gold else PRED if criterion.pred else IOU


def _least(criterion: Criterion) -> tuple[int, int]:
    share = criterion.gold or criterion.pred or criterion.iou
    return share.numerator, share.denominator
