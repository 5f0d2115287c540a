"""`quotemark annotators`: what it prints where, and how it refuses."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from quotemark import adjudicate
from quotemark.cli.app import app
from quotemark.formats import write
from quotemark.model import Annotation, Corpus, Document, Span

ANA, BEN, CYD = "ana@example.org", "ben@example.org", "=cyd|_x\x1b[31m"
TEXT = "“Stop”, said Bo. The_council met & left. “Go”, said Eva."
PLACES = [(0, 6), (17, 28), (41, 45)]


def layer(doc: Document, annotator: str, number: int, *quotes: int) -> Annotation:
    spans = (Span(f"q{n}", "Quote", (PLACES[n],), {"form": "direct"}) for n in quotes)
    made = {"created_at": f"2026-11-{number + 1:02}T08:00:00Z", "lead_time": 60.0}
    provenance = {"label_studio": made} if annotator != CYD else {}
    return Annotation(doc.id, doc.sha256, annotator, tuple(spans), provenance=provenance)


def team() -> Corpus:
    docs = [Document(f"a{number}", TEXT) for number in range(1, 5)]
    layers = []
    for number, doc in enumerate(docs, 1):
        layers += [layer(doc, ANA, number, 0, 2), layer(doc, BEN, number, 0, 2)]
        layers.append(layer(doc, CYD, number, 1, *([2] if number > 2 else [])))
    return Corpus({doc.id: doc for doc in docs}, tuple(layers))


class Ran:
    """What a command printed, and how it ended; a traceback is a failure at once."""

    def __init__(self, *args: object, stdin: bytes = b"") -> None:
        result = CliRunner().invoke(app, ["annotators", *map(str, args)], input=stdin)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


@pytest.fixture
def work(tmp_path: Path) -> Path:
    write(team(), tmp_path / "work.jsonl")
    return tmp_path / "work.jsonl"


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    write(adjudicate(team(), policies=["majority"]).gold, tmp_path / "gold.jsonl")
    return tmp_path / "gold.jsonl"


def test_each_annotator_is_one_line(work: Path) -> None:
    done = Ran(work)
    assert (done.code, done.err) == (0, "")
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    assert lines[0] == "annotator documents spans f1 typical drift p minutes reliability"
    assert lines[1].startswith("=cyd|_x\\x1b[31m 4 6 0.286 missed Quote: 12 of 16 – – – 0.")
    assert lines[2] == f"{ANA} 4 8 0.667 spurious Quote: 6 of 16 0.179 0.333 111.111 1.000"
    assert lines[-1].startswith(
        "annotators:=cyd|_x\\x1b[31m,ana@example.org,ben@example.org|docs:4"
    )


def test_gold_is_a_column_and_says_whom_it_favours(work: Path, gold: Path) -> None:
    done = Ran(work, "--gold", gold, "-f", "json").json
    rows = {row["annotator"]: row for row in done["overview"]}
    assert (rows[ANA]["gold f1"], rows[ANA]["favoured"]) == (1.0, "yes")
    assert rows[CYD]["gold f1"] == pytest.approx(4 / 14)
    assert any("favours" in remark for remark in done["remarks"])
    shown = Ran(work, "--gold", gold, "--show", "scores", "-m", "exact", "-l", "Quote").out
    assert "gold was adjudicated from the layers of" in shown
    strange = [
        replace(each, provenance={}, spans=())
        for each in adjudicate(team(), policies=["majority"]).gold
    ]
    write(Corpus({}, tuple(strange)), gold)
    assert Ran(work, "--gold", gold, "-f", "json").json["remarks"] == []


def test_a_release_may_favour_anybody(work: Path, gold: Path, tmp_path: Path) -> None:
    release = tmp_path / "release"
    arguments = ["gold", "freeze", gold, "--as", "team@1.0", "-o", release]
    assert CliRunner().invoke(app, [*map(str, arguments)]).exit_code == 0
    said = "gold was adjudicated from annotator-1, annotator-2, annotator-3 (names unknown here)"
    alike = (replace(a, annotator="annotator-1") for a in team() if a.annotator == ANA)
    write(Corpus(team().documents, tuple(alike)), tmp_path / "alike.jsonl")
    for layers in (work, tmp_path / "alike.jsonl"):
        done = Ran(layers, "--gold", release, "-f", "json").json
        assert done["remarks"][-1] == f"{said}; it may favour these"
        assert {row["favoured"] for row in done["overview"]} == {None}
    hidden = Ran(work, "--gold", release, "--pseudonyms", "-f", "json").json
    assert "(names unknown here)" in hidden["remarks"][-1]
    assert {row["favoured"] for row in hidden["overview"]} == {None}


def test_all_whom_gold_was_made_from_are_named(work: Path, gold: Path, tmp_path: Path) -> None:
    write(Corpus({}, tuple(a for a in team() if a.annotator == ANA)), tmp_path / "ana.jsonl")
    shown = Ran(tmp_path / "ana.jsonl", "--gold", gold, "-f", "json").json
    said = f"from the layers of =cyd|_x\x1b[31m, {ANA}, {BEN}, and favours {ANA}; being held"
    assert said in shown["remarks"][-1]
    hidden = Ran(tmp_path / "ana.jsonl", "--gold", gold, "--pseudonyms", "-f", "json").json
    assert hidden["overview"][0]["favoured"] == "yes"
    assert "annotator-1, annotator-2, annotator-3, and favours annotator-2" in hidden["remarks"][-1]
    some = [a for a in team() if a.annotator != CYD]
    made = adjudicate(Corpus(team().documents, tuple(some)), policies=["union"]).gold
    write(made, gold)
    rows = Ran(work, "--gold", gold, "-f", "json").json["overview"]
    assert [row["favoured"] for row in rows] == ["no", "yes", "yes"]


VIEWS = ["overview", "scores", "mistakes", "drift", "speed", "reliability", "confusion"]


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_prints_in_every_form(work: Path, view: str) -> None:
    data = Ran(work, "--show", view, "-f", "json").json
    assert data[view]
    assert data["signature"].startswith("annotators:")
    done = Ran(work, "--show", view, "-f", "csv")
    table = list(csv.DictReader(io.StringIO(done.out)))
    assert len(table) == len(data[view])
    assert list(table[0]) == list(data[view][0])
    assert table[0]["annotator"] == "'=cyd|_x\\x1b[31m"  # no formula
    for row, same in zip(table, data[view], strict=True):
        for key, value in same.items():
            if isinstance(value, float):
                assert float(row[key]) == value
            elif value is None:
                assert row[key] == ""
    markdown = Ran(work, "--show", view, "-f", "markdown").out
    assert markdown.startswith("| annotator |")
    assert r"\|" in markdown
    latex = Ran(work, "--show", view, "-f", "latex").out
    assert r"\toprule" in latex
    assert r"=cyd|\_x" in latex or r"\_x" in latex
    for form in (markdown, latex, Ran(work, "--show", view).out):
        assert "\x1b" not in form


def test_examples_show_the_words_in_their_context(work: Path) -> None:
    done = Ran(work, "--show", "mistakes", "--examples", 1, "-l", "Quote", "-f", "json").json
    own = [row for row in done["mistakes"] if row["annotator"] == CYD]
    missed = next(row for row in own if row["mistake"] == "missed")
    assert (missed["count"], missed["of"], missed["rate"]) == (12, 16, 0.75)
    [example] = missed["examples"]
    assert example["by"] == [ANA, BEN]
    assert example["words"].startswith("[“Stop”], said Bo. The_council")
    assert (example["theirs"], example["own"]) == ("“Stop”", None)
    table = Ran(work, "--show", "mistakes", "--examples", 2).out
    assert "[“Stop”], said Bo." in table


def test_layers_without_texts_are_shown_by_their_places(tmp_path: Path) -> None:
    write(team(), tmp_path / "bare.jsonl", texts=False)
    done = Ran(tmp_path / "bare.jsonl", "--show", "mistakes", "--examples", 1, "-f", "json").json
    example = done["mistakes"][0]["examples"][0]
    assert (example["words"], example["theirs"]) == (None, "0–6")
    speed = Ran(tmp_path / "bare.jsonl", "--show", "speed", "-f", "json").json["speed"]
    assert {row["words median"] for row in speed} == {None}


def test_who_has_no_times_has_no_drift_and_no_speed(work: Path) -> None:
    done = Ran(work, "--show", "drift", "-f", "csv")
    assert "no time of submission of 4 of 4 tasks" in done.err
    rows = [row for row in csv.DictReader(io.StringIO(done.out)) if row["label"] == "(all)"]
    assert rows[0]["untimed"] == "4"
    assert rows[0]["change"] == rows[0]["p"] == ""
    speed = Ran(work, "--show", "speed", "-f", "json").json["speed"]
    assert [row["task median"] for row in speed] == [None, 60.0, 60.0]


def test_weeks_and_batches(work: Path) -> None:
    weeks = Ran(work, "--show", "drift", "--by", "week", "-l", "Quote", "-f", "json").json["drift"]
    assert {row["period"] for row in weeks} == {"2026-W45"}
    batches = Ran(work, "-s", "drift", "--by", "batch", "--batch", 3, "-f", "json").json["drift"]
    assert {(row["period"], row["tasks"]) for row in batches} == {
        ("tasks 1–3", 3),
        ("tasks 4–4", 1),
    }


@pytest.mark.parametrize("view", VIEWS)
def test_pseudonyms_leave_no_name(work: Path, gold: Path, view: str) -> None:
    gold_too = ["--gold", gold] if view in ("overview", "scores", "mistakes", "drift") else []
    more = ["--examples", "3"] if view == "mistakes" else []
    done = Ran(work, *gold_too, *more, "--show", view, "--pseudonyms", "-f", "json")
    assert done.code == 0
    assert "annotator-1" in done.out
    assert "example.org" not in done.out + done.err
    assert "cyd" not in done.out + done.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-m", "exact"], "--show scores"),
        (["--examples", "2"], "--show mistakes"),
        (["--by", "week"], "--show drift"),
        (["-l", "Quote"], "--show scores, mistakes, drift, reliability, confusion"),
        (["--show", "speed", "--gold", "x.jsonl"], "--show overview, scores, mistakes, drift"),
    ],
)
def test_options_of_another_view_are_refused(work: Path, options: list[str], said: str) -> None:
    done = Ran(work, *options)
    assert done.code == 2
    assert said in " ".join(done.err.replace("│", " ").split())


def test_what_is_unknown_is_told_what_is_known(work: Path) -> None:
    for options, said in (
        (["--show", "scores", "-l", "Qoute"], "nothing is told of 'Qoute' [label]; name one of:"),
        (["--show", "scores", "-m", "exakt"], "exact"),
        (["--show", "reliability", "--model", "glad"], "name one of: dawid-skene, mace"),
        (["--gold", "nowhere.jsonl"], "nowhere.jsonl"),
    ):
        done = Ran(work, *options)
        assert done.code == 2
        assert said in done.err
        assert done.out == ""


def test_layers_come_from_standard_input_and_folders(work: Path) -> None:
    wanted = Ran(work).out
    assert Ran("-", stdin=work.read_bytes()).out == wanted
    assert Ran(work.parent).out == wanted
    assert Ran("-", "--gold", "-").code == 2


def test_one_annotator_is_nobody_to_compare(tmp_path: Path) -> None:
    corpus = team()
    alone = tuple(each for each in corpus if each.annotator == ANA)
    write(Corpus(corpus.documents, alone), tmp_path / "one.jsonl")
    [row] = Ran(tmp_path / "one.jsonl", "-f", "json").json["overview"]
    assert (row["documents"], row["spans"]) == (4, 8)
    assert row["f1"] is row["typical"] is row["drift"] is row["reliability"] is None
    said = "nothing to compare: no two annotators share a document, and there is no --gold"
    for view in ("overview", "scores", "mistakes", "drift"):
        done = Ran(tmp_path / "one.jsonl", "--show", view, "-f", "csv")
        assert done.code == 0
        assert said in done.err
    assert said not in Ran(tmp_path / "one.jsonl", "--show", "speed").out


def test_two_annotators_are_too_few_for_reliability(work: Path, tmp_path: Path) -> None:
    two = tuple(each for each in team() if each.annotator != CYD)
    write(Corpus(team().documents, two), tmp_path / "two.jsonl")
    said = "no reliability: fewer than three annotators share a document whose text is known"
    for view in ("reliability", "confusion"):
        done = Ran(tmp_path / "two.jsonl", "--show", view, "-l", "Quote")
        assert (done.code, said in done.out) == (0, True)
        assert said not in Ran(work, "--show", view).out
    assert "nothing to compare" not in Ran(tmp_path / "two.jsonl").out


def test_without_crowd_kit_the_rest_is_still_told(work: Path) -> None:
    code = (
        "import sys; sys.modules['crowdkit'] = None\n"
        "from quotemark.cli.app import app\n"
        f"app(['annotators', {str(work)!r}, *sys.argv[1:]])\n"
    )
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "no reliability: the model needs crowd-kit" in done.stdout
    model = [*run, "--show", "reliability"]
    refused = subprocess.run(model, capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert 'pip install "quotemark[crowd]"' in refused.stderr


def test_gold_that_does_not_fit_is_told_with_its_file(work: Path, tmp_path: Path) -> None:
    doc = Document("z", TEXT)
    other = Annotation("z", doc.sha256, "gold", status="gold")
    write(Corpus({"z": doc}, (other,)), tmp_path / "other.jsonl")
    done = Ran(work, "--gold", tmp_path / "other.jsonl")
    assert (done.code, done.out) == (2, "")
    assert "other.jsonl: shares no document with the layers [gold]" in done.err
    wrong = replace(other, doc_id="a1", spans=(Span("q", "Qoute", ((0, 4),)),))
    write(Corpus({}, (wrong,)), tmp_path / "wrong.jsonl")
    done = Ran(work, "--gold", tmp_path / "wrong.jsonl")
    assert (done.code, done.out) == (2, "")
    assert "wrong.jsonl" in done.err
