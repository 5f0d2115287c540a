"""`quotemark ground`: what it writes and says, what `score` makes of it, how both fail."""

from __future__ import annotations

import json
from inspect import signature
from pathlib import Path

import pytest

from quotemark import read
from quotemark.cli.ground import ground
from quotemark.grounding import THRESHOLD
from support.commands import quotemark

TEXT = "“No deal”, she said. He said: “Yes.” 😀"
GOOD = {
    "id": "a1",
    "annotator": "llm",
    "spans": [
        {"id": "q1", "label": "Quote", "text": '"No deal"', "attributes": {"form": "direct"}},
        {"id": "s1", "label": "Speaker", "text": "she"},
        {"id": "q2", "label": "Quote", "text": "We never said so", "after": "."},
    ],
    "relations": [{"label": "said_by", "head": "q1", "tail": "s1"}],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a1.txt").write_text(TEXT, encoding="utf-8")
    gold = {
        "id": "a1",
        "text": TEXT,
        "annotator": "gold",
        "spans": [
            {"id": "q", "label": "Quote", "start": 0, "end": 9},
            {"id": "r", "label": "Quote", "start": 30, "end": 36},
        ],
    }
    (tmp_path / "gold.jsonl").write_text(json.dumps(gold), encoding="utf-8")
    (tmp_path / "llm.jsonl").write_text(json.dumps(GOOD), encoding="utf-8")
    return tmp_path


def test_strings_become_a_normal_file_that_score_reports_on(folder: Path) -> None:
    done = quotemark("ground", "llm.jsonl", "--texts", "a1.txt", "-o", "g.jsonl", folder=folder)
    assert (done.returncode, done.stdout) == (0, "")
    assert "Quote: 2 strings: 0 exact, 1 normalized, 0 altered, 1 not in the text" in done.stderr
    assert "a1: q2: not in the text: We never said so" in done.stderr
    (layer,) = read(folder / "g.jsonl").annotations
    assert [(span.id, span.fragments) for span in layer.spans] == [
        ("q1", ((0, 9),)),
        ("s1", ((11, 14),)),
    ]
    assert [relation.tail for relation in layer.relations] == ["s1"]

    done = quotemark("score", "gold.jsonl", "g.jsonl", "--format", "json", folder=folder)
    assert done.returncode == 0
    assert json.loads(done.stdout)["grounding"]["Quote"] == {
        "strings": 2,
        "exact": 0,
        "normalized": 1,
        "altered": 0,
        "not_in_text": 1,
        "grounded_rate": 0.5,
        "altered_rate": 0.0,
        "not_in_text_rate": 0.5,
    }
    assert "1 of 3 strings are not in the texts" in done.stderr
    table = quotemark("score", "gold.jsonl", "g.jsonl", "-m", "exact", folder=folder).stdout
    assert table.splitlines()[-2].split() == ["Quote", "2", "0.500", "0.000", "0.500"]
    (folder / "h.jsonl").write_bytes((folder / "g.jsonl").read_bytes())
    page = quotemark("score", "gold.jsonl", "g.jsonl", "h.jsonl", "-f", "markdown", folder=folder)
    assert page.stdout.endswith(
        "| Quote | g:llm | 2 | 0.500 | 0.000 | 0.500 |\n"
        "| Speaker | g:llm | 1 | 1.000 | 0.000 | 0.000 |\n"
        "| Quote | h:llm | 2 | 0.500 | 0.000 | 0.500 |\n"
        "| Speaker | h:llm | 1 | 1.000 | 0.000 | 0.000 |\n"
    )


def test_the_threshold_is_the_librarys_unless_told_otherwise() -> None:
    assert signature(ground).parameters["threshold"].default == THRESHOLD


def test_bare_quotes_declare_that_there_is_nothing_else(folder: Path) -> None:
    lines = '{"id": "a1", "quotes": ["“Yes.”", "No deal"]}\n'
    (folder / "bare.jsonl").write_text(lines, encoding="utf-8")
    done = quotemark("ground", "bare.jsonl", "--texts", "gold.jsonl", folder=folder)
    assert done.returncode == 0
    record = json.loads(done.stdout)
    assert record["annotator"] == "bare"
    assert record["asked"] == {"labels": ["Quote"], "attributes": [], "relations": []}
    assert [(span["id"], span["fragments"]) for span in record["spans"]] == [
        ("q2", [[1, 8]]),
        ("q1", [[30, 36]]),
    ]


def test_a_text_in_the_file_itself_will_do(folder: Path) -> None:
    line = json.dumps({"id": "b", "text": TEXT, "quotes": ["Yes"]})
    (folder / "own.jsonl").write_text(line, encoding="utf-8")
    done = quotemark("ground", "own.jsonl", folder=folder)
    assert json.loads(done.stdout)["spans"][0]["fragments"] == [[31, 34]]


@pytest.mark.parametrize("command", [["score", "gold.jsonl"], ["check"], ["agree", "gold.jsonl"]])
def test_other_commands_name_the_one_that_helps(folder: Path, command: list[str]) -> None:
    done = quotemark(*command, "llm.jsonl", folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "llm.jsonl:1: a1: 3 of 3 spans have words in place of offsets" in done.stderr
    assert "quotemark ground" in done.stderr


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["llm.jsonl"], "llm.jsonl: a1: no text to look for 3 strings in [no-text]"),
        (["nowhere.jsonl"], "nowhere.jsonl: No such file"),
        (["llm.jsonl", "--texts", "nowhere"], "nowhere: No such file"),
        (["llm.jsonl", "--texts", "a1.txt", "--threshold", "0.5"], "0.7 to 1"),
        (["llm.jsonl", "--texts", "a1.txt", "--threshold", "nan"], "0.7 to 1"),
        (["llm.jsonl", "--texts", "a1.txt", "--threshold", "much"], "as a number"),
        (["-", "--texts", "-"], "once only"),
        (["llm.jsonl", "--texts", "a1.txt", "-o", "no/where.jsonl"], "no/where.jsonl"),
        (["llm.jsonl", "--texts", "a1.txt", "--scheme", "a1.txt"], "a1.txt"),
        (["broken.jsonl", "--texts", "a1.txt"], "broken.jsonl:1: "),
        (
            ["both.jsonl", "--texts", "a1.txt"],
            "both.jsonl:1: a1: s1: a span with offsets and words",
        ),
        (
            ["idle.jsonl", "--texts", "a1.txt"],
            "idle.jsonl:1: a1: s1: a span with offsets and words",
        ),
        (["hash.jsonl", "--texts", "a1.txt"], "hash.jsonl: a1: text_sha256 is 000000000000…"),
        (["own.jsonl", "--texts", "a1.txt"], "a1: PRED has another text [two-texts]"),
        (["text.jsonl", "--texts", "a1.txt"], "text.jsonl:1: Expected `str | array | null`"),
    ],
)
def test_bad_input_is_told_and_nothing_written(folder: Path, words: list[str], reason: str) -> None:
    span = {"label": "Quote", "text": "Yes"}
    for name, record in {
        "both": {"id": "a1", "spans": [{**span, "start": 0, "end": 3}]},
        "idle": {"id": "a1", "spans": [{"label": "Quote", "before": "x", "start": 0, "end": 3}]},
        "hash": {"id": "a1", "text_sha256": "0" * 64, "quotes": ["Yes"]},
        "own": {"id": "a1", "text": "Another.", "quotes": ["Yes"]},
        "text": {"id": "a1", "spans": [{"label": "Quote", "text": 3}]},
    }.items():
        (folder / f"{name}.jsonl").write_text(json.dumps(record), encoding="utf-8")
    (folder / "broken.jsonl").write_text("{", encoding="utf-8")
    options = [] if "-o" in words else ["-o", "out.jsonl"]
    done = quotemark("ground", *words, *options, folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    # Usage errors come in a box that breaks lines.
    assert reason in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr
    assert not (folder / "out.jsonl").exists()


def test_hostile_strings_are_shown_harmlessly_and_not_all_of_them(folder: Path) -> None:
    words = ["\x1b[31mred\n" + "x" * 200, *(f"ξψω {n}" for n in range(20))]
    line = json.dumps({"id": "a1", "quotes": words})
    (folder / "bare.jsonl").write_text(line, encoding="utf-8")
    done = quotemark("ground", "bare.jsonl", "--texts", "a1.txt", "-o", "g.jsonl", folder=folder)
    assert "\x1b" not in done.stderr
    assert "\\x1b[31mred\\n" in done.stderr
    assert "and 11 more that are not in the text" in done.stderr
    assert max(map(len, done.stderr.splitlines())) < 140
