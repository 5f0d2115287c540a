"""The native format: JSON Lines, one annotation over one document a line.

A line holds a document (`id`, `text`, `meta`), a layer over it (`annotator`, `spans`, …), or
both. docs/formats.md describes every key. Unknown keys are errors: a misspelt one must not
vanish.
"""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.files import STDIO, read_bytes
from quotemark.formats import ReadOptions
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
from quotemark.scheme import default_scheme

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


GROUND = "place the words in the texts with `quotemark ground`"

DECODER = msgspec.json.Decoder(RawRecord)


def read(path: Path, options: ReadOptions | None = None) -> Corpus:
    """Read a native file (`-`: standard input).

    It is UTF-8, so `options` say nothing here. An empty file is an empty corpus. An annotation
    that names no annotator has the file's stem for one. Raises `QuotemarkError` with a problem
    for every line that cannot be read, that has words in place of offsets (`read_ungrounded`
    reads those), or that gives an annotator a second annotation of the same document and
    status.
    """
    documents, layers = _read(path, options, strings=False)
    return Corpus(documents, tuple(layer.annotation for layer in layers))


def read_ungrounded(
    path: Path, options: ReadOptions | None = None
) -> tuple[dict[str, Document], list[Ungrounded]]:
    """Read a native file whose spans may have `text` in place of offsets, or `quotes`.

    The documents whose texts are there, by id, and the layers, for `grounding.ground`. `quotes` are
    of the label that plays the part of a quote in the scheme of `options` (else the default
    one). Raises `QuotemarkError` as `read` does.
    """
    return _read(path, options, strings=True)


def _read(
    path: Path, options: ReadOptions | None, *, strings: bool
) -> tuple[dict[str, Document], list[Ungrounded]]:
    annotator = "stdin" if path == STDIO else path.stem
    scheme = options.scheme if options else None
    documents: dict[str, Document] = {}
    layers: list[Ungrounded] = []
    problems: list[Problem] = []
    lines: dict[tuple[str, str, str], int] = {}
    data = read_bytes(path).removeprefix(BOM_UTF8)
    if b"\0" in data:  # which no JSON holds
        message = "a binary file, not text: it holds NUL bytes"
        raise error("binary", message, "name a file in UTF-8, or save it as UTF-8", file=path)
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        where = Where(str(path), number)
        raw = _parse(line, where)
        if isinstance(raw, Problem):
            problems.append(raw)
            continue
        if raw.quotes is not None:
            _quotes_as_spans(raw, (scheme or default_scheme()).role("quote"))
        if not strings and (bare := sum(map(_has_words_only, raw.spans or ()))):
            message = f"{bare} of {len(raw.spans or ())} spans have words in place of offsets"
            place = Where(str(path), number, raw.id)
            problems.append(Problem(place, "no-offsets", message, GROUND))
            continue
        before = len(layers)
        problems += _add(raw, where, documents, layers, annotator)
        for new in (layer.annotation for layer in layers[before:]):
            first = lines.setdefault((new.doc_id, new.annotator, new.status), number)
            if first != number:
                message = f"{new.annotator!r} has a {new.status} annotation on line {first}, too"
                place = Where(str(path), number, new.doc_id)
                problems.append(Problem(place, "twice", message, "keep one of them"))
    if problems:
        raise QuotemarkError(problems)
    return documents, layers


def _quotes_as_spans(raw: RawRecord, label: str) -> None:
    """Bare strings as spans with ids that no other has.

    A record that gives nothing else produces nothing else, unless it says what it does.
    """
    if raw.spans is None and raw.asked is None:
        raw.asked = RawAsked(labels=[label], attributes=[], relations=[])
    spans = raw.spans = list(raw.spans or ())
    known = {span.id for span in spans}
    names = (name for n in count(1) if (name := f"q{n}") not in known)
    spans += (RawSpan(next(names), label, text=words) for words in raw.quotes or ())
    raw.quotes = None


def read_line(line: bytes, path: Path) -> Annotation:
    """The layer on one line of a file that can be read. Raises `QuotemarkError`."""
    where = Where(str(path))
    raw = _parse(line, where)
    if isinstance(raw, Problem):
        raise QuotemarkError(raw)
    layers: list[Ungrounded] = []
    problems = list(_add(raw, where, {}, layers, path.stem))
    if problems or not layers:
        raise QuotemarkError(problems or Problem(where, "empty-record", "no layer", GROUND))
    return layers[0].annotation


def is_native(data: bytes) -> bool:
    """Whether a file's bytes begin with a line of the native format."""
    try:
        DECODER.decode(data.removeprefix(BOM_UTF8).lstrip().split(b"\n", 1)[0])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


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
    layers: list[Ungrounded],
    default_annotator: str,
) -> Iterator[Problem]:
    """Put a line's document and annotation where they belong; problems that forbid it."""
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
            yield Problem(where, "empty-record", message, "give the line a text or spans")
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
        if _has_words_only(span):
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


def _has_words_only(span: RawSpan) -> bool:
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
