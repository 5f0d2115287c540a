"""Spans as tokens, for protocols that count in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from quotemark.assignment import Pair
from quotemark.metrics.spans import covered, tokens
from quotemark.model import Fragment, Span

Words = frozenset[int]
"""The indices of a text's tokens that a span covers, wholly or in part."""


def words(text: str, *spans: Span) -> Words:
    """The tokens that spans cover; none for white space.

    >>> sorted(words('"No", he said.', Span("q", "Quote", ((0, 5),))))
    [0, 1, 2, 3]
    """
    return frozenset(covered(_tokens(text), spans))


def runs(indices: Iterable[int]) -> tuple[Fragment, ...]:
    """Sets of tokens as runs of neighbours, half-open and in order.

    >>> runs({4, 1, 2})
    ((1, 3), (4, 5))
    """
    found: list[Fragment] = []
    for index in sorted(indices):
        if found and found[-1][1] == index:
            found[-1] = (found[-1][0], index + 1)
        else:
            found.append((index, index + 1))
    return tuple(found)


def shared(golds: Sequence[Words], preds: Sequence[Words]) -> Counter[Pair]:
    """How many tokens each gold shares with each prediction; pairs that share none are left out.

    >>> shared([frozenset({1, 2})], [frozenset({4}), frozenset({2, 3})])
    Counter({Pair(gold=0, pred=1): 1})
    """
    places: dict[int, list[int]] = {}
    for j, pred in enumerate(preds):
        for token in pred:
            places.setdefault(token, []).append(j)
    return Counter(
        Pair(i, j) for i, gold in enumerate(golds) for token in gold for j in places.get(token, ())
    )


@lru_cache(maxsize=16)
def _tokens(text: str) -> Sequence[Fragment]:
    return tokens(text)  # once for all the measures and spans of a document
