"""A project brought to another scheme: what was made under the old one is rewritten, or stands
in the way.

In this order, so that a client that is killed anywhere can begin again: see that nothing would be
lost; keep a copy; let the configuration take old names and new ones; rewrite; look again, until
nothing old is left; set the new configuration; look once more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.files import write_atomic
from quotemark.labelstudio.config import same_config
from quotemark.labelstudio.remote.asking import ask
from quotemark.labelstudio.remote.listing import drafted, exported, key, own_tasks
from quotemark.labelstudio.remote.progress import Progress, silent
from quotemark.labelstudio.renamed import Loss, losses, rename_results
from quotemark.labelstudio.transition import narrowed, transitional
from quotemark.model import Json
from quotemark.renaming import Renames
from quotemark.scheme import Scheme
from quotemark.wording import counted

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

ROUNDS = 10
"""How often a project is gone over while annotators go on saving under the old names."""

Kind = Literal["annotation", "draft", "prediction"]


@dataclass(frozen=True, slots=True)
class Layer:
    """Results on the server: whose they are, and the annotation that a draft would change."""

    kind: Kind
    id: int
    task: int
    key: str
    who: str
    result: list[Json]
    annotation: int | None = None

    @property
    def where(self) -> Where:
        return Where(item=f"task {self.task}, {self.kind} {self.id} by {self.who or 'nobody'}")


@dataclass(frozen=True, slots=True)
class Lost:
    """What a scheme has no place for: how often it is there, in which layers, of which tasks."""

    loss: Loss
    times: int
    layers: tuple[tuple[Kind, int], ...]
    tasks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What a new scheme does to a project: what is `renamed` in how many layers, what is `lost`.

    `blocked` are drafts and contradictions that stand in the way.
    """

    renamed: tuple[tuple[Kind, int], ...] = ()
    lost: tuple[Lost, ...] = ()
    blocked: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Migration:
    """How a project is to be brought to a scheme.

    `backup` gets the results that are rewritten, as they were. `replaced` are predictions that are
    about to be given anew, by the task's key and the model: they need not fit.
    """

    renames: Renames = field(default_factory=Renames)
    backup: Path | None = None
    replaced: frozenset[tuple[str, str]] = frozenset()


NONE = Migration()


def foresee(client: LabelStudio, project: int, scheme: Scheme, migration: Migration) -> Change:
    """What bringing a project to a scheme would do; nothing is changed."""
    config = client.projects.get(project).label_config or ""
    return _change(list(_layers(client, project)), scheme, migration, config)


def migrate(
    client: LabelStudio,
    project: int,
    scheme: Scheme,
    migration: Migration,
    progress: Progress = silent,
) -> Change:
    """Bring a project to a scheme; what was done. Done again, it does nothing.

    Raises `QuotemarkError`, with nothing rewritten, where something would be lost. Results are
    rewritten where they are: ids, authors and times of making stay, `updated_at` and `updated_by`
    become this moment and the token's user.
    """
    renames, backup = migration.renames, migration.backup
    done: Counter[Kind] = Counter()
    for number in range(1, ROUNDS + 1):
        current = client.projects.get(project).label_config or ""
        final = same_config(current, scheme)
        layers = list(_layers(client, project))
        refuse(_change(layers, scheme, migration, current), scheme)
        old = [
            each for each in layers if _stays(each, migration) and _is_old(each, renames, scheme)
        ]
        if old:
            if backup:
                keep(backup, old)
            both = same_config(current, transitional(current, scheme))
            if current.split() not in (both.split(), final.split()):
                client.projects.update(project, label_config=both)
            for count, layer in enumerate(old, 1):
                done[layer.kind] += _rewrite(client, layer, renames, scheme)
                progress("renamed", count, len(old))
        elif current.split() != final.split():
            _configure(client, project, final, last=number == ROUNDS)
        else:
            return Change(tuple(sorted(done.items())))
    message = f"annotators have saved under old names {ROUNDS} times meanwhile"
    raise error("rename", message, "push again when nobody is at work")


def refuse(change: Change, scheme: Scheme) -> None:
    """Raises `QuotemarkError` with everything that would be lost, or stands in the way."""
    problems = list(change.blocked)
    for lost in change.lost:
        message = f"the scheme {scheme.id} has no place for {told(lost)}"
        remedy = "rename it with --migrate, keep it in the scheme, or push to a new project"
        problems.append(Problem(Where(), "config", message, remedy))
    if problems:
        raise QuotemarkError(problems)


def told(lost: Lost) -> str:
    """What is lost, in words.

    >>> told(Lost(Loss("label", "Stance"), 3, (("annotation", 2), ("draft", 1)), (7, 8)))
    "label 'Stance', 3 times in 2 annotations and 1 draft"
    """
    where = " and ".join(counted(count, kind) for kind, count in lost.layers)
    times = f"{lost.times} times" if lost.times > 1 else "once"
    return f"{lost.loss.kind} {lost.loss.name!r}, {times} in {where}"


