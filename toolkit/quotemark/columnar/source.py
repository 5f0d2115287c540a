"""What the engine reads from: layers by their place in a file, a block of them at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from quotemark.columnar.columns import Columns, concatenated, empty, take
from quotemark.columnar.compiled import Hashes, Numbers
from quotemark.columnar.hashing import EMPTY
from quotemark.errors import Where
from quotemark.formats.meta import problems_of
from quotemark.metrics.fingerprint import of_string
from quotemark.model import Annotation, Json, text_hash

BLOCK = 1024
"""How many documents are in memory at once, for each processor."""


class Block(NamedTuple):
    """Some layers as columns, and how long their texts are."""

    columns: Columns
    lengths: Numbers  # (layers,): code points of the text, -1 where it is not known


def with_texts(columns: Columns, texts: Iterable[tuple[int, str, Json]]) -> Block | None:
    """The block of columns of which some layers have a text and its meta, by their places.

    The columns have the texts' hashes then. None where these are not the ones that layers name,
    or where meta is not sound.
    """
    lengths = np.full(len(columns.sha), -1, np.int64)
    for place, text, meta in texts:
        sha = np.uint64(of_string(text_hash(text)))
        if columns.sha[place] not in (EMPTY, sha) or any(problems_of(meta, Where())):
            return None
        columns.sha[place], lengths[place] = sha, len(text)
    return Block(columns, lengths)


def joined(blocks: Iterable[Block | None]) -> Block | None:
    """Blocks one behind the other; None where one is out of the ordinary."""
    known = []
    for block in blocks:
        if block is None:
            return None
        known.append(block)
    if len(known) == 1:
        return known[0]
    if not known:
        return Block(empty(0, 0, 0), np.empty(0, np.int64))
    columns = concatenated([block.columns for block in known])
    return Block(columns, np.concatenate([block.lengths for block in known]))


def chosen(block: Block, places: Numbers) -> Block:
    """Some layers of a block, in their order."""
    held, number = block.columns, len(block.lengths)
    if len(places) == number and np.array_equal(places, np.arange(number)):
        return block
    spans = held.spans[places + 1] - held.spans[places]
    fragments = held.fragments[held.spans[places + 1]] - held.fragments[held.spans[places]]
    columns = empty(len(places), int(spans.sum()), int(fragments.sum()))
    take(held, places, columns)
    return Block(columns, block.lengths[places])


class Source(NamedTuple):
    """A file's layers: their documents, in the file's order, and ways to the rest.

    `block` reads the layers at some places, None where one is out of the ordinary; `layer` reads
    one as the ordinary reader does; `annotator` tells whose a layer is, once one was read;
    `is_as_it_was` whether nobody has written to the file in the meantime.
    """

    ids: Sequence[str]
    hashes: Hashes
    block: Callable[[Numbers], Block | None]
    layer: Callable[[int], Annotation]
    annotator: Callable[[], str]
    is_as_it_was: Callable[[], bool]
