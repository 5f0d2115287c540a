"""Inputs are never replaced by outputs, and what is merged or not to be read is said."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from quotemark.cli.app import app

RECORD = json.dumps({"id": "a", "text": "“No”, she said.", "annotator": "ann", "spans": []})
SCHEME = 'name = "own"\nversion = "1"\n[labels.Claim]\nhotkey = "c"\n'
FILES = {
    "a.txt": "“No”, she said.",
    "a.toml": 'title = "No"',
    "sub/b.txt": "“Yes”, he said.",
    "sub/c.jsonl": "",
    "gold.jsonl": RECORD,
    "export.json": "[]",
    "own.toml": SCHEME,
    "token": "secret",
    "decisions.toml": 'adjudicator = "ed"',
    "page.md": "Text.",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "link.txt").symlink_to("a.txt")
    os.link(tmp_path / "a.txt", tmp_path / "hard.txt")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, words.split())
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize(
    "words",
    [
        "extract a.txt -o a.txt",
        "extract a.txt -o ./sub/../a.txt",
        "extract a.txt -o link.txt",
        "extract link.txt -o a.txt",
        "extract a.txt -o hard.txt",
        "extract a.txt -o a.toml",
        "extract sub -o sub/b.txt",
        "extract a.txt --scheme own.toml -o own.toml",
        "split a.txt -o a.txt",
        "split a.txt --annotations gold.jsonl -o gold.jsonl",
        "ground gold.jsonl --texts a.txt -o gold.jsonl",
        "ground gold.jsonl --texts a.txt -o a.txt",
        "import export.json -o export.json",
        "convert a.txt gold.jsonl -o gold.jsonl",
        "convert sub -o sub/c.jsonl",
        "adjudicate gold.jsonl -o gold.jsonl",
        "adjudicate gold.jsonl --texts a.txt -o a.txt",
        "adjudicate gold.jsonl --decisions decisions.toml -o decisions.toml",
        "pull -p 1 --token-file token -o token",
        "config --scheme own.toml -o own.toml",
        "config --guidelines page.md -o page.md",
    ],
)
def test_an_output_that_is_an_input_is_refused(words: str, folder: Path) -> None:
    code, out, err = run(words)
    assert (code, out) == (2, "")
    assert "is one of the inputs" in err
    for name, content in FILES.items():
        assert (folder / name).read_text(encoding="utf-8") == content


def test_other_outputs_are_replaced(folder: Path) -> None:
    (folder / "old.jsonl").write_text("old")
    assert run("extract a.txt -o old.jsonl")[0] == 0
    assert "old" not in (folder / "old.jsonl").read_text()
    assert run("extract sub -o sub/pred.jsonl")[0] == 0


@pytest.mark.parametrize("command", ["split", "extract"])
@pytest.mark.parametrize("other", ["a.txt", "a.md"])
def test_what_is_merged_is_said(command: str, other: str, folder: Path) -> None:
    (folder / "a.md").write_text(FILES["a.txt"], encoding="utf-8")
    code, _, err = run(f"{command} a.txt {other} sub")
    assert code == 0
    assert f"{other}: a: has the same id and text in a.txt: both are one document [merged]" in err
    assert err.count("[merged]") == 1
    assert "[merged]" not in run(f"{command} a.txt sub")[2]


@pytest.mark.parametrize("content", [RECORD, f"\n{RECORD}\n{RECORD}\n", '{"id": "a", "text": "x"}'])
def test_a_native_file_is_no_export(content: str, folder: Path) -> None:
    (folder / "gold.jsonl").write_text(content, encoding="utf-8")
    code, _, err = run("import gold.jsonl -o new.jsonl")
    assert code == 2
    assert "is in the native format already" in err
    assert "JSON-MIN" not in err
    assert not (folder / "new.jsonl").exists()


def test_a_binary_file_is_said_once(folder: Path) -> None:
    (folder / "bin.jsonl").write_bytes(bytes(range(256)) * 20)
    code, _, err = run("check bin.jsonl")
    assert code == 2
    assert len(err.splitlines()) == 1
    assert "a binary file, not text" in err
