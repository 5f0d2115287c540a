"""Row groups of a Parquet file with layers, read without making arrays of Arrow.

Taken are files in the schema that `formats.parquet.write` gives them, in pages of the first
version: strings and numbers plain or by places in a dictionary, uncompressed, in snappy or in zstd.
Offsets, sizes and numbers of values are believed only as far as they are checked.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from os import SEEK_END
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from quotemark.columnar.compiled import Numbers, Smalls
from quotemark.columnar.footer import (
    CODEC,
    COUNT,
    DEEPEST,
    DICTIONARY,
    FIELDS,
    LEAST,
    PAGES,
    TAKES,
    TYPE,
    read_footer,
)
from quotemark.columnar.leaves import (
    HIGH,
    STRINGS,
    VALUE,
    Leaf,
    Leaves,
    Text,
    read_leaves,
    room_for_leaves,
)
from quotemark.columnar.levels import Levels
from quotemark.columnar.pages import CRC, FIRST, MISSING, PACKED, PAGE, SIZE, pages_of
from quotemark.columnar.shapes import DOUBLE, ID, INTEGER, NAME, SHAPES, STRING, TABLE
from quotemark.columnar.thrift import varint

MOST_PAGES, MOST_VALUES, MOST_BYTES, TAIL = 4096, 1 << 24, 1 << 31, 8
"""How many pages are read at once at most, and how many values a column has and bytes all."""

FEW = 5000
"""How many bytes are summed up at once."""

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


class Footer(NamedTuple):
    """What the end of a file says: of its chunks, of its rows, and what is in it."""

    size: int  # of the whole file
    chunks: Numbers  # (groups, columns, FIELDS)
    rows: Numbers  # (groups,)
    all_rows: int
    kind: tuple[bytes, bytes]  # schema and metadata, as they stand there


def footer_of(file: Any) -> Footer | None:
    """The footer of an open file; None where it is out of the ordinary."""
    whole = file.seek(-TAIL, SEEK_END) + TAIL
    size = int.from_bytes(file.read(4), "little")
    if size > whole - TAIL:
        return None
    file.seek(-TAIL - size, SEEK_END)
    data = file.read(size)
    most = size // (LEAST * len(SHAPES)) + 1
    found: Numbers = np.empty((most, len(SHAPES), FIELDS), np.int64)
    rows, parts = np.empty(most, np.int64), np.zeros(5, np.int64)
    room = np.empty((DEEPEST, 2), np.int64)
    groups = read_footer(np.frombuffer(data, np.uint8), found, rows, parts, room)
    if groups < 0:
        return None
    a, b, c, d, all_rows = parts.tolist()
    return Footer(whole, found[:groups], rows[:groups], all_rows, (data[a:b], data[c:d]))


def chunks_of(path: Path) -> Chunks | None:
    """Where the columns of a file stand; None where its footer is out of the ordinary, or it does
    not have layers."""
    with path.open("rb") as file:
        footer = footer_of(file)
    if footer is None or not (footer.kind == _kind() or _is_ours(path)):
        return None
    found, whole = footer.chunks, footer.size
    first, sizes = found[..., PAGES], found[..., TAKES]
    starts = np.where(found[..., DICTIONARY] > 0, found[..., DICTIONARY], first)
    kept = (starts >= 0) & (sizes >= 0) & (sizes <= whole)
    kept &= found[..., TYPE] == [TYPES[shape.kind] for shape in SHAPES.values()]
    kept &= (starts <= whole - sizes) & np.isin(found[..., CODEC], list(CODECS))
    if not kept.all() or (footer.rows < 0).any() or footer.rows.sum() != footer.all_rows:
        return None
    codecs = [[CODECS[code] for code in line] for line in found[..., CODEC].tolist()]
    return Chunks(path, footer.rows, starts, starts + sizes, found[..., COUNT], codecs)


@lru_cache(maxsize=1)
def _model() -> BytesIO:
    """A file of layers without rows."""
    from pyarrow import parquet

    from quotemark.formats.arrow import SCHEMA

    file = BytesIO()
    parquet.write_table(SCHEMA.empty_table(), file)
    return file


@lru_cache(maxsize=1)
def _kind() -> tuple[bytes, bytes] | None:
    """The schema and metadata of a file of layers, as its footer has them."""
    footer = footer_of(_model())
    return footer.kind if footer else None


def _is_ours(path: Path) -> bool:
    """Whether a file has layers in the columns that `write` gives them, as pyarrow sees it."""
    from pyarrow import parquet

    from quotemark.formats.arrow import MARK, SCHEMA, VERSION

    file = parquet.ParquetFile(path)
    known = file.schema_arrow
    marked = (known.metadata or {}).get(MARK) == VERSION
    columns = parquet.ParquetFile(_model()).schema
    return bool(marked and known.equals(SCHEMA) and file.schema.equals(columns))


def leaves_of(chunks: Chunks, number: int) -> Leaves | None:
    """The columns of a row group; None where something in it is out of the ordinary."""
    starts, ends = chunks.starts[number], chunks.ends[number]
    first, last = int(starts.min()), int(ends.max())
    if last - first >= MOST_BYTES:
        return None
    with chunks.path.open("rb", buffering=0) as file:
        file.seek(first)
        data = file.read(last - first)
    rows = np.full(len(SHAPES), chunks.rows[number])
    places = starts - first, ends - first, chunks.counts[number]
    return _read(data, *places, chunks.codecs[number], TABLE, rows)


def ids_of(chunks: Chunks) -> Leaves | None:
    """The ids of all row groups, as a column for each."""
    starts, ends = chunks.starts[:, ID], chunks.ends[:, ID]
    if (ends - starts).sum() >= MOST_BYTES:
        return None
    parts = []
    with chunks.path.open("rb", buffering=0) as file:
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            file.seek(start)
            parts.append(file.read(end - start))
    behind = np.cumsum(ends - starts)
    places = behind - (ends - starts), behind, chunks.counts[:, ID].copy()
    shapes = np.tile(TABLE[ID], (len(starts), 1))
    codecs = [line[ID] for line in chunks.codecs]
    return _read(b"".join(parts), *places, codecs, shapes, chunks.rows)


def _read(
    data: bytes,
    starts: Numbers,
    ends: Numbers,
    counts: Numbers,
    codecs: Sequence[str],
    shapes: Numbers,
    rows: Numbers,
) -> Leaves | None:
    """The values of columns; None where one is out of the ordinary."""
    held, columns = np.frombuffer(data, np.uint8), len(starts)
    if len(data) < ends.max(initial=0):
        return None
    pages = np.empty((MOST_PAGES + 2 * columns, PAGE), np.int64)
    behind = np.empty(columns, np.int64)
    if not pages_of(held, starts, ends, counts, pages, behind):
        return None
    bodies = _bodies(data, pages, behind, codecs)
    if bodies is None:
        return None
    room = np.empty((columns + 1, 3), np.int64)
    most = room_for_leaves(pages, behind, shapes, room)
    if most > MOST_VALUES:
        return None
    values, inner, strings = room[-1].tolist()
    outer = np.empty((columns, int(rows.max(initial=0)) + 1), np.int32)
    text = Text(
        np.empty(strings, np.int32), np.empty(strings, np.int32), np.frombuffer(bodies, np.uint8)
    )
    leaves = Leaves(
        room,
        np.empty((columns, 4), np.int64),
        outer,
        Leaf(
            outer[0],
            np.empty(inner, np.int32),
            np.empty(values, np.int32),
            text,
            np.empty(strings, np.uint64),
            np.empty(strings, np.int32),
        ),
    )
    levels = Levels(
        np.empty(most, np.uint8), np.empty((2, most), np.uint8), np.empty((2, 4), np.int64)
    )
    if not read_leaves(pages, behind, shapes, rows, leaves, levels):
        return None
    for c in np.flatnonzero(leaves.found[:, HIGH]).tolist():
        try:
            strings_of(text_of(leaves, c))
        except UnicodeDecodeError:
            return None
    return leaves


def _bodies(data: bytes, pages: Numbers, behind: Numbers, codecs: Sequence[str]) -> bytes | None:
    """`data`, and behind it the pages that were compressed, which `pages` have there then.

    None where a checksum or a size is not as it should be.
    """
    view, parts, at = memoryview(data), [data], len(data)
    ends = behind.tolist()
    begins = [0, *ends[:-1]]
    whose = [
        codec
        for codec, begin, end in zip(codecs, begins, ends, strict=True)
        for _ in range(begin, end)
    ]
    known = pages[: len(whose)].T[[SIZE, PACKED, CRC, FIRST]].tolist()
    for n, (codec, size, held, crc, first) in enumerate(zip(whose, *known, strict=True)):
        if crc != MISSING and _checksum(view, first, first + held) != crc & 0xFFFFFFFF:
            return None
        if codec:
            parts.append(_unpacked(view[first : first + held], size, codec))
            if len(parts[-1]) != size or at + size >= MOST_BYTES:
                return None
            pages[n, FIRST] = at
            at += size
        elif held != size:
            return None
    return b"".join(parts) if len(parts) > 1 else data


def _checksum(data: memoryview, start: int, end: int) -> int:
    """The CRC-32 of bytes, a few at a time: for more than 5 KB zlib gives the GIL away, and having
    it back takes longer than the sum."""
    found = 0
    for first in range(start, end, FEW):
        found = zlib.crc32(data[first : min(first + FEW, end)], found)
    return found


def _unpacked(body: memoryview, size: int, codec: str) -> Any:
    """A page that was compressed, of which its header says how long it is.

    Raises an error of pyarrow, or gives nothing, where it is not as long: zstd tells by itself,
    and in snappy the size stands first.
    """
    import pyarrow as pa

    if codec == "snappy" and varint(np.frombuffer(body, np.uint8), 0, len(body))[1] != size:
        return b""
    return pa.Codec(codec).decompress(body, size) if size else b""


def values_of(leaves: Leaves, c: int) -> Smalls:
    """The values of a column, as in `Leaf`."""
    first = int(leaves.room[c, VALUE])
    return leaves.all.value[first : first + int(leaves.found[c, VALUE])]


def text_of(leaves: Leaves, c: int) -> Text:
    """The strings of a column."""
    text, first = leaves.all.text, int(leaves.room[c, STRINGS])
    here = slice(first, first + int(leaves.found[c, STRINGS]))
    return Text(text.starts[here], text.ends[here], text.data)


def strings_of(text: Text) -> list[str]:
    """Strings as objects. Raises `UnicodeDecodeError` for what is no UTF-8."""
    data: Any = memoryview(text.data.data)
    places = zip(text.starts.tolist(), text.ends.tolist(), strict=True)
    return [str(data[start:end], "utf-8") for start, end in places]
