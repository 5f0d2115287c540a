"""`quotemark next`: what it leaves out, what it writes, and how it refuses."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from quotemark.cli.app import app
from quotemark.cli.split import task_lines
from quotemark.formats import read, write
from quotemark.formats.labelstudio import read_tasks
from quotemark.metrics.runs import write_run
from quotemark.metrics.scoring import score
from quotemark.model import Annotation, Asked, Corpus, Document, Span
from quotemark.ranking import Pace, Unit, measured_pace, of_tasks
from quotemark.scheme import default_scheme
from quotemark.tasks import split, stitch

TEXT = (
    '"One", she said. "Two", he said.\n\n"Three", they said. "Four", I said.\n\n"Five", all said.'
)
NAMES = ("=1+1", "b", "c")
DOCS = {name: Document(name, TEXT) for name in NAMES}


def layer(doc: str, who: str, *words: str, status: str = "predicted", **more: Any) -> Annotation:
    places = ((TEXT.index(f'"{word}"'), TEXT.index(f'"{word}"') + len(word) + 2) for word in words)
    spans = tuple(Span(f"q{n}", "Quote", (place,)) for n, place in enumerate(places))
    return Annotation(doc, DOCS[doc].sha256, who, spans, status=status, **more)


PREDICTED = {
    "x": [layer("=1+1", "x", "One"), layer("b", "x", "One", "Two"), layer("c", "x", "Five")],
    "y": [layer("=1+1", "y", "One"), layer("b", "y", "One"), layer("c", "y", "Three", "Four")],
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with articles and two systems' predictions."""
    monkeypatch.chdir(tmp_path)
    write(Corpus(DOCS), "texts.jsonl")
    for name, layers in PREDICTED.items():
        write(Corpus({}, tuple(layers)), f"{name}.jsonl")
    return tmp_path


class Ran:
    """What a command printed, and how it ended; a traceback is a failure at once."""

    def __init__(self, words: str) -> None:
        result = CliRunner().invoke(app, ["next", *words.split()])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr

    @property
    def ids(self) -> list[str]:
        assert self.code == 0, self.err
        return [each["id"] for each in json.loads(self.out)["next"]]


BOTH = "-P x.jsonl -P y.jsonl"


def test_the_most_disputed_come_first(folder: Path) -> None:
    ran = Ran(f"texts.jsonl {BOTH} --by disputed -f json")
    assert ran.ids == ["c", "b", "=1+1"]
    data = json.loads(ran.out)
    assert [each["disputed"] for each in data["next"]] == [3, 1, 0]
    assert (data["committee"], data["left"], data["done"]) == (["x", "y"], 3, 0)
    assert Ran("texts.jsonl -P y.jsonl -P x.jsonl --by disputed -f json").out == ran.out
    assert Ran(f"texts.jsonl {BOTH} -f json -n 1").ids == ["c"]


def test_tables_are_safe(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(Ran(f"texts.jsonl {BOTH} -f csv").out)))
    assert [row["id"] for row in rows] == ["c", "b", "'=1+1"]
    assert Ran(f"texts.jsonl {BOTH} -f markdown").out.startswith("| rank | id |")


def test_what_is_done_is_left_out_and_what_is_begun_is_told(folder: Path) -> None:
    work = (
        layer("c", "ann", status="submitted"),
        layer("b", "bo", "One", status="draft"),
        layer("=1+1", "bo", status="cancelled"),
    )
    write(Corpus({}, work), "work.jsonl")
    ran = Ran(f"texts.jsonl {BOTH} --layers work.jsonl -f json")
    assert ran.ids == ["b", "=1+1"]
    assert [each["drafts"] for each in json.loads(ran.out)["next"]] == [["bo"], []]
    assert "2 left to annotate, 1 done" in ran.err
    assert "somebody has begun: b" in ran.err


