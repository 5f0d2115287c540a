"""Checks of attributes: that the scheme has them, and takes their values."""

from __future__ import annotations

from collections.abc import Iterator

from quotemark.errors import Problem
from quotemark.model import Span, Value
from quotemark.scheme import Attribute
from quotemark.validate.subject import Subject


def check_attributes(subject: Subject) -> Iterator[Problem]:
    for span in subject.annotation.spans:
        label = subject.scheme.labels.get(span.label)
        for name, value in span.attributes.items() if label else ():
            attribute = subject.scheme.attribute(span.label, name)
            if attribute is None:
                message = f"{span.label} has no attribute {name!r}"
                yield subject.problem(span.id, "attribute", message)
                continue
            if not subject.annotation.asked.attribute(span.label, name):
                message = f"{name} of {span.label} was not asked for"
                yield subject.problem(span.id, "not-asked", message)
            yield from _value(subject, span, attribute, value)


def _value(subject: Subject, span: Span, attribute: Attribute, value: Value) -> Iterator[Problem]:
    name = attribute.name
    if attribute.when:
        other, wanted = attribute.when
        given = span.attributes.get(other)
        if wanted not in (given if isinstance(given, tuple) else (given,)):
            if value not in (None, ()):
                message = f"{name} is {value!r}, but {other} is {given!r}"
                yield subject.problem(span.id, "when", message)
            return
    if value in (None, ()):
        if attribute.required:
            yield subject.problem(span.id, "required", f"{name} is null")
        return
    if isinstance(value, tuple) and not attribute.many:
        yield subject.problem(span.id, "value", f"{name} is {value!r}, but takes one value")
    for one in value if isinstance(value, tuple) else (value,):
        yield from _one_value(subject, span, attribute, str(one))


def _one_value(subject: Subject, span: Span, attribute: Attribute, value: str) -> Iterator[Problem]:
    name = attribute.name
    if attribute.type == "choice" and value not in attribute.values:
        message = f"{name} is {value!r}, not one of {', '.join(attribute.values)}"
        yield subject.problem(span.id, "value", message)
    elif not value.strip():
        yield subject.problem(span.id, "value", f"{name} is {value!r}")
    elif attribute.type == "entity" and value not in attribute.extra:
        canonical = subject.names.get(value)
        if canonical is None:
            message = f"{name} is {value!r}, which no entity is called"
            yield subject.problem(span.id, "entity", message)
        elif canonical != value:
            message = f"{name} is {value!r}, an alias of {canonical!r}"
            yield subject.problem(span.id, "entity", message)
