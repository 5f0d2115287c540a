"""The earlier text of an article and all that was made of it: looked at, and kept in a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.files import write_atomic
from quotemark.formats import write
from quotemark.labelstudio.codec import parse
from quotemark.labelstudio.moving import Moved, moved_parts
from quotemark.labelstudio.remote.listing import exported, version
from quotemark.model import Corpus, Json
from quotemark.scheme import Scheme
from quotemark.tasks import Task, stitch
from quotemark.wording import counted

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

Raw = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Outdated:
    """How much a project has of a document's earlier text."""

    doc_id: str
    tasks: int
    annotations: int
    drafts: int

    @property
    def problem(self) -> Problem:
        there = (
            counted(self.tasks, "task"),
            counted(self.annotations, "annotation"),
            counted(self.drafts, "draft"),
        )
        message = f"the project has another text of it: {', '.join(there)}"
        remedy = "give --reanchor FILE to bring them to the new text, or the text another id"
        return Problem(Where(doc=self.doc_id), "text-hash", message, remedy)


class Earlier(NamedTuple):
    """The old tasks of a document, by id, also those that are gone by now; and its new tasks."""

    doc_id: str
    old: dict[int, Raw]
    tasks: tuple[Task, ...]


class Reader(NamedTuple):
    """What it takes to read the server's tasks: its users' emails, and the scheme."""

    users: Mapping[int, str]
    scheme: Scheme


def survey(found: Iterable[Raw]) -> tuple[Outdated, ...]:
    """What there is of earlier texts, by document, given the exported tasks of them."""
    return tuple(
        Outdated(
            doc_id,
            len(group),
            sum(len(task["annotations"]) for task in group),
            sum(len(list(drafts_of(task))) for task in group),
        )
        for (doc_id, _), group in _by_text(found).items()
    )


def prepare(
    client: LabelStudio,
    project: int,
    outdated: Sequence[Raw],
    tasks: Sequence[Task],
    scheme: Scheme,
    file: Path | None,
) -> tuple[Earlier, ...]:
    """What is to be brought to the new texts, once a file has all of it.

    Raises `QuotemarkError` where there is no `file` to keep it in, and as `gathered` does.
    """
    if not outdated:
        return ()
    found = list(exported(client, project, [int(task["id"]) for task in outdated]))
    if file is None:
        raise QuotemarkError(one.problem for one in survey(found))
    reader = reader_of(client, scheme)
    every = _with_kept(found, file)
    earlier, corpora = gathered(found, every, tasks, reader, file)
    write_atomic(_raw_file(file), msgspec.json.encode(every), private=True)
    documents = {doc.id: doc for corpus in corpora for doc in corpus.documents.values()}
    write(Corpus(documents, tuple(layer for corpus in corpora for layer in corpus)), file)
    return earlier


def foreseen(
    found: Sequence[Raw], tasks: Sequence[Task], reader: Reader, file: Path
) -> tuple[Moved, ...]:
    """What would become of the annotations of old tasks; nothing is changed.

    Raises `QuotemarkError` as `gathered` does.
    """
    earlier, _ = gathered(found, _with_kept(found, file), tasks, reader, file)
    return tuple(moved_parts(read_tasks(one.old.values(), reader), one.tasks)[1] for one in earlier)


def gathered(
    found: Sequence[Raw],
    every: Sequence[Raw],
    tasks: Sequence[Task],
    reader: Reader,
    file: Path,
) -> tuple[tuple[Earlier, ...], list[Corpus]]:
    """The old tasks that are `found`, by document, and all earlier texts with their annotations.

    Raises `QuotemarkError` where somebody has a draft in an old task, and where an annotation or
    a text cannot be read or is not whole.
    """
    if drafts := drafts_in(found):
        raise QuotemarkError(drafts)
    groups = _by_text(every)
    corpora = [_earlier_text(place, group, reader, file) for place, group in groups.items()]
    twice = {doc_id for doc_id, _ in groups if sum(doc_id == other for other, _ in groups) > 1}
    if twice:
        message = "there are several earlier texts of it"
        remedy = "name another file, and delete the old tasks of all texts but one"
        raise error("reanchor", message, remedy, file=file, doc=min(twice))
    earlier = []
    for doc_id, text in _by_text(found):
        mine = tuple(task for task in tasks if task.doc_id == doc_id)
        _whole(mine, doc_id)
        group = {int(task["id"]): task for task in groups[doc_id, text]}
        earlier.append(Earlier(doc_id, group, mine))
    return tuple(earlier), corpora


