"""Every fault of a native file is a problem with its line, its reason and a remedy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quotemark.errors import Problem, QuotemarkError
from quotemark.formats.jsonl import read
from quotemark.model import Document, text_hash

GOOD: dict[str, Any] = {
    "id": "a1",
    "text": "“No”, she said.",
    "annotator": "ann",
    "spans": [{"id": "q1", "label": "Quote", "fragments": [[0, 4]]}],
}


def problems(tmp_path: Path, *lines: bytes | dict[str, Any]) -> list[Problem]:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(
        b"\n".join(x if isinstance(x, bytes) else json.dumps(x).encode() for x in lines)
    )
    with pytest.raises(QuotemarkError) as caught:
        read(path)
    assert all(p.remedy and p.where.file == str(path) for p in caught.value.problems)
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": "a1", "text": "x"', "truncated"),
        (b'{"id": "a1", "text": "\xff"}', "UTF-8, at byte 23"),
        (b'{"id": "a1", "text": "x", "score": 1}', "unknown field `score`"),
        (b'{"id": "a1", "text": 5}', "Expected `str | null`, got `int`"),
        (b'{"id": "a1", "spans": [{"label": "Q", "fragments": [[0]]}]}', "at `$.spans"),
        (b'{"id": "a1", "spans": [{"label": "Q", "start": 0.5, "end": 1}]}', "got `float`"),
        (
            b'{"id": "a1", "spans": [{"label": "Q", "start": 0, "end": 1, "score": NaN}]}',
            "malformed",
        ),
        (b'{"id": "a1", "text": "x", "meta": {"a": 1e999}}', "out of range"),
        (b'{"id": "a1", "text": "\\ud800", "meta": {"a": NaN}}', ""),
        (b'{"id": "a1", "meta": {"a": ' + b"[" * 100_000, "nested too deeply"),
        (b"[1, 2]", "Expected `object`"),
        (b"null", "Expected `object`"),
        (b"text", "malformed"),
    ],
)
def test_a_line_that_is_no_record(tmp_path: Path, line: bytes, reason: str) -> None:
    (problem,) = problems(tmp_path, GOOD, b"", line)
    assert (problem.code, problem.where.line) == ("json", 3)
    assert reason in problem.message


@pytest.mark.parametrize(
    "offsets",
    [
        {"spans": [{"label": "Quote", "start": 0.0, "end": 4}]},
        {"spans": [{"label": "Quote", "start": 0, "end": 4.0}]},
        {"spans": [{"label": "Quote", "fragments": [[0, "4"]]}]},
        {"asked": {"windows": [[0.0, 4.0]]}},
    ],
)
def test_offsets_are_whole_numbers(tmp_path: Path, offsets: dict[str, Any]) -> None:
    (problem,) = problems(tmp_path, {**GOOD, **offsets})
    assert (problem.code, problem.where.line) == ("json", 1)
    assert problem.remedy == "give offsets as whole numbers: 12, not 12.0"


@pytest.mark.parametrize(
    "data",
    [b"\x00\n\xff\n\xfe\n" * 50, '{"id": "a1"}'.encode("utf-16"), b'{"id": "a\0"}'],
    ids=["bytes", "UTF-16", "NUL"],
)
def test_a_binary_file_is_one_problem(tmp_path: Path, data: bytes) -> None:
    (problem,) = problems(tmp_path, b"\xff", data)
    assert (problem.code, problem.where.line) == ("binary", 0)
    assert "NUL" in problem.message


def test_an_empty_document_id(tmp_path: Path) -> None:
    empty: list[dict[str, Any]] = [{"text": "x"}, {"spans": []}, {}]
    found = problems(tmp_path, *({"id": "", **record} for record in empty))
    assert [(p.code, p.where.line) for p in found] == [("no-id", n) for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("change", "code", "item"),
    [
        ({"text_sha256": "0" * 64}, "text-hash", ""),
        ({"text": None, "annotator": None, "spans": None}, "empty-record", ""),
        ({"spans": [{"id": "q1", "label": "Quote"}]}, "no-offsets", "q1"),
        ({"spans": [{"label": "Quote", "start": 3}]}, "no-offsets", "s1"),
        ({"spans": [{"label": "Quote", "fragments": []}]}, "no-offsets", "s1"),
        ({"spans": [{"label": "Q", "fragments": [[0, 1]], "start": 0}]}, "no-offsets", "s1"),
        ({"meta": {"entities": [{"name": "Ann"}]}}, "meta", ""),
        ({"meta": {"targets": "talks"}}, "meta", ""),
    ],
)
def test_a_record_that_says_the_impossible(
    tmp_path: Path, change: dict[str, Any], code: str, item: str
) -> None:
    (problem,) = problems(tmp_path, {**GOOD, **change})
    assert (problem.code, problem.where.line, problem.where.doc) == (code, 1, "a1")
    assert problem.where.item == item


def test_two_texts_and_two_layers_of_one_annotator(tmp_path: Path) -> None:
    other = {**GOOD, "text": "Another.", "annotator": "bob"}
    found = problems(tmp_path, GOOD, other, {**GOOD, "text": None})
    assert [(p.code, p.where.line) for p in found] == [("two-texts", 2), ("twice", 3)]
    assert "gold.jsonl:1, too" in found[1].message


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    found = problems(tmp_path, b"{", GOOD, b"}", {**GOOD, "id": "a2", "text_sha256": "x"})
    assert [p.where.line for p in found] == [1, 3, 4]


def test_what_is_lenient(tmp_path: Path) -> None:
    path = tmp_path / "rules.jsonl"
    path.write_bytes(
        b"\xef\xbb\xbf\r\n"
        b'{"id": "a1", "text": "half \\ud83d"}\r\n'
        b'{"id": "a1", "spans": [{"label": "Quote", "start": 2, "end": 123456789012345678901}]}'
    )
    corpus = read(path)
    assert corpus.documents == {"a1": Document("a1", "half \ud83d")}
    (layer,) = corpus.annotations
    assert (layer.annotator, layer.text_sha256) == ("rules", "")
    assert layer.spans[0].id == "s1"
    assert layer.spans[0].fragments == ((2, 123456789012345678901),)


def test_an_empty_file_is_an_empty_corpus(tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_bytes(b"")
    assert read(path).annotations == ()
    assert read(path).documents == {}


def test_a_layer_is_tied_to_the_text_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(GOOD), encoding="utf-8")
    assert read(path).annotations[0].text_sha256 == text_hash(GOOD["text"])
