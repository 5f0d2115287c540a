"""Published protocols in every form that scores come in."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from quotemark import score
from quotemark.formats.jsonl import write
from quotemark.metrics.names import of_protocol, parse
from quotemark.model import Annotation, Corpus, Span
from quotemark.report.plain import to_csv, to_json, to_markdown

GOLD = Corpus(
    {}, (Annotation("a1", "", "g", (Span("q", "Quote", ((0, 9),)), Span("r", "Cue", ((9, 12),)))),)
)
PRED = Corpus({}, (Annotation("a1", "", "p", (Span("q", "Quote", ((0, 6),)),)),))


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from quotemark.cli.app import main; main()", "score"]
    return subprocess.run(
        [*command, *map(str, arguments)], capture_output=True, encoding="utf-8", timeout=60
    )


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    paths = tmp_path / "gold.jsonl", tmp_path / "pred.jsonl"
    for path, corpus in zip(paths, (GOLD, PRED), strict=True):
        path.write_bytes(b"".join(write(corpus)))
    return paths


def test_the_command_scores_a_protocol_alone_or_with_metrics(files: tuple[Path, Path]) -> None:
    alone = json.loads(run(*files, "--protocol", "semeval2013", "-f", "json").stdout)
    assert {s["metric"] for s in alone["scores"]} == set(map(str, of_protocol("semeval2013")))
    both = json.loads(run(*files, "-p", "semeval2013", "-m", "exact", "-f", "json").stdout)
    assert {s["metric"].split("(")[0] for s in both["scores"]} == {"exact", "semeval2013"}
    one = json.loads(run(*files, "-m", "semeval2013(partial)", "-f", "json").stdout)
    assert {s["metric"] for s in one["scores"]} == {"semeval2013(partial)"}


def test_the_table_shows_parts_of_a_count(files: tuple[Path, Path]) -> None:
    done = run(*files, "-m", "semeval2013(partial)")
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "(all) 0.500 0.250 0.333 0.333 0.500 0.500 1.500 2" in lines
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["semeval2014", "exact", "SemEval2013"])
def test_an_unknown_protocol_is_one_clear_line(files: tuple[Path, Path], name: str) -> None:
    done = run(*files, "--protocol", name)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert name in done.stderr
    assert "semeval2013" in done.stderr


def test_missing_texts_are_said_where_tokens_are_counted(files: tuple[Path, Path]) -> None:
    assert "--texts" in run(*files, "-p", "conll").stderr
    assert "--texts" not in run(*files, "-p", "semeval2013").stderr


def test_what_is_counted_is_in_every_form() -> None:
    report = score(GOLD, PRED, protocol="semeval2013")
    row = json.loads(to_json([report], per_document=True))["scores"][-5]
    assert row["detail"] == {"cor": 1, "inc": 0, "par": 0, "mis": 1, "spu": 0}
    assert row["documents"]["a1"]["detail"] == row["detail"]
    lines = list(csv.DictReader(io.StringIO(to_csv([report], per_document=True))))
    halves = [line for line in lines if line["metric"] == "semeval2013(partial)"]
    assert [line["tp"] for line in halves[:2]] == ["0.5", "0.5"]
    assert all(parse(line["signature"].split("|")[0]) == parse(line["metric"]) for line in lines)
    assert r"semeval2013(partial) | (all) | 0.500 | 0.250" in to_markdown([report])
    frame = report.frame()
    assert frame["tp"].tolist()[10] == 0.5
    assert score(GOLD, PRED, metrics=["semeval2013(exact)"]).frame()["tp"].dtype == "Int64"
