"""Comparisons of systems' reports: the same whatever the order, and true to the counts."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotemark import compare, plan, score
from quotemark.errors import QuotemarkError
from quotemark.metrics.results import ScoreReport
from quotemark.metrics.runs import read_run, write_run
from quotemark.model import Asked, Corpus
from quotemark.stats import adjust, intervals
from support.systems import gold, system

some = settings(max_examples=15, deadline=None)
GOLD = gold()
SHARES = {"good": 0.9, "fair": 0.6, "poor": 0.4}
QUICK = {"metrics": ["exact"], "labels": ["Quote"], "resamples": 300}


def report(name: str, pred: Corpus, truth: Corpus = GOLD) -> ScoreReport:
    return replace(score(truth, pred, metrics=["exact", "token"]), system=name)


PREDS = {name: system(name, share, of=GOLD, seed=5) for name, share in SHARES.items()}
REPORTS = [report(name, pred) for name, pred in PREDS.items()]


@some
@given(st.randoms(use_true_random=False), st.sampled_from(["randomization", "bootstrap"]))
def test_the_order_of_documents_changes_no_number(random: Random, test: str) -> None:
    def shuffled(corpus: Corpus) -> Corpus:
        return Corpus({}, tuple(random.sample(corpus.annotations, len(corpus.annotations))))

    other = [report(name, shuffled(pred), shuffled(GOLD)) for name, pred in PREDS.items()]
    for interval in ("percentile", "bca"):
        options = {**QUICK, "test": test, "interval": interval}
        assert compare(other, **options) == compare(REPORTS, **options)  # type: ignore[arg-type]
    assert plan(other[:2]) == plan(REPORTS[:2])


@some
@given(st.permutations(REPORTS), st.sampled_from(["randomization", "bootstrap"]))
def test_the_order_of_systems_turns_signs_and_nothing_else(
    reports: list[ScoreReport], test: str
) -> None:
    there, back = (
        {frozenset((d.system, d.against)): d for d in compare(each, test=test, **QUICK).differences}  # type: ignore[arg-type]
        for each in (REPORTS, reports)
    )
    assert there.keys() == back.keys()
    for systems, one in there.items():
        other = back[systems]
        sign = 1 if one.system == other.system else -1
        assert one.difference is not None
        assert other.difference == sign * one.difference
        assert (other.p, other.corrected, other.better) == (one.p, one.corrected, one.better)


@some
@given(st.sampled_from(["holm", "bh", "none"]), st.sampled_from(["precision", "recall", "f1"]))
def test_a_comparison_says_what_its_parts_say(correction: str, on: str) -> None:
    found = compare(REPORTS, on=on, correction=correction, **QUICK)  # type: ignore[arg-type]
    assert [(d.system, d.against) for d in found.differences] == [
        ("good", "fair"),
        ("good", "poor"),
        ("fair", "poor"),
    ]
    assert [d.corrected for d in found.differences] == adjust(
        [d.p for d in found.differences], method=correction
    )
    rows = {each.system: each.row("exact", "Quote") for each in REPORTS}
    for each in found.differences:
        assert each.values == tuple(getattr(rows[s], on) for s in (each.system, each.against))
        assert each.difference == pytest.approx(each.values[0] - each.values[1])  # type: ignore[operator]
        assert each.difference is not None
        assert each.interval is not None
        assert -1 <= each.interval.low <= each.difference <= each.interval.high <= 1
        assert (each.documents, each.left_out) == (len(GOLD.annotations), 0)
    for standing, row in zip(found.standings, rows.values(), strict=True):
        assert standing.ratios == {"precision": row.precision, "recall": row.recall, "f1": row.f1}
        ends = intervals([row.documents], resamples=300)[0]
        assert tuple(standing.intervals.values()) == ends


def test_a_pair_has_the_same_p_whoever_else_is_compared() -> None:
    alone = compare(REPORTS[:2], **QUICK).differences[0]  # type: ignore[arg-type]
    among = compare(REPORTS, metrics=["exact", "token"], resamples=300).differences[0]
    assert (among.p, among.interval, among.difference) == (
        alone.p,
        alone.interval,
        alone.difference,
    )


def test_a_saved_run_compares_as_the_predictions_do(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("runs") / "run.json"
    path.write_bytes(write_run(REPORTS))
    assert compare(read_run(path)) == compare(REPORTS)
    assert plan(read_run(path)[:2]) == plan(REPORTS[:2])


def test_against_a_baseline_there_is_one_difference_a_system() -> None:
    found = compare(REPORTS, baseline="fair", **QUICK)  # type: ignore[arg-type]
    assert [(d.system, d.against) for d in found.differences] == [
        ("good", "fair"),
        ("poor", "fair"),
    ]
    assert "|tests:2|" in found.signature


def test_documents_that_only_one_was_scored_on_are_left_out_for_both() -> None:
    silent = Asked(labels=("Cue",))
    some_silent = tuple(
        replace(layer, asked=silent) if number < 4 else layer
        for number, layer in enumerate(PREDS["fair"])
    )
    partly = report("fair", Corpus({}, some_silent))
    each = compare([REPORTS[0], partly], **QUICK).differences[0]  # type: ignore[arg-type]
    rest = Corpus({}, GOLD.annotations[4:])
    kept = compare([report(name, PREDS[name], rest) for name in ("good", "fair")], **QUICK)  # type: ignore[arg-type]
    assert (each.documents, each.left_out) == (8, 4)
    assert each.values == kept.differences[0].values
    assert each.p is not None
    nothing = Corpus({}, tuple(replace(layer, asked=silent) for layer in PREDS["fair"]))
    none = compare([REPORTS[0], report("fair", nothing)], **QUICK).differences[0]  # type: ignore[arg-type]
    assert (none.documents, none.left_out, none.difference, none.p) == (0, 12, None, None)
    assert none.better is None


def test_labels_that_nobody_has_are_not_compared_unless_named() -> None:
    assert {each.label for each in compare(REPORTS).differences} == {"Quote"}
    found = compare(REPORTS, metrics=["exact"], labels=["Cue"])
    assert {each.difference for each in found.differences} == {None}
    assert "|tests:0|" in found.signature


@pytest.mark.parametrize(
    ("reports", "options", "said"),
    [
        (REPORTS[:1], {}, "1 to compare"),
        ([REPORTS[0], REPORTS[0]], {}, "two systems are called 'good'"),
        (REPORTS, {"baseline": "best"}, "no system 'best'"),
        (REPORTS, {"labels": ["Qoute"]}, "no system has a score of Qoute"),
        (REPORTS, {"metrics": ["overlap"]}, "no system has a score of overlap(iou>=0.5)"),
        (REPORTS, {"metrics": ["exakt"]}, "exakt"),
        ([REPORTS[0], report("x", PREDS["fair"], gold(11))], {}, "not scored against one gold"),
        ([REPORTS[0], replace(REPORTS[1], rows=REPORTS[1].rows[:1])], {}, "fair is not scored by"),
        ([replace(each, rows=()) for each in REPORTS], {}, "no row to compare"),
    ],
)
def test_what_cannot_be_compared_is_said(
    reports: list[ScoreReport], options: dict[str, object], said: str
) -> None:
    with pytest.raises(QuotemarkError) as failure:
        compare(reports, **options)  # type: ignore[arg-type]
    assert said in str(failure.value)


@pytest.mark.parametrize("wrong", ["on", "test", "interval", "correction"])
def test_a_method_that_is_not_known_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="guess"):
        compare(REPORTS, **{wrong: "guess"})  # type: ignore[arg-type]


def test_a_plan_is_for_two_systems() -> None:
    with pytest.raises(QuotemarkError, match="3 to tell apart"):
        plan(REPORTS)
    found = plan(REPORTS[1:], limit=1000)
    assert (found.system, found.against, found.on) == ("fair", "poor", "f1")
    assert found.documents == 12
    assert found.more == max(0, (found.needed or 0) - 12)
