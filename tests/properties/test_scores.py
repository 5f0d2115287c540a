"""What must hold of scores whatever is scored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support  # type: ignore[import-untyped]

from quotemark import score
from quotemark.matching import ANY, HALF, Criterion
from quotemark.metrics.case import Case
from quotemark.metrics.counts import Counts, total
from quotemark.metrics.names import EVERY, METRICS, Metric, parse
from quotemark.metrics.results import Row, ScoreReport
from quotemark.metrics.spans import TOKEN, count_tokens, tokens
from quotemark.model import Annotation, Corpus
from quotemark.scheme import default_scheme
from support.corpora import ANY_TEXTS
from support.layers import compared, renamed

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")
crowded = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)

IOUS = [HALF, ANY, Criterion(Fraction(1)), Criterion(Fraction("0.8")), Criterion(Fraction("0.05"))]
ANY_METRIC = st.sampled_from(EVERY) | st.builds(
    replace,
    st.sampled_from([metric for metric in EVERY if metric.measure.criterion]),
    criterion=st.sampled_from(IOUS),
)

Numbers = dict[tuple[str, str], Counts | None]


def numbers(report: ScoreReport) -> Numbers:
    return {(str(row.metric), row.label): _counts(row) for row in report.rows}


def _counts(row: Row) -> Counts | None:
    return cast(Counts | None, row.counts)  # these metrics count nothing else


@given(ANY_METRIC)
def test_a_metric_is_its_string(metric: Metric) -> None:
    assert parse(str(metric)) == metric


@crowded
@given(compared())
def test_gold_against_itself_is_perfect(corpora: tuple[Corpus, Corpus]) -> None:
    for row in score(corpora[0], corpora[0]).rows:
        assert row.counts is not None
        assert (row.counts.fp, row.counts.fn) == (0, 0)
        expected = 1.0 if row.counts.support else None
        assert (row.precision, row.recall, row.f1) == (expected,) * 3
        assert row.macro == (expected,) * 3


@crowded
@given(compared())
def test_an_empty_file_finds_nothing(corpora: tuple[Corpus, Corpus]) -> None:
    gold, _ = corpora
    report = score(gold, Corpus())
    assert report.missing == tuple(sorted(gold.documents))
    full = score(gold, gold)
    for row in report.rows:
        assert row.counts is not None
        assert row.precision is None
        assert row.recall == (0.0 if row.counts.support else None)
        if "matched" not in str(row.metric):
            assert row.counts.support == full.row(row.metric, row.label).counts.support  # type: ignore[union-attr]


@crowded
@given(compared(), st.randoms(use_true_random=False))
def test_order_and_ids_do_not_matter(corpora: tuple[Corpus, Corpus], random: Random) -> None:
    gold, pred = corpora
    report = score(gold, pred)
    other = score(_shuffled(gold, random), _shuffled(pred, random))
    assert numbers(other) == numbers(report)
    assert other.gold == report.gold


def _shuffled(corpus: Corpus, random: Random) -> Corpus:
    layers = [renamed(layer, random) for layer in corpus]
    random.shuffle(layers)
    return Corpus(dict(reversed(list(corpus.documents.items()))), tuple(layers))


@crowded
@given(compared())
def test_counts_add_up_over_documents(corpora: tuple[Corpus, Corpus]) -> None:
    gold, pred = corpora
    parts = [
        numbers(score(Corpus(gold.documents, (g,)), Corpus({}, (p,))))
        for g, p in zip(gold, pred, strict=True)
    ]
    for key, counts in numbers(score(gold, pred)).items():
        assert counts == total(_defined(part[key] for part in parts))


def _defined(counts: Iterable[Counts | None]) -> list[Counts]:
    return [each for each in counts if each is not None]


@crowded
@given(compared(whole=True))
def test_swapping_gold_and_predictions_swaps_precision_and_recall(
    corpora: tuple[Corpus, Corpus],
) -> None:
    gold, pred = corpora
    other = Corpus(gold.documents, pred.annotations)
    there = score(gold, other, metrics=_symmetric())
    back = score(other, gold, metrics=_symmetric())
    for a, b in zip(there.rows, back.rows, strict=True):
        assert (a.precision, a.recall, a.f1) == (b.recall, b.precision, b.f1), str(a.metric)


def _symmetric() -> list[Metric]:
    return [metric for metric in METRICS if metric.symmetric]


@crowded
@given(compared())
def test_a_corpus_twice_has_the_same_scores(corpora: tuple[Corpus, Corpus]) -> None:
    def twice(corpus: Corpus) -> Corpus:
        documents = {
            name: replace(doc, id=name)
            for doc in corpus.documents.values()
            for name in (doc.id, f"{doc.id}'")
        }
        copies = (replace(layer, doc_id=f"{layer.doc_id}'") for layer in corpus)
        return Corpus(documents, (*corpus.annotations, *copies))

    gold, pred = corpora
    once, doubled = score(gold, pred), score(twice(gold), twice(pred))
    for a, b in zip(once.rows, doubled.rows, strict=True):
        assert (a.precision, a.recall, a.f1) == (b.precision, b.recall, b.f1)
        assert b.macro == pytest.approx(a.macro)


@crowded
@given(compared())
def test_metrics_agree_with_each_other(corpora: tuple[Corpus, Corpus]) -> None:
    report = score(*corpora)
    found = {key: counts or Counts() for key, counts in numbers(report).items()}
    for label in default_scheme().labels:
        exact, overlap = found["exact", label], found["overlap(iou>=0.5)", label]
        assert exact.tp <= overlap.tp
        assert exact.support == overlap.support
    for metric in METRICS:
        if metric.scope != "matched":
            continue
        for row in report.rows:
            if row.metric == metric:
                matched = _counts(row) or Counts()
                whole = found[str(replace(metric, scope="end-to-end")), row.label]
                assert matched.tp == whole.tp
                assert matched.fp <= whole.fp
                assert matched.fn <= whole.fn


@crowded
@given(compared(whole=True))
def test_polarity_of_matched_stances_as_scikit_learn_has_it(
    corpora: tuple[Corpus, Corpus],
) -> None:
    gold, pred = corpora
    report = score(gold, pred, metrics=["stance(polarity,matched)"])
    pairs = [
        (str(g.attributes["polarity"]), str(p.attributes["polarity"]))
        for one, other in zip(gold, pred, strict=True)
        for g, p in Case(one, other, None, default_scheme()).alignment("Stance", HALF).spans()
    ]
    classes = ["support", "oppose", "neutral"]  # "None", no polarity, is no class
    if not pairs:
        assert report.row("stance(polarity,matched)", "Stance").precision is None
        return
    truth, guess = zip(*pairs, strict=True)
    undefined = float("nan")
    theirs = precision_recall_fscore_support(truth, guess, labels=classes, zero_division=undefined)
    for name, precision, recall, f1, support in zip(classes, *theirs, strict=True):
        row = report.row("stance(polarity,matched)", f"Stance[polarity={name}]")
        assert _same(row.precision, precision)
        assert _same(row.recall, recall)
        assert _same(row.f1, f1)
        assert row.counts is not None
        assert row.counts.support == support


def _same(ours: float | None, theirs: float) -> bool:
    return theirs != theirs if ours is None else ours == pytest.approx(theirs)


@crowded
@given(compared())
def test_tokens_counted_one_by_one(corpora: tuple[Corpus, Corpus]) -> None:
    gold, pred = corpora
    for one, other in zip(gold, pred, strict=True):
        text = gold.documents[one.doc_id].text
        places = [set(range(*found.span())) for found in TOKEN.finditer(text)]
        counts = count_tokens(Case(one, other, text, default_scheme()))
        for label in default_scheme().labels:
            sides = [_codepoints(layer, label) for layer in (one, other)]
            inside = [{i for i, place in enumerate(places) if place & side} for side in sides]
            a, b = inside
            assert counts[label] == Counts(len(a & b), len(b - a), len(a - b))


def _codepoints(layer: Annotation, label: str) -> set[int]:
    fragments = (fragment for span in layer.labelled(label) for fragment in span.fragments)
    return {c for start, end in fragments for c in range(start, end)}


@given(ANY_TEXTS)
def test_tokens_leave_out_nothing_but_white_space(text: str) -> None:
    found = tokens(text)
    assert all(start < end for start, end in found)
    assert all(a[1] <= b[0] for a, b in pairwise(found))
    assert "".join(text[s:e] for s, e in found) == "".join(c for c in text if not c.isspace())
