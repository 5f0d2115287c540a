"""Blind annotation on a server, or several: a project for each annotator, one set of work.

Such a project says in its description whose it is and how documents are shared out. It is found by
that, never by its title, which anybody's project may have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.labelstudio.annotators import Server
from quotemark.labelstudio.config import labeling_config
from quotemark.labelstudio.remote import projects, windows
from quotemark.labelstudio.remote.progress import Progress, silent
from quotemark.labelstudio.remote.pulling import Gathered, Pulled, assemble, gather
from quotemark.labelstudio.remote.pushing import PushReport, push
from quotemark.labelstudio.session import TIMEOUT, session, shown
from quotemark.labelstudio.shares import Design, divided, marker, read_marker, title
from quotemark.model import Annotation, Asked, Corpus, Fragment
from quotemark.scheme import Scheme
from quotemark.tasks import Task

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

T = TypeVar("T")


class Marked(NamedTuple):
    """A project of a blind annotation."""

    number: int
    design: Design
    annotator: str


@dataclass(frozen=True, slots=True)
class BlindPulled:
    """What a pull brought, and by annotator what is to be said of a blind annotation.

    `given` are the documents that each annotator was given, `unfinished` those of them that have
    windows neither submitted nor skipped. `elsewhere` are annotators with work in a project that
    is another's, by that other: it was not blind.
    """

    pulled: Pulled
    given: Mapping[str, tuple[str, ...]]
    unfinished: Mapping[str, tuple[str, ...]]
    elsewhere: Mapping[str, tuple[str, ...]]


def push_blind(
    tasks: Sequence[Task],
    design: Design,
    servers: Mapping[str, Server],
    *,
    scheme: Scheme,
    in_order: bool = False,
    update_config: bool = False,
    migrate: Sequence[str] = (),
    backup: Path | None = None,
    reanchor: Path | None = None,
    timeout: float = TIMEOUT,
    progress: Progress = silent,
) -> dict[str, PushReport]:
    """Bring each annotator's share of the tasks to a project of their own, as `push` does.

    `servers` says where each annotator's project is or is to be. Everything is checked on all
    servers before anything is sent to one. Raises `QuotemarkError` where annotators are no users
    of their server, where windows overlap those of the same text that are there, and where the
    project was begun with another design: then documents would change hands.
    """
    reports: dict[str, PushReport] = {}
    for name, (own, server, number) in given_out(tasks, design, servers, timeout).items():
        if number is None:
            with session(server.url, server.token, timeout) as client:
                config = labeling_config(scheme)
                words = marker(design, name)
                number, _ = projects.make(client, title(design.name, name), config, words)
        reports[name] = push(
            own,
            url=server.url,
            token=server.token,
            project=number,
            scheme=scheme,
            in_order=in_order,
            update_config=update_config,
            migrate=migrate,
            backup=own_file(backup, name),
            reanchor=own_file(reanchor, name),
            timeout=timeout,
            progress=progress,
        )
    return reports


class Own(NamedTuple):
    """An annotator's tasks, server, and project there, if there is one."""

    tasks: list[Task]
    server: Server
    project: int | None


def given_out(
    tasks: Sequence[Task], design: Design, servers: Mapping[str, Server], timeout: float
) -> dict[str, Own]:
    """What each annotator is given, and where. Raises as `push_blind` does; nothing is changed."""
    places = {name.lower(): server for name, server in servers.items()}
    windows.check(tasks)
    found = divided(design, tasks)
    if design.control is not None and tasks and not any(task.predictions for task in tasks):
        message = "a control arm makes sense only beside tasks with pre-annotations"
        raise error("control", message, "split with --extractor, or leave out --control")
    own: dict[str, Own] = {}
    for name in design.annotators:
        server = places[name]
        with session(server.url, server.token, timeout) as client:
            number = _ready(client, design, name, server)
            if number is not None:
                windows.check_project(client, number, found[name])
            own[name] = Own(found[name], server, number)
    return own


def own_file(file: Path | None, annotator: str) -> Path | None:
    """A file of one annotator's project only, named after both.

    >>> str(own_file(Path("before.json"), "ann@example.org"))
    'before-ann@example.org.json'
    """
    if file is None:
        return None
    who = "".join(c if c.isalnum() or c in "@.+-_" else "_" for c in annotator)
    return file.with_name(f"{file.stem}-{who}{file.suffix}")


