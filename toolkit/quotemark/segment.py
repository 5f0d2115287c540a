"""Words, paragraphs and sentences of a text, by the offsets of their code points."""

from __future__ import annotations

import re
from collections.abc import Iterable

from quotemark.model import Fragment

WORD = re.compile(r"\w+")
"""A word, as it is counted: a run of letters, digits and underscores."""

WINDOW = re.compile(r":([0-9]{1,15})-([0-9]{1,15})\Z")

BREAK = re.compile(r"(?:\r\n?|\n|\x85|\u2028|\u2029|\x0b|\x0c)\s*")

STOP = re.compile(r"""(?:[.!?…؟۔।]+["'”’»“)\]]*(?=\s)|[。！？]+[」』”）]*)\s*""")
ABBREVIATED = re.compile(
    r"\b(?:[A-Z]"  # an initial, or the last letter of U.S.
    r"|Mrs?|Ms|Mx|Dr|Prof|Rev|Fr|St|Mt|Gov|Sen|Rep|Gen|Lt|Col|Maj|Capt|Cmdr|Adm|Sgt|Cpl|Pvt|Hon"
    r"|Pres|Supt|Det|Insp|Atty|Messrs|Mmes|Ave|Blvd|Rd|Jr|Sr|Bros|Inc|Corp|Co|Ltd|LLC|vs|v|etc"
    r"|cf|al|approx|[ap]\.m|e\.g|i\.e|Ph\.D)\.\Z"
)
NUMBERED = re.compile(r"\b(?:Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec|Nos?|[Aa]rt|[Ff]ig|pp?|vol)\.\Z")
MAY_END = re.compile(
    r"\b(?:[A-Z]|St|Ave|Blvd|Rd|Jr|Sr|Bros|Inc|Corp|Co|Ltd|LLC|etc|al|[ap]\.m|Ph\.D)\.\Z"
)
STARTER = re.compile(
    r"(?:The|A|An|This|That|These|Those|It|He|She|They|We|I|You|But|And|Or|So|In|On|At|For|If|As"
    r"|When|While|After|Before|His|Her|Their|Its|Our|My|There|Here|What|Who|Why|How|Then|Now|With"
    r"|By|From|However|Although|Some|Many|Most|Both|No|Not|Yet|Since|Despite|Instead|Meanwhile)\b"
)


def window_of(key: str) -> Fragment | None:
    """The window of its document that a task's key ends with (see `tasks.Task.key`); else None.

    >>> window_of("a:b:10-25"), window_of("a")
    ((10, 25), None)
    """
    found = WINDOW.search(key)
    return (int(found[1]), int(found[2])) if found else None


def paragraphs(text: str) -> tuple[Fragment, ...]:
    """The lines of a text that hold more than white space, as half-open offsets.

    A line is what line breaks of any kind part; white space around it stays outside. A text
    of white space has none.

    >>> paragraphs("One.\\r\\n\\r\\n  Two. \\n")
    ((0, 4), (10, 14))
    """
    found = []
    start = 0
    ends = [(m.start(), m.end()) for m in BREAK.finditer(text)]
    for stop, following in [*ends, (len(text), len(text))]:
        line = text[start:stop]
        left, right = len(line) - len(line.lstrip()), len(line.rstrip())
        if right:
            found.append((start + left, start + right))
        start = following
    return tuple(found)


def sentences(text: str, *, keep: Iterable[Fragment] = ()) -> tuple[Fragment, ...]:
    """The sentences of a text, as half-open offsets without the white space around them.

    Sentences end at `. ! ? …` and their kin before something that can begin a sentence, and at
    the end of a paragraph; never after an English abbreviation such as "Mr." or "U.S." (unless
    a word follows that mostly begins sentences), and never inside a stretch of `keep`
    (quotations, say). A text of white space has none.

    >>> text = 'Mr. A met U.S. envoys. "No. Never." He left.'
    >>> [text[start:end] for start, end in sentences(text, keep=[(23, 35)])]
    ['Mr. A met U.S. envoys.', '"No. Never."', 'He left.']
    """
    kept = sorted(keep)
    held, reach = 0, 0
    found = []
    for start, end in paragraphs(text):
        begin = start
        for stop in STOP.finditer(text, start, end):
            cut = stop.end()
            while held < len(kept) and kept[held][0] < cut:
                reach = max(reach, kept[held][1])
                held += 1
            if cut >= end or cut < reach or not _ends(text, start, stop):
                continue
            found.append((begin, begin + len(text[begin:cut].rstrip())))
            begin = cut
        found.append((begin, end))
    return tuple(found)


def _ends(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether a sentence ends at a stop, by the words on its two sides."""
    after = text[stop.end()]
    mark = stop.group().rstrip()
    if after.islower() or after in ",;:)" or (after in "-–—" and mark[-1] in ".…"):
        return False
    if mark != ".":
        return True
    before = text[max(start, stop.start() - 12) : stop.start() + 1]
    if ABBREVIATED.search(before):
        return bool(MAY_END.search(before) and STARTER.match(text, stop.end()))
    return not (after.isdigit() and NUMBERED.search(before))
