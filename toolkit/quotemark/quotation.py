"""Quotations in a text by their quotation marks, of any style, balanced or not.

Straight, curly, doubled straight (``''…''``), low-9, guillemets either way round, corner
brackets; single marks are told from apostrophes. One pass over the marks of each paragraph:
linear in the text, and it never raises.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter

from quotemark.model import Fragment
from quotemark.segment import paragraphs

CLOSERS: dict[str, tuple[str, ...]] = {
    opening: tuple(closing.split())
    for opening, closing in (
        ('"', '" ” “'),
        ("“", '” " “'),
        ("„", '“ ” "'),
        ("‟", '” "'),
        ("”", '” "'),
        ("＂", "＂"),
        ("''", "'' \" ”"),
        ("``", "'' \" ”"),
        ("«", "»"),
        ("»", "«"),
        ("‹", "›"),
        ("›", "‹"),
        ("'", "' ’"),
        ("‘", "’ '"),
        ("‚", "‘ ’ '"),
        ("‛", "’ '"),
        ("「", "」"),
        ("『", "』"),
        ("《", "》"),
    )
}
"""What may close each opening mark. Curly and straight marks are often mixed in one text."""

SINGLE = frozenset("'‘’‚‛")
CLOSING_ONLY = frozenset("’」』》")
MARK = re.compile("``|'{2,}|[" + re.escape('"“”„‟＂«»‹›‘’‚‛「」『』《》') + "']")
NEVER_BEFORE_OPENING = frozenset(".,;!?%)]}")
INCHES = re.compile(r"\d['’]\s?\d{1,2}\Z")
ELISION = re.compile(
    r"(?:\d\ds?|em|til|till|tis|twas|twere|cause|bout|round|n|cuz|neath|tween)(?![\w])",
    re.IGNORECASE,
)
DEEPEST = 8
"""Marks nested deeper than this are ignored: it bounds the search for a mark's partner."""

FAR, NEAR = 20, 10
"""How many paragraphs on an unclosed mark may be closed, for `protected`.

Long speeches, and verse whose lines are paragraphs, are mostly shorter; a stray mark holds no
more than that together. A straight mark tells less of what it is than “ or «.
"""

STRAIGHT = frozenset(('"', "'", "''", "＂"))
PARTING_COMMA = re.compile(r"[,،、，]\W*\Z")


@dataclass(frozen=True, slots=True, order=True)
class Quotation:
    """A stretch in quotation marks: half-open offsets that include the marks.

    `depth` counts the quotations around it. `close` is empty where no mark closes it; it then
    ends with its paragraph, or before the mark that opens the next quotation.
    """

    start: int
    end: int
    depth: int
    open: str
    close: str

    @property
    def closed(self) -> bool:
        return bool(self.close)

    @property
    def inside(self) -> Fragment:
        """The offsets of what stands between the marks."""
        return self.start + len(self.open), self.end - len(self.close)


@dataclass(frozen=True, slots=True)
class _Mark:
    """A mark and how it stands: `opens` and `closes` say what its neighbours allow."""

    start: int
    text: str
    opens: bool
    closes: bool

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class _Open:
    """A mark that nothing in its paragraph closes."""

    start: int
    text: str
    last: int  # the number of the last paragraph that may close it
    nested: bool


def quotations(text: str) -> tuple[Quotation, ...]:
    """Every quotation of `text`, nested ones included, by place.

    A mark without a partner ends at its paragraph, unless the next paragraph opens with a mark
    of the same kind: then the quotation goes on there, as each paragraph of a long quotation
    opens anew and only the last one closes. A single mark without a partner is an apostrophe.

    >>> text = 'She called it "a “big” day", and it’s over.'
    >>> [(text[q.start : q.end], q.depth, q.closed) for q in quotations(text)]
    [('"a “big” day"', 0, True), ('“big”', 1, True)]
    >>> [(q.start, q.end, q.closed) for q in quotations('"One.\\n\\n"Two."\\n\\n"Three')]
    [(0, 13, True), (15, 21, False)]
    >>> quotations("")
    ()
    """
    found: list[Quotation] = []
    running: Quotation | None = None  # open at the end of the paragraph before
    for start, end in paragraphs(text):
        marks = list(_marks(text, start, end))
        goes_on = running and marks and marks[0].start == start and _reopens(running, marks[0])
        if running and not goes_on:
            found.append(running)
            running = None
        inside, last = _pair(text, marks, end, running if goes_on else None)
        found += inside
        running = last
    if running:
        found.append(running)
    return tuple(sorted(found, key=lambda q: (q.start, -q.end)))