def test_what_is_done_need_not_be_comparable(folder: Path) -> None:
    twice = layer("c", "ann", status="submitted")
    for name in ("one", "two"):
        write(Corpus({}, (twice,)), f"{name}.jsonl")
    ran = Ran(f"texts.jsonl {BOTH} --layers one.jsonl --layers two.jsonl -f json")
    assert ran.ids == ["b", "=1+1"]
    write(Corpus({}, (replace(twice, text_sha256="0" * 64),)), "old.jsonl")
    assert "[text-hash]" in Ran(f"texts.jsonl {BOTH} --layers old.jsonl").err
    assert "[twice]" in Ran("texts.jsonl --layers one.jsonl --layers two.jsonl").err


def test_a_task_is_done_where_its_window_was_looked_at(folder: Path) -> None:
    tasks = [
        task
        for doc in DOCS.values()
        for task in split(doc, window="paragraphs", scheme=default_scheme().id)
    ]
    Path("tasks.json").write_bytes(b"".join(task_lines(tasks, default_scheme())))
    first, second, third = ((task.start, task.end) for task in tasks[3:6])
    done = layer("b", "ann", "One", status="gold", asked=Asked(windows=(first, third)))
    draft = layer("b", "bo", "Three", status="draft", asked=Asked(windows=(second,)))
    write(Corpus({}, (done, draft)), "done.jsonl")
    ran = Ran(f"tasks.json {BOTH} --layers done.jsonl --by disputed -f json -o next.json")
    assert ran.ids[:2] == [tasks[7].key, tasks[8].key]
    assert [key for key in ran.ids if key.startswith("b:")] == [tasks[4].key]
    written = read_tasks(Path("next.json"))
    assert [task.key for task in written] == ran.ids
    assert {task.key: task for task in written} == {
        task.key: task for task in tasks if task.key in ran.ids
    }
    refused = Ran(f"tasks.json {BOTH} --sample 2")
    assert refused.code == 2
    assert "is split into several tasks" in refused.err


def test_tasks_bring_their_own_predictions_and_drafts(folder: Path) -> None:
    tasks = [
        task
        for number, doc in enumerate(DOCS.values())
        for task in split(
            doc,
            [layer(doc.id, "bo", "Two", status="draft")],
            predictions=[layers[number] for layers in PREDICTED.values()],
            scheme=default_scheme().id,
        )
    ]
    Path("tasks.json").write_bytes(b"".join(task_lines(tasks, default_scheme())))
    ran = Ran("tasks.json --by disputed -f json -o next.json")
    assert ran.ids == [tasks[place].key for place in (2, 1, 0)]
    assert "somebody has begun" in ran.err
    assert all(task.predictions and not task.annotations for task in read_tasks(Path("next.json")))


def test_articles_are_written_in_their_order(folder: Path) -> None:
    assert Ran(f"texts.jsonl {BOTH} -n 2 -o next.jsonl").code == 0
    assert list(read("next.jsonl").documents) == ["c", "b"]
    ran = Ran(f"texts.jsonl {BOTH} -o next.json")
    assert ran.code == 2
    assert "ends in .jsonl" in ran.err
    ran = Ran(f"texts.jsonl {BOTH} -o texts.jsonl")
    assert ran.code == 2
    assert "one of the inputs" in ran.err


def test_annotators_are_the_committee_where_there_are_no_predictions(folder: Path) -> None:
    ann = [replace(each, annotator="ann", status="submitted") for each in PREDICTED["x"]]
    bo = [replace(each, annotator="bo", status="submitted") for each in PREDICTED["y"][1:]]
    write(Corpus({}, tuple(ann)), "ann.jsonl")
    write(Corpus({}, tuple(bo)), "bo.jsonl")
    assert Ran("texts.jsonl --layers ann.jsonl --layers bo.jsonl -f json").ids == ["c", "b"]
    write(Corpus({}, (layer("c", "gold", status="gold"),)), "gold.jsonl")
    layers = "--layers ann.jsonl --layers bo.jsonl --layers gold.jsonl"
    assert Ran(f"texts.jsonl {layers} -f json").ids == ["b"]
    assert "nobody can disagree" in Ran("texts.jsonl --layers ann.jsonl").err


