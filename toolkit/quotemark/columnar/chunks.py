"""Row groups of a Parquet file with layers, read without making arrays of Arrow.

Taken are files in the schema that `formats.parquet.write` gives them, in pages of the first
version: strings and numbers plain or by places in a dictionary, uncompressed, in snappy or in zstd.
Offsets, sizes and numbers of values are believed only as far as they are checked.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from os import SEEK_END
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from quotemark.columnar.compiled import Bytes, Numbers
from quotemark.columnar.footer import (
    CODEC,
    COUNT,
    DEEPEST,
    DICTIONARY,
    FIELDS,
    PAGES,
    TAKES,
    TYPE,
    read_footer,
)
from quotemark.columnar.leaves import (
    DOUBLE,
    INTEGER,
    NAME,
    STRING,
    Leaf,
    Levels,
    Shape,
    Text,
    read_leaves,
    room_for_leaves,
)
from quotemark.columnar.pages import FIRST, MISSING, PAGE, pages_of
from quotemark.columnar.thrift import varint

NEVER, NULL, NULL_ITEM, EMPTY = -1, 0, 3, 4
"""Definition levels that may be besides: none, of a null, of one in a list's item, of an empty
list in a list's item."""

SPAN, ALIASES = "spans.list.element.", "aliases.list.element"

SHAPES = {
    "text": Shape(STRING, 0, 1, NULL),
    "text_sha256": Shape(NAME, 0, 1, NEVER),
    "annotator": Shape(NAME, 0, 1, NEVER),
    "spans.list.element.id": Shape(NAME, 1, 4, NEVER),
    "spans.list.element.label": Shape(NAME, 1, 4, NEVER),
    "spans.list.element.fragments.list.element": Shape(INTEGER, 2, 6, EMPTY),
    "spans.list.element.attributes.key_value.key": Shape(NAME, 2, 5, EMPTY),
    "spans.list.element.attributes.key_value.value": Shape(STRING, 2, 6, EMPTY),
    "spans.list.element.score": Shape(DOUBLE, 1, 4, NULL_ITEM),
    "spans.list.element.meta": Shape(STRING, 1, 4, NULL_ITEM),
    "relations.list.element.label": Shape(NAME, 1, 4, NEVER),
    "relations.list.element.head": Shape(NAME, 1, 4, NEVER),
    "relations.list.element.tail": Shape(NAME, 1, 4, NEVER),
    "entities.list.element.id": Shape(STRING, 1, 4, NEVER),
    "entities.list.element.name": Shape(NAME, 1, 4, NEVER),
    "entities.list.element.aliases.list.element": Shape(NAME, 2, 6, EMPTY),
    "asked": Shape(STRING, 0, 1, NULL),
    "status": Shape(NAME, 0, 1, NEVER),
    "scheme": Shape(STRING, 0, 1, NEVER),
    "provenance": Shape(STRING, 0, 1, NULL),
    "meta": Shape(STRING, 0, 1, NULL),
}
"""The columns that are read, by the paths of their values: all but the id, which tells beforehand
which rows to read."""

TABLE = np.array(list(SHAPES.values()), np.int64)

MOST_PAGES, MOST_VALUES, MOST_BYTES, TAIL = 4096, 1 << 24, 1 << 31, 8
"""How many pages a row group may have here, and how many values and bytes a column in it."""

TYPES = {NAME: 6, STRING: 6, INTEGER: 1, DOUBLE: 5}
"""What values are in Parquet."""

CODECS = {0: "", 1: "snappy", 6: "zstd"}
"""How a chunk may be compressed, by the numbers of Parquet: not at all, or so that its size is
checked."""


class Chunks(NamedTuple):
    """Where the columns of `SHAPES` stand in a file: a line for each row group."""

    path: Path
    rows: Numbers  # (groups,)
    starts: Numbers  # (groups, columns)
    ends: Numbers  # (groups, columns)
    counts: Numbers  # (groups, columns): of values
    codecs: list[list[str]]  # (groups, columns)


def chunks_of(path: Path, paths: Sequence[str], groups: int) -> Chunks | None:
    """Where the columns of a file stand, of which all have these paths; None where its footer is
    out of the ordinary."""
    with path.open("rb") as file:
        whole = file.seek(-TAIL, SEEK_END) + TAIL
        size = int.from_bytes(file.read(4), "little")
        if size > whole - TAIL:
            return None
        file.seek(-TAIL - size, SEEK_END)
        footer = np.frombuffer(file.read(size), np.uint8)
    found: Numbers = np.empty((groups, len(paths), FIELDS), np.int64)
    rows: Numbers = np.empty(groups, np.int64)
    if not read_footer(footer, found, rows, np.empty((DEEPEST, 2), np.int64)) or (rows < 0).any():
        return None
    places = [n for n, name in enumerate(paths) if name in SHAPES]
    found = found[:, places]
    first, sizes = found[..., PAGES], found[..., TAKES]
    starts = np.where(found[..., DICTIONARY] > 0, found[..., DICTIONARY], first)
    kept = (starts >= 0) & (sizes >= 0) & (sizes <= whole)
    kept &= found[..., TYPE] == [TYPES[shape.kind] for shape in SHAPES.values()]
    kept &= (starts <= whole - sizes) & np.isin(found[..., CODEC], list(CODECS))
    if not kept.all():
        return None
    codecs = [[CODECS[code] for code in line] for line in found[..., CODEC].tolist()]
    return Chunks(path, rows, starts, starts + sizes, found[..., COUNT], codecs)


