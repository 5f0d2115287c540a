"""Label Studio results as annotations: what people drew, put together and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from quotemark.errors import Problem
from quotemark.labelstudio.controls import COMMENT, CONTINUES, UNSURE, span_id
from quotemark.labelstudio.encode import RawKept, is_asked, unlisted, with_unlisted
from quotemark.labelstudio.nearest import linked
from quotemark.labelstudio.regions import RawResult, Region, Results
from quotemark.model import (
    EVERYTHING,
    Annotation,
    Asked,
    Entity,
    Json,
    Relation,
    Span,
    Value,
)
from quotemark.scheme import Attribute, Label, Scheme
from quotemark.tasks import Task


@dataclass(frozen=True, slots=True)
class Decoded:
    """An annotation, and the problems for which parts of the results are not in it."""

    annotation: Annotation
    problems: tuple[Problem, ...] = ()


def decode(
    results: Sequence[Any],
    task: Task,
    scheme: Scheme,
    *,
    annotator: str = "",
    status: str = "submitted",
    provenance: Mapping[str, Json] | None = None,
) -> Decoded:
    """Label Studio's results over a task's window as an annotation.

    Regions joined by `continues`, drawn in any order, are one span; the id of the earliest is
    the span's. Its attributes may sit on any of them. A relation without a label gets the
    only one that the scheme has between its ends' labels, whichever end it was drawn from;
    between regions of one label, where the scheme has none, it is `continues`. An answer that
    links a region to the `nearest` one is a relation, too; where there is none, the span's
    `meta.unlinked` names relation and place. Entities are
    the task's, and one for each name that was typed. No results make an annotation without spans.

    >>> from quotemark.scheme import default_scheme
    >>> task = Task("a", 0, 11, "He said so.", "", 11)
    >>> value = {"start": 3, "end": 7, "text": "said", "labels": ["Cue"]}
    >>> result = {"id": "c1", "from_name": "label", "type": "labels", "value": value}
    >>> decode([result], task, default_scheme()).annotation.spans
    (Span(id='c1', label='Cue', fragments=((3, 7),), attributes={}, score=None, meta={}),)
    """
    read = Results(results, task, scheme, annotator=annotator)
    spans, owners = _spans(read)
    drawn = _relations(read, owners, {span.id: span.label for span in spans})
    relations, spans = _linked(read, owners, list(drawn), spans)
    layer = read.layer
    made: dict[str, Json] = dict(provenance or {})
    asked, scheme_id, entities, known = EVERYTHING, task.scheme, task.entities, set[str]()
    if layer and (layer.status != "predicted" or status == "predicted"):
        entities = tuple(Entity(e.id, e.name, tuple(e.aliases)) for e in layer.entities)
        known, scheme_id = set(layer.unlisted), layer.scheme
        made = {**layer.provenance, **made}
        if layer.asked:
            asked = msgspec.convert(layer.asked, Asked, from_attributes=True, strict=False)
    elif layer:  # a person's work that began with a prediction: what it was asked says nothing
        made["prediction_of"] = layer.annotator
        listed = {entity.id for entity in entities}
        others = (Entity(e.id, e.name, tuple(e.aliases)) for e in layer.entities)
        entities = tuple(sorted((*entities, *(e for e in others if e.id not in listed))))
    names = [name for name in unlisted(spans, entities, scheme) if name not in known]
    annotation = Annotation(
        task.doc_id,
        task.text_sha256,
        annotator,
        spans,
        relations,
        with_unlisted(entities, names),
        asked,
        status,
        scheme_id,
        made,
    )
    return Decoded(annotation, tuple(read.problems))


def _spans(read: Results) -> tuple[tuple[Span, ...], dict[str, str]]:
    """The spans, and the span that each region belongs to, by their ids."""
    spans: list[Span] = []
    owners: dict[str, str] = {}
    for group in _groups(read):
        name = span_id(group[0].id)
        labels = sorted({region.label for region in group})
        if len(labels) > 1:
            message = f"joins regions of different labels: {', '.join(labels)}"
            read.problem(group[0].id, CONTINUES, message, "join regions of one label only")
        elif labels[0] in read.scheme.labels:
            spans.append(_span(read, name, group, read.scheme.labels[labels[0]]))
            owners.update({region.id: name for region in group})
        elif not labels[0]:
            read.problem(name, "label", "a region without a label", "give it a label")
    return tuple(spans), owners


def _groups(read: Results) -> list[list[Region]]:
    """The regions joined by `continues`, whichever way it was drawn, by place."""
    parent = {name: name for name in read.regions}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = name = parent[parent[name]]
        return name

    for arrow in read.arrows:
        ends = [read.regions[e] for e in (arrow.from_id, arrow.to_id) if e in read.regions]
        if len(ends) == 2 and CONTINUES in _labels(arrow, ends[0].label, ends[1].label, read):
            parent[root(arrow.from_id)] = root(arrow.to_id)
    groups: dict[str, list[Region]] = {}
    for region in sorted(read.regions.values(), key=lambda r: (r.start, r.end, r.id)):
        groups.setdefault(root(region.id), []).append(region)
    return list(groups.values())


def _span(read: Results, name: str, group: Sequence[Region], label: Label) -> Span:
    kept = _kept(group)
    origin = next((region.origin for region in group if region.origin), None)
    notes = [note for region in group for note in region.notes]
    comments = [text for region in group for text in region.values.get(COMMENT, ())]
    meta: dict[str, Json] = {
        **kept.meta,
        **({"note": "\n".join(notes)} if notes else {}),
        **({"comment": "\n".join(comments)} if comments else {}),
        **({"unsure": True} if any(region.values.get(UNSURE) for region in group) else {}),
        **({"origin": origin} if origin else {}),
    }
    values = _values(read, name, group, label)
    # Once a person has saved the region, its origin has changed and exceptions have lapsed.
    exceptions = kept if kept.origin == origin else RawKept()
    return Span(
        name,
        label.name,
        tuple((region.start, region.end) for region in group),
        dict(_attributes(label, values, exceptions)),
        next((region.score for region in group if region.score is not None), None),
        meta,
    )


def _kept(group: Sequence[Region]) -> RawKept:
    """What a region keeps in its meta for `quotemark`; nothing where that is not ours."""
    for region in group:
        if "quotemark" in region.meta:
            try:
                return msgspec.convert(region.meta["quotemark"], RawKept)
            except msgspec.ValidationError:
                continue
    return RawKept()


def _attributes(
    label: Label, values: Mapping[str, Value], exceptions: RawKept
) -> Iterator[tuple[str, Value]]:
    """A region's attributes: an empty control is null, one that is not shown is missing."""
    for name, attribute in label.attributes.items():
        asked = is_asked(attribute, values)
        if name in values:
            if asked or name in exceptions.hidden:
                yield name, values[name]
        elif name not in exceptions.missing and (asked or name in exceptions.null):
            yield name, None


