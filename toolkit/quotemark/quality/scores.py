"""How well annotators do by the metrics of extractors, with the rest or gold as the measure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from quotemark.metrics.case import Case
from quotemark.metrics.counts import Array, Tally
from quotemark.metrics.names import Metric, select
from quotemark.metrics.scoring import count
from quotemark.model import Corpus
from quotemark.quality.comparing import Comparison, against, comparisons
from quotemark.scheme import Scheme, default_scheme
from quotemark.stats import Interval, bootstrap

METRICS = ("exact", "overlap")
"""What annotators are scored by, unless other metrics are named."""

ALL = "(all)"
"""The row of all labels together."""


@dataclass(frozen=True, slots=True)
class Score:
    """One annotator by one metric on one label, group or `ALL` labels.

    Counts are added over the others and over `documents`; so an annotator who shares more
    documents or marks more weighs more. `precision` is how much of what the annotator has the
    others have, `recall` how much of what they have the annotator has, `f1` their harmonic mean
    or the metric's figure: from 0 to 1, None where they divide by zero. `interval` is f1's, over
    documents; None with fewer than two. `own` and `others` count what either side has: tp + fp and
    tp + fn.
    """

    annotator: str
    against: str
    metric: str
    label: str
    precision: float | None
    recall: float | None
    f1: float | None
    interval: Interval | None
    own: float | None
    others: float | None
    documents: int


def annotator_scores(
    corpus: Corpus,
    *,
    scheme: Scheme | None = None,
    gold: Corpus | None = None,
    judge: str | None = None,
    metrics: Iterable[str | Metric] = METRICS,
    resamples: int = 1000,
    seed: int = 1,
) -> list[Score]:
    """Every annotator's precision, recall and F1 against the rest, and against gold if given.

    `metrics` are those of `score`. Only submitted layers count, and only what both sides were
    asked. `judge` chooses among gold's layers. Raises `QuotemarkError` for an unknown metric and
    for layers that cannot be compared. Nobody who can be compared: no rows.

    >>> from quotemark.model import Annotation, Span
    >>> def layer(who, *ends):
    ...     return Annotation("d", "", who, tuple(Span(str(e), "Cue", ((e - 4, e),)) for e in ends))
    >>> both = Corpus({}, (layer("a", 9, 20), layer("b", 9)))
    >>> for row in annotator_scores(both, metrics=["exact"]):
    ...     if row.label == "Cue":
    ...         print(row.annotator, row.precision, row.recall)
    a 0.5 1.0
    b 1.0 0.5
    """
    scheme = scheme or default_scheme()
    chosen = select(map(str, metrics))
    found = comparisons(corpus, scheme=scheme, gold=gold, judge=judge)
    return score_comparisons(found, scheme, chosen, resamples=resamples, seed=seed)


def score_comparisons(
    found: Sequence[Comparison],
    scheme: Scheme,
    metrics: Sequence[Metric],
    *,
    resamples: int | None,
    seed: int,
) -> list[Score]:
    """As `annotator_scores`, of comparisons made already; no `resamples`: no intervals."""
    rows = []
    for (annotator, held_against), same in against(found).items():
        for metric in metrics:
            for label, by_doc in _tallies(same, metric, scheme).items():
                rows.append(
                    _score(
                        (annotator, held_against, str(metric), label),
                        by_doc,
                        resamples=resamples,
                        seed=seed,
                    )
                )
    return rows


def _tallies(
    found: Sequence[Comparison], metric: Metric, scheme: Scheme
) -> dict[str, Mapping[str, Tally]]:
    """What is counted of each row in each document, the others taken together."""
    rows: dict[str, dict[str, Tally]] = {}
    for comparison in found:
        for doc, case in comparison.cases.items():
            for label, tally in _counted(case, metric, scheme).items():
                by_doc = rows.setdefault(label, {})
                if tally is not None:
                    by_doc[doc] = by_doc[doc] + tally if doc in by_doc else tally
    return dict(rows)


def _counted(case: Case, metric: Metric, scheme: Scheme) -> dict[str, Tally | None]:
    found = dict(count(case, metric))
    if not scheme.labels.keys() <= found.keys():
        return found
    everything: Tally | None = None
    for label in scheme.labels:
        tally = found[label]
        if tally is not None:
            everything = tally if everything is None else everything + tally
    return {ALL: everything, **found}


def _score(
    place: tuple[str, str, str, str],
    by_doc: Mapping[str, Tally],
    *,
    resamples: int | None,
    seed: int,
) -> Score:
    tallies = [by_doc[doc] for doc in sorted(by_doc)]
    if not tallies:
        return Score(*place, None, None, None, None, None, None, 0)
    whole = tallies[0]
    for tally in tallies[1:]:
        whole = whole + tally

    def figure(sums: Array) -> Array:
        ratios: Array = whole.ratios(sums)[..., 2]
        return ratios

    f1 = float(figure(np.array(whole.row, float)))
    ends = None
    if resamples is not None and not np.isnan(f1):
        counts = np.array([tally.row for tally in tallies], float)
        ends = bootstrap(counts, figure, resamples=resamples, seed=seed)
    own = None if whole.tp is None or whole.fp is None else whole.tp + whole.fp
    value = None if np.isnan(f1) else f1
    ratios = (whole.precision, whole.recall, value)
    return Score(*place, *ratios, ends, own, whole.support, len(tallies))
