"""What must hold of annotators' scores, mistakes and drift, whoever annotated what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from quotemark import (
    annotator_drift,
    annotator_mistakes,
    annotator_periods,
    annotator_scores,
    annotator_speed,
    score,
)
from quotemark.model import Annotation, Asked, Corpus, Document, Json, Relation, Span
from quotemark.quality.comparing import comparisons
from quotemark.quality.mistakes import KINDS, Mistake, mistakes
from quotemark.quality.speed import quartiles
from quotemark.quality.times import tasks
from quotemark.scheme import default_scheme
from quotemark.stats.unpaired import permutation
from support.corpora import JSON, TEXTS
from support.layers import layers, renamed

SCHEME = default_scheme()
crowded = settings(max_examples=20)


def made(day: int, seconds: float = 60.0) -> dict[str, Json]:
    """Where a layer was made in Label Studio on a day of November."""
    return {"label_studio": {"created_at": f"2026-11-{day:02}T10:00:00Z", "lead_time": seconds}}


@st.composite
def teams(draw: st.DrawFn, annotators: str = "abc", whole: bool = False) -> Corpus:
    """Several annotators' layers over one to three documents, alike in part, most with a time."""
    docs = [Document(f"d{n}", draw(TEXTS)) for n in range(draw(st.integers(1, 3)))]
    found: list[Annotation] = []
    for doc in docs:
        first = draw(layers(doc, annotators[0], whole))
        others = [draw(layers(doc, name, whole, first.spans)) for name in annotators[1:]]
        for layer in (first, *others):
            day = draw(st.integers(0, 9))
            found.append(replace(layer, provenance=made(day, day * 10.0) if day else {}))
    return Corpus({doc.id: doc for doc in docs}, tuple(found))


def everything(corpus: Corpus) -> list[Any]:
    return [
        annotator_scores(corpus, resamples=2),
        annotator_mistakes(corpus),
        annotator_drift(corpus, resamples=50),
        annotator_periods(corpus, batch=2),
        annotator_periods(corpus),
        annotator_speed(corpus),
    ]


@crowded
@given(teams(), st.randoms(use_true_random=False))
def test_order_and_ids_do_not_matter(corpus: Corpus, random: Random) -> None:
    shuffled = [renamed(layer, random) for layer in corpus]
    random.shuffle(shuffled)
    documents = dict(reversed(list(corpus.documents.items())))
    assert everything(Corpus(documents, tuple(shuffled))) == everything(corpus)


@crowded
@given(teams("a"))
def test_who_does_as_the_others_do_makes_no_mistake(corpus: Corpus) -> None:
    both = [*corpus, *(replace(layer, annotator="z") for layer in corpus)]
    twice = Corpus(corpus.documents, tuple(both))
    for row in annotator_scores(twice, resamples=20):
        assert {row.precision, row.recall, row.f1} <= {1.0, None}
        assert (row.f1 is None) == (not row.own)
    assert annotator_mistakes(twice) == []
    for change in annotator_drift(twice, resamples=20):
        assert {change.first, change.second} <= {1.0, None}
        assert change.change in (0.0, None)
        assert change.p in (1.0, None)


@crowded
@given(teams("ab"))
def test_scores_of_two_are_those_of_score(corpus: Corpus) -> None:
    one, two = (
        Corpus(corpus.documents, tuple(layer for layer in corpus if layer.annotator == name))
        for name in "ab"
    )
    wanted = {
        (row.metric.name, row.label): row
        for row in score(two, one, metrics=["exact", "attribution(entity,matched)"]).rows
    }
    metrics = ["exact", "attribution(entity,matched)"]
    found = annotator_scores(corpus, metrics=metrics, resamples=1)
    for row in found:
        if row.annotator == "a" and row.label != "(all)":
            same = wanted[row.metric.partition("(")[0], row.label]
            assert (row.precision, row.recall) == (same.precision, same.recall)
            assert row.f1 == pytest.approx(same.f1)


@crowded
@given(teams())
def test_counts_of_all_labels_and_of_all_others_add_up(corpus: Corpus) -> None:
    rows = annotator_scores(corpus, metrics=["exact"], resamples=1)
    by_place = {(row.annotator, row.label): row for row in rows}
    for name in "abc":
        own = sum(len(layer.spans) for layer in corpus if layer.annotator == name)
        others = sum(len(layer.spans) for layer in corpus if layer.annotator != name)
        row = by_place[name, "(all)"]
        assert (row.own, row.others) == (2 * own, others)
        for side in ("own", "others"):
            labels = (getattr(by_place[name, label], side) for label in SCHEME.labels)
            assert sum(labels) == getattr(row, side)


