"""Tasks as Label Studio's JSON, losslessly and without its SDK: `to_json` and `from_json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from quotemark.errors import Problem, QuotemarkError, Where
from quotemark.formats.jsonl import RawEntity
from quotemark.labelstudio.checks import unfit
from quotemark.labelstudio.controls import speaker_choices, target_choices
from quotemark.labelstudio.decode import Decoded, decode
from quotemark.labelstudio.encode import encode
from quotemark.model import Annotation, Entity, Json, text_hash
from quotemark.scheme import Scheme
from quotemark.tasks import Task

__all__ = ["Decoded", "decode", "encode", "from_json", "parse", "to_json", "unfit"]


class RawData(msgspec.Struct):
    """A task's `data`, as `to_json` writes it."""

    document: str
    window: tuple[int, int]
    text: str
    text_sha256: str
    length: int
    before: str = ""
    after: str = ""
    title: str = ""
    meta: dict[str, Any] = {}
    scheme: str = ""
    entities: list[RawEntity] = []
    topics: list[str] = []


class RawLayers(msgspec.Struct):
    """An annotation or prediction of an exported task."""

    result: list[Any] = []
    completed_by: int | dict[str, Any] | None = None
    model_version: str | None = None
    was_cancelled: bool = False
    status: str = ""
    id: int | str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    lead_time: float | None = None


class RawTask(msgspec.Struct):
    """An exported task. Predictions exported as bare ids are passed over."""

    data: dict[str, Any]
    id: int | str | None = None
    annotations: list[RawLayers] = []
    predictions: list[RawLayers | int] = []


@dataclass(frozen=True, slots=True)
class Parsed:
    """A task, if it could be read, and what could not be read of it."""

    task: Task | None
    problems: tuple[Problem, ...] = ()


def to_json(task: Task, scheme: Scheme) -> dict[str, Json]:
    """A task as Label Studio imports it; `from_json` gives it back.

    `data` holds the text, its context and the choices to offer; annotations are completed by
    the user whose email the annotator's name is. Raises `QuotemarkError` where Label
    Studio could not hold an annotation.

    >>> from quotemark.scheme import default_scheme
    >>> from quotemark.model import Document
    >>> from quotemark.tasks import split
    >>> task, = split(Document("a1", "Yes."))
    >>> to_json(task, default_scheme())["data"]["key"]
    'a1:0-4'
    """
    problems = [
        problem
        for layer in (*task.annotations, *task.predictions)
        for problem in unfit(layer, task, scheme)
    ]
    if problems:
        raise QuotemarkError(problems)
    entities = [RawEntity(e.id, e.name, list(e.aliases)) for e in task.entities]
    data = {
        "key": task.key,
        "document": task.doc_id,
        "window": [task.start, task.end],
        "title": task.title,
        "text": task.text,
        "before": task.before,
        "after": task.after,
        "speakers": [{"value": name} for name in speaker_choices(task.entities)],
        "targets": [{"value": name} for name in target_choices(task.targets, task.entities)],
        "entities": msgspec.to_builtins(entities),
        "topics": list(task.targets),
        "text_sha256": task.text_sha256,
        "length": task.length,
        "scheme": task.scheme,
        "meta": dict(task.meta),
    }
    return {
        "data": data,
        "annotations": [_annotation(layer, task, scheme) for layer in task.annotations],
        "predictions": [_prediction(layer, task, scheme) for layer in task.predictions],
    }


def from_json(json: Json, scheme: Scheme, *, users: Mapping[int, str] | None = None) -> Task:
    """A task from Label Studio's JSON, with everything that was made of it.

    `users` are the server's, by id: their emails name the annotators. A task that `to_json`
    did not write needs a `text`; it is a document of its own, with an id from the data or
    the task. Raises `QuotemarkError` with every problem.

    >>> from quotemark.scheme import default_scheme
    >>> from_json({"id": 7, "data": {"text": "Yes."}}, default_scheme()).key
    '7:0-4'
    """
    parsed = parse(json, scheme, users=users)
    if parsed.task is None or parsed.problems:
        raise QuotemarkError(parsed.problems)
    return parsed.task


