"""What corpora are parted by: `length`, `position`, `speaker`, an attribute, `meta:KEY`.

Each key gives every document, or every span of some labels, one value.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from quotemark.errors import QuotemarkError, error
from quotemark.metrics.case import Case
from quotemark.model import Annotation, Document, Json, Span
from quotemark.scheme import Attribute, Scheme
from quotemark.sources import NOT_STATED, fold, sources, values

NOTHING = "–"
"""The value of what has none."""

META = "meta:"

LONGEST = (25, 50, 100, 200)
BANDS = ("1-25", "26-50", "51-100", "101-200", "201+")
"""Lengths in code points: up to each of LONGEST, and over."""

THIRDS = ("begin", "middle", "end")
SPEAKERS = ("mention", "elsewhere", NOT_STATED)


@dataclass(frozen=True, slots=True)
class Documents:
    """Documents parted by a key of their metadata: the value of each, by id."""

    key: str
    values: Mapping[str, str]
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spans:
    """Spans of some labels parted by what they are, in gold or in the prediction.

    `order` has the values that are known beforehand.
    """

    key: str
    labels: frozenset[str]
    value: Callable[[Case, Annotation, Span], str]
    order: tuple[str, ...] = ()


Slicing = Documents | Spans


def slicings(
    keys: Iterable[str], scheme: Scheme, documents: Mapping[str, Document]
) -> tuple[Slicing, ...]:
    """What keys part a corpus by, each once; `documents` are its known ones.

    An attribute is named alone, for all labels that have it, or as `Label.attribute`. Raises
    `QuotemarkError` for a key that is nothing of the scheme, or in no document's metadata.

    >>> from quotemark.scheme import default_scheme
    >>> [each.key for each in slicings(["length", "Quote.form"], default_scheme(), {})]
    ['length', 'Quote.form']
    """
    return tuple(_slicing(key, scheme, documents) for key in dict.fromkeys(keys))


def in_order(slicing: Slicing, found: Iterable[str]) -> list[str]:
    """Values, each once: those known beforehand first, `NOTHING` last.

    >>> in_order(Documents("meta:x", {}, ("b",)), ["–", "a", "b", "a"])
    ['b', 'a', '–']
    """
    known = {value: place for place, value in enumerate(slicing.order)}
    return sorted(set(found), key=lambda v: (v == NOTHING, known.get(v, len(known)), v))


def band(length: int) -> str:
    """The band of a length in code points.

    >>> band(25), band(26), band(201)
    ('1-25', '26-50', '201+')
    """
    return BANDS[bisect_left(LONGEST, length)]


def third(start: int, length: int) -> str:
    """The third of a text of some length that a span starts in.

    >>> third(0, 9), third(3, 9), third(8, 9)
    ('begin', 'middle', 'end')
    """
    return THIRDS[min(3 * start // max(length, 1), 2)]


def _slicing(key: str, scheme: Scheme, documents: Mapping[str, Document]) -> Slicing:
    every, quote = frozenset(scheme.labels), scheme.role("quote")
    if key.startswith(META):
        return _metadata(key, documents)
    if key == "length":
        return Spans(key, every, lambda case, layer, span: band(span.length), BANDS)
    if key == "position":
        return Spans(key, every, _position, THIRDS)
    if key == "speaker" and quote:
        return Spans(key, frozenset({quote}), _speaker, SPEAKERS)
    name = key.rpartition(".")[2]
    found = {
        label: attribute
        for label in scheme.labels
        if key in (name, f"{label}.{name}") and (attribute := scheme.attribute(label, name))
    }
    if not found:
        raise _unknown(key, scheme)
    order = dict.fromkeys(value for attribute in found.values() for value in attribute.values)
    return Spans(
        key,
        frozenset(found),
        lambda case, layer, span: _attribute(span, found[span.label]),
        tuple(order),
    )


def _unknown(key: str, scheme: Scheme) -> QuotemarkError:
    names = (name for label in scheme.labels.values() for name in label.attributes)
    known = ", ".join(dict.fromkeys(("length", "position", "speaker", f"{META}KEY", *names)))
    return error("by", f"nothing to part scores by: {key!r}", f"name one of: {known}")


def _metadata(key: str, documents: Mapping[str, Document]) -> Documents:
    name = key.removeprefix(META)
    found = {
        doc: document.meta[name] for doc, document in documents.items() if name in document.meta
    }
    if not found:
        known = dict.fromkeys(n for document in documents.values() for n in sorted(document.meta))
        remedy = f"name one of: {', '.join(known)}" if known else "give documents with metadata"
        raise error("by", f"no document has {name!r} in its metadata", remedy)
    return Documents(key, {doc: _said(value) for doc, value in found.items()})


def _said(value: Json) -> str:
    """A metadata value as a slice's value.

    >>> _said("Le Monde"), _said(2020), _said(None), _said(["a", "b"])
    ('Le Monde', '2020', '–', '["a", "b"]')
    """
    if value is None or value == "":
        return NOTHING
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _position(case: Case, layer: Annotation, span: Span) -> str:
    return NOTHING if case.text is None else third(span.start, len(case.text))


def _speaker(case: Case, layer: Annotation, span: Span) -> str:
    """Whether a quote's speaker is mentioned, named without a mention, or not stated."""
    said = sources(layer, span, case.scheme)
    if said.mentions:
        return "mention"
    if said.entities:
        return "elsewhere"
    return NOT_STATED if said.not_stated else NOTHING


def _attribute(span: Span, attribute: Attribute) -> str:
    """The value, several of them joined; names folded, so that spellings are one."""
    found = values(span, attribute.name)
    said = found if attribute.type == "choice" else sorted(set(map(fold, found)))
    return ", ".join(said) or NOTHING
