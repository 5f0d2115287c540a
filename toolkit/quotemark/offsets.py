"""Offsets of one text in other units: UTF-16, UTF-8, or the bytes of the file it came from.

The package counts code points. Browsers, Java and older exports count UTF-16 units, others
bytes. An `Offsets` is the list of where each code point begins in such a unit; a last number,
the text's whole length, stands for the end.
"""

from __future__ import annotations

import codecs
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate

Offsets = Sequence[int]
"""The unit offset of each code point and of the text's end: `len(text) + 1` rising numbers."""


def utf16_offsets(text: str) -> Offsets:
    """Offsets in UTF-16 units: 2 for code points above U+FFFF, 1 for others, lone surrogates too.

    >>> utf16_offsets("a🙂b")
    [0, 1, 3, 4]
    """
    if text.isascii() or max(text) <= "\uffff":
        return range(len(text) + 1)
    return list(accumulate((2 if ord(c) > 0xFFFF else 1 for c in text), initial=0))


def utf8_offsets(text: str) -> Offsets:
    """Offsets in bytes of UTF-8: 1 to 4 for a code point, 3 for a lone surrogate.

    >>> utf8_offsets("aé🙂")
    [0, 1, 3, 7]
    """
    if text.isascii():
        return range(len(text) + 1)
    return list(accumulate(map(_utf8_width, text), initial=0))


def file_offsets(text: str, encoding: str) -> Offsets:
    """Offsets in bytes of the file that `text` was read from, a byte order mark counted.

    `encoding` is the codec that a document's `meta["encoding"]` names; those whose names give
    no byte order (utf-16, utf-32) and utf-8-sig have a mark. Raises `LookupError` for
    no codec and `UnicodeEncodeError` for a text that it cannot hold: not the file's.

    >>> file_offsets("é.", "utf-8-sig")
    [3, 5, 6]
    """
    encoder = codecs.getincrementalencoder(encoding)()
    mark = len(codecs.encode("", encoding))
    if mark:
        encoder.encode(" ")  # the mark is written with the first character; it is counted above
    return list(accumulate((len(encoder.encode(c)) for c in text), initial=mark))


def to_units(offsets: Offsets, points: Sequence[int]) -> list[int]:
    """Code point offsets turned into units. One outside the text raises `IndexError`.

    >>> to_units(utf16_offsets("a🙂b"), [1, 2])
    [1, 3]
    """
    if any(point < 0 for point in points):
        raise IndexError("an offset before the text")
    return [offsets[point] for point in points]


def to_points(offsets: Offsets, units: Sequence[int]) -> list[int | None]:
    """Unit offsets turned into code points; None where no code point begins, or outside.

    >>> to_points(utf16_offsets("a🙂b"), [3, 2, 9])
    [2, None, None]
    """
    return list(_points(offsets, units))


def _points(offsets: Offsets, units: Sequence[int]) -> Iterator[int | None]:
    for unit in units:
        place = bisect_left(offsets, unit)
        yield place if place < len(offsets) and offsets[place] == unit else None


def _utf8_width(char: str) -> int:
    code = ord(char)
    return 1 if code < 0x80 else 2 if code < 0x800 else 3 if code < 0x10000 else 4
