"""Checks of spans: their labels, their places in the text, and that none is there twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from quotemark.errors import Problem
from quotemark.model import Span
from quotemark.validate.subject import Subject

LOOSE = frozenset(",;:，、；：،؛")
"""Punctuation that belongs to the sentence around a span. Stops may be an abbreviation's."""

GAPS = ("", "…", "...", "[…]", "[...]")
"""How a stated surface may mark the gap between fragments."""


def check_spans(subject: Subject) -> Iterator[Problem]:
    for span in subject.annotation.spans:
        if span.label not in subject.scheme.labels:
            message = f"{span.label!r} is no label of {subject.scheme.id}"
            yield subject.problem(span.id, "label", message)
        elif not subject.annotation.asked.covers(span):
            message = f"a {span.label} here was not asked for"
            yield subject.problem(span.id, "not-asked", message)
        misplaced = list(_place(subject, span))
        yield from misplaced
        if subject.text is not None and not misplaced:
            yield from _edges(subject, span, subject.text)
            yield from _surface(subject, span, subject.text)
    yield from _repeated(subject)


def _place(subject: Subject, span: Span) -> Iterator[Problem]:
    """Offsets by themselves, and against the length of the text."""
    end = max(max(fragment) for fragment in span.fragments)
    if subject.text is not None and end > len(subject.text):
        message = f"reaches to {end} in a text of {len(subject.text)}"
        yield subject.problem(span.id, "offset", message)
    if span.start < 0:
        yield subject.problem(span.id, "offset", f"begins at {span.start}")
    reach = span.start
    for start, stop in span.fragments:
        if start >= stop:
            message = f"a fragment goes from {start} to {stop}"
            yield subject.problem(span.id, "empty-fragment", message)
        elif start < reach:
            message = f"a fragment begins at {start}, before {reach}"
            yield subject.problem(span.id, "overlap", message)
        reach = max(reach, stop)


def _edges(subject: Subject, span: Span, text: str) -> Iterator[Problem]:
    """White space, punctuation, half words and half pairs of marks at a fragment's edges."""
    for start, end in span.fragments:
        words = repr(text[start:end] if end - start <= 40 else f"{text[start : start + 39]}…")
        first, last = text[start], text[end - 1]
        if first.isspace() or last.isspace():
            yield subject.problem(span.id, "edge-space", f"{words} has white space at an edge")
        if first in LOOSE or last in LOOSE:
            yield subject.problem(span.id, "edge-punctuation", f"{words} has {first}…{last}")
        if _in_word(text, start) or _in_word(text, end):
            yield subject.problem(span.id, "edge-word", f"{words} begins or ends inside a word")
        for partner in (subject.partners.by_start.get(start), subject.partners.by_end.get(end)):
            if partner is not None and not any(s <= partner < e for s, e in span.fragments):
                message = f"{words} lacks the quotation mark at {partner}"
                yield subject.problem(span.id, "edge-mark", message)


def _in_word(text: str, place: int) -> bool:
    """Whether a place is between two letters or digits of one word.

    Only in scripts that have case: others may write words without spaces between them.
    """
    if not 0 < place < len(text):
        return False
    return all(c.isdigit() or c.lower() != c.upper() for c in text[place - 1 : place + 1])


def _surface(subject: Subject, span: Span, text: str) -> Iterator[Problem]:
    surface = span.meta.get("surface")
    if not isinstance(surface, str):
        return
    stated = "".join(surface.split())
    if all(stated != "".join(span.surface(text, gap).split()) for gap in GAPS):
        message = f"states {surface!r}, but has {span.surface(text)!r}"
        yield subject.problem(span.id, "surface", message)


def _repeated(subject: Subject) -> Iterator[Problem]:
    for name, count in Counter(span.id for span in subject.annotation.spans).items():
        if count > 1:
            yield subject.problem(name, "duplicate-id", f"{count} spans have this id")
    first: dict[object, str] = {}
    for span in subject.annotation.spans:
        relations = frozenset((r.label, r.tail) for r in subject.outgoing.get(span.id, ()))
        content = (span.label, span.fragments, frozenset(span.attributes.items()), relations)
        if first.setdefault(content, span.id) != span.id:
            yield subject.problem(span.id, "same-span", f"is equal to {first[content]}")