def made_by(corpus: Corpus, annotator: str, other: str) -> tuple[list[Mistake], Counter[Any]]:
    found = comparisons(corpus, scheme=SCHEME)
    [one] = [each for each in found if (each.annotator, each.other) == (annotator, other)]
    made, chances = mistakes(one)
    return list(made), chances


TURNED = {"missed": "spurious", "spurious": "missed"}


@crowded
@given(teams("ab", whole=True))
def test_every_span_is_aligned_or_told_and_the_other_side_says_the_opposite(
    corpus: Corpus,
) -> None:
    made, chances = made_by(corpus, "a", "b")
    back, _ = made_by(corpus, "b", "a")
    kinds = Counter((each.kind, each.label) for each in made)
    turned = Counter((TURNED.get(each.kind, each.kind), each.label) for each in back)
    own_labels = Counter(each.own.label for each in made if each.kind == "label" and each.own)
    assert {kind for kind, _ in kinds} <= set(KINDS)
    for label in SCHEME.labels:
        pairs = chances["boundary", label]
        golds = sum(len(a.labelled(label)) for a in corpus if a.annotator == "b")
        preds = sum(len(a.labelled(label)) for a in corpus if a.annotator == "a")
        assert chances["missed", label] == golds
        assert chances["spurious", label] == preds
        assert pairs + kinds["missed", label] + kinds["label", label] == golds
        assert pairs + kinds["spurious", label] + own_labels[label] == preds
        for kind in ("missed", "spurious", "boundary"):
            assert kinds[kind, label] == turned[kind, label]
    for key, count in kinds.items():
        assert count <= chances[key]


TEXT = "“Ships must stop”, said Ana Lund. Bo Holm told us that it was a shame. He went home."
DOC = Document("d", TEXT)


def at(words: str) -> tuple[tuple[int, int], ...]:
    start = TEXT.index(words)
    return ((start, start + len(words)),)


DIRECT = {"form": "direct", "source": "mention"}
SPANS = {
    "q1": Span("q1", "Quote", at("“Ships must stop”"), DIRECT),
    "q2": Span("q2", "Quote", at("it was a shame"), {"form": "indirect", "source": "mention"}),
    "ana": Span("ana", "Speaker", at("Ana Lund"), {"entity": "Ana Lund", "kind": "named"}),
    "bo": Span("bo", "Speaker", at("Bo Holm"), {"entity": "Bo Holm", "kind": "named"}),
    "said": Span("said", "Cue", at("said")),
    "told": Span("told", "Cue", at("told")),
    "t": Span("t", "Stance", at("a shame"), {"polarity": "oppose", "target": "ships"}),
}
RELATIONS = (
    Relation("said_by", "q1", "ana"),
    Relation("said_by", "q2", "bo"),
    Relation("cued_by", "q1", "said"),
    Relation("cued_by", "q2", "told"),
    Relation("expressed_in", "t", "q2"),
)


def truth(annotator: str = "b") -> Annotation:
    return Annotation("d", DOC.sha256, annotator, tuple(SPANS.values()), RELATIONS)


def without(*ids: str) -> Annotation:
    own = truth("a")
    spans = tuple(span for span in own.spans if span.id not in ids)
    relations = tuple(r for r in own.relations if not {r.head, r.tail} & set(ids))
    return replace(own, spans=spans, relations=relations)


def changed(name: str, **changes: Any) -> Annotation:
    own = truth("a")
    spans = (replace(s, **changes) if s.id == name else s for s in own.spans)
    return replace(own, spans=tuple(spans))


def valued(name: str, **values: str | None) -> Annotation:
    return changed(name, attributes={**SPANS[name].attributes, **values})


def related(old: Relation, *new: Relation) -> Annotation:
    own = truth("a")
    return replace(own, relations=(*(r for r in own.relations if r != old), *new))


def moved(name: str, start: int, end: int) -> Annotation:
    [(first, last)] = SPANS[name].fragments
    return changed(name, fragments=((first + start, last + end),))


def extra(words: str) -> Annotation:
    own = truth("a")
    return replace(own, spans=(*own.spans, Span("x", "Cue", at(words))))


