"""Parquet: layers, as a compact sibling of the native format, or articles, one a row."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.files import read_bytes
from quotemark.formats import ReadOptions
from quotemark.formats.records import RawRecord, collect, records
from quotemark.formats.table import Row, articles, check_columns
from quotemark.model import Corpus

ROWS = 1024
"""How many rows a row group has, at most."""

LOOK: dict[str, Any] = {"write_statistics": False, "write_page_checksum": True}
PACKED = {"text": "zstd", "meta": "zstd"}
"""Texts, if there are any, are compressed; the rest is small by its dictionaries, and quicker read
as it is."""


def read(path: Path, options: ReadOptions | None = None) -> Corpus:
    """Read a Parquet file of layers, or of articles by the columns that `options` name.

    What `write` made is known by its schema's metadata. A file without rows is an empty corpus.
    Raises `QuotemarkError` with a problem for every row that cannot be read, for a file that is
    not sound, and without pyarrow.
    """
    _require_pyarrow(path)
    import pyarrow as pa
    from pyarrow import parquet

    from quotemark.formats.arrow import MARK, SCHEMA

    options = options or ReadOptions()
    data = read_bytes(path)
    try:
        file: Any = parquet.ParquetFile(pa.BufferReader(data), page_checksum_verification=True)
        schema = file.schema_arrow
        if MARK in (schema.metadata or {}):
            _check_layout(schema, path)
            documents, layers = collect(_layers(file, path), path.stem)
            return Corpus(documents, tuple(layer.annotation for layer in layers))
        if set(SCHEMA.names) <= set(schema.names):
            message = f"has the columns of layers, and no {MARK.decode()} in its metadata"
            raise error("parquet", message, "keep the metadata of the schema", file=path)
        check_columns(schema.names, path, options)
        cells = file.read().to_pylist()
    except (pa.ArrowException, OSError, UnicodeDecodeError) as failure:
        reason = str(failure).partition("\n")[0]
        raise error("parquet", reason, "name a sound Parquet file", file=path) from None
    return articles((Row(number, row) for number, row in enumerate(cells, 1)), path, options)


def _check_layout(schema: Any, path: Path) -> None:
    from quotemark.formats.arrow import MARK, SCHEMA, VERSION

    version = schema.metadata[MARK]
    if version != VERSION:
        message = f"layers of version {version.decode('utf-8', 'replace')}, not {VERSION.decode()}"
        remedy = "read it with the quotemark that wrote it, and write .jsonl"
        raise error("parquet", message, remedy, file=path)
    remedy = "give the columns that docs/formats.md describes"
    problems = [
        Problem(Where(str(path)), "columns", message, remedy)
        for name in sorted({*schema.names, *SCHEMA.names})
        if (message := _fault(name, schema))
    ]
    if problems:
        raise QuotemarkError(problems)


def _fault(name: str, schema: Any) -> str:
    """What is wrong with a column of layers; nothing if it is as it should be."""
    from quotemark.formats.arrow import SCHEMA

    if name not in SCHEMA.names:
        return f"layers have no column {name!r}"
    if schema.names.count(name) != 1:
        return f"column {name!r} is {'twice' if name in schema.names else 'missing'}"
    kind, wanted = schema.field(name).type, SCHEMA.field(name).type
    return "" if kind == wanted else f"column {name!r} is of type {kind}, not {wanted}"


def _layers(file: Any, path: Path) -> Iterator[tuple[Where, RawRecord | Problem]]:
    from quotemark.formats.arrow import SCHEMA, record, rows

    number = 0
    for batch in file.iter_batches(batch_size=ROWS):
        batch.validate(full=True)  # strings are UTF-8, lists lie in their items
        for row in rows(batch.select(SCHEMA.names)):
            number += 1
            where = Where(str(path), number)
            try:
                yield where, record(row)
            except ValueError as failure:
                place = Where(str(path), number, row["id"] or "")
                remedy = "give rows as docs/formats.md describes"
                yield where, Problem(place, "row", str(failure), remedy)
    if number != file.metadata.num_rows:  # a page whose header is broken may be passed over
        message = f"{number} rows are there, of {file.metadata.num_rows}"
        raise error("parquet", message, "name a sound Parquet file", file=path)


def write(corpus: Corpus, *, texts: bool = True) -> Iterator[bytes]:
    """The parts of a Parquet file of a corpus. Reading it gives the corpus back.

    The first row of each document carries its text and `meta`, unless `texts` is False. Raises
    `QuotemarkError` for what Arrow cannot hold, such as lone surrogates, and without pyarrow.
    """
    _require_pyarrow()
    from pyarrow import parquet

    from quotemark.formats.arrow import SCHEMA, batch

    rows = records(corpus, texts=texts)
    sink = io.BytesIO()
    packed = PACKED if texts and corpus.documents else "none"
    with parquet.ParquetWriter(sink, SCHEMA, compression=packed, **LOOK) as writer:
        while group := list(islice(rows, ROWS)):
            writer.write_batch(batch(group), row_group_size=ROWS)
            yield _taken(sink)
    yield _taken(sink)


def _taken(sink: io.BytesIO) -> bytes:
    """What has been written by now, no longer held."""
    part = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return part


def _require_pyarrow(path: Path | str = "") -> None:
    try:
        import pyarrow  # noqa: F401 - whether it is there
    except ModuleNotFoundError:
        remedy = "install pyarrow (pip install '.[parquet]'), or use .jsonl or .csv"
        raise error("parquet", "pyarrow is not installed", remedy, file=path) from None
