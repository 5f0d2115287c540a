"""Scores saved, shown again, with intervals and in LaTeX: the commands."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from quotemark.cli.app import app
from quotemark.formats.jsonl import write
from quotemark.metrics.results import ENDS
from quotemark.model import Annotation, Corpus, Span

QUOTE = Span("q", "Quote", ((0, 6),), {"form": "direct"})
SHORT = replace(QUOTE, fragments=((0, 5),))
GOLD = Corpus({}, tuple(Annotation(f"d{n}", "", "gold", (QUOTE,)) for n in range(8)))
GOOD = Corpus({}, tuple(replace(a, annotator="good") for a in GOLD))
BAD = Corpus({}, tuple(replace(a, annotator="bad_one", spans=(SHORT,)) for a in GOLD))


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, corpus in (("gold", GOLD), ("good", GOOD), ("bad", BAD)):
        Path(f"{name}.jsonl").write_bytes(b"".join(write(corpus)))
    return tmp_path


def run(*arguments: str, code: int = 0, stdin: bytes = b"") -> tuple[str, str]:
    done = CliRunner().invoke(app, arguments, input=stdin, env={"COLUMNS": "200"})
    assert done.exit_code == code, done.output
    return done.stdout, done.stderr


SCORE = ("score", "gold.jsonl", "good.jsonl", "bad.jsonl", "-m", "exact")
FORMATS = ["table", "json", "csv", "markdown", "latex"]


@pytest.mark.parametrize("format", FORMATS)
def test_a_saved_run_is_shown_as_it_was_scored(files: Path, format: str) -> None:
    more = ("-f", format, "--per-document", "--intervals", "--resamples", "20")
    scored = run(*SCORE, "--save", "run.json", *more)
    assert run("show", "run.json", *more) == scored
    assert "boot:20" in scored[0]


def test_a_run_goes_through_a_pipe(files: Path) -> None:
    saved, said = run(*SCORE, "--save", "-")
    assert said == ""
    assert run("show", "-", "-f", "csv", stdin=saved.encode()) == run(*SCORE, "-f", "csv")


def test_intervals_are_columns(files: Path) -> None:
    table, _ = run(*SCORE, "-f", "csv", "--intervals", "--interval", "bca", "--seed", "7")
    first = next(csv.DictReader(io.StringIO(table)))
    assert [first[name] for name in ENDS] == ["1.0"] * 6
    assert "|boot:1000|interval:bca|seed:7|v:" in first["signature"]
    data = json.loads(run(*SCORE, "-f", "json", "--intervals")[0])
    assert data["scores"][0]["intervals"]["f1"] == [1.0, 1.0]
    shown, _ = run(*SCORE, "--intervals")
    assert "1.000 [1.00, 1.00]" in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_one_document_has_no_interval_and_says_why(files: Path) -> None:
    Path("one.jsonl").write_bytes(b"".join(write(Corpus({}, GOLD.annotations[:1]))))
    shown, said = run(
        "score", "one.jsonl", "good.jsonl", "-m", "exact", "--intervals", "-f", "json"
    )
    ends = json.loads(shown)["scores"][0]["intervals"]
    assert ends == {"precision": None, "recall": None, "f1": None}
    assert said.count("no intervals: they need two documents or more") == 1


def test_marks_of_significance_in_latex(files: Path) -> None:
    table, _ = run(*SCORE, "-f", "latex", "--baseline", "good")
    [bad] = [line for line in table.splitlines() if r"bad\_one & 0.000" in line][:1]
    assert r"0.000\rlap{$^{\dagger}$} & 8" in bad
    assert "F1 differs from good with p" in table
    _, said = run(*SCORE, "-f", "latex", "--baseline", "nobody", code=2)
    assert "no system 'nobody'" in said
    _, said = run(*SCORE, "--baseline", "good", code=2)
    assert "quotemark compare" in " ".join(said.split())


def test_runs_side_by_side_are_of_one_gold_and_told_apart(files: Path) -> None:
    run(*SCORE, "--save", "one.json")
    run("score", "gold.jsonl", "good.jsonl", "-m", "exact", "--save", "two.json")
    data = json.loads(run("show", "one.json", "two.json", "-f", "json")[0])
    names = [system["system"] for system in data["systems"]]
    assert names == ["one:good", "one:bad_one", "two:good"]
    run("score", "good.jsonl", "bad.jsonl", "-m", "exact", "--save", "other.json")
    run("score", "bad.jsonl", "good.jsonl", "-m", "exact", "--save", "wrong.json")
    _, said = run("show", "one.json", "wrong.json", code=2)
    assert "wrong.json: is of gold" in said


def test_what_cannot_be_shown_or_saved_is_one_line(files: Path) -> None:
    run(*SCORE, "--save", "run.json")
    for arguments, said in [
        (("show", "none.json"), "none.json: No such file"),
        (("show", "gold.jsonl"), "gold.jsonl: is no saved run"),
        (("show", "run.json", "-m", "token"), "good is not scored by token"),
        (("show", "run.json", "-m", "exakt"), "no metric 'exakt'"),
        (("show", "-", "-"), "standard input (-) can be read once only"),
        ((*SCORE, "--save", "good.jsonl"), "good.jsonl: is one of the inputs"),
        ((*SCORE, "--save", "no/such/place.json"), "no/such/place.json: cannot be written"),
    ]:
        shown, problem = run(*arguments, code=2)
        assert shown == ""
        assert said in " ".join(problem.split())


def test_agreement_in_latex(files: Path) -> None:
    table, _ = run("agree", "good.jsonl", "bad.jsonl", "-f", "latex")
    assert r"F1 exact & Quote & 0.000 & 0.000 & 0.000 & 16 & 8 \\" in table
