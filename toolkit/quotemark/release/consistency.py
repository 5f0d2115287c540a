"""Whether all files of a release say the same, for checksums alone can be made anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from quotemark import __version__
from quotemark.errors import Problem, QuotemarkError, Where
from quotemark.files import read_bytes
from quotemark.formats import read
from quotemark.metrics.fingerprint import content_hash
from quotemark.model import Corpus
from quotemark.release.card import card
from quotemark.release.checksums import digest
from quotemark.release.content import adjudicators, counted, decided, sizes
from quotemark.release.croissant import File, croissant
from quotemark.release.manifest import (
    CARD,
    CROISSANT,
    DATE,
    GUIDELINES,
    MANIFEST,
    NAME,
    PARTS,
    SCHEME,
    WHOLE,
    Manifest,
    decode,
)
from quotemark.release.spans import Row, span_rows, to_lines
from quotemark.scheme import Scheme, read_scheme

Sums = Mapping[str, str]
"""The SHA-256 of each file by its path, which the file has been seen to have."""

RESTORE = "get the release anew from where it was published"


def finding(file: Path, code: str, message: str, doc: str = "") -> Problem:
    """What is wrong with a file of a release, or with a document in it."""
    return Problem(Where(str(file), doc=doc), code, message, RESTORE)


def inconsistencies(folder: Path, sums: Sums) -> list[Problem]:
    """Where files of a release contradict release.json, or each other; nothing if they do not.

    Checked are: that there are the files that release.json speaks of and no others; that the
    data can be read, that JSON Lines and Parquet say the same, that texts have their hashes, and
    that parts hold each document as release.json says, no cluster on two sides; that whatever
    release.json counts of the data is so, the content hash included; and that the card and
    Croissant metadata are what this quotemark makes of them, if it is the one that made them.

    Agreement and shares of work cannot be checked: annotators' layers are no part of a release.
    """
    file = folder / MANIFEST
    try:
        manifest = decode(read_bytes(file), file)
    except QuotemarkError as failure:
        return list(failure.problems)
    problems = [*_paths(folder, manifest, sums), *_stated(file, manifest), *_places(file, manifest)]
    try:
        scheme = read_scheme(folder / SCHEME)
    except QuotemarkError as failure:
        return [*problems, *failure.problems]
    whole = Corpus()
    for part in manifest.parts:
        if not _files_of([part], manifest) - sums.keys():
            try:
                corpus = _read_part(folder, part, manifest)
            except QuotemarkError as failure:
                problems += failure.problems
                continue
            problems += _part(folder, part, corpus, manifest, scheme, sums)
            whole = Corpus(
                {**whole.documents, **corpus.documents}, whole.annotations + corpus.annotations
            )
    problems = problems or list(_told(file, manifest, whole, scheme))
    return problems or list(_made(folder, manifest, scheme, sums))


def _files_of(parts: Iterable[str], manifest: Manifest) -> set[str]:
    kinds = ("jsonl", "parquet") if manifest.parquet else ("jsonl",)
    places = ("data", "spans")
    return {f"{place}/{part}.{kind}" for part in parts for place in places for kind in kinds}


def _paths(folder: Path, manifest: Manifest, sums: Sums) -> Iterator[Problem]:
    copies = {SCHEME: manifest.scheme_sha256, GUIDELINES: manifest.guidelines_sha256}
    for name, known in copies.items():
        if sums.get(name, "") != known:
            yield finding(folder / name, "copy", "is not the one that release.json names")
    wanted = {MANIFEST, CARD, CROISSANT, *copies, *_files_of(manifest.parts, manifest)}
    for name in sorted(wanted - copies.keys() - sums.keys()):
        yield finding(folder / name, "missing", "is missing, by release.json")
    for name in sorted(sums.keys() - wanted):
        yield finding(folder / name, "extra", "is no part of the release, by release.json")


def _stated(file: Path, manifest: Manifest) -> Iterator[Problem]:
    if not NAME.fullmatch(manifest.id):
        yield finding(file, "manifest", f"name and version: {manifest.id!r} names no release")
    if manifest.date and not DATE.fullmatch(manifest.date):
        yield finding(file, "manifest", f"date: {manifest.date!r} is no date")
    people = manifest.annotators
    if people != [f"annotator-{number}" for number in range(1, len(people) + 1)]:
        yield finding(file, "manifest", "annotators: are no pseudonyms")


def _places(file: Path, manifest: Manifest) -> Iterator[Problem]:
    seen: set[str] = set()
    sides: dict[int, str] = {}
    for place in manifest.documents:
        if place.id in seen:
            yield finding(file, "parts", "is named twice", place.id)
        seen.add(place.id)
        if place.part not in (PARTS if manifest.splits else (WHOLE,)):
            yield finding(file, "parts", f"is in the unknown part {place.part!r}", place.id)
        other = sides.setdefault(place.cluster, place.part)
        if other != place.part:
            message = f"is in {place.part}, and one that it must stay with in {other}"
            yield finding(file, "cluster", message, place.id)


def _read_part(folder: Path, part: str, manifest: Manifest) -> Corpus:
    """The corpus of a part, from both of its files. Raises `QuotemarkError`."""
    corpus = read(folder / "data" / f"{part}.jsonl")
    file = folder / "data" / f"{part}.parquet"
    if manifest.parquet and read(file) != corpus:
        raise QuotemarkError([finding(file, "parts", "is not what the .jsonl says")])
    return corpus


def _part(
    folder: Path, part: str, corpus: Corpus, manifest: Manifest, scheme: Scheme, sums: Sums
) -> Iterator[Problem]:
    file = folder / "data" / f"{part}.jsonl"
    wanted = {place.id: place.text_sha256 for place in manifest.documents if place.part == part}
    found = {layer.doc_id for layer in corpus}
    for doc in sorted({*wanted} ^ {*found, *corpus.documents}):
        yield finding(file, "parts", "is not where release.json says", doc)
    wrong = list(_hashes(file, corpus, wanted, texts=manifest.texts))
    yield from wrong
    if not wrong:
        rows = span_rows(corpus, scheme, texts=manifest.texts)
        yield from _tables(folder, f"spans/{part}", rows, sums, parquet=manifest.parquet)


def _hashes(
    file: Path, corpus: Corpus, wanted: dict[str, str], *, texts: bool
) -> Iterator[Problem]:
    """A text's own hash is checked by whoever reads it."""
    for layer in corpus:
        if layer.doc_id in wanted and layer.text_sha256 != wanted[layer.doc_id]:
            yield finding(file, "text-hash", "is over another text", layer.doc_id)
        if (layer.doc_id in corpus.documents) != texts:
            message = "has no text" if texts else "has a text"
            yield finding(file, "texts", f"{message}, against release.json", layer.doc_id)


