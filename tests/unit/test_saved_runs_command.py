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
from quotemark.model import Annotation, Corpus, Document, Span

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
    assert "1.000 [1.000, 1.000]" in shown
    assert max(map(len, shown.splitlines())) <= 110


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
        (("score", "run.json", "good.jsonl"), "run.json: is a saved run"),
        (("score", "gold.jsonl", "run.json", "-m", "char"), "good is a run without scores by char"),
        (("show", "run.json", "-m", "token"), "good is not scored by token"),
        (("show", "run.json", "-m", "exakt"), "no metric 'exakt'"),
        (("show", "run.json", "./run.json"), "run.json: is named twice"),
        ((*SCORE, "good.jsonl"), "good.jsonl: is named twice"),
        (("compare", "gold.jsonl", "good.jsonl", "good.jsonl"), "good.jsonl: is named twice"),
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


def test_slices_in_every_form(files: Path) -> None:
    table, said = run(*SCORE, "-m", "char", "--by", "form", "--save", "run.json")
    assert "by form there are no slices of char" in said
    lines = [" ".join(line.split()) for line in table.splitlines()]
    assert lines[0] == "Label Slice System P R F1 macro F1 tp fp fn support"
    place = lines.index("form=direct good 1.000 1.000 1.000 1.000 8 0 0 8")
    assert lines[place + 1] == "bad_one 0.000 0.000 0.000 0.000 0 8 8 8"
    rows = list(csv.DictReader(io.StringIO(run(*SCORE, "--by", "form", "-f", "csv")[0])))
    assert [row["slice"] for row in rows if row["label"] == "Quote"][:2] == ["", "form=direct"]
    scores = json.loads(run("show", "run.json", "-f", "json")[0])["scores"]
    assert {score.get("slice") for score in scores} == {None, "form=direct"}
    assert "| Metric | Label | Slice |" in run("show", "run.json", "-f", "markdown")[0]
    assert "Metric & Label & Slice & System" in run("show", "run.json", "-f", "latex")[0]
    again = run("score", "gold.jsonl", "run.json", "-m", "exact", "--by", "form", "-f", "csv")[0]
    assert [row["slice"] for row in csv.DictReader(io.StringIO(again))] == [
        r["slice"] for r in rows
    ]
    _, said = run("score", "gold.jsonl", "run.json", "-m", "exact", "--by", "length", code=2)
    assert "good is a run without slices by length" in said
    _, said = run(*SCORE, "--by", "frm", code=2)
    assert "nothing to part scores by: 'frm'" in said


@pytest.fixture
def passes(files: Path) -> Path:
    layers = [replace(a, annotator=name) for name in ("ann", "bea") for a in GOLD]
    half = [*layers[:8], *layers[8:11]]
    told = {"annotators": ["ann", "bea"]}
    gold = (replace(a, status="gold", provenance=told) for a in GOLD)
    Path("passes.jsonl").write_bytes(b"".join(write(Corpus({}, tuple(half)))))
    Path("gold.jsonl").write_bytes(b"".join(write(Corpus({}, tuple(gold)))))
    return files


@pytest.mark.parametrize("format", FORMATS)
def test_the_human_ceiling_stands_beside_the_systems(passes: Path, format: str) -> None:
    found, said = run(*SCORE, "--ceiling", "passes.jsonl", "--save", "run.json", "-f", format)
    remarks = [
        "human: ann × bea: over 3 of 8 documents, each side taken for gold once",
        "no independent ceiling: gold was adjudicated from the layers of ann, bea",
    ]
    for remark in remarks:
        assert remark in (said if format == "csv" else found)
    assert "human: bea × gold" in found
    assert "good, their documents" in found
    assert run("show", "run.json", "-f", format) == (found, said)


def test_systems_are_marked_and_compared_without_people(passes: Path) -> None:
    run(*SCORE, "--ceiling", "passes.jsonl", "--save", "run.json")
    table, _ = run("show", "run.json", "-f", "latex", "--baseline", "good")
    assert "human: ann × bea & 1.000" in table
    assert r"bad\_one & 0.000 & 0.000 & 0.000\rlap{$^{\dagger}$}" in table
    compared, _ = run("compare", "gold.jsonl", "run.json", "-m", "exact")
    assert "human" not in compared
    assert "their documents" not in compared


