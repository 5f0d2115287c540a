"""Slices add up to the whole, and each item is in the one where it belongs."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotemark import QuotemarkError, default_scheme, score, with_intervals
from quotemark.metrics.counts import Counts, Tally
from quotemark.metrics.names import EVERY, parse
from quotemark.metrics.results import ScoreReport, columns
from quotemark.metrics.runs import read_run, write_run
from quotemark.metrics.slices import parts
from quotemark.metrics.slicing import slicings
from quotemark.model import Annotation, Corpus, Document, Relation, Span
from quotemark.report.plain import to_csv
from support.layers import compared, renamed

crowded = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)

BY = ("length", "position", "speaker", "form", "kind", "target", "Quote.source", "meta:outlet")


def with_outlets(corpus: Corpus) -> Corpus:
    documents = {
        doc: replace(document, meta={"outlet": "The Paper"} if n else {"outlet": None})
        for n, (doc, document) in enumerate(corpus.documents.items())
    }
    return Corpus(documents, corpus.annotations)


@crowded
@given(compared(), st.sampled_from(BY))
def test_slices_add_up_to_the_whole(corpora: tuple[Corpus, Corpus], by: str) -> None:
    gold, pred = with_outlets(corpora[0]), corpora[1]
    [slicing] = slicings([by], default_scheme(), gold.documents)
    report = score(gold, pred, metrics=EVERY, by=[by])
    whole = score(gold, pred, metrics=EVERY)
    assert [key for key in numbers(report) if not key[2]] == numbers(whole)
    for row in report.rows:
        if row.slice:
            continue
        slices = [
            other
            for other in report.rows
            if other.slice and (other.metric, other.label) == (row.metric, row.label)
        ]
        if not parts(row.metric, slicing) or "[" in row.label:
            assert slices == []
            continue
        if slices:
            sums = np.sum([other.documents.counts.sum(axis=0) for other in slices], axis=0)
            assert list(sums) == list(row.documents.counts.sum(axis=0)), (
                str(row.metric),
                row.label,
            )
        elif row.counts is not None and by == "length":
            assert not any(row.counts.row)
        if by.startswith("meta:"):
            docs = Counter(doc for other in slices for doc in other.documents)
            assert docs == Counter(row.documents.documents)
        for other in slices:
            assert f"|label:{row.label}|by:{other.slice}|" in other.signature
            assert parse(other.signature.partition("|")[0]) == row.metric
            assert f"|docs:{len(other.documents)}|" in other.signature


@crowded
@given(compared(), st.randoms(use_true_random=False))
def test_order_does_not_matter(corpora: tuple[Corpus, Corpus], random: Random) -> None:
    gold, pred = corpora
    other = [
        Corpus(c.documents, tuple(renamed(layer, random) for layer in reversed(c.annotations)))
        for c in corpora
    ]
    by = BY[:-1]
    assert numbers(score(other[0], other[1], by=by)) == numbers(score(gold, pred, by=by))


def numbers(report: ScoreReport) -> list[tuple[str, str, str, Tally | None]]:
    return [(str(row.metric), row.label, row.slice, row.counts) for row in report.rows]


@crowded
@given(compared())
def test_the_slice_of_an_attribute_is_all_that_gold_has_of_it(
    corpora: tuple[Corpus, Corpus],
) -> None:
    """Recall's denominator of a slice by form is the group's, whatever the prediction says."""
    report = score(*corpora, metrics=["exact", "overlap"], by=["form"])
    for row in report.rows:
        if row.slice and not row.slice.endswith("–"):
            group = report.row(row.metric, f"{row.label}[{row.slice}]")
            assert isinstance(row.counts, Counts)
            assert isinstance(group.counts, Counts)
            assert row.counts.support == group.counts.support
            assert row.counts.tp >= group.counts.tp


TEXT = '"No", she said on Monday. ' + "x" * 60
QUOTE = Span("q", "Quote", ((0, 5),), {"form": "direct", "source": "mention"})
SHE = Span("s", "Speaker", ((6, 9),), {"kind": "pronoun"})
LONG = Span("r", "Quote", ((27, 80),), {"form": "indirect", "source": "not_stated"})
SPURIOUS = Span("t", "Quote", ((40, 50),), {"form": "direct", "source": "elsewhere"})
WRONG = replace(QUOTE, attributes={"form": "mixed"})


def corpora() -> tuple[Corpus, Corpus]:
    said = (Relation("said_by", "q", "s"),)
    document = Document("a", TEXT, {"outlet": "Post", "year": 2020})
    gold = Annotation("a", document.sha256, "gold", (QUOTE, SHE, LONG), said)
    pred = Annotation("a", document.sha256, "mine", (WRONG, SPURIOUS))
    more = replace(gold, doc_id="b", text_sha256="", spans=(QUOTE,), relations=())
    return Corpus({"a": document}, (gold, more)), Corpus({}, (pred,))


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("form", {"direct": (1, 1, 1), "indirect": (0, 0, 1)}),
        ("length", {"1-25": (1, 1, 1), "51-100": (0, 0, 1)}),
        ("position", {"begin": (1, 0, 1), "middle": (0, 1, 0), "–": (0, 0, 1)}),
        ("speaker", {"mention": (1, 0, 0), "not_stated": (0, 0, 1), "–": (0, 1, 1)}),
        ("meta:outlet", {"Post": (1, 1, 1), "–": (0, 0, 1)}),
        ("meta:year", {"2020": (1, 1, 1), "–": (0, 0, 1)}),
    ],
)
def test_slices_counted_by_hand(by: str, expected: dict[str, tuple[int, ...]]) -> None:
    report = score(*corpora(), metrics=["exact"], by=[by])
    found = {
        row.slice: row.counts.row
        for row in report.rows
        if row.label == "Quote" and row.slice and row.counts
    }
    assert found == {f"{by}={value}": counts for value, counts in expected.items()}


def test_attribution_goes_with_its_quote() -> None:
    report = score(*corpora(), metrics=["attribution(mention,end-to-end)"], by=["form"])
    found = {row.slice: row.counts for row in report.rows if row.label == "Quote"}
    assert found == {
        "": Counts(0, 0, 2),
        "form=direct": Counts(0, 0, 1),
        "form=indirect": Counts(0, 0, 1),
    }


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("frm", "name one of: length, position, speaker, meta:KEY, form, source"),
        ("Cue.form", "nothing to part scores by: 'Cue.form'"),
        ("meta:out", "no document has 'out' in its metadata .*; name one of: outlet, year"),
    ],
)
def test_a_wrong_key_is_named(by: str, said: str) -> None:
    with pytest.raises(QuotemarkError, match=said):
        score(*corpora(), by=[by])


def test_slices_are_saved_and_have_intervals(tmp_path: Path) -> None:
    report = with_intervals(score(*corpora(), by=["form", "meta:outlet"]), resamples=10)
    assert columns([report])[3] == "slice"
    frame = report.frame()
    assert tuple(frame.columns) == columns([report])
    assert str(frame["slice"].dtype) == "string"
    assert str(frame["f1_low"].dtype) == "Float64"
    by_form = report.row("exact", "Quote", slice="form=direct")
    assert by_form.intervals["recall"] == (0.0, 1.0)
    by_outlet = report.row("exact", "Quote", slice="meta:outlet=Post")
    assert by_outlet.intervals["recall"] is None  # a single document
    tmp_path.joinpath("run.json").write_bytes(write_run([report]))
    [found] = read_run(tmp_path / "run.json")
    assert numbers(found) == numbers(report)
    assert [row.intervals for row in found.rows] == [row.intervals for row in report.rows]
    assert to_csv([found], per_document=True) == to_csv([report], per_document=True)
