"""Systems against each other: their scores with intervals, and whether the differences are real.

Works from the counts of every document that reports keep: predictions are not needed.
docs/statistics.md says what each number is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from quotemark.comparison.rows import Match, Number, defined, match, names_of, rows_of, signed
from quotemark.errors import error
from quotemark.metrics.results import RATIOS, Row, ScoreReport
from quotemark.stats import (
    CORRECTIONS,
    TESTS,
    Interval,
    Pair,
    Shift,
    adjust,
    intervals,
    randomization,
    resampling,
    shifts,
)

if TYPE_CHECKING:
    from quotemark.metrics.names import Metric

ALPHA = 0.05
"""How often a test may find a difference where there is none."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One system's score of one row: its ratios, and their 95% intervals.

    By name: precision, recall, and f1 or the row's own figure. None: undefined.
    """

    system: str
    metric: str
    label: str
    ratios: Mapping[str, Number]
    intervals: Mapping[str, Interval | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """The score of one system less that of another, `against`, on one row.

    `on` is the ratio that is compared, `values` are the two systems' over the `documents` that
    both were scored on; `left_out` is how many only one was. `differing` is on how many
    documents their counts are not the same. `interval` is the difference's, 95%; `corrected` is
    p after the correction. None: undefined.
    """

    metric: str
    label: str
    on: str
    system: str
    against: str
    values: tuple[Number, Number]
    difference: Number
    interval: Interval | None
    p: Number
    corrected: Number
    documents: int
    left_out: int
    differing: int

    @property
    def better(self) -> str | None:
        """The system that is better, if a difference is told at 5%; None where it is not."""
        if self.difference is None or self.corrected is None or self.corrected > ALPHA:
            return None
        return self.system if self.difference > 0 else self.against


@dataclass(frozen=True)
class Comparison:
    """Standings and differences, row by row, and what they were made of."""

    standings: tuple[Standing, ...]
    differences: tuple[Difference, ...]
    on: str
    test: str
    correction: str
    signature: str


def compare(
    reports: Sequence[ScoreReport],
    *,
    metrics: Iterable[str | Metric] | None = None,
    labels: Iterable[str] | None = None,
    baseline: str | None = None,
    on: str = "f1",
    test: str = "randomization",
    interval: str = "percentile",
    correction: str = "holm",
    resamples: int = 10_000,
    seed: int = 1,
) -> Comparison:
    """Compare systems on the same gold, each two of them or each against a `baseline`.

    `metrics` and `labels` choose among the rows of the reports: all metrics unless given, and
    the labels that any system has a count of, without their groups. `on` is the ratio to
    compare: `precision`, `recall`, or `f1`, which is a row's main figure if that is another.
    `test` is one of `stats.TESTS`, `interval` of `stats.METHODS`, `correction` of
    `stats.CORRECTIONS`, over all differences together. A document that one of two systems was
    not scored on is left out for both; what stands `beside` systems is passed over.

    Raises `QuotemarkError` for fewer than two systems, two of one name, systems over different
    gold, a baseline that is none of them, and rows that a report lacks. `ValueError` for a
    method that is not known.

    >>> from quotemark.metrics.scoring import score
    >>> from quotemark.model import Annotation, Corpus, Span
    >>> def layers(who, *ends):
    ...     return Corpus({}, tuple(Annotation(f"d{n}", "", who, (Span("q", "Quote", ((0, end),)),))
    ...                             for n, end in enumerate(ends)))
    >>> gold = layers("gold", *[9] * 6)
    >>> good, bad = score(gold, layers("a", *[9] * 6)), score(gold, layers("b", *[8] * 6))
    >>> found = compare([good, bad], metrics=["exact"], labels=["Quote"]).differences[0]
    >>> found.difference, found.p, found.better
    (1.0, 0.03125, 'a')
    """
    if on not in RATIOS or test not in TESTS or correction not in CORRECTIONS:
        raise ValueError(f"on {on!r}, test {test!r}, correction {correction!r}")
    reports = [report for report in reports if not report.beside]
    names = names_of(reports)
    if baseline is not None and baseline not in names:
        raise error("baseline", f"no system {baseline!r}", f"name one of: {', '.join(names)}")
    rows = rows_of(reports, metrics, labels)
    places = list(combinations(range(len(names)), 2))
    if baseline is not None:
        base = names.index(baseline)
        places = [(other, base) for other in range(len(names)) if other != base]
    drawn = {"resamples": resamples, "seed": seed}
    matches = [match(each[a], each[b], on) for each in rows for a, b in places]
    pairs = [found.pair for found in matches if found.pair]
    spread = shifts(pairs, method=interval, **drawn)
    p = [s.p for s in spread] if test == "bootstrap" else randomization(pairs, **drawn)
    numbers = zip(pairs, spread, p, adjust(p, method=correction), strict=True)
    named = ((names[a], names[b]) for _ in rows for a, b in places)
    differences = [
        _difference(found, *systems, next(numbers) if found.pair else None)
        for found, systems in zip(matches, named, strict=True)
    ]
    return Comparison(
        tuple(_standings(names, rows, interval, resamples, seed)),
        tuple(differences),
        on,
        test,
        correction,
        signed(
            reports,
            resampling(resamples, seed, interval),
            f"test:{test}|corr:{correction}|tests:{sum(each is not None for each in p)}",
        ),
    )


def _difference(
    found: Match, system: str, against: str, numbers: tuple[Pair, Shift, Number, Number] | None
) -> Difference:
    values: tuple[Number, Number] = (None, None)
    difference, interval, p, corrected, differing = None, None, None, None, 0
    if numbers:
        pair, (interval, _), p, corrected = numbers
        values = defined(pair.statistic(pair.totals[0])), defined(pair.statistic(pair.totals[1]))
        difference, differing = defined(pair.difference), int(pair.differing.sum())
    return Difference(
        str(found.row.metric),
        found.row.label,
        found.figure,
        system,
        against,
        values,
        difference,
        interval,
        p,
        corrected,
        found.documents,
        found.left_out,
        differing,
    )


def _standings(
    names: Sequence[str], rows: Sequence[Sequence[Row]], method: str, resamples: int, seed: int
) -> Iterator[Standing]:
    named = [(name, row) for each in rows for name, row in zip(names, each, strict=True)]
    ledgers = [row.documents for _, row in named]
    found = intervals(ledgers, resamples=resamples, seed=seed, method=method)
    for (name, row), ends in zip(named, found, strict=True):
        kind = row.documents.kind
        keys = (*RATIOS[:2], kind.FIGURE)
        values = kind.ratios(row.documents.counts.sum(axis=0).astype(float))
        ratios = {key: defined(value) for key, value in zip(keys, values, strict=True)}
        known = {
            key: each if ratios[key] is not None else None
            for key, each in zip(keys, ends, strict=True)
        }
        yield Standing(name, str(row.metric), row.label, ratios, known)
