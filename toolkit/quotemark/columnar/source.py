"""What the engine reads from: layers by their place in a file, a block of them at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from quotemark.columnar.columns import Columns
from quotemark.columnar.compiled import Hashes, Numbers
from quotemark.model import Annotation

BLOCK = 2048
"""How many documents are in memory at once, for each processor."""


class Block(NamedTuple):
    """Some layers as columns, and what is known of their texts."""

    columns: Columns
    sha: Hashes  # (layers,): of the SHA-256 of the text, that of "" where it is not known
    lengths: Numbers  # (layers,): code points of the text, -1 where it is not known


class Source(NamedTuple):
    """A file's layers: their documents, in the file's order, and ways to the rest.

    `block` reads the layers at some places, None where one is out of the ordinary; `layer` reads
    one as the ordinary reader does; `annotator` tells whose the first is, which all must be;
    `is_as_it_was` whether nobody has written to the file in the meantime.
    """

    ids: Sequence[str]
    hashes: Hashes
    block: Callable[[Numbers], Block | None]
    layer: Callable[[int], Annotation]
    annotator: Callable[[], str]
    is_as_it_was: Callable[[], bool]
