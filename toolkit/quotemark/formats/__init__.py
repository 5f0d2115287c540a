"""What files can be read and written: a registry of formats by name and suffix.

A format is a module of this package with `read(path, options) -> Corpus`; it is imported when
a file of it is met.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.files import STDIO, read_bytes, write_atomic
from quotemark.model import Annotation, Corpus, Document
from quotemark.scheme import Scheme


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How files are read: a declared encoding (None: detected) and the columns of tables.

    `doc_id` is for an article whose file names no id (empty: the file's stem). `scheme` is what
    a Label Studio export was labelled by (None: the default one).
    """

    encoding: str | None = None
    id_column: str = "id"
    text_column: str = "text"
    doc_id: str = ""
    scheme: Scheme | None = None


class Reader(Protocol):
    """The `read` function of a format's module."""

    def __call__(self, path: Path, options: ReadOptions) -> Corpus: ...


class Writer(Protocol):
    """The `write` function of a format's module, where it has one."""

    def __call__(self, corpus: Corpus, *, texts: bool) -> Iterator[bytes]: ...


FORMATS = {
    "jsonl": (".jsonl", ".ndjson"),
    "text": (".txt",),
    "markdown": (".md", ".markdown"),
    "html": (".html", ".htm"),
    "table": (".csv", ".tsv"),
    "parquet": (".parquet",),
    "labelstudio": (".json",),
}
"""Each format's module and the suffixes of its files."""

RELEASE = MANIFEST, SUMS = ("release.json", "SHA256SUMS")
"""What a folder is a gold release by."""

WRITTEN = (*FORMATS["jsonl"], *FORMATS["parquet"])
"""The suffixes of what `write` writes."""


def read(
    *paths: str | Path,
    format: str | None = None,
    options: ReadOptions | None = None,
    merged: list[Problem] | None = None,
) -> Corpus:
    """Read files, or folders of them, into one corpus.

    The suffix tells the format unless `format` names it; `-` is standard input in the native
    format. In a folder, hidden files and those of other suffixes are passed over, and an
    article whose file names no id has its path below the folder, without the suffix, for one.
    A document that several files hold with the same text is one document; `merged`, if given,
    receives what names those files. Raises `QuotemarkError` with every problem of every file.

    >>> read()
    Corpus(documents={}, annotations=())
    """
    options = options or ReadOptions()
    problems: list[Problem] = []

    def corpora() -> Iterator[tuple[Path, Corpus]]:
        for path, doc_id in files_in(map(Path, paths), format):
            try:
                yield path, _reader(path, format)(path, replace(options, doc_id=doc_id))
            except QuotemarkError as failure:
                problems.extend(failure.problems)

    corpus = joined(corpora(), problems, merged=merged)
    if problems:
        raise QuotemarkError(problems)
    return corpus


def joined(
    corpora: Iterable[tuple[Path, Corpus]],
    problems: list[Problem],
    *,
    merged: list[Problem] | None = None,
) -> Corpus:
    """The corpora of several files as one; two texts under one id are added to `problems`."""
    documents: dict[str, Document] = {}
    homes: dict[str, Path] = {}
    annotations: list[Annotation] = []
    for path, corpus in corpora:
        annotations += corpus.annotations
        for document in corpus.documents.values():
            known = documents.get(document.id, document)
            # What one file does not know of a document, another may.
            meta = {**document.meta, **known.meta}
            documents[document.id] = Document(known.id, known.text, meta)
            if known.sha256 != document.sha256:
                message = "another file has a different text under this document id"
                remedy = "give each document an id of its own"
                where = Where(str(path), doc=document.id)
                problems.append(Problem(where, "two-texts", message, remedy))
            elif merged is not None and document.id in homes:
                message = f"has the same id and text in {homes[document.id]}: both are one document"
                remedy = "name it once, or give each an id of its own"
                merged.append(Problem(Where(str(path), doc=document.id), "merged", message, remedy))
            homes.setdefault(document.id, path)
    return Corpus(documents, tuple(annotations))


def write(corpus: Corpus, path: str | Path, *, texts: bool = True) -> None:
    """Write a corpus, as Parquet in a `.parquet` file, else in the native format.

    `read` gives it back. `-` is standard output. Without `texts`, annotations only. What stood
    there before is replaced as a whole, or stays. Raises `QuotemarkError` when the place cannot
    be written, or Parquet cannot hold what the native format can (lone surrogates).
    """
    path = Path(path)
    name = "parquet" if path.suffix.lower() in FORMATS["parquet"] else "jsonl"
    parts = cast(Writer, import_module(f"quotemark.formats.{name}").write)(corpus, texts=texts)
    # All of it is made before anything is written to stdout, which cannot be taken back.
    write_atomic(path, list(parts) if path == STDIO else parts)


def files_in(paths: Iterable[Path], format: str | None = None) -> Iterator[tuple[Path, str]]:
    """Every file to read, with the id that a folder gives its document."""
    known = {s for name, suffixes in FORMATS.items() for s in suffixes if format in (None, name)}
    for path in paths:
        if path == STDIO or not path.is_dir():
            yield path, ""
            continue
        if is_release(path):
            yield from ((file, "") for file in sorted((path / "data").glob("*.jsonl")))
            continue
        inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in known and p.is_file())
        inside = [p for p in inside if not any(n[0] == "." for n in p.relative_to(path).parts)]
        if not inside:
            raise error("no-files", "no readable file inside", "name another folder", file=path)
        for file in inside:
            yield file, file.relative_to(path).with_suffix("").as_posix()


def is_release(folder: Path) -> bool:
    """Whether a folder has the two files by which a gold release is known.

    >>> is_release(Path("nowhere"))
    False
    """
    return all((folder / name).is_file() for name in RELEASE)


def _reader(path: Path, format: str | None) -> Reader:
    suffix = path.suffix.lower()
    name = format or ("jsonl" if path == STDIO else "")
    name = name or next((n for n, suffixes in FORMATS.items() if suffix in suffixes), "")
    if name not in FORMATS:
        choices = ", ".join(FORMATS)
        if not format:
            read_bytes(path)  # a file that is not there is the clearer thing to say
        message = f"no format {format!r}" if format else f"no format is known by {suffix!r}"
        raise error("format", message, f"name one of: {choices}", file=path)
    return cast(Reader, import_module(f"quotemark.formats.{name}").read)