def test_the_pace_is_measured_where_it_can_be(folder: Path) -> None:
    def took(doc: str, seconds: float) -> Annotation:
        spent = {"label_studio": {"lead_time": seconds}}
        return layer(doc, "ann", status="submitted", provenance=spent)

    words = 15
    write(Corpus({}, (took("b", 10 + words), took("c", 10 + 3 * words))), "work.jsonl")
    ran = Ran(f"texts.jsonl {BOTH} --layers work.jsonl -f json")
    assert "pace:30wpm+10s(2)" in json.loads(ran.out)["signature"]
    [left] = json.loads(ran.out)["next"]
    assert (left["words"], left["minutes"]) == (words, pytest.approx((2 * words + 10) / 60))
    ran = Ran(f"texts.jsonl {BOTH} --layers work.jsonl --words-per-minute 60 --opening 0 -f json")
    assert "pace:60wpm+0s|" in json.loads(ran.out)["signature"]
    ran = Ran(f"texts.jsonl {BOTH} -f json")
    assert "pace:238wpm+10s|" in json.loads(ran.out)["signature"]


def test_the_pace_is_measured_by_task_where_a_document_has_several(folder: Path) -> None:
    doc, spent = DOCS["b"], iter((4.0, 12.0, 15.0))
    tasks = [
        replace(
            task,
            annotations=(
                Annotation(
                    "b",
                    doc.sha256,
                    "ann",
                    provenance={"label_studio": {"lead_time": next(spent)}},
                ),
            ),
        )
        for task in split(doc, window="paragraphs", scheme=default_scheme().id)
    ]
    pace = measured_pace(stitch(tasks), of_tasks(tasks), opening=0)
    assert pace == Pace(2.0, 0, 3)  # 2/3, 2 and 5 seconds a word


@pytest.mark.parametrize("seconds", [0, 0.0, -3, True, float("nan"), float("inf"), 10**400, "9"])
def test_a_time_that_nobody_took_is_no_pace(seconds: Any) -> None:
    """What was imported has 0; files may say anything."""
    of = [Unit("b", "b", TEXT, (0, len(TEXT)))]
    odd, ten = (
        layer("b", who, status="submitted", provenance={"label_studio": {"lead_time": took}})
        for who, took in (("odd", seconds), ("ten", 15.0))
    )
    assert measured_pace([odd], of) is None
    assert measured_pace([odd, ten, odd], of, opening=0) == Pace(1.0, 0, 1)


@pytest.mark.parametrize(
    "provenance",
    [
        {"tasks": [1]},
        {"tasks": "x"},
        {"label_studio": "x"},
        {"tasks": {"b:0-5": {"label_studio": "x"}, "b": 1, f"b:{'9' * 5000}-1": {}}},
    ],
)
def test_a_provenance_of_another_kind_is_no_pace(provenance: dict[str, Any]) -> None:
    odd = layer("b", "odd", status="submitted", provenance=provenance)
    assert measured_pace([odd], [Unit("b", "b", TEXT)]) is None


def test_part_of_a_document_is_enough(folder: Path) -> None:
    task = split(DOCS["c"], window="paragraphs", scheme=default_scheme().id)[1]
    Path("task.json").write_bytes(b"".join(task_lines([task], default_scheme())))
    ran = Ran(f"task.json {BOTH} -f json")
    assert ran.ids == [task.key]
    assert json.loads(ran.out)["next"][0]["disputed"] == 2


def test_systems_of_one_name_are_told_apart(folder: Path) -> None:
    write(Corpus({}, tuple(replace(a, annotator="x") for a in PREDICTED["y"])), "z.jsonl")
    ran = Ran("texts.jsonl -P x.jsonl -P z.jsonl --by disputed -f json")
    assert json.loads(ran.out)["committee"] == ["x:x", "z:x"]
    assert ran.ids == ["c", "b", "=1+1"]