def _ready(client: LabelStudio, design: Design, name: str, server: Server) -> int | None:
    """The annotator's project, if there is one; raises where a push to it could not be right."""
    place = shown(server.url)
    if name not in {str(user.email).lower() for user in client.users.list()}:
        message = f"{name!r} is no user of {place}"
        remedy = "have them sign up by the link of Organization, Add Members, and push again"
        raise error("annotators", message, remedy)
    every = _every(client)
    for marked in _marked(every, design.name):
        if marked.design != design:
            told = _described(marked.design)
            message = f"{design.name!r} was begun with another design at {place}: {told}"
            remedy = "push with the same, so that no document changes hands, or under another name"
            raise error("design", message, remedy)
        if marked.annotator == name:
            return marked.number
    called = title(design.name, name)
    if any(taken == called for _, taken, _ in every):
        message = f"a project at {place} is titled {called!r}, but is not of this annotation"
        raise error("project", message, "rename that project, or push under another name")
    return None


def _described(design: Design) -> str:
    control = "" if design.control is None else f" --control {design.control:g}"
    return (
        f"--annotators {','.join(design.annotators)} --overlap {design.overlap:g} "
        f"--several {design.several}{control} --seed {design.seed}"
    )


def _every(client: LabelStudio) -> list[tuple[int, str, str]]:
    pages: Any = client.projects.list(page_size=100, include="id,title,description")
    return sorted((int(p.id), str(p.title), p.description or "") for p in pages)


def _marked(every: Iterable[tuple[int, str, str]], name: str) -> list[Marked]:
    """The projects of the blind annotation of this name, by annotator; the first made of each."""
    found: dict[str, Marked] = {}
    for number, _, words in every:
        marked = read_marker(words)
        if marked and marked[0].name == name:
            found.setdefault(marked[1], Marked(number, *marked))
    return sorted(found.values(), key=lambda marked: marked.annotator)


def check_not_blind(project: str, server: Server, *, timeout: float = TIMEOUT) -> None:
    """Raises `QuotemarkError` where a project to be pushed to is a blind annotation's name."""
    with session(server.url, server.token, timeout) as client:
        if _is_blind(client, project):
            remedy = "give --annotators as before, or another name"
            raise error("project", f"{project!r} is a blind annotation", remedy)


def _is_blind(client: LabelStudio, project: str) -> bool:
    """Whether a name is a blind annotation's; raises where it is a project's title, too."""
    if project.isdecimal() or not _marked(_every(client), project):
        return False
    number = projects.find(client, project)
    if number is not None:
        message = f"{project!r} is a blind annotation, and project {number} has this title"
        raise error("project", message, f"name the project by its id, {number}, or rename it")
    return True


def pull_all(
    project: str,
    servers: Iterable[Server],
    *,
    scheme: Scheme,
    annotators: Iterable[str] | None = None,
    predictions: bool = False,
    keep_going: bool = False,
    timeout: float = TIMEOUT,
    cache: Path | None = None,
    progress: Progress = silent,
) -> BlindPulled:
    """The work in a project, or that of all annotators of a blind annotation, by its name.

    As `pull`. The work of a blind annotation is put together by the tasks' keys, and every layer
    by somebody who was given the document says so in its provenance, under `blind`: the windows
    that were `given`, and the `arm`. `asked` says, as everywhere, what was looked at: of an
    unfinished document the windows that were submitted. Where nothing of a document was,
    there is an empty draft that was asked nothing. With `annotators`, theirs only.
    """

    def bring(client: LabelStudio, server: Server, number: int) -> Gathered:
        return gather(
            client,
            number,
            server.url,
            scheme,
            predictions=predictions,
            cache=cache,
            progress=progress,
        )

    found = each_project(project, servers, annotators, timeout, bring)
    return merged(found, predictions=predictions, keep_going=keep_going)


def each_project(
    project: str,
    servers: Iterable[Server],
    annotators: Iterable[str] | None,
    timeout: float,
    act: Callable[[LabelStudio, Server, int], T],
) -> dict[str, T]:
    """What `act` gives for a project, under "", or for each of a blind annotation, by annotator."""
    places = list(dict.fromkeys(servers))
    if annotators is None and len(places) == 1:
        with session(places[0].url, places[0].token, timeout) as client:
            if not _is_blind(client, project):
                number = projects.need(client, project, shown(places[0].url))
                return {"": act(client, places[0], number)}
    return _visit(project, places, annotators, timeout, act)


