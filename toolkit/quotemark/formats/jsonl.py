"""The native format: JSON Lines, one annotation over one document a line.

A line holds a document (`id`, `text`, `meta`), a layer over it (`annotator`, `spans`, …), or
both. docs/formats.md describes every key. Unknown keys are errors: a misspelt one must not
vanish.
"""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from quotemark.errors import Problem, QuotemarkError, Where
from quotemark.files import STDIO, read_bytes
from quotemark.formats import ReadOptions
from quotemark.formats.meta import problems_of
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


DECODER = msgspec.json.Decoder(RawRecord)


def read(path: Path, options: ReadOptions | None = None) -> Corpus:
    """Read a native file (`-`: standard input).

    It is UTF-8, so `options` say nothing here. An empty file is an empty corpus. An annotation
    that names no annotator has the file's stem for one. Raises `QuotemarkError` with a problem
    for every line that cannot be read, or that gives an annotator a second annotation of
    the same document and status.
    """
    annotator = "stdin" if path == STDIO else path.stem
    documents: dict[str, Document] = {}
    annotations: list[Annotation] = []
    problems: list[Problem] = []
    lines: dict[tuple[str, str, str], int] = {}
    for number, line in enumerate(read_bytes(path).removeprefix(BOM_UTF8).split(b"\n"), 1):
        if not line.strip():
            continue
        where = Where(str(path), number)
        raw = _parse(line, where)
        if isinstance(raw, Problem):
            problems.append(raw)
            continue
        before = len(annotations)
        problems += _add(raw, where, documents, annotations, annotator)
        for new in annotations[before:]:
            first = lines.setdefault((new.doc_id, new.annotator, new.status), number)
            if first != number:
                message = f"{new.annotator!r} has a {new.status} annotation on line {first}, too"
                place = Where(str(path), number, new.doc_id)
                problems.append(Problem(place, "twice", message, "keep one of them"))
    if problems:
        raise QuotemarkError(problems)
    return Corpus(documents, tuple(annotations))


def _parse(line: bytes, where: Where) -> RawRecord | Problem:
    remedy = "give one JSON object a line, as docs/formats.md describes"
    try:
        line.decode("utf-8")
        return DECODER.decode(line)
    except UnicodeDecodeError as failure:
        message = f"is not UTF-8, at byte {failure.start + 1} of the line"
        return Problem(where, "json", message, "save the file in UTF-8")
    except RecursionError:
        return Problem(where, "json", "is nested too deeply", remedy)
    except msgspec.DecodeError as failure:
        reason = str(failure)
    if b"\\ud" in line.lower():  # perhaps half an emoji, which only Python's own reader takes
        try:
            return msgspec.convert(json.loads(line, parse_constant=_no_constant), RawRecord)
        except (ValueError, RecursionError):
            pass  # then what the first reader said is the matter
    return Problem(where, "json", reason, remedy)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


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
        unfit = list(problems_of(raw.meta, where))
        if unfit:
            yield from unfit
            return
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
        name = span.id or f"s{number}"
        fragments = _fragments(span)
        if isinstance(fragments, str):
            item = Where(where.file, where.line, raw.id, name)
            yield Problem(item, "no-offsets", fragments, "give fragments, or start and end")
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


def _fragments(span: RawSpan) -> Pairs | str:
    """A span's fragments, or what is wrong with how it gives them."""
    ends = (span.start, span.end)
    if span.fragments is not None and ends != (None, None):
        return "a span with both fragments and start or end"
    if span.start is not None and span.end is not None:
        return [(span.start, span.end)]
    return span.fragments or "a span without offsets"


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
    try:
        return msgspec.json.encode(record) + b"\n"
    except UnicodeEncodeError:  # a lone surrogate, which JSON can hold only as an escape
        return json.dumps(msgspec.to_builtins(record)).encode("ascii") + b"\n"
