"""The compiled engine says what the ordinary scorer says, or leaves the files to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotemark import score
from quotemark.columnar.engine import score_columns
from quotemark.formats import read, write
from quotemark.metrics.names import select
from quotemark.metrics.results import ScoreReport
from quotemark.model import EVERYTHING, Annotation, Asked, Corpus, Fragment, Span
from quotemark.scheme import default_scheme
from support.layers import compared

METRICS = select(
    [
        *("exact", "overlap", "overlap(iou>0)", "overlap(iou>=0.8)", "overlap(gold>=0.8)"),
        *("overlap(pred>=0.3)", "boundary", "char", "semeval13", "semeval2013"),
    ]
)
crowded = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)


def asked_everything(corpus: Corpus) -> Corpus:
    layers = (replace(a, asked=EVERYTHING, status="submitted") for a in corpus)
    return Corpus(corpus.documents, tuple(layers))


def both(
    folder: Path, gold: Corpus, pred: Corpus, *suffixes: str
) -> tuple[ScoreReport | None, ScoreReport]:
    paths = [
        folder / f"{name}.{suffix}"
        for name, suffix in zip(("gold", "pred"), suffixes or ("jsonl", "jsonl"), strict=True)
    ]
    write(gold, paths[0])
    write(pred, paths[1])
    scheme = default_scheme()
    fast = score_columns(paths[0], paths[1], scheme=scheme, metrics=METRICS, annotator=None)
    return fast, score(read(paths[0]), read(paths[1]), metrics=METRICS)


def assert_same(fast: ScoreReport | None, slow: ScoreReport) -> None:
    assert fast is not None
    assert replace(fast, rows=()) == replace(slow, rows=())
    for a, b in zip(fast.rows, slow.rows, strict=True):
        assert (a.metric, a.label, a.signature) == (b.metric, b.label, b.signature)
        assert dict(a.documents) == dict(b.documents), (str(a.metric), a.label)


@crowded
@given(compared(), st.randoms(use_true_random=False))
def test_the_same_numbers_in_any_order(
    folder: Path, corpora: tuple[Corpus, Corpus], random: Random
) -> None:
    gold, pred = map(asked_everything, corpora)
    layers = list(pred.annotations)
    random.shuffle(layers)
    assert_same(*both(folder, gold, Corpus(pred.documents, tuple(layers))))


@settings(crowded, max_examples=40)
@given(compared(), st.sampled_from([("parquet", "parquet"), ("jsonl", "parquet")]))
def test_the_same_numbers_from_parquet(
    folder: Path, corpora: tuple[Corpus, Corpus], suffixes: tuple[str, str]
) -> None:
    gold, pred = map(asked_everything, corpora)
    fast, slow = both(folder, gold, pred, *suffixes)
    if gold.annotations:
        assert_same(fast, slow)


def test_the_same_numbers_from_several_row_groups_in_another_order(folder: Path) -> None:
    """Row groups hold 2,048 rows; documents that one side lacks shift them against each other."""
    spans = [Span("q", "Quote", ((0, 9),), {"form": "direct"}), Span("c", "Cue", ((10, 14),))]
    names = [f"d{n:04}" for n in range(4500)]
    gold = Corpus({}, tuple(Annotation(doc, "", "gold", tuple(spans)) for doc in names))
    found = [doc for n, doc in enumerate(names) if n % 7] + ["none"]
    Random(1).shuffle(found)
    pred = Corpus({}, tuple(Annotation(doc, "", "mine", tuple(spans[:1])) for doc in found))
    assert_same(*both(folder, gold, pred, "parquet", "parquet"))


@pytest.mark.parametrize(
    "other",
    [
        {"status": "draft"},
        {"asked": Asked(labels=("Quote",))},
        {"provenance": {"grounding": {}}},
        {"spans": (Span("q", "Nobody", ((0, 4),)),)},
        {"spans": (Span("q", "Quote", ((0, 5), (3, 8))),)},
        {"spans": (Span("q", "Quote", ((0, 5),), meta={"grounding": {"how": "exact"}}),)},
        {"spans": (Span("q", "Quote", ((0, 5),)), Span("q", "Quote", ((0, 5),)))},
        {"text_sha256": "1" * 64},
    ],
    ids=str,
)
def test_rows_out_of_the_ordinary_are_declined(folder: Path, other: dict[str, Any]) -> None:
    plain = Annotation("d", "0" * 64, "mine", (Span("q", "Quote", ((0, 4),)),))
    paths = folder / "gold.parquet", folder / "pred.parquet"
    for path, annotation in zip(paths, (plain, replace(plain, **other)), strict=True):
        write(Corpus({}, (annotation,)), path)
    scheme = default_scheme()
    assert score_columns(*paths, scheme=scheme, metrics=METRICS, annotator=None) is None
    assert score_columns(paths[0], paths[0], scheme=scheme, metrics=METRICS, annotator=None)


def place(ends: list[int]) -> tuple[Fragment, ...]:
    return tuple(zip(*[iter(sorted(ends))] * 2, strict=False))


SPANS = st.lists(
    st.builds(
        Span,
        st.uuids().map(str),
        st.sampled_from(["Quote", "Quote", "Speaker"]),
        st.lists(st.integers(0, 24), min_size=2, max_size=6, unique=True).map(place),
        st.sampled_from([{"form": "direct"}, {"form": "mixed"}, {}]),
    ),
    max_size=14,
)


def layer(annotator: str, spans: list[Span]) -> Corpus:
    return Corpus({}, (Annotation("d", "", annotator, tuple(spans)),))


@settings(crowded, max_examples=150)
@given(SPANS, SPANS)
def test_the_same_numbers_in_tangles(folder: Path, gold: list[Span], pred: list[Span]) -> None:
    assert_same(*both(folder, layer("gold", gold), layer("mine", pred)))
