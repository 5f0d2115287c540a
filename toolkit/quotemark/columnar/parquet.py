"""Parquet files with layers as a source of columns."""

from __future__ import annotations

import os
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec
import numpy as np

from quotemark.columnar.chunks import ALIASES, SPAN, chunks_of, leaves_of, strings_of
from quotemark.columnar.columns import Columns, Names, empty
from quotemark.columnar.compiled import Numbers
from quotemark.columnar.hashing import EMPTY
from quotemark.columnar.leaves import Leaf, Text, hash_strings
from quotemark.columnar.lines import state_of
from quotemark.columnar.source import Block, Source, chosen, joined, with_texts
from quotemark.columnar.table import (
    Entities,
    Marks,
    Relations,
    Spans,
    Strings,
    Table,
    Values,
    fill,
    find_labels,
    mark_plain,
    read_values,
)
from quotemark.columnar.work import work_for
from quotemark.errors import Where
from quotemark.formats.records import collect
from quotemark.model import Annotation

FEW = 4
"""From how many row groups a block may be taken: of a file in another order than gold's, all of
it is held."""


def source(path: Path, names: Names, *, hashed: bool) -> Source | None:
    """A Parquet file as a source; None where it is out of the ordinary, or no Parquet file.

    `hashed` is whether anybody asks what its layers say. Raises what pyarrow raises
    for a file that is not sound.
    """
    try:
        from pyarrow import parquet
    except ModuleNotFoundError:
        return None
    from quotemark.formats.arrow import record
    from quotemark.formats.arrow import rows as rows_of

    state = state_of(path)
    if state is None:
        return None
    file = parquet.ParquetFile(path, page_checksum_verification=True)
    metadata = file.metadata
    if not _is_ours(file):
        return None
    paths = [file.schema.column(n).path for n in range(metadata.num_columns)]
    chunks = chunks_of(path, paths, metadata.num_row_groups)
    if chunks is None:
        return None
    ids = file.read(["id"], use_threads=False).column("id").combine_chunks()
    ids.validate(full=True)
    if ids.null_count or not len(ids) or chunks.rows.sum() != len(ids):
        return None
    hashes = np.empty(len(ids), np.uint64)
    hash_strings(_text_of(ids), len(ids), hashes)
    if (hashes == EMPTY).any():
        return None
    first = np.concatenate([[0], np.cumsum(chunks.rows)])
    locks = [Lock() for _ in chunks.rows]
    who: list[str] = []

    @lru_cache(maxsize=2 * (os.cpu_count() or 1))
    def group(number: int) -> Block | None:
        leaves = leaves_of(chunks, number)
        if leaves is None:
            return None
        if not who and len(leaves["annotator"].value):
            who.extend(strings_of(_one(leaves["annotator"], 0)))
        return _block(leaves, names, hashed)

    def held(number: int) -> Block | None:
        with locks[number]:  # two may want it at once
            return group(number)

    @lru_cache(maxsize=1)
    def everything() -> Block | None:
        return joined(map(group, range(len(chunks.rows))))

    def block(wanted: Numbers) -> Block | None:
        groups, which = np.unique(group_of(wanted), return_inverse=True)
        if len(groups) > FEW:
            with locks[0]:
                found = everything()
            return chosen(found, wanted) if found else None
        found = joined(map(held, groups.tolist()))
        begins = np.cumsum([0, *chunks.rows[groups]])
        return chosen(found, wanted - first[groups][which] + begins[which]) if found else None

    def group_of(wanted: Numbers) -> Numbers:
        found: Numbers = np.searchsorted(first, wanted, side="right") - 1
        return found

    def layer(line: int) -> Annotation:
        [number] = group_of(np.array([line]))
        part = parquet.ParquetFile(path, metadata=metadata).read_row_group(number)
        [batch] = part.slice(line - first[number], 1).combine_chunks().to_batches()
        _, layers = collect([(Where(str(path)), record(rows_of(batch)[0]))], path.stem)
        return layers[0].annotation

    documents = ids.to_numpy(zero_copy_only=False).tolist()
    return Source(documents, hashes, block, layer, lambda: who[0], lambda: state_of(path) == state)


@lru_cache(maxsize=1)
def _schema() -> Any:
    """The schema of a file of layers, as Parquet has it."""
    from pyarrow import parquet

    from quotemark.formats.arrow import SCHEMA

    file = BytesIO()
    parquet.write_table(SCHEMA.empty_table(), file)
    return parquet.ParquetFile(file).schema


