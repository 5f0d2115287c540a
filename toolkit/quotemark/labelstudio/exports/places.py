"""Where an export's regions lie: what their offsets count is decided by their words.

Offsets of today's `Text` count code points, older ones UTF-16 units, and what a browser counts
inside a web page or an utterance is UTF-16 to this day. No export says which it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from quotemark.labelstudio.regions import same_words
from quotemark.model import Fragment, Json
from quotemark.offsets import Offsets, to_points, utf16_offsets

Unit = Literal["code-points", "utf-16"]
UNITS: tuple[Unit, ...] = ("code-points", "utf-16")

Value = Mapping[str, Any]
"""A region's `value`."""


@dataclass(frozen=True)
class Source:
    """A text as annotators saw it, with what is known of it.

    `locate` gives the fragments that a region's value can mean when its offsets count a unit, the
    likeliest first; none where there is no such place. `same` compares the words that a region
    says it has with those at its place.
    """

    text: str
    locate: Callable[[Value, Unit], list[Fragment]]
    meta: Mapping[str, Json] = field(default_factory=dict)
    same: Callable[[str, str], bool] = same_words


class Reading(NamedTuple):
    """A layer's regions in one unit: where each lies (None: nowhere), and how many fit.

    A region fits where its words stand at its place; one without words fits anywhere.
    """

    unit: Unit
    places: tuple[Fragment | None, ...]
    fits: tuple[bool, ...]
    exact: int


def plain(text: str) -> Source:
    """A text that the tag *Text* shows: `start` and `end` count from its beginning.

    >>> plain("😀 said").locate({"start": 3, "end": 7}, "utf-16")
    [(2, 6)]
    """
    counted = scales(text)

    def locate(value: Value, unit: Unit) -> list[Fragment]:
        start, end = (point(counted[unit], value.get(key)) for key in ("start", "end"))
        return [] if start is None or end is None else [(start, end)]

    return Source(text, locate)


def scales(text: str) -> Mapping[Unit, Offsets]:
    """A text's offsets in each unit."""
    return {"code-points": range(len(text) + 1), "utf-16": utf16_offsets(text)}


def point(scale: Offsets, offset: Any) -> int | None:
    """An offset, a number or its digits, in code points; None where it lies nowhere in the text."""
    if isinstance(offset, str) and offset.isascii() and offset.isdigit() and len(offset) < 10:
        offset = int(offset)
    if not isinstance(offset, int) or isinstance(offset, bool):
        return None
    return to_points(scale, [offset])[0]


def words_of(value: Value) -> str | None:
    """The words that a region says it has; None where it says nothing."""
    words = value.get("text")
    return words if isinstance(words, str) and words.strip() else None


def readings(source: Source, values: Sequence[Value]) -> tuple[Reading, ...]:
    """The layer read in each unit; one reading where all come to the same."""
    found = tuple(_reading(source, values, unit) for unit in UNITS)
    return found[:1] if found[0].places == found[1].places else found


def decided(found: Sequence[Reading]) -> Reading | None:
    """The reading that the words speak for; None where they do not say.

    That is the one in which every region fits; if that is true of both, the one in which more
    words fit to the letter; if of neither, the one in which more fit, for its misfits to be told.

    >>> said = plain("😀😀 aa aa said")
    >>> decided(readings(said, [{"start": 11, "end": 15, "text": "said"}])).unit
    'utf-16'
    >>> decided(readings(said, [{"start": 5, "end": 7}])) is None
    True
    """
    best = max(found, key=lambda reading: (sum(reading.fits), reading.exact))
    rank = (sum(best.fits), best.exact)
    rivals = [r for r in found if r is not best and (sum(r.fits), r.exact) == rank]
    return None if rivals else best


def _reading(source: Source, values: Sequence[Value], unit: Unit) -> Reading:
    places: list[Fragment | None] = []
    fits: list[bool] = []
    exact = 0
    for value in values:
        words = words_of(value)
        options = [(s, e) for s, e in source.locate(value, unit) if 0 <= s < e <= len(source.text)]
        fitting = [p for p in options if words and source.same(words, source.text[slice(*p)])]
        exact += any(_literal(words) == source.text[slice(*p)] for p in fitting if words)
        places.append(next(iter(fitting or options), None))
        fits.append(bool(fitting) or (words is None and bool(options)))
    return Reading(unit, tuple(places), tuple(fits), exact)


def _literal(words: str) -> str:
    """Words with their line breaks as such, not as a backslash and an n."""
    return words.replace("\\n", "\n")
