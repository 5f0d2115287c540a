"""The systems that commands score: read from files of predictions, and scored against gold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from quotemark.cli.options import named_once, stdin_once
from quotemark.cli.terms import How, in_files
from quotemark.errors import QuotemarkError, error, printable

if TYPE_CHECKING:
    from quotemark.metrics.names import Metric
    from quotemark.metrics.results import ScoreReport
    from quotemark.model import Corpus
    from quotemark.scheme import Scheme

NAMED = 10
"""How many documents a note names at most."""

GoldFile = Annotated[Path, typer.Argument(help="The gold annotations.", metavar="GOLD")]
GoldAnnotator = Annotated[
    str | None, typer.Option("--annotator", help="Whose layer is gold, where GOLD has several.")
]
TextsFile = Annotated[
    Path | None,
    typer.Option("--texts", help="The documents, where neither GOLD nor PRED has their texts."),
]


def scored(
    gold: Path,
    pred: Sequence[Path],
    *,
    metrics: Sequence[Metric],
    scheme: Scheme,
    annotator: str | None,
    texts: Path | None,
    by: Sequence[str] = (),
    people: Sequence[Path] | None = None,
) -> list[ScoreReport]:
    """Every system of the files, scored against gold; says what was left out.

    A file may be a saved run: then its scores by the metrics are taken. With `people`, files of
    annotators' layers, the human ceiling comes after the systems, by these layers and by those
    of others in gold's file; None: no ceiling. Raises `QuotemarkError`, naming the files, for
    what cannot be read or compared.
    """
    from quotemark.formats import read
    from quotemark.metrics.results import ScoreReport
    from quotemark.metrics.runs import is_run

    stdin_once(gold, *pred, *(people or ()), texts)
    named_once(*pred)
    if is_run(gold):
        remedy = "name the gold annotations; quotemark show prints a run"
        raise error("gold", "is a saved run", remedy, file=gold)
    how = How(metrics, scheme, annotator, by)
    if not (texts or by or people) and (reports := _large(gold, pred, how)):
        say(reports)
        return reports
    truth = read(gold)
    if not truth.annotations:
        raise error("no-gold", "holds no annotation", "name a file with gold layers", file=gold)
    if texts:
        truth = _with_texts(truth, read(texts), texts)
    reports = []
    systems = _systems(pred, {layer.doc_id for layer in truth})
    of_gold = cache(lambda: _of_gold(truth, how))  # which only runs ask for, and all the same
    for system in systems:
        try:
            report = _scored(truth, system, how, of_gold)
        except QuotemarkError as failure:
            raise in_files(failure, gold, system.path) from None
        reports.append(replace(report, system=system.name))
    if people is not None:
        for system in systems:
            if not isinstance(system.found, ScoreReport):
                truth = _with_texts(truth, system.found, system.path)
        from quotemark.cli.people import ceiling_of

        reports += ceiling_of(gold, truth, people, how, reports)
    say(reports)
    return reports


def _large(gold: Path, pred: Sequence[Path], how: How) -> list[ScoreReport]:
    """The scores of files so large that columns pay; none where something else is to be done."""
    from quotemark.columnar import score_large

    metrics, scheme, annotator, _ = how
    reports = score_large(
        gold, pred, scheme=scheme, metrics=metrics, annotator=annotator, say=_say_note
    )
    names = distinct((r.system, path) for r, path in zip(reports, pred, strict=False))
    return [replace(r, system=name) for r, name in zip(reports, names, strict=True)]


def _say_note(note: str) -> None:
    typer.echo(f"quotemark: {note}", err=True)


class System(NamedTuple):
    """One system's predictions, or the scores that a run saved of it, and what it is called."""

    name: str
    path: Path
    found: Corpus | ScoreReport


def _of_gold(truth: Corpus, how: How) -> ScoreReport:
    """A report of no scores: gold's hash and documents."""
    from quotemark.metrics.scoring import score
    from quotemark.model import Corpus

    return score(truth, Corpus(), scheme=how.scheme, metrics=(), annotator=how.annotator)


def _scored(
    truth: Corpus, system: System, how: How, of_gold: Callable[[], ScoreReport]
) -> ScoreReport:
    from quotemark.metrics.scoring import score
    from quotemark.model import Corpus

    metrics, scheme, annotator, by = how
    if isinstance(system.found, Corpus):
        return score(
            truth, system.found, scheme=scheme, metrics=metrics, annotator=annotator, by=by
        )
    saved = system.found
    now = of_gold()
    if (saved.gold, saved.documents) != (now.gold, now.documents):
        message = f"is a run against other gold: {saved.gold}, not {now.gold}"
        raise error("gold", message, "name the gold it was made with", file=system.path)
    keys = {row.slice.partition("=")[0] for row in saved.rows}
    if lacking := [key for key in by if key not in keys]:
        message = f"{system.name} is a run without slices by {', '.join(lacking)}"
        raise error("by", message, "save it with the same --by", file=system.path)
    wanted = {"", *by}
    rows = [r for r in saved.rows if r.metric in metrics and r.slice.partition("=")[0] in wanted]
    if saved.rows and not rows:
        message = f"{system.name} is a run without scores by {', '.join(map(str, metrics))}"
        raise error("metric", message, "save it with the same --metric", file=system.path)
    return replace(saved, rows=tuple(rows))


