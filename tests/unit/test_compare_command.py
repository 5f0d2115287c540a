"""`quotemark compare` and `quotemark power`: what they print, and how they fail."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from quotemark import score
from quotemark.metrics.runs import write_run
from quotemark.model import Annotation, Corpus, Document, Span
from support.commands import quotemark
from support.systems import gold, save, system

GOLD = gold(20)
PREDS = {
    name: system(name, share, of=GOLD, seed=seed)
    for seed, (name, share) in enumerate({"good": 0.95, "fair": 0.7, "poor": 0.6}.items())
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(tmp_path / "gold.jsonl", GOLD)
    for name, pred in PREDS.items():
        save(tmp_path / f"{name}.jsonl", pred)
    return tmp_path


FILES = ("gold.jsonl", "good.jsonl", "fair.jsonl", "poor.jsonl")


def test_the_table_has_scores_differences_and_a_sentence_each(folder: Path) -> None:
    done = quotemark("compare", *FILES, "-m", "exact", folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    scores, differences, sentences, signature = done.stdout.strip().split("\n\n")
    assert scores.splitlines()[0].split() == ["metric", "label", "system", "P", "R", "F1"]
    assert len(scores.splitlines()) == 1 + 3
    assert len(differences.splitlines()) == 1 + 3
    better, _, unsure = sentences.splitlines()
    assert better.startswith("good is better than fair on Quote by exact F1: +0.")
    assert better.endswith(" after Holm).")
    assert unsure.startswith("fair and poor cannot be told apart on Quote by exact F1: ")
    assert signature.startswith("avg:micro|docs:20|gold:")
    assert "|boot:10000|seed:1|test:randomization|corr:holm|tests:3|v:" in signature


def test_every_option_is_in_the_signature_and_the_numbers(folder: Path) -> None:
    options = ("--test", "bootstrap", "--interval", "bca", "--correction", "bh", "--seed", "7")
    more = ("--resamples", "500", "--on", "recall", "--baseline", "poor", "-f", "json")
    done = quotemark("compare", *FILES, "-m", "exact", *options, *more, folder=folder)
    data = json.loads(done.stdout)
    said = "|boot:500|interval:bca|seed:7|test:bootstrap|corr:bh|tests:2|"
    assert said in data["signature"]
    assert {(each["system"], each["against"]) for each in data["comparisons"]} == {
        ("good", "poor"),
        ("fair", "poor"),
    }
    assert {each["on"] for each in data["comparisons"]} == {"recall"}
    first = data["comparisons"][0]
    assert first["better"] == "good"
    assert first["difference"] == first["values"][0] - first["values"][1]
    assert "after Benjamini–Hochberg" in first["sentence"]
    low, high = data["scores"][0]["intervals"]["recall"]
    assert low <= data["scores"][0]["recall"] <= high


def test_csv_has_a_line_a_difference_and_guards_formulas(folder: Path) -> None:
    save(folder / "odd.jsonl", Corpus({}, tuple(replace(a, annotator="=odd") for a in GOLD)))
    done = quotemark("compare", *FILES[:2], "odd.jsonl", "-f", "csv", folder=folder)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["metric"] for row in rows] == [
        "exact",
        "overlap(iou>=0.5)",
        "attribution(entity,end-to-end)",
    ]
    assert {row["against"] for row in rows} == {"'=odd"}
    assert all(float(row["low"]) <= float(row["difference"]) <= float(row["high"]) for row in rows)


def test_markdown_and_latex_have_both_tables(folder: Path) -> None:
    markdown = quotemark("compare", *FILES[:3], "-m", "exact", "-f", "markdown", folder=folder)
    assert markdown.stdout.count("\n|---|") == 2
    assert "\n- good is better than fair on Quote by exact F1: +0." in markdown.stdout
    latex = quotemark("compare", *FILES[:3], "-m", "exact", "-f", "latex", folder=folder)
    assert latex.stdout.count(r"\begin{table}") == latex.stdout.count(r"\end{table}") == 2
    assert r"\rlap{$^{\ddagger}$}" in latex.stdout
    assert " & $+$0." in latex.stdout
    turned = (*FILES[:1], *FILES[2:0:-1])
    latex = quotemark("compare", *turned, "-m", "exact", "-f", "latex", folder=folder)
    [line] = [line for line in latex.stdout.splitlines() if "& fair & good &" in line]
    assert re.search(r"& \$-\$0\.\d{3}\\rlap.* & \$-\$0\.\d{3} to \$-\$0\.\d{3} & ", line)


def test_saved_runs_stand_for_predictions(folder: Path) -> None:
    reports = [replace(score(GOLD, pred), system=name) for name, pred in PREDS.items()]
    (folder / "run.json").write_bytes(write_run(reports[1:]))
    from_run = quotemark("compare", "gold.jsonl", "good.jsonl", "run.json", folder=folder)
    assert from_run.returncode == 0
    assert from_run.stdout == quotemark("compare", *FILES, folder=folder).stdout
    twice = quotemark("compare", "gold.jsonl", "run.json", "fair.jsonl", folder=folder)
    assert "run:fair and fair:fair are the same on Quote" in twice.stdout


def test_what_a_run_lacks_is_compared_only_if_asked_for(folder: Path) -> None:
    run = write_run([score(GOLD, PREDS["fair"], metrics=["exact"])])
    (folder / "run.json").write_bytes(run)
    words = ("compare", "gold.jsonl", "good.jsonl", "run.json", "-f", "csv")
    done = quotemark(*words, folder=folder)
    assert [row["metric"] for row in csv.DictReader(io.StringIO(done.stdout))] == ["exact"]
    asked = quotemark(*words, "-m", "overlap", folder=folder)
    assert (asked.returncode, asked.stdout) == (2, "")
    assert "fair is a run without scores by overlap(iou>=0.5) [metric]" in asked.stderr


def test_a_run_against_other_gold_is_refused(folder: Path) -> None:
    other = gold(19)
    (folder / "run.json").write_bytes(write_run([score(other, PREDS["good"])]))
    done = quotemark("compare", "gold.jsonl", "run.json", "fair.jsonl", folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "run.json: is a run against other gold" in done.stderr


def test_predictions_over_two_texts_are_refused(folder: Path) -> None:
    for name, text in (("good", "x" * 600), ("fair", "y" * 600)):
        documents = {"d00": Document("d00", text)}
        save(folder / f"{name}.jsonl", Corpus(documents, PREDS[name].annotations))
    done = quotemark("compare", *FILES[:3], folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "fair.jsonl: d00: is over another text than in good.jsonl" in done.stderr
    assert quotemark("score", *FILES[:3], folder=folder).returncode == 2


def test_left_out_documents_are_said(folder: Path) -> None:
    asked = replace(PREDS["fair"].annotations[0].asked, labels=("Cue",))
    silent = tuple(
        replace(layer, asked=asked, spans=()) if number < 3 else layer
        for number, layer in enumerate(PREDS["fair"])
    )
    save(folder / "fair.jsonl", Corpus({}, silent))
    done = quotemark("compare", *FILES[:3], "-m", "exact", "-l", "Quote", folder=folder)
    assert done.returncode == 0
    said = "exact Quote: good and fair: 3 documents left out, on which only one of them was scored"
    assert said in done.stderr


def test_where_few_documents_differ_the_sentence_says_so(folder: Path) -> None:
    nearly = tuple(
        replace(layer, annotator="near", spans=layer.spans[:-1] if number < 3 else layer.spans)
        for number, layer in enumerate(GOLD)
    )
    save(folder / "near.jsonl", Corpus({}, nearly))
    save(folder / "all.jsonl", Corpus({}, tuple(replace(a, annotator="all") for a in GOLD)))
    done = quotemark(
        *("compare", "gold.jsonl", "all.jsonl", "near.jsonl", "-m", "exact"), folder=folder
    )
    assert "p = 0.250); they differ on 3 documents, and it takes 6 to tell." in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gold.jsonl", "good.jsonl"), "1 to compare [systems]"),
        ((*FILES, "--baseline", "best"), "no system 'best' [baseline]; name one of: good, fair"),
        ((*FILES, "-l", "Qoute"), "no system has a score of Qoute [label]; name one of: Quote"),
        ((*FILES, "-m", "exat"), "no metric 'exat'"),
        ((*FILES, "--test", "t"), "--test"),
        ((*FILES, "--resamples", "0"), "--resamples"),
        (("gold.jsonl", "-", "-"), "standard input"),
        (("good.jsonl", "nowhere.jsonl", "fair.jsonl"), "nowhere.jsonl"),
    ],
)
def test_what_cannot_be_compared_is_an_error(
    folder: Path, words: tuple[str, ...], said: str
) -> None:
    done = quotemark("compare", *words, folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in " ".join(done.stderr.split())


def test_power_says_how_many_documents_are_needed(folder: Path) -> None:
    done = quotemark("power", "gold.jsonl", "fair.jsonl", "poor.jsonl", folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    table, sentence, signature = done.stdout.strip().split("\n\n")
    assert len(table.splitlines()) == 2
    assert sentence.startswith("fair and poor differ by +0.")
    assert "|test:randomization|power:0.8|sim:1000|seed:1|v:" in signature
    told = quotemark(
        *("power", "gold.jsonl", "fair.jsonl", "poor.jsonl", "-f", "json", "--power", "0.5"),
        folder=folder,
    )
    data = json.loads(told.stdout)
    assert data["needed"] > data["documents"] == 20
    assert data["more"] == data["needed"] - 20
    assert f"{data['more']:,} more" in data["sentence"]
    assert data["reached"] >= 0.5 > data["now"]


def test_power_is_honest_where_no_number_suffices(folder: Path) -> None:
    words = ("power", "gold.jsonl", "fair.jsonl")
    save(folder / "again.jsonl", PREDS["fair"])
    same = quotemark(*words, "again.jsonl", folder=folder)
    assert "are equal on Quote by exact F1 in 20 documents: no number of documents" in same.stdout
    small = quotemark(*words, "poor.jsonl", "--limit", "25", folder=folder)
    assert "no number of documents up to 25 is enough" in small.stdout
    undefined = quotemark(*words, "poor.jsonl", "-l", "Cue", folder=folder)
    assert "cannot be compared on Cue by exact F1" in undefined.stdout
    enough = quotemark("power", "gold.jsonl", "good.jsonl", "poor.jsonl", folder=folder)
    assert "there are enough" in enough.stdout


def test_power_is_for_two_systems_and_a_known_row(folder: Path) -> None:
    three = quotemark("power", *FILES, folder=folder)
    assert three.returncode == 2
    assert "3 to tell apart [systems]; name the predictions of two systems" in three.stderr
    unknown = quotemark("power", *FILES[:3], "-l", "Qoute", folder=folder)
    assert unknown.returncode == 2
    assert "no system has a score of Qoute" in unknown.stderr


def test_kappa_has_a_column_of_its_own(tmp_path: Path) -> None:
    polarities = ("support", "oppose")

    def layers(name: str, right: int) -> Corpus:
        return Corpus(
            {},
            tuple(
                Annotation(
                    f"d{doc}", "", name,
                    tuple(
                        Span(f"t{n}", "Stance", ((9 * n, 9 * n + 5),),
                             {"polarity": polarities[(doc + n + (n >= right)) % 2]})
                        for n in range(5)
                    ),
                )
                for doc in range(8)
            ),
        )  # fmt: skip

    for name, right in (("gold", 5), ("one", 4), ("two", 2)):
        save(tmp_path / f"{name}.jsonl", layers(name, right))
    files = ("gold.jsonl", "one.jsonl", "two.jsonl")
    options = ("-m", "stance(polarity,kappa)", "-m", "exact", "-l", "Stance")
    done = quotemark("compare", *files, *options, folder=tmp_path)
    assert done.stdout.splitlines()[0].split() == [
        *("metric", "label", "system", "P", "R", "F1", "κ"),
    ]
    assert "one is better than two on Stance by stance(polarity,kappa) kappa: +0." in done.stdout
    data = json.loads(quotemark("compare", *files, *options, "-f", "json", folder=tmp_path).stdout)
    kappa = next(each for each in data["scores"] if each["metric"] != "exact")
    assert kappa["kappa"] is not None
    assert "f1" not in kappa
    assert {each["on"] for each in data["comparisons"]} == {"f1", "kappa"}
