"""`quotemark init`: a project folder for articles of one's own."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotemark.cli.options import Encoding, SchemeFile
from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.files import read_bytes
from quotemark.formats.meta import toml_string

if TYPE_CHECKING:
    from quotemark.model import Document, Entity

ARTICLES = ("text", "markdown", "html")
"""The formats of single articles."""


def init(
    articles: Annotated[
        list[Path],
        typer.Argument(help="Articles: .txt, .md or .html files.", metavar="ARTICLE..."),
    ],
    into: Annotated[
        Path, typer.Option("--into", help="The project's folder.", metavar="FOLDER")
    ] = Path(),
    encoding: Encoding = None,
    scheme: SchemeFile = None,
) -> None:
    """Start a project: scheme, guidelines, labelling configuration, a folder for each article.

    With a scheme of your own, guidelines are begun for it: its labels, and room for your rules.
    Nothing is overwritten. A sidecar that lies beside an article comes along; else one is
    written, with the speakers that rules find as suggestions.
    """
    from quotemark.guidelines import starter
    from quotemark.labelstudio.config import labeling_config
    from quotemark.scheme import default_path, read_scheme

    file = scheme or default_path("scheme.toml")
    chosen = read_scheme(file)
    guidelines = starter(chosen).encode() if scheme else read_bytes(default_path("GUIDELINES.md"))
    new = {
        into / "scheme.toml": read_bytes(file),
        into / "GUIDELINES.md": guidelines,
        into / "labeling_config.xml": labeling_config(chosen).encode(),
    }
    for article in articles:
        for path, data in _article(article, into, encoding).items():
            if path in new:
                message = f"{path} would be written twice"
                raise error("twice", message, "give articles names of their own", file=article)
            new[path] = data
    write_new(new)
    for line in _next_steps(articles, into):
        typer.echo(line)


def _article(article: Path, into: Path, encoding: str | None) -> dict[Path, bytes]:
    """An article's folder: a copy byte for byte, and its sidecar."""
    from quotemark.formats import FORMATS, ReadOptions, read

    suffixes = [suffix for name in ARTICLES for suffix in FORMATS[name]]
    nameless = not article.stem.strip(".")  # a folder of this name would be no folder's own
    if article.is_dir() or nameless or article.suffix.lower() not in suffixes:
        message = f"is no file of a single article ({', '.join(suffixes)})"
        raise error("article", message, "name the articles' files", file=article)
    (document,) = read(article, options=ReadOptions(encoding=encoding)).documents.values()
    folder = into / article.stem
    beside = article.with_suffix(".toml")
    sidecar = read_bytes(beside) if beside.is_file() else starter_sidecar(document).encode()
    return {folder / article.name: read_bytes(article), folder / f"{article.stem}.toml": sidecar}


def starter_sidecar(document: Document) -> str:
    """A sidecar for a document, with the speakers that rules find, as TOML.

    >>> from quotemark.model import Document
    >>> import tomllib
    >>> doc = Document("talks", '"It is over", said Ana Lund.')
    >>> [e["name"] for e in tomllib.loads(starter_sidecar(doc))["entities"]]
    ['Ana Lund']
    """
    from quotemark.extractors import extractor
    from quotemark.scheme import default_scheme

    lines = [
        "# What is known of this article beforehand. Every key is yours to change;",
        "# others (source, date, author, …) may be added.",
        f"id = {toml_string(document.id)}",
        f"title = {toml_string(_title(document))}",
    ]
    if isinstance(document.meta.get("language"), str):
        lines.append(f"language = {toml_string(document.meta['language'])}")
    codec = str(document.meta.get("encoding", "utf-8"))
    if not codec.startswith("utf-"):  # which could be taken for another one tomorrow
        lines.append(f"encoding = {toml_string(codec)}")
    lines += [
        "",
        "# Topics that a stance may be taken on.",
        "targets = []",
        "",
        "# Speakers to choose from. These are suggestions, found by rules: correct the names,",
        "# merge doubles, drop whoever says nothing, add who is missing.",
    ]
    for entity in extractor("rules").extract(document, default_scheme()).entities:
        lines += ["[[entities]]", *_entity(entity), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _title(document: Document) -> str:
    """The document's own title, or a first paragraph that looks like one."""
    from quotemark.segment import paragraphs

    blocks = paragraphs(document.text)
    if "title" not in document.meta and len(blocks) > 1:
        first = document.text[slice(*blocks[0])]
        if len(first) <= 150 and not first.endswith("."):
            return first
    return document.title


def _entity(entity: Entity) -> Iterable[str]:
    yield f"id = {toml_string(entity.id)}"
    yield f"name = {toml_string(entity.name)}"
    yield f"aliases = [{', '.join(map(toml_string, entity.aliases))}]"


def write_new(files: Mapping[Path, bytes]) -> None:
    """Write files that are not there yet: all of them or none.

    Raises `QuotemarkError` naming every one that is there already, or the one that cannot be
    written.
    """
    taken = [
        Problem(Where(str(path)), "exists", "is there already", "name another folder with --into")
        for path in files
        if os.path.lexists(path)
    ]
    if taken:
        raise QuotemarkError(taken)
    made: list[Path] = []
    try:
        for path, data in files.items():
            missing = [folder for folder in path.parents if not folder.exists()]
            for folder in reversed(missing):
                folder.mkdir()
                made.append(folder)
            with path.open("xb") as out:  # which fails where something is, also a dead link
                made.append(path)
                out.write(data)
    except OSError as failure:
        for path in reversed(made):
            path.rmdir() if path.is_dir() else path.unlink()
        reason = failure.strerror or str(failure)
        message, remedy = f"cannot be written: {reason}", "name a writable folder"
        raise error("file", message, remedy, file=failure.filename or "") from None


def _next_steps(articles: list[Path], into: Path) -> Iterable[str]:
    copies = " ".join(_quoted(into / article.stem / article.name) for article in articles)
    scheme, tasks = _quoted(into / "scheme.toml"), _quoted(into / "tasks.json")
    labels = _quoted(into / "annotations.jsonl")
    yield f"The project is in {_quoted(into)}. What comes next:"
    yield "1. Look through the .toml file beside each article: its speakers and topics."
    yield f"2. quotemark split {copies} -o {tasks} --scheme {scheme}"
    yield f"3. quotemark studio {tasks} --project my-articles --scheme {scheme}"
    yield "   Or push in place of studio, to a Label Studio that runs elsewhere."
    yield "4. Let the annotators read GUIDELINES.md and label in Label Studio."
    yield f"5. quotemark pull --project my-articles -o {labels} --scheme {scheme}"
    yield f"6. quotemark check {labels} --scheme {scheme}"


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
