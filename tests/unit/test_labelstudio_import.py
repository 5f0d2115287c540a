"""`quotemark import` and `config`, and how push and pull refuse what cannot be."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from quotemark.cli.app import app
from quotemark.formats import ReadOptions, jsonl, read
from quotemark.formats.labelstudio import read_tasks
from quotemark.labelstudio.codec import to_json
from quotemark.labelstudio.session import find_token
from quotemark.model import Annotation, Document, Span
from quotemark.scheme import default_scheme, parse_scheme
from quotemark.tasks import split

SCHEME = default_scheme()
DOC = Document("a/ü", "One 😀.\r\n\r\nTwo said so.\r\n\r\nThree.", {"title": "T"})
LAYER = Annotation(
    DOC.id, DOC.sha256, "ann@x.org", (Span("c", "Cue", ((14, 18),)),), scheme=SCHEME.id
)
GUESS = replace(LAYER, annotator="rules 1", status="predicted")
RUNNER = CliRunner(env={"LABEL_STUDIO_API_KEY": "", "LABEL_STUDIO_URL": ""})


def export(folder: Path, content: Any) -> Path:
    file = folder / "export.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def run(*words: object) -> tuple[int, str, str]:
    result = RUNNER.invoke(app, [str(word) for word in words])
    return result.exit_code, result.stdout, result.stderr


def test_tasks_become_the_document_and_its_annotations_again(tmp_path: Path) -> None:
    tasks = split(DOC, [LAYER], predictions=[GUESS], window=1, scheme=SCHEME.id)
    assert len(tasks) == 3
    file = export(tmp_path, [to_json(task, SCHEME) for task in reversed(tasks)])
    corpus = read(file)
    assert corpus.documents == {DOC.id: DOC}
    assert set(corpus.by_annotator()) == {"ann@x.org", "rules 1"}
    assert corpus.by_annotator()["ann@x.org"] == (LAYER,)
    assert corpus.by_annotator()["rules 1"] == (GUESS,)
    assert sorted(task.start for task in read_tasks(file)) == [task.start for task in tasks]
    output = tmp_path / "out.jsonl"
    counts = "annotations: 2, documents: 1, annotators: ann@x.org, rules 1"
    assert run("import", file, "-o", output) == (0, "", f"quotemark: {counts}\n")
    assert jsonl.read(output) == corpus


def test_a_foreign_export_is_read_by_its_text(tmp_path: Path) -> None:
    value = {"start": 4, "end": 8, "text": "said", "labels": ["Verb"]}
    result = {"id": "x", "from_name": "lbl", "to_name": "txt", "type": "labels", "value": value}
    task = {
        "id": 7,
        "data": {"text": "Ann said so.", "title": "News"},
        "annotations": [
            {"id": 1, "result": [result], "completed_by": {"id": 3, "email": "b@x.org"}}
        ],
        "predictions": [12, 13],
    }
    file = export(tmp_path, [task])
    scheme = parse_scheme('name = "own"\nversion = "1"\n[labels.Verb]\n')
    corpus = read(file, options=ReadOptions(scheme=scheme))
    assert corpus.documents["7"] == Document("7", "Ann said so.", {"title": "News"})
    (layer,) = corpus
    assert (layer.annotator, layer.spans) == ("b@x.org", (Span("x", "Verb", ((4, 8),)),))
    code, _, complaint = run("import", file, "-o", tmp_path / "no.jsonl")
    assert code == 2
    assert "7: 7:0-12 b@x.org x: label 'Verb'" in complaint
    assert "has Quote, Speaker, Cue, Stance [label]; read it as ours or, alone," in complaint
    assert not (tmp_path / "no.jsonl").exists()


@pytest.mark.parametrize(
    "content",
    [{}, 3, ["x"], [{}], [{"data": []}], [{"data": {"text": 5}}], [{"data": {"image": "x.png"}}],
     [{"data": {"text_sha256": "0", "text": "x"}}], [{"data": {"text": "x"}, "annotations": 4}]],
)  # fmt: skip
def test_what_is_no_export_is_told_with_its_file(tmp_path: Path, content: Any) -> None:
    file = export(tmp_path, content)
    code, out, complaint = run("import", file, "-o", "-")
    assert (code, out) == (2, "")
    assert str(file) in complaint
    assert len(complaint.splitlines()) == 1


def test_a_truncated_file_and_a_missing_one(tmp_path: Path) -> None:
    file = tmp_path / "cut.json"
    file.write_bytes(b'[{"data": {"te')
    for name in (file, tmp_path / "none.json"):
        code, _, complaint = run("import", name, "-o", "-")
        assert code == 2
        assert str(name) in complaint


def test_another_of_label_studios_formats_is_told_what_is_expected(tmp_path: Path) -> None:
    file = tmp_path / "project-7.csv"
    file.write_text("id,text,label\n1,No.,Quote\n", encoding="utf-8")
    code, _, complaint = run("import", file, "-o", "-")
    assert code == 2
    assert complaint.startswith(f"quotemark: {file}: is neither Label Studio's JSON nor its")
    assert "in Label Studio, export the project as JSON" in complaint


def test_a_file_of_no_tasks_is_an_empty_corpus(tmp_path: Path) -> None:
    assert not read(export(tmp_path, [])).annotations


def test_config_is_written_to_a_file_or_stdout(tmp_path: Path) -> None:
    code, out, _ = run("config")
    assert code == 0
    assert out.startswith("<View ")
    file = tmp_path / "config.xml"
    assert run("config", "-o", file)[0] == 0
    assert file.read_text(encoding="utf-8") == out


@pytest.mark.parametrize("content", [" \n", "two words", "t\x00ken", "töken"])
def test_a_token_that_is_none_is_refused_unseen(tmp_path: Path, content: str) -> None:
    file = tmp_path / "token"
    file.write_text(content, encoding="utf-8")
    code, _, complaint = run("pull", "-p", "x", "-o", tmp_path / "o", "--token-file", file)
    assert code == 2
    assert "token" in complaint
    assert not content.strip() or content.strip() not in complaint


def test_the_token_is_taken_from_the_file_before_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "from-the-environment")
    assert find_token() == "from-the-environment"
    file = tmp_path / "token"
    file.write_text("from-the-file\n", encoding="utf-8")
    assert find_token(file) == "from-the-file"


def test_push_and_pull_have_no_option_for_the_token_itself() -> None:
    for command in ("push", "pull"):
        code, out, _ = run(command, "--help")
        assert code == 0
        assert "--token-file" in out
        assert "--token " not in out