PLANTED = [
    (without("t"), "missed", "Stance", ""),
    (without("bo"), "missed", "Speaker", ""),  # and not that q2 is said by nobody
    (without("told"), "missed", "Cue", ""),
    (extra("went"), "spurious", "Cue", ""),
    (changed("said", label="Stance"), "label", "Cue", "Cue>Stance"),
    (moved("q1", 1, 0), "boundary", "Quote", "start, narrow"),
    (moved("q2", -5, 0), "boundary", "Quote", "start, wide"),
    (moved("q1", 0, -1), "boundary", "Quote", "end, narrow"),
    (moved("q1", 0, 1), "boundary", "Quote", "end, wide"),
    (moved("q1", 1, -1), "boundary", "Quote", "both ends, narrow"),
    (moved("t", -2, 1), "boundary", "Stance", "both ends, wide"),
    (moved("t", 2, 1), "boundary", "Stance", "both ends, shifted"),
    (changed("q1", fragments=((0, 6), (7, 17))), "boundary", "Quote", "inside, narrow"),
    (valued("q1", form="mixed"), "value", "Quote.form", "direct>mixed"),
    (valued("t", polarity="support"), "value", "Stance.polarity", "oppose>support"),
    (valued("t", polarity=None), "value", "Stance.polarity", "oppose>(none)"),
    (valued("ana", entity="Bo Holm"), "value", "Speaker.entity", ""),
    (related(RELATIONS[0], Relation("said_by", "q1", "bo")), "speaker", "Quote", "another"),
    (
        related(RELATIONS[0], RELATIONS[0], Relation("said_by", "q1", "bo")),
        *("speaker", "Quote", "another"),
    ),
    (related(RELATIONS[2], Relation("cued_by", "q1", "told")), "relation", "cued_by", "another"),
    (related(RELATIONS[2]), "relation", "cued_by", "left out"),
    (
        related(RELATIONS[4], Relation("expressed_in", "t", "q1")),
        *("relation", "expressed_in", "another"),
    ),
    (related(RELATIONS[4]), "relation", "expressed_in", "left out"),
    (
        related(RELATIONS[4], RELATIONS[4], Relation("held_by", "t", "bo")),
        *("relation", "held_by", "added"),
    ),
]


@pytest.mark.parametrize("planted", PLANTED, ids=[" ".join(each[1:]) for each in PLANTED])
def test_a_planted_mistake_is_counted_once_as_what_it_is(planted: tuple[Any, ...]) -> None:
    own, *wanted = planted
    made, chances = made_by(Corpus({"d": DOC}, (own, truth())), "a", "b")
    assert [[each.kind, each.label, each.detail] for each in made] == [wanted]
    assert chances[wanted[0], wanted[1]] >= 1


def test_a_source_that_is_not_stated_is_a_mistake_in_the_speaker() -> None:
    silent = valued("q1", source="not_stated")
    silent = replace(silent, relations=tuple(r for r in RELATIONS if r != RELATIONS[0]))
    for own, other, detail in ((silent, truth(), "left out"), (truth("a"), silent, "added")):
        other = replace(other, annotator="b")
        made, _ = made_by(Corpus({"d": DOC}, (own, other)), "a", "b")
        assert [(each.kind, each.detail) for each in made] == [("speaker", detail)]
        assert "not_stated" in made[0].instead


def test_another_mention_of_the_same_person_is_no_mistake() -> None:
    he = Span("he", "Speaker", at("He"), {"entity": "Bo Holm", "kind": "pronoun"})
    other = replace(truth(), spans=(*truth().spans, he))
    own = replace(other, annotator="a")
    own = replace(own, relations=(*(r for r in RELATIONS if r != RELATIONS[1]),))
    own = replace(own, relations=(*own.relations, Relation("said_by", "q2", "he")))
    assert made_by(Corpus({"d": DOC}, (own, other)), "a", "b")[0] == []


def test_spans_alike_are_each_others_partners() -> None:
    """Which of two spans alike a relation leads to says nothing."""
    twin = replace(SPANS["said"], id="twin")
    other = replace(truth(), spans=(*truth().spans, twin))
    own = replace(other, annotator="a")
    own = replace(own, relations=(*(r for r in RELATIONS if r != RELATIONS[2]),))
    own = replace(own, relations=(*own.relations, Relation("cued_by", "q1", "twin")))
    assert made_by(Corpus({"d": DOC}, (own, other)), "a", "b")[0] == []


@crowded
@given(teams("ab"), st.sampled_from(sorted(SCHEME.labels)))
def test_only_what_was_asked_counts(corpus: Corpus, label: str) -> None:
    rest = tuple(each for each in SCHEME.labels if each != label)

    def asked(layer: Annotation) -> Annotation:
        spans = tuple(span for span in layer.spans if span.label != label)
        ids = {span.id for span in spans}
        relations = tuple(r for r in layer.relations if {r.head, r.tail} <= ids)
        return replace(layer, spans=spans, relations=relations, asked=Asked(labels=rest))

    some = tuple(asked(a) if a.annotator == "a" else a for a in corpus)
    narrow = Corpus(corpus.documents, some)
    for tendency in annotator_mistakes(narrow):
        assert label not in (tendency.label, tendency.label.partition(".")[0])
    for row in annotator_scores(narrow, resamples=1):
        if row.label.startswith(label):
            assert row.f1 is row.precision is row.own is None


