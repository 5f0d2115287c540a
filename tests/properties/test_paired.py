"""Tests between two systems: what must hold, and what scipy says."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from quotemark.stats import Pair, bootstrap, randomization, shifts
from support.counts import Array, f1, many, tables, two_tables

some = settings(max_examples=40, deadline=None)
Two = tuple[Array, Array]
EVERY, SAMPLED = 2**10, 50
"""Resamples that are more, and fewer, than the ways to swap what these tests have."""


@some
@given(two_tables(2, 7, some=True))
def test_exact_randomization_is_scipys(two: Two) -> None:
    first, second = two
    both = np.concatenate(two)  # scipy permutes plain numbers: documents' places in this

    def difference(x: Array, y: Array, axis: int) -> Array:
        return f1(both[x].sum(axis=-2)) - f1(both[y].sum(axis=-2))

    size = len(first)
    theirs = scipy_stats.permutation_test(
        (np.arange(size), np.arange(size, 2 * size)),
        difference,
        permutation_type="samples",
        n_resamples=np.inf,
        vectorized=True,
    )
    assert randomization([Pair(first, second, f1)], resamples=EVERY) == [
        pytest.approx(theirs.pvalue, rel=1e-12)
    ]


def test_sampled_randomization_comes_near_the_exact_one() -> None:
    pair = Pair(many(14, seed=1), many(14, seed=1, system=1), f1)
    (exact,) = randomization([pair], resamples=2**14)
    (sampled,) = randomization([pair], resamples=4000)
    assert exact is not None
    assert sampled is not None
    assert 0.01 < exact < 0.99  # so that there is something to miss
    assert sampled == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 4000))
    assert sampled * 4001 == pytest.approx(round(sampled * 4001))


def test_a_difference_in_many_documents_is_sampled_with_one_added() -> None:
    good, bad = np.array([[1, 0, 0]] * 40), np.array([[0, 0, 1]] * 40)
    assert randomization([Pair(good, bad, f1)], resamples=999) == [0.001]


@some
@given(two_tables(), st.sampled_from([EVERY, SAMPLED]), st.integers(0, 3))
def test_p_is_a_share_and_never_0(two: Two, resamples: int, seed: int) -> None:
    pair = Pair(*two, f1)
    (p,) = randomization([pair], resamples=resamples, seed=seed)
    (shift,) = shifts([pair], resamples=resamples, seed=seed)
    assert (p is None) == bool(np.isnan(pair.difference))
    assert p is None or 0 < p <= 1
    assert shift.p is None or 0 < shift.p <= 1
    assert (shift.p is None) == (p is None or len(two[0]) < 2)


@some
@given(tables(2, some=True), st.sampled_from([EVERY, SAMPLED]))
def test_a_system_is_no_better_than_itself(counts: Array, resamples: int) -> None:
    pair = Pair(counts, counts, f1)
    assert pair.difference == 0
    assert randomization([pair], resamples=resamples) == [1.0]
    assert shifts([pair], resamples=resamples) == [((0.0, 0.0), 1.0)]


@some
@given(two_tables(2, some=True), st.sampled_from([EVERY, SAMPLED]), st.integers(0, 3))
def test_the_other_way_round_it_is_the_opposite(two: Two, resamples: int, seed: int) -> None:
    there, back = Pair(*two, f1), Pair(two[1], two[0], f1)
    options: dict[str, Any] = {"resamples": resamples, "seed": seed}
    assert back.difference == -there.difference
    assert randomization([back], **options) == randomization([there], **options)
    for method in ("percentile", "bca"):
        one, other = shifts([there, back], method=method, **options)
        assert other.p == one.p
        assert (one.interval is None) == (other.interval is None)
        if one.interval and other.interval:
            low, high = other.interval
            assert one.interval == pytest.approx((-high, -low), abs=1e-12)


@some
@given(two_tables(), st.randoms(use_true_random=False))
def test_exact_p_does_not_depend_on_the_order_of_documents(two: Two, random: Random) -> None:
    order = list(range(len(two[0])))
    random.shuffle(order)
    shuffled = Pair(two[0][order], two[1][order], f1)
    assert randomization([shuffled]) == randomization([Pair(*two, f1)])


@some
@given(two_tables(2, some=True), two_tables(2, some=True), st.integers(0, 3))
def test_a_pair_has_the_p_it_has_alone(two: Two, other: Two, seed: int) -> None:
    size = min(len(two[0]), len(other[0]))
    pairs = [Pair(one[:size], another[:size], f1) for one, another in (other, two)]
    options: dict[str, Any] = {"resamples": SAMPLED, "seed": seed}
    assert randomization(pairs, **options)[1:] == randomization(pairs[1:], **options)
    assert shifts(pairs, **options)[1:] == shifts(pairs[1:], **options)


@some
@given(two_tables(2, some=True), st.sampled_from(["percentile", "bca"]))
def test_against_nothing_a_difference_has_the_interval_of_the_score(two: Two, method: str) -> None:
    first, _ = two
    nothing = np.stack([0 * first[:, 0], 0 * first[:, 0], first[:, 0] + first[:, 2]], axis=1)
    (shift,) = shifts([Pair(first, nothing, f1)], resamples=SAMPLED, method=method)
    alone = bootstrap(first, f1, resamples=SAMPLED, method=method)
    assert shift.interval == (pytest.approx(alone, abs=1e-12) if alone else None)


@some
@given(two_tables(2, 8), st.data())
def test_documents_that_one_was_not_scored_on_do_not_count(two: Two, data: st.DataObject) -> None:
    size = len(two[0])
    scored = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    pair = Pair(*two, f1, scored)
    kept = Pair(two[0][scored], two[1][scored], f1)
    assert pair.documents == len(kept.first)
    assert pair.difference == pytest.approx(kept.difference, nan_ok=True)
    assert randomization([pair]) == randomization([kept])


def test_more_documents_of_the_same_kind_are_more_certain() -> None:
    pairs = [
        Pair(many(n, seed=1, skill=0.82), many(n, seed=1, skill=0.77, system=1), f1)
        for n in (30, 300)
    ]
    few, lots = ((randomization([pair])[0], shifts([pair])[0]) for pair in pairs)
    assert few[0] is not None
    assert lots[0] is not None
    assert lots[0] < few[0]
    assert lots[1].p == pytest.approx(lots[0], abs=0.02)  # the two tests agree in the end


def test_under_no_difference_a_test_at_5_percent_finds_one_in_twenty_times() -> None:
    pairs = [Pair(many(40, seed=n), many(40, seed=n, system=1), f1) for n in range(400)]
    for found in (
        randomization(pairs, resamples=400),
        [shift.p for shift in shifts(pairs, resamples=400)],
    ):
        share = sum(p is not None and p <= 0.05 for p in found) / len(found)
        assert 0.02 <= share <= 0.09


def test_with_few_documents_randomization_keeps_its_word_and_the_bootstrap_does_not() -> None:
    pairs = [Pair(many(10, seed=n), many(10, seed=n, system=1), f1) for n in range(500)]
    exact = randomization(pairs, resamples=2**10)
    shifted = [shift.p for shift in shifts(pairs, resamples=400)]
    often = [sum(p is not None and p <= 0.05 for p in found) / 500 for found in (exact, shifted)]
    assert often[0] <= 0.08
    assert often[1] >= 0.08


def test_undefined_swaps_are_passed_over() -> None:
    first, second = np.array([[1, 0, 0], [0, 0, 0]]), np.array([[0, 0, 0], [0, 1, 0]])
    # swapped as a whole: the same; the first alone: nothing is left of the first system
    assert randomization([Pair(first, second, f1)]) == [1.0]
    assert randomization([Pair(0 * first, second, f1)]) == [None]
    assert shifts([Pair(0 * first, second, f1)]) == [(None, None)]


def test_of_no_pairs_there_is_nothing_to_say() -> None:
    assert randomization([]) == []
    assert shifts([]) == []
    with pytest.raises(ValueError, match="resamples 0"):
        randomization([], resamples=0)
