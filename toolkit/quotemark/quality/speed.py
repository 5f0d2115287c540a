"""How fast annotators are, and whether they get faster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from quotemark.model import Corpus, Document
from quotemark.panel import Layers, people
from quotemark.quality.times import Task, tasks
from quotemark.scheme import Scheme, default_scheme
from quotemark.segment import WORD


class Quartiles(NamedTuple):
    """Three quartiles, by linear interpolation."""

    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class Speed:
    """How long one annotator took, as Label Studio measured it, in seconds.

    `tasks` have a time, `untimed` ones none. `task` is of seconds a task, `words` of seconds for
    1,000 words, over tasks whose text is known and has any; None where there is none. `hours` are
    of all timed tasks. `first` and `second` are the median seconds for 1,000 words in the first
    half of these tasks, rounded down, and in the second, in the order of submission, of those
    whose moment is known; None with fewer than two.
    """

    annotator: str
    tasks: int
    untimed: int
    hours: float | None
    task: Quartiles | None
    words: Quartiles | None
    first: float | None
    second: float | None


def annotator_speed(corpus: Corpus, *, scheme: Scheme | None = None) -> list[Speed]:
    """How fast every annotator is, over all their submitted layers, in the order of names.

    Label Studio counts the time a task is open, pauses too: quartiles bear a few long ones.
    Raises `QuotemarkError` for layers that are not fit (see `panel.panels`).

    >>> from quotemark.model import Annotation
    >>> took = {"label_studio": {"lead_time": 6.0}}
    >>> layer = Annotation("d", "", "ann", provenance=took)
    >>> annotator_speed(Corpus({"d": Document("d", "Three words here.")}, (layer,)))[0].words.median
    2000.0
    """
    return speed(people(corpus, scheme or default_scheme()), corpus.documents)


def speed(everybody: Mapping[str, Layers], documents: Mapping[str, Document]) -> list[Speed]:
    """As `annotator_speed`, of people whose layers are known to be fit."""
    found = []
    for name, layers in everybody.items():
        every = [task for layer in layers.values() for task in tasks(layer)]
        timed = [task for task in every if task.seconds is not None]
        seconds = [task.seconds or 0.0 for task in timed]
        pace = [(task, rate) for task in timed if (rate := _rate(task, documents)) is not None]
        first, second = _learning(pace)
        found.append(
            Speed(
                name,
                len(timed),
                len(every) - len(timed),
                sum(sorted(seconds)) / 3600 if seconds else None,
                quartiles(seconds),
                quartiles([rate for _, rate in pace]),
                first,
                second,
            )
        )
    return found


def quartiles(numbers: Sequence[float]) -> Quartiles | None:
    """The quartiles of numbers; None of none.

    >>> quartiles([1, 2, 3, 4])
    Quartiles(low=1.75, median=2.5, high=3.25)
    """
    if not numbers:
        return None
    return Quartiles(*map(float, np.quantile(np.array(numbers, float), [0.25, 0.5, 0.75])))


def _rate(task: Task, documents: Mapping[str, Document]) -> float | None:
    """Seconds for 1,000 words."""
    document = documents.get(task.document)
    if document is None or task.seconds is None:
        return None
    start, end = task.window or (0, len(document.text))
    number = len(WORD.findall(document.text[start:end]))
    return 1000 * task.seconds / number if number else None


def _learning(pace: Iterable[tuple[Task, float]]) -> tuple[float | None, float | None]:
    dated = [(task.made, task.place, rate) for task, rate in pace if task.made is not None]
    rates = [rate for *_, rate in sorted(dated)]
    if len(rates) < 2:
        return None, None
    middle = len(rates) // 2
    return float(np.median(rates[:middle])), float(np.median(rates[middle:]))
