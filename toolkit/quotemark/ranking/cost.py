"""What it costs to annotate a unit: minutes, by its words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from statistics import median
from typing import NamedTuple

from quotemark.model import Annotation
from quotemark.panel import SUBMITTED
from quotemark.quality.times import tasks
from quotemark.ranking.units import Unit

READING = 238.0
"""Words a minute of silent reading in English (Brysbaert, *How many words do we read per minute?*,
2019): what a unit costs at least, where nobody's time was measured."""

OPENING = 10.0
"""Seconds that every unit takes besides, to be opened and submitted: an assumption."""


class Pace(NamedTuple):
    """How fast people annotate: seconds for a word, and for each unit besides.

    `layers` is how many it was measured on; 0: it is assumed.
    """

    word: float = 60 / READING
    opening: float = OPENING
    layers: int = 0

    def minutes(self, unit: Unit) -> float:
        """What a unit costs.

        >>> round(Pace().minutes(Unit("a", "a", "word " * 238)), 2)
        1.17
        """
        return (unit.words * self.word + self.opening) / 60

    @property
    def signature(self) -> str:
        """
        >>> Pace().signature, Pace(0.5, 0, 12).signature
        ('pace:238wpm+10s', 'pace:120wpm+0s(12)')
        """
        speed = f"{60 / self.word:.0f}wpm" if self.word else "-"
        return f"pace:{speed}+{self.opening:g}s" + (f"({self.layers})" if self.layers else "")


def measured_pace(
    layers: Iterable[Annotation], units: Iterable[Unit], *, opening: float = OPENING
) -> Pace | None:
    """The pace of submitted layers whose lead times Label Studio measured; None without any.

    A word takes the median of what it took, `opening` less: a median, since a task that stays
    open overnight is no slow reading. `units` give the words, so only layers over these count.

    >>> spent = {"label_studio": {"lead_time": 70.0}}
    >>> layer = Annotation("a", "", "ann", provenance=spent)
    >>> measured_pace([layer], [Unit("a", "a", "word " * 120)])
    Pace(word=0.5, opening=10.0, layers=1)
    """
    by_doc: dict[str, list[Unit]] = {}
    for unit in units:
        by_doc.setdefault(unit.doc_id, []).append(unit)
    found = [
        max(0.0, seconds - opening) / words
        for layer in layers
        if layer.status == SUBMITTED
        for seconds, words in _timed(layer, by_doc.get(layer.doc_id, []))
    ]
    return Pace(median(found), opening, len(found)) if found else None


def _timed(layer: Annotation, units: list[Unit]) -> Iterator[tuple[float, int]]:
    """Seconds and words of each timed task that is a unit, or all units of the document."""
    every = tasks(layer)
    seen = [unit for unit in units if unit.within(layer)]
    for task in every:
        own = [unit for unit in seen if unit.window == task.window]
        if not own and len(every) == 1 and len(seen) == len(units):
            own = seen
        words = sum(unit.words for unit in own)
        if task.seconds is not None and words:
            yield task.seconds, words
