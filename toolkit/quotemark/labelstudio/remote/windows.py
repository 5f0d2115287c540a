"""Windows of one text that overlap: refused before they are in a project that nobody can pull."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from quotemark.errors import Problem, QuotemarkError, Where
from quotemark.labelstudio.remote.creating import Present, present
from quotemark.model import Fragment
from quotemark.tasks import Task

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

Text = tuple[str, str]
"""A document's id and its text's hash."""

NOTHING = Present({}, 0)
"""An empty project."""


def check_project(client: LabelStudio, project: int, tasks: Sequence[Task]) -> None:
    """As `check`, against the tasks that a project has now."""
    texts = {task.doc_id: task.text_sha256 for task in tasks}
    check(tasks, present(client, project, texts, predictions=False))


def check(tasks: Iterable[Task], there: Present = NOTHING) -> None:
    """Raises `QuotemarkError` where a task overlaps another, or one that the project has.

    The same window again is none, nor is one of another text of the document.
    """
    new: dict[Text, set[Fragment]] = {}
    for task in tasks:
        new.setdefault((task.doc_id, task.text_sha256), set()).add((task.start, task.end))
    old: dict[Text, set[Fragment]] = {}
    for same in there.tasks.values():
        data = same[0]["data"]
        text = str(data.get("document")), str(data["text_sha256"])
        match data.get("window"):
            case [int(start), int(end)] if text in new:
                old.setdefault(text, set()).add((start, end))
    problems = [
        problem
        for text, windows in new.items()
        for problem in _overlaps(text[0], windows, old.get(text, set()))
    ]
    if problems:
        raise QuotemarkError(problems)


def _overlaps(doc_id: str, new: set[Fragment], old: set[Fragment]) -> Iterator[Problem]:
    """The first overlap of a new window; those of two old ones are not this push's."""
    widest = (0, 0)
    for window in sorted(new | old):
        if window[0] < widest[1] and {window, widest} & new:
            one, other = (window, widest) if window in new else (widest, window)
            place = "in the project" if other in old else "of the tasks"
            message = (
                f"the window {one[0]}-{one[1]} overlaps {other[0]}-{other[1]} {place}: "
                "pull could not put the two together"
            )
            remedy = "give the same --window as before, or another project"
            yield Problem(Where(doc=doc_id), "window", message, remedy)
            return
        widest = max(widest, window, key=lambda each: each[1])
