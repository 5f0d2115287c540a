"""Who gets which document of a blind annotation, by the seed and the document's id alone.

Everything is drawn by hashing, each draw by itself: a document's share stays what it is whatever
other documents are pushed, in whatever order, from whatever machine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

import msgspec

from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.tasks import Task

ASSISTED, CONTROL = "assisted", "control"
"""The arms: with pre-annotation, and without."""

TITLE = 50
"""How many characters a project's title may have on the server."""

MARKER = "quotemark blind annotation "
"""What stands in the description of such a project before its design, as JSON."""

_RANGE = 2**64


@dataclass(frozen=True, slots=True)
class Design:
    """How the documents of one blind annotation are shared out; the same from its first push on.

    `annotators` are emails, in any order. Of the documents, `overlap` is the share that several
    of them label: `several` of each. `control` is the share without pre-annotation; None where
    arms are not told apart. Raises `QuotemarkError` for what makes no sense.

    >>> Design("Ferry", ("Bo@x.org", "ana@x.org"), overlap=0.2).annotators
    ('ana@x.org', 'bo@x.org')
    """

    name: str
    annotators: tuple[str, ...]
    overlap: float = 0.0
    several: int = 2
    control: float | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        names = [name.strip().lower() for name in self.annotators]  # as the server keeps emails
        object.__setattr__(self, "annotators", tuple(sorted(names)))
        for name in names:
            if "@" not in name:
                message = f"{name!r} is no email"
                raise error("annotators", message, "name annotators by their emails")
            if names.count(name) > 1:
                raise error("annotators", f"{name!r} is named twice", "name each once")
        if not names:
            raise error("annotators", "there are no annotators", "name at least one")
        for what, share in (("overlap", self.overlap), ("control", self.control or 0.0)):
            if not 0 <= share <= 1:
                raise error(what, f"{what} is {share}", "give a share from 0 to 1")
        if self.overlap and len(names) == 1:
            message = "an overlap takes two annotators or more, and there is one"
            raise error("annotators", message, "name another, or leave the overlap out")
        if self.overlap and not 2 <= self.several <= len(names):
            message = f"{self.several} of {len(names)} annotators cannot label a document"
            raise error("annotators", message, "share documents among 2 or more, up to all")


class Share(NamedTuple):
    """Who annotates a document, and in which arm it is; "" where arms are not told apart."""

    annotators: tuple[str, ...]
    arm: str


def share(design: Design, doc_id: str) -> Share:
    """What becomes of a document.

    A document is labelled by several, and is in the control arm, with the probabilities of the
    design; each annotator is as likely as any other, by highest random weight (Thaler and
    Ravishankar 1998). All draws are independent: of n documents, about `overlap` × n are shared,
    with a standard deviation of √(n × overlap × (1 - overlap)), and so on.

    >>> design = Design("Ferry", ("a@x", "b@x"), overlap=0.5, control=0.5)
    >>> [share(design, name) == share(design, name) for name in ("d1", "d2")]
    [True, True]
    >>> sum(len(share(design, f"d{i}").annotators) == 2 for i in range(1000))
    502
    """

    def draw(*purpose: str) -> int:
        words = "\0".join((str(design.seed), *purpose, doc_id))
        digest = hashlib.sha256(words.encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8])

    count = design.several if draw("overlap") < design.overlap * _RANGE else 1
    ranked = sorted(design.annotators, key=lambda name: (-draw("annotator", name), name))
    arm = ""
    if design.control is not None:
        arm = CONTROL if draw("control") < design.control * _RANGE else ASSISTED
    return Share(tuple(sorted(ranked[:count])), arm)


def divided(design: Design, tasks: Iterable[Task]) -> dict[str, list[Task]]:
    """Each annotator's tasks, in the order given: all of a document's or none.

    They say whose they are and in which arm; those of the control arm have no predictions, and
    annotations are those of this annotator only. An annotator may have none. Raises
    `QuotemarkError` where somebody has annotated a document already that falls to others.

    >>> from quotemark.model import Document
    >>> from quotemark.tasks import split
    >>> found = divided(Design("Ferry", ("a@x", "b@x")), split(Document("d1", "Yes.")))
    >>> {name: [(task.key, task.assigned) for task in tasks] for name, tasks in found.items()}
    {'a@x': [('d1:0-4', 'a@x')], 'b@x': []}
    """
    found: dict[str, list[Task]] = {name: [] for name in design.annotators}
    problems: list[Problem] = []
    for task in tasks:
        names, arm = share(design, task.doc_id)
        for layer in task.annotations:
            if layer.annotator.lower() not in names:
                others = " and ".join(names)
                message = f"{layer.annotator!r} has annotated it, but it falls to {others}"
                where = Where(doc=task.doc_id, item=task.key)
                problems.append(Problem(where, "annotators", message, "split without annotations"))
        for name in names:
            own = tuple(a for a in task.annotations if a.annotator.lower() == name)
            guesses = () if arm == CONTROL else task.predictions
            found[name].append(
                replace(task, annotations=own, predictions=guesses, assigned=name, arm=arm)
            )
    if problems:
        raise QuotemarkError(problems)
    return found


def title(name: str, annotator: str) -> str:
    """The title of an annotator's project: the name and the email, cut where they are too long.

    What is cut gets a hash of the whole, so that titles stay distinct.

    >>> title("Ferry", "ana@example.org")
    'Ferry, ana@example.org'
    >>> title("The new ferry and everything said about it", "ana@example.org")
    'The new ferry and everything said abou… (5464a8b8)'
    """
    whole = f"{name}, {annotator}"
    if len(whole) <= TITLE:
        return whole
    digest = hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    end = f"… ({digest})"
    return whole[: TITLE - len(end)] + end


def marker(design: Design, annotator: str) -> str:
    """The description of an annotator's project, by which it is found again.

    People see how it begins on the page of all projects.

    >>> design = Design("Ferry", ("a@x", "b@x"), overlap=0.2)
    >>> marker(design, "a@x").splitlines()[0]
    'For a@x. Please work in your own project only.'
    >>> read_marker(marker(design, "a@x")) == (design, "a@x")
    True
    """
    words = f"For {annotator}. Please work in your own project only.\n\n"
    return words + MARKER + msgspec.json.encode({"for": annotator, "design": design}).decode()


class _Marker(msgspec.Struct):
    design: Design
    annotator: str = msgspec.field(name="for")


def read_marker(description: str | None) -> tuple[Design, str] | None:
    """The design, and whose project it is; None of a project that is no such one.

    What else stands in the description, before or behind, is passed over.
    """
    _, marked, rest = (description or "").partition(MARKER)
    if not marked:
        return None
    try:
        found = msgspec.convert(json.JSONDecoder().raw_decode(rest)[0], _Marker)
    except (ValueError, RecursionError, QuotemarkError):
        return None
    return found.design, found.annotator


def shared_out(found: dict[str, list[Task]]) -> list[dict[str, str | int]]:
    """How many documents, tasks and characters each annotator has, as lines of a table."""
    shared = _counts(found)
    return [
        {
            "annotator": name,
            "documents": len({task.doc_id for task in tasks}),
            "shared": len({task.doc_id for task in tasks if shared[task.doc_id] > 1}),
            "control": len({task.doc_id for task in tasks if task.arm == CONTROL}),
            "tasks": len(tasks),
            "characters": sum(len(task.text) for task in tasks),
        }
        for name, tasks in found.items()
    ]


def _counts(found: dict[str, list[Task]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for tasks in found.values():
        for doc_id in {task.doc_id for task in tasks}:
            counts[doc_id] = counts.get(doc_id, 0) + 1
    return counts
