"""The native format: JSON Lines, one annotation over one document a line.

A line holds a document (`id`, `text`, `meta`), a layer over it (`annotator`, `spans`, …), or
both. docs/formats.md describes every key. Unknown keys are errors: a misspelt one must not
vanish.
"""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import msgspec

from quotemark.errors import Problem, Where, error
from quotemark.files import STDIO, read_bytes
from quotemark.formats import ReadOptions
from quotemark.formats.records import (
    RawAsked,
    RawRecord,
    RawSpan,
    collect,
    has_words_only,
    records,
)
from quotemark.grounding.wording import Ungrounded
from quotemark.model import Annotation, Corpus, Document
from quotemark.scheme import Scheme, default_scheme

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
    data = read_bytes(path).removeprefix(BOM_UTF8)
    if b"\0" in data:  # which no JSON holds
        message = "a binary file, not text: it holds NUL bytes"
        raise error("binary", message, "name a file in UTF-8, or save it as UTF-8", file=path)
    scheme = options.scheme if options else None
    found = _records(data, path, scheme or default_scheme(), strings=strings)
    return collect(found, "stdin" if path == STDIO else path.stem)


def _records(
    data: bytes, path: Path, scheme: Scheme, *, strings: bool
) -> Iterator[tuple[Where, RawRecord | Problem]]:
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        where = Where(str(path), number)
        raw = _parse(line, where)
        if isinstance(raw, RawRecord):
            if raw.quotes is not None:
                _quotes_as_spans(raw, scheme.role("quote"))
            if not strings and (bare := sum(map(has_words_only, raw.spans or ()))):
                message = f"{bare} of {len(raw.spans or ())} spans have words in place of offsets"
                raw = Problem(replace(where, doc=raw.id), "no-offsets", message, GROUND)
        yield where, raw


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
    """The layer on one line of a file, which must hold one. Raises `QuotemarkError`."""
    where = Where(str(path))
    _, [layer] = collect([(where, _parse(line, where))], path.stem)
    return layer.annotation


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
        if reason.startswith("Expected `int"):  # only offsets are
            remedy = "give offsets as whole numbers: 12, not 12.0"
    if b"\\ud" in line.lower():  # perhaps half an emoji, which only Python's own reader takes
        try:
            return msgspec.convert(json.loads(line, parse_constant=_no_constant), RawRecord)
        except (ValueError, RecursionError):
            pass  # then what the first reader said is the matter
    return Problem(where, "json", reason, remedy)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def write(corpus: Corpus, *, texts: bool = True) -> Iterator[bytes]:
    """The lines of a corpus, each ending in a newline. Reading them gives the corpus back.

    The first line of each document carries its text and `meta`, unless `texts` is False.
    """
    return map(_encode, records(corpus, texts=texts))


def _encode(record: RawRecord) -> bytes:
    try:
        return msgspec.json.encode(record) + b"\n"
    except UnicodeEncodeError:  # a lone surrogate, which JSON can hold only as an escape
        return json.dumps(msgspec.to_builtins(record)).encode("ascii") + b"\n"
