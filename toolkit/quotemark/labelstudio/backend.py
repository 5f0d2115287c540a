"""What an ML backend of Label Studio answers: requests as JSON to answers as JSON.

Label Studio asks a backend whether it is up (`health`), whether it fits a project (`setup`), and
for predictions of tasks (`tasks_of`, then `predict` for each); it tells it what happens in the
project (`event`). `serving` is the web server around this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar
from xml.etree import ElementTree

import defusedxml.ElementTree
import msgspec
from defusedxml import DefusedXmlException

from quotemark.errors import QuotemarkError, error
from quotemark.extractors import Extractor
from quotemark.labelstudio.codec import parse, to_json
from quotemark.labelstudio.config import labeling_config
from quotemark.labelstudio.controls import COMMENT, LABEL, LAYER, TEXT, UNSURE, controls
from quotemark.labelstudio.encode import unlisted, with_unlisted
from quotemark.labelstudio.shares import CONTROL
from quotemark.model import Annotation, Document, Entity, Json, text_hash
from quotemark.scheme import Scheme
from quotemark.tasks import Task

T = TypeVar("T")

BREAK = "\n\n"
"""What stands between a window and its context when they are read as one text."""


class RawSetup(msgspec.Struct):
    """A `/setup` request. The access token that Label Studio sends along is passed over."""

    schema: str


class RawRequest(msgspec.Struct):
    """A `/predict` request. `params`, with the context of interactive use, is passed over."""

    tasks: list[dict[str, Any]]
    label_config: str | None = None


class RawEvent(msgspec.Struct):
    """A `/webhook` request. What happened to what is passed over."""

    action: str


def health(extractor: Extractor) -> dict[str, Json]:
    """The answer to `/health`.

    >>> from quotemark.extractors import extractor
    >>> health(extractor("rules"))
    {'status': 'UP', 'model_class': 'rules'}
    """
    return {"status": "UP", "model_class": extractor.name}


def versions(extractor: Extractor) -> dict[str, Json]:
    """The answer to `/versions`: the one model version that there is."""
    return {"versions": [extractor.name]}


def setup(body: Json, extractor: Extractor, scheme: Scheme) -> dict[str, Json]:
    """The answer to `/setup`: the model version, as `split --extractor` writes it.

    Raises `QuotemarkError` where the project's labelling configuration has no place for what the
    scheme asks.
    """
    asked = _read(body, RawSetup)
    fitting(asked.schema, scheme)
    return {"model_version": extractor.name}


def tasks_of(body: Json, scheme: Scheme) -> list[dict[str, Json]]:
    """The tasks that a `/predict` request asks about, as Label Studio's JSON.

    Raises `QuotemarkError` where it cannot be read, or is of a project that does not fit the
    scheme.

    >>> from quotemark.scheme import default_scheme
    >>> tasks_of({"tasks": []}, default_scheme())
    []
    """
    asked = _read(body, RawRequest)
    if asked.label_config:
        fitting(asked.label_config, scheme)
    return asked.tasks


def event(body: Json) -> str:
    """The name of what a `/webhook` request tells. Raises `QuotemarkError` where it has none."""
    return _read(body, RawEvent).action


def predict(
    task: Mapping[str, Json], extractor: Extractor, scheme: Scheme
) -> dict[str, Json] | None:
    """The extractor's prediction for one task, as Label Studio's JSON.

    For a task that is the whole of a document, it is the one that `split --extractor` gives. For a
    window of a document, the extractor reads the window between its context, and what does not
    lie in the window is left out. A task that `split` did not write is a document of its own. One
    that is to be annotated without help, in the control arm, has none.
    Raises `QuotemarkError` for a task that has no text, and for a prediction that Label Studio
    could not hold.

    >>> from quotemark.extractors import extractor
    >>> from quotemark.scheme import default_scheme
    >>> made = predict({"data": {"text": "He left."}}, extractor("rules"), default_scheme())
    >>> made and made["model_version"]
    'rules'
    """
    parsed = parse({"id": task.get("id"), "data": task.get("data")}, scheme)
    if parsed.task is None:
        raise QuotemarkError(parsed.problems)
    if parsed.task.arm == CONTROL:
        return None
    document, start = _readable(parsed.task)
    layer = extractor.extract(document, scheme)
    if text_hash(parsed.task.text) != parsed.task.text_sha256:
        layer = _in_window(layer, parsed.task, start, scheme)
    made = to_json(replace(parsed.task, predictions=(layer,)), scheme)
    prediction: dict[str, Json] = made["predictions"][0]
    return prediction


def fitting(label_config: str, scheme: Scheme) -> None:
    """Raises `QuotemarkError` where a labelling configuration lacks what the scheme asks.

    >>> from quotemark.scheme import default_scheme
    >>> fitting(labeling_config(default_scheme()), default_scheme())
    """
    try:
        there = set(_places(defusedxml.ElementTree.fromstring(label_config)))
    except (ElementTree.ParseError, DefusedXmlException, ValueError):
        message = "the project's labelling configuration cannot be read"
        raise error("config", message, "give the project one") from None
    asked = {TEXT, LABEL, LAYER, UNSURE, COMMENT, *controls(scheme)}
    needed = [
        (control, value)
        for control, value in _places(ElementTree.fromstring(labeling_config(scheme)))  # noqa: S314
        if not control or control in asked
    ]
    lacking = [place for place in needed if place not in there]
    absent = [control for control, value in lacking if not value]
    names = [*absent, *(value for control, value in lacking if value and control not in absent)]
    if names:
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        listed = ", ".join(names[:5])
        message = f"the project's labelling configuration lacks of {scheme.id}: {listed}{more}"
        remedy = "push with --update-config, or serve the project's own --scheme"
        raise error("config", message, remedy)


def _places(config: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """Each named element, each value that it offers, and, under no name, each relation."""
    for element in config.iter():
        name = element.get("name", "")
        if name:
            yield name, ""
        if name or element.tag == "Relations":
            yield from ((name, e.get("value", "")) for e in element.iter() if e.tag in _VALUES)


_VALUES = ("Label", "Choice", "Relation")


def _readable(task: Task) -> tuple[Document, int]:
    """What an extractor reads for a task, and where in it the task's window begins.

    The context is parted from the window by a line break: `split` leaves white space at a
    context's ends away.
    """
    before = task.before + BREAK if task.before else ""
    after = BREAK + task.after if task.after else ""
    return Document(task.doc_id, f"{before}{task.text}{after}", task.meta), len(before)


def _in_window(layer: Annotation, task: Task, start: int, scheme: Scheme) -> Annotation:
    """The part of a layer that lies in a task's window, which begins at `start`.

    Speakers that the task does not list are named after themselves: their numbers would be
    others' in the next window.
    """
    end = start + len(task.text)
    spans = tuple(s.shifted(-start) for s in layer.spans if start <= s.start and s.end <= end)
    kept = {span.id for span in spans}
    aliases = {entity.name: entity.aliases for entity in layer.entities}
    entities = with_unlisted(task.entities, list(unlisted(spans, task.entities, scheme)))
    return replace(
        layer,
        text_sha256=task.text_sha256,
        spans=spans,
        relations=tuple(r for r in layer.relations if {r.head, r.tail} <= kept),
        entities=tuple(
            e if e in task.entities else Entity(e.id, e.name, aliases.get(e.name, ()))
            for e in entities
        ),
    )


def _read(body: Json, kind: type[T]) -> T:
    try:
        return msgspec.convert(body, kind)
    except msgspec.ValidationError as failure:
        message = f"not a request of Label Studio's: {failure}"
        raise error("request", message, "see its ML backend protocol") from None
