"""Parquet files with layers as a source of columns."""

from __future__ import annotations

import os
from bisect import bisect_right
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

import msgspec
import numpy as np

from quotemark.columnar.chunks import chunks_of, leaves_of, strings_of, text_of, values_of
from quotemark.columnar.columns import Names, empty
from quotemark.columnar.compiled import Numbers, Smalls
from quotemark.columnar.documents import documents_of
from quotemark.columnar.leaves import Leaves
from quotemark.columnar.lines import state_of
from quotemark.columnar.shapes import ANNOTATOR, FRAGMENT, LABEL, META, RELATION, TEXT, VALUE
from quotemark.columnar.source import Block, Source, chosen, joined, with_texts
from quotemark.columnar.table import fill, values_for
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
    state = state_of(path)
    if state is None or not find_spec("pyarrow"):
        return None
    chunks = chunks_of(path)
    documents = documents_of(chunks) if chunks else None
    if chunks is None or documents is None:
        return None
    ids, hashes = documents
    first = np.concatenate([[0], np.cumsum(chunks.rows)])
    begins = first.tolist()
    locks = [Lock() for _ in chunks.rows]
    who: list[str] = []

    @lru_cache(maxsize=2 * (os.cpu_count() or 1))
    def group(number: int) -> Block | None:
        leaves = leaves_of(chunks, number)
        if leaves is None:
            return None
        if not who and chunks.rows[number]:
            who.append(strings_of(text_of(leaves, ANNOTATOR))[values_of(leaves, ANNOTATOR)[0]])
        return _block(leaves, names, hashed)

    def held(number: int) -> Block | None:
        with locks[number]:  # two may want it at once
            return group(number)

    @lru_cache(maxsize=1)
    def everything() -> Block | None:
        return joined(map(group, range(len(chunks.rows))))

    def block(wanted: Numbers) -> Block | None:
        at = bisect_right(begins, wanted[0]) - 1 if len(wanted) else 0
        whole = np.arange(begins[at], begins[at + 1])
        if np.array_equal(wanted, whole):  # as they mostly are
            return held(at)
        groups, which = np.unique(group_of(wanted), return_inverse=True)
        if len(groups) > FEW:
            with locks[0]:
                found = everything()
            return chosen(found, wanted) if found else None
        found = joined(map(held, groups.tolist()))
        moved = np.cumsum([0, *chunks.rows[groups]])[:-1] - first[groups]
        return chosen(found, wanted + moved[which]) if found else None

    def group_of(wanted: Numbers) -> Numbers:
        found: Numbers = np.searchsorted(first, wanted, side="right") - 1
        return found

    def layer(line: int) -> Annotation:
        from pyarrow import parquet

        from quotemark.formats.arrow import record
        from quotemark.formats.arrow import rows as rows_of

        [number] = group_of(np.array([line]))
        file = parquet.ParquetFile(path, page_checksum_verification=True)
        part = file.read_row_group(number)
        [batch] = part.slice(line - first[number], 1).combine_chunks().to_batches()
        _, layers = collect([(Where(str(path)), record(rows_of(batch)[0]))], path.stem)
        return layers[0].annotation

    return Source(ids, hashes, block, layer, lambda: who[0], lambda: state_of(path) == state)


def _longest(ends: Smalls) -> int:
    """How many items the longest list has."""
    return int(np.diff(ends).max(initial=0))


def _block(leaves: Leaves, names: Names, hashed: bool) -> Block | None:
    """A row group as a block; None where something in it is out of the ordinary."""
    spans, relations = leaves.outer[LABEL], leaves.outer[RELATION]
    columns = empty(len(spans) - 1, spans[-1], len(values_of(leaves, FRAGMENT)) // 2)
    work = work_for(_longest(spans) + 1, _longest(relations) + 1, hashed)
    values = values_for(text_of(leaves, VALUE))
    if not fill(leaves, values, names, columns, work):
        return None
    texts, metas = strings_of(text_of(leaves, TEXT)), strings_of(text_of(leaves, META))
    text, meta = values_of(leaves, TEXT), values_of(leaves, META)
    told = {n: msgspec.json.decode(metas[meta[n]], type=dict) for n in _known(meta)}
    return with_texts(columns, ((n, texts[text[n]], told.get(n, {})) for n in _known(text)))


def _known(values: Smalls) -> list[int]:
    """The places of what is not null."""
    return list(np.flatnonzero(values >= 0).tolist())
