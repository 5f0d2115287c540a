"""`quotemark score`: precision, recall and F1 of predictions against gold."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from quotemark.cli.options import Format, FormatOption, SchemeFile, scheme_of, stdin_once
from quotemark.errors import QuotemarkError, error, printable

if TYPE_CHECKING:
    from quotemark.metrics.results import ScoreReport
    from quotemark.model import Corpus


def score(
    gold: Annotated[Path, typer.Argument(help="The gold annotations.", metavar="GOLD")],
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
    annotator: Annotated[
        str | None, typer.Option("--annotator", help="Whose layer is gold, where GOLD has several.")
    ] = None,
    scheme: SchemeFile = None,
    texts: Annotated[
        Path | None,
        typer.Option("--texts", help="The documents, where neither GOLD nor PRED has their texts."),
    ] = None,
) -> None:
    """Print precision, recall and F1 of predictions against gold.

    Documents that a PRED lacks count as missed. A PRED with several annotators' layers is
    scored as several systems.
    """
    from quotemark.formats import read
    from quotemark.metrics.names import METRICS, of_protocol, select
    from quotemark.metrics.scoring import score as library_score

    stdin_once(gold, *pred, texts)
    published = [m for name in protocol or () for m in of_protocol(name)]
    chosen = select(metric or ())
    metrics = tuple(dict.fromkeys((*chosen, *published))) or METRICS
    schema = scheme_of(scheme)
    truth = read(gold)
    if not truth.annotations:
        raise error("no-gold", "holds no annotation", "name a file with gold layers", file=gold)
    if texts:
        truth = _with_texts(truth, read(texts), texts)
    reports = []
    found = [(path, read(path)) for path in pred]
    for path, corpus in found:
        if corpus.documents and not corpus.annotations:
            message = "holds texts and no predictions"
            raise error("no-predictions", message, "name an extractor's output", file=path)
    for system in _systems(found):
        try:
            report = library_score(
                truth, system.corpus, scheme=schema, metrics=metrics, annotator=annotator
            )
        except QuotemarkError as failure:
            raise _in_files(failure, gold, system.path) from None
        reports.append(replace(report, system=system.name))
    for report in reports:
        for note in notes(report):
            named = f"{printable(report.system)}: " if len(reports) > 1 else ""
            typer.echo(f"quotemark: {named}{note}", err=True)
    scored = {str(row.metric) for report in reports for row in report.rows}
    if idle := [name for name in map(str, metrics) if name not in scored and (metric or protocol)]:
        note = f"the scheme {schema.id} has nothing to score by {', '.join(idle)}"
        typer.echo(f"quotemark: {printable(note)}", err=True)
    _print(reports, format, per_document)


class System(NamedTuple):
    """The layers that are scored together, and what they are called."""

    name: str
    path: Path
    corpus: Corpus


def _systems(read: list[tuple[Path, Corpus]]) -> list[System]:
    """One system for each annotator of each file, by names that differ."""
    from quotemark.model import Corpus

    parts = [
        (path, annotator, Corpus(corpus.documents, layers))
        for path, corpus in read
        for annotator, layers in (corpus.by_annotator() or {path.stem: ()}).items()
    ]
    for name in ("{annotator}", "{path.stem}:{annotator}", "{path}:{annotator}", "{number}"):
        names = [
            name.format(annotator=annotator, path=path, number=number)
            for number, (path, annotator, _) in enumerate(parts, 1)
        ]
        if len(set(names)) == len(names):
            break
    return [
        System(name, path, corpus) for name, (path, _, corpus) in zip(names, parts, strict=True)
    ]


def _with_texts(gold: Corpus, texts: Corpus, file: Path) -> Corpus:
    """Gold with the texts of its documents."""
    from quotemark.model import Corpus

    wanted = {a.doc_id for a in gold}
    found = {doc: document for doc, document in texts.documents.items() if doc in wanted}
    for doc, document in found.items():
        if doc in gold.documents and gold.documents[doc].sha256 != document.sha256:
            raise error(
                "text-hash", "is not the text in gold", "name the same text", file=file, doc=doc
            )
    return Corpus({**found, **gold.documents}, gold.annotations)


def _in_files(failure: QuotemarkError, gold: Path, pred: Path) -> QuotemarkError:
    """The same problems, at the files they lie in."""
    from quotemark.metrics.prepare import GOLD, PRED

    files = {GOLD: str(gold), PRED: str(pred)}
    return QuotemarkError(
        replace(p, where=replace(p.where, file=files.get(p.where.file, p.where.file)))
        for p in failure.problems
    )


def notes(report: ScoreReport) -> list[str]:
    """What whoever reads the scores has to know, one line each.

    >>> from quotemark.metrics.results import ScoreReport
    >>> notes(ScoreReport((), ("a1",), "1f2e3d4c", "0.1.0", missing=("a1",)))
    ['no predictions for 1 of 1 documents, counted as missed: a1']
    """
    from quotemark.metrics.results import needs_text

    found = []
    if report.missing:
        some = f"{len(report.missing)} of {len(report.documents)} documents"
        found.append(f"no predictions for {some}, counted as missed: {_names(report.missing)}")
    if report.extra:
        found.append(f"left out, not in gold: {_names(report.extra)}")
    if report.outside:
        counts = (f"{n} {printable(what)}" for what, n in report.outside.items())
        found.append(f"left out, gold was not asked: {', '.join(counts)}")
    if report.unfinished:
        found.append(f"left out, drafts and cancelled layers of: {_names(report.unfinished)}")
    if report.untexted and any(needs_text(row.metric) for row in report.rows):
        documents = _names(report.untexted)
        found.append(f"no text, so some scores leave out: {documents}; name the texts with --texts")
    gone = sum(counts.not_in_text for counts in report.grounding.values())
    if gone:
        total = sum(counts.total for counts in report.grounding.values())
        found.append(f"{gone} of {total} strings are not in the texts: no score counts them")
    return found


def _names(docs: tuple[str, ...]) -> str:
    return ", ".join(map(printable, docs))


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
