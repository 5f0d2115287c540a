"""The best pairs against every possible choice of pairs."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from quotemark.assignment import Pair
from quotemark.metrics.counts import Number
from quotemark.metrics.protocols.pairing import best_pairs
from quotemark.metrics.protocols.words import shared

Worth = dict[Pair, tuple[Number, ...]]

INDICES = st.integers(0, 3)
NUMBERS = st.integers(0, 2) | st.fractions(0, 1, max_denominator=6)
WORTHS = st.dictionaries(
    st.builds(Pair, INDICES, INDICES), st.tuples(NUMBERS, NUMBERS, NUMBERS), max_size=8
)


def summed(pairs: Iterable[Pair], worth: Worth) -> tuple[Number, ...]:
    total: list[Number] = [Fraction(0)] * 3
    for pair in pairs:
        total = [a + b for a, b in zip(total, worth[pair], strict=True)]
    return tuple(total)


@given(WORTHS)
def test_no_other_choice_is_worth_more(worth: Worth) -> None:
    chosen = best_pairs(worth)
    assert len({p.gold for p in chosen}) == len({p.pred for p in chosen}) == len(chosen)
    choices = (c for size in range(5) for c in combinations(worth, size) if _one_to_one(c))
    assert summed(chosen, worth) == max(summed(choice, worth) for choice in choices)


TOKENS = st.lists(st.frozensets(st.integers(0, 6), max_size=4), max_size=4)


@given(TOKENS, TOKENS)
def test_shared_tokens_counted_pair_by_pair(
    golds: list[frozenset[int]], preds: list[frozenset[int]]
) -> None:
    each = {Pair(i, j): len(g & p) for i, g in enumerate(golds) for j, p in enumerate(preds)}
    assert shared(golds, preds) == {pair: common for pair, common in each.items() if common}


def _one_to_one(pairs: tuple[Pair, ...]) -> bool:
    return len({p.gold for p in pairs}) == len({p.pred for p in pairs}) == len(pairs)
