"""Paragraphs of a text, by the offsets of their code points."""

from __future__ import annotations

import re

from quotemark.model import Fragment

BREAK = re.compile(r"(?:\r\n?|\n|\x85|\u2028|\u2029|\x0b|\x0c)\s*")


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
