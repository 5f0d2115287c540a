"""`quotemark extract`: predictions of an extractor over documents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quotemark.cli.options import (
    Encoding,
    IdColumn,
    LayersOutput,
    SchemeFile,
    TextColumn,
    scheme_of,
    spare_inputs,
    stdin_once,
)
from quotemark.errors import Problem, error
from quotemark.files import STDIO
from quotemark.wording import counted


def extract(
    docs: Annotated[
        list[Path],
        typer.Argument(
            help="Documents: .txt, .md, .html, .jsonl, .csv, .tsv, .parquet, or folders of them. "
            "- is standard input in the native format.",
            metavar="DOCS...",
        ),
    ],
    output: LayersOutput = STDIO,
    extractor: Annotated[
        str, typer.Option("--extractor", help="The extractor to run.", metavar="NAME")
    ] = "rules",
    texts: Annotated[
        bool,
        typer.Option("--texts", help="Write the texts as well; else only their SHA-256."),
    ] = False,
    scheme: SchemeFile = None,
    encoding: Encoding = None,
    id_column: IdColumn = "id",
    text_column: TextColumn = "text",
) -> None:
    """Find quotes, speakers, cues and stances in documents.

    Writes one annotation a document, for `quotemark score` and `quotemark check`.
    """
    from quotemark.extractors import extractor as extractor_named
    from quotemark.formats import ReadOptions, read, write
    from quotemark.model import Corpus

    stdin_once(*docs)
    spare_inputs(output, *docs, scheme)
    chosen = scheme_of(scheme)
    made_by = extractor_named(extractor)
    options = ReadOptions(
        encoding=encoding, id_column=id_column, text_column=text_column, scheme=chosen
    )
    merged: list[Problem] = []
    documents = read(*docs, options=options, merged=merged).documents
    if not documents:
        raise error("no-documents", "holds no document with a text", "name articles", file=docs[0])
    found = tuple(made_by.extract(doc, chosen) for doc in documents.values())
    write(Corpus(documents, found), output, texts=texts)
    quotes = sum(len(layer.labelled(chosen.role("quote"))) for layer in found)
    counts = f"{counted(len(found), 'document')}, {counted(quotes, 'quote')}, by {made_by.name}"
    for note in (counts, *merged):
        typer.echo(f"quotemark: {note}", err=True)
