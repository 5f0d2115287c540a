"""Options that several commands share, and what they read."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotemark.errors import error, printable
from quotemark.files import STDIO

if TYPE_CHECKING:
    from quotemark.model import Corpus
    from quotemark.scheme import Scheme


class Format(StrEnum):
    """How results are printed."""

    table = "table"
    json = "json"
    csv = "csv"
    markdown = "markdown"
    latex = "latex"


FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How to print the results.")]
Layers = Annotated[
    list[Path],
    typer.Argument(help="The annotators' layers, in any number of files.", metavar="LAYERS..."),
]
Texts = Annotated[
    list[Path] | None,
    typer.Option(
        "--texts",
        help="The documents, where the layers come without: a file or a folder. Repeatable.",
        metavar="DOCS",
    ),
]
SchemeFile = Annotated[
    Path | None,
    typer.Option("--scheme", help="The annotation scheme; else the default one.", metavar="FILE"),
]
Output = Annotated[
    Path, typer.Option("--output", "-o", help="Where to write; - is stdout.", metavar="FILE")
]
LayersOutput = Annotated[
    Path,
    typer.Option(
        "--output",
        "-o",
        help="Where to write, as .jsonl or .parquet; - is stdout, in JSON Lines.",
        metavar="FILE",
    ),
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="The articles' encoding; else it is detected.")
]
IdColumn = Annotated[str, typer.Option("--id-column", help="The column of a table's ids.")]
TextColumn = Annotated[str, typer.Option("--text-column", help="The column of a table's texts.")]


def scheme_of(file: Path | None, *inputs: Path) -> Scheme:
    """The scheme that `--scheme` names, else that of a release among inputs, else the default one.

    An input may be a release's folder or the file of one of its parts. Raises `QuotemarkError`
    where such a release lacks its scheme.
    """
    from quotemark.formats import is_release
    from quotemark.scheme import default_scheme, read_scheme

    parts = [path.resolve().parent for path in inputs if path.resolve().parent.name == "data"]
    folders = [*inputs, *(data.parent for data in parts)]
    release = next((folder for folder in folders if is_release(folder)), None)
    if release and not file:
        file = release / "scheme.toml"
        if not file.exists():
            message = "is missing, though each release has one"
            remedy = "put it back (gold verify names all that is missing), or give --scheme"
            raise error("scheme-file", message, remedy, file=file)
    return read_scheme(file) if file else default_scheme()


def stdin_once(*files: Path | None) -> None:
    """Refuse to read standard input twice."""
    if files.count(STDIO) > 1:
        raise typer.BadParameter("standard input (-) can be read once only")


def named_once(*files: Path) -> None:
    """Refuse a file that is named twice, whatever the spelling. Raises `QuotemarkError`.

    >>> named_once(Path("a.jsonl"), Path("x/../a.jsonl"))
    Traceback (most recent call last):
    quotemark.errors.QuotemarkError: x/../a.jsonl: is named twice [twice]; name each file once
    """
    known: set[Path] = set()
    for path in files:
        if path != STDIO and path.resolve() in known:
            raise error("twice", "is named twice", "name each file once", file=path)
        known.add(path.resolve())


def spare_inputs(output: Path, *inputs: Path | None) -> None:
    """Refuse an output that is one of the inputs, the files of folders and sidecars included.

    Raises `QuotemarkError`.
    """
    from quotemark.formats import files_in

    if not output.is_file():
        return
    named = [path for path in inputs if path and path != STDIO]
    read = [path for path, _ in files_in(named)]
    read += [path.with_suffix(".toml") for path in read if path.name]
    for path in read:
        if path.exists() and path.samefile(output):
            message = "is one of the inputs, which is not to be replaced"
            raise error("output", message, "name another file to write", file=output)


def spare_gold(output: Path) -> None:
    """Refuse an output that holds gold, which what annotators made must not replace.

    Raises `QuotemarkError`.
    """
    from quotemark.errors import QuotemarkError
    from quotemark.formats import read

    if not output.is_file():
        return
    try:
        layers = read(output).annotations
    except QuotemarkError:  # nothing that could be gold
        return
    if any(layer.status == "gold" for layer in layers):
        message = "holds gold, which is not to be replaced"
        raise error("output", message, "name another file to write", file=output)


def counts_of(corpus: Corpus) -> str:
    """How much a corpus holds, in words.

    >>> from quotemark.model import Corpus
    >>> counts_of(Corpus())
    'annotations: 0, documents: 0, annotators: none'
    """
    documents = len({layer.doc_id for layer in corpus} | corpus.documents.keys())
    annotators = ", ".join(sorted({printable(layer.annotator) for layer in corpus}))
    layers = len(corpus.annotations)
    return f"annotations: {layers}, documents: {documents}, annotators: {annotators or 'none'}"


def layers_of(files: list[Path], texts: list[Path] | None, scheme: Scheme) -> Corpus:
    """The layers of `files` with the texts of `texts`; says which layers will not count."""
    from quotemark.formats import ReadOptions, read
    from quotemark.panel import left_out

    stdin_once(*files, *(texts or ()))
    corpus = read(*files, *(texts or ()), options=ReadOptions(scheme=scheme))
    passed_over = ", ".join(f"{count} {status}" for status, count in left_out(corpus).items())
    if passed_over:
        typer.echo(f"quotemark: left out, not submitted: {passed_over}", err=True)
    return corpus
