"""`quotemark agree` and `adjudicate`: what they print where, and how they refuse."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from quotemark.adjudication import Dispute
from quotemark.cli.adjudicate import stanza
from quotemark.cli.app import app
from quotemark.decisions import Decision, read_decisions
from quotemark.errors import QuotemarkError
from quotemark.formats import read, write
from quotemark.model import Annotation, Corpus, Document, Entity, Relation, Span

TEXT = '"Nein", sagte Bär. 😀 "שלום", sagte sie.\r\n'
DOC = Document("a1", TEXT)


def span(name: str, label: str, words: str, **attributes: str | None) -> Span:
    start = TEXT.index(words)
    return Span(name, label, ((start, start + len(words)),), attributes)


QUOTE = span("q", "Quote", '"Nein"', form="direct", source="mention")
LATER = span("r", "Quote", '"שלום"', form="direct", source="not_stated")
SPEAKER = span("s", "Speaker", "Bär", entity="Bär", kind="named")
SAID = Relation("said_by", "q", "s")
BAER = Entity("baer", "Bär")
ANN = Annotation("a1", DOC.sha256, "ann", (QUOTE, LATER, SPEAKER), (SAID,), (BAER,))
DOUBT = {"unsure": True, "comment": "half of it\nis a \x1b[31mname"}
MIXED = replace(QUOTE, attributes={**QUOTE.attributes, "form": "mixed"}, meta=DOUBT)
BEA = replace(ANN, annotator="bea", spans=(MIXED, SPEAKER))
BOTH = Corpus({"a1": DOC}, (ANN, BEA))


class Ran:
    """What a command printed, and how it ended; a traceback is a failure at once."""

    def __init__(self, *args: object, stdin: bytes = b"") -> None:
        result = CliRunner().invoke(app, [str(arg) for arg in args], input=stdin)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr


def save(path: Path, corpus: Corpus, *, texts: bool = True) -> Path:
    write(corpus, path, texts=texts)
    return path


@pytest.fixture
def both(tmp_path: Path) -> Path:
    return save(tmp_path / "both.jsonl", BOTH)


def test_agree_prints_a_table_and_its_signature(both: Path) -> None:
    done = Ran("agree", both)
    assert (done.code, done.err) == (0, "")
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    assert lines[0] == "measure label value low high items documents"
    assert lines[1] == "F1 exact Quote 0.667 – – 2 1"
    assert lines[2] == "Quote[form=direct] 0.000 – – 2 1"
    assert "κ token Quote 0.545 – – 15 1" in lines  # 12 of 15 agree, by chance 126 of 225
    assert "κ Quote.form 0.000 – – 1 1" in lines
    # no Cue but tokens, values of tokens, code points of both
    assert [line.split(" – ")[-1] for line in lines if "Cue" in line] == ["15 1", "30 1", "82 1"]
    assert lines[-1].startswith("annotators:ann,bea|docs:1|tok:unicode-words|boot:1000|seed:1|v:")
    assert "\x1b" not in done.out


def test_agree_in_json_and_csv_has_every_measure(both: Path) -> None:
    data = json.loads(Ran("agree", both, "--format", "json", "--seed", "7").out)
    assert "|seed:7|" in data["signature"]
    rows = {(row["measure"], row["label"]): row for row in data["agreement"]}
    assert rows["F1 exact", "Quote"] == {
        "measure": "F1 exact",
        "label": "Quote",
        "value": pytest.approx(2 / 3),
        "low": None,
        "high": None,
        "items": 2,
        "documents": 1,
        "annotators": ["ann", "bea"],
    }
    assert rows["F1 exact", "Cue"]["value"] is None
    table = list(csv.DictReader(io.StringIO(Ran("agree", both, "-f", "csv").out)))
    assert [(row["measure"], row["label"]) for row in table] == list(rows)
    assert table[0]["annotators"] == "ann ~ bea"
    assert float(table[0]["value"]) == pytest.approx(2 / 3)
    assert table[0]["low"] == ""


def test_agree_in_markdown_escapes_names(tmp_path: Path) -> None:
    third = replace(ANN, annotator="<b>|c*\n")
    file = save(tmp_path / "three.jsonl", Corpus({"a1": DOC}, (ANN, BEA, third)))
    done = Ran("agree", file, "-f", "markdown")
    lines = done.out.splitlines()
    assert lines[:2] == [
        "| annotators | measure | label | value | low | high | items | documents |",
        "|---|---|---|---:|---:|---:|---:|---:|",
    ]
    assert "<b>" not in done.out.rpartition("\n`")[0]
    assert all(line.replace("\\|", "").count("|") == 9 for line in lines if line[:2] == "| ")
    assert lines[-1].startswith("`annotators:")


def test_three_annotators_stand_pair_by_pair(tmp_path: Path) -> None:
    third = replace(ANN, annotator="cyd")
    file = save(tmp_path / "three.jsonl", Corpus({"a1": DOC}, (third, ANN, BEA)))
    lines = Ran("agree", file).out.splitlines()
    assert lines[0].split()[:3] == ["annotators", "measure", "label"]
    starts = [line.split("  ")[0] for line in lines[1:-2] if not line.startswith(" ")]
    assert starts == ["ann ~ bea ~ cyd", "ann ~ bea", "ann ~ cyd", "bea ~ cyd"]


def terminal(*arguments: str | Path, env: Mapping[str, str]) -> str:
    """What the command prints on a terminal."""
    master, slave = pty.openpty()
    command = [sys.executable, "-c", "from quotemark.cli.app import main; main()"]
    base = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    with subprocess.Popen(
        [*command, *map(str, arguments)],
        stdout=slave,
        env={**base, "TERM": "xterm-256color", **env},
    ) as process:
        os.close(slave)
        shown = b""
        while True:
            try:
                part = os.read(master, 1 << 16)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
        assert process.wait(60) == 0
    os.close(master)
    return shown.decode()


def test_colour_on_a_terminal_unless_no_color_and_no_number_cut(both: Path) -> None:
    coloured = terminal("agree", both, env={"COLUMNS": "200"})
    plain = terminal("agree", both, env={"COLUMNS": "20", "NO_COLOR": "1"})
    assert "\x1b[1;36mF1 exact" in coloured
    assert "\x1b[1;36m" not in plain
    assert "…" not in plain
    assert "Quote 0.667 – – 2 1" in " ".join(plain.split())


def test_layers_in_several_files_and_texts_beside_them(tmp_path: Path) -> None:
    ann = save(tmp_path / "ann.jsonl", Corpus({}, (ANN,)))
    bea = save(tmp_path / "bea.jsonl", Corpus({}, (BEA,)))
    (tmp_path / "a1.txt").write_bytes(TEXT.encode())
    without, there, back = (
        json.loads(Ran("agree", *files, "-f", "json").out)["agreement"]
        for files in (
            (ann, bea),
            (ann, bea, "--texts", tmp_path / "a1.txt"),
            (bea, ann, "--texts", tmp_path / "a1.txt"),
        )
    )
    assert there == back
    tokens = [
        [row["items"] for row in rows if row["measure"] == "κ token"] for rows in (without, there)
    ]
    assert tokens == [[0] * 4, [15] * 4]


def test_what_is_not_submitted_is_left_out_and_told(tmp_path: Path) -> None:
    guess = replace(ANN, annotator="rules", status="predicted")
    draft = replace(BEA, status="draft", spans=())
    file = save(tmp_path / "all.jsonl", Corpus({}, (ANN, BEA, guess, draft)))
    for command in (("agree", file), ("adjudicate", file, "-o", tmp_path / "gold.jsonl")):
        done = Ran(*command)
        assert done.err.startswith("quotemark: left out, not submitted: 1 draft, 1 predicted\n")
        assert "rules" not in done.out


@pytest.mark.parametrize("command", [("agree",), ("adjudicate", "-o", "gold.jsonl")])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file"),
        (b'{"id": "a1", "spans": [', "json"),
        (b"", "no "),
        (b'{"id": "a1", "spans": [{"label": "Verb", "start": 0, "end": 1}]}', "label"),
    ],
)
def test_bad_layers_are_one_clear_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    content: bytes | None,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    bad = tmp_path / "bad.jsonl"
    if content is not None:
        bad.write_bytes(content)
    done = Ran(*command, bad)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert done.err.count("\n") == 1
    assert not (tmp_path / "gold.jsonl").exists()


def test_standard_input_once(both: Path) -> None:
    assert Ran("agree", "-", stdin=both.read_bytes()).code == 0
    assert Ran("agree", "-", "-", stdin=both.read_bytes()).code == 2
    assert Ran("agree", both, "--resamples", "0").code == 2


def test_open_disputes_are_printed_to_be_filled_in_and_fed_back(both: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text("as it was")
    done = Ran("adjudicate", both, "-o", gold)
    assert done.code == 1
    assert done.err == "quotemark: 1 settled, 0 decided, 2 open; nothing written\n"
    assert gold.read_text() == "as it was"
    asked = tomllib.loads(done.out)
    assert [entry["span"] for entry in asked["decision"]] == ["ann:q", "ann:r"]
    assert [entry["words"] for entry in asked["decision"]] == ['"Nein"', '"שלום"']
    assert (
        "# bea: 0-6; form: mixed, source: mention; said_by bea:s (Bär); unsure; comment: "
        in done.out
    )
    assert "# bea: nothing" in done.out
    assert "\x1b" not in done.out

    file = tmp_path / "decisions.toml"
    file.write_text(done.out, encoding="utf-8")
    blank = Ran("adjudicate", both, "-o", gold, "--decisions", file)
    assert blank.code == 2
    assert blank.err.count("take is empty") == 2
    assert "adjudicator is empty" in blank.err

    first = done.out.replace('adjudicator = ""', 'adjudicator = "cyd"')
    first = first.replace('take = ""', 'take = "bea"', 1).partition(
        '[[decision]]\ndoc = "a1"\nspan = "ann:r"'
    )[0]
    file.write_text(first, encoding="utf-8")
    more = Ran("adjudicate", both, "-o", gold, "--decisions", file)
    assert (more.code, "adjudicator" in more.out) == (1, False)
    assert [entry["span"] for entry in tomllib.loads(more.out)["decision"]] == ["ann:r"]

    file.write_text(first + more.out.replace('take = ""', 'take = "ann"'), encoding="utf-8")
    last = Ran("adjudicate", both, "-o", gold, "--decisions", file, "--with-texts")
    assert (last.code, last.out) == (0, "")
    assert last.err == f"quotemark: 1 settled, 2 decided, 0 open; gold in {gold}\n"
    made = read(gold)
    assert made.documents == {"a1": DOC}
    (layer,) = made.annotations
    assert layer.provenance == {"annotators": ["ann", "bea"], "adjudicator": "cyd"}
    assert [s.attributes["form"] for s in layer.labelled("Quote")] == ["mixed", "direct"]


def test_gold_to_standard_output_and_by_preference(both: Path) -> None:
    done = Ran("adjudicate", both, "-o", "-", "--policy", "prefer:bea")
    assert done.code == 0
    assert done.err == "quotemark: 1 settled, 2 decided, 0 open; gold in -\n"
    assert len(json.loads(done.out)["spans"]) == 2
    assert "text" not in json.loads(done.out)
    refused = Ran("adjudicate", both, "-o", "-", "--policy", "prefer:zoe")
    assert (refused.code, refused.out) == (2, "")
    assert "name one of: ann, bea" in refused.err


HEAD = b'adjudicator = "c"\n[[decision]]\ndoc = "a1"\nspan = "ann:q"\n'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff", "utf-8"),
        (b"adjudicator = ", "[decisions]"),
        (b"", "`adjudicator`"),
        (HEAD, "`take`"),
        (HEAD + b'take = "ann"\nwhy = ""', "`why`"),
        (HEAD + b"take = 3", "`$.decision[0].take`"),
        (HEAD + b'take = "zoe"', "versions are by: ann, bea"),
        (HEAD + b'take = "ann"\nwords = "x"', "not 'x'"),
    ],
)
def test_bad_decisions_are_one_clear_line(
    both: Path, tmp_path: Path, content: bytes, said: str
) -> None:
    file, gold = tmp_path / "decisions.toml", tmp_path / "gold.jsonl"
    gold.write_text("as it was")
    file.write_bytes(content)
    done = Ran("adjudicate", both, "-o", gold, "--decisions", file)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert done.err.count("\n") == 1
    assert gold.read_text() == "as it was"
    assert Ran("adjudicate", both, "-o", gold, "--decisions", tmp_path / "none.toml").code == 2


def test_gold_that_is_not_sound_is_not_written(both: Path, tmp_path: Path) -> None:
    file, gold = tmp_path / "decisions.toml", tmp_path / "gold.jsonl"
    file.write_text(
        'adjudicator = "c"\n[[decision]]\ndoc = "a1"\nspan = "ann:q"\ntake = "ann"\n'
        'attributes = { form = "odd" }\n[[decision]]\ndoc = "a1"\nspan = "ann:r"\ntake = "none"\n'
    )
    done = Ran("adjudicate", both, "-o", gold, "--decisions", file)
    assert (done.code, done.out) == (1, "")
    assert "form is 'odd'" in done.err
    assert "nothing written" in done.err
    assert not gold.exists()


def test_an_odd_edge_that_all_have_is_told_and_written(tmp_path: Path) -> None:
    cue = Span("c", "Cue", ((8, 14),))
    layers = tuple(Annotation("a1", DOC.sha256, who, (cue,)) for who in ("ann", "bea"))
    gold = tmp_path / "gold.jsonl"
    done = Ran("adjudicate", save(tmp_path / "in.jsonl", Corpus({"a1": DOC}, layers)), "-o", gold)
    assert done.code == 0
    assert "[edge-space]" in done.err
    assert len(read(gold).annotations[0].spans) == 1


def test_a_decisions_file_has_every_key(tmp_path: Path) -> None:
    file = tmp_path / "decisions.toml"
    file.write_text(
        'adjudicator = "c"\n[[decision]]\ndoc = "d"\nspan = "a:q"\nwords = "w"\ntake = "b"\n'
        'reason = "r"\nattributes = { form = "mixed", holder = "", source_entity = ["B", "A"] }\n'
        'relations = { said_by = ["a:s"], cued_by = [] }\n'
    )
    found = read_decisions(file)
    assert found.adjudicator == "c"
    assert found.decisions == (
        Decision(
            "d",
            "a:q",
            "b",
            "r",
            "w",
            {"form": "mixed", "holder": None, "source_entity": ("B", "A")},
            {"said_by": ("a:s",), "cued_by": ()},
        ),
    )


def test_a_folder_is_no_decisions_file(tmp_path: Path) -> None:
    with pytest.raises(QuotemarkError, match="directory"):
        read_decisions(tmp_path)


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


@given(NAMES, NAMES, NAMES, NAMES, st.text(max_size=12))
def test_a_stanza_is_toml_that_names_its_dispute(
    doc_id: str, one: str, span_id: str, text: str, comment: str
) -> None:
    """Whatever names, ids, texts and comments hold: quotes, line ends, escapes, brackets."""
    doc = Document(doc_id, text)
    label = Span(span_id, "Cue", ((0, len(text)),), {"x": comment}, meta={"comment": comment})
    layers = [Annotation(doc_id, "", one, (label,)), Annotation(doc_id, "", one + "2")]
    dispute = Dispute(doc_id, "Cue", {one: label, one + "2": None})
    (entry,) = tomllib.loads(stanza(dispute, Corpus({doc_id: doc}, tuple(layers))))["decision"]
    assert entry == {"doc": doc_id, "span": f"{one}:{span_id}", "words": text, "take": ""}
