"""Sums of counts over documents drawn again or swapped: what all resampling here comes down to.

Weights are made for a block of resamples at a time and shared by every table of counts, so that
many scores cost one matrix product, and systems and rows are resampled alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

Array = NDArray[Any]

BLOCK = 1_000_000
"""How many weights are in memory at a time: more no longer fit the caches, and are slower."""

DRAWN, SWAPPED = 0, 1
"""Streams of random numbers from one seed, so that drawing and swapping are independent."""


def drawn(tables: Sequence[Array], *, resamples: int, seed: int) -> list[Array]:
    """Sums over as many documents as there are, drawn with replacement (Efron 1979).

    Each table has a line for each document and a column for each count; it gives
    `(resamples, columns)` sums, 0 where there are no documents. All tables get the same draws.
    Whole numbers are summed exactly; more resamples go on where fewer end.

    >>> one, two = np.array([[1], [2], [4]]), np.array([[10], [20], [40]])
    >>> sums = drawn([one, two], resamples=5, seed=1)
    >>> bool((sums[1] == 10 * sums[0]).all()), sums[0].shape
    (True, (5, 1))
    """
    documents = len(tables[0]) if tables else 0
    return _sums(tables, _draws(documents, resamples, seed))


def swapped(tables: Sequence[Array], *, resamples: int, seed: int) -> list[Array]:
    """Sums over documents that are each taken or left with probability 1/2.

    Tables and result as of `drawn`.

    >>> swapped([np.array([[1]])], resamples=6, seed=1)[0].max()
    np.float64(1.0)
    """
    documents = len(tables[0]) if tables else 0
    return _sums(tables, _coins(documents, resamples, seed))


def _draws(documents: int, resamples: int, seed: int) -> Iterator[Array]:
    """How often each document is drawn: uniform multinomials, by counting uniform draws."""
    generator = np.random.default_rng([seed, DRAWN])
    for size in _blocks(documents, resamples):
        # 32 bits: the fastest of numpy's unbiased integers
        chosen = generator.integers(0, max(1, documents), size=(size, documents), dtype=np.uint32)
        weights = np.empty((size, documents), np.float32)
        for row, found in zip(weights, chosen, strict=True):
            row[:] = np.bincount(found, minlength=documents)
        yield weights


def _coins(documents: int, resamples: int, seed: int) -> Iterator[Array]:
    generator = np.random.default_rng([seed, SWAPPED])
    width = -(-documents // 8)
    for size in _blocks(documents, resamples):
        bits = generator.integers(0, 256, size=(size, width), dtype=np.uint8)
        yield np.unpackbits(bits, axis=1, count=documents)


def _blocks(documents: int, resamples: int) -> Iterator[int]:
    # a multiple of eight, so that random words are used up and no block's size shows in numbers
    block = max(8, BLOCK // max(1, documents) // 8 * 8)
    for start in range(0, resamples, block):
        yield min(block, resamples - start)


def _ahead(blocks: Iterable[Array]) -> Iterator[Array]:
    """The same blocks, each made in a thread while the one before is used."""
    rest = iter(blocks)
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, rest, None)
        while (block := coming.result()) is not None:
            coming = thread.submit(next, rest, None)
            yield block


def _sums(tables: Sequence[Array], weights: Iterable[Array]) -> list[Array]:
    """The product of weights and all tables side by side, equal columns taken once."""
    found = [_columns(table) for table in tables]
    distinct: dict[type, dict[bytes, Array]] = {np.float32: {}, np.float64: {}}
    keys = [[column.tobytes() for column in columns] for columns in found]
    for key, column in zip(chain(*keys), chain(*found), strict=True):
        distinct[column.dtype.type].setdefault(key, column)
    stacks = {kind: np.stack(list(group.values())) for kind, group in distinct.items() if group}
    products: dict[type, list[Array]] = {kind: [] for kind in stacks}
    # where other programs run, waiting for a second thread costs many times what it saves
    with threadpool_limits(1, user_api="blas"):
        for block in _ahead(weights):
            for kind, stack in stacks.items():
                products[kind].append(block.astype(kind, copy=False) @ stack.T)
    sums = {
        key: column
        for kind, blocks in products.items()
        for key, column in zip(distinct[kind], np.concatenate(blocks).T, strict=True)
    }
    return [np.stack([sums[key] for key in each], axis=1).astype(float) for each in keys]


def _columns(table: Array) -> Array:
    """A table's columns as floats, in half the width where every sum of them stays exact."""
    table = np.asarray(table)
    whole = table.dtype.kind in "iu"
    narrow = whole and len(table) * int(np.abs(table).max(initial=0)) < 2**24
    return np.ascontiguousarray(table.T, dtype=np.float32 if narrow else np.float64)
