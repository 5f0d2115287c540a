"""What `quotemark next` looks at: what there is to annotate, extractors' output, people's work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from quotemark.cli.systems import distinct
from quotemark.errors import error

if TYPE_CHECKING:
    from quotemark.metrics.names import Metric
    from quotemark.metrics.results import Row
    from quotemark.model import Annotation, Document
    from quotemark.ranking import Unit
    from quotemark.scheme import Scheme
    from quotemark.tasks import Task


class Given(NamedTuple):
    """What there is to annotate."""

    units: list[Unit]
    documents: dict[str, Document]
    tasks: dict[str, Task]
    layers: tuple[Annotation, ...]


def given_items(items: list[Path], scheme: Scheme) -> Given:
    """The units of articles, or of task files with the work that is in them."""
    from quotemark.formats import ReadOptions, read
    from quotemark.formats.labelstudio import corpus_of, read_tasks
    from quotemark.ranking import of_documents, of_tasks

    options = ReadOptions(scheme=scheme)
    files = [path for path in items if path.suffix.lower() == ".json"]
    if not files:
        corpus = read(*items, options=options)
        if not corpus.documents:
            raise error("no-documents", "holds no article", "name articles", file=items[0])
        units = of_documents(corpus.documents.values())
        return Given(units, dict(corpus.documents), {}, ())
    if len(files) < len(items):
        raise typer.BadParameter("give task files (.json) or articles, not both")
    tasks: dict[str, Task] = {}
    for path in files:
        for task in read_tasks(path, options):
            if task.key in tasks:
                message = "a task has this key already"
                raise error("duplicate-task", message, "name it once", file=path, item=task.key)
            tasks[task.key] = task
    corpus = corpus_of(list(tasks.values()))
    return Given(of_tasks(tasks.values()), dict(corpus.documents), tasks, corpus.annotations)


def guesses_of(files: list[Path] | None, scheme: Scheme) -> list[Annotation]:
    """The layers of every system of every file, by names that differ."""
    from quotemark.formats import ReadOptions, read

    parts: list[tuple[str, Path, tuple[Annotation, ...]]] = []
    for path in files or ():
        found = read(path, options=ReadOptions(scheme=scheme)).by_annotator()
        if not found:
            message = "holds no predictions"
            raise error("no-predictions", message, "name an extractor's output", file=path)
        parts += ((name, path, layers) for name, layers in found.items())
    names = distinct((name, path) for name, path, _ in parts)
    return [
        replace(layer, annotator=name)
        for name, (_, _, layers) in zip(names, parts, strict=True)
        for layer in layers
    ]


def work_of(files: list[Path] | None, scheme: Scheme) -> list[Annotation]:
    from quotemark.formats import ReadOptions, read

    if not files:
        return []
    found = read(*files, options=ReadOptions(scheme=scheme))
    return [layer for layer in found if layer.status != "predicted"]


def refuse_parts(units: Iterable[Unit]) -> None:
    """Refuse to draw parts of documents: a score is over documents."""
    seen: set[str] = set()
    for unit in units:
        if unit.doc_id in seen:
            message = "is split into several tasks, and a score is over documents"
            raise error("sample", message, "draw articles, then split them", doc=unit.doc_id)
        seen.add(unit.doc_id)


def row_of(run: Path, system: str | None, metric: Metric, labels: list[str]) -> Row:
    """The row of a saved run that is meant. Raises `QuotemarkError`."""
    from quotemark.metrics.runs import read_run

    reports = [report for report in read_run(run) if not report.beside]
    named = [report for report in reports if system in (None, report.system)]
    if len(named) != 1:
        known = ", ".join(report.system for report in reports) or "nobody"
        message = f"has scores of: {known}"
        raise error("system", message, "name one of them with --system", file=run)
    if len(labels) > 1:
        raise typer.BadParameter("--run goes with one --label")
    try:
        return named[0].row(metric, labels[0])
    except KeyError:
        message = f"has no score by {metric} of {labels[0]}"
        raise error("metric", message, "save it with the same --metric", file=run) from None
