"""Annotations as Label Studio results: one region a fragment, one result a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import msgspec

from quotemark.errors import QuotemarkError
from quotemark.formats.records import RawAsked, RawEntity
from quotemark.labelstudio.checks import unfit
from quotemark.labelstudio.controls import (
    COMMENT,
    CONTINUES,
    LABEL,
    LAYER,
    TEXT,
    UNSURE,
    Control,
    controls,
    offered,
    region_id,
)
from quotemark.model import EVERYTHING, Annotation, Entity, Json, Span, Value
from quotemark.scheme import Attribute, Scheme
from quotemark.tasks import Task

Result = dict[str, Any]

ORIGINS = ("manual", "prediction", "prediction-changed")
"""What Label Studio itself says of where a region came from."""


class RawLayer(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What an annotation holds beside spans and relations, as the hidden control keeps it.

    `unlisted` are names that attributes use and `entities` lacks.
    """

    annotator: str
    status: str
    entities: list[RawEntity] = []
    unlisted: list[str] = []
    asked: RawAsked | None = None
    scheme: str = ""
    provenance: dict[str, Any] = {}


class RawKept(msgspec.Struct, omit_defaults=True):
    """What a span holds that no control shows, as its first region's `meta` keeps it.

    An attribute that is asked is null where its control is empty, one that is not asked is
    missing. What differs is named: asked ones that are `missing`, and ones not asked that are
    `null` or, `hidden`, have a value. This holds as long as the region's origin is still
    `origin`: once a person has saved the region, its controls alone say what is meant.
    """

    missing: list[str] = []
    null: list[str] = []
    hidden: list[str] = []
    origin: str | None = None
    meta: dict[str, Any] = {}


def encode(annotation: Annotation, task: Task, scheme: Scheme) -> list[Result]:
    """An annotation over a task's window as Label Studio results; `decode` gives it back.

    Raises `QuotemarkError` with everything that Label Studio could not hold: its server
    accepts anything. An annotation without spans and without news has no results.

    >>> from quotemark.scheme import default_scheme
    >>> from quotemark.tasks import split
    >>> from quotemark.model import Document
    >>> task, = split(Document("a", "He said so."))
    >>> cue = Span("c1", "Cue", ((3, 7),))
    >>> result, = encode(Annotation("a", task.text_sha256, "ann", (cue,)), task, default_scheme())
    >>> result["id"], result["value"]
    ('c1', {'start': 3, 'end': 7, 'text': 'said', 'labels': ['Cue']})
    """
    problems = list(unfit(annotation, task, scheme))
    if problems:
        raise QuotemarkError(problems)
    return written(annotation, task, scheme)


def written(annotation: Annotation, task: Task, scheme: Scheme) -> list[Result]:
    """As `encode`, for an annotation that is known to fit."""
    by_attribute = {(c.label, c.attribute.name, c.typed): c for c in controls(scheme).values()}
    used = {region_id(span.id) for span in annotation.spans}
    results: list[Result] = []
    joins: list[Result] = []
    for span in annotation.spans:
        ids = [region_id(span.id)]
        for number in range(2, len(span.fragments) + 1):
            ids.append(_unused(f"{ids[0]}-{number}", used))
        results += _span(span, ids, task, scheme, by_attribute)
        joins += [_relation(a, b, [CONTINUES]) for a, b in pairwise(ids)]
    layer = _layer(annotation, task, scheme)
    if layer:
        text = {"text": [msgspec.json.encode(layer).decode()]}
        results.append(_result(_unused(LAYER, used), LAYER, "textarea", text))
    return results + joins + _relations(annotation)


def is_asked(attribute: Attribute, attributes: Mapping[str, Value]) -> bool:
    """Whether an annotator is asked for an attribute, given the values of the others."""
    if attribute.when is None:
        return True
    other, wanted = attribute.when
    value = attributes.get(other)
    return wanted in value if isinstance(value, tuple) else value == wanted


def with_unlisted(entities: Sequence[Entity], names: Sequence[str]) -> tuple[Entity, ...]:
    """`entities` and one more for each name that none of them has, with an id of its own."""
    found = {entity.id: entity for entity in entities}
    for name in names:
        stem = "-".join("".join(c if c.isalnum() else " " for c in name.casefold()).split())
        key = _unused(stem or "entity", set(found))
        found[key] = Entity(key, name)
    return tuple(sorted(found.values()))


def unlisted(spans: Sequence[Span], entities: Sequence[Entity], scheme: Scheme) -> dict[str, None]:
    """The names that attributes of type *entity* use and that no entity has, in order."""
    known = {entity.name for entity in entities}
    found: dict[str, None] = {}
    for span in spans:
        for name, value in span.attributes.items():
            attribute = scheme.attribute(span.label, name)
            if attribute is None or attribute.type != "entity" or value is None:
                continue
            for item in (value,) if isinstance(value, str) else value:
                if item not in known and item not in attribute.extra:
                    found[item] = None
    return found


