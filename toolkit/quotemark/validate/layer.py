"""Checks of an annotation as a whole: its text, scheme, status, what was asked, entities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from quotemark.errors import Problem
from quotemark.validate.subject import Subject

STATUSES = ("submitted", "draft", "cancelled", "gold", "predicted")


def check_layer(subject: Subject) -> Iterator[Problem]:
    annotation, document, scheme = subject.annotation, subject.document, subject.scheme
    if document and subject.text is None:
        hashes = f"{annotation.text_sha256[:12]}…, that of the text {document.sha256[:12]}…"
        yield subject.problem("", "text-hash", f"text_sha256 is {hashes}")
    if annotation.scheme not in ("", scheme.id):
        message = f"was made with {annotation.scheme}, not {scheme.id}"
        yield subject.problem("", "scheme", message)
    if annotation.status not in STATUSES:
        yield subject.problem("", "status", f"status is {annotation.status!r}")
    yield from _asked(subject)
    yield from _entities(subject)


def _asked(subject: Subject) -> Iterator[Problem]:
    asked, scheme, text = subject.annotation.asked, subject.scheme, subject.text
    for start, end in asked.windows or ():
        if not 0 <= start <= end or (text is not None and end > len(text)):
            message = f"a window from {start} to {end} is outside the text"
            yield subject.problem("", "asked", message)
    attributes = {
        f"{label.name}.{name}" for label in scheme.labels.values() for name in label.attributes
    }
    names = (asked.labels, asked.attributes, asked.relations)
    for given, known in zip(names, (scheme.labels, attributes, scheme.relations), strict=True):
        for name in given or ():
            if name not in known:
                yield subject.problem("", "asked", f"{name!r} is not in the scheme")


def _entities(subject: Subject) -> Iterator[Problem]:
    entities = subject.annotation.entities
    for kind, values in (("id", [e.id for e in entities]), ("name", [e.name for e in entities])):
        if not all(value.strip() for value in values):
            yield subject.problem("", "entity-name", f"an entity has no {kind}")
        for value, count in Counter(values).items():
            if count > 1 and value.strip():
                message = f"{count} entities have the {kind} {value!r}"
                yield subject.problem("", "entity-twice", message)
