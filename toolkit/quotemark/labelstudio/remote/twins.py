"""Tasks of one key, made by pushes at the same moment, become one again; no work is lost.

The rule must not depend on who looks when, or two clients would each delete the other's choice:
the task with the lowest id stays, whatever is in the others. What people and models made in
another is copied to it first, and the other is deleted only if nothing has happened in it since.

Of one person's work in a task, what was saved last counts. A copy is stored later than what it is
a copy of, so whatever its owner saved last is saved once more, as it is, behind all copies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from quotemark.labelstudio.remote.completing import annotate, lacking, predict, unique
from quotemark.labelstudio.remote.listing import SOME, condition, exported, own_tasks
from quotemark.model import Json

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

Task = dict[str, Json]

Saved = dict[tuple[Any, ...], str]
"""When its owner saved an annotation that stands in a keeper with a later time, which we gave it:
by its id and content."""

ROUNDS = 10
"""How often work that goes on in a twin is copied anew before that is left to the next push."""


class Pair(NamedTuple):
    """The ids of two tasks of one key: of the one that stays, and of the other."""

    keeper: int
    other: int


def repair(
    client: LabelStudio, project: int, there: Mapping[str, Sequence[Task]]
) -> tuple[dict[str, Task], tuple[str, ...], tuple[str, ...]]:
    """One task for each key; the keys that had several; those that still have, for a draft in
    them that only its owner can submit."""
    kept = {key: min(tasks, key=lambda task: int(task["id"])) for key, tasks in there.items()}
    pairs = {
        Pair(int(kept[key]["id"]), int(task["id"])): key
        for key, tasks in there.items()
        for task in tasks
        if task is not kept[key]
    }
    waiting: set[str] = set()
    saved: Saved = {}
    every = list(pairs)
    for start in range(0, len(every), SOME // 2):
        left = _merge(client, project, every[start : start + SOME // 2], saved)
        waiting |= {pairs[pair] for pair in left}
    doubled = dict.fromkeys(pairs.values())
    return kept, tuple(k for k in doubled if k not in waiting), tuple(sorted(waiting))


def _merge(client: LabelStudio, project: int, pairs: Sequence[Pair], saved: Saved) -> list[Pair]:
    """Bring all work of the others to their keepers, and delete them; the pairs that are left."""
    left = []
    for _ in range(ROUNDS):
        found = _by_id(client, project, [i for pair in pairs for i in pair])
        ready, pairs = [pair for pair in pairs if pair.other in found], []
        for pair in ready:
            other = found[pair.other]
            drafted = any(draft["result"] for draft in other["drafts"])
            if pair.keeper not in found or drafted or _held(found[pair.keeper], other):
                left.append(pair)
            else:
                pairs.append(pair)
        if not pairs:
            return left
        _carry(client, project, found, pairs)
        held = _keep_order(client, project, found, pairs, saved)
        others = [found[pair.other] for pair in pairs if pair.keeper not in held]
        touched = [task for task in others if task["annotations"] or task["drafts"]]
        idle = [task for task in others if not (task["annotations"] or task["drafts"])]
        _delete(client, project, [int(task["id"]) for task in idle], _UNTOUCHED, _UNDRAFTED)
        for task in touched:
            delete_if_same(client, project, task)
    return [*left, *pairs]


_UNTOUCHED = condition("annotators", "empty", "List", "true")
_UNDRAFTED = condition("draft_exists", "equal", "Boolean", False)


def delete_if_same(client: LabelStudio, project: int, task: Task) -> None:
    """Delete a task whose annotations are the ones that it had."""
    outlines = list(own_tasks(client, project, ids=[task["id"]]))
    now = _by_id(client, project, [task["id"]])
    if outlines and now and _state(now[task["id"]]) == _state(task):
        since = condition("updated_at", "less_or_equal", "Datetime", outlines[0]["updated_at"])
        empty_drafts = bool(task["drafts"])
        _delete(client, project, [task["id"]], since, *([] if empty_drafts else [_UNDRAFTED]))


def _delete(client: LabelStudio, project: int, tasks: list[int], *only: dict[str, Json]) -> None:
    """Delete those of some tasks that all the filters hold for.

    The server itself looks at that right before, so that nothing that somebody has handed in
    since we looked goes with them.
    """
    from label_studio_sdk.core.api_error import ApiError

    where: Any = {"conjunction": "and", "items": list(only)}
    chosen: Any = {"all": False, "included": tasks}
    try:
        if tasks:
            client.actions.create(
                id="delete_tasks", project=project, filters=where, selected_items=chosen
            )
    except ApiError as failure:
        if failure.status_code != 500:  # something was added just now: they are looked at again
            raise


def _by_id(client: LabelStudio, project: int, ids: Sequence[int]) -> dict[int, Task]:
    return {int(task["id"]): task for task in exported(client, project, ids)}


def _carry(
    client: LabelStudio, project: int, found: Mapping[int, Task], pairs: Sequence[Pair]
) -> None:
    """Copy what the others have, and their keepers lack."""
    ids = [i for pair in pairs for i in pair]
    guessed = {int(task["id"]): task for task in own_tasks(client, project, "predictions", ids=ids)}
    fresh = [
        copy
        for keeper, other in pairs
        if keeper in guessed and other in guessed
        for copy in lacking(guessed[keeper], map(_prediction, guessed[other]["predictions"]))
    ]
    predict(client, project, fresh)
    for keeper, other in pairs:
        for layer in found[other]["annotations"]:
            _copy(client, found[keeper], layer)


def _prediction(prediction: Task) -> dict[str, Json]:
    return {at: prediction[at] for at in ("result", "score", "model_version")}


def _copy(client: LabelStudio, keeper: Task, layer: Task) -> None:
    """Have an annotation in the keeper as it is in the other, once.

    A copy is named after what it is a copy of and what that says, so that of two clients only one
    can make it. One that went on after it was copied is copied again, and never over the first
    copy: its owner may have gone on in that, or the other client may have read it later than we.
    """
    if _content(layer) in map(_content, keeper["annotations"]):
        return
    given = {at: layer[at] for at in ("result", "was_cancelled", "ground_truth")}
    if layer["lead_time"]:
        given["lead_time"] = layer["lead_time"]
    name = _name(layer, keeper)
    if unique(name) not in {copy["unique_id"] for copy in keeper["annotations"]}:
        annotate(client, keeper["id"], name, {**given, "completed_by": layer["completed_by"]})


def _name(layer: Task, keeper: Task) -> str:
    digest = hashlib.sha256(repr(_content(layer)).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{layer['unique_id'] or layer['id']} as {digest} in {keeper['id']}"


def _keep_order(
    client: LabelStudio,
    project: int,
    found: Mapping[int, Task],
    pairs: Sequence[Pair],
    saved: Saved,
) -> set[int]:
    """Have what each owner saved last be what was saved last in the keeper, too; the keepers in
    which somebody has just begun to change that."""
    held = set()
    layers: dict[int, list[Task]] = {}
    for keeper, other in pairs:
        layers.setdefault(keeper, []).extend(found[other]["annotations"])
    touched = [keeper for keeper, own in layers.items() if own]
    for keeper, task in _by_id(client, project, touched).items():
        for layer in layers[keeper]:
            _remember(task, layer, saved)
        for who in dict.fromkeys(map(_owner, layers[keeper])):
            own = [each for each in task["annotations"] if _owner(each) == who]
            if not own:  # its owner has deleted it
                continue
            last = max(own, key=lambda each: (_saved(each, saved), each["id"]))
            if last is not max(own, key=lambda each: (each["updated_at"], each["id"])):
                if last["id"] in _drafted(task):  # begun since we looked
                    held.add(keeper)
                    continue
                saved[_version(last)] = _saved(last, saved)
                client.annotations.update(last["id"])  # changes nothing but when it was saved
    return held


def _held(keeper: Task, other: Task) -> bool:
    """Whether what would have to be saved again may be under a draft: that goes with it."""
    owners, drafted = set(map(_owner, other["annotations"])), _drafted(keeper)
    return any(_owner(own) in owners and own["id"] in drafted for own in keeper["annotations"])


def _drafted(task: Task) -> set[Json]:
    """The ids of the annotations that have a draft."""
    return {draft["annotation"] for draft in task["drafts"] if draft["result"]}


def _remember(keeper: Task, layer: Task, saved: Saved) -> None:
    """Note of the keeper's annotations that are as one of the other when that was saved."""
    for same in keeper["annotations"]:
        if _content(same) == _content(layer):
            copy = same["unique_id"] == unique(_name(layer, keeper))
            before = saved.get(_version(same), "" if copy else same["updated_at"])
            saved[_version(same)] = max(before, layer["updated_at"])


def _saved(layer: Task, saved: Saved) -> str:
    return saved.get(_version(layer)) or str(layer["updated_at"])


def _version(layer: Task) -> tuple[Any, ...]:
    return layer["id"], *_content(layer)


def _owner(layer: Mapping[str, Json]) -> tuple[Any, ...]:
    """Whose an annotation is, and whether it is a skip, which counts beside what they submit."""
    return layer["completed_by"], layer["was_cancelled"]


def _content(layer: Mapping[str, Json]) -> tuple[Any, ...]:
    """What makes two annotations the same one."""
    return *_owner(layer), repr(layer["result"])


def _state(task: Task) -> list[Any]:
    return [(layer["id"], layer["updated_at"]) for layer in (*task["annotations"], *task["drafts"])]
