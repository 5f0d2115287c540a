"""What must hold before anything is sent: Label Studio's server accepts whatever it gets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from quotemark.errors import Problem, Where
from quotemark.model import Annotation, Span, Value
from quotemark.scheme import Attribute, Scheme
from quotemark.tasks import Task


def unfit(annotation: Annotation, task: Task, scheme: Scheme) -> Iterator[Problem]:
    """What of an annotation Label Studio cannot hold or would silently drop.

    None in one without spans.
    """
    doc = annotation.doc_id
    if doc != task.doc_id or annotation.text_sha256 not in ("", task.text_sha256):
        message = f"annotation {annotation.annotator!r} is over another text than the task"
        yield Problem(Where(doc=doc), "text-hash", message, "split this text and annotation")
        return
    counts = Counter(span.id for span in annotation.spans)
    for name in sorted(name for name, count in counts.items() if count > 1):
        where = Where(doc=doc, item=name)
        yield Problem(where, "duplicate-id", "two spans have this id", "give each its own")
    for span in annotation.spans:
        yield from _span(span, Where(doc=doc, item=span.id), len(task.text), scheme)
    for relation in annotation.relations:
        where = Where(doc=doc, item=f"{relation.head} → {relation.tail}")
        if relation.label not in scheme.relations:
            known = ", ".join(scheme.relations)
            message = f"relation {relation.label!r} is not in the scheme {scheme.id}"
            yield Problem(where, "relation", message, f"use one of: {known}")
        for end in sorted({relation.head, relation.tail} - set(counts)):
            message = f"{relation.label} leads to {end!r}, which is no span"
            yield Problem(where, "dangling", message, "drop the relation or add the span")


def _span(span: Span, where: Where, length: int, scheme: Scheme) -> Iterator[Problem]:
    if not span.fragments or any(not 0 <= s < e <= length for s, e in span.fragments):
        message = f"{list(span.fragments)} does not lie in a window of {length}"
        yield Problem(where, "offset", message, "mend the offsets")
    label = scheme.labels.get(span.label)
    if label is None:
        labels = ", ".join(scheme.labels)
        message = f"label {span.label!r} is not in the scheme {scheme.id}"
        yield Problem(where, "label", message, f"use one of: {labels}")
        return
    for name, value in span.attributes.items():
        message = _misfit(label.attributes.get(name), value)
        if message:
            message = f"{span.label}.{name} = {value!r}: {message}"
            yield Problem(where, "attribute", message, "follow the scheme")


def _misfit(attribute: Attribute | None, value: Value) -> str:
    """Why Label Studio cannot hold a value; empty when it can."""
    if attribute is None:
        return "the scheme has no such attribute"
    if value is None:
        return ""
    if attribute.many != isinstance(value, tuple):
        return "one value is expected" if isinstance(value, tuple) else "a set is expected"
    items = (value,) if isinstance(value, str) else value
    if not items:
        return "an empty set; null says that there is none"
    if any(not item or item != item.strip() for item in items):
        return "empty, or with white space around it"
    strange = [
        item for item in items if attribute.type == "choice" and item not in attribute.values
    ]
    return f"not one of {', '.join(attribute.values)}" if strange else ""
