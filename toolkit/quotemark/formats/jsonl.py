"""The native format: JSON Lines, one annotation over one document a line.

A line holds a document (`id`, `text`, `meta`), a layer over it (`annotator`, `spans`, …), or
both. README's *Formats* describes every key. Unknown keys are errors: a misspelt
one must not vanish.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from quotemark.errors import Problem, QuotemarkError, Where
from quotemark.files import read_bytes
from quotemark.formats import ReadOptions
from quotemark.model import (
    EVERYTHING,
    Annotation,
    Asked,
    Corpus,
    Document,
    Entity,
    Relation,
    Span,
)

Strings = list[str]
Pairs = list[tuple[int, int]]


class RawSpan(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    id: str = ""
    label: str = ""
    fragments: Pairs | None = None
    start: int | None = None
    end: int | None = None
    attributes: dict[str, str | Strings | None] = {}
    score: float | None = None
    meta: dict[str, Any] = {}


class RawRelation(msgspec.Struct, forbid_unknown_fields=True):
    label: str
    head: str
    tail: str


class RawEntity(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    id: str
    name: str
    aliases: Strings = []


class RawAsked(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    windows: Pairs | None = None
    labels: Strings | None = None
    attributes: Strings | None = None
    relations: Strings | None = None


class RawRecord(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    id: str
    text: str | None = None
    text_sha256: str = ""
    annotator: str | None = None
    spans: list[RawSpan] | None = None
    relations: list[RawRelation] = []
    entities: list[RawEntity] = []
    asked: RawAsked | None = None
    status: str = "submitted"
    scheme: str = ""
    provenance: dict[str, Any] = {}
    meta: dict[str, Any] = {}


def read(path: Path, options: ReadOptions | None = None) -> Corpus:
    """Read a native file (`-`: standard input).

    It is UTF-8, so `options` say nothing here. An empty file is an empty corpus. Raises
    `QuotemarkError` with a problem for every line that cannot be read.
    """
    decoder = msgspec.json.Decoder(RawRecord)
    documents: dict[str, Document] = {}
    annotations: list[Annotation] = []
    problems: list[Problem] = []
    for number, line in enumerate(read_bytes(path).split(b"\n"), 1):
        if not line.strip():
            continue
        where = Where(str(path), number)
        try:
            raw = decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as failure:
            remedy = "give one JSON object a line, as README's Formats describes"
            problems.append(Problem(where, "json", str(failure), remedy))
            continue
        problems += _add(raw, where, documents, annotations, path.stem)
    if problems:
        raise QuotemarkError(problems)
    return Corpus(documents, tuple(annotations))


def _add(
    raw: RawRecord,
    where: Where,
    documents: dict[str, Document],
    annotations: list[Annotation],
    default_annotator: str,
) -> Iterator[Problem]:
    """Put a line's document and annotation where they belong; problems that forbid it."""
    where = Where(where.file, where.line, raw.id)
    sha256 = raw.text_sha256
    if raw.text is not None:
        document = Document(raw.id, raw.text, raw.meta)
        if sha256 and sha256 != document.sha256:
            message = f"text_sha256 is {sha256[:12]}…, that of the text {document.sha256[:12]}…"
            yield Problem(where, "text-hash", message, "restore the text or drop the hash")
            return
        sha256 = document.sha256
        known = documents.setdefault(raw.id, document)
        if known.sha256 != sha256:
            message = "two texts under one document id"
            yield Problem(where, "two-texts", message, "give each document an id of its own")
            return
    if raw.annotator is None and raw.spans is None:
        if raw.text is None:
            message = "neither a text nor an annotator or spans"
            yield Problem(where, "empty-record", message, "give the line a text or spans")
        return
    spans = []
    for number, span in enumerate(raw.spans or (), 1):
        fragments = span.fragments
        if fragments is None and span.start is not None and span.end is not None:
            fragments = [(span.start, span.end)]
        name = span.id or f"s{number}"
        if not fragments:
            message = "a span without offsets"
            item = Where(where.file, where.line, raw.id, name)
            yield Problem(item, "no-offsets", message, "give fragments, or start and end")
            continue
        attributes = {k: tuple(v) if isinstance(v, list) else v for k, v in span.attributes.items()}
        spans.append(Span(name, span.label, tuple(fragments), attributes, span.score, span.meta))
    asked = raw.asked
    annotations.append(
        Annotation(
            raw.id,
            sha256,
            default_annotator if raw.annotator is None else raw.annotator,
            tuple(spans),
            tuple(Relation(r.label, r.head, r.tail) for r in raw.relations),
            tuple(Entity(e.id, e.name, tuple(e.aliases)) for e in raw.entities),
            Asked(
                tuple(asked.windows) if asked.windows is not None else None,
                tuple(asked.labels) if asked.labels is not None else None,
                tuple(asked.attributes) if asked.attributes is not None else None,
                tuple(asked.relations) if asked.relations is not None else None,
            )
            if asked
            else EVERYTHING,
            raw.status,
            raw.scheme,
            raw.provenance,
        )
    )


def write(corpus: Corpus, *, texts: bool = True) -> Iterator[bytes]:
    """The lines of a corpus, each ending in a newline. Reading them gives the corpus back.

    The first line of each document carries its text and `meta`, unless `texts` is False.
    """
    pending = dict(corpus.documents) if texts else {}
    for annotation in corpus.annotations:
        record = _record(annotation)
        document = pending.get(annotation.doc_id)
        if document and annotation.text_sha256 in ("", document.sha256):
            del pending[annotation.doc_id]
            record.text, record.meta = document.text, dict(document.meta)
        yield _encode(record)
    yield from write_documents(pending.values())


def write_documents(documents: Iterable[Document]) -> Iterator[bytes]:
    """One line for each document, without a layer."""
    for document in documents:
        yield _encode(
            RawRecord(
                document.id,
                document.text,
                text_sha256=document.sha256,
                meta=dict(document.meta),
            )
        )


def _record(annotation: Annotation) -> RawRecord:
    asked = annotation.asked
    return RawRecord(
        annotation.doc_id,
        text_sha256=annotation.text_sha256,
        annotator=annotation.annotator,
        spans=[
            RawSpan(
                span.id,
                span.label,
                list(span.fragments),
                attributes={
                    k: list(v) if isinstance(v, tuple) else v for k, v in span.attributes.items()
                },
                score=span.score,
                meta=dict(span.meta),
            )
            for span in annotation.spans
        ],
        relations=[RawRelation(r.label, r.head, r.tail) for r in annotation.relations],
        entities=[RawEntity(e.id, e.name, list(e.aliases)) for e in annotation.entities],
        asked=None
        if asked == EVERYTHING
        else RawAsked(
            None if asked.windows is None else list(asked.windows),
            None if asked.labels is None else list(asked.labels),
            None if asked.attributes is None else list(asked.attributes),
            None if asked.relations is None else list(asked.relations),
        ),
        status=annotation.status,
        scheme=annotation.scheme,
        provenance=dict(annotation.provenance),
    )


def _encode(record: RawRecord) -> bytes:
    return msgspec.json.encode(record) + b"\n"
