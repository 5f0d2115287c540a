"""`quotemark extract`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from quotemark.cli.app import app
from quotemark.formats import read

TEXT = 'Ada Moen said: "We will not go."\r\n\r\nIt rained.'


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.encode())
    return path


def test_predictions_are_written_without_the_texts(article: Path, tmp_path: Path) -> None:
    out = tmp_path / "pred.jsonl"
    ran = CliRunner().invoke(app, ["extract", str(article), "-o", str(out)])
    assert (ran.exit_code, ran.stdout) == (0, "")
    assert "1 document, 1 quote, by rules" in ran.stderr
    corpus = read(out)
    assert corpus.documents == {}
    (layer,) = corpus.annotations
    assert (layer.annotator, layer.status) == ("rules", "predicted")
    assert [q.surface(TEXT) for q in layer.labelled("Quote")] == ['"We will not go."']


def test_texts_go_along_when_asked(article: Path) -> None:
    ran = CliRunner().invoke(app, ["extract", str(article), "--texts"])
    assert ran.exit_code == 0
    assert json.loads(ran.stdout)["text"] == TEXT


def test_standard_input_in_the_native_format() -> None:
    line = json.dumps({"id": "x", "text": TEXT})
    ran = CliRunner().invoke(app, ["extract", "-"], input=line)
    assert ran.exit_code == 0
    assert json.loads(ran.stdout)["id"] == "x"


def test_what_cannot_be_done_is_one_line_and_writes_nothing(article: Path, tmp_path: Path) -> None:
    out = tmp_path / "pred.jsonl"
    out.write_text("before")
    for arguments in (
        [str(article), "--extractor", "ruels"],
        [str(tmp_path / "missing.txt")],
        [str(article), "--scheme", str(tmp_path / "missing.toml")],
    ):
        ran = CliRunner().invoke(app, ["extract", *arguments, "-o", str(out)])
        assert ran.exit_code == 2, arguments
        assert ran.stderr.startswith("quotemark: ")
        assert "Traceback" not in ran.output
        assert out.read_text() == "before"
    assert CliRunner().invoke(app, ["extract", "-", "-"]).exit_code == 2