def parse(json: Json, scheme: Scheme, *, users: Mapping[int, str] | None = None) -> Parsed:
    """As `from_json`, but with the problems as values.

    An annotation with problems is left out of the task.
    """
    try:
        raw = msgspec.convert(json, RawTask)
        bare = _own(raw) if "text_sha256" in raw.data else _foreign(raw)
    except msgspec.ValidationError as failure:
        name = json.get("id", "") if isinstance(json, dict) else ""
        message = f"task {name}: {failure}" if name else str(failure)
        remedy = "export the project as JSON, with tasks and annotations"
        return Parsed(None, (Problem(Where(), "task", message, remedy),))
    annotations, predictions = [], []
    problems: list[Problem] = []
    for layer in raw.annotations:
        status = layer.status or ("cancelled" if layer.was_cancelled else "submitted")
        decoded = decode(
            layer.result,
            bare,
            scheme,
            annotator=_annotator(layer, users or {}),
            status=status,
            provenance=_provenance(layer),
        )
        problems += decoded.problems
        annotations += [] if decoded.problems else [decoded.annotation]
    for guess in raw.predictions:
        if isinstance(guess, int):
            continue
        decoded = decode(
            guess.result,
            bare,
            scheme,
            annotator=guess.model_version or "",
            status=guess.status or "predicted",
        )
        problems += decoded.problems
        predictions += [] if decoded.problems else [decoded.annotation]
    task = replace(bare, annotations=tuple(annotations), predictions=tuple(predictions))
    return Parsed(task, tuple(problems))


def _own(raw: RawTask) -> Task:
    """The task that `to_json` wrote, without its annotations."""
    data = msgspec.convert(raw.data, RawData)
    start, end = data.window
    return Task(
        data.document,
        start,
        end,
        data.text,
        data.text_sha256,
        data.length,
        data.before,
        data.after,
        data.title,
        data.meta,
        data.scheme,
        tuple(Entity(e.id, e.name, tuple(e.aliases)) for e in data.entities),
        tuple(data.topics),
    )


def _foreign(raw: RawTask) -> Task:
    """A task of another project: the whole of a document."""
    text = raw.data.get("text")
    if not isinstance(text, str):
        raise msgspec.ValidationError("its data has no `text` of words")
    name = raw.data.get("id") or raw.data.get("key") or raw.id or text_hash(text)[:12]
    title = str(raw.data.get("title") or name)
    meta = {"title": title} if raw.data.get("title") else {}
    return Task(str(name), 0, len(text), text, text_hash(text), len(text), title=title, meta=meta)


def _annotator(layer: RawLayers, users: Mapping[int, str]) -> str:
    """The email of who completed an annotation, or `user-` and the id."""
    who = layer.completed_by
    if isinstance(who, dict):
        return str(who.get("email") or f"user-{who.get('id', '')}")
    return "" if who is None else users.get(who, f"user-{who}")


def _provenance(layer: RawLayers) -> dict[str, Json]:
    known = {
        "annotation": layer.id,
        "created_at": layer.created_at,
        "updated_at": layer.updated_at,
        "lead_time": layer.lead_time,
    }
    known = {key: value for key, value in known.items() if value is not None}
    return {"label_studio": known} if known else {}


def _annotation(layer: Annotation, task: Task, scheme: Scheme) -> dict[str, Json]:
    return {
        "result": encode(layer, task, scheme),
        "completed_by": {"email": layer.annotator},
        "was_cancelled": layer.status == "cancelled",
        "ground_truth": False,
        **({} if layer.status in ("submitted", "cancelled") else {"status": layer.status}),
    }


def _prediction(layer: Annotation, task: Task, scheme: Scheme) -> dict[str, Json]:
    """A prediction; its score is the mean of its spans', where they have any."""
    scores = [span.score for span in layer.spans if span.score is not None]
    return {
        "result": encode(layer, task, scheme),
        "model_version": layer.annotator,
        **({"score": sum(scores) / len(scores)} if scores else {}),
        **({} if layer.status == "predicted" else {"status": layer.status}),
    }
