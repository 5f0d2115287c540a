"""The compiled engine says what the ordinary scorer says, or leaves the files to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as arrow_parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotemark import score
from quotemark.columnar import engine
from quotemark.errors import QuotemarkError
from quotemark.formats import parquet as parquet_format
from quotemark.formats import read, write
from quotemark.metrics.names import select
from quotemark.metrics.results import ScoreReport
from quotemark.model import (
    EVERYTHING,
    Annotation,
    Asked,
    Corpus,
    Document,
    Entity,
    Fragment,
    Relation,
    Span,
)
from quotemark.scheme import default_scheme
from support.columns import score_columns
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


@pytest.mark.parametrize("turn", ["as they are", "reversed", "shuffled"])
@pytest.mark.parametrize("suffixes", [("parquet", "parquet"), ("parquet", "jsonl")])
def test_the_same_numbers_from_row_groups_in_any_order(
    folder: Path, monkeypatch: pytest.MonkeyPatch, turn: str, suffixes: tuple[str, str]
) -> None:
    """Ids are not in the file's order, every document has other spans, and both sides lack some."""
    monkeypatch.setattr(parquet_format, "ROWS", 16)
    monkeypatch.setattr(engine, "BLOCK", 24)

    def layer(number: int, annotator: str) -> Annotation:
        spans = [Span("q", "Quote", ((number, number + 9),)), Span("c", "Cue", ((0, 4),))]
        same = annotator == "gold" or number % 3
        return Annotation(f"d{number}", "", annotator, tuple(spans if same else spans[1:]))

    gold = [layer(number, "gold") for number in range(150)]
    pred = [layer(number, "mine") for number in range(160) if number % 7]
    if turn == "reversed":
        pred.reverse()
    elif turn == "shuffled":
        Random(1).shuffle(pred)
        Random(2).shuffle(gold)
    assert_same(*both(folder, Corpus({}, tuple(gold)), Corpus({}, tuple(pred)), *suffixes))


EVERY_PART = Corpus(
    {"d0": Document("d0", "“Nö”, she said.", {"title": "Nö"})},
    tuple(
        Annotation(
            f"d{n}",
            "",
            "ann",
            (
                Span("q", "Quote", ((0, 9),), {"form": "direct", "who": ("a", "b")}, 0.5),
                Span("c", "Cue", ((3, 4), (7, 9)), meta={"note": "–"}),
            ),
            (Relation("cued_by", "q", "c"),) * (n > 0),
            (Entity("e", "Bö", ("B", "Ö")), Entity("f", "F"))[: 2 * n],
        )
        for n in range(3)
    ),
)
LOOKS = st.fixed_dictionaries(
    {
        "compression": st.sampled_from(["none", "snappy", "zstd"]),
        "write_page_checksum": st.booleans(),
        "use_dictionary": st.booleans(),
        "write_statistics": st.booleans(),
    }
)


@settings(crowded, max_examples=40)
@given(compared(), LOOKS, st.integers(1, 4), st.integers(8, 200))
def test_the_same_numbers_however_a_file_is_written(
    folder: Path, corpora: tuple[Corpus, Corpus], looks: dict[str, Any], rows: int, size: int
) -> None:
    """Other tools write other row groups, small pages, and dictionaries that overflow."""
    gold, pred = map(asked_everything, corpora)
    paths = folder / "gold.parquet", folder / "pred.parquet"
    for path, corpus in zip(paths, (gold, pred), strict=True):
        write(corpus, path)
        table = arrow_parquet.read_table(path)
        sizes = {"row_group_size": rows, "data_page_size": size, "write_batch_size": 2}
        arrow_parquet.write_table(table, path, dictionary_pagesize_limit=size, **sizes, **looks)
    scheme = default_scheme()
    fast = score_columns(*paths, scheme=scheme, metrics=METRICS, annotator=None)
    if gold.annotations:
        assert_same(fast, score(read(paths[0]), read(paths[1]), metrics=METRICS))


def test_row_groups_without_rows(folder: Path) -> None:
    layers = tuple(Annotation(f"d{n}", "", "ann", (Span("q", "Cue", ((n, 9),)),)) for n in range(3))
    path = folder / "gold.parquet"
    write(Corpus({}, layers), path)
    table = arrow_parquet.read_table(path)
    with arrow_parquet.ParquetWriter(path, table.schema) as writer:
        for part in (table.slice(0, 0), table.slice(0, 2), table.slice(0, 0), table.slice(2)):
            writer.write_table(part)
    scheme = default_scheme()
    fast = score_columns(path, path, scheme=scheme, metrics=METRICS, annotator=None)
    assert_same(fast, score(read(path), read(path), metrics=METRICS))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("meta", "junk"),
        ("meta", ""),
        ("meta", '{"a": NaN}'),
        ("scheme", None),
        ("provenance", "[]"),
        ("asked", "{}"),
        ("annotator", None),
    ],
)
def test_rows_that_the_ordinary_reader_refuses(
    folder: Path, column: str, value: str | None
) -> None:
    path = folder / "gold.parquet"
    write(Corpus({}, (Annotation("d", "", "ann", (Span("q", "Cue", ((0, 9),)),)),)), path)
    table = arrow_parquet.read_table(path)
    place = table.schema.get_field_index(column)
    table = table.set_column(place, table.schema.field(column), pa.array([value], pa.string()))
    arrow_parquet.write_table(table, path)
    scheme = default_scheme()
    assert score_columns(path, path, scheme=scheme, metrics=METRICS, annotator=None) is None


@settings(crowded, max_examples=300)
@given(looks=LOOKS, data=st.data())
def test_damaged_parquet_is_declined_or_says_the_same(
    folder: Path, looks: dict[str, Any], data: st.DataObject
) -> None:
    path = folder / "gold.parquet"
    write(EVERY_PART, path)
    arrow_parquet.write_table(arrow_parquet.read_table(path), path, **looks)
    sound = path.read_bytes()
    damaged = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(damaged)
    scheme = default_scheme()
    fast = score_columns(path, path, scheme=scheme, metrics=METRICS, annotator=None)
    if fast is not None:
        try:
            slow = score(read(path), read(path), metrics=METRICS)
        except QuotemarkError:  # of what pyarrow looks at, and no number depends on
            path.write_bytes(sound)
            slow = score(read(path), read(path), metrics=METRICS)
        assert_same(fast, slow)


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
