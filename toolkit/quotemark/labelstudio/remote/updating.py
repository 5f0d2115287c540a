"""Tasks that are there already: their data and predictions brought up to date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from quotemark.labelstudio.remote.creating import CHUNK, insist
from quotemark.labelstudio.remote.listing import own_tasks
from quotemark.labelstudio.remote.progress import Progress, silent
from quotemark.labelstudio.remote.twins import surplus
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
        differs = bool(task["data"] != payload["data"])
        if differs:
            client.tasks.update(str(task["id"]), data=payload["data"])
        given, doubled = surplus(task.get("predictions") or ())
        for prediction in payload["predictions"]:
            old = given.get(prediction["model_version"])
            if old is None:
                fresh.append({"task": task["id"], **prediction})
            elif _content(old) != _content(prediction):
                client.predictions.update(int(old["id"]), **_content(prediction))
            else:
                continue
            differs = True
        models = {prediction["model_version"] for prediction in payload["predictions"]}
        mine = [p for p in task.get("predictions") or () if p["model_version"] in models]
        for prediction in mine:
            if prediction["id"] in doubled:
                _forget(client, int(prediction["id"]))
        if differs:
            changed.append(key)
        progress("tasks compared", number, len(payloads))
    for start in range(0, len(fresh), CHUNK):
        _predict(client, project, fresh[start : start + CHUNK])
    return changed


def _predict(client: LabelStudio, project: int, fresh: Sequence[dict[str, Json]]) -> None:
    def post(some: Sequence[dict[str, Json]]) -> int:
        made: Any = client.projects.import_predictions(project, request=cast("Any", some))
        return int(made.created or 0)

    def missing(some: Sequence[dict[str, Json]]) -> list[dict[str, Json]]:
        ids = [int(prediction["task"]) for prediction in some]
        there = {
            (task["id"], prediction["model_version"])
            for task in own_tasks(client, project, "predictions", ids=ids)
            for prediction in task["predictions"]
        }
        return [p for p in some if (p["task"], p["model_version"]) not in there]

    insist(fresh, "predictions", post, missing)


def _content(prediction: Mapping[str, Json]) -> dict[str, Any]:
    return {"result": prediction["result"], "score": prediction.get("score")}


def _forget(client: LabelStudio, prediction: int) -> None:
    from label_studio_sdk.core.api_error import ApiError

    try:
        client.predictions.delete(prediction)
    except ApiError as failure:
        if failure.status_code != 404:
            raise
