"""What must hold of scores whatever is scored."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support  # type: ignore[import-untyped]

from quotemark import QuotemarkError, score
from quotemark.matching import ANY, HALF, Criterion
from quotemark.metrics import registry
from quotemark.metrics.attributes import AGREEMENTS
from quotemark.metrics.case import Case
from quotemark.metrics.counts import Counts, Tally
from quotemark.metrics.measure import SCOPES
from quotemark.metrics.names import EVERY, METRICS, Metric, parse
from quotemark.metrics.results import Row, ScoreReport
from quotemark.metrics.spans import TOKEN, count_tokens, tokens
from quotemark.model import Annotation, Corpus
from quotemark.scheme import default_scheme
from support.corpora import ANY_TEXTS
from support.layers import compared, renamed
from support.tallies import added

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")
crowded = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)

IOUS = [HALF, ANY, Criterion(Fraction(1)), Criterion(Fraction("0.8")), Criterion(Fraction("0.05"))]
ANY_METRIC = st.sampled_from(EVERY) | st.builds(
    replace,
    st.sampled_from([metric for metric in EVERY if metric.measure.criterion]),
    criterion=st.sampled_from(IOUS),
)

OWN = (
    *(Metric(*key) for key in registry.OWN),
    *map(
        parse,
        (
            *("overlap(gold>=0.8)", "overlap(pred>=0.8)", "overlap(iou>0)"),
            *("relation(relaxed,exact)", "relation(relaxed,gold>=0.8)", "attribute(matched,iou>0)"),
        ),
    ),
)
"""Our own metrics, and some with another criterion."""

Numbers = dict[tuple[str, str], Tally | None]


def numbers(report: ScoreReport) -> Numbers:
    return {(str(row.metric), row.label): row.counts for row in report.rows}


def ratios(row: Row) -> list[float | None]:
    """Precision, recall and the figure, be it F1 or another."""
    if row.counts is None:
        return [None] * 3
    return [getattr(row.counts, name) for name in ("precision", "recall", row.counts.FIGURE)]


@given(ANY_METRIC)
def test_a_metric_is_its_string(metric: Metric) -> None:
    assert parse(str(metric)) == metric


WORDS = [
    *("exact", "overlap", "relation", "relaxed", "trim", "semeval13"),
    *("(", ")", ",", " ", "-", "iou>=", "gold>=", "pred>", "0.5", "1"),
]


@given(st.text(max_size=20) | st.lists(st.sampled_from(WORDS), max_size=8).map("".join))
def test_any_string_names_a_metric_or_is_refused(text: str) -> None:
    with suppress(QuotemarkError):
        metric = parse(text)
        assert parse(str(metric)) == metric


@crowded
@given(compared())
def test_gold_against_itself_is_perfect(corpora: tuple[Corpus, Corpus]) -> None:
    perfect = [metric for metric in OWN if metric.measure.perfect]
    for row in score(corpora[0], corpora[0], metrics=perfect).rows:
        assert row.counts is not None
        if isinstance(row.counts, Counts):
            assert (row.counts.fp, row.counts.fn) == (0, 0)
            expected = 1.0 if row.counts.support else None
            assert row.macro == (expected,) * 3
            assert ratios(row) == [expected] * 3
        else:
            assert set(ratios(row)) <= {1.0, None}


@crowded
@given(compared())
def test_an_empty_file_finds_nothing(corpora: tuple[Corpus, Corpus]) -> None:
    gold, _ = corpora
    report = score(gold, Corpus(), metrics=OWN)
    assert report.missing == tuple(sorted(gold.documents))
    full = numbers(score(gold, gold, metrics=OWN))
    for row in report.rows:
        assert row.counts is not None
        assert row.precision is None
        assert row.recall in ((0.0,) if row.counts.support and row.counts.fn else (None,))
        if isinstance(row.counts, Counts) and row.metric.name != "stance":
            once = full[str(row.metric), row.label]
            assert once is not None
            whole = row.metric.aspect not in AGREEMENTS and row.metric.scope != "matched"
            assert row.counts.support == (once.support if whole else 0)


@crowded
@given(compared(), st.randoms(use_true_random=False))
def test_order_and_ids_do_not_matter(corpora: tuple[Corpus, Corpus], random: Random) -> None:
    gold, pred = corpora
    report = score(gold, pred, metrics=OWN)
    other = score(_shuffled(gold, random), _shuffled(pred, random), metrics=OWN)
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
        numbers(score(Corpus(gold.documents, (g,)), Corpus({}, (p,)), metrics=OWN))
        for g, p in zip(gold, pred, strict=True)
    ]
    for key, counts in numbers(score(gold, pred, metrics=OWN)).items():
        assert counts == added(t for part in parts if (t := part[key]) is not None)


@crowded
@given(compared(whole=True))
def test_swapping_gold_and_predictions_swaps_precision_and_recall(
    corpora: tuple[Corpus, Corpus],
) -> None:
    gold, pred = corpora
    other = Corpus(gold.documents, pred.annotations)
    symmetric = [metric for metric in OWN if metric.symmetric]
    there, back = score(gold, other, metrics=symmetric), score(other, gold, metrics=symmetric)
    for a, b in zip(there.rows, back.rows, strict=True):
        recall, precision, figure = ratios(b)
        assert ratios(a) == [precision, recall, figure], str(a.metric)


def test_what_is_declared_symmetric() -> None:
    """So that no metric gets out of the test above unseen."""
    others = {str(metric) for metric in OWN if not metric.symmetric}
    assert others == {
        *("overlap(gold>=0.8)", "overlap(pred>=0.8)", "relation(relaxed,gold>=0.8)"),
        *("attribute(matched)", "attribute(end-to-end)", "attribute(matched,iou>0)"),
        *("attribution(entity,matched)", "attribution(entity,end-to-end)"),
        *(f"stance({a},{s})" for a in ("target", "tuple") for s in SCOPES),
    }
    imperfect = {str(metric) for metric in OWN if not metric.measure.perfect}
    assert imperfect == {"stance(polarity,favor-against)"}


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
    once = score(gold, pred, metrics=OWN)
    doubled = score(twice(gold), twice(pred), metrics=OWN)
    for a, b in zip(once.rows, doubled.rows, strict=True):
        assert ratios(a) == ratios(b)
        assert b.macro == pytest.approx(a.macro)


@crowded
@given(compared())
def test_metrics_agree_with_each_other(corpora: tuple[Corpus, Corpus]) -> None:
    report = score(*corpora)
    found = {
        (str(row.metric), row.label): row.counts if isinstance(row.counts, Counts) else Counts()
        for row in report.rows
    }
    for label in default_scheme().labels:
        exact, overlap = found["exact", label], found["overlap(iou>=0.5)", label]
        assert exact.tp <= overlap.tp
        assert exact.support == overlap.support
    for metric in METRICS:
        if metric.scope != "matched":
            continue
        for row in report.rows:
            if row.metric == metric:
                matched = found[str(metric), row.label]
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