def test_what_lies_outside_of_a_window_is_no_mistake() -> None:
    window = Asked(windows=((0, 33),))
    own = replace(without("q2", "bo", "told", "t"), asked=window)
    assert annotator_mistakes(Corpus({"d": DOC}, (own, truth()))) == []


@crowded
@given(teams("ab"), st.integers(1, 4))
def test_all_stretches_of_work_together_are_the_whole(corpus: Corpus, size: int) -> None:
    timed = tuple(replace(layer, provenance=made(1 + n)) for n, layer in enumerate(corpus))
    whole = Corpus(corpus.documents, timed)
    scored = {
        (row.annotator, row.label): row
        for row in annotator_scores(whole, metrics=["overlap"], resamples=1)
    }
    for batch in (None, 100):
        rows = annotator_periods(whole, batch=batch)
        for row in rows:
            if len({r.period for r in rows if r.annotator == row.annotator}) == 1:
                same = scored[row.annotator, row.label]
                assert (row.precision, row.recall) == (same.precision, same.recall)
    by_batch = annotator_periods(whole, batch=size)
    for name, label in product("ab", ("(all)", *SCHEME.labels)):
        own = [row for row in by_batch if (row.annotator, row.label) == (name, label)]
        assert sum(row.tasks for row in own) == len(corpus.documents)


def test_tasks_of_one_document_are_told_apart() -> None:
    """The first window's work agrees, the second's does not."""
    parts = {"d:0-34": made(3), f"d:34-{len(TEXT)}": made(2)}
    own = replace(without("q2", "bo", "told", "t"), provenance={"tasks": parts})
    corpus = Corpus({"d": DOC}, (own, truth()))
    rows = {row.label: row for row in annotator_drift(corpus) if row.annotator == "a"}
    row = rows["(all)"]
    assert (row.first, row.second, row.change, row.p) == (0.0, 1.0, 1.0, None)  # by time
    assert (row.documents, row.tasks, row.untimed) == (1, 2, 0)
    assert next(r.untimed for r in annotator_drift(corpus) if r.annotator == "b") == 1


@given(st.dictionaries(st.sampled_from(["tasks", "label_studio", "x"]), JSON, max_size=3))
def test_any_provenance_can_be_read(provenance: dict[str, Json]) -> None:
    for task in tasks(Annotation("d", "", "a", provenance=provenance)):
        assert task.document == "d"


@given(JSON, JSON, JSON)
def test_any_time_can_be_read(created: Json, updated: Json, seconds: Json) -> None:
    told = {"created_at": created, "updated_at": updated, "lead_time": seconds}
    [task] = tasks(Annotation("d", "", "a", provenance={"label_studio": told}))
    assert task.seconds is None or task.seconds > 0
    assert task.made is None or task.made.tzinfo is not None


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=20))
def test_quartiles_are_those_of_the_standard_library(numbers: list[float]) -> None:
    from statistics import quantiles

    assert quartiles(numbers) == pytest.approx(quantiles(numbers, n=4, method="inclusive"))


def f1(sums: Any) -> Any:
    with np.errstate(divide="ignore", invalid="ignore"):
        return 2 * sums[..., 0] / (2 * sums[..., 0] + sums[..., 1])


COUNTS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=4)


@crowded
@given(COUNTS, COUNTS)
def test_the_permutation_test_is_scipys(
    one: Iterable[tuple[int, int]], two: Iterable[tuple[int, int]]
) -> None:
    first, second = np.array(one), np.array(two)
    p = permutation(first, second, f1)
    if p is None:
        assert np.isnan(f1(first.sum(axis=0))) or np.isnan(f1(second.sum(axis=0)))
        return
    both = np.concatenate([first, second])

    def difference(x: Any, y: Any) -> float:
        sums = (both[each.astype(int)].sum(axis=0) for each in (x, y))
        return float(np.subtract(*map(f1, sums)))

    found = scipy_stats.permutation_test(
        (np.arange(len(first)), np.arange(len(first), len(both))), difference, n_resamples=np.inf
    )
    values = np.abs(found.null_distribution)
    defined = values[~np.isnan(values)]  # scipy would count them
    assert p == pytest.approx((defined >= abs(found.statistic) - 1e-12).mean())


def test_many_documents_are_exchanged_at_random() -> None:
    random = np.random.default_rng(3)
    same = random.integers(0, 6, size=(40, 2))
    assert (permutation(same[:20], same[20:], f1, resamples=999) or 0) > 0.05
    apart = permutation(np.array([[5, 1]] * 20), np.array([[1, 5]] * 20), f1, resamples=999)
    assert apart == pytest.approx(1 / 1000)
    exact = permutation(same[:4], same[4:9], f1)
    drawn = permutation(same[:4], same[4:9], f1, resamples=100)
    assert drawn == pytest.approx(exact, abs=0.2)
