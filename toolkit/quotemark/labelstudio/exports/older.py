"""Tasks of any version of Label Studio: the same things under older names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from quotemark.model import Json

NUMBERS = {"id": (int, str), "parent_prediction": (int,), "lead_time": (int, float)}
"""What else is said of an annotation, and as what."""


class RawItem(msgspec.Struct):
    """An exported task. Before version 1.0, annotations were called completions."""

    data: dict[str, Any]
    id: int | str | None = None
    annotations: list[dict[str, Any]] | None = None
    completions: list[dict[str, Any]] | None = None
    drafts: list[Any] | None = None
    predictions: list[Any] | None = None


def with_task(item: Json) -> Json:
    """An annotation that has its task in it, as cloud storage keeps them, turned inside out.

    >>> with_task({"id": 5, "result": [], "task": {"id": 1, "data": {}}})
    {'id': 1, 'data': {}, 'annotations': [{'id': 5, 'result': []}]}
    """
    if not is_with_task(item):
        return item
    made = {key: value for key, value in item.items() if key != "task"}
    return {**item["task"], "annotations": [made]}


def is_with_task(item: Json) -> bool:
    """Whether this is an annotation that has its task in it."""
    task = item.get("task") if isinstance(item, dict) else None
    return isinstance(task, dict) and isinstance(task.get("data"), dict) and "result" in item


class Made(NamedTuple):
    """An annotation, draft or prediction: what it is, whose, and the rest as the codec reads it."""

    group: str
    status: str
    who: str
    unnamed: bool
    about: Mapping[str, Json]
    results: list[Any]
    answers: Mapping[str, Json]


def layers_of(item: RawItem) -> Iterator[Made]:
    """A task's annotations, drafts and predictions; predictions known by number are passed over.

    Who made them is told by `completed_by`, `user` or `model_version`, where it is told at all:
    else they are called *unknown*, and numbered where a task has several.
    """
    found = {
        "annotations": [*(item.annotations or ()), *(item.completions or ())],
        "drafts": [layer for layer in item.drafts or () if _results(layer)],
        "predictions": predictions_of(item),
    }
    for group, layers in found.items():
        made = [layer for layer in layers if isinstance(layer, dict)]
        makers = [_who(layer) for layer in made]
        nameless = makers.count("")
        number = 0
        for layer, who in zip(made, makers, strict=True):
            number += not who
            name = who or ("unknown" if nameless == 1 else f"unknown-{number}")
            skipped = bool(layer.get("was_cancelled") or layer.get("skipped"))
            status = {"drafts": "draft", "predictions": "predicted"}.get(group, "submitted")
            status = "cancelled" if skipped and group == "annotations" else status
            answers = layer.get("answers")
            yield Made(
                group,
                status,
                name,
                not who and group != "predictions",
                _about(layer, group, name, status),
                _results(layer),
                answers if isinstance(answers, dict) else {},
            )


def predictions_of(item: RawItem) -> list[Any]:
    """A task's predictions; one that is a mere number is taken from an annotation made of it."""
    sources = [made.get("prediction") for made in item.annotations or () if isinstance(made, dict)]
    guesses = (guess for guess in sources if isinstance(guess, dict))
    known = {guess["id"]: guess for guess in guesses if isinstance(guess.get("id"), int)}
    return [known.get(g, g) if isinstance(g, int) else g for g in item.predictions or ()]


class RawMade(msgspec.Struct):
    """What was made of a task. An early version's manual says `results`."""

    result: list[Any] | None = None
    results: list[Any] | None = None


def _results(layer: Any) -> list[Any]:
    if not isinstance(layer, dict):
        return []
    made = msgspec.convert(layer, RawMade)
    return made.result or made.results or []


def _who(layer: Mapping[str, Any]) -> str:
    for key in ("completed_by", "user", "model_version"):
        who = layer.get(key)
        if isinstance(who, dict):
            who = who.get("email") or who.get("id") or who.get("username")
        if isinstance(who, bool) or not who:
            continue
        return f"user-{who}" if isinstance(who, int) else str(who)
    return ""


def _about(layer: Mapping[str, Any], group: str, who: str, status: str) -> dict[str, Json]:
    """What the codec takes of a layer besides its results."""
    maker = {"model_version": who} if group == "predictions" else {"completed_by": {"email": who}}
    about: dict[str, Json] = {**maker, "was_cancelled": status == "cancelled"}
    for key in ("created_at", "updated_at"):
        when = layer.get(key)
        if isinstance(when, (int, float)) and not isinstance(when, bool):
            when = _moment(when)
        about |= {key: when} if isinstance(when, str) else {}
    for key, kinds in NUMBERS.items():
        value = layer.get(key)
        about |= {key: value} if isinstance(value, kinds) and not isinstance(value, bool) else {}
    return about


def _moment(seconds: float) -> str | None:
    """A moment as today's versions write it; older ones count seconds."""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
    except (OverflowError, OSError, ValueError):
        return None