def leaves_of(chunks: Chunks, number: int) -> dict[str, Leaf] | None:
    """The columns of a row group; None where something in it is out of the ordinary."""
    starts, ends = chunks.starts[number], chunks.ends[number]
    first, last = int(starts.min()), int(ends.max())
    if last - first >= MOST_BYTES:
        return None
    with chunks.path.open("rb") as file:
        file.seek(first)
        held = file.read(last - first)
    if len(held) < last - first:
        return None
    data = np.frombuffer(held, np.uint8)
    pages, behind = np.empty((MOST_PAGES, PAGE), np.int64), np.empty(len(starts), np.int64)
    counts = chunks.counts[number]
    if not pages_of(data, starts - first, ends - first, counts, pages, behind):
        return None
    bodies = _bodies(held, pages, behind, chunks.codecs[number])
    if bodies is None:
        return None
    return _leaves(np.frombuffer(bodies, np.uint8), pages, behind, int(chunks.rows[number]))


def _bodies(data: bytes, pages: Numbers, behind: Numbers, codecs: list[str]) -> bytes | None:
    """What the pages are in, before any was compressed.

    None where a checksum or a size is not as it should be. If some are compressed, all are put one
    behind the other, and where each begins is changed in `pages`.
    """
    view, bodies, at, begin = memoryview(data), [], 0, 0
    for end, codec in zip(behind.tolist(), codecs, strict=True):
        for _, size, held, crc, _, _, _, _, first in pages[begin:end].tolist():
            body: Any = view[first : first + held]
            if crc != MISSING and zlib.crc32(body) != crc & 0xFFFFFFFF:
                return None
            if codec:
                body = _unpacked(body, size, codec)
            if len(body) != size:
                return None
            bodies.append(body)
            at += size
        begin = end
    if not any(codecs):
        return data
    if at >= MOST_BYTES:
        return None
    sizes = [len(body) for body in bodies]
    pages[: len(sizes), FIRST] = np.cumsum([0, *sizes])[:-1]
    return b"".join(bodies)


def _unpacked(body: memoryview, size: int, codec: str) -> Any:
    """A page that was compressed, of which its header says how long it is.

    Raises an error of pyarrow, or gives nothing, where it is not as long: zstd tells by itself,
    and in snappy the size stands first.
    """
    import pyarrow as pa

    if codec == "snappy" and varint(np.frombuffer(body, np.uint8), 0, len(body))[1] != size:
        return b""
    return pa.Codec(codec).decompress(body, size) if size else b""


def _leaves(data: Bytes, pages: Numbers, behind: Numbers, rows: int) -> dict[str, Leaf] | None:
    """The values of all columns; None where one is out of the ordinary."""
    room = np.empty((len(SHAPES) + 1, 3), np.int64)
    most = room_for_leaves(pages, behind, TABLE, room)
    if most > MOST_VALUES:
        return None
    values, inner, strings = room[-1].tolist()
    outer = np.empty((len(SHAPES), rows + 1), np.int32)
    text = Text(np.empty(strings, np.int32), np.empty(strings, np.int32), data)
    held = Leaf(
        outer[0],
        np.empty(inner, np.int32),
        np.empty(values, np.int32),
        text,
        np.empty(strings, np.uint64),
    )
    levels = Levels(np.empty(most, np.uint8), np.empty(most, np.uint8), np.empty(4, np.int64))
    found = np.empty((len(SHAPES), 3), np.int64)
    if not read_leaves(pages, behind, TABLE, room, outer, held, levels, found):
        return None
    leaves = {}
    for name, ends, (v, i, s), (number, known, has_high) in zip(
        SHAPES, outer, room.tolist(), found.tolist(), strict=False
    ):
        part = Text(text.starts[s : s + known], text.ends[s : s + known], data)
        if has_high and not _is_utf8(part):
            return None
        leaves[name] = Leaf(
            ends, held.inner[i:], held.value[v : v + number], part, held.hash[s : s + known]
        )
    return leaves


def strings_of(text: Text) -> list[str]:
    """Strings as objects. Raises `UnicodeDecodeError` for what is no UTF-8."""
    data: Any = memoryview(text.data.data)
    places = zip(text.starts.tolist(), text.ends.tolist(), strict=True)
    return [str(data[start:end], "utf-8") for start, end in places]


def _is_utf8(text: Text) -> bool:
    try:
        strings_of(text)
    except UnicodeDecodeError:
        return False
    return True
