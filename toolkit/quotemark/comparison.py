"""Systems against each other: their scores with intervals, and whether the differences are real.

Works from the counts of every document that reports keep: predictions are not needed.
docs/statistics.md says what each number is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.metrics.names import select
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

Number = float | None
"""None: undefined."""

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
    not scored on is left out for both.

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
    names = _names(reports)
    if baseline is not None and baseline not in names:
        raise error("baseline", f"no system {baseline!r}", f"name one of: {', '.join(names)}")
    rows = _rows(reports, metrics, labels)
    places = list(combinations(range(len(names)), 2))
    if baseline is not None:
        base = names.index(baseline)
        places = [(other, base) for other in range(len(names)) if other != base]
    drawn = {"resamples": resamples, "seed": seed}
    matches = [_match(each[a], each[b], on) for each in rows for a, b in places]
    pairs = [match.pair for match in matches if match.pair]
    spread = shifts(pairs, method=interval, **drawn)
    p = [s.p for s in spread] if test == "bootstrap" else randomization(pairs, **drawn)
    numbers = zip(pairs, spread, p, adjust(p, method=correction), strict=True)
    named = ((names[a], names[b]) for _ in rows for a, b in places)
    differences = [
        _difference(match, *systems, next(numbers) if match.pair else None)
        for match, systems in zip(matches, named, strict=True)
    ]
    return Comparison(
        tuple(_standings(names, rows, interval, resamples, seed)),
        tuple(differences),
        on,
        test,
        correction,
        _signed(
            reports,
            resampling(resamples, seed, interval),
            f"test:{test}|corr:{correction}|tests:{sum(each is not None for each in p)}",
        ),
    )


def matched(first: Row, second: Row, *, on: str = "f1") -> Pair | None:
    """Two systems' counts of one row, over the documents that both were scored on.

    None where there is no such document.
    """
    return _match(first, second, on).pair


class _Match(NamedTuple):
    """One row of two systems: what is compared, on how many documents, and without how many."""

    row: Row
    figure: str
    pair: Pair | None
    documents: int
    left_out: int


def _match(first: Row, second: Row, on: str) -> _Match:
    one, two = first.documents, second.documents
    both = one.scored & two.scored
    kept, left_out = int(both.sum()), int((one.scored ^ two.scored).sum())
    figure = one.kind.FIGURE if on == "f1" else on
    if not kept:
        return _Match(first, figure, None, 0, left_out)
    place = RATIOS.index(on)
    pair = Pair(one.counts, two.counts, lambda sums: one.kind.ratios(sums)[..., place], both)
    return _Match(first, figure, pair, kept, left_out)


def _difference(
    match: _Match, system: str, against: str, numbers: tuple[Pair, Shift, Number, Number] | None
) -> Difference:
    values: tuple[Number, Number] = (None, None)
    difference, interval, p, corrected, differing = None, None, None, None, 0
    if numbers:
        pair, (interval, _), p, corrected = numbers
        values = _defined(pair.statistic(pair.totals[0])), _defined(pair.statistic(pair.totals[1]))
        difference, differing = _defined(pair.difference), int(pair.differing.sum())
    return Difference(
        str(match.row.metric),
        match.row.label,
        match.figure,
        system,
        against,
        values,
        difference,
        interval,
        p,
        corrected,
        match.documents,
        match.left_out,
        differing,
    )


def _defined(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)


def _names(reports: Sequence[ScoreReport]) -> list[str]:
    """The systems' names; refuses what cannot be compared."""
    names = [report.system for report in reports]
    if len(names) < 2:
        message = f"{len(names)} to compare"
        raise error("systems", message, "name the predictions of two or more systems")
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        message = f"two systems are called {twice[0]!r}"
        raise error("systems", message, "give each a name of its own")
    for report in reports[1:]:
        if (report.gold, report.documents) != (reports[0].gold, reports[0].documents):
            of = (f"{each.system}: {_gold(each)}" for each in (reports[0], report))
            message = f"not scored against one gold ({', '.join(of)})"
            raise error("gold", message, "score all systems against the same gold")
    return names


def _gold(report: ScoreReport) -> str:
    return f"{report.gold}, {len(report.documents)} documents"


def _rows(
    reports: Sequence[ScoreReport],
    metrics: Iterable[str | Metric] | None,
    labels: Iterable[str] | None,
) -> list[list[Row]]:
    """The chosen rows, each of every system, in the order of the reports' rows."""
    found = [
        {(str(row.metric), row.label): row for row in report.rows if not row.slice}
        for report in reports
    ]
    known = dict.fromkeys(key for rows in found for key in rows)
    measured = dict.fromkeys(metric for metric, _ in known)
    labelled = dict.fromkeys(label for _, label in known)
    wanted = measured if metrics is None else dict.fromkeys(map(str, select(map(str, metrics))))
    scored = {key[1] for rows in found for key, row in rows.items() if row.documents.counts.any()}
    plain = [name for name in labelled if name in scored and "[" not in name]
    chosen = plain if labels is None else list(labels)
    problems = [
        *_unknown("metric", wanted, measured, "score the systems by it"),
        *_unknown("label", chosen, labelled, f"name one of: {', '.join(labelled)}"),
    ]
    if problems:
        raise QuotemarkError(problems)
    keys = [key for key in known if key[0] in wanted and key[1] in chosen]
    if not keys:
        raise error("rows", "no row to compare", "choose other metrics or labels")
    for report, rows in zip(reports, found, strict=True):
        if lacking := [" ".join(key) for key in keys if key not in rows]:
            message = f"{report.system} is not scored by {', '.join(lacking)}"
            raise error("rows", message, "score all systems by the same metrics and scheme")
    return [[rows[key] for rows in found] for key in keys]


def _unknown(
    code: str, wanted: Iterable[str], known: Collection[str], remedy: str
) -> list[Problem]:
    lacking = (name for name in wanted if name not in known)
    return [Problem(Where(), code, f"no system has a score of {name}", remedy) for name in lacking]


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
        ratios = {key: _defined(value) for key, value in zip(keys, values, strict=True)}
        known = {
            key: each if ratios[key] is not None else None
            for key, each in zip(keys, ends, strict=True)
        }
        yield Standing(name, str(row.metric), row.label, ratios, known)


def _signed(reports: Sequence[ScoreReport], *parts: str) -> str:
    one = reports[0]
    said = "|".join(("avg:micro", f"docs:{len(one.documents)}", f"gold:{one.gold}", *parts))
    return f"{said}|v:{','.join(sorted({report.version for report in reports}))}"
