"""Intervals by drawing documents again: what must hold, and what scipy says."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from quotemark.metrics.counts import Counts, Shares
from quotemark.metrics.ledger import Ledger, ledger
from quotemark.stats import METHODS, Interval, bca, bootstrap, intervals, percentile
from quotemark.stats.sums import drawn, swapped
from support.counts import Array, f1, many, tables

some = settings(max_examples=40, deadline=None)
METHOD = st.sampled_from(METHODS)


def left_out(counts: Array) -> Array:
    return f1(counts.sum(axis=0) - counts)


def scipys(counts: Array, method: str, resamples: int = 500) -> Any:
    return scipy_stats.bootstrap(
        (np.arange(len(counts)),),
        lambda chosen, axis: f1(counts[chosen].sum(axis=-2)),
        method=method,
        n_resamples=resamples,
        rng=np.random.default_rng(7),
    )


@some
@given(tables(3, 8, some=True))
def test_percentile_intervals_are_scipys_of_the_same_resamples(counts: Array) -> None:
    theirs = scipys(counts, "percentile")
    ours = percentile(theirs.bootstrap_distribution)
    assert ours == pytest.approx(np.array(theirs.confidence_interval), rel=1e-12)


@some
@given(tables(3, 8, some=True))
@pytest.mark.filterwarnings("ignore:The BCa confidence interval")
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_bca_intervals_are_scipys_of_the_same_resamples(counts: Array) -> None:
    theirs = scipys(counts, "BCa")
    values = theirs.bootstrap_distribution
    low, high = bca(values, f1(counts.sum(axis=0)), left_out(counts))
    if np.ptp(values) == 0:  # of which scipy makes NaN
        assert low == high == values[0]
        return
    assert (low, high) == pytest.approx(tuple(theirs.confidence_interval), rel=1e-9)


@some
@given(st.lists(st.none() | st.floats(-1, 1), min_size=1, max_size=30), st.floats(0.01, 0.99))
def test_percentile_intervals_are_numpys_quantiles_of_what_is_defined(
    values: list[float | None], level: float
) -> None:
    found = np.array([np.nan if value is None else value for value in values])
    tails = [(1 - level) / 2, 1 - (1 - level) / 2]
    known = found[~np.isnan(found)]
    expected = np.quantile(known, tails) if len(known) else [np.nan, np.nan]
    assert percentile(found, level=level) == pytest.approx(expected, nan_ok=True, abs=1e-12)


@pytest.mark.parametrize(("method", "name"), [("percentile", "percentile"), ("bca", "BCa")])
def test_intervals_are_scipys_but_for_chance(method: str, name: str) -> None:
    counts = many(60, seed=3)
    ours = bootstrap(counts, f1, resamples=10_000, method=method)
    theirs = scipys(counts, name, resamples=10_000)
    assert ours is not None
    assert ours == pytest.approx(
        tuple(theirs.confidence_interval), abs=0.15 * float(theirs.standard_error)
    )


def test_draws_are_uniform_multinomials() -> None:
    documents, resamples = 20, 20_000
    weights = drawn([np.eye(documents)], resamples=resamples, seed=1)[0]
    assert (weights.sum(axis=1) == documents).all()
    often = np.bincount(weights.ravel().astype(int), minlength=8)[:8] / weights.size
    assert often == pytest.approx(
        scipy_stats.binom.pmf(range(8), documents, 1 / documents), abs=0.003
    )
    assert weights.mean(axis=0) == pytest.approx(1, abs=0.04)
    assert np.cov(weights.T) == pytest.approx(
        np.eye(documents) - 1 / documents, abs=0.06
    )  # of a multinomial


def test_coins_are_fair_and_independent() -> None:
    weights = swapped([np.eye(13)], resamples=20_000, seed=1)[0]
    assert set(np.unique(weights)) == {0.0, 1.0}
    assert np.cov(weights.T) == pytest.approx(np.eye(13) / 4, abs=0.015)
    assert weights.mean(axis=0) == pytest.approx(0.5, abs=0.02)


@some
@given(st.lists(st.lists(st.integers(0, 2**40), min_size=2, max_size=2), min_size=1, max_size=9))
def test_whole_numbers_are_summed_exactly_however_large(rows: list[list[int]]) -> None:
    weights, sums = drawn([np.eye(len(rows)), np.array(rows)], resamples=20, seed=5)
    for each, found in zip(weights.tolist(), sums.tolist(), strict=True):
        for column, total in zip(zip(*rows, strict=True), found, strict=True):
            assert total == sum(int(w) * n for w, n in zip(each, column, strict=True))


@pytest.mark.parametrize("sums", [drawn, swapped])
def test_more_resamples_go_on_where_fewer_end(sums: object) -> None:
    counts = many(100_000, seed=1)  # in several blocks
    fewer, more = (sums([counts], resamples=n, seed=1)[0] for n in (60, 100))  # type: ignore[operator]
    assert (more[:60] == fewer).all()
    assert len(more) == 100


@some
@given(tables(2), tables(2), METHOD, st.integers(0, 3))
def test_a_score_has_the_interval_it_has_alone(
    counts: Array, other: Array, method: str, seed: int
) -> None:
    size = min(len(counts), len(other))
    found = [
        Ledger([*map(str, range(size))], Counts, each[:size], np.ones(size, dtype=bool))
        for each in (other, counts, other)
    ]
    together = intervals(found, resamples=50, seed=seed, method=method)
    assert together[1] == intervals([found[1]], resamples=50, seed=seed, method=method)[0]
    assert together[0] == together[2]
    alone = bootstrap(counts[:size], f1, resamples=50, seed=seed, method=method)
    assert together[1].f1 == (pytest.approx(alone) if alone else None)


@some
@given(tables(2), METHOD, st.integers(0, 3))
def test_ends_are_in_order_and_within_the_range_of_the_resamples(
    counts: Array, method: str, seed: int
) -> None:
    found = bootstrap(counts, f1, resamples=50, seed=seed, method=method)
    values = f1(drawn([counts], resamples=50, seed=seed)[0])
    if found is None:
        assert np.isnan(values).all() or method == "bca"
        return
    assert np.nanmin(values) <= found.low <= found.high <= np.nanmax(values)


@some
@given(tables(1, 1), st.integers(2, 9), METHOD)
def test_documents_that_are_all_alike_have_an_interval_of_one_value(
    counts: Array, times: int, method: str
) -> None:
    value = float(f1(counts[0]))
    found = bootstrap(np.repeat(counts, times, axis=0), f1, resamples=20, method=method)
    assert found == (None if np.isnan(value) else Interval(value, value))


@some
@given(tables(2), METHOD)
def test_a_wider_level_is_a_wider_interval(counts: Array, method: str) -> None:
    narrow, wide = (bootstrap(counts, f1, resamples=60, level=x, method=method) for x in (0.5, 0.9))
    assert (narrow is None) == (wide is None)
    if narrow and wide:
        assert wide.low <= narrow.low <= narrow.high <= wide.high


@some
@given(tables(2, 6), METHOD)
def test_parts_of_counts_are_counts_in_another_unit(counts: Array, method: str) -> None:
    rows = [(tp, tp + fp, tp, tp + fn) for tp, fp, fn in counts.tolist()]
    whole = ledger([*map(str, range(len(rows)))], [Shares(*row) for row in rows])
    halves = ledger(
        whole.documents, [Shares(*(Fraction(number, 2) for number in row)) for row in rows]
    )
    assert intervals([halves], resamples=40, method=method) == intervals(
        [whole], resamples=40, method=method
    )


def test_documents_not_scored_are_no_documents() -> None:
    tallies = [Counts(tp=1, fp=n) if n < 1 else None for n in range(5)]
    assert intervals([ledger([*"abcde"], tallies)])[0] == (None, None, None)
    two = intervals([ledger([*"abcde"], [*tallies[:1], Counts(tp=2, fn=2), None, None, None])])[0]
    assert two.precision == Interval(1.0, 1.0)
    assert two.recall is not None
    assert two.recall.low == 0.5  # only the second is drawn
    assert two.recall.high == 1.0


def test_one_document_that_is_all_of_a_score_leaves_bca_in_order() -> None:
    counts = np.array([[1000, 0, 0], *[[1, 2, 3]] * 40])  # an acceleration beyond the pole
    found = bootstrap(counts, f1, method="bca")
    assert found is not None
    assert found.low < found.high


@pytest.mark.parametrize("method", METHODS)
def test_intervals_cover_the_truth_about_as_often_as_they_say(method: str) -> None:
    truth = float(f1(many(400_000, seed=0).sum(axis=0)))
    trials = [
        bootstrap(many(60, seed=seed), f1, resamples=400, method=method) for seed in range(1, 301)
    ]
    covered = sum(found is not None and found.low <= truth <= found.high for found in trials)
    assert 0.89 <= covered / len(trials) <= 0.985


@pytest.mark.parametrize("wrong", [{"resamples": 0}, {"level": 1.0}, {"method": "normal"}])
def test_what_makes_no_interval_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="resamples"):
        bootstrap(np.ones((3, 3)), f1, **wrong)  # type: ignore[arg-type]


def test_samples_over_different_documents_are_refused() -> None:
    two, three = (ledger([*"abc"[:n]], [Counts(tp=1)] * n) for n in (2, 3))
    with pytest.raises(ValueError, match="different documents"):
        intervals([two, three])
