"""Quotations that an attribution interrupts, found by strings that run on.

`"It is over", she said. "We leave."` is often given as `It is over. We leave.`
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from quotemark.grounding.fuzzy import words_of
from quotemark.grounding.normal import CLOSING_STOPS, MARK, SPACE, Normal, bare

LONGEST = 200
"""How many characters an attribution may have."""

LOOSE_MARK = re.compile(rf"(?<!\w){MARK}|{MARK}(?!\w)")
"""A mark that is no apostrophe inside a word: another quotation begins or ends there."""

STOPS = CLOSING_STOPS + "!?-"


def interrupted(normal: Normal, folded: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """The two stretches of a normal text that `folded` runs together, for each place.

    The first ends at a closing mark, the second begins at an opening one. Where `folded` has a mark
    at an end, the marks are part of the stretches. Places of one split are given: of the first
    one that has any.

    >>> from quotemark.grounding.normal import normalized
    >>> text = normalized("“It is over,” she said. “We leave.”")
    >>> [text.text[start:end] for start, end in interrupted(text, '"it is over. we leave."')[0]]
    ['"it is over,"', '"we leave."']
    >>> [text.text[start:end] for start, end in interrupted(text, "it is over we leave")[0]]
    ['it is over', 'we leave']
    """
    inside = folded.strip(SPACE)
    marked = inside.startswith(MARK) or inside.endswith(MARK)
    for left, right in _splits(bare(folded)):
        if left not in normal.text:
            break  # no longer one is, either
        found = list(_stretches(normal, left, right, marked=marked)) if right in normal.text else []
        if found:
            return found
    return []


def _splits(words: str) -> Iterator[tuple[str, str]]:
    """The words before and after each gap, without the marks and stops beside it."""
    found = words_of(words)
    spoken = [
        (start, end)
        for start, end in zip(found.starts, found.ends, strict=True)
        if words[start].isalnum()
    ]
    for (_, end), (start, _) in pairwise(spoken):
        yield words[:end], words[start:]


def _stretches(
    normal: Normal, left: str, right: str, *, marked: bool
) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    text = normal.text
    for start, end in normal.find(left):
        close = end + (text[end : end + 1] in tuple(STOPS))
        if text[close : close + 1] != MARK:
            continue
        # At least one character lies between the marks.
        opening = text.find(MARK + right, close + 2, close + 1 + LONGEST + 1 + len(right))
        if opening < 0 or LOOSE_MARK.search(text, close + 1, opening):
            continue
        last = opening + 1 + len(right)
        if not marked:
            yield (start, end), (opening + 1, last)
            continue
        final = last + (text[last : last + 1] in tuple(STOPS))
        yield (
            (start - (text[max(0, start - 1) : start] == MARK), close + 1),
            (opening, final + 1 if text[final : final + 1] == MARK else last),
        )
