"""Scores with intervals: the same scores, and intervals where there can be any."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotemark import score, with_intervals
from quotemark.metrics.counts import Array, Counts
from quotemark.metrics.results import COLUMNS, ENDS, columns
from quotemark.model import Annotation, Corpus, Span
from quotemark.stats import bootstrap
from support.layers import compared

crowded = settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow], deadline=None)
METHODS = st.sampled_from(["percentile", "bca"])


@crowded
@given(compared(), METHODS)
def test_scores_stay_and_intervals_are_within_0_and_1(
    corpora: tuple[Corpus, Corpus], method: str
) -> None:
    plain = score(*corpora)
    found = with_intervals(plain, resamples=50, method=method)
    assert columns([found]) == (*COLUMNS[:7], *ENDS, *COLUMNS[7:])
    for row, before in zip(found.rows, plain.rows, strict=True):
        assert replace(row, intervals={}, signature=before.signature) == before
        assert set(row.intervals) == {"precision", "recall", "f1"}
        scored = sum(counts is not None for counts in row.documents.values())
        for name, ends in row.intervals.items():
            if scored < 2 or getattr(row, name) is None:
                assert ends is None
            elif ends is not None:
                assert 0 <= ends[0] <= ends[1] <= 1


@crowded
@given(compared(), st.integers(0, 9))
def test_each_is_the_bootstrap_of_its_own_counts(corpora: tuple[Corpus, Corpus], seed: int) -> None:
    found = with_intervals(score(*corpora, metrics=["exact"]), resamples=40, seed=seed)
    for row in found.rows:
        alone = bootstrap(row.documents.matrix, f1, resamples=40, seed=seed)
        assert alone == pytest.approx(row.intervals["f1"])


def f1(sums: Array) -> Array:
    ratios: Array = Counts.ratios(sums)[..., 2]
    return ratios


def test_signatures_say_how_and_making_them_anew_replaces_them() -> None:
    quote = Span("q", "Quote", ((0, 9),))
    gold = Corpus({}, tuple(Annotation(doc, "", "gold", (quote,)) for doc in "ab"))
    once = with_intervals(score(gold, gold, metrics=["exact"]), resamples=9, method="bca")
    assert "|boot:9|interval:bca|seed:1|v:" in once.rows[0].signature
    assert once.signature.endswith(once.rows[0].signature.partition("avg:micro")[2])
    again = with_intervals(once, resamples=5, seed=2)
    assert again.rows[0].signature.count("boot:") == 1
    assert "|boot:5|seed:2|v:" in again.rows[0].signature
    assert "|boot:5|seed:2|v:" in again.signature
