"""Label Studio results as annotations: what people drew, put together and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from quotemark.errors import Problem, Where
from quotemark.labelstudio.controls import (
    COMMENT,
    CONTINUES,
    LAYER,
    UNSURE,
    Control,
    controls,
    span_id,
)
from quotemark.labelstudio.encode import RawKept, RawLayer, is_asked, unlisted, with_unlisted
from quotemark.model import (
    EVERYTHING,
    Annotation,
    Asked,
    Entity,
    Fragment,
    Json,
    Relation,
    Span,
    Value,
)
from quotemark.scheme import Label, Scheme
from quotemark.tasks import Task


class RawValue(msgspec.Struct):
    """What a result says; `text` is the region's words, or the answers in a field."""

    start: int | None = None
    end: int | None = None
    text: str | list[str] | None = None
    labels: list[str] = []
    choices: list[str] = []


class RawResult(msgspec.Struct):
    """A result: a region's label, a value of it, or a relation."""

    type: str = ""
    id: str = ""
    from_name: str = ""
    value: RawValue | None = None
    score: float | None = None
    origin: str | None = None
    meta: dict[str, Any] | None = None
    from_id: str = ""
    to_id: str = ""
    direction: str = "right"
    labels: list[str] | None = None


@dataclass(frozen=True, slots=True)
class Decoded:
    """An annotation, and the problems for which parts of the results are not in it."""

    annotation: Annotation
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Region:
    id: str
    start: int
    end: int
    label: str = ""
    score: float | None = None
    origin: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    values: dict[str, list[str]] = field(default_factory=dict)


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
    only one that the scheme has between its ends' labels. Entities are the task's, and one
    for each name that was typed. No results make an annotation without spans.

    >>> from quotemark.scheme import default_scheme
    >>> task = Task("a", 0, 11, "He said so.", "", 11)
    >>> value = {"start": 3, "end": 7, "text": "said", "labels": ["Cue"]}
    >>> result = {"id": "c1", "from_name": "label", "type": "labels", "value": value}
    >>> decode([result], task, default_scheme()).annotation.spans
    (Span(id='c1', label='Cue', fragments=((3, 7),), attributes={}, score=None, meta={}),)
    """
    reader = _Reader(task, scheme, annotator)
    reader.read(results)
    spans, owners = reader.spans()
    relations = tuple(reader.relations(owners, {span.id: span.label for span in spans}))
    layer = reader.layer
    own = layer is not None and (layer.status != "predicted" or status == "predicted")
    made: dict[str, Json] = dict(provenance or {})
    asked, scheme_id, entities, known = EVERYTHING, task.scheme, task.entities, set[str]()
    if layer is not None and own:
        entities = tuple(Entity(e.id, e.name, tuple(e.aliases)) for e in layer.entities)
        known, scheme_id = set(layer.unlisted), layer.scheme
        made = {**layer.provenance, **made}
        if layer.asked:
            asked = msgspec.convert(layer.asked, Asked, from_attributes=True, strict=False)
    elif layer is not None:
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
    return Decoded(annotation, tuple(reader.problems))


class _Reader:
    """Takes results apart into regions and relations, collecting every problem on the way."""

    def __init__(self, task: Task, scheme: Scheme, annotator: str) -> None:
        self.task = task
        self.scheme = scheme
        self.annotator = annotator
        self.controls: Mapping[str, Control] = controls(scheme)
        self.regions: dict[str, _Region] = {}
        self.arrows: list[RawResult] = []
        self.layer: RawLayer | None = None
        self.problems: list[Problem] = []

    def problem(self, item: str, code: str, message: str, remedy: str) -> None:
        place = " ".join(part for part in (self.task.key, self.annotator, item) if part)
        self.problems.append(
            Problem(Where(doc=self.task.doc_id, item=place), code, message, remedy)
        )

    def read(self, results: Sequence[Any]) -> None:
        parsed = []
        for number, result in enumerate(results, 1):
            try:
                parsed.append(msgspec.convert(result, RawResult))
            except msgspec.ValidationError as failure:
                message = f"cannot be read: {failure}"
                self.problem(f"result {number}", "result", message, "export it anew")
        offsets = _offsets([r for r in parsed if r.type != "relation"], self.task.text)
        unknown: dict[str, None] = {}
        for result in parsed:
            if result.type == "relation":
                self.arrows.append(result)
            elif result.from_name == LAYER:
                self.read_layer(result)
            elif result.type == "labels" or result.from_name in (*self.controls, UNSURE, COMMENT):
                self.read_value(result, offsets)
            else:
                unknown[result.from_name] = None
        for name in unknown:
            message = f"control {name!r} belongs to no attribute of the scheme {self.scheme.id}"
            self.problem("", "control", message, "give the scheme that the project was made from")

    def read_layer(self, result: RawResult) -> None:
        try:
            answer = result.value.text if result.value else None
            text = answer[0] if isinstance(answer, list) and answer else ""
            self.layer = msgspec.json.decode(text, type=RawLayer)
        except msgspec.DecodeError as failure:
            self.problem(LAYER, "result", f"cannot be read: {failure}", "drop this result")

    def read_value(self, result: RawResult, offsets: Mapping[Fragment, Fragment]) -> None:
        value = result.value or RawValue()
        region = self.regions.get(result.id)
        if region is None:
            place = (value.start, value.end)
            if place[0] is None or place[1] is None or not result.id:
                message = f"a value of {result.from_name!r} that belongs to no stretch of text"
                self.problem(result.id, "result", message, "drop this result")
                return
            start, end = offsets.get((place[0], place[1]), (place[0], place[1]))
            if not 0 <= start < end <= len(self.task.text):
                message = f"[{start}, {end}) does not lie in a text of {len(self.task.text)}"
                self.problem(result.id, "offset", message, "delete the region and draw it anew")
                return
            region = self.regions[result.id] = _Region(result.id, start, end)
        region.meta.update(result.meta or {})
        region.origin = region.origin or result.origin
        if result.type == "labels":
            self.read_label(region, result, value)
        else:
            answers = [value.text] if isinstance(value.text, str) else value.text or []
            items = value.choices if result.type == "choices" else answers
            tidy = [item.strip() for item in items if item.strip()]
            region.values.setdefault(result.from_name, []).extend(tidy)

    def read_label(self, region: _Region, result: RawResult, value: RawValue) -> None:
        labels = sorted({*value.labels, *([region.label] if region.label else [])})
        if len(labels) != 1 or labels[0] not in self.scheme.labels:
            message = f"labels {labels}: one of {', '.join(self.scheme.labels)} is expected"
            remedy = "give the region one label, or another scheme to read by"
            self.problem(region.id, "label", message, remedy)
        region.label = labels[0] if labels else ""
        region.score = result.score if region.score is None else region.score
        words = self.task.text[region.start : region.end]
        if isinstance(value.text, str) and not _same_words(value.text, words):
            message = f"the region says {value.text[:60]!r}, the text {words[:60]!r}"
            remedy = "was the text changed, or does the export hold other offsets?"
            self.problem(region.id, "surface", message, remedy)

    def spans(self) -> tuple[tuple[Span, ...], dict[str, str]]:
        """The spans, and each region's span by their ids."""
        parent = {name: name for name in self.regions}

        def root(name: str) -> str:
            while parent[name] != name:
                parent[name] = name = parent[parent[name]]
            return name

        for arrow in self.arrows:
            if CONTINUES in (arrow.labels or ()) and {arrow.from_id, arrow.to_id} <= set(parent):
                parent[root(arrow.from_id)] = root(arrow.to_id)
        groups: dict[str, list[_Region]] = {}
        for region in sorted(self.regions.values(), key=lambda r: (r.start, r.end, r.id)):
            groups.setdefault(root(region.id), []).append(region)
        spans, owners = [], {}
        for group in groups.values():
            name = span_id(group[0].id)
            labels = sorted({region.label for region in group})
            if len(labels) > 1:
                message = f"joins regions of different labels: {', '.join(labels)}"
                self.problem(group[0].id, CONTINUES, message, "join regions of one label only")
                continue
            if labels[0] in self.scheme.labels:
                spans.append(self.span(name, group, self.scheme.labels[labels[0]]))
                owners.update({region.id: name for region in group})
            elif not labels[0]:
                self.problem(name, "label", "a region without a label", "give it a label")
        return tuple(spans), owners

    def span(self, name: str, group: Sequence[_Region], label: Label) -> Span:
        kept, meta = RawKept(), dict[str, Json]()
        for region in group:
            try:
                kept = msgspec.convert(region.meta["quotemark"], RawKept)
                break
            except (KeyError, msgspec.ValidationError):
                continue
        notes = [note for region in group for note in _notes(region)]
        comments = [text for region in group for text in region.values.get(COMMENT, ())]
        origin = next((region.origin for region in group if region.origin), None)
        meta.update(kept.meta)
        meta.update({"note": "\n".join(notes)} if notes else {})
        meta.update({"comment": "\n".join(comments)} if comments else {})
        meta.update({"unsure": True} if any(r.values.get(UNSURE) for r in group) else {})
        meta.update({"origin": origin} if origin else {})
        score = next((region.score for region in group if region.score is not None), None)
        fragments = tuple((region.start, region.end) for region in group)
        attributes = self.attributes(name, group, label)
        empty = {attribute for attribute in label.attributes if attribute not in attributes}
        still = kept.origin == origin
        for attribute in label.attributes.values():
            if attribute.name not in empty:
                continue
            asked = is_asked(attribute, attributes)
            if (asked and not (still and attribute.name in kept.missing)) or (
                still and attribute.name in kept.null
            ):
                attributes[attribute.name] = None
        return Span(name, label.name, fragments, attributes, score, meta)

    def attributes(self, name: str, group: Sequence[_Region], label: Label) -> dict[str, Value]:
        """The attributes that have values; a hidden control's left-over is none."""
        found: dict[str, list[str]] = {}
        for region in group:
            for key, items in region.values.items():
                control = self.controls.get(key)
                if control is None:
                    continue
                if control.label != label.name:
                    message = f"{key} is no attribute of a {label.name}"
                    self.problem(region.id, "attribute", message, "save the annotation again")
                    continue
                found.setdefault(control.attribute.name, []).extend(items)
        values: dict[str, Value] = {}
        for attribute in label.attributes.values():
            items = list(dict.fromkeys(found.get(attribute.name, ())))
            if not items:
                continue
            strange = [i for i in items if attribute.type == "choice" and i not in attribute.values]
            if strange or (len(items) > 1 and not attribute.many):
                message = f"{label.name}.{attribute.name} is {' and '.join(map(repr, items))}"
                expected = ", ".join(attribute.values) or "one value"
                remedy = f"keep one value of: {expected}" if attribute.values else "keep one value"
                self.problem(name, "attribute", message, remedy)
                continue
            values[attribute.name] = tuple(items) if attribute.many else items[0]
        return values

    def relations(self, owners: Mapping[str, str], labels: Mapping[str, str]) -> Iterator[Relation]:
        for arrow in self.arrows:
            ends = [arrow.from_id, arrow.to_id]
            if arrow.direction == "left":
                ends.reverse()
            item = " → ".join(ends)
            if any(end not in owners for end in ends):
                if all(end in self.regions for end in ends):
                    continue  # the region's own problem is told already
                message = "a relation that leads to no region"
                self.problem(item, "dangling", message, "delete the relation")
                continue
            head, tail = (owners[end] for end in ends)
            for label in arrow.labels or [self.only(labels[head], labels[tail])]:
                if label == CONTINUES:
                    continue
                kind = self.scheme.relations.get(label)
                if kind is None:
                    known = ", ".join(self.scheme.relations)
                    message = f"relation {label!r} from {labels[head]} to {labels[tail]}"
                    self.problem(item, "relation", message, f"give it one of: {known}")
                elif arrow.direction == "bi" and kind.head == labels[tail] != labels[head]:
                    yield Relation(label, tail, head)
                else:
                    yield Relation(label, head, tail)

    def only(self, head: str, tail: str) -> str:
        """The one relation that the scheme has from `head` to `tail`; empty if not just one."""
        kinds = self.scheme.relations.values()
        names = [kind.name for kind in kinds if (kind.head, kind.tail) == (head, tail)]
        return names[0] if len(names) == 1 else ""


