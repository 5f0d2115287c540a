"""Files of the native format as a source of columns."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from quotemark.columnar.columns import Names
from quotemark.columnar.compiled import Numbers
from quotemark.columnar.hashing import EMPTY
from quotemark.columnar.lines import lines_of
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
    if lines is None:
        return None

    def block(wanted: Numbers) -> Block | None:
        try:
            return _block(*lines.read(wanted), names)
        except OSError:
            return None

    def layer(line: int) -> Annotation:
        return read_line(lines.read(np.array([line]))[0], path)

    def annotator() -> str:
        named = msgspec.json.decode(lines.read(np.array([0]))[0], type=Named)
        return path.stem if named.annotator is None else named.annotator

    return Source(lines.ids, lines.hashes, block, layer, annotator, lines.is_as_it_was)


def _block(data: bytes, starts: Numbers, ends: Numbers, names: Names) -> Block | None:
    held = np.frombuffer(data, np.uint8)
    if held.max(initial=0) > ASCII and not _is_utf8(data):
        return None
    columns = read(held, starts, ends, names)
    if columns is None:
        return None
    sha, lengths = columns.sha, np.full(len(starts), -1, np.int64)
    for place in np.flatnonzero(columns.text[:, 0] >= 0):
        known = _text(data, columns.text[place], columns.meta[place])
        if known is None or (sha[place] != EMPTY and sha[place] != known[0]):
            return None
        sha[place], lengths[place] = known
    return Block(columns, sha, lengths)


def _text(data: bytes, text: Numbers, meta: Numbers) -> tuple[np.uint64, int] | None:
    """The hash of a text's hash, and its length; None where it or its meta cannot be read."""
    try:
        read = msgspec.json.decode(data[text[0] : text[1]], type=str)
        told = msgspec.json.decode(data[meta[0] : meta[1]]) if meta[0] >= 0 else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if any(problems_of(told, Where())):
        return None
    return np.uint64(of_string(text_hash(read))), len(read)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
