"""Which place each wording has, where its words stand in several.

Wordings with the same label and words take different places as long as there are enough: those
that something ties to a place (context, related spans, a source's name) the nearest one, all
of them together at the least cost; the others in the order given, between their neighbours.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from quotemark.grounding.normal import SPACE, normalized
from quotemark.grounding.search import Place, Text
from quotemark.grounding.wording import Wording
from quotemark.model import Fragment
from quotemark.segment import paragraphs

if TYPE_CHECKING:
    import numpy as np

    Costs = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

CONTEXT = 200
"""How many characters of `before` and `after` are compared."""

BREAK = 200
"""How many characters the end of a paragraph counts for, where distances are compared."""


class Choice(NamedTuple):
    """The place of a wording; `shared` where another one, with the same label, has it too."""

    place: Place
    shared: bool = False


@dataclass(frozen=True)
class Request:
    """A document's wordings to be placed.

    `places` are those of each wording. `related` are the ids of each item that relations join
    to an item, `names` where those stand who may have said it, both by id; `known` are the
    places of spans that have offsets.
    """

    text: Text
    wordings: Sequence[Wording]
    places: Sequence[Sequence[Place]]
    related: Mapping[str, Sequence[str]] = field(default_factory=dict)
    names: Mapping[str, Sequence[Fragment]] = field(default_factory=dict)
    known: Mapping[str, Fragment] = field(default_factory=dict)
    taken: frozenset[tuple[str, tuple[Fragment, ...]]] = frozenset()


def assign(request: Request) -> dict[int, Choice]:
    """The choice for each wording that has a place, by its number.

    What can stand in one place only is placed first, then the longest words: the others find
    them there.
    """
    groups: dict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
    for number, wording in enumerate(request.wordings):
        if request.places[number]:
            groups[wording.label, wording.words].append(number)
    made = _Assignment(request)
    for numbers in sorted(groups.values(), key=lambda numbers: _turn(request, numbers)):
        made.place(numbers)
    return made.chosen


def _turn(request: Request, numbers: list[int]) -> tuple[bool, int, int]:
    first = numbers[0]
    return len(request.places[first]) > 1, -sum(map(len, request.wordings[first].words)), first


class _Assignment:
    """What has been placed so far: by number, by id, and in order by label."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.chosen: dict[int, Choice] = {}
        self.taken = set(request.taken)
        self.at: dict[str, Fragment] = dict(request.known)
        self.order: dict[str, list[int]] = defaultdict(list)
        self.lines = [start for start, _ in paragraphs(request.text.text)]

    def place(self, numbers: list[int]) -> None:
        """Place wordings that share their label and words, and so their possible places."""
        places = self.request.places[numbers[0]]
        label = self.request.wordings[numbers[0]].label
        free = [n for n, place in enumerate(places) if (label, place.fragments) not in self.taken]
        tied = {number: cost for number in numbers if (cost := self.costs(number)) is not None}
        for number, chosen in _cheapest(tied, free).items():
            self.take(number, places[chosen])
        left = [places[n] for n in free if (label, places[n].fragments) not in self.taken]
        self.place_in_order([number for number in numbers if number not in self.chosen], left)
        for number in numbers:
            if number in self.chosen:
                continue
            if number in tied:
                self.take(number, places[int(tied[number].argmin())], shared=True)
            else:
                first, _ = self.between(number)
                nearest = min(places, key=lambda p: (p.rank, abs(p.start - first), p.start))
                self.take(number, nearest, shared=True)

    def place_in_order(self, waiting: list[int], free: list[Place]) -> None:
        """Give free places to wordings in their order, the best places first.

        Each has the first one that stands between its neighbours; the nearest one where none
        does. Those that are left over stay without.
        """
        numbers = waiting
        for rank in sorted({place.rank for place in free}):
            left = [place for place in free if place.rank == rank]
            late = []
            for number in waiting:
                first, last = self.between(number)
                at = bisect_left(left, first, key=lambda place: place.start)
                if at < len(left) and left[at].end <= last:
                    self.take(number, left.pop(at))
                else:
                    late.append(number)
            waiting = late[len(left) :]
            for number in late[: len(left)]:
                first, _ = self.between(number)
                nearest = min(left, key=lambda p: (abs(p.start - first), p.start))
                left.remove(nearest)
                self.take(number, nearest)
        served = [number for number in numbers if number in self.chosen]
        # Good places came first, whatever their order; now the order of the text is restored.
        spots = sorted((self.chosen[n].place for n in served), key=lambda p: p.fragments)
        for number, place in zip(served, spots, strict=True):
            self.chosen[number] = Choice(place)
            self.at[self.request.wordings[number].id] = (place.start, place.end)

    def between(self, number: int) -> tuple[int, int]:
        """Where a wording stands if it stands between its neighbours of the same label."""
        order = self.order[self.request.wordings[number].label]
        at = bisect_left(order, number)
        return (
            self.chosen[order[at - 1]].place.end if at else 0,
            self.chosen[order[at]].place.start if at < len(order) else len(self.request.text.text),
        )

    def costs(self, number: int) -> Costs | None:
        """What each of its places costs a wording; None where nothing ties it to any.

        First comes how its words are there, then how little its context is alike, then how
        far off the related spans are (or else the names of its source).
        """
        import numpy as np

        wording, places = self.request.wordings[number], self.request.places[number]
        related = self.request.related.get(wording.id, ())
        near = [self.at[other] for other in related if other in self.at]
        near = near or list(self.request.names.get(wording.id, ()))
        if not near and not wording.before and not wording.after:
            return None
        how = np.array([10 * p.rank[0] + p.cuts + (1 - p.similarity) for p in places])
        starts = np.array([place.start for place in places], dtype=np.float64)
        ends = np.array([place.end for place in places], dtype=np.float64)
        reach = (1.0 + BREAK) * (len(self.request.text.text) + 1)  # farther than anything
        far = np.full(len(places), reach if near else 0.0)
        lines = np.searchsorted(self.lines, starts, side="right")
        for start, end in near:
            gap = np.maximum(0, np.maximum(starts - end, start - ends))
            line = np.searchsorted(self.lines, start, side="right")
            far = np.minimum(far, gap + BREAK * np.abs(lines - line))
        # The last part decides between places that are equally good: the first one.
        costs: Costs = (
            (1000 * how + 100 * _unlike(self.request.text, wording, places)) * reach
            + far
            + starts / (2 * reach)
        )
        return costs

    def take(self, number: int, place: Place, *, shared: bool = False) -> None:
        wording = self.request.wordings[number]
        self.chosen[number] = Choice(place, shared)
        self.taken.add((wording.label, place.fragments))
        self.at[wording.id] = (place.start, place.end)
        insort(self.order[wording.label], number)


