"""Checks of relations: their ends and number, and that a quote's source fits its speakers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from quotemark.errors import Problem
from quotemark.model import Relation
from quotemark.sources import NOT_STATED
from quotemark.validate.subject import Subject

MENTION, ELSEWHERE = "mention", "elsewhere"
"""Values of a quote's `source`."""


def check_relations(subject: Subject) -> Iterator[Problem]:
    counted: Counter[tuple[str, str]] = Counter()
    for relation, count in Counter(subject.annotation.relations).items():
        item = f"{relation.head} {relation.label} {relation.tail}"
        if count > 1:
            yield subject.problem(item, "relation-twice", f"is given {count} times")
        if relation.label not in subject.scheme.relations:
            message = f"{relation.label!r} is no relation of {subject.scheme.id}"
            yield subject.problem(item, "relation", message)
        elif not subject.annotation.asked.relation(relation.label):
            yield subject.problem(item, "not-asked", f"{relation.label} was not asked for")
        yield from _ends(subject, relation, item)
        counted[relation.label, relation.head] += 1
    for (label, head), count in counted.items():
        kind = subject.scheme.relations.get(label)
        if kind and kind.most is not None and count > kind.most:
            message = f"{count} {label} relations, at most {kind.most}"
            yield subject.problem(head, "too-many", message)
    yield from _sources(subject)


def _ends(subject: Subject, relation: Relation, item: str) -> Iterator[Problem]:
    missing = [end for end in (relation.head, relation.tail) if end not in subject.labels]
    if missing:
        yield subject.problem(item, "dangling", f"there is no span {' and no span '.join(missing)}")
        return
    if relation.head == relation.tail:
        yield subject.problem(item, "self-relation", "leads from a span to itself")
    kind = subject.scheme.relations.get(relation.label)
    labels = subject.labels[relation.head], subject.labels[relation.tail]
    if kind and labels != (kind.head, kind.tail):
        message = f"joins {labels[0]} to {labels[1]}, not {kind.head} to {kind.tail}"
        yield subject.problem(item, "relation-end", message)


def _sources(subject: Subject) -> Iterator[Problem]:
    """A quote's source, its speakers and its source entity tell the same story."""
    role = subject.scheme.role
    source, said_by, entity = role("source"), role("said_by"), role("source_entity")
    if not source or not said_by or not subject.annotation.asked.relation(said_by):
        return
    for quote in subject.annotation.labelled(role("quote")):
        value = quote.attributes.get(source)
        linked = any(r.label == said_by for r in subject.outgoing.get(quote.id, ()))
        if value == MENTION and not linked:
            message = f"{source} is {value}, but {said_by} is missing"
            yield subject.problem(quote.id, "no-speaker", message)
        if value in (ELSEWHERE, NOT_STATED) and linked:
            message = f"{source} is {value}, but {said_by} is given"
            yield subject.problem(quote.id, "stray-speaker", message)
        # A missing attribute was not asked: only a null one leaves the entity unnamed.
        if value == ELSEWHERE and entity and quote.attributes.get(entity, "") in (None, ()):
            message = f"{source} is {value}, but {entity} is null"
            yield subject.problem(quote.id, "no-source-entity", message)
