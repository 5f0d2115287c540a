"""The records that both the native format and its Parquet sibling are made of.

A record holds a document (`id`, `text`, `meta`), a layer over it (`annotator`, `spans`, …), or
both: a line of JSON Lines, a row of Parquet. docs/formats.md describes every key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from sys import intern
from typing import Any

import msgspec

from quotemark.errors import Problem, QuotemarkError, Where
from quotemark.formats.meta import problems_of
from quotemark.grounding.wording import Ungrounded, Wording
from quotemark.model import (
    EVERYTHING,
    Annotation,
    Asked,
    Corpus,
    Document,
    Entity,
    Relation,
    Span,
    Value,
)

Strings = list[str]
Pairs = list[tuple[int, int]]


class RawSpan(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    id: str = ""
    label: str = ""
    fragments: Pairs | None = None
    start: int | None = None
    end: int | None = None
    text: str | Strings | None = None
    before: str = ""
    after: str = ""
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
    quotes: Strings | None = None
    relations: list[RawRelation] = []
    entities: list[RawEntity] = []
    asked: RawAsked | None = None
    status: str = "submitted"
    scheme: str = ""
    provenance: dict[str, Any] = {}
    meta: dict[str, Any] = {}


def collect(
    found: Iterable[tuple[Where, RawRecord | Problem]], default_annotator: str
) -> tuple[dict[str, Document], list[Ungrounded]]:
    """The documents, by id, and the layers of a file's records, each with its place.

    A layer that names no annotator is `default_annotator`'s. Raises `QuotemarkError` with every
    problem: those given, those of single records, and an annotator's second annotation of the
    same document and status. No records give nothing.

    >>> documents, layers = collect([(Where("a.jsonl", 1), RawRecord("a1", "Yes."))], "ann")
    >>> documents["a1"].text, layers
    ('Yes.', [])
    """
    documents: dict[str, Document] = {}
    layers: list[Ungrounded] = []
    problems: list[Problem] = []
    firsts: dict[tuple[str, str, str], int] = {}
    for where, raw in found:
        if isinstance(raw, Problem):
            problems.append(raw)
            continue
        before = len(layers)
        problems += add(raw, where, documents, layers, default_annotator)
        for new in (layer.annotation for layer in layers[before:]):
            first = firsts.setdefault((new.doc_id, new.annotator, new.status), where.line)
            if first != where.line:
                other = Where(where.file, first)
                message = f"{new.annotator!r} has a {new.status} annotation at {other}, too"
                place = Where(where.file, where.line, new.doc_id)
                problems.append(Problem(place, "twice", message, "keep one of them"))
    if problems:
        raise QuotemarkError(problems)
    return documents, layers


def add(
    raw: RawRecord,
    where: Where,
    documents: dict[str, Document],
    layers: list[Ungrounded],
    default_annotator: str,
) -> Iterator[Problem]:
    """Put a record's document and annotation where they belong; problems that forbid it."""
    where = Where(where.file, where.line, raw.id)
    if not raw.id:
        yield Problem(where, "no-id", "the document id is empty", "give the document an id")
        return
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
            yield Problem(where, "empty-record", message, "give it a text or spans")
        return
    spans, wordings, problems = _spans(raw, where)
    yield from problems
    asked = raw.asked
    annotation = Annotation(
        raw.id,
        sha256,
        default_annotator if raw.annotator is None else raw.annotator,
        spans,
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
    layers.append(Ungrounded(annotation, wordings))


def _spans(
    raw: RawRecord, where: Where
) -> tuple[tuple[Span, ...], tuple[Wording, ...], list[Problem]]:
    """A record's spans with offsets, those with words alone, and what is wrong with others."""
    spans, wordings, problems = [], [], []
    for number, span in enumerate(raw.spans or (), 1):
        name = span.id or f"s{number}"
        item = Where(where.file, where.line, raw.id, name)
        if has_words_only(span):
            words = (span.text,) if isinstance(span.text, str) else tuple(span.text or ())
            wordings.append(
                Wording(
                    name,
                    span.label,
                    words,
                    span.before,
                    span.after,
                    _values(span),
                    span.score,
                    span.meta,
                )
            )
            continue
        fragments = _fragments(span)
        if isinstance(fragments, str):
            remedy = "give fragments, or start and end, or text alone"
            problems.append(Problem(item, "no-offsets", fragments, remedy))
            continue
        spans.append(Span(name, span.label, tuple(fragments), _values(span), span.score, span.meta))
    return tuple(spans), tuple(wordings), problems


def has_words_only(span: RawSpan) -> bool:
    return span.text is not None and (span.fragments, span.start, span.end) == (None, None, None)


def _values(span: RawSpan) -> dict[str, Value]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in span.attributes.items()}


def _fragments(span: RawSpan) -> Pairs | str:
    """A span's fragments, or what is wrong with how it gives them."""
    if span.text is not None or span.before or span.after:
        return "a span with offsets and words, or with context and no words"
    ends = (span.start, span.end)
    if span.fragments is not None and ends != (None, None):
        return "a span with both fragments and start or end"
    if span.start is not None and span.end is not None:
        return [(span.start, span.end)]
    return span.fragments or "a span without offsets"


def records(corpus: Corpus, *, texts: bool = True) -> Iterator[RawRecord]:
    """A corpus as records, which `collect` makes it of again.

    The first record of each document carries its text and `meta`, unless `texts` is False.

    >>> list(records(Corpus()))
    []
    """
    pending = dict(corpus.documents) if texts else {}
    for annotation in corpus.annotations:
        record = _record(annotation)
        document = pending.get(annotation.doc_id)
        if document and annotation.text_sha256 in ("", document.sha256):
            del pending[annotation.doc_id]
            record.text, record.meta = document.text, dict(document.meta)
        yield record
    yield from map(of_document, pending.values())


def of_document(document: Document) -> RawRecord:
    """The record of a document without a layer."""
    return RawRecord(
        document.id, document.text, text_sha256=document.sha256, meta=dict(document.meta)
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
        # msgspec knows a default by its identity, and leaves it out.
        status=intern(annotation.status),
        scheme=annotation.scheme,
        provenance=dict(annotation.provenance),
    )
