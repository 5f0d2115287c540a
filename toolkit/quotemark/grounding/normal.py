"""Text as it is compared: typography and case made equal, with the way back to code points."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category, combining, normalize

from quotemark.model import Fragment

MARKS = frozenset("\"'`´‘’‚‛“”„‟«»‹›′″‴「」『』《》〈〉〝〞〟＂＇")
DASHES = frozenset("-‐‑‒–—―⸺⸻−﹘﹣－")
SPACE, MARK, DASH = " ", '"', "-"

CLOSING_STOPS = ".,;:"
"""What is set inside or outside a closing mark by house style: not part of the words."""


@dataclass(frozen=True, slots=True)
class Normal:
    """A text as it is compared.

    `text` is: NFKC and case folding, each by combining sequence; runs of quotation marks of any
    kind, of dashes, of white space made one `"`, `-`, ` `; no white space beside a dash; no
    invisible format characters. `starts` and `ends` are the original offsets of what each of
    its characters stands for; characters of one unit (`ﬁ`, `…`) share them.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def original(self, start: int, end: int) -> Fragment | None:
        """The original offsets of a stretch; None where it is empty or begins or ends in a unit.

        >>> normal = normalized("It’s  ﬁne…")
        >>> normal.text
        'it"s fine...'
        >>> normal.original(5, 12), normal.original(6, 12)
        ((6, 10), None)
        """
        if start >= end or not self.unit(start) or not self.unit(end):
            return None
        return self.starts[start], self.ends[end - 1]

    def unit(self, at: int) -> bool:
        """Whether a unit begins at `at`, or the text ends there."""
        return at in (0, len(self.text)) or self.starts[at] != self.starts[at - 1]

    def find(self, wanted: str) -> Iterator[tuple[int, int]]:
        """Every stretch that equals `wanted` and is made of whole units; overlapping ones too."""
        at = self.text.find(wanted) if wanted else -1
        while at >= 0:
            if self.unit(at) and self.unit(at + len(wanted)):
                yield at, at + len(wanted)
            at = self.text.find(wanted, at + 1)

    def before(self, point: int) -> int:
        """How many of the characters stand for what begins before the original offset `point`."""
        return bisect_left(self.starts, point)


def normalized(text: str) -> Normal:
    """`text` as it is compared. Linear in the text; an empty text gives an empty one.

    >>> normalized("«Non» — d’accord\\r\\n").text
    '"non"-d"accord '
    """
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    last = ""
    for start, end in _sequences(text):
        for char in _folded(text[start:end]):
            if last == char and char in (SPACE, MARK, DASH):
                ends[-1] = end
                continue
            if char == SPACE and last == DASH:
                continue
            if char == DASH and last == SPACE:
                out[-1], starts[-1], ends[-1] = char, start, end
            else:
                out.append(char)
                starts.append(start)
                ends.append(end)
            last = char
    return Normal("".join(out), tuple(starts), tuple(ends))


def bare(folded: str) -> str:
    """A normal text without the white space, marks and closing stops at its ends.

    >>> bare('"we will go." ')
    'we will go'
    """
    return folded.strip(SPACE + MARK).rstrip(CLOSING_STOPS + SPACE + MARK)


def _sequences(text: str) -> Iterator[Fragment]:
    """Each character with the combining ones after it, by their offsets."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not _combines(text[at]):
            yield start, at
            start = at


def _combines(char: str) -> bool:
    # Vowels and finals of Hangul compose with what stands before them, too.
    return char > "\u02ff" and (combining(char) != 0 or "\u1160" <= char <= "\u11ff")


@lru_cache(maxsize=1 << 14)
def _folded(sequence: str) -> str:
    if sequence[0] in MARKS:
        return MARK
    if sequence[0] in DASHES:
        return DASH
    folded = normalize("NFKC", normalize("NFKC", sequence).casefold())
    return "".join(map(_plain, folded))


def _plain(char: str) -> str:
    if char in MARKS:
        return MARK
    if char in DASHES:
        return DASH
    if char.isspace():
        return SPACE
    return "" if category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f" else char
