"""How scores are printed: the options that say so, and every format."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from quotemark.cli.options import Format
from quotemark.errors import error, printable

if TYPE_CHECKING:
    from quotemark.metrics.results import ScoreReport


class Method(StrEnum):
    """Ways to make an interval."""

    percentile = "percentile"
    bca = "bca"


PerDocument = Annotated[
    bool, typer.Option("--per-document", help="Print every document's scores too.")
]
Labels = Annotated[
    list[str] | None,
    typer.Option(
        "--label",
        "-l",
        help="Print this row only, a label or a group such as Quote[form=direct], with its "
        "slices; repeat for several.",
    ),
]
WithIntervals = Annotated[
    bool, typer.Option("--intervals", help="Give 95% intervals, by resampling documents.")
]
IntervalMethod = Annotated[
    Method, typer.Option("--interval", help="How intervals are made of the resamples.")
]
Resamples = Annotated[
    int, typer.Option("--resamples", min=1, help="How often the documents are drawn.")
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The seed of the draws.")]
Baseline = Annotated[
    str | None,
    typer.Option(
        "--baseline",
        help="With --format latex: mark the systems whose F1 differs from this one's.",
        metavar="SYSTEM",
    ),
]


@dataclass(frozen=True, slots=True)
class Look:
    """What the options say about printing."""

    format: Format
    per_document: bool
    intervals: bool
    method: Method
    resamples: int
    seed: int
    baseline: str | None = None

    def __post_init__(self) -> None:
        if self.baseline is not None and self.format is not Format.latex:
            raise typer.BadParameter(
                "marks are for --format latex; quotemark compare tells differences in any",
                param_hint="--baseline",
            )


def labelled(reports: Sequence[ScoreReport], labels: Sequence[str] | None) -> list[ScoreReport]:
    """The rows of some labels, of all where None. Raises `QuotemarkError` for an unknown one."""
    known = dict.fromkeys(row.label for report in reports for row in report.rows)
    wanted = known if labels is None else labels
    if unknown := [label for label in wanted if label not in known]:
        remedy = f"name one of: {', '.join(known)}"
        raise error("label", f"no score of {', '.join(map(repr, unknown))}", remedy)
    return [
        replace(report, rows=tuple(row for row in report.rows if row.label in wanted))
        for report in reports
    ]


def print_reports(reports: Sequence[ScoreReport], look: Look) -> None:
    """Print scores, with intervals if asked for. Raises `QuotemarkError` for a bad baseline."""
    if look.intervals:
        reports = _resampled(reports, look)
    if look.format is Format.table:
        from quotemark.report.strings import print_strings
        from quotemark.report.tables import print_scores

        print_scores(reports, per_document=look.per_document)
        print_strings(reports)
        _print_remarks(reports)
        return
    if look.format is Format.csv:  # which has no room for them
        _print_remarks(reports, err=True)
    sys.stdout.buffer.write(_rendered(reports, look).encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def _print_remarks(reports: Sequence[ScoreReport], *, err: bool = False) -> None:
    for remark in remarks(reports):
        typer.echo(f"{'quotemark: ' if err else ''}{printable(remark)}", err=err)


def remarks(reports: Sequence[ScoreReport]) -> list[str]:
    """What goes with the scores, each remark once."""
    return list(dict.fromkeys(remark for report in reports for remark in report.remarks))


def _resampled(reports: Sequence[ScoreReport], look: Look) -> list[ScoreReport]:
    from quotemark.intervals import with_intervals

    if any(len(report.documents) < 2 for report in reports):
        typer.echo("quotemark: no intervals: they need two documents or more", err=True)
    method, resamples, seed = look.method.value, look.resamples, look.seed
    return [
        with_intervals(report, resamples=resamples, seed=seed, method=method) for report in reports
    ]


def _rendered(reports: Sequence[ScoreReport], look: Look) -> str:
    from quotemark.report import plain

    if look.format is Format.latex:
        from quotemark.report.publication import scores_to_latex

        marks, notes = _marks(reports, look) if look.baseline is not None else ({}, [])
        notes += (f"{remark}." for remark in remarks(reports))
        return scores_to_latex(reports, per_document=look.per_document, marks=marks, notes=notes)
    if look.format is Format.markdown:
        from quotemark.report.strings import strings_to_markdown

        table = plain.to_markdown(reports, per_document=look.per_document)
        said = "".join(f"\n{plain.escape(printable(each))}\n" for each in remarks(reports))
        return table + strings_to_markdown(reports) + said
    render = plain.to_json if look.format is Format.json else plain.to_csv
    return render(reports, per_document=look.per_document)


def _marks(
    reports: Sequence[ScoreReport], look: Look
) -> tuple[Mapping[tuple[object, ...], str], list[str]]:
    """A mark for each F1 that differs from the baseline's, and what the marks mean."""
    from quotemark.comparison import compare

    labels = dict.fromkeys(row.label for report in reports for row in report.rows)
    found = compare(reports, labels=labels, baseline=look.baseline, seed=look.seed)
    tests = sum(each.p is not None for each in found.differences)
    marks: dict[tuple[object, ...], str] = {
        (each.system, each.metric, each.label, ""): mark
        for each in found.differences
        if each.corrected is not None
        and (mark := "‡" if each.corrected < 0.01 else "†" if each.corrected < 0.05 else "")
    }
    note = (
        f"†: F1 differs from {look.baseline} with p < 0.05, ‡: with p < 0.01, by paired "
        f"approximate randomization, after Holm's correction over {tests} "
        f"comparison{'s' * (tests != 1)} ({found.signature})."
    )
    return marks, [note]
