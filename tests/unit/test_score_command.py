"""The command: what it prints where, in every format, and how it fails."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from quotemark import score
from quotemark.formats.jsonl import write
from quotemark.metrics.names import METRICS, parse
from quotemark.metrics.results import COLUMNS, ScoreReport
from quotemark.model import Annotation, Corpus, Document, Span
from quotemark.report.plain import to_csv, to_json, to_markdown

TEXT = '"Nein", sagte Bär. 😀 "שלום".\r\n'
DOC = Document("a1", TEXT)
QUOTE = Span("q", "Quote", ((0, 6),), {"form": "direct", "source": "not_stated"})
OTHER = Span("r", "Quote", ((21, 27),), {"form": "direct", "source": "not_stated"})
GOLD = Corpus(
    {"a1": DOC},
    (
        Annotation("a1", DOC.sha256, "gold", (QUOTE, OTHER)),
        Annotation("b2", "", "gold", (QUOTE,)),
    ),
)
PRED = Corpus({}, (Annotation("a1", DOC.sha256, "mine", (QUOTE,)),))


def run(
    *arguments: str | Path, stdin: bytes = b"", env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", "from quotemark.cli.app import main; main()", "score"]
    environment = {**os.environ, **(env or {})}
    return subprocess.run(
        [*command, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        env=environment,
        timeout=60,
    )


def save(path: Path, corpus: Corpus) -> Path:
    path.write_bytes(b"".join(write(corpus)))
    return path


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return save(tmp_path / "gold.jsonl", GOLD)


@pytest.fixture
def pred(tmp_path: Path) -> Path:
    return save(tmp_path / "pred.jsonl", PRED)


def test_a_scheme_without_stance_says_so(gold: Path, pred: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('name = "own"\nversion = "1"\n[labels.Quote]\n', encoding="utf-8")
    done = run(gold, pred, "--scheme", own, "-m", "stance", "-m", "exact", "--format", "csv")
    assert done.returncode == 0
    assert b"own@1 has nothing to score by stance(polarity,matched), " in done.stderr
    assert b",exact,Quote," in done.stdout


def test_texts_are_no_predictions(gold: Path, tmp_path: Path) -> None:
    article = tmp_path / "a1.txt"
    article.write_bytes(TEXT.encode())
    done = run(gold, article)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"a1.txt: holds texts and no predictions" in done.stderr


def test_texts_that_differ_are_one_line(gold: Path, pred: Path, tmp_path: Path) -> None:
    other = tmp_path / "a1.txt"
    other.write_text("Short.", encoding="utf-8")
    done = run(pred, pred, "--texts", other)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_json_has_every_score_and_names_what_is_missing(gold: Path, pred: Path) -> None:
    done = run(gold, pred, "--format", "json")
    assert done.returncode == 0
    data = json.loads(done.stdout)
    scores = {(s["metric"], s["label"]): s for s in data["scores"]}
    assert {metric for metric, _ in scores} == set(map(str, METRICS))
    exact = scores["exact", "Quote"]
    assert (exact["precision"], exact["recall"], exact["f1"]) == (1.0, 1 / 3, 0.5)
    assert (exact["tp"], exact["fp"], exact["fn"], exact["support"]) == (1, 0, 2, 3)
    assert exact["macro"] == {"precision": 1.0, "recall": 0.25, "f1": pytest.approx(1 / 3)}
    assert scores["exact", "Cue"]["precision"] is None
    assert data["missing"] == ["b2"]
    assert data["signature"] in scores["exact", "Quote"]["signature"]
    assert b"b2" in done.stderr
    assert b"counted as missed" in done.stderr


def test_undefined_is_a_dash_and_the_output_plain_when_not_a_terminal(
    gold: Path, pred: Path
) -> None:
    done = run(gold, pred, "--metric", "exact")
    lines = [" ".join(line.split()) for line in done.stdout.decode().splitlines()]
    assert lines[:3] == [
        "Label P R F1 macro F1 tp fp fn support",
        "exact",
        "Quote 1.000 0.333 0.500 0.333 1 0 2 3",
    ]
    assert "Cue – – – – 0 0 0 0" in lines
    assert "\x1b" not in done.stdout.decode()
    assert done.stderr.count(b"\n") == 1


def test_colour_on_a_terminal_unless_no_color(gold: Path) -> None:
    for variable, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        shown = terminal(gold, gold, "-m", "exact", env=variable)
        assert ("\x1b[1;36mexact" in shown) is coloured
        assert "1.000" in shown


def test_a_narrow_terminal_cuts_no_number(gold: Path, pred: Path) -> None:
    shown = terminal(gold, pred, env={"COLUMNS": "30", "NO_COLOR": "1"})
    assert "…" not in shown
    assert "Quote 1.000 0.333 0.500 0.333 1 0 2 3" in " ".join(shown.split())


def terminal(*arguments: str | Path, env: Mapping[str, str]) -> str:
    """What the command prints on a terminal."""
    master, slave = pty.openpty()
    command = [sys.executable, "-c", "from quotemark.cli.app import main; main()", "score"]
    base = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
    with subprocess.Popen(
        [*command, *map(str, arguments)],
        stdout=slave,
        stderr=slave,
        env={**base, "TERM": "xterm-256color", "COLUMNS": "120", **env},
    ):
        os.close(slave)
        shown = b""
        while True:
            try:
                part = os.read(master, 4096)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
    os.close(master)
    return shown.decode()


def test_csv_has_one_line_a_row(gold: Path, pred: Path) -> None:
    done = run(gold, pred, "--format", "csv", "--per-document", "-m", "exact")
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert tuple(rows[0]) == COLUMNS
    first = [row for row in rows if row["label"] == "Quote"]
    assert [row["document"] for row in first] == ["", "a1", "b2"]
    assert [row["tp"] for row in first] == ["1", "1", "0"]
    assert first[2]["precision"] == ""
    assert parse(first[0]["signature"].split("|")[0]) == parse("exact")


def test_several_predictions_stand_side_by_side(gold: Path, pred: Path, tmp_path: Path) -> None:
    perfect = Corpus({}, tuple(replace(a, annotator="best") for a in GOLD))
    best = save(tmp_path / "best.jsonl", perfect)
    empty = tmp_path / "empty.jsonl"
    empty.write_bytes(b"")
    done = run(gold, pred, best, empty, "-m", "exact", "--format", "markdown")
    lines = [line for line in done.stdout.decode().splitlines() if "| Quote |" in line]
    assert [line.split(" | ")[2:5] for line in lines] == [
        ["mine", "1.000", "0.333"],
        ["best", "1.000", "1.000"],
        ["empty", "–", "0.000"],
    ]
    data = json.loads(run(gold, pred, best, "--format", "json").stdout)
    assert [system["system"] for system in data["systems"]] == ["mine", "best"]
    assert {s["system"] for s in data["scores"]} == {"mine", "best"}


def test_annotators_of_one_file_are_systems_and_one_of_them_gold(tmp_path: Path) -> None:
    two = (replace(a, annotator=name) for name in ("ann", "bea") for a in GOLD)
    both = save(tmp_path / "both.jsonl", Corpus(GOLD.documents, tuple(two)))
    refused = run(both, both)
    assert refused.returncode == 2
    assert b"ann, bea" in refused.stderr
    assert b"--annotator" in refused.stderr
    done = run(both, both, "--annotator", "bea", "-m", "exact", "--format", "json")
    data = json.loads(done.stdout)
    names = [system["system"] for system in data["systems"]]
    assert names == ["ann", "bea", "human: ann × bea"]
    assert {s["f1"] for s in data["scores"] if s["label"] == "Quote"} == {1.0}


def test_notes_name_a_few_documents_and_json_all(gold: Path, tmp_path: Path) -> None:
    names = [f"c{n:04}" for n in range(1200)]
    layers = (Annotation(doc, "", "mine", (QUOTE,)) for doc in names)
    many = save(tmp_path / "many.jsonl", Corpus({}, tuple(layers)))
    done = run(gold, many, "-m", "exact", "-f", "json")
    said = f"left out, not in gold: {', '.join(names[:10])} and 1,190 more\n"
    assert said in done.stderr.decode()
    assert json.loads(done.stdout)["extra"] == names


def test_two_systems_of_one_name_are_told_apart(gold: Path, pred: Path, tmp_path: Path) -> None:
    again = save(tmp_path / "again.jsonl", PRED)
    data = json.loads(run(gold, pred, again, "-m", "exact", "-f", "json").stdout)
    assert [s["system"] for s in data["systems"]] == ["pred:mine", "again:mine"]


def test_texts_may_come_from_a_file_of_their_own(pred: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.jsonl"
    bare.write_bytes(b"".join(write(Corpus(GOLD.documents, GOLD.annotations[:1]), texts=False)))
    without = run(bare, pred, "-m", "token", "-f", "json")
    assert json.loads(without.stdout)["scores"][0]["tp"] is None
    assert b"--texts" in without.stderr
    (tmp_path / "a1.txt").write_bytes(TEXT.encode())
    done = run(bare, pred, "-m", "token", "-f", "json", "--texts", tmp_path / "a1.txt")
    assert json.loads(done.stdout)["scores"][0]["tp"] == 3
    assert done.stderr == b""
    (tmp_path / "a1.txt").write_bytes(b"another text")
    assert run(bare, pred, "--texts", tmp_path / "a1.txt").returncode == 2


def test_predictions_from_standard_input(gold: Path, pred: Path) -> None:
    done = run(gold, "-", "-m", "exact", "-f", "json", stdin=pred.read_bytes())
    assert json.loads(done.stdout)["scores"][0]["tp"] == 1
    assert run("-", "-", stdin=pred.read_bytes()).returncode == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, b"No such file"),
        (b'{"id": "a1", "spans": [', b"json"),
        (b"\x00\x01\xff", b"json"),
        (b'{"id": "a1", "text": "other", "spans": []}', b"text-hash"),
        (b'{"id": "a1", "spans": [{"label": "Quote", "fragments": [[5, 5]]}]}', b"offset"),
    ],
)
def test_bad_predictions_are_one_clear_line(
    gold: Path, tmp_path: Path, content: bytes | None, said: bytes
) -> None:
    bad = tmp_path / "bad.jsonl"
    if content is not None:
        bad.write_bytes(content)
    done = run(gold, bad)
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr
    assert b"bad.jsonl" in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_gold_without_annotations_a_bad_metric_and_a_bad_scheme(
    gold: Path, pred: Path, tmp_path: Path
) -> None:
    (tmp_path / "none.jsonl").write_bytes(b'{"id": "a1", "text": "x"}\n')
    assert b"no-gold" in run(tmp_path / "none.jsonl", pred).stderr
    for bad in (
        *(("--metric", "exakt"), ("--metric", "overlap(iou>=2)"), ("--metric", "overlap(gold>=0)")),
        *(("--scheme", "none.toml"), ("--format", "yaml")),
    ):
        done = run(gold, pred, *bad)
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"Traceback" not in done.stderr


HOSTILE = '=HYPERLINK("x")|<b>*\x1b[31m\n\ud800'


def hostile() -> ScoreReport:
    gold = Corpus({}, (Annotation(HOSTILE, "", "gold", (QUOTE,)),))
    pred = Corpus({}, (Annotation(HOSTILE, "", HOSTILE, (QUOTE,)),))
    return score(gold, pred, metrics=["exact"])


def test_untrusted_names_are_harmless_in_every_format() -> None:
    reports = [hostile(), replace(hostile(), system="+1")]
    table = to_csv(reports, per_document=True)
    rows = list(csv.DictReader(io.StringIO(table)))
    texts = [row[name] for row in rows for name in ("system", "document")]
    assert any(texts)
    assert not any(text.startswith(("=", "+", "-", "@")) for text in texts)
    markdown = to_markdown(reports, per_document=True)
    assert "<b>" not in markdown
    assert all(line.replace("\\|", "").count("|") == 13 for line in markdown.splitlines()[:4])
    for text in (table, markdown):
        assert "\x1b" not in text
    assert json.loads(to_json(reports))["systems"][0]["system"] == HOSTILE


def test_a_frame_has_missing_numbers_for_undefined_ones() -> None:
    frame = score(GOLD, PRED, metrics=["exact"]).frame(per_document=True)
    assert tuple(frame.columns) == COLUMNS
    quotes = frame[frame["label"] == "Quote"]
    assert quotes["tp"].tolist() == [1, 1, 0]
    assert quotes["precision"].isna().tolist() == [False, False, True]
    assert score(Corpus(), Corpus(), metrics=["exact"]).frame()["tp"].isna().all()
