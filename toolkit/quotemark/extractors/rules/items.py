"""Sentences as items: words, punctuation, and whole quotations, which rules step over."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from quotemark.model import Fragment
from quotemark.quotation import Quotation, quotations
from quotemark.segment import sentences

TOKEN = re.compile(
    r"(?:[A-Z]\.){2,}"  # U.S.
    r"|(?:Mr|Mrs|Ms|Mx|Dr|Prof|Rev|Sen|Rep|Gov|Gen|Lt|Col|Maj|Capt|Adm|Sgt|Hon|Jr|Sr|St|No)\."
    r"|[A-Z]\.(?=\s[A-Z])"  # an initial
    r"|\d+(?:[.,:/]\d+)*(?![-‐‑]?\w)"
    r"|['’]s\b"
    r"|\w+(?:[-‐‑](?:[A-Z]\.){2,}|[-‐‑&@/]\w+|['’](?!s\b)\w+)*"
    r"|--+|\.{2,}"
    r"|[^\w\s]"
)
ATTRIBUTION = re.compile(
    r",\s+(?:\S+\s+){0,5}?(?:said|says|told|added|wrote|asked|explained|argued|tweeted)\b"
)
LONGEST = 200
"""Items of a sentence: what is longer is none, and is read in parts, so that time is linear."""
LONG_ENOUGH = 4
"""Words that a quotation needs for its inside to be read for quotes of its own."""


@dataclass(frozen=True, slots=True)
class Item:
    """A word, a punctuation mark, or (with `quotation`) a whole outer quotation."""

    start: int
    end: int
    text: str
    lower: str
    quotation: Quotation | None = None

    @property
    def word(self) -> bool:
        return self.quotation is None and (self.text[0].isalnum() or self.text[0] in "'’_")

    @property
    def capital(self) -> bool:
        return self.quotation is None and self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence's items. `depth` counts the quotations that it lies in; `paragraph` tells
    sentences of one paragraph from those of another."""

    items: tuple[Item, ...]
    depth: int
    paragraph: int
    outer: Quotation | None = None

    @property
    def start(self) -> int:
        return self.items[0].start

    @property
    def end(self) -> int:
        return self.items[-1].end


def read_sentences(text: str) -> list[Sentence]:
    """The sentences of a text and, after each, those inside its longer quotations.

    >>> for s in read_sentences('He said "you told us that it works" again.'):
    ...     print(s.depth, [item.text for item in s.items])
    0 ['He', 'said', '"you told us that it works"', 'again', '.']
    1 ['you', 'told', 'us', 'that', 'it', 'works']
    """
    levels: dict[int, list[Quotation]] = {}
    for quotation in quotations(text):
        if quotation.closed or not _holds_attribution(text, quotation):
            levels.setdefault(quotation.depth, []).append(quotation)
    return list(_sentences(text, (0, len(text)), 0, levels, None))


def _holds_attribution(text: str, quotation: Quotation) -> bool:
    """Whether a quotation that no mark closes has its attribution inside: `"We go, she said.`
    Its mark is then taken for a stray one."""
    last = text.rfind(",", quotation.start, quotation.end)
    return last >= 0 and ATTRIBUTION.match(text, last, quotation.end) is not None


def _sentences(
    text: str,
    within: Fragment,
    depth: int,
    levels: dict[int, list[Quotation]],
    outer: Quotation | None,
) -> Iterator[Sentence]:
    start, end = within
    marked = levels.get(depth, [])
    low = bisect_left(marked, start, key=lambda q: q.start)
    high = bisect_left(marked, end, key=lambda q: q.start)
    inside = marked[low:high]
    part = text[start:end]
    keep = [(q.start - start, q.end - start) for q in inside]
    pairs = _joined(sentences(part, keep=keep), keep)
    paragraph = -1
    reach = 0
    held = 0
    for begin, stop in pairs:
        if paragraph < 0 or "\n" in part[reach:begin] or "\r" in part[reach:begin]:
            paragraph = start + begin
        reach = stop
        first = held
        while held < len(inside) and inside[held].start < start + stop:
            held += 1
        own = inside[first:held]
        items = tuple(_items(text, start + begin, start + stop, own))
        for at in range(0, len(items), LONGEST):
            yield Sentence(items[at : at + LONGEST], depth, paragraph, outer)
        for quotation in own:
            a, b = quotation.inside
            if text.count(" ", a, b) >= LONG_ENOUGH - 1:
                yield from _sentences(text, (a, b), depth + 1, levels, quotation)


def _joined(found: Sequence[Fragment], keep: Sequence[Fragment]) -> Iterator[Fragment]:
    """Sentences, those that one quotation of several paragraphs reaches over made one."""
    held, reach = 0, 0
    pending: Fragment | None = None
    for start, end in found:
        if pending and start >= reach:
            yield pending
            pending = None
        pending = (pending[0], end) if pending else (start, end)
        while held < len(keep) and keep[held][0] < end:
            reach = max(reach, keep[held][1])
            held += 1
    if pending:
        yield pending


def _items(text: str, start: int, end: int, marked: Sequence[Quotation]) -> Iterator[Item]:
    at = start
    for quotation in marked:
        yield from _words(text, at, quotation.start)
        surface = text[quotation.start : quotation.end]
        yield Item(quotation.start, quotation.end, surface, "", quotation)
        at = quotation.end
    yield from _words(text, at, end)


def _words(text: str, start: int, end: int) -> Iterator[Item]:
    for match in TOKEN.finditer(text, start, end):
        word = match.group()
        yield Item(match.start(), match.end(), word, word.lower().replace("’", "'"))
