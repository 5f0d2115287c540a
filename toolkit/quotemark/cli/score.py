"""`quotemark score`: precision, recall and F1 of predictions against gold."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotemark.cli import systems
from quotemark.cli.options import Format, FormatOption, SchemeFile, scheme_of
from quotemark.errors import printable

if TYPE_CHECKING:
    from quotemark.metrics.results import ScoreReport


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
            help="A metric, such as exact, overlap(iou>=0.8), token, attribution or stance; "
            "repeat for several. Default: all.",
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
    format: FormatOption = Format.table,
    per_document: Annotated[
        bool, typer.Option("--per-document", help="Print every document's scores too.")
    ] = False,
    annotator: systems.GoldAnnotator = None,
    scheme: SchemeFile = None,
    texts: systems.TextsFile = None,
) -> None:
    """Print precision, recall and F1 of predictions against gold.

    Documents that a PRED lacks count as missed. A PRED with several annotators' layers is
    scored as several systems.
    """
    from quotemark.metrics.names import METRICS, of_protocol, select

    published = [m for name in protocol or () for m in of_protocol(name)]
    chosen = select(metric or ())
    metrics = tuple(dict.fromkeys((*chosen, *published))) or METRICS
    schema = scheme_of(scheme)
    reports = systems.scored(
        gold, pred, metrics=metrics, scheme=schema, annotator=annotator, texts=texts
    )
    known = {str(row.metric) for report in reports for row in report.rows}
    if idle := [name for name in map(str, metrics) if name not in known and (metric or protocol)]:
        note = f"the scheme {schema.id} has nothing to score by {', '.join(idle)}"
        typer.echo(f"quotemark: {printable(note)}", err=True)
    _print(reports, format, per_document)


def _print(reports: list[ScoreReport], format: Format, per_document: bool) -> None:
    if format is Format.table:
        from quotemark.report.strings import print_strings
        from quotemark.report.tables import print_scores

        print_scores(reports, per_document=per_document)
        print_strings(reports)
        return
    from quotemark.report import plain

    render = {
        Format.json: plain.to_json,
        Format.csv: plain.to_csv,
        Format.markdown: plain.to_markdown,
    }[format]
    text = render(reports, per_document=per_document)
    if format is Format.markdown:
        from quotemark.report.strings import strings_to_markdown

        text += strings_to_markdown(reports)
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
