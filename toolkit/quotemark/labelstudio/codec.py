"""Tasks as Label Studio's JSON, losslessly and without its SDK: `to_json` and `from_json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from quotemark.errors import Problem, QuotemarkError, Where
from quotemark.formats.records import RawEntity
from quotemark.labelstudio.checks import unfit
from quotemark.labelstudio.controls import NO_KEY, speaker_choices, target_choices
from quotemark.labelstudio.decode import Decoded, decode
from quotemark.labelstudio.encode import encode, written
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
    assigned: str = ""
    arm: str = ""
    note: str = ""


class RawLayer(msgspec.Struct):
    """An annotation, draft or prediction of an exported task."""

    result: list[Any] = []
    completed_by: int | dict[str, Any] | None = None
    user: int | str | None = None
    model_version: str | None = None
    was_cancelled: bool = False
    status: str = ""
    id: int | str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    lead_time: float | None = None
    parent_prediction: int | None = None


class RawTask(msgspec.Struct):
    """An exported task. Predictions exported as bare ids are passed over."""

    data: dict[str, Any]
    id: int | str | None = None
    annotations: list[RawLayer] = []
    drafts: list[RawLayer] = []
    predictions: list[RawLayer | int] = []


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
        "speakers": _choices(speaker_choices(task.entities)),
        "targets": _choices(target_choices(task.targets, task.entities)),
        "entities": msgspec.to_builtins(entities),
        "topics": list(task.targets),
        "text_sha256": task.text_sha256,
        "length": task.length,
        "scheme": task.scheme,
        "meta": dict(task.meta),
        **({"assigned": task.assigned} if task.assigned else {}),
        **({"arm": task.arm} if task.arm else {}),
        **({"note": task.note} if task.note else {}),
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


def parse(
    json: Json, scheme: Scheme, *, users: Mapping[int, str] | None = None, place: str = ""
) -> Parsed:
    """As `from_json`, but with the problems as values.

    An annotation with problems is left out of the task. `place` is the address of the project
    that the task is from, for its provenance.
    """
    try:
        raw = msgspec.convert(json, RawTask)
        bare = _own(raw) if "text_sha256" in raw.data else _foreign(raw)
    except msgspec.ValidationError as failure:
        name = json.get("id", "") if isinstance(json, dict) else ""
        message = f"task {name}: {failure}" if name else str(failure)
        remedy = "export the project as JSON, with tasks and annotations"
        return Parsed(None, (Problem(Where(), "task", message, remedy),))
    people = users or {}
    found = [
        *((_status(layer), _annotator(layer, people), layer) for layer in _latest(raw.annotations)),
        *(("draft", _annotator(layer, people), layer) for layer in raw.drafts if layer.result),
    ]
    guesses = [
        (layer.status or "predicted", layer.model_version or "", layer)
        for layer in _latest([p for p in raw.predictions if isinstance(p, RawLayer)])
    ]
    problems: list[Problem] = []
    layers: list[list[Annotation]] = [[], []]
    for kept, group in zip(layers, (found, guesses), strict=True):
        for status, annotator, layer in group:
            made = _provenance(layer, raw, place)
            decoded = decode(
                layer.result, bare, scheme, annotator=annotator, status=status, provenance=made
            )
            problems += decoded.problems
            kept += [] if decoded.problems else [decoded.annotation]
    task = replace(bare, annotations=tuple(layers[0]), predictions=tuple(layers[1]))
    return Parsed(task, tuple(problems))


def _status(layer: RawLayer) -> str:
    return layer.status or ("cancelled" if layer.was_cancelled else "submitted")


def _latest(layers: Sequence[RawLayer]) -> list[RawLayer]:
    """Of several layers by one person or model with one status, the one saved last.

    A model has several predictions of a task that was opened twice at one moment.
    """
    found: dict[tuple[str, str | None, str], RawLayer] = {}
    for layer in sorted(layers, key=lambda layer: layer.updated_at or layer.created_at or ""):
        found[_annotator(layer, {}), layer.model_version, _status(layer)] = layer
    return [layer for layer in layers if any(layer is kept for kept in found.values())]


def _choices(names: Sequence[str]) -> list[Json]:
    return [{"value": name, "hotkey": NO_KEY} for name in names]


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
        assigned=data.assigned,
        arm=data.arm,
        note=data.note,
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


def _annotator(layer: RawLayer, users: Mapping[int, str]) -> str:
    """The email of who made an annotation or draft, or `user-` and the id."""
    who = layer.user if layer.completed_by is None else layer.completed_by
    if isinstance(who, dict):
        return str(who.get("email") or f"user-{who.get('id', '')}")
    if isinstance(who, int):
        return users.get(who, f"user-{who}")
    return who or ""


def _provenance(layer: RawLayer, task: RawTask, place: str) -> dict[str, Json]:
    known = {
        "url": place or None,
        "task": task.id if place else None,
        "annotation": layer.id,
        "created_at": layer.created_at,
        "updated_at": layer.updated_at,
        "lead_time": layer.lead_time,
        "parent_prediction": layer.parent_prediction,
    }
    known = {key: value for key, value in known.items() if value is not None}
    return {"label_studio": known} if known else {}


def _annotation(layer: Annotation, task: Task, scheme: Scheme) -> dict[str, Json]:
    return {
        "result": written(layer, task, scheme),
        "completed_by": {"email": layer.annotator},
        "was_cancelled": layer.status == "cancelled",
        "ground_truth": False,
        **({} if layer.status in ("submitted", "cancelled") else {"status": layer.status}),
    }


def _prediction(layer: Annotation, task: Task, scheme: Scheme) -> dict[str, Json]:
    """A prediction; its score is the mean of its spans', where they have any."""
    scores = [span.score for span in layer.spans if span.score is not None]
    return {
        "result": written(layer, task, scheme),
        "model_version": layer.annotator,
        **({"score": sum(scores) / len(scores)} if scores else {}),
        **({} if layer.status == "predicted" else {"status": layer.status}),
    }