def test_a_system_alone_is_as_sure_as_its_scores(folder: Path) -> None:
    def sure(doc: str, *scores: float) -> Annotation:
        found = layer(doc, "x", *("One", "Two", "Three")[: len(scores)])
        spans = zip(found.spans, scores, strict=True)
        return replace(found, spans=tuple(replace(span, score=p) for span, p in spans))

    scored = (sure("=1+1", 1.0, 0.0), sure("b", 0.5), sure("c", 0.9, 0.9))
    write(Corpus({}, scored), "sure.jsonl")
    ran = Ran("texts.jsonl -P sure.jsonl --by disputed -f json")
    assert ran.ids == ["b", "c", "=1+1"]
    assert [each["disputed"] for each in json.loads(ran.out)["next"]] == pytest.approx(
        [0.5, 0.36, 0]
    )
    write(Corpus({}, (sure("b", 1.5),)), "sure.jsonl")
    refused = Ran("texts.jsonl -P sure.jsonl")
    assert refused.code == 2
    assert "the score 1.5" in refused.err


@pytest.fixture
def run(folder: Path) -> Path:
    """A saved run of x on all but one article."""
    gold = Corpus({}, (layer("b", "gold", "One", status="gold"), layer("c", "gold", "Five")))
    write(gold, "gold.jsonl")
    pred = Corpus({}, tuple(PREDICTED["x"][1:]))
    path = folder / "run.json"
    path.write_bytes(write_run([score(gold, pred, metrics=["exact", "token"])]))
    return path


def test_a_draw_gives_chances_and_what_to_expect(run: Path) -> None:
    words = f"texts.jsonl {BOTH} --run run.json -m exact --by interval"
    ran = Ran(f"{words} --sample 2 --seed 4 -f json")
    drawn = json.loads(ran.out)["next"]
    assert len(drawn) == 2
    assert all(0 < each["chance"] <= 1 for each in drawn)
    assert Ran(f"{words} --sample 2 --seed 4 -f json").out == ran.out
    assert "expected 95% interval of F1 over these 3" in ran.err
    assert "no random sample" not in ran.err
    assert Ran(f"{words} -f json").err.endswith("draw with --sample\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--by interval", "give --run"),
        ("--sample 2 -n 1", "without -n"),
        ("--sample 2 --diverse", "without -n"),
        ("--run run.json", "has no score by overlap"),
        ("--run run.json -m token", "does not count what two have"),
        ("--run run.json --system z", "has scores of: x"),
        ("--run run.json -m exact -l Quote -l Cue", "one --label"),
        ("--run run.json -m exact -l Cue", "no two of these can be compared"),
        ("--run texts.jsonl -m exact", "no saved run"),
        ("-l Nobody", "has no row 'Nobody'"),
        ("-m semeval2013(strict)", "does not count what two have"),
        ("-m overlop", "did you mean overlap"),
        ("-P x.jsonl", "x.jsonl: is named twice"),
        ("tasks.json", "not both"),
        ("-P texts.jsonl", "texts.jsonl: holds no predictions"),
        ("--opening inf", "must be numbers"),
        ("--words-per-minute inf", "must be numbers"),
    ],
)
def test_what_makes_no_sense_is_refused(run: Path, words: str, said: str) -> None:
    ran = Ran(f"texts.jsonl {BOTH} {words}")
    assert ran.code == 2
    assert ran.out == ""
    assert said in " ".join(ran.err.replace("│", " ").split())


def test_predictions_of_another_text_are_refused(folder: Path) -> None:
    write(Corpus({}, (replace(PREDICTED["x"][1], text_sha256="0" * 64),)), "old.jsonl")
    ran = Ran("texts.jsonl -P old.jsonl -P y.jsonl")
    assert ran.code == 2
    assert "[text-hash]" in ran.err


def test_what_few_have_predictions_of_is_last_and_named(folder: Path) -> None:
    write(Corpus({}, tuple(PREDICTED["x"][:1])), "x.jsonl")
    ran = Ran(f"texts.jsonl {BOTH} -f json")
    assert ran.ids == ["=1+1", "b", "c"]
    assert "last, with fewer than two members' predictions: b, c" in ran.err
    assert [each["disputed"] for each in json.loads(ran.out)["next"]] == [0, None, None]
