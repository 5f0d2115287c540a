"""`quotemark compare`: whether systems differ, and by how much."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotemark.cli import output, systems
from quotemark.cli.options import Format, FormatOption, SchemeFile, scheme_of
from quotemark.errors import printable

if TYPE_CHECKING:
    from quotemark.comparison import Comparison

DEFAULT = ("exact", "overlap", "attribution(entity,end-to-end)")
"""The metrics that are compared unless others are named, as far as the scheme has them."""


class Ratio(StrEnum):
    """What is compared; f1 is another figure where a metric has no F1."""

    precision = "precision"
    recall = "recall"
    f1 = "f1"


class Test(StrEnum):
    """Ways to test a difference."""

    randomization = "randomization"
    bootstrap = "bootstrap"


class Correction(StrEnum):
    """Ways to correct p-values for several comparisons."""

    holm = "holm"
    bh = "bh"
    none = "none"


On = Annotated[Ratio, typer.Option("--on", help="The ratio to compare.")]


def compare(
    gold: systems.GoldFile,
    pred: Annotated[
        list[Path],
        typer.Argument(
            help="Predictions or saved runs, two or more systems; - is standard input.",
            metavar="PRED",
        ),
    ],
    metric: Annotated[
        list[str] | None,
        typer.Option(
            "--metric",
            "-m",
            help="A metric or protocol, as for score; repeat for several. Default: exact, overlap "
            "and attribution(entity,end-to-end).",
        ),
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option(
            "--label",
            "-l",
            help="A row, such as Quote or Quote[form=direct]; repeat for several. Default: every "
            "label, without its groups.",
        ),
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(
            "--baseline",
            help="Compare every system with this one, in place of every two.",
            metavar="SYSTEM",
        ),
    ] = None,
    on: On = Ratio.f1,
    test: Annotated[
        Test, typer.Option("--test", help="The paired test that gives p-values.")
    ] = Test.randomization,
    correction: Annotated[
        Correction,
        typer.Option("--correction", help="How p-values are corrected for their number."),
    ] = Correction.holm,
    interval: output.IntervalMethod = output.Method.percentile,
    resamples: output.Resamples = 10_000,
    seed: output.Seed = 1,
    format: FormatOption = Format.table,
    annotator: systems.GoldAnnotator = None,
    scheme: SchemeFile = None,
    texts: systems.TextsFile = None,
) -> None:
    """Compare systems on the same gold: differences, 95% intervals, p-values, a sentence each.

    Every two systems are compared on every row, document by document. Saved runs (from score
    --save) stand for predictions.
    """
    from quotemark.comparison import compare as library_compare
    from quotemark.metrics.names import select

    metrics = select(metric or DEFAULT)
    reports = systems.scored(
        gold,
        pred,
        metrics=metrics,
        scheme=scheme_of(scheme, gold),
        annotator=annotator,
        texts=texts,
    )
    if not metric:  # what the scheme or a saved run lacks is not missed
        have = [{row.metric for row in report.rows} for report in reports]
        metrics = tuple(each for each in metrics if all(each in known for known in have))
    found = library_compare(
        reports,
        metrics=metrics,
        labels=label,
        baseline=baseline,
        on=on.value,
        test=test.value,
        correction=correction.value,
        interval=interval.value,
        resamples=resamples,
        seed=seed,
    )
    for each in found.differences:
        if each.left_out:
            row = f"{each.metric} {each.label}: {each.system} and {each.against}"
            what = f"{each.left_out} documents left out, on which only one of them was scored"
            typer.echo(f"quotemark: {printable(row)}: {what}", err=True)
    _print(found, format)


def _print(found: Comparison, format: Format) -> None:
    from quotemark.report import comparisons, grid

    if format is Format.table:
        comparisons.print_comparison(found)
        return
    render = {
        Format.json: comparisons.to_json,
        Format.csv: comparisons.to_csv,
        Format.markdown: comparisons.to_markdown,
        Format.latex: comparisons.comparison_to_latex,
    }[format]
    grid.print_text(render(found))
