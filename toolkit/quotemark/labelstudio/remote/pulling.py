"""Pull: everything that was annotated in a project, of which only what changed is fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from quotemark.errors import Problem, QuotemarkError
from quotemark.labelstudio.codec import Parsed, parse
from quotemark.labelstudio.remote import memory, projects
from quotemark.labelstudio.remote.listing import (
    Part,
    drafted,
    exported,
    now,
    own_tasks,
    settled,
    stamp,
    version,
)
from quotemark.labelstudio.remote.progress import Progress, silent
from quotemark.labelstudio.session import TIMEOUT, session, shown
from quotemark.model import Corpus, Json
from quotemark.scheme import Scheme
from quotemark.tasks import Task, stitch

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull brought; with `keep_going`, the problems of annotations left out.

    `changed` of the project's `tasks` are others than at the last pull. Tasks of the keys in
    `doubled` are there more than once; their annotations were put together.
    """

    corpus: Corpus
    problems: tuple[Problem, ...] = ()
    tasks: int = 0
    changed: int = 0
    doubled: tuple[str, ...] = ()


def pull(
    *,
    url: str,
    token: str,
    project: int | str,
    scheme: Scheme,
    predictions: bool = False,
    keep_going: bool = False,
    timeout: float = TIMEOUT,
    cache: Path | None = None,
    progress: Progress = silent,
) -> Pulled:
    """Everything that was annotated in a project, its tasks put together to documents.

    The annotator's name is the user's email; drafts, of everybody, and cancelled annotations
    are told by their status. Of several annotations by one user of one task, the last saved
    counts. `cache` is a folder that remembers tasks, so that the next pull fetches only those
    that have changed; the result is the same without it. Raises `QuotemarkError` with the
    problems of all annotations; with `keep_going`, these annotations are left out and their
    problems returned. Raises, too, where the server gives no answer within `timeout` seconds.
    """
    with session(url, token, timeout) as client:
        number = projects.need(client, project, shown(url))
        found = gather(
            client, number, url, scheme, predictions=predictions, cache=cache, progress=progress
        )
    return assemble(found, found.tasks, predictions=predictions, keep_going=keep_going)


@dataclass(frozen=True, slots=True)
class Gathered:
    """A project's tasks with all that was made of them; and as JSON, those of one key put together.

    `there` is how many there are on the server, `unread` how many have problems; the rest as of
    `Pulled`.
    """

    tasks: tuple[Task, ...]
    json: tuple[dict[str, Json], ...]
    problems: tuple[Problem, ...]
    there: int
    changed: int
    doubled: tuple[str, ...]
    unread: int = 0


def gather(
    client: LabelStudio,
    project: int,
    url: str,
    scheme: Scheme,
    *,
    predictions: bool,
    cache: Path | None = None,
    progress: Progress = silent,
) -> Gathered:
    """All tasks of a project; annotations with problems are left out of them."""
    users = {user.id: user.email for user in client.users.list() if user.id is not None}
    since = str(client.projects.get(project).created_at)
    known = memory.recall(cache, shown(url), project, since, predictions=predictions)
    at = now(client)
    drafts = drafted(client, project)  # first: what is submitted meanwhile is an annotation
    parts: tuple[Part, ...] = ("annotations", *(("predictions",) if predictions else ()))
    place = f"{shown(url).rstrip('/')}/projects/{project}"
    read: dict[int, tuple[Json, Parsed]] = {}

    def look(task: dict[str, Json]) -> None:
        """Read a task as soon as it comes: the server is at the next page meanwhile."""
        read[int(task["id"])] = task, parse(task, scheme, users=users, place=place)

    found = _found(client, project, parts, known, look, progress)
    changed = sum(known.tasks.get(i) != task for i, task in found.items())
    memory.keep(cache, shown(url), project, since, memory.Known(found, at), predictions=predictions)
    for task in exported(client, project, [i for i in drafts if i in found]):
        with_drafts = {"annotations": task["annotations"], "drafts": task["drafts"]}
        found[int(task["id"])] = {**found[int(task["id"])], **with_drafts}
    merged, doubled = _merged(found.values())
    tasks: list[Task] = []
    problems: list[Problem] = []
    unread = 0
    for json in merged:
        if read.get(int(json["id"]), (None,))[0] is not json:  # it has drafts, or is two by now
            look(json)
        parsed = read[int(json["id"])][1]
        problems += parsed.problems
        unread += bool(parsed.problems)
        tasks += [parsed.task] if parsed.task else []
    return Gathered(
        tuple(tasks), tuple(merged), tuple(problems), len(found), changed, doubled, unread
    )


def assemble(
    found: Gathered, tasks: Iterable[Task], *, predictions: bool, keep_going: bool
) -> Pulled:
    """Tasks put together to documents. Raises `QuotemarkError` for the problems of what was found,
    unless told to go on."""
    if found.problems and not keep_going:
        raise QuotemarkError(found.problems)
    if predictions:
        tasks = [replace(t, annotations=(*t.annotations, *t.predictions)) for t in tasks]
    return Pulled(stitch(tasks), found.problems, found.there, found.changed, found.doubled)


def _found(
    client: LabelStudio,
    project: int,
    parts: tuple[Part, ...],
    known: memory.Known,
    look: Callable[[dict[str, Json]], None],
    progress: Progress,
) -> memory.Tasks:
    """The project's tasks by id, of which those are fetched that may have changed; `look` is told
    of each."""

    def fetch(ids: Sequence[int] | None) -> memory.Tasks:
        fetched: memory.Tasks = {}
        for task in own_tasks(client, project, *parts, ids=ids, progress=progress):
            fetched[int(task["id"])] = task
            look(task)
        return fetched

    if not known.tasks:
        return fetch(None)
    outlines = {int(task["id"]): stamp(task) for task in own_tasks(client, project)}
    kept = {
        i: task
        for i, task in known.tasks.items()
        if outlines.get(i) == stamp(task) and settled(task, known.at)
    }
    # What has been deleted between the two questions is not fetched.
    fresh = fetch([i for i in outlines if i not in kept])
    return dict(sorted({**kept, **fresh}.items()))


def _merged(
    tasks: Iterable[dict[str, Json]],
) -> tuple[list[dict[str, Json]], tuple[str, ...]]:
    """Tasks of one key put together, as the next push will do on the server; their keys."""
    found: dict[tuple[str, str], dict[str, Json]] = {}
    foreign: list[dict[str, Json]] = []
    doubled: dict[str, None] = {}
    for task in tasks:
        name = version(task)
        if name is None:
            foreign.append(task)
        elif name not in found:
            found[name] = task
        else:
            doubled[name[0]] = None
            first = found[name]
            lists = ("annotations", "drafts")
            both = {at: [*first.get(at, ()), *task.get(at, ())] for at in lists}
            found[name] = {**first, **both}
    return [*found.values(), *foreign], tuple(doubled)
