"""What other people's annotators were asked: what their configuration asks, else what is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from quotemark.model import Annotation, Asked, Json
from quotemark.tasks import Task

ANNOTATORS = ""
"""Whom `asked_of` means by all annotators together; models are called by their names."""


def asked_of(tasks: Sequence[Task], offered: Asked) -> Mapping[str, Asked]:
    """What the annotators of a file, and each model, were asked.

    A label, attribute or relation that is not `offered` and that nobody ever gave was not asked,
    as far as the file says, so that its absence is no answer.
    """
    layers: dict[str, list[Annotation]] = defaultdict(list)
    for task in tasks:
        layers[ANNOTATORS] += task.annotations
        for guess in task.predictions:
            layers[guess.annotator] += [guess]
    found = {}
    for who, group in layers.items():
        spans = [span for layer in group for span in layer.spans]
        known = Asked() if who else offered
        labels = {*(known.labels or ()), *(span.label for span in spans)}
        given = {
            f"{s.label}.{name}" for s in spans for name, value in s.attributes.items() if value
        }
        relations = {r.label for layer in group for r in layer.relations}
        found[who] = Asked(
            None,
            tuple(labels),
            tuple({*(known.attributes or ()), *given}),
            tuple({*(known.relations or ()), *relations}),
        )
    return found


def with_asked(task: Task, asked: Mapping[str, Asked]) -> Task:
    """A task whose layers say what they were asked: attributes that were not are missing."""
    return replace(
        task,
        annotations=tuple(_told(layer, asked[ANNOTATORS]) for layer in task.annotations),
        predictions=tuple(_told(layer, asked[layer.annotator]) for layer in task.predictions),
    )


def in_short(task: Task, answers: Mapping[Json, Json], lacks: Mapping[str, Json]) -> Task:
    """A task of ours that an export has cut short: its spans have no attributes and no relations.

    `answers` are what is there of them, by annotation.
    """
    layers = []
    for layer in task.annotations:
        number = layer.provenance.get("label_studio", {}).get("annotation")
        said = {"answers": answers[number]} if answers.get(number) else {}
        made = {**layer.provenance, "export": {**lacks, **said}}
        asked = replace(layer.asked, attributes=(), relations=())
        layers.append(_told(replace(layer, provenance=made), asked, given=False))
    return replace(task, annotations=tuple(layers))


def _told(layer: Annotation, wanted: Asked, *, given: bool = True) -> Annotation:
    """A layer with what it was asked; what was `given` all the same is kept."""
    spans = [
        replace(
            span,
            attributes={
                name: value
                for name, value in span.attributes.items()
                if wanted.attribute(span.label, name) or (given and value is not None)
            },
        )
        for span in layer.spans
    ]
    return replace(layer, spans=tuple(spans), asked=wanted)
