"""What came with tasks, where the server has stored the tasks without it.

Label Studio tries an import again when its SQLite was locked for more than five seconds, by then
without predictions and annotations, and answers as if all were well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast
from uuid import NAMESPACE_OID, uuid5

from quotemark.labelstudio.remote.insisting import insist
from quotemark.labelstudio.remote.listing import own_tasks, version
from quotemark.model import Json

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

CHUNK = 500
"""Predictions in one import."""


def complete(client: LabelStudio, project: int, payloads: Mapping[str, dict[str, Json]]) -> None:
    """Give new tasks, by key, the predictions and annotations that they lack."""
    every: dict[Any, dict[str, Json]] = {}
    for task in own_tasks(client, project, "annotations", "predictions"):
        every.setdefault(version(task), task)
    there = {name: every[version(p)] for name, p in payloads.items() if version(p) in every}
    fresh: list[dict[str, Json]] = []
    for name, payload in payloads.items():
        if name in there:
            fresh += lacking(there[name], payload["predictions"])
    predict(client, project, fresh)
    users: dict[str, int] = {}
    for name, payload in payloads.items():
        for layer in payload["annotations"] if name in there else ():
            users = users or {u.email: u.id for u in client.users.list()}
            _work(client, there[name], layer, users[layer["completed_by"]["email"]])


def lacking(task: Mapping[str, Json], predictions: Iterable[Json]) -> list[dict[str, Json]]:
    """The predictions whose models a task has none of, each with the task's id."""
    models = {prediction["model_version"] for prediction in task["predictions"]}
    return [{"task": task["id"], **p} for p in predictions if p["model_version"] not in models]


def predict(client: LabelStudio, project: int, fresh: Sequence[dict[str, Json]]) -> None:
    """Add predictions to tasks, each of which names its task. Raises as `insist` does."""

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

    for start in range(0, len(fresh), CHUNK):
        insist(fresh[start : start + CHUNK], "prediction", post, missing)


def annotate(client: LabelStudio, task: int, name: str, layer: Mapping[str, Any]) -> None:
    """Make an annotation once, by whoever else it is made at the same moment, or again.

    `name` tells it from all others: the server refuses a second one of it.
    """
    from label_studio_sdk.core.api_error import ApiError

    try:
        client.annotations.create(task, unique_id=unique(name), **layer)
    except ApiError as failure:
        if failure.status_code != 409:
            raise


def unique(name: str) -> str:
    """The server's own kind of name for an annotation, made of ours."""
    return str(uuid5(NAMESPACE_OID, f"quotemark {name}"))


def _work(client: LabelStudio, task: Mapping[str, Json], layer: Json, user: int) -> None:
    same = [a for a in task["annotations"] if a["completed_by"] == user]
    if layer["result"] not in [a["result"] for a in same]:
        given = {at: layer[at] for at in ("result", "was_cancelled", "ground_truth")}
        annotate(client, task["id"], f"{task['id']} by {user}", {**given, "completed_by": user})
