"""A saved run says what the scores said, and nothing that is broken is read as one."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotemark import QuotemarkError, score
from quotemark import read as read_corpus
from quotemark.metrics.counts import Counts
from quotemark.metrics.names import EVERY, Metric
from quotemark.metrics.results import ScoreReport
from quotemark.metrics.runs import is_run, read_run, write_run
from quotemark.model import Annotation, Corpus, Span
from quotemark.report.plain import to_csv, to_json
from support.layers import compared

crowded = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)

ARTICLE = Path(__file__).parents[2] / "annotations" / "pompeo-north-korea"
TEXT = ARTICLE / "pompeo-north-korea.txt"

SOME = st.lists(st.sampled_from(EVERY), min_size=1, max_size=9, unique=True)
QUOTE = Span("q", "Quote", ((0, 9),), {"form": "direct"})
GOLD = Corpus({}, (Annotation("a", "", "gold", (QUOTE,)), Annotation("b\ud800", "", "gold")))
PRED = Corpus({}, (Annotation("a", "", "mine", (QUOTE,)),))
REPORT = score(GOLD, PRED, metrics=["exact", "token", "semeval2016-stance"])


def again(reports: Sequence[ScoreReport]) -> list[ScoreReport]:
    return read(write_run(reports))


def read(data: bytes) -> list[ScoreReport]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "run.json")
        path.write_bytes(data)
        assert is_run(path) == data.startswith(b'{"format":"quotemark-run"')
        return read_run(path)


@crowded
@given(compared(), SOME)
def test_a_run_says_the_same_in_every_number(
    corpora: tuple[Corpus, Corpus], metrics: list[Metric]
) -> None:
    mine = score(*corpora, metrics=metrics)
    reports = [mine, replace(score(corpora[0], Corpus(), metrics=metrics), system="nothing")]
    found = again(reports)
    assert write_run(found) == write_run(reports)
    assert to_json(found, per_document=True) == to_json(reports, per_document=True)
    assert to_csv(found, per_document=True) == to_csv(reports, per_document=True)
    for report, other in zip(reports, found, strict=True):
        assert replace(other, rows=()) == replace(report, rows=())
        for row, same in zip(report.rows, other.rows, strict=True):
            assert replace(same, documents=row.documents) == row
            assert dict(same.documents) == dict(row.documents)
            assert same.documents.kind is row.documents.kind
            assert same.counts == row.counts


def test_every_metric_comes_back() -> None:
    gold, one = (read_corpus(ARTICLE / f"{who}.jsonl", TEXT) for who in ("gold", "quotemark-a"))
    report = score(gold, one, metrics=EVERY)
    [found] = again([report])
    assert {row.metric for row in found.rows} == {*EVERY}
    assert to_json([found], per_document=True) == to_json([report], per_document=True)


def test_documents_that_were_not_scored_and_hostile_ids_come_back() -> None:
    [found] = again([REPORT])
    assert found.documents == ("a", "b\ud800")
    assert found.row("token", "Quote").counts is None
    assert found.row("exact", "Quote").counts == REPORT.row("exact", "Quote").counts
    assert found.missing == ("b\ud800",)
    half = replace(REPORT, rows=(replace(REPORT.rows[0], label="Q\ud800"),), system="\udfff")
    [found] = again([half])
    assert (found.system, found.rows[0].label) == ("\udfff", "Q\ud800")


def test_intervals_and_parts_of_the_documents_come_back() -> None:
    row = REPORT.row("exact", "Quote")
    ledger = replace(
        row.documents,
        documents=("b\ud800",),
        counts=row.documents.counts[1:],
        scored=np.array([False]),
    )
    ends = {"precision": None, "recall": (0.25, 0.5)}
    part = replace(row, documents=ledger, slice="form=direct", intervals=ends)
    [found] = again([replace(REPORT, rows=(*REPORT.rows, part))])
    same = found.row("exact", "Quote", slice="form=direct")
    assert dict(same.documents) == {"b\ud800": None}
    assert same.intervals == ends


def test_no_text_and_no_span_is_in_a_run() -> None:
    text = "Nobody has to know this."
    gold = Corpus({}, (Annotation("a", "", "gold", (replace(QUOTE, meta={"note": text}),)),))
    assert text.encode() not in write_run([score(gold, gold)])


def test_systems_over_other_documents_come_back() -> None:
    other = score(Corpus({}, GOLD.annotations[:1]), PRED, metrics=["exact"])
    first, second = again([REPORT, other])
    assert (first.documents, second.documents) == (REPORT.documents, ("a",))
    assert dict(second.row("exact", "Quote").documents) == {"a": Counts(tp=1)}


def changed(**row: Any) -> bytes:
    data = json.loads(write_run([score(GOLD, PRED, metrics=["exact"])]))
    data["systems"][0]["rows"][0] |= row
    return json.dumps(data, separators=(",", ":")).encode()


TWO = {"tp": [1, 0], "fp": [0, 0], "fn": [0, 0]}
BROKEN = [
    (b"", "is no saved run"),
    (b"{}", "is no saved run"),
    (b'{"id": "a", "spans": []}', "is no saved run"),
    (b'{"format":"quotemark-run","version":2,"more":1}', "version 2 of the format, not 1"),
    (b'{"format":"quotemark-run","version":1,"documents":[]}', "missing required field"),
    (changed(unheard=1), "unknown field `unheard`"),
    (changed(counts={**TWO, "tp": [1]}), "has 1 counts of tp for 2 documents"),
    (changed(counts={**TWO, "tp": [1, -1]}), ">= 0"),
    (changed(counts={**TWO, "tp": [1, 0.5]}), "Expected `int | str`"),
    (changed(counts={**TWO, "tp": [1, "1/0"]}), "no fraction"),
    (changed(counts={**TWO, "tp": [1, 2**60]}), "<= 9007199254740992"),
    (changed(counts={"tp": [1, 0]}), r"has counts of \['tp'\]"),
    (changed(kind="Magic"), "unknown kind 'Magic'"),
    (changed(metric="exakt"), "no metric 'exakt'"),
    (changed(documents=[0, 2]), "places of documents"),
    (changed(documents=[1, 1]), "places of documents"),
    (changed(unscored=[0, 0]), "places of documents"),
    (changed(label="Speaker"), "two rows 'exact Speaker'"),
    (changed(intervals={"f2": None}), r"intervals of \['f2'\]"),
    (write_run([REPORT]).replace(b'["a",', b'["b\\ud800",'), "named twice"),
    (write_run([replace(REPORT, missing=("c",))]), "missing names 'c'"),
    (b'{"format":"quotemark-run",' * 100_000, "is broken"),
    (b'{"format":"quotemark-run","version":"1"}', "is broken: Expected `int`"),
    (b'{"id": "a"}\n{"id": "b"}', "is no saved run"),
    (b'{"format":"quotemark-run","version":1,"documents":["\\ud800"],"systems":1}', "is broken"),
    (changed(label="\ud800", counts=1), "is broken: Expected `object`"),
]


@pytest.mark.parametrize(("data", "said"), BROKEN)
def test_what_is_broken_is_named(data: bytes, said: str) -> None:
    with pytest.raises(QuotemarkError, match=said) as found:
        read(data)
    assert "run.json" in str(found.value)
    assert "quotemark score --save" in str(found.value)


@settings(max_examples=60)
@given(st.binary(max_size=40), st.integers(0, 2000))
def test_any_bytes_are_a_run_or_one_problem(noise: bytes, place: int) -> None:
    data = write_run([REPORT])
    with suppress(QuotemarkError):
        read(data[:place] + noise + data[place + len(noise) :])
