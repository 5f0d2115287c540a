"""`quotemark check`: annotations against their texts and scheme."""

from __future__ import annotations

import json
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotemark.cli.options import SchemeFile, scheme_of, stdin_once

if TYPE_CHECKING:
    from quotemark.errors import Problem


class Format(StrEnum):
    """How findings are printed."""

    table = "table"
    json = "json"


def check(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Annotations: native files, or Label Studio's JSON. - is standard input.",
            metavar="FILE...",
        ),
    ],
    texts: Annotated[
        list[Path] | None,
        typer.Option(
            "--texts",
            help="The documents: a file or a folder. Repeat for several. "
            "They count more than the texts in FILE.",
            metavar="DOCS",
        ),
    ] = None,
    scheme: SchemeFile = None,
    format: Annotated[
        Format, typer.Option("--format", "-f", help="A line for each finding, or a JSON list.")
    ] = Format.table,
) -> None:
    """Check annotations: offsets, labels, attributes, relations, sources, names.

    Exits with 0 where there are no findings, with 1 where there are.
    """
    from quotemark.formats import ReadOptions, read
    from quotemark.model import Corpus
    from quotemark.validate import check_corpus

    stdin_once(*files, *(texts or ()))
    chosen = scheme_of(scheme, *files)
    options = ReadOptions(scheme=chosen)
    documents = read(*texts, options=options).documents if texts else {}
    found: list[Problem] = []
    annotations = unread = 0
    for file, corpus in [(file, read(file, options=options)) for file in files]:
        whole = Corpus({**corpus.documents, **documents}, corpus.annotations)
        found += (
            replace(problem, where=replace(problem.where, file=str(file)))
            for problem in check_corpus(whole, chosen, texts=bool(texts))
        )
        annotations += len(whole.annotations)
        unread += sum(layer.doc_id not in whole.documents for layer in whole)
    _print(found, format)
    counts = f"{_count(annotations, 'annotation')} checked, {_count(len(found), 'finding')}"
    typer.echo(f"quotemark: {counts}", err=True)
    if unread and not texts:
        note = f"{_count(unread, 'annotation')} without a text: give the documents with --texts"
        typer.echo(f"quotemark: {note}", err=True)
    if found:
        raise typer.Exit(1)


def _print(found: list[Problem], format: Format) -> None:
    if format is Format.json:
        rows = [
            {
                "file": problem.where.file,
                "line": problem.where.line or None,
                "doc": problem.where.doc,
                "item": problem.where.item,
                "code": problem.code,
                "message": problem.message,
                "remedy": problem.remedy,
                "link": problem.link or None,
            }
            for problem in found
        ]
        typer.echo(json.dumps(rows, indent=2))
        return
    for problem in found:
        typer.echo(str(problem))


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