def _cheapest(costs: Mapping[int, Costs], columns: list[int]) -> dict[int, int]:
    """A column for each row, no column twice, at the least cost in all.

    Where there are more rows than columns, the rows that cost most stay without.
    """
    if not costs or not columns:
        return {}
    import numpy as np

    matrix = np.array([row[columns] for row in costs.values()])
    chosen = matrix.argmin(axis=1)
    rows = np.arange(len(matrix))
    if len(set(chosen.tolist())) < len(rows):
        from scipy.optimize import linear_sum_assignment

        rows, chosen = linear_sum_assignment(matrix)
    numbers = list(costs)
    return {numbers[row]: columns[column] for row, column in zip(rows, chosen, strict=True)}


def _unlike(text: Text, wording: Wording, places: Sequence[Place]) -> Costs:
    """How unlike the context of each place is to the one given, 0 to 1; 0 where none is given."""
    import numpy as np
    from rapidfuzz.distance import Indel

    normal = text.normal
    before = normalized(wording.before).text.strip(SPACE)[-CONTEXT:]
    after = normalized(wording.after).text.strip(SPACE)[:CONTEXT]
    unlike = np.zeros(len(places))
    for number, place in enumerate(places):
        found = []
        if before:
            at = normal.before(place.start)
            there = normal.text[max(0, at - len(before) - 1) : at].strip(SPACE)
            found.append(Indel.normalized_distance(before, there[-len(before) :]))
        if after:
            at = normal.before(place.end)
            there = normal.text[at : at + len(after) + 1].strip(SPACE)
            found.append(Indel.normalized_distance(after, there[: len(after)]))
        unlike[number] = sum(found) / len(found) if found else 0.0
    return unlike


def neighbours(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Both ends of each pair, by the other.

    >>> neighbours([("q", "s"), ("q", "c")])
    {'q': ['s', 'c'], 's': ['q'], 'c': ['q']}
    """
    joined: dict[str, list[str]] = {}
    for head, tail in pairs:
        joined.setdefault(head, []).append(tail)
        joined.setdefault(tail, []).append(head)
    return joined