def _is_ours(file: Any) -> bool:
    """Whether a file has layers in the columns that `write` gives them."""
    from quotemark.formats.arrow import MARK, SCHEMA, VERSION

    known = file.schema_arrow
    marked = (known.metadata or {}).get(MARK) == VERSION
    return bool(marked and known.equals(SCHEMA) and file.schema.equals(_schema()))


def _block(leaves: dict[str, Leaf], names: Names, hashed: bool) -> Block | None:
    """A row group as a block; None where something in it is out of the ordinary."""
    table = _table(leaves, names)
    if table is None or (leaves["asked"].value >= 0).any():
        return None
    columns = _columns(table, names, hashed)
    if columns is None:
        return None
    text, meta = leaves["text"], leaves["meta"]
    told = {n: msgspec.json.decode(strings_of(_one(meta, n))[0], type=dict) for n in _known(meta)}
    return with_texts(
        columns, ((n, strings_of(_one(text, n))[0], told.get(n, {})) for n in _known(text))
    )


def _known(leaf: Leaf) -> list[int]:
    """The places of what is not null."""
    return list(np.flatnonzero(leaf.value >= 0).tolist())


def _one(leaf: Leaf, place: int) -> Text:
    k = leaf.value[place]
    return Text(leaf.text.starts[k : k + 1], leaf.text.ends[k : k + 1], leaf.text.data)


def _columns(rows: Table, names: Names, hashed: bool) -> Columns | None:
    spans = rows.spans
    columns = empty(len(rows.sha.code), len(spans.label.code), len(spans.fragment) // 2)
    work = work_for(
        int(np.diff(spans.ends).max(initial=0)) + 1,
        int(np.diff(rows.relations.ends).max(initial=0)) + 1,
        hashed,
    )
    return columns if fill(rows, names, columns, work) else None


def _table(leaves: dict[str, Leaf], names: Names) -> Table | None:
    """Columns as a table; None where those of one list tell of lists that differ."""
    span = {name.removeprefix(SPAN): leaf for name, leaf in leaves.items() if SPAN in name}
    relation = [leaves[f"relations.list.element.{name}"] for name in ("label", "head", "tail")]
    entity = [leaves[f"entities.list.element.{name}"] for name in ("name", "id", ALIASES)]
    key, value = span["attributes.key_value.key"], span["attributes.key_value.value"]
    for first, *others in (list(span.values()), relation, entity):
        if not all(np.array_equal(first.outer, other.outer) for other in others):
            return None
    name, _, alias = entity
    items = len(span["id"].value)
    if not np.array_equal(key.inner[: items + 1], value.inner[: items + 1]):
        return None
    fragment, label = span["fragments.list.element"], _strings(span["label"])
    places = np.empty(len(label.hash), np.int32)
    find_labels(names.label, label.hash, places)
    return Table(
        _strings(leaves["text_sha256"]),
        _strings(leaves["annotator"]),
        _strings(leaves["status"]),
        _marks(leaves["provenance"]),
        Spans(
            key.outer,
            _strings(span["id"]),
            label,
            places,
            fragment.inner,
            fragment.value,
            key.inner,
            _strings(key),
            _values(value),
            _marks(span["meta"]),
        ),
        Relations(relation[0].outer, *map(_strings, relation)),
        Entities(name.outer, _strings(name), alias.inner, _strings(alias)),
    )


def _strings(leaf: Leaf) -> Strings:
    return Strings(leaf.value, leaf.hash)


def _marks(leaf: Leaf) -> Marks:
    plain = np.zeros(len(leaf.text.starts), np.int32)
    mark_plain(leaf.text, plain)
    return Marks(leaf.value, plain)


def _values(leaf: Leaf) -> Values:
    text, number = leaf.text, len(leaf.text.starts)
    first = np.empty(number + 1, np.int64)
    # a value has a hash, and strings that take three bytes and more each
    hashes = np.empty(2 * number + int((text.ends - text.starts).sum()) // 3, np.uint64)
    read_values(text, first, hashes, work_for(1, 1, hashed=False))
    return Values(leaf.value, first, hashes)


def _text_of(array: Any) -> Text:
    """The strings of an array of Arrow."""
    _, ends, data = array.buffers()
    places = np.frombuffer(ends, np.int32)[array.offset : array.offset + len(array) + 1]
    held = np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8)
    return Text(places[:-1], places[1:], held)
