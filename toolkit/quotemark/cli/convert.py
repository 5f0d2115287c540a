"""`quotemark convert`: layers and articles from any format into the native one or Parquet."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotemark.cli.options import (
    Encoding,
    IdColumn,
    LayersOutput,
    SchemeFile,
    TextColumn,
    counts_of,
    scheme_of,
    spare_inputs,
    stdin_once,
)
from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.files import STDIO

if TYPE_CHECKING:
    from quotemark.model import Corpus


def convert(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Layers or articles in any format that is read, or folders of them; - is "
            "standard input in the native format.",
            metavar="IN...",
        ),
    ],
    output: LayersOutput = STDIO,
    texts: Annotated[
        bool, typer.Option("--texts/--no-texts", help="Write the texts as well, or only layers.")
    ] = True,
    scheme: SchemeFile = None,
    encoding: Encoding = None,
    id_column: IdColumn = "id",
    text_column: TextColumn = "text",
) -> None:
    """Turn files of layers and articles into one, in the native format or in Parquet.

    Nothing is lost on the way between the two. --scheme is for Label Studio exports.
    """
    from quotemark.formats import WRITTEN, ReadOptions, read, write

    if output != STDIO and output.suffix.lower() not in WRITTEN:
        message = f"no format to write is known by {output.suffix!r}"
        raise error("format", message, f"name a file with {' or '.join(WRITTEN)}", file=output)
    stdin_once(*files)
    spare_inputs(output, *files, scheme)
    options = ReadOptions(
        encoding=encoding,
        id_column=id_column,
        text_column=text_column,
        scheme=scheme_of(scheme) if scheme else None,
    )
    merged: list[Problem] = []
    corpus = read(*files, options=options, merged=merged)
    _refuse_twice(corpus)
    write(corpus, output, texts=texts)
    typer.echo(f"quotemark: {counts_of(corpus)}", err=True)
    for note in merged:
        typer.echo(f"quotemark: {note}", err=True)


def _refuse_twice(corpus: Corpus) -> None:
    """Refuse layers of several files that one file cannot hold."""
    layers = Counter((layer.doc_id, layer.annotator, layer.status) for layer in corpus)
    problems = [
        Problem(
            Where(doc=doc),
            "twice",
            f"{annotator!r} has {times} {status} annotations",
            "name files with one of them",
        )
        for (doc, annotator, status), times in layers.items()
        if times > 1
    ]
    if problems:
        raise QuotemarkError(problems)
