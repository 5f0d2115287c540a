"""How many documents tell two systems apart: against binomials, and against the real test."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from quotemark.stats import Pair, Planned, documents_needed, randomization
from quotemark.stats.power import scores
from support.counts import Array, f1, many, tables, two_tables

Two = tuple[Array, Array]
some = settings(max_examples=25, deadline=None)
BETTER = Pair(many(80, seed=1, skill=0.82), many(80, seed=1, skill=0.75, system=1), f1)


@pytest.mark.parametrize("differ", [1, 2, 5])
def test_systems_that_always_differ_one_way_need_six_such_documents(differ: int) -> None:
    # all swaps of k documents: p = 2 / 2**k, at most 0.05 from 6 on
    first, second = (np.array([[1, 0, 0]] * 10) for _ in range(2))
    second[:differ] = 0, 0, 1
    found = documents_needed(Pair(first, second, f1), simulations=4000)
    assert found is not None
    assert found.documents is not None
    enough = scipy_stats.binom.sf(5, np.arange(100), differ / 10)
    assert abs(found.documents - int(np.argmax(enough >= 0.8))) <= 1
    assert found.power == pytest.approx(enough[found.documents], abs=0.03)
    assert found.now == pytest.approx(enough[10], abs=0.03)


def test_the_number_found_gives_the_real_test_that_power() -> None:
    found = documents_needed(BETTER)
    assert found is not None
    assert found.documents is not None
    generator = np.random.default_rng(1)
    chosen = generator.integers(0, 80, size=(250, found.documents))
    p = [
        randomization([Pair(BETTER.first[each], BETTER.second[each], f1)], resamples=500)[0]
        for each in chosen
    ]
    told = np.mean([each is not None and each <= 0.05 for each in p])
    assert told == pytest.approx(0.8, abs=4 * np.sqrt(0.8 * 0.2 / 250))


def test_more_power_takes_more_documents_and_a_larger_difference_fewer() -> None:
    needed = [documents_needed(BETTER, power=power) for power in (0.5, 0.8, 0.95)]
    sizes = [each.documents or 0 for each in needed if each]
    assert sizes == sorted(set(sizes))
    strict = documents_needed(BETTER, alpha=0.01)
    assert strict is not None
    assert (strict.documents or 0) > sizes[1]
    wider = Pair(BETTER.first, many(80, seed=1, skill=0.6, system=1), f1)
    fewer = documents_needed(wider)
    assert fewer is not None
    assert 6 <= (fewer.documents or 0) < sizes[1]


@some
@given(two_tables(2, some=True), st.integers(1, 3))
def test_a_corpus_twice_and_in_any_order_needs_as_many(two: Two, times: int) -> None:
    pair = Pair(*two, f1)
    first, second = (np.tile(each[::-1], (times, 1)) for each in two)
    again = Pair(first, second, f1)
    one, other = (documents_needed(each, simulations=50, limit=1000) for each in (pair, again))
    assert one is not None
    assert other is not None
    assert other[:2] == one[:2]


@some
@given(two_tables(2, some=True))
def test_the_other_way_round_needs_as_many(two: Two) -> None:
    there, back = Pair(two[0], two[1], f1), Pair(two[1], two[0], f1)
    assert documents_needed(back, simulations=50, limit=1000) == documents_needed(
        there, simulations=50, limit=1000
    )


@some
@given(two_tables(2, some=True), st.integers(2, 3000))
def test_a_plan_keeps_what_it_promises(two: Two, limit: int) -> None:
    pair = Pair(*two, f1)
    found = documents_needed(pair, simulations=50, limit=limit)
    assert found is not None
    assert (found.now is None) == (pair.difference == 0)
    assert (found.documents is None) == (found.power is None)
    if found.documents is not None and found.power is not None:
        assert 6 <= found.documents <= limit
        assert found.power >= 0.8
        assert len(str(found.documents).rstrip("0")) <= 2


@some
@given(tables(2, some=True))
def test_no_number_tells_a_system_from_itself(counts: Array) -> None:
    assert documents_needed(Pair(counts, counts, f1)) == Planned(None, None, None)


def test_a_difference_that_is_too_small_is_said_to_be() -> None:
    first = many(50, seed=4)
    second = first.copy()
    second[0] += 1, 0, -1  # one more quote found, and in the next document one less
    second[1] += -1, 0, 1
    second[2] += 0, 1, 0
    found = documents_needed(Pair(first, second, f1), limit=500)
    assert found is not None
    assert found.documents is None
    assert found.now is not None
    assert found.now < 0.1


def test_fewer_than_two_documents_or_nothing_to_compare_make_no_plan() -> None:
    one = np.array([[1, 0, 0]])
    assert documents_needed(Pair(one, 0 * one, f1)) is None
    nothing = np.zeros((3, 3), dtype=int)
    assert documents_needed(Pair(nothing, nothing, f1)) is None
    three = np.array([[1, 0, 0], [1, 0, 1], [2, 0, 0]])
    left_out = Pair(three, 0 * three, f1, np.array([True, False, False]))
    assert documents_needed(left_out) is None


@pytest.mark.parametrize("wrong", [{"power": 1.0}, {"alpha": 0.0}, {"limit": 1}])
def test_what_is_out_of_range_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="power"):
        documents_needed(BETTER, **wrong)  # type: ignore[arg-type]


def test_the_normal_approximation_has_the_spread_of_swapping() -> None:
    apart = (BETTER.first - BETTER.second).astype(float)
    moments = apart.T @ apart
    score = float(scores(*BETTER.totals, moments, f1))
    coins = np.random.default_rng(2).random((20_000, 80)) < 0.5
    moved = coins @ apart
    first, second = BETTER.totals
    spread = np.std(BETTER.of(first - moved, second + moved))
    assert BETTER.difference / spread == pytest.approx(score, rel=0.03)
