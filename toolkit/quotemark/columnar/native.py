"""Files of the native format as a source of columns."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from quotemark.columnar.columns import Names
from quotemark.columnar.compiled import Numbers
from quotemark.columnar.hashing import EMPTY
from quotemark.columnar.lines import Lines, lines_of
from quotemark.columnar.scan import read
from quotemark.columnar.source import Block, Source
from quotemark.errors import Where
from quotemark.formats.jsonl import read_line
from quotemark.formats.meta import problems_of
from quotemark.metrics.fingerprint import of_string
from quotemark.model import Annotation, text_hash

ASCII = 0x7F


class Named(msgspec.Struct):
    """What of a line tells who annotated."""

    annotator: str | None = None


def source(path: Path, names: Names) -> Source | None:
    """A native file as a source; None where it is out of the ordinary."""
    lines = lines_of(path)
    if lines is None or not len(lines.starts):
        return None

    def blocks(wanted: Numbers) -> Block | None:
        return _block(lines, wanted, names)

    def layer(line: int) -> Annotation:
        return read_line(lines.data[lines.starts[line] : lines.ends[line]], path)

    def annotator() -> str:
        named = msgspec.json.decode(lines.data[lines.starts[0] : lines.ends[0]], type=Named)
        return path.stem if named.annotator is None else named.annotator

    def forget(first: int, last: int) -> None:
        lines.forget(first, last)

    return Source(lines.ids, lines.hashes, blocks, layer, annotator, forget)


def _block(lines: Lines, wanted: Numbers, names: Names) -> Block | None:
    starts, ends = lines.starts[wanted], lines.ends[wanted]
    if not _is_utf8(lines, starts, ends):
        return None
    columns = read(lines.bytes, starts, ends, names)
    if columns is None:
        return None
    sha, lengths = columns.sha, np.full(len(wanted), -1, np.int64)
    for place in np.flatnonzero(columns.text[:, 0] >= 0):
        known = _text(lines, columns.text[place], columns.meta[place])
        if known is None or (sha[place] != EMPTY and sha[place] != known[0]):
            return None
        sha[place], lengths[place] = known
    return Block(columns, sha, lengths)


def _text(lines: Lines, text: Numbers, meta: Numbers) -> tuple[np.uint64, int] | None:
    """The hash of a text's hash, and its length; None where it or its meta cannot be read."""
    try:
        read = msgspec.json.decode(lines.data[text[0] : text[1]], type=str)
        told = msgspec.json.decode(lines.data[meta[0] : meta[1]]) if meta[0] >= 0 else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if any(problems_of(told, Where())):
        return None
    return np.uint64(of_string(text_hash(read))), len(read)


def _is_utf8(lines: Lines, starts: Numbers, ends: Numbers) -> bool:
    """Whether lines are UTF-8; where they are ASCII, a look at the largest byte tells."""
    parts = list(zip(starts, ends, strict=True))
    if len(parts) and (starts[1:] == ends[:-1] + 1).all():
        parts = [(starts[0], ends[-1])]
    try:
        for start, end in parts:
            if lines.bytes[start:end].max() > ASCII:
                lines.data[start:end].decode()
    except UnicodeDecodeError:
        return False
    return True
