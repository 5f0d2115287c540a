"""`quotemark convert`, and every command that writes layers: JSON Lines or Parquet by suffix."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from quotemark import read
from support.commands import quotemark

TEXT = "“No deal”, she said. He said: “Yes.” 😀"
LAYER = {
    "id": "a1",
    "text": TEXT,
    "annotator": "ann",
    "spans": [
        {"id": "q", "label": "Quote", "start": 0, "end": 9, "attributes": {"form": "direct"}},
        {"id": "s", "label": "Speaker", "start": 11, "end": 14, "meta": {"unsure": True}},
    ],
    "relations": [{"label": "said_by", "head": "q", "tail": "s"}],
    "provenance": {"tool": "by hand"},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a1.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.csv").write_text("nr;body\nb1;Yes.\n", encoding="utf-8")
    (tmp_path / "ann.jsonl").write_text(json.dumps(LAYER), encoding="utf-8")
    bob = {**LAYER, "annotator": "bob", "spans": [], "relations": []}
    del bob["text"]
    (tmp_path / "bob.jsonl").write_text(json.dumps(bob), encoding="utf-8")
    return tmp_path


def test_there_and_back_is_the_same(folder: Path) -> None:
    done = quotemark("convert", "ann.jsonl", "bob.jsonl", "-o", "all.parquet", folder=folder)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "quotemark: annotations: 2, documents: 1, annotators: ann, bob\n"
    corpus = read(folder / "all.parquet")
    assert corpus == read(folder / "ann.jsonl", folder / "bob.jsonl")
    for to in ("all.jsonl", "all.NDJSON", "again.parquet"):
        assert quotemark("convert", "all.parquet", "-o", to, folder=folder).returncode == 0
        assert read(folder / to) == corpus
    out = quotemark("convert", "all.parquet", folder=folder).stdout
    assert out == (folder / "all.jsonl").read_text(encoding="utf-8")


def test_articles_become_documents(folder: Path) -> None:
    words = ["a1.txt", "b.csv", "--id-column", "nr", "--text-column", "body"]
    done = quotemark("convert", *words, "-o", "texts.parquet", folder=folder)
    assert done.stderr.endswith("annotations: 0, documents: 2, annotators: none\n")
    corpus = read(folder / "texts.parquet")
    assert {doc.id: doc.text for doc in corpus.documents.values()} == {"a1": TEXT, "b1": "Yes."}


def test_without_texts_layers_alone_are_left(folder: Path) -> None:
    words = ["convert", "ann.jsonl", "--no-texts", "-o", "ann.parquet"]
    assert quotemark(*words, folder=folder).returncode == 0
    corpus = read(folder / "ann.parquet")
    assert corpus.documents == {}
    assert corpus.annotations == read(folder / "ann.jsonl").annotations


def test_what_is_merged_is_said(folder: Path) -> None:
    done = quotemark("convert", "a1.txt", "ann.jsonl", folder=folder)
    assert done.returncode == 0
    assert "ann.jsonl: a1: has the same id and text in a1.txt" in done.stderr


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ([], "Missing argument"),
        (["nowhere.jsonl", "-o", "out.parquet"], "nowhere.jsonl: No such file"),
        (["ann.jsonl", "-o", "out.csv"], "out.csv: no format to write is known by '.csv'"),
        (["ann.jsonl", "-o", "out"], "name a file with .jsonl or .ndjson or .parquet"),
        (["ann.jsonl", "-o", "ann.jsonl"], "is one of the inputs"),
        (["ann.jsonl", "-o", "no/out.parquet"], "no/out.parquet: cannot be written"),
        (["-", "-", "-o", "out.parquet"], "once only"),
        (
            ["ann.jsonl", "same.jsonl", "-o", "out.parquet"],
            "a1: 'ann' has 2 submitted annotations [twice]",
        ),
        (
            ["half.jsonl", "-o", "out.parquet"],
            "half: what Parquet cannot hold: a lone surrogate [parquet]; write it as .jsonl",
        ),
        (["far.jsonl", "-o", "out.parquet"], "far: what Parquet cannot hold: Value 2147483648"),
    ],
)
def test_bad_input_is_told_and_nothing_written(folder: Path, words: list[str], reason: str) -> None:
    far = {"id": "far", "spans": [{"label": "Quote", "start": 0, "end": 2**31}]}
    for name, record in {
        "same": LAYER,
        "half": {"id": "half", "text": "\ud83d"},
        "far": far,
    }.items():
        lines = [json.dumps({"id": "ok", "text": "Yes."}), json.dumps(record)]
        (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    before = sorted(folder.iterdir())
    done = quotemark("convert", *words, folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    # Usage errors come in a box that breaks lines.
    assert reason in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr
    assert sorted(folder.iterdir()) == before


def test_every_command_takes_and_writes_layers_in_parquet(folder: Path) -> None:
    llm = {"id": "a1", "annotator": "llm", "quotes": ["“No deal”"]}
    (folder / "llm.jsonl").write_text(json.dumps(llm), encoding="utf-8")
    for words in (
        "extract a1.txt --texts -o rules",
        "ground llm.jsonl --texts a1.txt -o found",
        "adjudicate ann.jsonl bob.jsonl --policy prefer:ann -o gold",
    ):
        for suffix in (".jsonl", ".parquet"):
            done = quotemark(*words.split()[:-1], f"{words.split()[-1]}{suffix}", folder=folder)
            assert done.returncode == 0, done.stderr
    for name in ("rules", "found", "gold"):
        ours, theirs = read(folder / f"{name}.parquet"), read(folder / f"{name}.jsonl")
        assert ours.documents == theirs.documents
        assert [layer.spans for layer in ours] == [layer.spans for layer in theirs]
    scores = [
        quotemark("score", f"gold.{s}", f"rules.{s}", "-f", "csv", folder=folder).stdout
        for s in ("jsonl", "parquet")
    ]
    assert "Quote" in scores[0]
    assert scores[0] == scores[1].replace(".parquet", ".jsonl")
    assert quotemark("check", "gold.parquet", "--texts", "a1.txt", folder=folder).returncode == 0


def test_without_pyarrow_nothing_is_written_and_the_extra_named(folder: Path) -> None:
    (folder / "out.parquet").write_text("before")
    program = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from quotemark.cli.app import app\n"
        "app(['convert', 'ann.jsonl', '-o', 'out.parquet'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, encoding="utf-8"
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "install pyarrow (pip install '.[parquet]')" in done.stderr
    assert (folder / "out.parquet").read_text() == "before"
