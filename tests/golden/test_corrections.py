"""Corrected p-values: worked by hand, and against scipy."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from quotemark.stats import CORRECTIONS, adjust

P = [0.01, 0.04, 0.03, 0.005, 0.5]
PS = st.lists(st.floats(0, 1, exclude_min=True), max_size=8)


def test_holm_by_hand() -> None:
    # in order: 5 × 0.005, 4 × 0.01, 3 × 0.03, 2 × 0.04 which may not fall below 0.09, 0.5
    assert adjust(P) == pytest.approx([0.04, 0.09, 0.09, 0.025, 0.5])
    assert adjust([0.4, 0.6]) == [0.8, 0.8]
    assert adjust([0.7, 0.9]) == [1.0, 1.0]


def test_benjamini_hochberg_by_hand() -> None:
    # from the largest down: 0.5, 0.04 × 5/4, 0.03 × 5/3, 0.01 × 5/2, 0.005 × 5; never rising
    assert adjust(P, method="bh") == pytest.approx([0.025, 0.05, 0.05, 0.025, 0.5])


@given(PS.filter(len))
def test_benjamini_hochberg_is_scipys(p: list[float]) -> None:
    assert adjust(p, method="bh") == pytest.approx(scipy_stats.false_discovery_control(p))


@given(PS, st.sampled_from(CORRECTIONS), st.randoms(use_true_random=False))
def test_corrections_only_raise_keep_the_order_and_do_not_mind_it(
    p: list[float], method: str, random: Random
) -> None:
    found = adjust(p, method=method)
    for one, corrected in zip(p, found, strict=True):
        assert corrected is not None
        assert one <= corrected * (1 + 1e-12)
        assert corrected <= 1
    ranked = sorted(zip(p, found, strict=True))
    assert ranked == sorted(ranked, key=lambda each: each[1] or 0)
    order = list(range(len(p)))
    random.shuffle(order)
    shuffled = adjust([p[i] for i in order], method=method)
    assert shuffled == pytest.approx([found[i] for i in order])


@given(PS)
def test_holm_is_stricter_than_benjamini_hochberg(p: list[float]) -> None:
    for holm, bh in zip(adjust(p), adjust(p, method="bh"), strict=True):
        assert holm is not None
        assert bh is not None
        assert holm >= bh * (1 - 1e-12)


@pytest.mark.parametrize("method", CORRECTIONS)
def test_what_is_undefined_is_no_test(method: str) -> None:
    assert adjust([None, 0.01, None, 0.02], method=method)[1::2] == adjust(
        [0.01, 0.02], method=method
    )
    assert adjust([None], method=method) == [None]
    assert adjust([], method=method) == []


def test_another_method_is_refused() -> None:
    with pytest.raises(ValueError, match="bonferroni"):
        adjust([0.1], method="bonferroni")
