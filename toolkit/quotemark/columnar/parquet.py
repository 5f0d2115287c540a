"""Parquet files with layers as a source of columns."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from quotemark.columnar.columns import Columns, Names, empty
from quotemark.columnar.compiled import Numbers, Smalls
from quotemark.columnar.hashing import EMPTY
from quotemark.columnar.json import COMMA
from quotemark.columnar.lines import state_of
from quotemark.columnar.source import Block, Source
from quotemark.columnar.table import (
    Entities,
    Marks,
    Relations,
    Spans,
    Strings,
    Table,
    Text,
    Values,
    fill,
    hash_strings,
    mark_plain,
    read_values,
)
from quotemark.columnar.work import work_for
from quotemark.errors import Where
from quotemark.formats.meta import problems_of
from quotemark.formats.records import collect
from quotemark.metrics.fingerprint import of_string
from quotemark.model import Annotation, text_hash

SPAN = [f"spans.list.element.{name}" for name in ("id", "label", "fragments", "attributes", "meta")]
TOP = ["text", "text_sha256", "annotator", "relations", "entities", "asked", "status", "provenance"]
READ = (*TOP, *SPAN, "meta")
"""What is read of each row: all but ids of entities, scores of spans and the scheme."""

CODED = [
    *("text_sha256", "annotator", "status", "provenance"),
    *(path for path in SPAN if "." in path and not path.endswith(("fragments", "attributes"))),
    *(f"spans.list.element.attributes.key_value.{name}" for name in ("key", "value")),
    *(f"relations.list.element.{name}" for name in ("label", "head", "tail")),
    *("entities.list.element.name", "entities.list.element.aliases.list.element"),
]
"""The columns of strings that come by places in a list of those that differ."""

OPTIONAL = {"text", "asked", "provenance", "meta", "spans.score", "spans.meta"}
"""What may be null in a layer's row."""


def source(path: Path, names: Names) -> Source | None:
    """A Parquet file as a source; None where it is out of the ordinary, or no Parquet file."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ModuleNotFoundError:
        return None
    from quotemark.formats.arrow import MARK, SCHEMA, VERSION, record
    from quotemark.formats.arrow import rows as rows_of

    state = state_of(path)
    try:
        file = parquet.ParquetFile(path, page_checksum_verification=True)
        known = file.schema_arrow.metadata or {}
        if known.get(MARK) != VERSION or not file.schema_arrow.equals(SCHEMA):
            return None
        ids = file.read(["id"]).column("id").combine_chunks()
    except (pa.ArrowException, OSError):
        return None
    if ids.null_count or not len(ids):
        return None
    hashes = np.empty(len(ids), np.uint64)
    hash_strings(_text_of(ids), hashes)
    if (hashes == EMPTY).any():
        return None
    metadata = file.metadata
    sizes = [metadata.row_group(g).num_rows for g in range(metadata.num_row_groups)]
    first = np.cumsum([0, *sizes])

    silent = _silent(metadata)
    told = [name for name in READ if name not in silent]

    @lru_cache(maxsize=2 * (os.cpu_count() or 1))
    def group(number: int, names: tuple[str, ...]) -> Any:
        part = parquet.ParquetFile(
            path, metadata=metadata, read_dictionary=CODED, page_checksum_verification=True
        )
        found = part.read_row_group(number, columns=list(names), use_threads=False)
        found.validate(full=True)  # strings are UTF-8, lists lie in their items
        return found

    def rows(wanted: Numbers, columns: Sequence[str]) -> Any:
        """The wanted rows as one table; they are read group by group."""
        groups = np.searchsorted(first, wanted, side="right") - 1
        found = []
        for number in dict.fromkeys(groups.tolist()):
            inside = wanted[groups == number] - first[number]
            whole = np.array_equal(inside, np.arange(sizes[number]))
            table = group(number, tuple(columns))
            found.append(table if whole else table.take(pa.array(inside)))
        order = np.argsort(np.argsort(groups, kind="stable"), kind="stable")
        table = pa.concat_tables(found)
        return table if (order == np.arange(len(order))).all() else table.take(pa.array(order))

    def block(wanted: Numbers) -> Block | None:
        try:
            return _block(rows(wanted, told), names) if len(wanted) else _nothing()
        except (pa.ArrowException, OSError):
            return None

    def layer(line: int) -> Annotation:
        [batch] = rows(np.array([line]), SCHEMA.names).combine_chunks().to_batches()
        _, layers = collect([(Where(str(path)), record(rows_of(batch)[0]))], path.stem)
        return layers[0].annotation

    def annotator() -> str:
        return str(group(0, ("annotator",)).column("annotator")[0].as_py())

    documents = ids.to_numpy(zero_copy_only=False).tolist()
    return Source(documents, hashes, block, layer, annotator, lambda: state_of(path) == state)


def _silent(metadata: Any) -> set[str]:
    """The columns of `OPTIONAL` that are null throughout, as the file's own statistics tell."""
    found = {"spans.list.element.meta" if "." in name else name for name in OPTIONAL}
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        for place in range(group.num_columns):
            column = group.column(place)
            known = column.statistics
            if not known or not known.has_null_count or known.null_count < column.num_values:
                found.discard(column.path_in_schema)
    return found


