"""How far the annotation of a project is, and what in it is no longer as it should be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from statistics import median
from typing import Any

from quotemark.labelstudio.codec import to_json
from quotemark.labelstudio.config import is_review, same_config
from quotemark.matching import content
from quotemark.model import Annotation, Corpus, Json
from quotemark.scheme import Scheme
from quotemark.tasks import Task

SUBMITTED, SKIPPED, DRAFT = "submitted", "cancelled", "draft"

PLACE = "place"
"""Where in a task's data its place in an order is (see `remote.ordering`)."""

OF_PUSHES = ("assigned", "arm", PLACE)
"""What a push adds to a task's data."""


@dataclass(frozen=True, slots=True)
class Surveyed:
    """A project as it is on its server.

    `annotator` is whose it is, "" where it is everybody's. `data` is that of the `tasks`, by key.
    `model` is the one whose predictions are shown. `unread` are tasks with an annotation that
    cannot be understood.
    """

    url: str
    config: str
    tasks: tuple[Task, ...]
    annotator: str = ""
    data: Mapping[str, Mapping[str, Json]] | None = None
    model: str = ""
    doubled: tuple[str, ...] = ()
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How many tasks somebody has submitted, skipped, or has a draft of.

    `tasks` is how many are theirs, `open` how many of these have nothing by them; None in a
    project for everybody. `seconds` is the median time
    of what was submitted, as Label Studio measures it; None where nothing was.
    """

    annotator: str
    tasks: int | None
    submitted: int
    skipped: int
    drafts: int
    open: int | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Stale:
    """What differs from what was given, by the tasks' keys; None where nothing was given.

    Against the tasks: `text` (another text of the document), `data` (another title, context, or
    choice of names), `missing` (not on the server) and `extra` (not among the tasks). `config` are
    the projects whose configuration is not the scheme's. `model` are tasks with predictions, but
    none by the model that is shown. `pulled` says how many annotations a pulled file lacks, has
    in an earlier state, or has though they are gone. `doubled` tasks are there more than once.
    """

    text: tuple[str, ...] | None = None
    data: tuple[str, ...] | None = None
    missing: tuple[str, ...] | None = None
    extra: tuple[str, ...] | None = None
    config: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    pulled: Mapping[str, int] | None = None
    doubled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a project, or of all projects of a blind annotation.

    Each task is one of `done` (somebody has submitted it), `skipped`, `drafts` and `open`; one
    that several annotators have in projects of their own is as many tasks. `shared` windows were
    submitted by several people; on `differing` of them the work is not the same in places, labels,
    attributes and relations. `f1` is that of their spans, taken pairwise, by place and label; None
    without any. `unread` tasks have an annotation that cannot be understood.
    """

    documents: int
    tasks: int
    done: int
    skipped: int
    drafts: int
    open: int
    annotators: tuple[Progress, ...]
    shared: int
    differing: int
    f1: float | None
    unread: int
    stale: Stale


def status(
    surveyed: Sequence[Surveyed],
    scheme: Scheme,
    *,
    tasks: Sequence[Task] | None = None,
    pulled: Corpus | None = None,
) -> Status:
    """What there is to say of projects; `tasks` and `pulled` are what a push had and a pull wrote.

    >>> from quotemark.scheme import default_scheme
    >>> work = (Annotation("a", "", "ana@example.org"), Annotation("a", "", "bo@example.org"))
    >>> task = Task("a", 0, 4, "Yes.", "", 4, annotations=work)
    >>> found = status([Surveyed("http://localhost/projects/1", "", (task,))], default_scheme())
    >>> found.done, found.shared, found.differing
    (1, 1, 0)
    """
    states = Counter(_state(task) for each in surveyed for task in each.tasks)
    both = [work for work in _submitted(surveyed) if len(work) > 1]
    return Status(
        len({task.doc_id for each in surveyed for task in each.tasks}),
        states.total(),
        states[SUBMITTED],
        states[SKIPPED],
        states[DRAFT],
        states[""],
        tuple(_progress(surveyed)),
        len(both),
        sum(len({said(layer) for layer in work}) > 1 for work in both),
        _f1(both),
        sum(each.unread for each in surveyed),
        _stale(surveyed, scheme, tasks, pulled),
    )


def _state(task: Task) -> str:
    found = {layer.status for layer in task.annotations}
    return next((each for each in (SUBMITTED, SKIPPED, DRAFT) if each in found), "")


def _progress(surveyed: Sequence[Surveyed]) -> Iterator[Progress]:
    owners = {each.annotator: each.tasks for each in surveyed if each.annotator}
    layers: dict[str, list[Annotation]] = {name: [] for name in owners}
    for each in surveyed:
        for task in each.tasks:
            for layer in task.annotations:
                name = layer.annotator.lower()
                layers.setdefault(name if name in owners else layer.annotator, []).append(layer)
    for name, own in sorted(layers.items()):
        counts = Counter(layer.status for layer in own)
        times = [lead_time(layer) for layer in own if layer.status == SUBMITTED]
        known = [seconds for seconds in times if seconds is not None]
        mine = owners.get(name)
        yield Progress(
            name,
            None if mine is None else len(mine),
            counts[SUBMITTED],
            counts[SKIPPED],
            counts[DRAFT],
            None if mine is None else sum(not _by(task, name) for task in mine),
            median(known) if known else None,
        )


