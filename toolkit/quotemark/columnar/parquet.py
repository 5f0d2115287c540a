"""Parquet files with layers as a source of columns."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from quotemark.columnar.columns import Columns, Names, empty
from quotemark.columnar.compiled import Numbers, Smalls
from quotemark.columnar.hashing import EMPTY
from quotemark.columnar.json import COMMA
from quotemark.columnar.lines import state_of
from quotemark.columnar.source import Block, Source, with_texts
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
from quotemark.formats.records import collect
from quotemark.model import Annotation

CODED = [
    *("text_sha256", "annotator", "status", "provenance"),
    *(f"spans.list.element.{name}" for name in ("id", "label", "meta")),
    *(f"spans.list.element.attributes.key_value.{name}" for name in ("key", "value")),
    *(f"relations.list.element.{name}" for name in ("label", "head", "tail")),
    *("entities.list.element.name", "entities.list.element.aliases.list.element"),
]
"""The columns of strings that come by places in a list of those that differ."""

OPTIONAL = {"text", "asked", "provenance", "meta", "spans.score", "spans.meta"}
"""What may be null in a layer's row."""


FEW = 4
"""From how many row groups a block may be taken: of a file in another order than gold's, all of
it is held."""


def source(path: Path, names: Names) -> Source | None:
    """A Parquet file as a source; None where it is out of the ordinary, or no Parquet file.

    Raises what pyarrow raises for a file that is not sound.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ModuleNotFoundError:
        return None
    from quotemark.formats.arrow import MARK, SCHEMA, VERSION, record
    from quotemark.formats.arrow import rows as rows_of

    state = state_of(path)
    if state is None:
        return None
    file = parquet.ParquetFile(path, page_checksum_verification=True)
    known = file.schema_arrow.metadata or {}
    if known.get(MARK) != VERSION or not file.schema_arrow.equals(SCHEMA):
        return None
    metadata = file.metadata
    sizes = [metadata.row_group(g).num_rows for g in range(metadata.num_row_groups)]
    ids = file.read(["id"]).column("id").combine_chunks()
    ids.validate(full=True)
    if ids.null_count or not len(ids) or sum(sizes) != len(ids):
        return None
    hashes = np.empty(len(ids), np.uint64)
    hash_strings(_text_of(ids), hashes)
    if (hashes == EMPTY).any():
        return None
    first = np.cumsum([0, *sizes])

    @lru_cache(maxsize=2 * (os.cpu_count() or 1))
    def group(number: int) -> Any:
        part = parquet.ParquetFile(
            path, metadata=metadata, read_dictionary=CODED, page_checksum_verification=True
        )
        found = part.read_row_group(number, use_threads=False)
        found.validate(full=True)  # strings are UTF-8, lists lie in their items
        return found

    @lru_cache(maxsize=1)
    def everything() -> Any:
        return pa.concat_tables([group(number) for number in range(len(sizes))]).combine_chunks()

    def rows(wanted: Numbers) -> Any:
        """The wanted rows as one table, in their order."""
        groups, which = np.unique(group_of(wanted), return_inverse=True)
        if len(groups) > FEW:
            return everything().take(pa.array(wanted))
        table = pa.concat_tables([group(number) for number in groups.tolist()])
        begins = np.cumsum([0, *(sizes[number] for number in groups)])
        places = wanted - first[groups][which] + begins[which]
        whole = np.array_equal(places, np.arange(len(table)))
        return table if whole else table.take(pa.array(places))

    def group_of(wanted: Numbers) -> Numbers:
        found: Numbers = np.searchsorted(first, wanted, side="right") - 1
        return found

    def block(wanted: Numbers) -> Block | None:
        return _block(rows(wanted), names) if len(wanted) else _nothing()

    def layer(line: int) -> Annotation:
        [number] = group_of(np.array([line]))
        part = parquet.ParquetFile(path, metadata=metadata).read_row_group(number)
        [batch] = part.slice(line - first[number], 1).combine_chunks().to_batches()
        _, layers = collect([(Where(str(path)), record(rows_of(batch)[0]))], path.stem)
        return layers[0].annotation

    def annotator() -> str:
        [number] = group_of(np.array([0]))
        part = parquet.ParquetFile(path, metadata=metadata).read_row_group(number, ["annotator"])
        return str(part.column("annotator")[0].as_py())

    documents = ids.to_numpy(zero_copy_only=False).tolist()
    return Source(documents, hashes, block, layer, annotator, lambda: state_of(path) == state)


def _nothing() -> Block:
    return Block(empty(0, 0, 0), np.empty(0, np.int64))


def _block(table: Any, names: Names) -> Block | None:
    columns = {name: table.column(name).combine_chunks() for name in table.column_names}
    if any(_has_null(each, name) for name, each in columns.items()):
        return None
    scores = columns["spans"].values.field("score").drop_null().to_numpy()
    if columns["asked"].null_count < len(table) or not np.isfinite(scores).all():
        return None
    found = _columns(_table(columns), names)
    if found is None:
        return None
    text, meta = columns["text"], columns["meta"]
    told = {place: msgspec.json.decode(meta[place].as_py(), type=dict) for place in _known(meta)}
    return with_texts(
        found, ((place, text[place].as_py(), told.get(place, {})) for place in _known(text))
    )


def _known(array: Any) -> list[int]:
    """The places of what is not null."""
    return list(np.flatnonzero(array.is_valid().to_numpy(zero_copy_only=False)).tolist())


def _columns(rows: Table, names: Names) -> Columns | None:
    spans = rows.spans
    columns = empty(len(rows.sha.code), len(spans.label.code), len(spans.fragment) // 2)
    work = work_for(
        int(np.diff(spans.ends).max(initial=0)) + 1,
        int(np.diff(rows.relations.ends).max(initial=0)) + 1,
    )
    return columns if fill(rows, names, columns, work) else None


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
        _marks(columns["provenance"]),
        Spans(
            _ends(spans),
            _strings(span.field("id")),
            _strings(span.field("label")),
            _ends(fragments),
            fragments.values.to_numpy(),
            _ends(attributes),
            _strings(attributes.keys),
            _values(attributes.items),
            _marks(span.field("meta")),
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


def _marks(array: Any) -> Marks:
    plain = np.zeros(len(array.dictionary), np.int32)
    mark_plain(_text_of(array.dictionary), plain)
    return Marks(_codes(array), plain)


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