def _notes(region: _Region) -> list[str]:
    """What was written in a region's own note field, which Label Studio keeps in its meta."""
    notes = region.meta.get("text")
    return [n for n in notes if isinstance(n, str)] if isinstance(notes, list) else []


def _offsets(results: Sequence[RawResult], text: str) -> Mapping[Fragment, Fragment]:
    """Where results speak of UTF-16 units, as older exports do, their offsets in code points.

    Empty where the words of all regions stand at their offsets read as code points, or where
    reading them as UTF-16 does not make all of them fit.
    """
    places = {
        (r.value.start, r.value.end): r.value.text
        for r in results
        if r.value and r.value.start is not None and r.value.end is not None
        if isinstance(r.value.text, str)
    }
    if all(_same_words(words, text[start:end]) for (start, end), words in places.items()):
        return {}
    points, units = {}, 0
    for index, character in enumerate(text):
        points[units] = index
        units += 2 if ord(character) > 0xFFFF else 1
    points[units] = len(text)
    moved = {
        (start, end): (points[start], points[end])
        for start, end in places
        if start in points and end in points
    }
    fits = len(moved) == len(places) and all(
        _same_words(places[place], text[start:end]) for place, (start, end) in moved.items()
    )
    return moved if fits else {}


def _same_words(shown: str, words: str) -> bool:
    """Whether two texts are equal but for white space and how line breaks are written.

    >>> _same_words("one\\\\n\\\\ntwo", "one\\n \\ntwo")
    True
    """
    return _plain(shown) == _plain(words)


def _plain(text: str) -> str:
    return "".join(text.replace("\\n", "").replace("\\r", "").split())