def _nothing() -> Block:
    return Block(empty(0, 0, 0), np.empty(0, np.uint64), np.empty(0, np.int64))


def _block(table: Any, names: Names) -> Block | None:
    columns = {name: table.column(name).combine_chunks() for name in table.column_names}
    if any(_has_null(each, name) for name, each in columns.items()):
        return None
    asked, text, meta = (columns.get(name) for name in ("asked", "text", "meta"))
    if asked is not None and asked.null_count < len(asked):
        return None
    rows = _table(columns)
    found = _columns(rows, names)
    if found is None:
        return None
    sha, lengths = found.sha, np.full(len(table), -1, np.int64)
    if text is not None:
        for place in np.flatnonzero(text.is_valid().to_numpy(zero_copy_only=False)):
            known = _told(text[place].as_py(), meta[place].as_py() if meta is not None else None)
            if known is None or (sha[place] != EMPTY and sha[place] != known[0]):
                return None
            sha[place], lengths[place] = known
    return Block(found, sha, lengths)


def _columns(rows: Table, names: Names) -> Columns | None:
    spans = rows.spans
    columns = empty(len(rows.sha.code), len(spans.label.code), len(spans.fragment) // 2)
    work = work_for(
        int(np.diff(spans.ends).max(initial=0)) + 1,
        int(np.diff(rows.relations.ends).max(initial=0)) + 1,
    )
    return columns if fill(rows, names, columns, work) else None


def _told(text: str, meta: str | None) -> tuple[np.uint64, int] | None:
    """The hash of a text's hash, and its length; None where its meta cannot be read."""
    try:
        told = json.loads(meta) if meta else {}
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or any(problems_of(told, Where())):
        return None
    return np.uint64(of_string(text_hash(text))), len(text)


def _has_null(array: Any, name: str) -> bool:
    """Whether anything inside is null that may not be."""
    import pyarrow as pa

    if name not in OPTIONAL and array.null_count:
        return True
    if isinstance(array, pa.MapArray):
        return any(_has_null(each, f"{name}.") for each in (array.keys, array.items))
    if isinstance(array, pa.ListArray):
        return _has_null(array.values, name)
    if isinstance(array, pa.StructArray):
        return any(_has_null(array.field(f.name), f"{name}.{f.name}") for f in array.type)
    return False


def _table(columns: dict[str, Any]) -> Table:
    spans, relations, entities = (columns[name] for name in ("spans", "relations", "entities"))
    span, relation, entity = spans.values, relations.values, entities.values
    fragments, attributes = span.field("fragments"), span.field("attributes")
    aliases = entity.field("aliases")
    return Table(
        _strings(columns["text_sha256"]),
        _strings(columns["annotator"]),
        _strings(columns["status"]),
        _marks(columns.get("provenance"), len(columns["status"])),
        Spans(
            _ends(spans),
            _strings(span.field("id")),
            _strings(span.field("label")),
            _ends(fragments),
            fragments.values.to_numpy(),
            _ends(attributes),
            _strings(attributes.keys),
            _values(attributes.items),
            _marks(_field(span, "meta"), len(span)),
        ),
        Relations(
            _ends(relations), *(_strings(relation.field(n)) for n in ("label", "head", "tail"))
        ),
        Entities(
            _ends(entities),
            _strings(entity.field("name")),
            _ends(aliases),
            _strings(aliases.values),
        ),
    )


def _ends(array: Any) -> Smalls:
    """Where each list of an array ends, the beginning of the first before them."""
    return _numbers(array, 1, len(array) + 1)


def _strings(array: Any) -> Strings:
    hashes = np.empty(len(array.dictionary), np.uint64)
    hash_strings(_text_of(array.dictionary), hashes)
    return Strings(_codes(array), hashes)


def _marks(array: Any, number: int) -> Marks:
    if array is None:
        return Marks(np.full(number, -1, np.int32), np.empty(0, np.int32))
    plain = np.zeros(len(array.dictionary), np.int32)
    mark_plain(_text_of(array.dictionary), plain)
    return Marks(_codes(array), plain)


def _field(struct: Any, name: str) -> Any:
    """A field of a struct; None where it was not read."""
    place = struct.type.get_field_index(name)
    return struct.field(place) if place >= 0 else None


def _values(array: Any) -> Values:
    text = _text_of(array.dictionary)
    first = np.empty(len(array.dictionary) + 1, np.int64)
    # a value has a hash, and no more strings than commas and one
    hashes = np.empty(2 * len(array.dictionary) + int((text.data == COMMA).sum()), np.uint64)
    read_values(text, first, hashes, work_for(1, 1))
    return Values(_codes(array), first, hashes)


def _codes(array: Any) -> Smalls:
    codes = array.indices
    if codes.null_count:
        codes = codes.fill_null(-1)
    found: Smalls = codes.to_numpy()
    return found


def _text_of(array: Any) -> Text:
    data = array.buffers()[2]
    data = np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8)
    return Text(_numbers(array, 1, len(array) + 1), data)


def _numbers(array: Any, buffer: int, number: int) -> Smalls:
    held = array.buffers()[buffer]
    if held is None or not held.size:
        return np.zeros(number, np.int32)
    return np.frombuffer(held, np.int32)[array.offset : array.offset + number]
