"""Tasks of one key, made by pushes at the same moment, become one again; no work is lost.

The rule must not depend on who looks when, or two clients would each delete the other's choice:
the task with the lowest id stays, whatever is in the others. What people made in another is
copied to it first, and the other is deleted only if nothing has happened in it since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from quotemark.labelstudio.remote.listing import exported
from quotemark.model import Json

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

Task = dict[str, Json]


def repair(
    client: LabelStudio, project: int, there: Mapping[str, Sequence[Task]]
) -> tuple[dict[str, Task], tuple[str, ...], tuple[str, ...]]:
    """One task for each key; the keys that had several; those that still have, for a draft in
    them that only its owner can submit."""
    kept: dict[str, Task] = {}
    repaired: list[str] = []
    waiting: list[str] = []
    for key, tasks in there.items():
        kept[key], *others = sorted(tasks, key=lambda task: int(task["id"]))
        if others:
            gone = [_merge(client, project, int(kept[key]["id"]), int(t["id"])) for t in others]
            (repaired if all(gone) else waiting).append(key)
    return kept, tuple(repaired), tuple(waiting)


def _merge(client: LabelStudio, project: int, keeper: int, other: int) -> bool:
    """Bring all work of one task to another and delete the first; whether that could be done."""
    while True:
        found = {int(task["id"]): task for task in exported(client, project, [keeper, other])}
        if other not in found:
            return True
        if keeper not in found or any(draft["result"] for draft in found[other]["drafts"]):
            return False
        known = {_content(layer) for layer in found[keeper]["annotations"]}
        lost = [layer for layer in found[other]["annotations"] if _content(layer) not in known]
        for layer in lost:
            client.annotations.create(
                keeper,
                result=layer["result"],
                completed_by=layer["completed_by"],
                was_cancelled=layer["was_cancelled"],
                ground_truth=layer["ground_truth"],
                **({"lead_time": layer["lead_time"]} if layer["lead_time"] else {}),
            )
        again = list(exported(client, project, [other]))
        if all(_state(task) == _state(found[other]) for task in again):
            _delete(client, other)
            return True


def _delete(client: LabelStudio, task: int) -> None:
    from label_studio_sdk.core.api_error import ApiError

    try:
        client.tasks.delete(str(task))
    except ApiError as failure:
        if failure.status_code != 404:  # another client was faster
            raise


def _content(layer: Mapping[str, Json]) -> tuple[Any, ...]:
    """What makes two annotations the same one."""
    return layer["completed_by"], layer["was_cancelled"], repr(layer["result"])


def _state(task: Task) -> list[Any]:
    return [(layer["id"], layer["updated_at"]) for layer in (*task["annotations"], *task["drafts"])]


def surplus(predictions: Iterable[Task]) -> tuple[dict[str, Task], list[int]]:
    """Of each model's predictions of a task the first, and the ids of the others."""
    first: dict[str, Task] = {}
    others = []
    for prediction in sorted(predictions, key=lambda p: int(p["id"])):
        if prediction["model_version"] in first:
            others.append(int(prediction["id"]))
        else:
            first[prediction["model_version"]] = prediction
    return first, others
