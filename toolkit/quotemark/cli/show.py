"""`quotemark show`: the scores of saved runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotemark.cli import output, systems
from quotemark.cli.options import Format, FormatOption, named_once, stdin_once
from quotemark.errors import error

if TYPE_CHECKING:
    from quotemark.metrics.results import ScoreReport


def show(
    runs: Annotated[
        list[Path],
        typer.Argument(help="Files of quotemark score --save; - is stdin.", metavar="RUN..."),
    ],
    metric: Annotated[
        list[str] | None,
        typer.Option("--metric", "-m", help="Show only this metric; repeat for several."),
    ] = None,
    label: output.Labels = None,
    format: FormatOption = Format.table,
    per_document: output.PerDocument = False,
    intervals: output.WithIntervals = False,
    interval: output.IntervalMethod = output.Method.percentile,
    resamples: output.Resamples = 1000,
    seed: output.Seed = 1,
    baseline: output.Baseline = None,
) -> None:
    """Print the scores of saved runs, without gold and predictions.

    Runs of several files stand side by side: they must be over the same gold.
    """
    from quotemark.metrics.runs import read_run

    look = output.Look(format, per_document, intervals, interval, resamples, seed, baseline)
    stdin_once(*runs)
    named_once(*runs)
    read = [(path, read_run(path)) for path in runs]
    _one_gold(read)
    reports = _named(read)
    if metric:
        reports = [_only(report, metric) for report in reports]
    shown = output.labelled(reports, label)
    systems.say(shown)
    output.print_reports(shown, look)


Read = Sequence[tuple[Path, Sequence["ScoreReport"]]]


def _one_gold(read: Read) -> None:
    """Refuse runs that cannot stand side by side."""
    first: ScoreReport | None = None
    for path, reports in read:
        for report in reports:
            if report.beside:  # whose gold may be an annotator's layer
                continue
            first = first or report
            if (report.gold, report.documents) != (first.gold, first.documents):
                message = f"is of {_gold(report)}, not of {_gold(first)}"
                raise error("gold", message, "show runs over the same gold", file=path)


def _gold(report: ScoreReport) -> str:
    return f"gold {report.gold} with {len(report.documents)} documents"


def _named(read: Read) -> list[ScoreReport]:
    """The reports, by names that differ."""
    found = [(path, report) for path, reports in read for report in reports]
    names = systems.distinct((report.system, path) for path, report in found)
    return [replace(report, system=name) for name, (_, report) in zip(names, found, strict=True)]


def _only(report: ScoreReport, names: Iterable[str]) -> ScoreReport:
    """The rows of some metrics. Raises `QuotemarkError` for one that is not there."""
    from quotemark.metrics.names import select

    known = dict.fromkeys(str(row.metric) for row in report.rows)
    wanted = {str(each) for name in names for each in select([name])}
    rows = tuple(row for row in report.rows if str(row.metric) in wanted)
    if not rows:
        message = f"{report.system} is not scored by {', '.join(names)}"
        raise error("metric", message, f"name one of: {', '.join(known)}")
    return replace(report, rows=rows)
