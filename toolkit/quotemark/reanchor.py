"""Annotations of an article whose text has changed since: their spans looked up in the new text.

A span stays where the words it marks are still there, if at least half of the words before or
after them are, too; so a "he" of one sentence is not taken for that of another. What has moved is
found again in the stretches that are new, if just one place there is like it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property
from itertools import accumulate, pairwise

from quotemark.errors import error
from quotemark.model import Annotation, Fragment, Relation, Span, join_touching, text_hash

AROUND = 8
"""How many words on either side of a span are compared."""

SAME = 0.5
"""The share of the words on one side that must be the same."""

SOME = 3
"""How many words make a stretch that two texts hardly share by chance."""

_Same = tuple[int, int, int]
"""A stretch of the old text, from where to where, and where it begins in the new one."""

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Reanchored:
    """An annotation over the new text, and what of the old one is not in it."""

    annotation: Annotation
    lost: tuple[Span, ...] = ()
    lost_relations: tuple[Relation, ...] = ()


def reanchor(annotation: Annotation, change: TextChange) -> Reanchored:
    """An annotation of the old text over the new one.

    A span keeps its id, label, attributes and meta; one of which a fragment is not found is lost
    as a whole, and relations that lose an end with it. Windows that were asked are where their
    words are now. An unchanged text gives the annotation as it is. Raises `QuotemarkError` where
    the annotation is over another text than the old one, or reaches beyond it.

    >>> change = TextChange("He said: “No”. Then he left.", "Monday. He said: “No”. Then he slept.")
    >>> spans = (Span("q", "Quote", ((9, 13),)), Span("c", "Cue", ((23, 27),)))
    >>> found = reanchor(Annotation("a", change.old_hash, "ann", spans), change)
    >>> [(span.id, span.surface(change.new)) for span in found.annotation.spans]
    [('q', '“No”')]
    >>> [span.surface(change.old) for span in found.lost]
    ['left']
    """
    if annotation.text_sha256 not in ("", change.old_hash):
        message = f"annotation {annotation.annotator!r} is over another text than the earlier one"
        raise error("text-hash", message, "name the text that it was made from")
    if any(s < 0 or e > len(change.old) for span in annotation.spans for s, e in span.fragments):
        message = f"annotation {annotation.annotator!r} reaches beyond its text"
        raise error("offset", message, "mend its offsets", doc=annotation.doc_id)
    spans: list[Span] = []
    lost: list[Span] = []
    for span in annotation.spans:
        places = change.places(span)
        if places:
            spans.append(replace(span, fragments=places))
        else:
            lost.append(span)
    gone = {span.id for span in lost} - {span.id for span in spans}
    kept = [r for r in annotation.relations if not gone & {r.head, r.tail}]
    asked = annotation.asked
    if asked.windows is not None:
        asked = replace(asked, windows=tuple(w for s in asked.windows for w in change.kept(s)))
    made = replace(
        annotation,
        text_sha256=change.new_hash,
        spans=tuple(spans),
        relations=tuple(kept),
        asked=asked,
    )
    dropped = tuple(r for r in annotation.relations if gone & {r.head, r.tail})
    return Reanchored(made, tuple(lost), dropped)


@dataclass(frozen=True)
class TextChange:
    """An article's earlier text and its present one, and which stretches of them are the same."""

    old: str
    new: str

    @cached_property
    def old_hash(self) -> str:
        return text_hash(self.old)

    @cached_property
    def new_hash(self) -> str:
        return text_hash(self.new)

    def places(self, span: Span) -> tuple[Fragment, ...]:
        """Where a span's fragments are in the new text, in the same order; empty if they are not.

        >>> TextChange("a b", "a b").places(Span("x", "X", ((2, 3),)))
        ((2, 3),)
        """
        found: list[Fragment] = []
        for fragment in span.fragments:
            place = self._place(fragment)
            if place is None:
                return ()
            found.append(place)
        apart = all(a[1] <= b[0] for a, b in pairwise(found))
        return join_touching(found) if apart else ()

    def kept(self, stretch: Fragment) -> Iterator[Fragment]:
        """The parts of the new text that a stretch of the old one has become, in order.

        >>> list(TextChange("One. Two.", "One. And. Two.").kept((0, 9)))
        [(0, 5), (10, 14)]
        """
        for start, end, there in self._same:
            first, last = max(start, stretch[0]), min(end, stretch[1])
            if first < last:
                yield first - start + there, last - start + there

    def _place(self, fragment: Fragment) -> Fragment | None:
        """Where a fragment is now: where its neighbours are, or else at the one place like it."""
        start, end = fragment
        if self.old == self.new or start == end:
            return fragment
        words = self.old[start:end]
        sides = _around(self._old_words, fragment)
        held = [[self._now(word[0]) is not None for word in side] for side in sides]
        if not any(held) or any(side and sum(side) >= SAME * len(side) for side in held):
            for place in self._candidates(fragment):
                if _plain(self.new[slice(*place)]) == _plain(words) and _cuts(
                    self.new, place
                ) == _cuts(self.old, fragment):
                    return place
        places = [p for p in _occurrences(words, self.new) if self._is_new(p)]
        alike = [p for p in places if self._alike(fragment, p)]
        return alike[0] if len(alike) == 1 else None

    def _candidates(self, fragment: Fragment) -> Iterator[Fragment]:
        """Where a fragment may be now: from its first to its last character, or as far on as most
        of it is. What two paragraphs have in common, such as an opening mark, a comparison of
        texts may count to either."""
        start, end = fragment
        first, last = self._now(start), self._now(end - 1)
        if first is not None and last is not None and first <= last:
            yield first, last + 1
        shares = []
        for number in range(max(0, self._block(start)), len(self._same)):
            since, until, there = self._same[number]
            if since >= end:
                break
            shares.append((min(end, until) - max(start, since), there - since))
        for share, by in sorted(shares, reverse=True):
            if share > 0 and start + by >= 0:
                yield start + by, end + by

    def _block(self, at: int) -> int:
        """The last stretch that stays and begins at a place or before it; -1 if there is none."""
        return bisect_right(self._same, at, key=lambda same: same[0]) - 1

    def _now(self, at: int) -> int | None:
        number = self._block(at)
        if number < 0:
            return None
        start, end, there = self._same[number]
        return at - start + there if at < end else None

    def _is_new(self, place: Fragment) -> bool:
        """Whether most of a place of the new text was not there before, in this place of it.

        What begins or ends like its neighbour of before seems to stay in part.
        """
        stays = 0
        for number in range(self._first_kept(place[0]), len(self._kept)):
            start, end = self._kept[number]
            if start >= place[1]:
                break
            stays += min(end, place[1]) - max(start, place[0])
        return stays < SAME * (place[1] - place[0])

    def _first_kept(self, at: int) -> int:
        return bisect_left(self._kept, at + 1, key=lambda kept: kept[1])

    def _alike(self, fragment: Fragment, place: Fragment) -> bool:
        """Whether the words around on one side are the same, or enough of them, in order."""
        from rapidfuzz.distance import LCSseq

        sides = zip(
            _around(self._old_words, fragment), _around(self._new_words, place), strict=True
        )
        for ours, theirs in sides:
            old, new = (
                [text[s:e] for s, e in at] for text, at in ((self.old, ours), (self.new, theirs))
            )
            most = max(len(old), len(new))
            if most and LCSseq.similarity(old, new) >= SAME * most:
                return True
        return False

    @cached_property
    def _old_words(self) -> list[Fragment]:
        return _words(self.old)

    @cached_property
    def _new_words(self) -> list[Fragment]:
        return _words(self.new)

    @cached_property
    def _same(self) -> list[_Same]:
        """The stretches of the old text that stay, in order."""
        from rapidfuzz.distance import Postfix, Prefix

        first = Prefix.similarity(self.old, self.new)
        while any(_inside(text, first) for text in (self.old, self.new)):
            first -= 1
        last = Postfix.similarity(self.old[first:], self.new[first:])
        while any(_inside(text, len(text) - last) for text in (self.old, self.new)):
            last -= 1
        edge = len(self.old) - last, len(self.new) - last
        lines = _LINE.findall(self.old[first : edge[0]]), _LINE.findall(self.new[first : edge[1]])
        starts = _starts(lines[0], first), _starts(lines[1], first)
        found: list[_Same] = [(0, first, 0)] if first else []
        before = (first, first)
        # Whole lines before words: what stays in its place is not to be mixed with what has moved.
        for a, b, size in SequenceMatcher(None, *lines, autojunk=False).get_matching_blocks():
            line = starts[0][a], starts[1][b]
            found += self._alike_tokens(before, line)
            before = starts[0][a + size], starts[1][b + size]
            if size:
                found.append((line[0], before[0], line[1]))
        found += [(edge[0], len(self.old), edge[1])] if last else []
        return _meant(_joined(found), self.old, self.new)

    def _alike_tokens(self, since: Fragment, until: Fragment) -> Iterator[_Same]:
        """What two stretches have in common; `since` and `until` are places in either text."""
        from rapidfuzz.distance import Indel

        old = _TOKEN.findall(self.old[since[0] : until[0]])
        new = _TOKEN.findall(self.new[since[1] : until[1]])
        starts, there = _starts(old, since[0]), _starts(new, since[1])
        for code in Indel.opcodes(old, new):
            if code.tag == "equal":
                yield starts[code.src_start], starts[code.src_end], there[code.dest_start]

    @cached_property
    def _kept(self) -> list[Fragment]:
        """Stretches of the new text that were there before, without mere white space between."""
        kept = [(there, there + end - start) for start, end, there in self._same]
        return [(s, e) for s, e in kept if self.new[s:e].strip()]


