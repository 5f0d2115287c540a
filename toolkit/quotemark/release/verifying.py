"""Verify a release: every file as it was frozen, and the data as the manifest says."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.files import read_bytes
from quotemark.formats import read
from quotemark.model import Corpus
from quotemark.release.checksums import digest, is_safe, parse_sums
from quotemark.release.manifest import (
    GUIDELINES,
    MANIFEST,
    PARTS,
    SCHEME,
    SUMS,
    WHOLE,
    Manifest,
    decode,
)
from quotemark.release.reading import claims_to_be
from quotemark.release.spans import Row, span_rows, to_lines
from quotemark.scheme import Scheme, read_scheme

LINES = (".jsonl", ".json", ".md", ".toml")
"""The suffixes of files whose line ends others may change."""

RESTORE = "get the release anew from where it was published"


def verify(folder: Path) -> list[Problem]:
    """What is wrong with a release, each finding with its file; nothing if it is sound.

    Checked are: the checksum of every file, files that are missing or too many, links and
    other things that are no plain files; then that the data can be read, that JSON Lines and
    Parquet say the same, that texts have their hashes, that parts hold each document once and
    as release.json says, and that no cluster is on two sides. Raises `QuotemarkError` for a
    folder that is no release.
    """
    if not claims_to_be(folder):
        raise error("release", "is no release", "name a folder of gold freeze", file=folder)
    try:
        problems = list(_files(folder))
        return problems or list(_content(folder))
    except OSError as failure:
        reason = failure.strerror or str(failure)
        raise error("file", reason, "make it readable", file=failure.filename or folder) from None


def _problem(file: Path, code: str, message: str, doc: str = "") -> Problem:
    return Problem(Where(str(file), doc=doc), code, message, RESTORE)


def _files(folder: Path) -> Iterator[Problem]:
    found = dict(_walk(folder))
    for path, mode in found.items():
        if not is_safe(path):
            yield _problem(folder / path, "file-kind", "has a name that no release gives")
        elif not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            kind = "a link" if stat.S_ISLNK(mode) else "no plain file"
            yield _problem(folder / path, "file-kind", f"is {kind}")
    plain = {path for path, mode in found.items() if stat.S_ISREG(mode)}
    if SUMS not in plain:
        yield _problem(folder / SUMS, "missing", "is missing")
        return
    listed, wrong = parse_sums(read_bytes(folder / SUMS))
    wrong += (f"does not list {path}" for path in sorted({MANIFEST, SCHEME} - listed.keys()))
    yield from (_problem(folder / SUMS, "checksums", message) for message in wrong)
    for path in sorted(listed.keys() - found.keys()):
        yield _problem(folder / path, "missing", "is missing")
    for path in sorted(listed.keys() & plain):
        if _digest(folder / path) != listed[path]:
            yield _problem(folder / path, "checksum", _changed(folder / path, listed[path]))
    for path in sorted(plain - listed.keys() - {SUMS}):
        if is_safe(path):
            yield _problem(folder / path, "extra", "is no part of the release")


def _walk(folder: Path) -> Iterator[tuple[str, int]]:
    """Everything below a folder, with its mode; links are not followed. Raises `OSError`."""
    waiting = [folder]
    while waiting:
        for entry in sorted(os.scandir(waiting.pop()), key=lambda entry: entry.name):
            path = Path(entry.path)
            yield path.relative_to(folder).as_posix(), entry.stat(follow_symlinks=False).st_mode
            if entry.is_dir(follow_symlinks=False):
                waiting.append(path)


def _digest(file: Path) -> str:
    """The SHA-256 of a file, which need not fit into memory. Raises `QuotemarkError`."""
    try:
        with file.open("rb") as found:
            return hashlib.file_digest(found, "sha256").hexdigest()
    except OSError as failure:
        reason = failure.strerror or str(failure)
        raise error("file", reason, "name a readable file", file=file) from None


def _changed(file: Path, known: str) -> str:
    """What is said of a file that has another checksum."""
    if file.suffix in LINES and digest(read_bytes(file).replace(b"\r\n", b"\n")) == known:
        return "is as it was frozen but for its line ends, which git or an editor has changed"
    return "is not as it was frozen"


def _content(folder: Path) -> Iterator[Problem]:
    file = folder / MANIFEST
    try:
        manifest = decode(read_bytes(file), file)
    except QuotemarkError as failure:
        yield from failure.problems
        return
    yield from _copies(folder, manifest)
    yield from _places(file, manifest)
    wanted = {f"{place}/{part}.jsonl" for place in ("data", "spans") for part in manifest.parts}
    wanted |= {f"{path.removesuffix('.jsonl')}.parquet" for path in wanted if manifest.parquet}
    there = {path for path, mode in _walk(folder) if "/" in path and stat.S_ISREG(mode)}
    for name in sorted(wanted ^ there):
        yield _problem(folder / name, "parts", "is not as release.json says")
    try:
        scheme = read_scheme(folder / SCHEME)
    except QuotemarkError as failure:
        yield from failure.problems
        return
    for part in manifest.parts:
        if {path for path in wanted if PurePosixPath(path).stem == part} <= there:
            line, spans = (folder / place / f"{part}.jsonl" for place in ("data", "spans"))
            yield from _part(line, spans, part, manifest, scheme)


def _copies(folder: Path, manifest: Manifest) -> Iterator[Problem]:
    wanted = {SCHEME: manifest.scheme_sha256, GUIDELINES: manifest.guidelines_sha256}
    for name, known in wanted.items():
        file = folder / name
        if (digest(read_bytes(file)) if file.is_file() else "") != known:
            yield _problem(file, "copy", "is not the one that release.json names")


def _places(file: Path, manifest: Manifest) -> Iterator[Problem]:
    seen: set[str] = set()
    sides: dict[int, str] = {}
    for place in manifest.documents:
        if place.id in seen:
            yield _problem(file, "parts", "is named twice", place.id)
        seen.add(place.id)
        if place.part not in (PARTS if manifest.splits else (WHOLE,)):
            yield _problem(file, "parts", f"is in the unknown part {place.part!r}", place.id)
        other = sides.setdefault(place.cluster, place.part)
        if other != place.part:
            message = f"is in {place.part}, and one that it must stay with in {other}"
            yield _problem(file, "cluster", message, place.id)


def _part(
    line: Path, spans: Path, part: str, manifest: Manifest, scheme: Scheme
) -> Iterator[Problem]:
    try:
        corpus = read(line)
        other = read(line.with_suffix(".parquet")) if manifest.parquet else corpus
    except QuotemarkError as failure:
        yield from failure.problems
        return
    if other != corpus:
        yield _problem(line.with_suffix(".parquet"), "parts", "is not what the .jsonl says")
    wanted = {place.id: place.text_sha256 for place in manifest.documents if place.part == part}
    found = [layer.doc_id for layer in corpus]
    for doc in sorted({*wanted} ^ {*found, *corpus.documents}):
        yield _problem(line, "parts", "is not where release.json says", doc)
    found_wrong = list(_hashes(line, corpus, wanted, texts=manifest.texts))
    yield from found_wrong
    if not found_wrong:
        rows = span_rows(corpus, scheme, texts=manifest.texts)
        yield from _tables(spans, rows, parquet=manifest.parquet)


def _tables(spans: Path, rows: list[Row], *, parquet: bool) -> Iterator[Problem]:
    if read_bytes(spans) != to_lines(rows):
        yield _problem(spans, "parts", "is not what the data says")
    if parquet:
        import pyarrow as pa
        from pyarrow.parquet import read_table

        file = spans.with_suffix(".parquet")
        try:
            found = read_table(pa.BufferReader(read_bytes(file))).to_pylist()
        except (pa.ArrowException, OSError, UnicodeDecodeError) as failure:
            yield _problem(file, "parquet", str(failure).partition("\n")[0])
            return
        if found != rows:
            yield _problem(file, "parts", "is not what the data says")


def _hashes(
    line: Path, corpus: Corpus, wanted: dict[str, str], *, texts: bool
) -> Iterator[Problem]:
    """A text's own hash is checked by whoever reads it."""
    for layer in corpus:
        if layer.doc_id in wanted and layer.text_sha256 != wanted[layer.doc_id]:
            yield _problem(line, "text-hash", "is over another text", layer.doc_id)
        if (layer.doc_id in corpus.documents) != texts:
            message = "has no text" if texts else "has a text"
            yield _problem(line, "texts", f"{message}, against release.json", layer.doc_id)
