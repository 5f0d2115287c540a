"""Counts as matrices say what the tallies say."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from quotemark.metrics.confusion import fields, kind_of
from quotemark.metrics.counts import Counts, Shares, Tally
from quotemark.metrics.ledger import ledger
from quotemark.metrics.protocols.semeval2013 import Outcomes
from quotemark.metrics.protocols.semeval2016_stance import MeanF1
from support.tallies import added

COUNT = st.integers(0, 6)
PART = COUNT | st.fractions(0, 6, max_denominator=7)
KINDS: list[st.SearchStrategy[Tally | None]] = [
    st.none() | st.builds(Counts, COUNT, COUNT, COUNT),
    st.none() | st.builds(Shares, PART, COUNT, PART, COUNT),
    st.none() | st.builds(Outcomes, COUNT, COUNT, COUNT, COUNT, COUNT),
    st.none() | st.builds(MeanF1, *[st.builds(Counts, COUNT, COUNT, COUNT)] * 2),
    *(
        st.none() | st.lists(COUNT, min_size=9, max_size=9).map(kind_of(name, fields("ab")).of)
        for name in ("MacroF1", "Kappa")
    ),
]
TALLIES = st.sampled_from(KINDS).flatmap(lambda kind: st.lists(kind, max_size=8))


def ratios(tally: Tally | None) -> list[float]:
    names = ("precision", "recall", tally.FIGURE) if tally else ()
    found = [getattr(tally, name) for name in names] or [None] * 3
    return [float("nan") if ratio is None else ratio for ratio in found]


@given(TALLIES)
def test_a_ledger_holds_the_tallies_and_their_sum(tallies: list[Tally | None]) -> None:
    documents = [f"d{n}" for n in range(len(tallies))]
    found = ledger(documents, tallies)
    assert dict(found) == dict(zip(documents, tallies, strict=True))
    scored = [tally for tally in tallies if tally is not None]
    assert found.total == added(scored)
    assert found.matrix.shape == (len(scored), len(found.kind.FIELDS))


@given(TALLIES)
def test_many_ratios_at_once_are_each_ratio(tallies: list[Tally | None]) -> None:
    found = ledger([str(n) for n in range(len(tallies))], tallies)
    expected = np.array([ratios(tally) for tally in tallies]).reshape(-1, 3)
    np.testing.assert_allclose(found.ratios, expected, rtol=1e-12)
    if found.total is not None:
        summed = found.kind.ratios(found.matrix.sum(axis=0))
        np.testing.assert_allclose(summed, ratios(found.total), rtol=1e-12)


def test_parts_stay_exact() -> None:
    third = Shares(Fraction(1, 3), 1, Fraction(1, 3), 1)
    found = ledger(["a", "b", "c"], [third] * 3)
    assert found.total == Shares(1, 3, 1, 3)
