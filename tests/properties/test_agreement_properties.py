"""What must hold of agreement whoever annotated what, and what other libraries say of it."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import stats as scipy_stats
from sklearn.metrics import cohen_kappa_score  # type: ignore[import-untyped]

from quotemark import agree, score
from quotemark.agreement import Agreement
from quotemark.metrics.spans import tokens
from quotemark.model import Annotation, Asked, Corpus, Document, Span
from quotemark.stats import bootstrap
from support.corpora import TEXTS
from support.layers import layers, renamed

crowded = settings(max_examples=40)
KINDS = ["named", "nominal", "pronoun"]


@st.composite
def panels(draw: st.DrawFn, annotators: str = "abc", whole: bool = False) -> Corpus:
    """Several annotators' layers over the same one to three documents, alike in part."""
    docs = [Document(f"d{n}", draw(TEXTS)) for n in range(draw(st.integers(1, 3)))]
    found: list[Annotation] = []
    for doc in docs:
        first = draw(layers(doc, annotators[0], whole))
        found.append(first)
        found += (draw(layers(doc, name, whole, first.spans)) for name in annotators[1:])
    return Corpus({doc.id: doc for doc in docs}, tuple(found))


Values = dict[tuple[frozenset[str], str, str], tuple[float | None, int, int, object]]


def values(found: Sequence[Agreement], names: dict[str, str] | None = None) -> Values:
    """Everything measured, whichever annotator of a pair comes first."""
    named = names or {}
    return {
        (frozenset(named.get(n, n) for n in row.annotators), row.measure, row.label): (
            row.value,
            row.items,
            row.documents,
            row.interval,
        )
        for row in found
    }


@crowded
@given(panels("ab"))
def test_identical_annotators_agree_fully_where_agreement_is_defined(corpus: Corpus) -> None:
    ours = [layer for layer in corpus if layer.annotator == "a"]
    both = (*ours, *(replace(layer, annotator="z") for layer in ours))
    for row in agree(Corpus(corpus.documents, both), resamples=20):
        assert row.value in (1.0, None)
        assert row.interval in ((1.0, 1.0), None)
        if row.measure.startswith("F1"):
            assert (row.value is None) == (row.items == 0)


@crowded
@given(panels())
def test_values_lie_in_their_range_and_intervals_too(corpus: Corpus) -> None:
    for row in agree(corpus, resamples=20):
        for number in (row.value, *(row.interval or ())):
            if number is not None:
                assert (0 if row.measure.startswith("F1") else -1) <= number <= 1
        if row.interval:
            assert row.interval.low <= row.interval.high
        assert row.documents <= len(corpus.documents)
        assert (row.value is None) or row.items
        assert row.interval is None or row.documents > 1


@crowded
@given(panels(), st.randoms(use_true_random=False))
def test_order_and_ids_do_not_matter(corpus: Corpus, random: Random) -> None:
    shuffled = [renamed(layer, random) for layer in corpus]
    random.shuffle(shuffled)
    documents = dict(reversed(list(corpus.documents.items())))
    other = agree(Corpus(documents, tuple(shuffled)), resamples=20)
    assert other == agree(corpus, resamples=20)


@crowded
@given(panels())
def test_it_does_not_matter_who_is_called_what(corpus: Corpus) -> None:
    """Names turned round turn every pair round: no measure knows who is who."""
    names = {"a": "c", "b": "b", "c": "a"}
    turned = tuple(replace(layer, annotator=names[layer.annotator]) for layer in corpus)
    back = values(agree(Corpus(corpus.documents, turned), resamples=20), names)
    there = values(agree(corpus, resamples=20))
    assert there.keys() == back.keys()
    for key, (value, items, documents, interval) in there.items():
        assert back[key][1:3] == (items, documents)
        assert back[key][0] == pytest.approx(value)
        assert back[key][3] == pytest.approx(interval)


@crowded
@given(panels("ab", whole=True))
def test_f1_is_that_of_scoring_one_against_the_other(corpus: Corpus) -> None:
    ours, theirs = (
        Corpus(corpus.documents, tuple(layer for layer in corpus if layer.annotator == name))
        for name in "ab"
    )
    report = score(ours, theirs)
    found = {(r.measure, r.label): r.value for r in agree(corpus, resamples=1)}
    compared = 0
    for metric in ("exact", "overlap(iou>=0.5)", "attribution(mention,matched)"):
        for row in report.rows:
            if str(row.metric) == metric:
                assert found[f"F1 {metric}", row.label] == row.f1, (metric, row.label)
                compared += 1
    assert compared > 10


@crowded
@given(panels("ab"))
def test_a_corpus_twice_has_the_same_values(corpus: Corpus) -> None:
    documents = {**corpus.documents}
    copies = []
    for layer in corpus:
        name = f"{layer.doc_id}'"
        documents[name] = replace(corpus.documents[layer.doc_id], id=name)
        copies.append(replace(layer, doc_id=name))
    twice = agree(Corpus(documents, (*corpus.annotations, *copies)), resamples=1)
    for one, two in zip(agree(corpus, resamples=1), twice, strict=True):
        if "α" not in one.measure:  # whose chance draws from so many values without replacement
            assert two.value == pytest.approx(one.value)
        assert two.items == 2 * one.items


