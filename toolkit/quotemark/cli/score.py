"""`quotemark score`: precision, recall and F1 of predictions against gold."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quotemark.cli import output, systems
from quotemark.cli.options import Format, FormatOption, SchemeFile, scheme_of, spare_inputs
from quotemark.errors import printable


def score(
    gold: systems.GoldFile,
    pred: Annotated[
        list[Path],
        typer.Argument(help="Predictions, one file a system; - is standard input.", metavar="PRED"),
    ],
    metric: Annotated[
        list[str] | None,
        typer.Option(
            "--metric",
            "-m",
            help="A metric, such as overlap(iou>=0.8), or a family, such as relation; repeat for "
            "several. Default: exact, overlap, token, attribution, stance. See docs/metrics.md.",
        ),
    ] = None,
    protocol: Annotated[
        list[str] | None,
        typer.Option(
            "--protocol",
            "-p",
            help="A published scorer by name, such as semeval2013 or conll; repeat for several. "
            "Without --metric, nothing else is scored. See docs/protocols.md.",
        ),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            help="Score slices too: length, position, speaker, an attribute such as form, or "
            "meta:KEY of the documents; repeat for several.",
            metavar="KEY",
        ),
    ] = None,
    ceiling: Annotated[
        list[Path] | None,
        typer.Option(
            "--ceiling",
            help="Annotators' layers, to show what they score; repeatable. Those of other "
            "annotators in GOLD count without it.",
            metavar="LAYERS",
        ),
    ] = None,
    label: output.Labels = None,
    format: FormatOption = Format.table,
    per_document: output.PerDocument = False,
    intervals: output.WithIntervals = False,
    interval: output.IntervalMethod = output.Method.percentile,
    resamples: output.Resamples = 1000,
    seed: output.Seed = 1,
    baseline: output.Baseline = None,
    save: Annotated[
        Path | None,
        typer.Option(
            "--save",
            help="Keep the counts of every document in this file, for quotemark show and compare; "
            "- is stdout, in place of the scores.",
            metavar="RUN",
        ),
    ] = None,
    annotator: systems.GoldAnnotator = None,
    scheme: SchemeFile = None,
    texts: systems.TextsFile = None,
) -> None:
    """Print precision, recall and F1 of predictions against gold.

    Documents that a PRED lacks count as missed. A PRED with several annotators' layers is
    scored as several systems.
    """
    from quotemark.metrics.names import METRICS, of_protocol, select

    look = output.Look(format, per_document, intervals, interval, resamples, seed, baseline)
    if save:
        spare_inputs(save, gold, *pred, *(ceiling or ()), scheme, texts)

    published = [m for name in protocol or () for m in of_protocol(name)]
    chosen = select(metric or ())
    metrics = tuple(dict.fromkeys((*chosen, *published))) or METRICS
    schema = scheme_of(scheme, gold)
    reports = systems.scored(
        gold,
        pred,
        metrics=metrics,
        scheme=schema,
        annotator=annotator,
        texts=texts,
        by=by or (),
        people=ceiling or (),
    )
    known = {str(row.metric) for report in reports for row in report.rows}
    if idle := [name for name in map(str, metrics) if name not in known and (metric or protocol)]:
        note = f"the scheme {schema.id} has nothing to score by {', '.join(idle)}"
        typer.echo(f"quotemark: {printable(note)}", err=True)
    for key in by or ():
        parted = {
            str(r.metric) for each in reports for r in each.rows if r.slice.startswith(f"{key}=")
        }
        if whole := [name for name in map(str, metrics) if name in known - parted]:
            note = f"by {key} there are no slices of {', '.join(whole)}"
            typer.echo(f"quotemark: {printable(note)}", err=True)
    shown = output.labelled(reports, label)
    if save:
        from quotemark.files import STDIO, write_atomic
        from quotemark.metrics.runs import run_chunks

        write_atomic(save, run_chunks(reports))
        if save == STDIO:
            return
    output.print_reports(shown, look)
