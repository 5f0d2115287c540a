"""The compiled reader takes what the ordinary one takes, however it is written, or declines it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotemark import QuotemarkError, score
from quotemark.columnar import engine, lines, score_files
from quotemark.formats import read
from quotemark.metrics.names import select
from quotemark.metrics.results import ScoreReport
from quotemark.scheme import default_scheme
from support.columns import score_columns

METRICS = select(["exact", "overlap", "char", "semeval13"])
SCHEME = default_scheme()

RECORD: dict[str, Any] = {
    "id": "Artikel 1: “é” 😀",
    "annotator": "ann\te",
    "spans": [
        {
            "id": "q1",
            "label": "Quote",
            "fragments": [[0, 4], [6, 9]],
            "attributes": {"form": "direct", "source_entity": ["Jürgen", "B"], "source": None},
            "score": 0.25,
            "meta": {"note": [1, -2.5, {"deep": [True, None, "x\\y"]}]},
        },
        {"id": "s1", "label": "Speaker", "start": 12, "end": 16, "attributes": {}},
        {"label": "Cue", "start": 17, "end": 21},
    ],
    "relations": [{"label": "said_by", "head": "q1", "tail": "s1"}],
    "entities": [{"id": "e", "name": "Jürgen", "aliases": ["J. 😀"]}, {"id": "f", "name": "B"}],
    "status": "gold",
    "scheme": "quotemark@1.0",
    "provenance": {"made": "by hand", "at": 1e3},
}
PRED = {"id": RECORD["id"], "spans": [{"label": "Quote", "start": 0, "end": 4}]}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)


def fast(folder: Path, gold: bytes, pred: bytes) -> ScoreReport | None:
    (folder / "gold.jsonl").write_bytes(gold)
    (folder / "pred.jsonl").write_bytes(pred)
    paths = folder / "gold.jsonl", folder / "pred.jsonl"
    return score_columns(*paths, scheme=SCHEME, metrics=METRICS, annotator=None)


def slow(folder: Path) -> ScoreReport:
    return score(read(folder / "gold.jsonl"), read(folder / "pred.jsonl"), metrics=METRICS)


def same(one: ScoreReport, two: ScoreReport) -> bool:
    return replace(one, rows=()) == replace(two, rows=()) and all(
        a.signature == b.signature and dict(a.documents) == dict(b.documents)
        for a, b in zip(one.rows, two.rows, strict=True)
    )


def turned(value: Any, random: Random) -> Any:
    """The same value with the keys of its objects in another order."""
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        return {key: turned(value[key], random) for key in keys}
    return [turned(each, random) for each in value] if isinstance(value, list) else value


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False), st.booleans(), st.sampled_from(["", "\t ", "\ufeff"]))
def test_any_way_to_write_a_record(
    folder: Path, random: Random, is_ascii: bool, before: str
) -> None:
    record = {**turned(RECORD, random), "text": "“Nein 😀”, er\n" * 3, "meta": {"title": "x"}}
    indent = random.choice([(", ", ": "), (",", ":"), (" ,\t", " : ")])
    written = json.dumps(record, ensure_ascii=is_ascii, separators=indent)
    gold = f"{before}{written}\r\n\n".encode()
    report = fast(folder, gold, json.dumps(PRED).encode())
    if before == "\ufeff" or not before.strip():
        assert report is not None
        assert same(report, slow(folder))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_what_is_taken_is_what_the_ordinary_reader_takes(folder: Path, data: st.DataObject) -> None:
    good = json.dumps(RECORD, ensure_ascii=data.draw(st.booleans())).encode()
    at = data.draw(st.integers(0, len(good) - 1))
    kept = data.draw(st.integers(0, 3))
    inserted = data.draw(st.sampled_from(PIECES) | st.binary(max_size=2))
    broken = good[:at] + inserted + good[at + kept :]
    report = fast(folder, broken, json.dumps(PRED).encode())
    if report is not None:
        assert same(report, slow(folder))  # and raises nothing


PIECES = [
    *(
        b'"',
        b"\\",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"0",
        b"-",
        b".",
        b"e9",
        b"null",
        b"\n",
        b" ",
    ),
    *(b"\\ud83d", b"\\u0000", b"\\q", b"\x00", b"\xff", b"\xc3", b"1e5", b"00", b"9999999999999"),
    *(b'"id":"z",', b'"id":"q1",', b'"label":"Stance",', b'"text":null,', b'"asked":null,'),
    *(b'"score":1e999,', b'"status":"draft",', b'"fragments":null,', b"[0,4],", b'"x":[]'),
]

DECLINED: list[dict[str, Any]] = [
    {**RECORD, "asked": {"labels": ["Quote"]}},
    {**RECORD, "status": "draft"},
    {**RECORD, "quotes": ["Nein"]},
    {**RECORD, "unknown": 1},
    {**RECORD, "id": ""},
    {**RECORD, "spans": [{"label": "Nobody", "start": 0, "end": 2}]},
    {**RECORD, "spans": [{"label": "Quote", "start": 2, "end": 2}]},
    {**RECORD, "spans": [{"label": "Quote", "fragments": [[0, 5], [3, 8]]}]},
    {**RECORD, "spans": [{"label": "Quote", "text": "Nein"}]},
    {**RECORD, "spans": [{"label": "Quote", "start": 0}]},
    {**RECORD, "spans": [PRED["spans"][0] | {"id": "a"}, PRED["spans"][0] | {"id": "a"}]},
    {**RECORD, "provenance": {"grounding": {}}},
    {**RECORD, "text": "short"},
    {**RECORD, "text": "long enough for all", "text_sha256": "0" * 64},
    {"id": "only a document", "text": "x"},
]


@pytest.mark.parametrize("record", DECLINED, ids=range(len(DECLINED)))
def test_what_is_out_of_the_ordinary_is_declined(folder: Path, record: dict[str, Any]) -> None:
    assert fast(folder, json.dumps(record).encode(), json.dumps(PRED).encode()) is None


@pytest.mark.parametrize("part", [1, 7, 64, 1000])
def test_files_in_parts(folder: Path, monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    monkeypatch.setattr(lines, "PART", part)
    monkeypatch.setattr(engine, "BLOCK", 3)
    records = [json.dumps({**RECORD, "id": f"d{n}"}) for n in range(10)]
    preds = [json.dumps({**PRED, "id": f"d{n}"}) for n in (3, 1, 0, 7, 6, 5, 8, 9, 11)]
    for end in ("\n", "\r\n", "\n \n\n"):
        report = fast(folder, ("\ufeff" + end.join(records)).encode(), end.join(preds).encode())
        assert report is not None
        assert same(report, slow(folder))


def test_a_file_that_changes_is_known_to_have(folder: Path) -> None:
    path = folder / "changing.jsonl"
    path.write_text(json.dumps(PRED) + "\n" + json.dumps({**PRED, "id": "b"}))
    found = lines.lines_of(path)
    assert found is not None
    assert found.is_as_it_was()
    path.write_text(json.dumps(PRED))
    assert not found.is_as_it_was()
    with pytest.raises(OSError, match="shorter"):
        found.read(np.array([1]))
    path.unlink()
    assert lines.lines_of(path) is None
    assert not found.is_as_it_was()


def test_declined_files_have_the_ordinary_numbers_and_errors(folder: Path) -> None:
    asked = {**RECORD, "asked": {"labels": ["Quote"]}}
    assert fast(folder, json.dumps(asked).encode(), json.dumps(PRED).encode()) is None
    paths = folder / "gold.jsonl", folder / "pred.jsonl"
    assert same(score_files(*paths, metrics=METRICS), slow(folder))
    paths[1].write_text(json.dumps({**PRED, "text_sha256": "0" * 64}))
    paths[0].write_text(json.dumps({**RECORD, "text_sha256": "1" * 64}))
    with pytest.raises(QuotemarkError, match="not over one text"):
        score_files(*paths, metrics=METRICS)


def test_documents_that_one_side_lacks(folder: Path) -> None:
    def written(*ids: str) -> bytes:
        return b"".join(json.dumps({**PRED, "id": doc}).encode() + b"\n" for doc in ids)

    report = fast(folder, written("b", "a", "c"), written("d", "c", "b"))
    assert report is not None
    assert (report.documents, report.missing, report.extra) == (("a", "b", "c"), ("a",), ("d",))
    assert same(report, slow(folder))
    assert fast(folder, written("a", "a"), written("a")) is None
    assert fast(folder, written("a"), b"") is None
    assert fast(folder, b"", written("a")) is None