def _meant(same: list[_Same], old: str, new: str) -> list[_Same]:
    """Stretches that are no mere chance: longer than what has changed beside them.

    Two sentences that have nothing to do with each other still share some words. Longer than the
    change on one side is enough, for stretches of some words; so is a text that only grows there,
    or only shrinks.
    """
    while True:
        ends = [(0, 0), *((end, there + end - start) for start, end, there in same)]
        starts = [*((start, there) for start, _, there in same), (len(old), len(new))]
        gaps = [(s[0] - e[0], s[1] - e[1]) for s, e in zip(starts, ends, strict=True)]
        kept = []
        for (start, end, there), (left, right) in zip(same, pairwise(gaps), strict=True):
            beside = max(left), max(right)
            least = min(beside) if len(_words(old[start:end])) >= SOME else max(beside)
            one_way = not (left[0] or right[0]) or not (left[1] or right[1])
            if end - start > least or one_way:
                kept.append((start, end, there))
        if len(kept) == len(same):
            return kept
        same = kept


def _joined(same: Iterable[_Same]) -> list[_Same]:
    """Stretches of which none goes on where another ends, in both texts."""
    found: list[_Same] = []
    for start, end, there in same:
        if found and found[-1][1] == start and found[-1][2] + start - found[-1][0] == there:
            found[-1] = (found[-1][0], end, found[-1][2])
        else:
            found.append((start, end, there))
    return found


