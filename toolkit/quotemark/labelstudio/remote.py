"""A Label Studio server: push tasks to it, pull what annotators made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.labelstudio.codec import parse, to_json
from quotemark.labelstudio.config import labeling_config
from quotemark.labelstudio.session import TIMEOUT, session, shown
from quotemark.model import Corpus, Json
from quotemark.scheme import Scheme
from quotemark.tasks import Task, stitch

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio
    from label_studio_sdk.core.request_options import RequestOptions

CHUNK = 100
"""Tasks in one import: SQLite locks under larger ones."""

Fields = Literal["all", "task_only"]

ONCE: RequestOptions = {"max_retries": 0}
"""For everything that creates: the SDK repeats a failed POST, which doubles what the server
had made before it failed."""


@dataclass(frozen=True, slots=True)
class PushReport:
    """What a push did, by the tasks' keys, and where the project is.

    `kept` are tasks that were there already: annotations that came with them were not sent.
    """

    project: int
    url: str
    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull brought; with `keep_going`, the problems of annotations left out."""

    corpus: Corpus
    problems: tuple[Problem, ...] = ()


def push(
    tasks: Sequence[Task],
    *,
    url: str,
    token: str,
    project: int | str,
    scheme: Scheme,
    update_config: bool = False,
    timeout: float = TIMEOUT,
) -> PushReport:
    """Bring tasks to a project, found by id or title and made if there is none of this title.

    A task whose key is there already is not made again: its data are updated if they differ,
    its text must not. Predictions of a model that a task has none of are added, and shown to
    annotators. Annotations come along with new tasks only; their annotators must be users
    (by email) of the server. Raises `QuotemarkError` for these, for tasks that Label Studio
    could not hold, where the project's labelling configuration is not the scheme's,
    unless `update_config` and what was annotated fits the scheme, and where the server gives
    no answer within `timeout` seconds.
    """
    _distinct(tasks)
    payloads = {task.key: to_json(task, scheme) for task in tasks}
    with session(url, token, timeout) as client:
        _known_annotators(client, tasks)
        number = _project(client, project, scheme, update=update_config)
        there = _there(client, number, predictions=any(task.predictions for task in tasks))
        _same_texts(tasks, there)
        fresh = [key for key in payloads if key not in there]
        for start in range(0, len(fresh), CHUNK):
            _create(client, number, fresh[start : start + CHUNK], payloads)
        old = [key for key in payloads if key in there]
        updated = [key for key in old if _update(client, there[key], payloads[key])]
        versions = [p["model_version"] for j in payloads.values() for p in j["predictions"]]
        if versions and client.projects.get(number).model_version not in versions:
            client.projects.update(number, model_version=versions[-1])
    return PushReport(
        number,
        f"{shown(url).rstrip('/')}/projects/{number}",
        tuple(fresh),
        tuple(updated),
        tuple(key for key in old if key not in updated),
        tuple(task.key for task in tasks if task.key in there and task.annotations),
    )


def pull(
    *,
    url: str,
    token: str,
    project: int | str,
    scheme: Scheme,
    predictions: bool = False,
    keep_going: bool = False,
    timeout: float = TIMEOUT,
) -> Pulled:
    """Everything that was annotated in a project, its tasks put together to documents.

    The annotator's name is the user's email; drafts and cancelled annotations are told by
    their status. The server gives out drafts of the token's own user only. Of several
    annotations by one user of one task, the last saved counts. Raises `QuotemarkError` with the
    problems of all annotations; with `keep_going`, these annotations are left out and their
    problems returned. Raises, too, where the server gives no answer within `timeout` seconds.
    """
    tasks: list[Task] = []
    problems: list[Problem] = []
    with session(url, token, timeout) as client:
        number = _find(client, project)
        if number is None:
            remedy = "name a project of this server by its id or title"
            raise error("project", f"there is no project {project!r} at {shown(url)}", remedy)
        users = {user.id: user.email for user in client.users.list() if user.id is not None}
        for json in _tasks(client, number, "all"):
            parsed = parse(json, scheme, users=users)
            problems += parsed.problems
            tasks += [parsed.task] if parsed.task else []
    if problems and not keep_going:
        raise QuotemarkError(problems)
    if predictions:
        tasks = [replace(t, annotations=(*t.annotations, *t.predictions)) for t in tasks]
    return Pulled(stitch(tasks), tuple(problems))


def _find(client: LabelStudio, project: int | str) -> int | None:
    """The project of this id or exact title. A title in figures is taken for an id."""
    every: Any = client.projects.list(page_size=100)
    if isinstance(project, int) or project.isdecimal():
        return next((int(project) for p in every if p.id == int(project)), None)
    found: list[int] = [p.id for p in every if p.title == project]
    if len(found) > 1:
        numbers = ", ".join(map(str, found))
        remedy = f"name one by its id: {numbers}"
        raise error("project", f"{len(found)} projects are titled {project!r}", remedy)
    return found[0] if found else None


