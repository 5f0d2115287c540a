"""An article's text has changed since its tasks were pushed: its annotations go to the new ones.

In this order, so that a client that is killed anywhere can begin again: keep the earlier text and
all that was made of it in a file; make the new tasks; bring them the annotations, each once; see
that they are there; delete the old tasks, if nothing has happened in them since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from quotemark.errors import error
from quotemark.labelstudio.codec import encode
from quotemark.labelstudio.controls import LAYER
from quotemark.labelstudio.moving import NOTE, Moved, Part, Place, moved_parts
from quotemark.labelstudio.remote import twins
from quotemark.labelstudio.remote.completing import annotate, unique
from quotemark.labelstudio.remote.earlier import (
    Earlier,
    Raw,
    Reader,
    drafts_of,
    read_tasks,
    reader_of,
)
from quotemark.labelstudio.remote.listing import exported, own_tasks, version
from quotemark.labelstudio.remote.progress import Progress, silent
from quotemark.scheme import Scheme
from quotemark.wording import counted

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

ROUNDS = 10
"""How often work that goes on in an old task is brought over before that is left to a next push."""


def carry(
    client: LabelStudio,
    project: int,
    earlier: Sequence[Earlier],
    scheme: Scheme,
    progress: Progress = silent,
) -> tuple[Moved, ...]:
    """Bring annotations to new tasks, which are there by now, and delete the old ones."""
    if not earlier:
        return ()
    reader = reader_of(client, scheme)
    wanted = {task.key: task.text_sha256 for one in earlier for task in one.tasks}
    there = _new_tasks(client, project, wanted)
    moved = []
    for number, one in enumerate(earlier, 1):
        moved.append(_carry(client, project, one, there, reader))
        progress("articles re-anchored", number, len(earlier))
    return tuple(moved)


def _carry(
    client: LabelStudio, project: int, earlier: Earlier, there: Mapping[str, int], reader: Reader
) -> Moved:
    old = dict(earlier.old)
    ids = list(old)
    for _ in range(ROUNDS):
        left = list(exported(client, project, ids))
        old |= {int(task["id"]): task for task in left}
        parts, moved = moved_parts(read_tasks(old.values(), reader), earlier.tasks)
        if not left:
            return moved
        _write(client, project, parts, earlier, there, reader)
        for task in left:
            if not list(drafts_of(task)):
                twins.delete_if_same(client, project, task)
        left = list(exported(client, project, ids))
        if not left or any(list(drafts_of(task)) for task in left):
            break
    return replace(moved, waiting=len(left))


def _write(
    client: LabelStudio,
    project: int,
    parts: Mapping[Place, Part],
    earlier: Earlier,
    there: Mapping[str, int],
    reader: Reader,
) -> None:
    """Have each part on the server once, and see that it is there.

    Its name comes of what it is, so that it is known again by whoever makes it at the same moment,
    and in a next run.
    """
    tasks = {task.key: task for task in earlier.tasks}
    ids = [there[key] for key in tasks]
    text = next(iter(earlier.old.values()))["data"]["text_sha256"]
    names = {
        (key, annotator, status): f"{earlier.doc_id} {text} {annotator} {status} in {there[key]}"
        for key, annotator, status in parts
    }
    users = {email: number for number, email in reader.users.items()}
    present = _annotations(client, project, ids)
    for place, part in parts.items():
        given: dict[str, Any] = {
            "result": encode(part.layer, tasks[place[0]], reader.scheme),
            "was_cancelled": part.layer.status == "cancelled",
            "ground_truth": False,
            **({"lead_time": part.lead_time} if part.lead_time else {}),
        }
        copy = present.get(unique(names[place]))
        if copy is None:
            name = part.layer.annotator
            who = {"completed_by": users.get(name) or int(name.removeprefix("user-"))}
            annotate(client, there[place[0]], names[place], {**given, **who})
        elif _made_of(copy) < part.saved_at:
            client.annotations.update(int(copy["id"]), **given)
    present = _annotations(client, project, ids)
    missing = [place for place in parts if unique(names[place]) not in present]
    if missing:
        message = f"the server did not take {len(missing)} of {counted(len(parts), 'annotation')}"
        raise error("reanchor", message, "push again: nothing is made twice", doc=earlier.doc_id)


def _made_of(copy: Raw) -> str:
    """When what a copy was made of had been saved: it may have been changed right before."""
    for result in copy["result"]:
        if result.get("from_name") == LAYER:
            kept = msgspec.json.decode(result["value"]["text"][0])
            return str(kept.get("provenance", {}).get(NOTE, {}).get("saved_at", ""))
    return ""


def _annotations(client: LabelStudio, project: int, ids: Sequence[int]) -> dict[str, Raw]:
    found = (layer for task in exported(client, project, ids) for layer in task["annotations"])
    return {layer["unique_id"]: layer for layer in found}


def _new_tasks(client: LabelStudio, project: int, wanted: Mapping[str, str]) -> dict[str, int]:
    """The ids of tasks by their keys; the first where one is there twice."""
    found: dict[str, int] = {}
    for task in own_tasks(client, project, "data"):
        name = version(task)
        if name and wanted.get(name[0]) == name[1]:
            found.setdefault(name[0], int(task["id"]))
    return found