def _visit(
    name: str,
    places: Sequence[Server],
    annotators: Iterable[str] | None,
    timeout: float,
    act: Callable[[LabelStudio, Server, int], T],
) -> dict[str, T]:
    """What `act` gives for each project of a blind annotation, by annotator.

    Raises `QuotemarkError` where one of `annotators` (None: of the design) has none.
    """
    found: dict[str, T] = {}
    wanted = None if annotators is None else {each.lower() for each in annotators}
    expected = set(wanted or ())
    for server in places:
        with session(server.url, server.token, timeout) as client:
            for marked in _marked(_every(client), name):
                expected |= set() if wanted else set(marked.design.annotators)
                if wanted is None or marked.annotator in wanted:
                    found[marked.annotator] = act(client, server, marked.number)
    if missing := sorted(expected - found.keys()):
        where = " and ".join(shown(server.url) for server in places)
        message = f"no project of {name!r} for {', '.join(missing)} at {where}"
        remedy = "push first; with a server each, give --annotators the file that push had"
        raise error("annotators", message, remedy)
    return dict(sorted(found.items()))


def merged(
    found: Mapping[str, Gathered], *, predictions: bool, keep_going: bool = False
) -> BlindPulled:
    """The tasks of all annotators' projects as one; see `pull_all`. Raises as `pull` does."""
    everything = Gathered(
        tuple(_by_key(task for each in found.values() for task in each.tasks)),
        (),
        tuple(problem for each in found.values() for problem in each.problems),
        sum(each.there for each in found.values()),
        sum(each.changed for each in found.values()),
        tuple(key for each in found.values() for key in each.doubled),
    )
    pulled = assemble(everything, everything.tasks, predictions=predictions, keep_going=keep_going)
    layers = list(pulled.corpus)
    given: dict[str, tuple[str, ...]] = {}
    unfinished: dict[str, tuple[str, ...]] = {}
    elsewhere: dict[str, tuple[str, ...]] = {}
    for annotator, each in found.items():
        if not annotator:  # a project for everybody
            continue
        tasks: dict[str, list[Task]] = {}
        for task in each.tasks:
            tasks.setdefault(task.doc_id, []).append(task)
        open_ = [
            doc_id for doc_id, own in tasks.items() if not all(_done(t, annotator) for t in own)
        ]
        given[annotator], unfinished[annotator] = tuple(tasks), tuple(open_)
        layers = [
            _given(layer, tasks[layer.doc_id])
            if layer.annotator.lower() == annotator and layer.doc_id in tasks
            else layer
            for layer in layers
        ]
        known = {layer.doc_id for layer in layers if layer.annotator.lower() == annotator}
        layers += (_empty(tasks[doc_id], annotator) for doc_id in open_ if doc_id not in known)
        people = {layer.annotator for task in each.tasks for layer in task.annotations}
        if others := sorted(name for name in people if name.lower() != annotator):
            elsewhere[annotator] = tuple(others)
    corpus = Corpus(pulled.corpus.documents, tuple(layers))
    return BlindPulled(replace(pulled, corpus=corpus), given, unfinished, elsewhere)


def _by_key(tasks: Iterable[Task]) -> Iterator[Task]:
    """Tasks of one key as one task with the annotations of all, and each model's prediction."""
    found: dict[str, list[Task]] = {}
    for task in tasks:
        found.setdefault(task.key, []).append(task)
    problems: list[Problem] = []
    for key, same in found.items():
        if len({task.text_sha256 for task in same}) > 1:
            message = "annotators have different texts of it"
            where = Where(doc=same[0].doc_id, item=key)
            problems.append(Problem(where, "two-texts", message, "push one text to all"))
        guesses = {layer.annotator: layer for task in same for layer in task.predictions}
        yield replace(
            same[0],
            annotations=tuple(layer for task in same for layer in task.annotations),
            predictions=tuple(guesses.values()),
        )
    if problems:
        raise QuotemarkError(problems)


def _done(task: Task, annotator: str) -> bool:
    """Whether an annotator has submitted or skipped a task."""
    return any(
        layer.annotator.lower() == annotator and layer.status in ("submitted", "cancelled")
        for layer in task.annotations
    )


def _given(layer: Annotation, tasks: Sequence[Task]) -> Annotation:
    said: dict[str, Any] = {"given": [list(window) for window in _windows(tasks)]}
    if tasks[0].arm:
        said["arm"] = tasks[0].arm
    return replace(layer, provenance={**layer.provenance, "blind": said})


def _empty(tasks: Sequence[Task], annotator: str) -> Annotation:
    first = tasks[0]
    bare = Annotation(
        first.doc_id,
        first.text_sha256,
        annotator,
        asked=Asked(windows=()),
        status="draft",
        scheme=first.scheme,
    )
    return _given(bare, tasks)


def _windows(tasks: Iterable[Task]) -> tuple[Fragment, ...]:
    return Asked(windows=tuple((task.start, task.end) for task in tasks)).windows or ()