def protected(text: str) -> tuple[Fragment, ...]:
    """The stretches of `text` that are not to be cut, by place; none overlaps another.

    Every outermost quotation lies in one. Where paragraphs are parted, a little more is held
    together than `quotations` finds, as an extra paragraph costs less than half a quotation:

    - An unclosed mark reaches to a mark without a partner that can close it, at most `FAR`
      paragraphs on, or `NEAR` for a straight mark.
    - A paragraph that ends in a colon or a comma is held to one that opens with a mark.
    - A quotation at the end of a paragraph is held to the next paragraph if the two are parted
      by a comma, or if that one begins in lower case.

    >>> protected('He said "no" and "“never” again".')
    ((8, 12), (17, 32))
    >>> protected('He said: "One.\\n\\nTwo." And: "Three."')
    ((9, 21), (27, 35))
    >>> protected('"Go,"\\n\\nshe said.')
    ((0, 8),)
    """
    blocks = paragraphs(text)
    found = quotations(text)
    marks = {start: list(_marks(text, start, end)) for start, end in blocks}
    held = [(q.start, q.end) for q in found if q.depth == 0]
    held += _reaches(text, blocks, marks, found)
    ends = {end for _, end in held}
    for (start, end), (following, _) in pairwise(blocks):
        tail = text[max(start, end - 8) : end]
        stop = end - len(tail) + len(tail.rstrip(",،、，.;:!?…)]–—- "))
        comma = PARTING_COMMA.search(tail)
        first = marks[following][:1]
        opens = bool(first) and first[0].start == following and first[0].opens
        said_after = (end in ends or stop in ends) and (comma or text[following].islower())
        if said_after or (opens and (comma or tail[-1] in ":：")):
            held.append((end - 1, following + 1))
    return _merged(held)


def _reaches(
    text: str,
    blocks: Sequence[Fragment],
    marks: Mapping[int, list[_Mark]],
    found: Iterable[Quotation],
) -> Iterator[Fragment]:
    """From marks that nothing in their paragraph closes to those that close them later."""
    paired = {at for q in found if q.closed for at in (q.start, q.end - len(q.close))}
    unclosed = deque(sorted((q for q in found if not q.closed), key=lambda q: (q.end, q.start)))
    waiting: list[_Open] = []
    for number, (start, end) in enumerate(blocks):
        waiting = [opener for opener in waiting if opener.last >= number]
        free = [mark for mark in marks[start] if mark.start not in paired]
        for mark in free:
            if mark.closes and _is_close(text, mark, _Later(1, 0)):
                yield from _closed(waiting, mark)
        opened: list[Quotation | _Mark] = []
        while unclosed and unclosed[0].end <= end:
            opened.append(unclosed.popleft())
        if not opened:  # then a single mark may be more than an apostrophe
            opened += [m for m in free if m.text in "'‘" and m.opens and not m.closes][-1:]
        waiting += _opened(sorted(opened, key=attrgetter("start"))[-DEEPEST:], number)


def _opened(marks: Iterable[Quotation | _Mark], number: int) -> Iterator[_Open]:
    """What is open at the end of paragraph `number`, from the outside in."""
    for level, mark in enumerate(marks):
        opening = mark.text if isinstance(mark, _Mark) else mark.open
        reach = NEAR if opening in STRAIGHT else FAR
        yield _Open(mark.start, opening, number + reach, nested=level > 0)


def _closed(waiting: list[_Open], mark: _Mark) -> Iterator[Fragment]:
    """The stretches that `mark` closes, which wait no longer."""
    for place in range(len(waiting) - 1, -1, -1):
        opener = waiting[place]
        if mark.text in CLOSERS[opener.text]:
            yield opener.start, mark.end
            del waiting[place]
            if opener.nested:
                return  # another mark closes the one around it


def _merged(stretches: Iterable[Fragment]) -> tuple[Fragment, ...]:
    merged: list[Fragment] = []
    for start, end in sorted(stretches):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return tuple(merged)


def _reopens(running: Quotation, mark: _Mark) -> bool:
    same = mark.text == running.open or {mark.text, running.open} <= {'"', "“", "„", "''", "``"}
    return same and mark.opens


def _marks(text: str, start: int, end: int) -> Iterable[_Mark]:
    """The quotation marks of a paragraph, without apostrophes inside words."""
    for match in MARK.finditer(text, start, end):
        run = match.group()
        before = text[match.start() - 1] if match.start() > start else " "
        after = text[match.end()] if match.end() < end else " "
        if run in SINGLE and before.isalnum() and after.isalnum():
            continue
        if len(run) > 2:  # ''' and more: a pair, and the single mark on its inner side
            closing = before not in " \t\u00a0" and not before.isspace()
            cuts = _cuts(len(run), single_first=closing)
        else:
            cuts = (len(run),)
        at = match.start()
        for length in cuts:
            yield _mark(text, at, text[at : at + length], before, after, start)
            at += length


