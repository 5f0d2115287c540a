"""What is ranked: documents, or the tasks that they were split into."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from quotemark.model import Annotation, Document, Fragment
from quotemark.segment import WORD
from quotemark.tasks import Task


@dataclass(frozen=True, slots=True)
class Unit:
    """A document, or one window of it, under the id that ranks name it by.

    `window` is None for a whole document. `text` is the window's.
    """

    id: str
    doc_id: str
    text: str
    window: Fragment | None = None

    @property
    def words(self) -> int:
        """The number of runs of word characters.

        >>> Unit("a", "a", "It is over, she said.").words
        5
        """
        return len(WORD.findall(self.text))

    def within(self, layer: Annotation) -> bool:
        """Whether all of the unit is in what a layer's annotator was asked to look at.

        >>> from quotemark.model import Asked
        >>> layer = Annotation("a", "", "ann", asked=Asked(windows=((0, 9),)))
        >>> Unit("a:0-9", "a", "", (0, 9)).within(layer), Unit("a", "a", "").within(layer)
        (True, False)
        """
        if layer.doc_id != self.doc_id:
            return False
        if layer.asked.windows is None:
            return True
        if self.window is None:
            return False
        first, last = self.window
        return any(start <= first and last <= end for start, end in layer.asked.windows)


def of_documents(documents: Iterable[Document]) -> list[Unit]:
    """A unit for each document.

    >>> of_documents([Document("a", "Yes.")])
    [Unit(id='a', doc_id='a', text='Yes.', window=(0, 4))]
    """
    return [Unit(doc.id, doc.id, doc.text, (0, len(doc.text))) for doc in documents]


def of_tasks(tasks: Iterable[Task]) -> list[Unit]:
    """A unit for each task, by its key.

    >>> of_tasks([Task("a", 4, 8, "Yes.", "", 20)])
    [Unit(id='a:4-8', doc_id='a', text='Yes.', window=(4, 8))]
    """
    return [Unit(task.key, task.doc_id, task.text, (task.start, task.end)) for task in tasks]