def _span(
    span: Span,
    ids: Sequence[str],
    task: Task,
    scheme: Scheme,
    by_attribute: Mapping[tuple[str, str, bool], Control],
) -> Iterator[Result]:
    """A span's results: a region for each fragment, and the first region's values."""
    kept = _kept(span, scheme)
    note = span.meta.get("note")
    meta: dict[str, Json] = {"quotemark": kept} if kept else {}
    if _is_text(note):
        meta["text"] = [note]
    for number, (name, (start, end)) in enumerate(zip(ids, span.fragments, strict=True)):
        place: dict[str, Json] = {"start": start, "end": end, "text": task.text[start:end]}
        common: dict[str, Json] = {}
        if span.meta.get("origin") in ORIGINS:
            common["origin"] = span.meta["origin"]
        if number == 0 and meta:
            common["meta"] = meta
        score = {} if number or span.score is None else {"score": span.score}
        value = {**place, "labels": [span.label]}
        yield {**_result(name, LABEL, "labels", value), **common, **score}
        if number:
            continue
        for attribute, choice, items in _values(span, task, scheme):
            control = by_attribute[span.label, attribute, not choice]
            kind, key = ("choices", "choices") if choice else ("textarea", "text")
            yield {**_result(name, control.name, kind, {**place, key: items}), **common}
        if span.meta.get("unsure") is True:
            yield {**_result(name, UNSURE, "choices", {**place, "choices": [UNSURE]}), **common}
        comment = span.meta.get("comment")
        if _is_text(comment):
            yield {**_result(name, COMMENT, "textarea", {**place, "text": [comment]}), **common}


def _values(span: Span, task: Task, scheme: Scheme) -> Iterator[tuple[str, bool, list[str]]]:
    """Each attribute's values, those that its choice offers apart from those to be typed."""
    for name, value in span.attributes.items():
        attribute = scheme.labels[span.label].attributes[name]
        choices = set(offered(attribute, task.targets, task.entities))
        items = () if value is None else (value,) if isinstance(value, str) else value
        for choice in (True, False):
            part = [item for item in items if (item in choices) is choice]
            if part:
                yield name, choice, part


def _kept(span: Span, scheme: Scheme) -> dict[str, Json]:
    kept = RawKept()
    for attribute in scheme.labels[span.label].attributes.values():
        asked = is_asked(attribute, span.attributes)
        if attribute.name not in span.attributes:
            kept.missing += [attribute.name] if asked else []
        elif not asked:
            empty = span.attributes[attribute.name] is None
            (kept.null if empty else kept.hidden).append(attribute.name)
    origin = span.meta.get("origin")
    if origin in ORIGINS and (kept.missing or kept.null or kept.hidden):
        kept.origin = origin
    kept.meta = {key: value for key, value in span.meta.items() if not _has_control(key, value)}
    return dict(msgspec.to_builtins(kept))


def _has_control(key: str, value: Json) -> bool:
    """Whether a span's meta value has a place of its own in a region."""
    if key == "unsure":
        return value is True
    if key == "origin":
        return value in ORIGINS
    return key in ("comment", "note") and _is_text(value)


def _is_text(value: Json) -> bool:
    return isinstance(value, str) and bool(value) and value == value.strip()


def _relations(annotation: Annotation) -> list[Result]:
    """One result for each ordered pair of spans: Label Studio keeps no second one."""
    pairs: dict[tuple[str, str], list[str]] = {}
    for relation in annotation.relations:
        pairs.setdefault((relation.head, relation.tail), []).append(relation.label)
    return [
        _relation(region_id(head), region_id(tail), labels)
        for (head, tail), labels in pairs.items()
    ]


def _layer(annotation: Annotation, task: Task, scheme: Scheme) -> RawLayer | None:
    """What `decode` would not know by itself, or None."""
    names = unlisted(annotation.spans, annotation.entities, scheme)
    plain = replace(
        annotation,
        text_sha256=task.text_sha256,
        entities=with_unlisted(
            task.entities, list(unlisted(annotation.spans, task.entities, scheme))
        ),
        asked=EVERYTHING,
        scheme=task.scheme,
        provenance={},
    )
    if plain == replace(annotation, text_sha256=task.text_sha256):
        return None
    asked = annotation.asked
    return RawLayer(
        annotation.annotator,
        annotation.status,
        [RawEntity(e.id, e.name, list(e.aliases)) for e in annotation.entities],
        list(names),
        None if asked == EVERYTHING else msgspec.convert(asked, RawAsked, from_attributes=True),
        annotation.scheme,
        dict(annotation.provenance),
    )


def _result(name: str, control: str, kind: str, value: Mapping[str, Json]) -> Result:
    return {"id": name, "from_name": control, "to_name": TEXT, "type": kind, "value": dict(value)}


def _relation(head: str, tail: str, labels: list[str]) -> Result:
    return {
        "type": "relation",
        "from_id": head,
        "to_id": tail,
        "direction": "right",
        "labels": labels,
    }


def _unused(name: str, used: set[str]) -> str:
    """`name`, or `name-2`, … : the first that is not in `used`, which it joins."""
    number, free = 1, name
    while free in used:
        number += 1
        free = f"{name}-{number}"
    used.add(free)
    return free