def _layers(client: LabelStudio, project: int) -> Iterator[Layer]:
    """Every annotation, draft and prediction of a project.

    Drafts first: one that is submitted between the two looks is seen twice, not never.
    """
    for task in exported(client, project, drafted(client, project)):
        for one in task["drafts"]:
            at = one["annotation"]
            yield Layer(
                "draft",
                int(one["id"]),
                int(task["id"]),
                key(task) or "",
                str(one["user"]),
                one["result"] or [],
                None if at is None else int(at),
            )
    users = {user.id: str(user.email) for user in client.users.list()}
    for task in own_tasks(client, project, "annotations", "predictions"):
        at = int(task["id"]), key(task) or ""
        for one in task.get("annotations") or ():
            who = one["completed_by"]
            name = users.get(who, f"user-{who}") if isinstance(who, int) else str(who or "")
            yield Layer("annotation", int(one["id"]), *at, name, one["result"] or [])
        for one in task.get("predictions") or ():
            name = str(one["model_version"] or "")
            yield Layer("prediction", int(one["id"]), *at, name, one["result"] or [])


def _stays(layer: Layer, migration: Migration) -> bool:
    return layer.kind != "prediction" or (layer.key, layer.who) not in migration.replaced


def _is_old(layer: Layer, renames: Renames, scheme: Scheme) -> bool:
    return rename_results(layer.result, renames, scheme) != layer.result


def _change(
    layers: Sequence[Layer],
    scheme: Scheme,
    migration: Migration,
    config: str,
) -> Change:
    less = narrowed(config, scheme, migration.renames)
    moved: Counter[Kind] = Counter()
    found: dict[Loss, list[Layer]] = {}
    blocked: list[Problem] = []
    rewritten: set[int] = set()
    for layer in filter(lambda each: _stays(each, migration), layers):
        try:
            new = rename_results(layer.result, migration.renames, scheme)
        except QuotemarkError as failure:
            blocked += [
                Problem(layer.where, problem.code, problem.message, problem.remedy)
                for problem in failure.problems
            ]
            continue
        if new != layer.result:
            moved[layer.kind] += 1
            if layer.kind == "annotation":
                rewritten.add(layer.id)
        for loss in losses(new, scheme, less):
            found.setdefault(loss, []).append(layer)
    for layer in layers:
        if layer.annotation in rewritten and layer.result:
            message = f"{layer.who} has unsaved changes to an annotation that is to be rewritten"
            remedy = "ask for Update to be pressed in this task, or for the changes to be undone"
            blocked.append(Problem(layer.where, "draft", message, remedy))
    lost = tuple(_lost(loss, where) for loss, where in sorted(found.items()))
    return Change(tuple(sorted(moved.items())), lost, tuple(blocked))


def _lost(loss: Loss, where: Sequence[Layer]) -> Lost:
    kinds = Counter(kind for kind, _ in {(layer.kind, layer.id) for layer in where})
    tasks = tuple(sorted({layer.task for layer in where}))
    return Lost(loss, len(where), tuple(sorted(kinds.items())), tasks)


def _rewrite(client: LabelStudio, layer: Layer, renames: Renames, scheme: Scheme) -> bool:
    """Rewrite what is there now, which an annotator may have saved since it was listed.

    The server has no way to write only if nothing has changed, so what is read and what is
    written follow each other at once.
    """
    address = f"api/{layer.kind}s/{layer.id}/"
    now = _ask(client, "GET", address)
    if now is None:
        return False
    result = now["result"] or []
    new = rename_results(result, renames, scheme)
    if new == result or any(losses(new, scheme)):  # the next round tells
        return False
    return _ask(client, "PATCH", address, {"result": new}) is not None


def _ask(client: LabelStudio, method: str, address: str, json: Json = None) -> Any:
    """What the server answers; None where what is asked for is gone."""
    from label_studio_sdk.core.api_error import ApiError

    try:
        given = ask(client, method, address, json=json)
    except ApiError as failure:
        if failure.status_code == 404:
            return None
        raise
    return given.json() if given.content else {}


def _configure(client: LabelStudio, project: int, config: str, *, last: bool) -> None:
    """Set a configuration, unless somebody has just saved what it lacks.

    The server refuses one without the controls that it counts, and it still counts those of drafts
    that it has deleted: it is asked to count anew.
    """
    from label_studio_sdk.core.api_error import ApiError

    _ask(client, "POST", f"api/projects/{project}/summary/reset/")
    try:
        client.projects.update(project, label_config=config)
    except ApiError as failure:
        if failure.status_code != 400 or last:
            raise


def keep(backup: Path, layers: Sequence[Layer]) -> None:
    """Add layers to a file of them as they were first: an interrupted run has begun it.

    Raises `QuotemarkError` where the file is something else.
    """
    kept: dict[tuple[str, int], dict[str, Json]] = {}
    if backup.exists():
        try:
            there = msgspec.json.decode(backup.read_bytes(), type=list[dict[str, Any]])
            kept = {(str(one["kind"]), int(one["id"])): one for one in there}
        except (OSError, msgspec.DecodeError, KeyError, TypeError, ValueError):
            message = "is there already and is no copy of results"
            raise error("backup", message, "name another file", file=backup) from None
    for layer in layers:
        names = ("kind", "id", "task", "who", "annotation", "result")
        kept.setdefault((layer.kind, layer.id), {name: getattr(layer, name) for name in names})
    write_atomic(backup, msgspec.json.encode(list(kept.values())), private=True)