def _project(client: LabelStudio, project: int | str, scheme: Scheme, *, update: bool) -> int:
    """The project, made or with its configuration replaced if need be."""
    config = labeling_config(scheme)
    number = _find(client, project)
    if number is None:
        if isinstance(project, int) or project.isdecimal():
            raise error("project", f"there is no project {project}", "give a title to make one")
        if len(project) < 3:
            raise error("project", f"{project!r} is too short", "give 3 characters or more")
        made: Any = client.projects.create(title=project, label_config=config, request_options=ONCE)
        return int(made.id)
    current = client.projects.get(number).label_config or ""
    if current.split() != config.split():
        if not update:
            message = f"project {project!r} has another labelling configuration than the scheme's"
            remedy = "give --update-config to replace it, or --scheme with its own scheme"
            raise error("config", message, remedy)
        _fits_work(client, number, scheme)
        client.projects.update(number, label_config=config)
    return number


def _fits_work(client: LabelStudio, project: int, scheme: Scheme) -> None:
    """Raises where a scheme lacks labels or attributes that a project's annotations have.

    The server lets a configuration through by which they could neither be seen nor be saved.
    """
    work = ({**task, "predictions": []} for task in _tasks(client, project, "all"))
    found = [p for task in work for p in parse(task, scheme).problems if p.code in _OF_SCHEME]
    if found:
        message = f"annotations there do not fit the scheme {scheme.id}, {len(found)} times"
        first = f"{found[0].where}: {found[0].message}"
        remedy = "keep what was used, or push to a new project"
        raise error("config", f"{message}; first, {first}", remedy)


_OF_SCHEME = ("label", "control", "attribute")


def _tasks(client: LabelStudio, project: int, fields: Fields) -> Iterator[dict[str, Json]]:
    """Every task of a project as JSON, counted: the SDK takes a page that fails for the last."""
    pager: Any = client.tasks.list(project=project, fields=fields, page_size=CHUNK)
    total, seen = getattr(pager.response, "total", None), 0
    for task in pager:
        seen += 1
        yield task.model_dump(mode="json")
    if total is not None and seen < total:
        message = f"the server gave {seen} of {total} tasks"
        raise error("server", message, "try again, when nobody changes the project")


def _there(
    client: LabelStudio, project: int, *, predictions: bool = False
) -> dict[str, dict[str, Json]]:
    """A project's own tasks by key. Raises where a key is there twice."""
    found: dict[str, dict[str, Json]] = {}
    problems = []
    for task in _tasks(client, project, "all" if predictions else "task_only"):
        key = task["data"].get("key") if "text_sha256" in task["data"] else None
        if key is None:
            continue
        if key in found:
            message = f"task {task['id']} has the same key as task {found[key]['id']}"
            where = Where(doc=str(task["data"].get("document")), item=str(key))
            problems.append(Problem(where, "duplicate-task", message, "delete one of them"))
        found[key] = task
    if problems:
        raise QuotemarkError(problems)
    return found


def _create(
    client: LabelStudio, project: int, keys: Sequence[str], payloads: Mapping[str, Any]
) -> None:
    """Import tasks once. After a failure, what the server has made nevertheless is counted."""
    import httpx
    from label_studio_sdk.core.api_error import ApiError

    request = [payloads[key] for key in keys]
    try:
        made: Any = client.projects.import_tasks(project, request=request, request_options=ONCE)
        missing = len(keys) - (made.task_count or 0)
    except (ApiError, httpx.TransportError) as failure:
        if isinstance(failure, ApiError) and (failure.status_code or 0) < 500:
            raise
        missing = len(set(keys) - set(_there(client, project)))
    if missing:
        message = f"the server did not make {missing} of {len(keys)} tasks"
        raise error("server", message, "push again: what is there is not made twice")


def _update(client: LabelStudio, there: Mapping[str, Any], payload: Mapping[str, Any]) -> bool:
    """Bring a task's data up to date and add the predictions it lacks; whether that was needed."""
    changed = bool(there["data"] != payload["data"])
    if changed:
        client.tasks.update(str(there["id"]), data=payload["data"])
    versions = {prediction.get("model_version") for prediction in there.get("predictions") or ()}
    for prediction in payload["predictions"]:
        if prediction["model_version"] not in versions:
            changed = True
            client.predictions.create(task=there["id"], **prediction, request_options=ONCE)
    return changed


def _distinct(tasks: Iterable[Task]) -> None:
    counts = Counter(task.key for task in tasks)
    problems = [
        Problem(Where(item=key), "duplicate-task", f"{count} tasks have this key", "keep one")
        for key, count in counts.items()
        if count > 1
    ]
    if problems:
        raise QuotemarkError(problems)


def _same_texts(tasks: Iterable[Task], there: Mapping[str, Mapping[str, Any]]) -> None:
    problems = [
        Problem(
            Where(doc=task.doc_id, item=task.key),
            "text-hash",
            "the project has this task with another text",
            "push the new version of the text under another document id",
        )
        for task in tasks
        if task.key in there and there[task.key]["data"].get("text_sha256") != task.text_sha256
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