@crowded
@given(panels("ab"), st.data())
def test_what_only_one_was_asked_changes_nothing(corpus: Corpus, data: st.DataObject) -> None:
    """a was asked about part of each text; what b adds outside that part says nothing."""
    narrow = []
    for layer in corpus:
        length = len(corpus.documents[layer.doc_id].text)
        windows = ((0, data.draw(st.integers(1, length))),) if length else None
        asked = Asked(windows, labels=("Quote", "Cue"), relations=())
        kept = tuple(s for s in layer.spans if asked.covers(s))
        narrow.append((layer, replace(layer, spans=kept, relations=(), asked=asked)))
    ours = tuple(part for layer, part in narrow if layer.annotator == "a")
    asked_of = {layer.doc_id: layer.asked for layer in ours}
    more = tuple(replace(layer, asked=Asked()) for layer, _ in narrow if layer.annotator == "b")
    less = tuple(
        replace(
            layer,
            spans=tuple(s for s in layer.spans if asked_of[layer.doc_id].covers(s)),
            relations=(),
        )
        for layer in more
    )
    texts = corpus.documents
    assert agree(Corpus(texts, (*ours, *more)), resamples=5) == agree(
        Corpus(texts, (*ours, *less)), resamples=5
    )


PAIRS = st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(KINDS)), min_size=1, max_size=30)


@given(st.lists(PAIRS, min_size=1, max_size=4))
def test_attribute_kappa_is_that_of_scikit_learn(documents: list[list[tuple[str, str]]]) -> None:
    found = []
    for number, pairs in enumerate(documents):
        for who, side in (("a", 0), ("b", 1)):
            spans = tuple(
                Span(f"s{n}", "Speaker", ((2 * n, 2 * n + 1),), {"kind": pair[side]})
                for n, pair in enumerate(pairs)
            )
            found.append(Annotation(f"d{number}", "", who, spans))
    rows = agree(Corpus({}, tuple(found)), resamples=1)
    row = next(row for row in rows if row.label == "Speaker.kind")
    ours, theirs = zip(*(pair for pairs in documents for pair in pairs), strict=True)
    assert row.items == len(ours)
    assert _same(row.value, ours, theirs)


@crowded
@given(panels("ab"))
def test_token_kappa_is_that_of_scikit_learn(corpus: Corpus) -> None:
    rows = {r.label: r for r in agree(corpus, resamples=1) if r.measure == "κ token"}
    for label in ("Quote", "Speaker", "Cue", "Stance"):
        vectors: dict[str, list[bool]] = {"a": [], "b": []}
        for layer in corpus:
            inside = {
                c for s in layer.labelled(label) for start, end in s.fragments
                for c in range(start, end)
            }  # fmt: skip
            vectors[layer.annotator] += [
                bool(inside & set(range(start, end)))
                for start, end in tokens(corpus.documents[layer.doc_id].text)
            ]
        assert rows[label].items == len(vectors["a"])
        assert _same(rows[label].value, vectors["a"], vectors["b"])


def _same(ours: float | None, one: Sequence[object], two: Sequence[object]) -> bool:
    """Whether our κ is scikit-learn's, which is NaN where it is undefined."""
    if len({*one, *two}) < 2:
        return ours is None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = float(cohen_kappa_score(one, two))
    return ours == pytest.approx(theirs)


def f1(sums: NDArray[np.floating]) -> NDArray[np.floating]:
    result: NDArray[np.floating] = 2 * sums[:, 0] / (2 * sums[:, 0] + sums[:, 1] + sums[:, 2])
    return result


@pytest.mark.parametrize("seed", range(4))
def test_the_interval_is_that_of_scipy(seed: int) -> None:
    """Two streams of 20,000 resamples each: quantiles differ by chance, by up to 0.003.

    Items resampled in place of documents would move an end by as much as 0.04.
    """
    counts = np.random.default_rng(seed).integers(0, 9, size=(25, 3)).astype(float)
    theirs = scipy_stats.bootstrap(
        (np.arange(len(counts)),),
        lambda index, axis: f1(counts[index].sum(axis=-2).reshape(-1, 3)),
        n_resamples=20_000,
        batch=2_000,
        method="percentile",
        vectorized=True,
        rng=np.random.default_rng(seed),
    ).confidence_interval
    ours = bootstrap(counts, f1, resamples=20_000, seed=seed)
    assert ours == pytest.approx((theirs.low, theirs.high), abs=0.005)


@given(arrays(float, (3,), elements=st.integers(0, 9)), st.integers(2, 9), st.integers(0, 99))
def test_documents_all_alike_leave_no_doubt(
    row: NDArray[np.floating], documents: int, seed: int
) -> None:
    interval = bootstrap(np.tile(row, (documents, 1)), f1, resamples=30, seed=seed)
    if row.any():
        value = float(f1(row[np.newaxis])[0])
        assert interval == pytest.approx((value, value))
    else:
        assert interval is None


def test_two_documents_give_the_quantiles_of_all_resamples() -> None:
    """One all right, one all wrong: a quarter of resamples is 0, a half 0.5, a quarter 1."""

    def share(sums: NDArray[np.floating]) -> NDArray[np.floating]:
        result: NDArray[np.floating] = sums[:, 0] / sums.sum(axis=1)
        return result

    counts = np.array([[5.0, 0.0], [0.0, 5.0]])
    assert bootstrap(counts, share, level=0.6) == (0.0, 1.0)  # quantiles 0.2 and 0.8
    assert bootstrap(counts, share, level=0.4) == (0.5, 0.5)  # quantiles 0.3 and 0.7


def test_resamples_without_a_value_are_passed_over() -> None:
    counts = np.array([[1.0, 0.0], [0.0, 0.0]])
    interval = bootstrap(counts, lambda sums: sums[:, 0] / sums.sum(axis=1), resamples=200)
    assert interval == (1.0, 1.0)


@pytest.mark.parametrize(("resamples", "level"), [(0, 0.95), (10, 0.0), (10, 1.0)])
def test_no_resamples_and_no_level_are_errors(resamples: int, level: float) -> None:
    with pytest.raises(ValueError, match="resamples"):
        bootstrap(np.ones((3, 3)), f1, resamples=resamples, level=level)