def _starts(parts: Sequence[str], first: int = 0) -> list[int]:
    """Where each part begins, and where the last one ends."""
    return list(accumulate(map(len, parts), initial=first))


def _words(text: str) -> list[Fragment]:
    return [match.span() for match in re.finditer(r"\w+", text)]


def _around(words: Sequence[Fragment], place: Fragment) -> tuple[list[Fragment], list[Fragment]]:
    """The words before a place, the nearest first, and after it: `AROUND` of each."""
    first = bisect_right(words, place[0], key=lambda word: word[1])
    last = bisect_left(words, place[1], key=lambda word: word[0])
    return list(words[max(0, first - AROUND) : first][::-1]), list(words[last : last + AROUND])


def _occurrences(words: str, text: str) -> Iterator[Fragment]:
    """Where words stand in a text that are no part of a longer word."""
    if not words.strip():
        return
    before = r"(?<!\w)" if words[0].isalnum() else ""
    after = r"(?!\w)" if words[-1].isalnum() else ""
    for match in re.finditer(f"{before}(?={re.escape(words)}{after})", text):
        yield match.start(), match.start() + len(words)


def _inside(text: str, at: int) -> bool:
    """Whether a place lies inside a word."""
    return 0 < at < len(text) and bool(re.match(r"\w\w", text[at - 1 : at + 1]))


def _cuts(text: str, place: Fragment) -> tuple[bool, bool]:
    """Whether the ends of a place lie inside words."""
    return _inside(text, place[0]), _inside(text, place[1])


def _plain(text: str) -> str:
    """A text with its white space made alike: line ends may have changed."""
    return " ".join(text.split())
