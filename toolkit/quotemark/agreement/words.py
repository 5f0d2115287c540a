"""What agreement is counted in: tokens of a text, and values as nominal categories."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from quotemark.metrics.spans import tokens
from quotemark.model import Fragment, Span, Value
from quotemark.sources import fold

Bits = NDArray[np.bool_]


@lru_cache(maxsize=512)
def token_ends(text: str) -> NDArray[np.int64]:
    """The tokens of a text, `(tokens, 2)`, kept: all annotators look at the same ones.

    >>> token_ends("two words")
    array([[0, 3],
           [4, 9]])
    """
    ends = np.array(tokens(text), dtype=np.int64).reshape(-1, 2)
    ends.flags.writeable = False
    return ends


def touched(stretches: Sequence[Fragment], ends: NDArray[np.int64]) -> Bits:
    """The tokens that share a code point with any stretch.

    >>> touched([(2, 4)], token_ends("two words"))
    array([ True, False])
    """
    found = np.zeros(len(ends), bool)
    if stretches:
        starts, stops = zip(*stretches, strict=True)
        firsts = np.searchsorted(ends[:, 1], starts, side="right").tolist()
        lasts = np.searchsorted(ends[:, 0], stops, side="left").tolist()
        for first, last in zip(firsts, lasts, strict=True):
            found[first:last] = True
    return found


def touched_by(spans: Iterable[Span], ends: NDArray[np.int64]) -> Bits:
    """The tokens that share a code point with any span."""
    return touched([fragment for span in spans for fragment in span.fragments], ends)


def category(value: Value) -> tuple[str, ...]:
    """A value as a nominal category: null is one, a set is one, names are folded.

    >>> category(None), category("Ana"), category(("b", "A"))
    ((), ('ana',), ('a', 'b'))
    """
    names = () if value is None else (value,) if isinstance(value, str) else value
    return tuple(sorted(set(map(fold, names))))
