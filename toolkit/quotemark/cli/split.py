"""`quotemark split`: articles to Label Studio tasks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotemark.cli.options import (
    Encoding,
    IdColumn,
    Output,
    SchemeFile,
    TextColumn,
    scheme_of,
    spare_inputs,
    stdin_once,
)
from quotemark.errors import Problem, error, printable
from quotemark.files import STDIO, write_atomic
from quotemark.wording import counted

if TYPE_CHECKING:
    from quotemark.extractors import Extractor
    from quotemark.model import Annotation, Corpus, Document, Fragment
    from quotemark.scheme import Scheme
    from quotemark.tasks import Task, Window

WindowOption = Annotated[
    str,
    typer.Option(
        "--window",
        help="What makes a task: document, paragraphs (one each), or a number of paragraphs. "
        "Relations cannot leave a task.",
        metavar="document|paragraphs|N",
    ),
]
Context = Annotated[
    int,
    typer.Option("--context", help="Paragraphs shown in grey before and after.", min=0),
]


def split(
    articles: Annotated[
        list[Path],
        typer.Argument(
            help="Articles: .txt, .md, .html, .jsonl, .csv, .tsv, .parquet, or folders of them. "
            "- is standard input in the native format.",
            metavar="ARTICLE...",
        ),
    ],
    output: Output = STDIO,
    window: WindowOption = "document",
    context: Context = 2,
    extractor: Annotated[
        str | None,
        typer.Option("--extractor", help="Give its output as pre-annotations.", metavar="NAME"),
    ] = None,
    annotations: Annotated[
        Path | None,
        typer.Option("--annotations", help="Work on these articles to take along.", metavar="FILE"),
    ] = None,
    scheme: SchemeFile = None,
    encoding: Encoding = None,
    id_column: IdColumn = "id",
    text_column: TextColumn = "text",
) -> None:
    """Cut articles into Label Studio tasks, for annotators to label.

    No task begins inside a quotation, or between a quote and its attribution. The speakers to
    choose from are those of the article's sidecar and of the extractor, or else those that
    rules find.
    """
    from quotemark.extractors import extractor as extractor_named
    from quotemark.formats import ReadOptions, read

    stdin_once(*articles, annotations)
    spare_inputs(output, *articles, annotations, scheme)
    chosen = scheme_of(scheme)
    plan = Plan(
        window_of(window),
        context,
        chosen,
        extractor_named(extractor) if extractor else None,
        extractor_named("rules"),
    )
    options = ReadOptions(
        encoding=encoding, id_column=id_column, text_column=text_column, scheme=chosen
    )
    merged: list[Problem] = []
    corpus = read(*articles, options=options, merged=merged)
    if not corpus.documents:
        raise error("no-documents", "holds no article", "name articles", file=articles[0])
    work = _work(corpus, read(annotations, options=options), annotations) if annotations else {}
    # All of it is made before anything is written: stdout cannot be taken back.
    tasks = [t for doc in corpus.documents.values() for t in plan.tasks(doc, work.get(doc.id, []))]
    write_atomic(output, list(task_lines(tasks, chosen)))
    for note in [*_notes(corpus, tasks, extractor), *merged]:
        typer.echo(f"quotemark: {note}", err=True)


@dataclass(frozen=True)
class Plan:
    """How every document is split."""

    window: Window
    context: int
    scheme: Scheme
    extractor: Extractor | None
    rules: Extractor

    def tasks(self, doc: Document, work: list[Annotation]) -> list[Task]:
        """A document's tasks, with the work on it and the extractor's guesses."""
        from quotemark import tasks
        from quotemark.scheme import default_scheme

        guesses = [layer for layer in work if layer.status == "predicted"]
        if self.extractor:
            guesses.append(self.extractor.extract(doc, self.scheme))
        rules = None
        if self.window != "document" or not (doc.entities or self.extractor):
            # By the default scheme: an attribution is one whatever the annotators label.
            rules = self.rules.extract(doc, default_scheme())
        split = tasks.split(
            doc,
            [layer for layer in work if layer.status != "predicted"],
            predictions=guesses,
            window=self.window,
            context=self.context,
            keep=_attributed(rules) if rules else (),
            targets=self.scheme.targets,
            scheme=self.scheme.id,
        )
        if rules and not split[0].entities:  # somebody to choose from is better than nobody
            split = [replace(task, entities=rules.entities) for task in split]
        return split


def _attributed(rules: Annotation) -> list[Fragment]:
    """The quotes of a document with their attributions."""
    from quotemark.scheme import default_scheme
    from quotemark.tasks import reaches

    said = [default_scheme().role(role) for role in ("said_by", "cued_by")]
    attributions = tuple(r for r in rules.relations if r.label in said)
    return list(reaches(replace(rules, relations=attributions)))


def window_of(given: str) -> Window:
    if given == "document":
        return "document"
    if given == "paragraphs":
        return "paragraphs"
    if given.isdecimal() and int(given) > 0:
        return int(given)
    raise typer.BadParameter("give document, paragraphs or a number", param_hint="--window")


def _work(corpus: Corpus, given: Corpus, file: Path) -> dict[str, list[Annotation]]:
    """The annotations of each of the articles, by its id."""
    work: dict[str, list[Annotation]] = {}
    for layer in given.annotations:
        if layer.doc_id in corpus.documents:
            work.setdefault(layer.doc_id, []).append(layer)
    if not given.annotations:
        raise error("no-annotations", "holds no annotation", "name annotators' layers", file=file)
    if not work:
        ids = ", ".join(sorted({layer.doc_id for layer in given.annotations})[:3])
        message = f"no annotation is of these articles, but of: {ids}"
        raise error("no-document", message, "name the articles that were annotated", file=file)
    return work


def task_lines(tasks: list[Task], scheme: Scheme) -> Iterator[bytes]:
    """A JSON list, a task a line."""
    from quotemark.labelstudio.codec import to_json

    for number, task in enumerate(tasks):
        before = "[\n" if number == 0 else ",\n"
        made = to_json(task, scheme)
        try:
            yield (before + json.dumps(made, ensure_ascii=False)).encode()
        except UnicodeEncodeError:  # a lone surrogate, which JSON can hold only as an escape
            yield (before + json.dumps(made)).encode()
    yield b"\n]\n" if tasks else b"[]\n"


def _notes(corpus: Corpus, tasks: list[Task], extractor: str | None) -> Iterator[str]:
    documents = corpus.documents.values()
    guessed = f", pre-annotated by {extractor}" if extractor else ""
    yield f"{counted(len(documents), 'article')}, {counted(len(tasks), 'task')}{guessed}"
    for doc in documents:
        if doc.meta.get("encoding_guessed"):
            codec = doc.meta["encoding"]
            yield f"{printable(doc.id)}: read as {codec}, a guess; else declare it with --encoding"
        if not doc.text.strip():
            yield f"{printable(doc.id)}: has no text"
    if corpus.annotations:
        yield "the articles' own annotations are left out; take them along with --annotations"