def _tables(
    folder: Path, name: str, rows: list[Row], sums: Sums, *, parquet: bool
) -> Iterator[Problem]:
    if sums[f"{name}.jsonl"] != digest(to_lines(rows)):
        yield finding(folder / f"{name}.jsonl", "parts", "is not what the data says")
    if parquet:
        import pyarrow as pa
        from pyarrow.parquet import read_table

        file = folder / f"{name}.parquet"
        try:
            found = read_table(pa.BufferReader(read_bytes(file))).to_pylist()
        except (pa.ArrowException, OSError, UnicodeDecodeError) as failure:
            yield finding(file, "parquet", str(failure).partition("\n")[0])
            return
        if found != rows:
            yield finding(file, "parts", "is not what the data says")


def _told(file: Path, manifest: Manifest, corpus: Corpus, scheme: Scheme) -> Iterator[Problem]:
    """What release.json says of the data; texts that are not there cannot be measured."""
    part_of = {place.id: place.part for place in manifest.documents}
    found: dict[str, object] = {
        "gold": content_hash(corpus),
        "scheme": scheme.id,
        "counts": counted(corpus, part_of, scheme),
        "decisions": decided(corpus),
        "adjudicator": adjudicators(corpus),
    }
    known: dict[str, object] = {name: getattr(manifest, name) for name in found}
    if manifest.texts:
        found["sizes"] = sizes(corpus.documents.values(), part_of)
        known["sizes"] = manifest.sizes
    else:
        found["sizes"] = sorted(manifest.parts)
        known["sizes"] = [size.part for size in manifest.sizes]
    for name, value in found.items():
        if known[name] != value:
            yield finding(file, "manifest", f"{name}: is not what the data says")


def _made(folder: Path, manifest: Manifest, scheme: Scheme, sums: Sums) -> Iterator[Problem]:
    """Another quotemark may word a card otherwise: then its checksum has to do."""
    if manifest.quotemark != __version__:
        return
    data = {
        path: File((folder / path).stat().st_size, sums[path])
        for path in _files_of(manifest.parts, manifest)
    }
    made = {CARD: card(manifest), CROISSANT: croissant(manifest, data, scheme)}
    for name, content in made.items():
        if sums[name] != digest(content):
            yield finding(folder / name, "made", "is not what release.json says")