def _systems(paths: Sequence[Path], wanted: Collection[str]) -> list[System]:
    """One system for each run's system, or annotator, of each file, by names that differ."""
    from quotemark.formats import read
    from quotemark.metrics.runs import is_run, read_run

    parts: list[tuple[Path, str, Corpus | ScoreReport]] = []
    for path in paths:
        if is_run(path):
            saved = (report for report in read_run(path) if not report.beside)
            parts += ((path, report.system, report) for report in saved)
        else:
            parts += ((path, *named) for named in by_annotator(read(path), path))
    _one_text([(path, found) for path, _, found in parts], wanted)
    names = distinct((system, path) for path, system, _ in parts)
    return [System(name, path, found) for name, (path, _, found) in zip(names, parts, strict=True)]


def distinct(named: Iterable[tuple[str, Path]]) -> list[str]:
    """Names that differ, of systems by their own names and files; the shortest that do.

    >>> distinct([("rules", Path("old.jsonl")), ("rules", Path("new.jsonl"))])
    ['old:rules', 'new:rules']
    """
    parts = list(named)
    for form in ("{name}", "{path.stem}:{name}", "{path}:{name}", "{number}"):
        names = [form.format(name=n, path=p, number=i) for i, (n, p) in enumerate(parts, 1)]
        if len(set(names)) == len(names):
            break
    return names


def by_annotator(corpus: Corpus, path: Path) -> list[tuple[str, Corpus]]:
    from quotemark.model import Corpus

    if corpus.documents and not corpus.annotations:
        message = "holds texts and no predictions"
        raise error("no-predictions", message, "name an extractor's output", file=path)
    found = corpus.by_annotator() or {path.stem: ()}
    return [(name, Corpus(corpus.documents, layers)) for name, layers in found.items()]


def _one_text(parts: Sequence[tuple[Path, Corpus | ScoreReport]], wanted: Collection[str]) -> None:
    """Refuse predictions over different texts of one document, which gold need not tell."""
    from quotemark.model import Corpus

    known: dict[str, tuple[str, Path]] = {}
    for path, found in parts:
        if not isinstance(found, Corpus):
            continue
        hashes = [(a.doc_id, a.text_sha256) for a in found if a.text_sha256]
        hashes += [(doc, document.sha256) for doc, document in found.documents.items()]
        for doc, sha256 in hashes:
            before, other = known.setdefault(doc, (sha256, path))
            if before != sha256 and doc in wanted:
                message = f"is over another text than in {other}: {sha256[:12]}…, {before[:12]}…"
                remedy = "extract from one text with all systems"
                raise error("text-hash", message, remedy, file=path, doc=doc)


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


def say(reports: Sequence[ScoreReport]) -> None:
    """Say on standard error what the scores leave out, by system where there are several."""
    for report in reports:
        for note in notes(report) if not report.beside else ():
            named = f"{printable(report.system)}: " if len(reports) > 1 else ""
            typer.echo(f"quotemark: {named}{note}", err=True)


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
        found.append(f"no predictions for {some}, counted as missed: {names_of(report.missing)}")
    if report.extra:
        found.append(f"left out, not in gold: {names_of(report.extra)}")
    if report.outside:
        counts = (f"{n} {printable(what)}" for what, n in report.outside.items())
        found.append(f"left out, gold was not asked: {', '.join(counts)}")
    if report.unfinished:
        found.append(f"left out, drafts and cancelled layers of: {names_of(report.unfinished)}")
    if report.untexted and any(needs_text(row.metric) for row in report.rows):
        documents = names_of(report.untexted)
        found.append(f"no text, so some scores leave out: {documents}; name the texts with --texts")
    gone = sum(counts.not_in_text for counts in report.grounding.values())
    if gone:
        total = sum(counts.total for counts in report.grounding.values())
        found.append(f"{gone} of {total} strings are not in the texts: no score counts them")
    return found


def names_of(docs: Sequence[str]) -> str:
    """The first few documents, and how many more; JSON names all.

    >>> names_of("ab"), names_of("abcdefghijklm")
    ('a, b', 'a, b, c, d, e, f, g, h, i, j and 3 more')
    """
    more = f" and {len(docs) - NAMED:,} more" if len(docs) > NAMED else ""
    return ", ".join(map(printable, docs[:NAMED])) + more