def _by(task: Task, name: str) -> bool:
    return any(layer.annotator.lower() == name for layer in task.annotations)


def lead_time(layer: Annotation) -> float | None:
    """How many seconds an annotation took, as Label Studio measures it; None where unknown."""
    found = layer.provenance.get("label_studio")
    seconds = found.get("lead_time") if isinstance(found, dict) else None
    return float(seconds) if isinstance(seconds, int | float) else None


def _submitted(surveyed: Sequence[Surveyed]) -> list[list[Annotation]]:
    """The work submitted of each window in all projects, one piece by each person.

    Of somebody's several, that in their own project counts, else the first.
    """
    found: dict[str, dict[str, Annotation]] = {}
    for each in surveyed:
        for task in each.tasks:
            work = found.setdefault(task.key, {})
            for layer in task.annotations:
                name = layer.annotator.lower()
                if layer.status == SUBMITTED and (name == each.annotator or name not in work):
                    work[name] = layer
    return [list(work.values()) for work in found.values()]


def said(layer: Annotation) -> tuple[Any, ...]:
    """What an annotation says: its spans and relations by their content, ids left out.

    >>> said(Annotation("a", "", "ana")) == said(Annotation("a", "", "bo"))
    True
    """
    spans = {span.id: content(span) for span in layer.spans}
    arrows = sorted(
        (relation.label, spans.get(relation.head, ()), spans.get(relation.tail, ()))
        for relation in layer.relations
    )
    return tuple(sorted(spans.values())), tuple(arrows)


def _f1(windows: Iterable[Sequence[Annotation]]) -> float | None:
    both = either = 0
    for work in windows:
        places = [Counter((span.label, span.fragments) for span in a.spans) for a in work]
        for one, two in combinations(places, 2):
            both += (one & two).total()
            either += one.total() + two.total()
    return 2 * both / either if either else None


def _stale(
    surveyed: Sequence[Surveyed],
    scheme: Scheme,
    tasks: Sequence[Task] | None,
    pulled: Corpus | None,
) -> Stale:
    compared: dict[str, tuple[str, ...]] = (
        {} if tasks is None else _compared(surveyed, tasks, scheme)
    )
    return Stale(
        **compared,
        config=tuple(each.url for each in surveyed if not _same_config(each, scheme)),
        model=tuple(
            task.key for each in surveyed for task in each.tasks if _other_model(task, each)
        ),
        pulled=None if pulled is None else _pulled(surveyed, pulled),
        doubled=tuple(key for each in surveyed for key in each.doubled),
    )


def _same_config(project: Surveyed, scheme: Scheme) -> bool:
    return project.config.split() == same_config(project.config, scheme).split()


def _other_model(task: Task, project: Surveyed) -> bool:
    models = {layer.annotator for layer in task.predictions}
    if is_review(project.config):  # which shows all versions alike
        return False
    return bool(models) and project.model not in models


def _compared(
    surveyed: Sequence[Surveyed], tasks: Sequence[Task], scheme: Scheme
) -> dict[str, tuple[str, ...]]:
    given = {task.key: task for task in tasks}
    hashes = {task.doc_id: task.text_sha256 for task in tasks}
    text: dict[str, None] = {}
    data: dict[str, None] = {}
    extra: dict[str, None] = {}
    there: set[str] = set()
    for each in surveyed:
        for task in each.tasks:
            there.add(task.key)
            if hashes.get(task.doc_id, task.text_sha256) != task.text_sha256:
                text[task.key] = None
            elif task.key not in given:
                extra[task.key] = None
            elif _bare((each.data or {}).get(task.key, {})) != _data(given[task.key], scheme):
                data[task.key] = None
    missing = tuple(key for key in given if key not in there)
    return {"text": tuple(text), "data": tuple(data), "missing": missing, "extra": tuple(extra)}


def _data(task: Task, scheme: Scheme) -> Mapping[str, Json]:
    return _bare(to_json(replace(task, annotations=(), predictions=()), scheme)["data"])


def _bare(data: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in data.items() if name not in OF_PUSHES}


def _pulled(surveyed: Sequence[Surveyed], pulled: Corpus) -> dict[str, int]:
    there: dict[tuple[Json, Json], Json] = {}
    for each in surveyed:
        for task in each.tasks:
            for layer in task.annotations:
                there.update(_stamps(layer))
    here: dict[tuple[Json, Json], Json] = {}
    for layer in pulled:
        here.update(_stamps(layer))
    urls = {each.url for each in surveyed}
    return {
        "new": len(there.keys() - here.keys()),
        "changed": sum(here[name] != there[name] for name in there.keys() & here.keys()),
        "gone": len({name for name in here.keys() - there.keys() if name[0] in urls}),
    }


def _stamps(layer: Annotation) -> Iterator[tuple[tuple[Json, Json], Json]]:
    """Each annotation on a server that a layer is made of, with when it was saved last."""
    if layer.status not in (SUBMITTED, SKIPPED):
        return
    parts = layer.provenance.get("tasks")
    every = [layer.provenance, *(parts.values() if isinstance(parts, dict) else ())]
    for part in every:
        found = part.get("label_studio") if isinstance(part, Mapping) else None
        if isinstance(found, Mapping) and "annotation" in found:
            yield (found.get("url"), found["annotation"]), found.get("updated_at")
