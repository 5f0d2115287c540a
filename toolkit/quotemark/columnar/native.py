"""Files of the native format as a source of columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from quotemark.columnar.columns import Names
from quotemark.columnar.compiled import Numbers
from quotemark.columnar.lines import lines_of
from quotemark.columnar.scan import read
from quotemark.columnar.source import Block, Source, with_texts
from quotemark.formats.jsonl import read_line
from quotemark.model import Annotation

ASCII = 0x7F


class Named(msgspec.Struct):
    """What of a line tells who annotated."""

    annotator: str | None = None


def source(path: Path, names: Names, *, hashed: bool) -> Source | None:
    """A native file as a source; None where it is out of the ordinary.

    `hashed` is whether anybody asks what its layers say.
    """
    lines = lines_of(path)
    if lines is None:
        return None

    def block(wanted: Numbers) -> Block | None:
        try:
            return _block(*lines.read(wanted), names, hashed)
        except OSError:
            return None

    def layer(line: int) -> Annotation:
        return read_line(lines.read(np.array([line]))[0], path)

    def annotator() -> str:
        named = msgspec.json.decode(lines.read(np.array([0]))[0], type=Named)
        return path.stem if named.annotator is None else named.annotator

    return Source(lines.ids, lines.hashes, block, layer, annotator, lines.is_as_it_was)


def _block(data: bytes, starts: Numbers, ends: Numbers, names: Names, hashed: bool) -> Block | None:
    held = np.frombuffer(data, np.uint8)
    if held.max(initial=0) > ASCII and not _is_utf8(data):
        return None
    columns = read(held, starts, ends, names, hashed=hashed)
    if columns is None:
        return None
    texts = (
        (place, _decoded(data, columns.text[place]), _decoded(data, columns.meta[place]) or {})
        for place in np.flatnonzero(columns.text[:, 0] >= 0).tolist()
    )
    return with_texts(columns, texts)


def _decoded(data: bytes, ends: Numbers) -> Any:
    """What stands in JSON between two places; None where they are none."""
    return msgspec.json.decode(data[ends[0] : ends[1]]) if ends[0] >= 0 else None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