def _cuts(length: int, *, single_first: bool) -> tuple[int, ...]:
    pairs = (2,) * (length // 2)
    if length % 2 == 0:
        return pairs
    return (1, *pairs) if single_first else (*pairs, 1)


def _mark(text: str, at: int, mark: str, before: str, after: str, start: int) -> _Mark:
    end = at + len(mark)
    loose_before, loose_after = before.isspace(), after.isspace()
    opens = not (loose_after or before.isalnum() or before in NEVER_BEFORE_OPENING)
    closes = not (loose_before or after.isalnum() or before in "([{")
    if mark in "«‹“„‟‚「『《" or mark == "``":
        opens = True  # whatever follows: French sets spaces inside the marks
    elif mark in "»›」』》":
        opens, closes = mark in "»›" and not loose_after, True
    elif mark == "’":
        opens = False
    elif mark == '"' and INCHES.search(text, max(start, at - 6), at):
        opens = closes = False
    elif mark not in SINGLE and not opens and not closes:  # loose, or word"word
        opens, closes = not before.isdigit(), True
    if mark in SINGLE and opens and ELISION.match(text, end):
        opens = False
    return _Mark(at, mark, opens, closes)


def _pair(
    text: str, marks: list[_Mark], end: int, running: Quotation | None
) -> tuple[list[Quotation], Quotation | None]:
    """Pair a paragraph's marks. Gives the quotations, and the outer one left open, if any."""
    found: list[Quotation] = []
    # Each level: its opening mark, and where its quotation began (in an earlier paragraph for
    # one that goes on).
    stack: list[tuple[_Mark, int]] = []
    later = _later(text, marks)
    for number, mark in enumerate(marks):
        if number == 0 and running:
            stack.append((_Mark(mark.start, running.open, True, False), running.start))
            continue
        level = _partner(stack, mark)
        if level is not None and _is_close(text, mark, later[number]):
            _abandon(text, stack[level + 1 :], level + 1, mark.start, found)
            opener, start = stack[level]
            found.append(Quotation(start, mark.end, level, opener.text, mark.text))
            del stack[level:]
        elif mark.opens and mark.text in CLOSERS:
            if mark.text in SINGLE and not later[number].closing:
                if mark.text != "‘" or number:
                    continue  # an apostrophe
            elif level is not None and later[number].closing - later[number].opening < 2:
                # The mark before this one lacks its partner: it ends here.
                _abandon(text, stack[level:], level, mark.start, found)
                del stack[level:]
            if len(stack) < DEEPEST:
                stack.append((mark, mark.start))
    if not stack:
        return found, None
    _abandon(text, stack[1:], 1, end, found)
    opener, start = stack[0]
    return found, Quotation(start, end, 0, opener.text, "")


@dataclass(frozen=True, slots=True)
class _Later:
    """How many marks of the same kind after this one can only close, and only open."""

    closing: int
    opening: int


def _later(text: str, marks: list[_Mark]) -> list[_Later]:
    counts = {True: [0, 0], False: [0, 0]}
    later = []
    for mark in reversed(marks):
        count = counts[mark.text in SINGLE]
        later.append(_Later(*count))
        count[0] += mark.closes and not (mark.opens and mark.text not in CLOSING_ONLY)
        count[1] += mark.opens and not mark.closes
    return later[::-1]


def _partner(stack: list[tuple[_Mark, int]], mark: _Mark) -> int | None:
    """The innermost level that `mark` may close."""
    for level in range(len(stack) - 1, -1, -1):
        if mark.text in CLOSERS[stack[level][0].text]:
            return level
    return None


def _is_close(text: str, mark: _Mark, later: _Later) -> bool:
    if not mark.closes:
        return False
    before = text[mark.start - 1 : mark.start]
    plural = mark.text in "'’" and before in ("s", "S", "z", "x")
    if plural or (mark.text == '"' and before.isdigit()):
        # "the workers’ rights", "a 5" pipe": where another mark is left to close.
        following = text[mark.end : mark.end + 2]
        spare = later.closing > later.opening
        return not (spare and following[:1] == " " and following[1:].islower())
    return True


def _abandon(
    text: str,
    levels: list[tuple[_Mark, int]],
    depth: int,
    end: int,
    found: list[Quotation],
) -> None:
    """Levels that no mark closes end at `end`; single marks among them were apostrophes."""
    for number, (opener, start) in enumerate(levels):
        stop = start + len(text[start:end].rstrip())
        if opener.text not in SINGLE and stop > opener.end:
            found.append(Quotation(start, stop, depth + number, opener.text, ""))
