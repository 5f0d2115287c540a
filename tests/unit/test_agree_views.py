"""`quotemark agree --matrix`, `--by document` and `--passages`, in every format, of nasty names."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from quotemark.cli.app import app
from quotemark.formats import write
from quotemark.model import Annotation, Corpus, Document, Span

TEXT = "=SUM(A1) & 100% she_said <b>so</b>. \\end{table} | `x`\x1b[31m שלום 😀. Agreed here."
FORMULA = "=cmd|' /C calc'!A0"
NASTY = "a_&%$#{}~^\\ <b>*|c*\x1b[31m"
DOC = "+1-d_1"
VIEWS = (("--matrix", "exact"), ("--by", "document"), ("--passages", "9"))
FORMATS = ("table", "json", "csv", "markdown", "latex")


def span(name: str, words: str, **attributes: str) -> Span:
    start = TEXT.index(words)
    return Span(name, "Speaker", ((start, start + len(words)),), attributes)


def layer(who: str, *spans: Span, doc: str = DOC) -> Annotation:
    return Annotation(doc, "", who, spans)


WIDE = span("w", "=SUM(A1) & 100%", entity="-2+3")
NARROW = span("n", "=SUM(A1)", entity="-2+3")
SO = span("o", "<b>so</b>", entity="x")
TABLE = span("t", "\\end{table} | `x`", entity="x")
AGREED = span("s", "Agreed", entity="x")


@pytest.fixture
def nasty(tmp_path: Path) -> Path:
    """Three annotators of one document, two of another, on which those two agree."""
    other = "zz"
    layers = (
        layer(FORMULA, WIDE, SO, AGREED),
        layer(NASTY, NARROW, AGREED),
        layer("bea", NARROW, TABLE, AGREED),
        layer(FORMULA, AGREED, doc=other),
        layer("bea", AGREED, doc=other),
    )
    file = tmp_path / "layers.jsonl"
    write(Corpus({doc: Document(doc, TEXT) for doc in (DOC, other)}, layers), file, texts=True)
    return file


def shown(file: Path, *args: str) -> str:
    result = CliRunner().invoke(app, ["agree", str(file), *args])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def table(file: Path, *args: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(shown(file, *args, "-f", "csv"))))


@pytest.mark.parametrize("view", VIEWS)
def test_csv_has_no_cell_that_is_a_formula(nasty: Path, view: tuple[str, str]) -> None:
    rows = table(nasty, *view)
    cells = {cell for row in rows for cell in row.values()}
    words = {cell for cell in cells if cell and not re.fullmatch(r"-?\d+(\.\d+)?", cell)}
    assert words
    assert not [cell for cell in words if cell[0] in "=+-@\t\r"]
    guarded = {"--matrix": FORMULA, "--by": DOC, "--passages": "=SUM(A1)"}[view[0]]
    assert f"'{guarded}" in cells


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_reaches_a_terminal_that_moves_it(nasty: Path, view: tuple[str, str]) -> None:
    for name in ("table", "csv", "markdown", "latex"):
        assert "\x1b" not in shown(nasty, *view, "-f", name)


@pytest.mark.parametrize("view", VIEWS)
def test_markdown_has_no_markup_and_no_column_more(nasty: Path, view: tuple[str, str]) -> None:
    lines = [line for line in shown(nasty, *view, "-f", "markdown").splitlines() if line[:1] == "|"]
    columns = {len(re.findall(r"(?<!\\)\|", line)) for line in lines}
    assert len(columns) == 1
    assert not any("<b>" in line for line in lines)
    assert not any(re.search(r"(?<!\\)`", line) for line in lines)


@pytest.mark.parametrize("view", VIEWS)
def test_latex_is_escaped(nasty: Path, view: tuple[str, str]) -> None:
    found = shown(nasty, *view, "-f", "latex")
    body = found.partition("\\midrule")[2].partition("\\bottomrule")[0]
    assert body
    assert not re.search(r"(?<!\\)[%$#]", body)
    assert not re.search(r"(?<!\\)_", body)
    assert "\\end{table}" not in body
    width = {len(re.findall(r"(?<!\\)&", line)) for line in body.splitlines() if "\\\\" in line}
    assert len(width) == 1


@pytest.mark.parametrize("view", VIEWS)
def test_json_says_names_and_words_as_they_are(nasty: Path, view: tuple[str, str]) -> None:
    data = json.loads(shown(nasty, *view, "-f", "json"))
    if view[0] == "--passages":
        names = {mark["annotator"] for each in data["passages"] for mark in each["marks"]}
        assert TEXT.startswith(data["passages"][0]["text"].strip()[:8])
    else:
        names = {name for row in data["agreement"] for name in row["annotators"]}
        assert FORMULA in names
        assert data["signature"].startswith("annotators:")
    assert names == {FORMULA, NASTY, "bea"}


def test_a_matrix_is_square_and_says_the_same_from_both_sides(nasty: Path) -> None:
    rows = table(nasty, "--matrix", "exact", "-l", "Speaker")
    assert [row["label"] for row in rows] == ["Speaker"] * 3
    names = [row["annotator"].removeprefix("'") for row in rows]
    heads = [head.removeprefix("~ ") for head in list(rows[0])[2:]]
    assert heads == names
    values = [[float(cell) if cell else None for cell in list(row.values())[2:]] for row in rows]
    assert values == [list(column) for column in zip(*values, strict=True)]
    assert all(values[n][n] is None for n in range(3))
    by_pair: dict[frozenset[str], Any] = {
        frozenset(row["annotators"]): row["value"]
        for row in json.loads(shown(nasty, "--matrix", "exact", "-l", "Speaker", "-f", "json"))[
            "agreement"
        ]
    }
    # a has 3 and 1 spans, bea 3 and 1: `Agreed` twice is all that both have
    assert by_pair[frozenset({FORMULA, "bea"})] == pytest.approx(2 * 2 / (4 + 4))
    assert by_pair[frozenset({NASTY, "bea"})] == pytest.approx(2 * 2 / (2 + 3))


def test_by_document_tells_documents_apart_and_has_no_intervals(nasty: Path) -> None:
    rows = [r for r in table(nasty, "--by", "document", "-m", "exact") if r["label"] == "Speaker"]
    assert [row["document"].removeprefix("'") for row in rows] == [DOC, "zz"]
    assert [float(row["value"]) for row in rows] == pytest.approx([8 / 16, 1.0])
    assert {row["low"] for row in rows} == {""}
    assert {row["documents"] for row in rows} == {"1"}


def test_passages_have_their_words_and_the_least_agreed_first(nasty: Path) -> None:
    data = json.loads(shown(nasty, "--passages", "9", "-f", "json"))["passages"]
    shares = [each["agreement"] for each in data]
    assert shares == sorted(shares)
    assert {each["document"] for each in data} == {DOC}
    for each in data:
        assert each["text"] == TEXT[each["start"] : each["end"]]
    assert not any("Agreed" in each["text"] for each in data)
    rows = table(nasty, "--passages", "9")
    assert len(rows) == sum(len(each["marks"]) for each in data)
    assert {row["words"].removeprefix("'") for row in rows if row["words"]} >= {"=SUM(A1)"}
    first = table(nasty, "--passages", "1")
    assert first == rows[: len(first)]


@pytest.mark.parametrize(
    "args",
    [
        ("--matrix", "exact", "--by", "document"),
        ("--by", "document", "--passages", "1"),
        ("--matrix", "exact", "-m", "overlap"),
        ("--matrix", "f1"),
        ("--matrix", "exact", "-l", "Verb"),
        ("--passages", "0"),
        ("--by", "label"),
    ],
)
def test_what_does_not_go_together_is_refused(nasty: Path, args: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, ["agree", str(nasty), *args])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("format", FORMATS)
def test_two_who_agree_and_have_nothing_are_no_error(
    tmp_path: Path, view: tuple[str, str], format: str
) -> None:
    file = tmp_path / "nothing.jsonl"
    write(Corpus({DOC: Document(DOC, "")}, (layer("a"), layer("b"))), file, texts=True)
    found = shown(file, *view, "-f", format)
    if format == "json":
        data = json.loads(found)
        assert data.get("passages", []) == []
        assert all(row["value"] is None for row in data.get("agreement", []))
