"""Scores with their intervals, by resampling the documents they are over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from quotemark.metrics.results import RATIOS, Row, ScoreReport
from quotemark.stats import intervals, resampling


def with_intervals(
    report: ScoreReport, *, resamples: int = 1000, seed: int = 1, method: str = "percentile"
) -> ScoreReport:
    """The same scores, each row with 95% bootstrap intervals of precision, recall and F1.

    A row with another figure than F1 (`Tally.FIGURE`) has that one's. `method` is `percentile`
    or `bca`, as `stats.intervals` makes them; signatures say so. Rows over the same documents
    share the draws. A row with fewer than two documents has no interval, nor has a ratio that
    is undefined. Intervals that were there are made anew.

    >>> from quotemark.model import Annotation, Corpus, Span
    >>> from quotemark.metrics.scoring import score
    >>> quote = Span("q", "Quote", ((0, 9),))
    >>> gold = Corpus({}, tuple(Annotation(doc, "", "gold", (quote,)) for doc in "ab"))
    >>> found = with_intervals(score(gold, gold, metrics=["exact"]))
    >>> found.row("exact", "Quote").intervals["f1"], found.row("exact", "Cue").intervals["f1"]
    ((1.0, 1.0), None)
    >>> found.resampling
    'boot:1000|seed:1'
    """
    said = resampling(resamples, seed, method)
    sharing: dict[tuple[str, ...], list[int]] = {}
    for place, row in enumerate(report.rows):
        sharing.setdefault(tuple(row.documents.documents), []).append(place)
    rows = list(report.rows)
    for places in sharing.values():
        samples = [rows[place].documents for place in places]
        found = intervals(samples, resamples=resamples, seed=seed, method=method)
        for place, ends in zip(places, found, strict=True):
            rows[place] = _resampled(rows[place], ends, report.resampling, said)
    return replace(report, rows=tuple(rows), resampling=said)


def _resampled(
    row: Row, ends: Sequence[tuple[float, float] | None], before: str, after: str
) -> Row:
    names = (*RATIOS[:2], row.documents.kind.FIGURE)
    kept = {
        name: (each[0], each[1]) if each and getattr(row.counts, name, None) is not None else None
        for name, each in zip(names, ends, strict=True)
    }
    said, _, version = row.signature.replace(f"|{before}|", "|").rpartition("|v:")
    return replace(row, intervals=kept, signature=f"{said}|{after}|v:{version}")
