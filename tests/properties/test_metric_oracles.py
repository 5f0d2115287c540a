"""Metrics against what counts the same another way: sets, every pairing, scikit-learn."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.metrics import (  # type: ignore[import-untyped]
    accuracy_score,
    cohen_kappa_score,
    f1_score,
)

from quotemark import score
from quotemark.matching import ANY, HALF, Criterion
from quotemark.metrics.attributes import AGREEMENTS
from quotemark.metrics.case import Case
from quotemark.metrics.confusion import NONE, fields, kind_of
from quotemark.metrics.counts import Counts, Tally
from quotemark.metrics.names import Metric
from quotemark.metrics.relations import count_exact, count_relaxed
from quotemark.metrics.results import ScoreReport
from quotemark.metrics.spans import count_characters
from quotemark.metrics.trim import FINAL, MARKS, trim
from quotemark.model import Annotation, Corpus, Document, Span
from quotemark.scheme import default_scheme
from support.corpora import ANY_TEXTS, fragments
from support.layers import RELATIONS, compared, layers, renamed

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning"),
    pytest.mark.filterwarnings("ignore:A single label was found"),
]
crowded = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
SCHEME = default_scheme()


def cases(corpora: tuple[Corpus, Corpus]) -> list[Case]:
    gold, pred = corpora
    texts = gold.documents
    return [
        Case(one, other, texts[one.doc_id].text, SCHEME)
        for one, other in zip(gold, pred, strict=True)
    ]


def codepoints(*spans: Span) -> set[int]:
    return {c for span in spans for start, end in span.fragments for c in range(start, end)}


# Spans


@crowded
@given(compared())
def test_characters_counted_one_by_one(corpora: tuple[Corpus, Corpus]) -> None:
    for case in cases(corpora):
        found = count_characters(case)
        for label in SCHEME.labels:
            gold, pred = (codepoints(*layer.labelled(label)) for layer in (case.gold, case.pred))
            expected = Counts(len(gold & pred), len(pred - gold), len(gold - pred))
            assert found[label] == expected


@crowded
@given(compared())
def test_what_covers_more_is_found_more_often(corpora: tuple[Corpus, Corpus]) -> None:
    names = (
        *("exact", "overlap(iou>=0.8)", "overlap(gold>=0.8)", "overlap(pred>=0.8)"),
        *("overlap(iou>0)", "boundary(start)", "boundary(end)", "exact(trim)"),
    )
    report = score(*corpora, metrics=names)
    for label in SCHEME.labels:
        tp = {name: counts(report, name, label).tp for name in names}
        assert tp["exact"] <= tp["overlap(iou>=0.8)"]
        assert tp["overlap(iou>=0.8)"] <= min(tp["overlap(gold>=0.8)"], tp["overlap(pred>=0.8)"])
        assert max(tp["overlap(gold>=0.8)"], tp["overlap(pred>=0.8)"]) <= tp["overlap(iou>0)"]
        assert tp["exact"] <= min(tp["boundary(start)"], tp["boundary(end)"], tp["exact(trim)"])
        assert max(tp["boundary(start)"], tp["boundary(end)"]) <= tp["overlap(iou>0)"]


def counts(report: ScoreReport, metric: str, label: str) -> Counts:
    found = report.row(metric, label).counts
    assert isinstance(found, Counts)
    return found


@given(ANY_TEXTS.filter(bool), st.data())
def test_trimming_takes_marks_and_white_space_from_the_ends_alone(
    text: str, data: st.DataObject
) -> None:
    span = Span("q", "Quote", data.draw(fragments(len(text))))
    trimmed = trim(span, text)
    assert trim(trimmed, text) == trimmed
    assert codepoints(trimmed) <= codepoints(span)
    left_out = [text[c] for c in codepoints(span) - codepoints(trimmed)]
    assert all(letter in FINAL or letter.isspace() for letter in left_out)
    if any(not (text[c] in FINAL or text[c].isspace()) for c in codepoints(span)):
        for start, end in trimmed.fragments:
            assert text[start] not in MARKS
            assert not text[start].isspace()
            assert text[end - 1] not in FINAL
            assert not text[end - 1].isspace()


# Relations


Ends = tuple[object, object]


def ends(layer: Annotation, relation: str, labels: bool) -> list[Ends]:
    def place(span: Span) -> object:
        return frozenset(codepoints(span)), span.label if labels else ""

    spans = layer.by_id
    related = (r for r in layer.relations if r.label == relation)
    return [(place(spans[r.head]), place(spans[r.tail])) for r in related]


@crowded
@given(compared(), st.booleans())
def test_relations_with_exact_ends_are_common_to_two_lists(
    corpora: tuple[Corpus, Corpus], labels: bool
) -> None:
    for case in cases(corpora):
        found = count_exact(case, labels=labels)
        for relation in SCHEME.relations:
            gold, pred = (Counter(ends(s, relation, labels)) for s in (case.gold, case.pred))
            expected = Counts(
                (gold & pred).total(), (pred - gold).total(), (gold - pred).total()
            )  # fmt: skip
            assert found[relation] == expected


@crowded
@given(compared())
def test_relaxed_under_exact_is_strict(corpora: tuple[Corpus, Corpus]) -> None:
    for case in cases(corpora):
        assert count_relaxed(case, Criterion(HALF.iou * 2)) == count_exact(case, labels=True)


@st.composite
def crossed(draw: st.DrawFn) -> Case:
    """Few places and many relations, so that ends are alike and relations run in parallel."""
    doc = Document("a1", "“Yes”, she said. “No.”")
    gold = draw(layers(doc, "gold"))
    pred = draw(layers(doc, "mine", like=gold.spans))
    return Case(gold, pred, doc.text, SCHEME)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(crossed(), st.sampled_from([ANY, HALF]))
def test_relaxed_relations_as_the_best_of_all_pairings(case: Case, criterion: Criterion) -> None:
    found = count_relaxed(case, criterion)
    near = {
        (frozenset(codepoints(g)), g.label, frozenset(codepoints(p)))
        for label in SCHEME.labels
        for g, p in case.alignment(label, criterion).spans()
    }

    def right(one: Ends, other: Ends) -> bool:
        pairs = zip(one, other, strict=True)
        return all((*a, b[0]) in near for a, b in pairs)  # type: ignore[misc, index]

    for relation, _, _ in RELATIONS:
        golds, preds = (ends(layer, relation, True) for layer in (case.gold, case.pred))
        short, long_ = sorted((golds, preds), key=len)
        best = max(
            sum(
                right(one, other) if short is golds else right(other, one)
                for one, other in zip(short, chosen, strict=True)
            )
            for chosen in permutations(long_, len(short))
        )
        assert found[relation] == Counts(best, len(preds) - best, len(golds) - best)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(crossed(), st.sampled_from([ANY, HALF]), st.randoms(use_true_random=False))
def test_relaxed_relations_hang_on_no_id_and_no_side(
    case: Case, criterion: Criterion, random: Random
) -> None:
    def count(gold: Annotation, pred: Annotation) -> dict[str, Counts]:
        found = count_relaxed(Case(gold, pred, case.text, SCHEME), criterion)
        return {relation: each for relation, each in found.items() if each is not None}

    gold, pred = case.gold, case.pred
    there = count(gold, pred)
    assert count(renamed(gold, random), renamed(pred, random)) == there
    back = count(pred, gold)
    assert {name: Counts(c.tp, c.fn, c.fp) for name, c in back.items()} == there
    assert all(c.fp == c.fn == 0 for c in count(gold, renamed(gold, random)).values())


# Attributes


CLASSES = ("support", "oppose", "neutral")
PAIRS = st.lists(st.tuples(*[st.sampled_from([*CLASSES, NONE])] * 2), max_size=12)


def same(ours: float | None, theirs: float) -> bool:
    return np.isnan(theirs) if ours is None else ours == pytest.approx(theirs)


def figure(tally: Tally | None) -> float | None:
    return getattr(tally, tally.FIGURE) if tally is not None else None


@given(PAIRS)
def test_figures_of_a_confusion_matrix_as_scikit_learn_has_them(
    pairs: list[tuple[str, str]],
) -> None:
    found = {name: figure(make(pairs, CLASSES)) for name, make in AGREEMENTS.items()}
    if not pairs:
        assert set(found.values()) == {None}
        return
    gold, pred = zip(*pairs, strict=True)
    assert same(found["accuracy"], accuracy_score(gold, pred))
    assert same(found["kappa"], cohen_kappa_score(gold, pred))
    occur = sorted({*gold, *pred} - {NONE})
    if occur:
        assert same(found["macro-f1"], f1_score(gold, pred, labels=occur, average="macro"))
    else:
        assert found["macro-f1"] is None


@given(st.lists(PAIRS, max_size=5), st.sampled_from(["MacroF1", "Kappa"]))
def test_matrices_add_up(parts: list[list[tuple[str, str]]], name: str) -> None:
    kind = kind_of(name, fields(CLASSES))
    whole = kind.counted(pair for part in parts for pair in part)
    assert sum(map(kind.counted, parts), kind.counted([])) == whole
    assert kind.of(whole.row) == whole


@crowded
@given(compared())
def test_choices_of_matched_spans_as_scikit_learn_scores_them(
    corpora: tuple[Corpus, Corpus],
) -> None:
    report = score(*corpora, metrics=["attribute"])
    for label, name in (("Stance", "polarity"), ("Quote", "form"), ("Speaker", "kind")):
        classes = SCHEME.labels[label].attributes[name].values
        pairs = [
            tuple(str(span.attributes.get(name) or NONE) for span in pair)
            for case in cases(corpora)
            for pair in case.alignment(label, HALF).spans()
            if name in pair[0].attributes
        ]
        row = f"{label}.{name}"
        if not pairs:
            assert figure(report.row("attribute(kappa)", row).counts) is None
            continue
        gold, pred = zip(*pairs, strict=True)
        kappa = report.row("attribute(kappa)", row).counts
        assert same(figure(kappa), cohen_kappa_score(gold, pred))
        assert same(report.row("attribute(accuracy)", row).f1, accuracy_score(gold, pred))
        for value in classes:
            theirs = f1_score(gold, pred, labels=[value], average=None, zero_division=np.nan)
            ours = report.row("attribute(matched)", f"{label}[{name}={value}]").f1
            assert same(ours, theirs[0])


@crowded
@given(compared())
def test_attributes_and_stances_say_the_same_of_polarity(corpora: tuple[Corpus, Corpus]) -> None:
    report = score(*corpora, metrics=["attribute", "stance"])
    for metric in {row.metric for row in report.rows if row.metric.name == "attribute"}:
        words = ("polarity", metric.aspect or metric.scope)
        stance = Metric("stance", *words)
        rows = {"Stance.polarity": "Stance"}
        if metric.scope:
            rows |= {f"Stance[polarity={c}]": f"Stance[polarity={c}]" for c in CLASSES}
        for ours, theirs in rows.items():
            assert report.row(metric, ours).counts == report.row(stance, theirs).counts
