"""Push: bring tasks to a project, as often as one likes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quotemark.errors import Problem, QuotemarkError, Where
from quotemark.labelstudio.codec import to_json
from quotemark.labelstudio.moving import Moved
from quotemark.labelstudio.remote import (
    creating,
    ordering,
    projects,
    reanchoring,
    twins,
    updating,
    windows,
)
from quotemark.labelstudio.remote.earlier import prepare
from quotemark.labelstudio.remote.listing import total
from quotemark.labelstudio.remote.migration import Migration
from quotemark.labelstudio.remote.progress import Progress, silent
from quotemark.labelstudio.session import TIMEOUT, session, shown
from quotemark.renaming import parse_renames
from quotemark.scheme import Scheme
from quotemark.tasks import Task

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio


@dataclass(frozen=True, slots=True)
class PushReport:
    """What a push did, by the tasks' keys, and where the project is.

    `kept` are tasks that were there already: annotations that came with them were not sent.
    `repaired` were there more than once and are no longer; `doubled` still are, since somebody
    has an unsaved draft in one of them.
    """

    project: int
    url: str
    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    repaired: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    renamed: tuple[tuple[str, int], ...] = ()
    reanchored: tuple[Moved, ...] = ()


def push(
    tasks: Sequence[Task],
    *,
    url: str,
    token: str,
    project: int | str,
    scheme: Scheme,
    review: bool = False,
    in_order: bool = False,
    update_config: bool = False,
    migrate: Sequence[str] = (),
    backup: Path | None = None,
    reanchor: Path | None = None,
    timeout: float = TIMEOUT,
    progress: Progress = silent,
) -> PushReport:
    """Bring tasks to a project, found by id or title and made if there is none of this title.

    Afterwards the project has each task once, whatever was there before, whoever else pushes at
    the same moment, and wherever an earlier push was cut off. Of a task that was there
    already, the data are updated if they differ; each model's prediction is added or replaced.
    The model of the last task's last prediction is shown to annotators. Annotations come along
    with new tasks only; their annotators must be users (by email) of the server.

    A `review` project shows each task's note, and no model before the others. With `in_order`,
    annotators get the tasks in their order (see `ordering`), those of an earlier one last.

    Where the project's configuration is not the scheme's, it is replaced with `update_config`,
    or with `migrate`: renames (`renaming.parse_renames`) by which all that was made in the
    project follows, with a copy of it as it was in `backup`. Where it has a document with another
    text, `reanchor` is the file that keeps that text and its annotations, and they go to the new
    tasks.

    Raises `QuotemarkError` for tasks that Label Studio could not hold, for windows that overlap
    others of the same text, for annotators whom it does not know, where something that was made in
    the project would be lost, and where the server gives no answer within `timeout` seconds.
    """
    distinct(tasks)
    windows.check(tasks)
    payloads = {task.key: to_json(task, scheme) for task in tasks}
    if in_order:
        payloads = ordering.numbered(payloads)
    models = [p["model_version"] for json in payloads.values() for p in json["predictions"]]
    texts = {task.doc_id: task.text_sha256 for task in tasks}
    with session(url, token, timeout) as client:
        _known_annotators(client, tasks)
        there_now = projects.find(client, project) if update_config or migrate else None
        if there_now is not None:  # what a new configuration does is not undone
            windows.check_project(client, there_now, tasks)
        moves = Migration(parse_renames(migrate, scheme), backup, given(payloads))
        number, new, change = projects.ensure(
            client,
            project,
            scheme,
            update=update_config,
            review=review,
            migration=moves,
            progress=progress,
        )
        before = creating.Present({}, 0)
        if not new:
            before = creating.present(client, number, texts, predictions=bool(models))
        windows.check(tasks, before)
        earlier = prepare(client, number, before.outdated, tasks, scheme, reanchor)
        there, repaired, doubled = twins.repair(client, number, before.tasks)
        fresh = {key: payload for key, payload in payloads.items() if key not in there}
        old = {key: payload for key, payload in payloads.items() if key in there}
        creating.create(client, number, fresh, progress)
        updated = dict.fromkeys(updating.update(client, number, there, old, progress))
        # Counted against what was listed, not asked anew: of two clients that make tasks at one
        # moment, at least the later one must see those of the other.
        if repaired or total(client, number) != before.total + len(fresh):
            after = creating.present(client, number, texts, predictions=False)
            _, more, doubled = twins.repair(client, number, after.tasks)
            repaired = tuple(sorted({*repaired, *more}))
        if in_order:
            ordering.put_in_order(client, number, payloads)
        moved = reanchoring.carry(client, number, earlier, scheme, progress)
        first = "" if review else models[-1] if models else None
        if first is not None and client.projects.get(number).model_version != first:
            client.projects.update(number, model_version=first)
    return PushReport(
        number,
        f"{shown(url).rstrip('/')}/projects/{number}",
        tuple(fresh),
        tuple(updated),
        tuple(key for key in old if key not in updated),
        tuple(task.key for task in tasks if task.key in there and task.annotations),
        repaired,
        doubled,
        change.renamed,
        moved,
    )


def given(payloads: Mapping[str, Mapping[str, Any]]) -> frozenset[tuple[str, str]]:
    """The predictions that come with tasks, by the task's key and the model."""
    return frozenset(
        (key, prediction["model_version"])
        for key, payload in payloads.items()
        for prediction in payload["predictions"]
    )


def distinct(tasks: Iterable[Task]) -> None:
    """Raises `QuotemarkError` where two tasks have one key."""
    counts = Counter(task.key for task in tasks)
    problems = [
        Problem(Where(item=key), "duplicate-task", f"{count} tasks have this key", "keep one")
        for key, count in counts.items()
        if count > 1
    ]
    if problems:
        raise QuotemarkError(problems)


def _known_annotators(client: LabelStudio, tasks: Iterable[Task]) -> None:
    """The server gives annotations of people it does not know to whoever imports them."""
    names = {layer.annotator for task in tasks for layer in task.annotations}
    if not names:
        return
    emails = {user.email for user in client.users.list()}
    problems = [
        Problem(
            Where(),
            "annotator",
            f"{name!r} is no user of the server, but has annotations among the tasks",
            "invite a user with this email, or split the articles without annotations",
        )
        for name in sorted(names - emails)
    ]
    if problems:
        raise QuotemarkError(problems)