def test_a_ceiling_without_annotators_is_refused(files: Path) -> None:
    _, said = run(*SCORE, "--ceiling", "gold.jsonl", code=2)
    assert "holds no submitted layer of another annotator" in said
    _, said = run(*SCORE, "--ceiling", "none.jsonl", code=2)
    assert "none.jsonl: No such file" in said


def test_only_some_labels_are_shown_and_unknown_ones_named(files: Path) -> None:
    found, _ = run(*SCORE, "-l", "Quote", "--label", "Cue", "-f", "csv", "--save", "run.json")
    assert {row["label"] for row in csv.DictReader(io.StringIO(found))} == {"Quote", "Cue"}
    shown, _ = run("show", "run.json", "-l", "Quote[form=direct]", "-f", "csv")
    assert [row["label"] for row in csv.DictReader(io.StringIO(shown))] == [
        "Quote[form=direct]"
    ] * 2
    for command in (SCORE, ("show", "run.json")):
        shown, said = run(*command, "--label", "Qoute", code=2)
        assert shown == ""
        assert "no score of 'Qoute' [label]; name one of: Quote, Quote[form=direct]" in said
    latex, _ = run(*SCORE, "-l", "Quote", "-f", "latex", "--baseline", "good")
    assert "over 1 comparison (" in latex


def test_hostile_metadata_is_harmless_in_every_form(files: Path) -> None:
    outlet = "=1+1|<b>*\x1b[31m\n%_{"
    documents = {a.doc_id: Document(a.doc_id, "x" * 9, {"outlet": outlet}) for a in GOLD}
    layers = (replace(a, text_sha256=documents[a.doc_id].sha256) for a in GOLD)
    Path("gold.jsonl").write_bytes(b"".join(write(Corpus(documents, tuple(layers)))))
    forms = {f: run(*SCORE, "-l", "Quote", "--by", "meta:outlet", "-f", f)[0] for f in FORMATS}
    for name in ("table", "csv", "markdown", "latex"):
        assert "\x1b" not in forms[name]
    assert "<b>" not in forms["markdown"]
    assert r"meta:outlet==1+1\textbar{}\textless{}b\textgreater{}*" in forms["latex"]
    [row] = {r["slice"] for r in csv.DictReader(io.StringIO(forms["csv"]))} - {""}
    assert row.startswith("meta:outlet=")
    assert json.loads(forms["json"])["scores"][1]["slice"] == f"meta:outlet={outlet}"


def test_a_hostile_run_is_harmless_in_every_form(files: Path) -> None:
    run(*SCORE, "-l", "Quote", "--save", "run.json")
    bad = "=1+1|<b>*`\x1b[31m\n\\input{x}%"
    saved = json.loads(Path("run.json").read_bytes())
    for system in saved["systems"]:
        system.update(gold=bad, quotemark=bad, resampling=bad, remarks=[bad], missing=["d0"])
        system["rows"] = [dict(system["rows"][0], label=bad, slice=bad, signature=bad)]
    saved["systems"][0]["system"] = bad
    Path("run.json").write_text(json.dumps(saved), encoding="utf-8")
    for name in ("table", "csv", "markdown", "latex"):
        shown, said = run("show", "run.json", "-f", name)
        assert "\x1b" not in shown + said
        if name == "latex":
            assert r"\input" not in shown.partition("% needs")[2]  # a comment before
        if name == "markdown":
            lines = [line for line in shown.splitlines() if line[:1] != "`"]  # code is no markup
            assert not any("<b>" in line for line in lines)
    rows = list(csv.reader(io.StringIO(run("show", "run.json", "-f", "csv")[0])))
    assert not any(cell.startswith("=") for row in rows for cell in row)


def test_people_are_sliced_by_metadata_that_only_a_system_tells(passes: Path) -> None:
    documents = {a.doc_id: Document(a.doc_id, "x" * 9, {"outlet": "Post"}) for a in GOLD}
    Path("good.jsonl").write_bytes(b"".join(write(Corpus(documents, GOOD.annotations))))
    one = ("score", "gold.jsonl", "good.jsonl", "-m", "exact", "-l", "Quote", "-f", "csv")
    found, _ = run(*one, "--by", "meta:outlet", "--ceiling", "passes.jsonl")
    rows = list(csv.DictReader(io.StringIO(found)))
    assert {row["slice"] for row in rows if row["system"].startswith("human")} == {
        "",
        "meta:outlet=Post",
    }
