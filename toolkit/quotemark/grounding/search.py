"""Every place in a text where given words may stand: exact, normalized, else altered."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from unicodedata import combining

from quotemark.grounding.fuzzy import THRESHOLD, Words, similar, words_of
from quotemark.grounding.interrupted import interrupted
from quotemark.grounding.normal import CLOSING_STOPS, MARK, SPACE, Normal, bare, normalized
from quotemark.model import Fragment
from quotemark.segment import BREAK

EXACT, NORMALIZED, ALTERED = HOWS = ("exact", "normalized", "altered")
"""How words are in a text, from the best to the worst."""


class Place(NamedTuple):
    """Where words may stand. `cuts` counts the ends that lie inside a word of the text."""

    fragments: tuple[Fragment, ...]
    how: str
    similarity: float = 1.0
    cuts: int = 0

    @property
    def rank(self) -> tuple[int, int, float]:
        """What places are compared by, the best first: how, whole words, similarity."""
        return HOWS.index(self.how), self.cuts, -self.similarity

    @property
    def start(self) -> int:
        return self.fragments[0][0]

    @property
    def end(self) -> int:
        return self.fragments[-1][1]


@dataclass(frozen=True)
class Text:
    """A text to look into. What is derived from it is made when it is first asked for."""

    text: str

    @cached_property
    def normal(self) -> Normal:
        return normalized(self.text)

    @cached_property
    def words(self) -> Words:
        return words_of(self.normal.text)

    def cuts(self, fragment: Fragment) -> int:
        """How many of a fragment's ends lie inside a word: 0 to 2.

        >>> [Text("Italy").cuts(fragment) for fragment in ((0, 5), (0, 2), (1, 2))]
        [0, 1, 2]
        """
        text = self.text
        return sum(
            0 < at < len(text) and _in_word(text[at - 1]) and _in_word(text[at]) for at in fragment
        )


def places(
    text: Text, words: Sequence[str], *, wanted: int = 1, threshold: float = THRESHOLD
) -> list[Place]:
    """The places of words, one string for each fragment, in the order of the text.

    They are those of the first step that finds any: exact, normalized, altered. Where exact
    ones are fewer than `wanted`, the normalized ones come along. Fragments follow each other in
    the order given, each sequence as close together as it comes. None: not in the text.

    >>> [place.fragments for place in places(Text('"No," he said. "No."'), ["no"])]
    [((1, 3),), ((16, 18),)]
    >>> places(Text('"No," he said. "Never."'), ["No,", "Never."])[0].fragments
    ((1, 4), (16, 22))
    """
    if len(words) != 1:
        return list(_chains([_all_places(text, each, threshold) for each in words]))
    found = list(_exact(text, words[0]))
    if len(found) < wanted:
        known = {place.fragments for place in found}
        found += (p for p in _normalized(text, words[0]) if p.fragments not in known)
    return sorted(found or _altered(text, words[0], threshold))


def _all_places(text: Text, words: str, threshold: float) -> list[Place]:
    return places(text, [words], wanted=len(text.text) + 1, threshold=threshold)


def _chains(choices: Sequence[Sequence[Place]]) -> Iterator[Place]:
    """Places of all fragments, one after the other; of those that end alike the closest."""
    if not choices or not all(choices):
        return
    starts = [[place.start for place in places] for places in choices]
    closest: dict[tuple[Place, ...], Place] = {}
    for first in choices[0]:
        chain = [first]
        for places_, begins in zip(choices[1:], starts[1:], strict=True):
            at = bisect_left(begins, chain[-1].end)
            if at == len(places_):
                break
            chain.append(places_[at])
        else:
            closest[tuple(chain[1:])] = _joined(chain)
    yield from closest.values()


def _joined(chain: Sequence[Place]) -> Place:
    fragments = tuple(fragment for place in chain for fragment in place.fragments)
    lengths = [place.end - place.start for place in chain]
    weighted = sum(p.similarity * n for p, n in zip(chain, lengths, strict=True))
    how = max((place.how for place in chain), key=HOWS.index)
    similarity = weighted / sum(lengths) if how == ALTERED else 1.0
    return Place(fragments, how, similarity, sum(place.cuts for place in chain))


def _exact(text: Text, words: str) -> Iterator[Place]:
    at = text.text.find(words) if words else -1
    while at >= 0:
        yield _place(text, (at, at + len(words)), EXACT)
        at = text.text.find(words, at + 1)


def _normalized(text: Text, words: str) -> list[Place]:
    """Places of the same normal text, else of its words alone, else interrupted ones."""
    folded = normalized(words).text.strip(SPACE)
    if not bare(folded):
        return []  # marks and stops alone are no words
    found = _originals(text, text.normal.find(folded))
    if not found:
        found = _originals(
            text, (_with_marks(text.normal, folded, *at) for at in text.normal.find(bare(folded)))
        )
    if not found:
        return list(_interrupted(text, folded))
    return [_place(text, fragment, NORMALIZED) for fragment in found]


def _interrupted(text: Text, folded: str) -> Iterator[Place]:
    for pair in interrupted(text.normal, folded):
        found = _originals(text, pair)
        if len(found) < 2 or any(map(text.cuts, found)):
            continue
        if not BREAK.search(text.text, found[0][1], found[1][0]):
            yield Place(tuple(found), NORMALIZED)


def _originals(text: Text, found: Iterable[tuple[int, int]]) -> list[Fragment]:
    stretches = (text.normal.original(start, end) for start, end in found)
    return [stretch for stretch in stretches if stretch]


def _altered(text: Text, words: str, threshold: float) -> Iterator[Place]:
    folded = normalized(words).text
    for start, end, similarity in similar(text.words, bare(folded), threshold):
        stretch = text.normal.original(*_with_marks(text.normal, folded, start, end))
        if stretch:
            yield _place(text, stretch, ALTERED, similarity)


def _with_marks(normal: Normal, folded: str, start: int, end: int) -> tuple[int, int]:
    """A stretch with the marks around it, at those ends where the words have one, too.

    A comma or full stop before the closing mark comes along: where it stands is house style.
    """
    inside = folded.strip(SPACE)
    if inside.startswith(MARK) and normal.text[start - 1 : start] == MARK:
        start -= 1
    if inside.rstrip(CLOSING_STOPS + SPACE).endswith(MARK):
        after = end + (normal.text[end : end + 1] in tuple(CLOSING_STOPS))
        if normal.text[after : after + 1] == MARK:
            end = after + 1
    return start, end


def _in_word(char: str) -> bool:
    return char.isalnum() or combining(char) != 0


def _place(text: Text, fragment: Fragment, how: str, similarity: float = 1.0) -> Place:
    return Place((fragment,), how, similarity, text.cuts(fragment))
