"""Where a text has words much like given ones: the stretches over a threshold of similarity.

Similarity is rapidfuzz's `Indel.normalized_similarity`: 2·LCS / (a + b), where a and b are the
lengths of the two strings and LCS that of their longest common subsequence.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

LEAST, THRESHOLD = 0.7, 0.85
"""The lowest threshold that can be asked for, and the one that is used unless told otherwise."""

# Scripts that set no space between words have a word a character.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
WORD = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+|[^\w\s]")

BAND = 1.4
"""The ratio of the longest to the shortest stretch that one scan of the text looks for."""

NEAR = 1 / 8
"""Windows that begin so much of a length from each other are one seed."""

QUICK = 400
"""Up to this length of the words, rapidfuzz tells quickly whether a text has nothing like them."""

STRIDE = 1 / 16
"""How much of a length lies between windows that are looked at where stretches are."""

ROUNDING = 1e-6

ROUNDS = 8
"""How often a stretch's two ends are moved in turn, at most; two or three times settle it."""


class Similar(NamedTuple):
    """A stretch and its similarity to the words, over 0 and up to 1."""

    start: int
    end: int
    similarity: float


@dataclass(frozen=True, slots=True)
class Words:
    """A text with the offsets at which its words begin and end."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


def words_of(text: str) -> Words:
    """A text with its words: runs of word characters, and other characters that are no space.

    >>> words_of("no deal")
    Words(text='no deal', starts=(0, 3), ends=(2, 7))
    """
    found = [match.span() for match in WORD.finditer(text)]
    return Words(text, tuple(start for start, _ in found), tuple(end for _, end in found))


def similar(words: Words, wanted: str, threshold: float = THRESHOLD) -> list[Similar]:
    """Stretches of whole words whose similarity to `wanted` is at least `threshold`, by place.

    Each is the most similar one in its surroundings; none overlaps another. Raises `ValueError`
    for a threshold outside `LEAST` to 1.

    >>> [found[:2] for found in similar(words_of("we made some progress here"), "we made progress")]
    [(0, 21)]
    >>> similar(words_of("we made progress"), "they left early")
    []
    """
    if not LEAST <= threshold <= 1:
        raise ValueError(f"threshold must be {LEAST} to 1, not {threshold}")
    seeds = _seeds(words, wanted, threshold)
    found = {_grown(words, wanted, threshold, seed) for seed in seeds}
    best: list[Similar] = []
    for each in sorted(found, key=lambda f: (-f.similarity, f.start)):
        if each.similarity >= threshold and all(
            each.end <= other.start or other.end <= each.start for other in best
        ):
            best.append(each)
    return sorted(best)


def _seeds(words: Words, wanted: str, threshold: float) -> list[int]:
    """Offsets of words near which a stretch may begin: at least one for each stretch there is.

    A stretch of length b is similar enough to the words, of length a, when LCS >= t(a + b)/2.
    For every b of a band from low to high, a window of length `high` that begins where the stretch
    does then has an LCS of at least t(a + low)/2. That of a window changes by 1 at most as the
    window moves by one character, so most windows need no look.
    """
    from rapidfuzz.distance import LCSseq

    text, size = words.text, len(wanted)
    passing = []
    for low, high in _bands(size, threshold):
        least = threshold * (size + low) / 2
        window = ceil(high)
        number = 0
        while number < len(words.starts):
            start = words.starts[number]
            common = LCSseq.similarity(wanted, text[start : start + window])
            ahead = least - common - ROUNDING
            if ahead <= 0:
                passing.append((-2 * common / (size + high), start))
                ahead = size * STRIDE
            number = bisect_left(words.starts, start + ahead, number + 1)
    seeds: list[int] = []
    for _, start in sorted(passing):
        at = bisect_left(seeds, start)
        if all(abs(start - seed) > size * NEAR for seed in seeds[max(0, at - 1) : at + 1]):
            insort(seeds, start)
    return seeds


def _hopeless(text: str, wanted: str, threshold: float) -> bool:
    """Whether no window of a characters is so much alike that a stretch can be similar enough.

    The distance d of a stretch of length b is at most (1 - t)(a + b), and |b - a| <= d, so d is at
    most 2a(1 - t)/t. A window of a characters around or inside it has a distance of at most
    d + |b - a| <= 4a(1 - t)/t, which is a similarity of at least 1 - 2(1 - t)/t. rapidfuzz finds
    the best window.
    """
    from rapidfuzz import fuzz

    if not text:
        return True
    if len(wanted) > min(len(text), QUICK):
        return False
    least = 1 - 2 * (1 - threshold) / threshold
    return not fuzz.partial_ratio(wanted, text, score_cutoff=100 * (least - ROUNDING))


def _bands(size: int, threshold: float) -> Iterator[tuple[float, float]]:
    """The lengths that a stretch may have, from a·t/(2 - t) to a·(2 - t)/t, in bands."""
    low, longest = _lengths(size, threshold)
    while low < longest:
        yield low, min(low * BAND, longest)
        low *= BAND


def _lengths(size: int, threshold: float) -> tuple[float, float]:
    """The least and the greatest length with a similarity of at least `threshold`."""
    return size * threshold / (2 - threshold), size * (2 - threshold) / threshold


def _grown(words: Words, wanted: str, threshold: float, start: int) -> Similar:
    """The most similar stretch around a seed: its end and its start are moved in turn."""
    shortest, longest = _lengths(len(wanted), threshold)
    slack = NEAR * len(wanted)  # the stretch may begin so far from its seed
    whole = len(wanted) + shortest
    # What is less similar than this cannot have an end in common with what is similar enough.
    floor = 1 - ((1 - threshold) * whole + slack) / (whole - slack)
    best = Similar(start, start, 0.0)
    # One of about the right length first: most others are then known to be worse unseen.
    at = bisect_left(words.ends, start + len(wanted))
    best = _best(words.text, wanted, best, floor, [(start, end) for end in words.ends[at : at + 1]])
    for _ in range(ROUNDS):
        ends = _within(words.ends, best.start + shortest - slack, best.start + longest + slack)
        forth = _best(words.text, wanted, best, floor, [(best.start, end) for end in ends])
        starts = _within(words.starts, forth.end - longest, forth.end - shortest)
        back = _best(
            words.text, wanted, forth, floor, [(start, forth.end) for start in reversed(starts)]
        )
        if back == best:
            break
        best = back
    return best


def _within(offsets: Sequence[int], least: float, greatest: float) -> Sequence[int]:
    return offsets[bisect_left(offsets, least) : bisect_right(offsets, greatest)]


def _best(
    text: str, wanted: str, best: Similar, floor: float, stretches: Sequence[tuple[int, int]]
) -> Similar:
    """The most similar of stretches with one end in common, from the shortest to the longest.

    A stretch that is x longer has a distance that is at most x less. So the next one that can be
    better than the best, or than `floor`, is longer by the distance that is too much, divided
    by 2 - similarity.
    """
    from rapidfuzz.distance import Indel

    number = 0
    while number < len(stretches):
        start, end = stretches[number]
        distance = Indel.distance(wanted, text[start:end])
        whole = len(wanted) + end - start
        if 1 - distance / whole > best.similarity:
            best = Similar(start, end, 1 - distance / whole)
        bar = max(best.similarity, floor)
        least = end - start + (distance - (1 - bar) * whole) / (2 - bar) - ROUNDING
        number = bisect_left(stretches, least, number + 1, key=lambda s: s[1] - s[0])
    return best
