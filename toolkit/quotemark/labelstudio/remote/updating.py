"""Tasks that are there already: their data and predictions brought up to date."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from quotemark.labelstudio.remote.completing import predict
from quotemark.labelstudio.remote.listing import own_tasks
from quotemark.labelstudio.remote.progress import Progress, silent
from quotemark.labelstudio.status import PLACE
from quotemark.model import Json

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio


def update(
    client: LabelStudio,
    project: int,
    there: Mapping[str, dict[str, Json]],
    payloads: Mapping[str, dict[str, Json]],
    progress: Progress = silent,
) -> list[str]:
    """Make the data of tasks those of `payloads`, by key, and each model's prediction the one
    that is given, once; the keys of those that differed. Predictions of other models stay:
    people's work refers to them."""
    changed: list[str] = []
    fresh: list[dict[str, Json]] = []
    for number, (key, payload) in enumerate(payloads.items(), 1):
        task = there[key]
        data = _data(task, payload)
        stale = task["data"] != data
        if stale:
            client.tasks.update(str(task["id"]), data=data)
        models = {prediction["model_version"] for prediction in payload["predictions"]}
        given, doubled = _by_model(task.get("predictions") or (), models)
        doubled += _overtaken(given, payload)
        news = _news(given, payload)
        for prediction, old in news:
            if old is None:
                fresh.append({"task": task["id"], **prediction})
            else:
                client.predictions.update(int(old["id"]), **_content(prediction))
        _forget(client, doubled)
        if stale or news:
            changed.append(key)
        progress("tasks compared", number, len(payloads))
    if fresh:
        predict(client, project, fresh)
        single(client, project, fresh)
    return changed


def _overtaken(given: dict[str, dict[str, Json]], payload: Mapping[str, Json]) -> list[int]:
    """The last prediction of a task for review, taken out of `given`, where others are new.

    Label Studio opens a task with a copy of the newest: the last one is to stay that.
    """
    models = [prediction["model_version"] for prediction in payload["predictions"]]
    if "note" not in payload["data"] or set(models) <= given.keys() or models[-1] not in given:
        return []
    return [int(given.pop(models[-1])["id"])]


def differs(task: Mapping[str, Json], payload: Mapping[str, Json]) -> bool:
    """Whether `update` would change a task."""
    given, _ = _by_model(task["predictions"], {p["model_version"] for p in payload["predictions"]})
    return bool(task["data"] != _data(task, payload) or _news(given, payload))


def _data(task: Mapping[str, Json], payload: Mapping[str, Json]) -> dict[str, Json]:
    """A payload's data, with the place in an order that the task has, unless it brings one."""
    place = {PLACE: task["data"][PLACE]} if PLACE in task["data"] else {}
    return {**place, **payload["data"]}


def _news(
    given: Mapping[str, dict[str, Json]], payload: Mapping[str, Json]
) -> list[tuple[dict[str, Json], dict[str, Json] | None]]:
    """The predictions of a payload that are not there as they are, each with what there is."""
    return [
        (prediction, old)
        for prediction in payload["predictions"]
        for old in (given.get(prediction["model_version"]),)
        if old is None or _content(old) != _content(prediction)
    ]


def single(client: LabelStudio, project: int, fresh: Collection[Mapping[str, Json]]) -> None:
    """Have predictions that were just added once, also where another client added them, too."""
    ids = [int(prediction["task"]) for prediction in fresh]
    models = {prediction["model_version"] for prediction in fresh}
    for task in own_tasks(client, project, "predictions", ids=ids):
        _forget(client, _by_model(task["predictions"], models)[1])


def _by_model(
    predictions: Iterable[dict[str, Json]], models: Collection[str]
) -> tuple[dict[str, dict[str, Json]], list[int]]:
    """Of each model's predictions of a task the first, and the ids of the others."""
    first: dict[str, dict[str, Json]] = {}
    others = []
    for prediction in sorted(predictions, key=lambda p: int(p["id"])):
        if prediction["model_version"] not in models:
            continue
        if first.setdefault(prediction["model_version"], prediction) is not prediction:
            others.append(int(prediction["id"]))
    return first, others


def _content(prediction: Mapping[str, Json]) -> dict[str, Any]:
    return {"result": prediction["result"], "score": prediction.get("score")}


def _forget(client: LabelStudio, predictions: Iterable[int]) -> None:
    from label_studio_sdk.core.api_error import ApiError

    for prediction in predictions:
        try:
            client.predictions.delete(prediction)
        except ApiError as failure:
            if failure.status_code != 404:  # another client was faster
                raise