def _with_kept(found: Iterable[Raw], file: Path) -> list[Raw]:
    """Old tasks, also those that a push which was cut off has kept and deleted."""
    return list({**_kept(file), **{int(task["id"]): task for task in found}}.values())


def reader_of(client: LabelStudio, scheme: Scheme) -> Reader:
    return Reader({int(u.id): str(u.email) for u in client.users.list() if u.id}, scheme)


def read_tasks(raw: Iterable[Raw], reader: Reader) -> list[Task]:
    """Old tasks with their annotations. Raises `QuotemarkError` for what cannot be read."""
    joined: dict[tuple[str, str], Raw] = {}
    for task in raw:
        name = version(task) or ("", "")
        first = joined.setdefault(name, task)
        if first is not task:
            both = [*first["annotations"], *task["annotations"]]
            joined[name] = {**first, "annotations": both}
    every = ({**task, "drafts": []} for task in joined.values())
    parsed = [parse(task, reader.scheme, users=reader.users) for task in every]
    problems = [problem for one in parsed for problem in one.problems]
    if problems:
        raise QuotemarkError(problems)
    return [one.task for one in parsed if one.task]


def _earlier_text(
    place: tuple[str, str], group: Iterable[Raw], reader: Reader, file: Path
) -> Corpus:
    """A document as it was, with all annotations of it."""
    corpus = stitch(read_tasks(group, reader))
    if place[0] not in corpus.documents:
        message = "some of its old tasks are gone, and with them a part of the earlier text"
        remedy = "name the file that the push which was cut off has written"
        raise error("reanchor", message, remedy, file=file, doc=place[0])
    return corpus


def _by_text(tasks: Iterable[Raw]) -> dict[tuple[str, str], list[Raw]]:
    """Tasks by document and text hash."""
    found: dict[tuple[str, str], list[Raw]] = {}
    for task in tasks:
        place = str(task["data"]["document"]), str(task["data"]["text_sha256"])
        found.setdefault(place, []).append(task)
    return found


def drafts_of(task: Raw) -> Iterator[Raw]:
    yield from (draft for draft in task["drafts"] if draft["result"])


def drafts_in(found: Iterable[Raw]) -> tuple[Problem, ...]:
    """The drafts in old tasks, which would not go along."""
    return tuple(_drafted(task, draft) for task in found for draft in drafts_of(task))


def _drafted(task: Raw, draft: Raw) -> Problem:
    where = Where(doc=str(task["data"]["document"]), item=f"task {task['id']}")
    message = f"{draft['user']} has an unsaved draft in this task of the earlier text"
    return Problem(where, "draft", message, "ask for it to be submitted, or thrown away")


def _whole(tasks: Sequence[Task], doc_id: str) -> None:
    """Raises where not all of the new text is about to be pushed, or two texts of it are."""
    stitched = stitch(replace(task, annotations=()) for task in tasks)
    if doc_id not in stitched.documents:
        message = "only a part of its new text is among the tasks"
        raise error("reanchor", message, "push all of its tasks at once", doc=doc_id)


def _raw_file(file: Path) -> Path:
    """The old tasks beside the file, as the server exports them: a push that was cut off finds
    there what it has deleted already."""
    return file.with_name(f"{file.name}.tasks.json")


def _kept(file: Path) -> dict[int, Raw]:
    """The old tasks that a push which was cut off has kept, by id."""
    raw = _raw_file(file)
    if not raw.exists():
        if file.exists():
            message = "is there already, and is of no push that was cut off"
            raise error("reanchor", message, "name another file", file=file)
        return {}
    try:
        there = msgspec.json.decode(raw.read_bytes(), type=list[dict[str, Any]])
        return {int(task["id"]): task for task in there if version(task)}
    except (OSError, msgspec.DecodeError, KeyError, TypeError, ValueError):
        raise error("reanchor", "cannot be read", "name another file", file=raw) from None
