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
            message = f"is given {count} times"
            yield subject.problem(item, "relation-twice", message, at=relation.head)
        if relation.label not in subject.scheme.relations:
            message = f"{relation.label!r} is no relation of {subject.scheme.id}"
            yield subject.problem(item, "relation", message, at=relation.head)
        elif not subject.annotation.asked.relation(relation.label):
            message = f"{relation.label} was not asked for"
            yield subject.problem(item, "not-asked", message, at=relation.head)
        yield from _ends(subject, relation, item)
        counted[relation.label, relation.head] += 1
    for (label, head), count in counted.items():
        kind = subject.scheme.relations.get(label)
        if kind and kind.most is not None and count > kind.most:
            message = f"{count} {label} relations, at most {kind.most}"
            yield subject.problem(head, "too-many", message)
    yield from _unlinked(subject)
    yield from _sources(subject)
    yield from _holders(subject)


def _ends(subject: Subject, relation: Relation, item: str) -> Iterator[Problem]:
    missing = [end for end in (relation.head, relation.tail) if end not in subject.labels]
    if missing:
        message = f"there is no span {' and no span '.join(missing)}"
        at = relation.tail if relation.head in missing else relation.head
        yield subject.problem(item, "dangling", message, at=at)
        return
    if relation.head == relation.tail:
        message = "leads from a span to itself"
        yield subject.problem(item, "self-relation", message, at=relation.head)
    kind = subject.scheme.relations.get(relation.label)
    labels = subject.labels[relation.head], subject.labels[relation.tail]
    if kind and labels != (kind.head, kind.tail):
        message = f"joins {labels[0]} to {labels[1]}, not {kind.head} to {kind.tail}"
        yield subject.problem(item, "relation-end", message, at=relation.head)


def _unlinked(subject: Subject) -> Iterator[Problem]:
    """Answers that ask for the nearest span of a label, where there was none, and is none yet."""
    for span in subject.annotation.spans:
        stated = span.meta.get("unlinked")
        given = {relation.label for relation in subject.outgoing.get(span.id, ())}
        for answer in stated if isinstance(stated, list | tuple) else ():
            name, _, place = str(answer).partition(" ")
            if name not in given:
                message = f"{name} is the nearest {place}, and none is there"
                yield subject.problem(span.id, "unlinked", message)


def _holders(subject: Subject) -> Iterator[Problem]:
    """A stance is held by its quote's source, by a speaker, or by whom `holder` names."""
    role, asked = subject.scheme.role, subject.annotation.asked
    holder, names = role("holder"), [role("expressed_in"), role("held_by")]
    if not holder or not all(name and asked.relation(name) for name in names):
        return
    for stance in subject.annotation.labelled(role("stance")):
        linked = any(r.label in names for r in subject.outgoing.get(stance.id, ()))
        # A missing attribute was not asked.
        if not linked and stance.attributes.get(holder, "") in (None, ()):
            message = f"{holder} is null, and {' and '.join(names)} are missing"
            yield subject.problem(stance.id, "no-holder", message)


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
