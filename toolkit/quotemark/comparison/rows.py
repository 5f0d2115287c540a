"""What of several systems' scores can be compared: the same gold, rows and documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.metrics.names import select
from quotemark.metrics.results import RATIOS, Row, ScoreReport
from quotemark.stats import Pair

if TYPE_CHECKING:
    from quotemark.metrics.names import Metric

Number = float | None
"""None: undefined."""


class Match(NamedTuple):
    """One row of two systems: what is compared, on how many documents, and without how many."""

    row: Row
    figure: str
    pair: Pair | None
    documents: int
    left_out: int


def match(first: Row, second: Row, on: str) -> Match:
    one, two = first.documents, second.documents
    both = one.scored & two.scored
    kept, left_out = int(both.sum()), int((one.scored ^ two.scored).sum())
    figure = one.kind.FIGURE if on == "f1" else on
    if not kept:
        return Match(first, figure, None, 0, left_out)
    place = RATIOS.index(on)
    pair = Pair(one.counts, two.counts, lambda sums: one.kind.ratios(sums)[..., place], both)
    return Match(first, figure, pair, kept, left_out)


def names_of(reports: Sequence[ScoreReport]) -> list[str]:
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


def rows_of(
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


def signed(reports: Sequence[ScoreReport], *parts: str) -> str:
    one = reports[0]
    said = "|".join(("avg:micro", f"docs:{len(one.documents)}", f"gold:{one.gold}", *parts))
    return f"{said}|v:{','.join(sorted({report.version for report in reports}))}"


def defined(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)