def _values(read: Results, name: str, group: Sequence[Region], label: Label) -> dict[str, Value]:
    """What the controls of a span's regions hold together, by attribute."""
    found: dict[str, list[str]] = {}
    for region in group:
        for key, items in region.values.items():
            control = read.controls.get(key)
            if control and control.label == label.name:
                found.setdefault(control.attribute.name, []).extend(items)
            elif control:
                message = f"{key} is no attribute of a {label.name}"
                read.problem(region.id, "attribute", message, "save the annotation again")
    values: dict[str, Value] = {}
    for attribute in label.attributes.values():
        items = list(dict.fromkeys(found.get(attribute.name, ())))
        if items and _fits(attribute, items):
            values[attribute.name] = tuple(items) if attribute.many else items[0]
        elif items:
            message = f"{label.name}.{attribute.name} is {' and '.join(map(repr, items))}"
            choices = f" of: {', '.join(attribute.values)}" if attribute.values else ""
            read.problem(name, "attribute", message, f"keep one value{choices}")
    return values


def _fits(attribute: Attribute, items: Sequence[str]) -> bool:
    known = attribute.type != "choice" or set(items) <= set(attribute.values)
    return known and (attribute.many or len(items) == 1)


def _relations(
    read: Results, owners: Mapping[str, str], labels: Mapping[str, str]
) -> Iterator[Relation]:
    """The relations but `continues`; `labels` are the spans', by id."""
    for arrow in read.arrows:
        ends = [arrow.from_id, arrow.to_id]
        if arrow.direction == "left":
            ends.reverse()
        item = " → ".join(ends)
        if any(end not in read.regions for end in ends):
            read.problem(item, "dangling", "a relation that leads to no region", "delete it")
            continue
        if any(end not in owners for end in ends):
            continue  # that region's own problem is told already
        head, tail = (owners[end] for end in ends)
        if not arrow.labels and _drawn_backwards(labels[head], labels[tail], read):
            head, tail = tail, head
        for label in _labels(arrow, labels[head], labels[tail], read):
            kind = read.scheme.relations.get(label)
            if label == CONTINUES:
                continue
            if kind is None:
                known = ", ".join(read.scheme.relations)
                message = f"relation {label!r} from {labels[head]} to {labels[tail]}"
                read.problem(item, "relation", message, f"give it one of: {known}")
            elif arrow.direction == "bi" and kind.head == labels[tail] != labels[head]:
                yield Relation(label, tail, head)
            else:
                yield Relation(label, head, tail)


def _linked(
    read: Results, owners: Mapping[str, str], drawn: list[Relation], spans: tuple[Span, ...]
) -> tuple[tuple[Relation, ...], tuple[Span, ...]]:
    """The relations with those that answers give, and the spans with what these lack."""
    lacking: dict[str, list[Json]] = {}
    for head, kind, place, tail in linked(list(read.regions.values()), read.links, owners):
        if tail is None:
            lacking.setdefault(head, []).append(f"{kind.name} {place}")
        elif (relation := Relation(kind.name, head, tail)) not in drawn:
            drawn.append(relation)
    told = tuple(
        replace(span, meta={**span.meta, "unlinked": lacking[span.id]})
        if span.id in lacking
        else span
        for span in spans
    )
    return tuple(drawn), told


def _labels(arrow: RawResult, head: str, tail: str, read: Results) -> Sequence[str]:
    """An arrow's labels; one that has none means the only one there can be, if just one."""
    if arrow.labels:
        return arrow.labels
    names = _between(head, tail, read)
    if not names and head == tail:
        return [CONTINUES]
    return names if len(names) == 1 else [""]


def _drawn_backwards(head: str, tail: str, read: Results) -> bool:
    """Whether an arrow without a label can only be meant the other way round."""
    return not _between(head, tail, read) and len(_between(tail, head, read)) == 1


def _between(head: str, tail: str, read: Results) -> list[str]:
    """The scheme's relations from one label to another."""
    kinds = read.scheme.relations.values()
    return [kind.name for kind in kinds if (kind.head, kind.tail) == (head, tail)]
