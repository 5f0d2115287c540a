"""`quotemark gold diff`: what it prints and refuses; releases that commands read as gold."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from quotemark import Annotation, Corpus, Document, Span
from quotemark import freeze as library_freeze
from quotemark.formats import write
from support.commands import quotemark

SENTENCES = [f"“We shall see number {n} through”, said the minister of {n}." for n in range(6)]
SCHEME = 'name = "plain"\nversion = "1"\n[labels.Claim]\n[labels.Doubt]\n'


def corpus(ends: Sequence[int], who: str = "gold", more: str = "") -> Corpus:
    """A Claim in each document, from 0 to its end; 0: none."""
    docs = {f"d{n}": Document(f"d{n}", SENTENCES[n] + more) for n in range(len(ends))}
    layers = [
        Annotation(
            doc, text.sha256, who, (Span("c", "Claim", ((0, end),)),) if end else (), status="gold"
        )
        for (doc, text), end in zip(docs.items(), ends, strict=True)
    ]
    return Corpus(docs, tuple(layers))


def say(folder: Path, *words: object) -> str:
    done = quotemark(*words, folder=folder)
    return f"{done.returncode}\n{done.stdout}{done.stderr}"


def freeze(folder: Path, gold: Corpus, name: str, **more: Any) -> None:
    write(gold, folder / f"{name}.jsonl")
    library_freeze(
        gold, folder / name, name=f"{name}@1", scheme=SCHEME.encode(), parquet=False, **more
    )


@pytest.fixture(name="here", scope="module")
def two_releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An old and a new release, predictions, and a run on the old one."""
    here = tmp_path_factory.mktemp("releases")
    freeze(here, corpus([9, 9, 9, 9, 9]), "old")
    freeze(here, corpus([9, 9, 9, 8, 0, 9]), "new")
    write(corpus([9, 9, 7, 8, 9], "mine"), here / "mine.jsonl")
    said = say(here, "score", "old", "mine.jsonl", "-m", "exact", "--save", "run.json")
    assert said.startswith("0\n"), said
    return here


def test_scores_before_and_after(here: Path) -> None:
    words = ("gold", "diff", "old", "new", "--runs", "run.json", "--predictions", "mine.jsonl")
    found = json.loads(quotemark(*words, "-f", "json", folder=here).stdout)
    assert [(c["doc"], c["kind"]) for c in found["changes"]] == [
        *(("d3", "moved"), ("d4", "removed"), ("d5", "document")),
    ]
    [system] = found["systems"]
    assert system == {
        "system": "mine", "part": "", "basis": "rescored", "stale": ["d3", "d4"], "gone": [],
        "come": ["d5"],
    }  # fmt: skip
    claim, *_ = found["scores"]
    counts = {k: v for k, v in claim.items() if k.startswith(("tp", "fp", "fn", "support"))}
    assert counts == {
        "tp_old": 3, "tp_new": 3, "fp_old": 2, "fp_new": 2, "fn_old": 2, "fn_new": 2,
        "support_old": 5, "support_new": 5,
    }  # fmt: skip
    printed = quotemark(*words, "-f", "csv", "--per-document", folder=here).stdout
    rows = csv.DictReader(io.StringIO(printed))
    alone = {row["document"]: float(row["alone"]) for row in rows if row["document"]}
    assert alone == pytest.approx({"d3": 8 / 10 - 0.6, "d4": 4 / 9 - 0.6, "d5": 6 / 11 - 0.6})
    table = quotemark(*words, folder=here).stdout
    assert "0.600" in table
    assert "Doubt" not in table
    assert "| mine | exact | Claim |" in quotemark(*words, "-f", "markdown", folder=here).stdout
    assert "0.600" in quotemark(*words, "-f", "latex", folder=here).stdout


def test_without_predictions_what_no_longer_holds_is_named(here: Path) -> None:
    said = say(here, "gold", "diff", "old", "new", "--runs", "run.json")
    assert said.startswith("1\n")
    assert "counts that no longer hold: d3, d4" in said
    assert "only in NEW: d5" in said
    assert "mine (unchanged documents)" in said
    assert "5 → 3" in said


def test_where_nothing_changed_nothing_is_said(here: Path) -> None:
    assert say(here, "gold", "diff", "old", "old.jsonl", "--runs", "run.json") == "0\n"


def test_a_release_without_its_scheme(here: Path) -> None:
    bare = here / "bare"
    shutil.copytree(here / "old", bare)
    (bare / "scheme.toml").unlink()
    for words in (("bare", "new"), ("new", "bare"), ("bare/data/all.jsonl", "new")):
        said = say(here, "gold", "diff", *words)
        assert said.startswith("2\n")
        assert "bare/scheme.toml: is missing, though each release has one" in said
        assert "Errno" not in said
    (here / "plain.toml").write_text(SCHEME)
    said = say(here, "gold", "diff", "old", "bare", "--scheme", "plain.toml")
    assert said == "0\n"


def test_what_is_refused(here: Path) -> None:
    said = say(here, "gold", "diff", "new", "old", "--runs", "run.json")
    assert said.startswith("2\n")
    assert "run.json: mine was scored against gold" in said
    write(corpus([1, 1, 1], "other"), here / "other.jsonl")
    words = ("gold", "diff", "old", "new", "--predictions", "other.jsonl")
    assert "other.jsonl: the predictions of other do not give" in say(
        here, *words, "--runs", "run.json"
    )
    assert say(here, *words).startswith("2\n")
    both = Corpus({}, (*corpus([1]), *corpus([2], "more")))
    write(both, here / "both.jsonl", texts=False)
    assert "both.jsonl: d0: has several layers" in say(here, "gold", "diff", "both.jsonl", "new")


def test_a_run_on_a_split(tmp_path: Path) -> None:
    splits: dict[str, Any] = {"splits": [0.5, 0.5]}
    freeze(tmp_path, corpus([9] * 6), "old", **splits)
    freeze(tmp_path, corpus([9] * 5 + [8]), "new", **splits, seed=3)
    freeze(tmp_path, corpus([9] * 6), "whole")
    write(corpus([9] * 6, "mine"), tmp_path / "mine.jsonl")
    said = say(
        tmp_path, "score", "old/data/test.jsonl", "mine.jsonl", "-m", "exact", "--save", "run.json"
    )
    assert "Claim" in quotemark("show", "run.json", folder=tmp_path).stdout, said
    runs = ("--runs", "run.json", "--predictions", "mine.jsonl", "-f", "json")
    found = json.loads(quotemark("gold", "diff", "old", "new", *runs, folder=tmp_path).stdout)
    kinds = {change["kind"] for change in found["changes"]}
    assert kinds == {"splits", "split", "moved"}
    [system] = found["systems"]
    moved = {c["doc"]: c["after"] for c in found["changes"] if c["kind"] == "split"}
    assert system["part"] == "test"
    assert set(system["gone"]) == {doc for doc, part in moved.items() if part == "train"}
    assert set(system["come"]) == {doc for doc, part in moved.items() if part == "test"}
    said = say(tmp_path, "gold", "diff", "old", "whole", *runs)
    assert said.startswith("2\n")
    assert "the part test, which NEW lacks" in said


def test_a_corrected_release_can_keep_the_parts(tmp_path: Path) -> None:
    freeze(tmp_path, corpus([9] * 5), "old", splits=[0.5, 0.5], seed=4)
    write(corpus([8] * 6), tmp_path / "new.jsonl")
    (tmp_path / "scheme.toml").write_text(SCHEME)
    words = [*("gold", "freeze", "new.jsonl", "--as", "old@2", "--scheme", "scheme.toml")]
    words += ("--no-parquet", "--splits-of", "old")
    said = say(tmp_path, *words, "-o", "new")
    assert said.startswith("0\n")
    found = json.loads(
        quotemark("gold", "diff", "old", "new", "-f", "json", folder=tmp_path).stdout
    )
    assert {change["kind"] for change in found["changes"]} == {"moved", "document"}
    assert "Documents of old@1 are in the parts" in (tmp_path / "new" / "README.md").read_text()
    said = say(tmp_path, *words, "--splits", "0.5,0.5", "-o", "more")
    assert said.startswith("2\n")
    assert "to be both new and those of old@1" in said


def test_texts_schemes_and_licenses_that_changed(tmp_path: Path) -> None:
    freeze(tmp_path, corpus([9]), "old", license="CC-BY-4.0")
    freeze(tmp_path, corpus([9], more=" Nobody knows."), "new")
    found = json.loads(
        quotemark("gold", "diff", "old", "new", "-f", "json", folder=tmp_path).stdout
    )
    by_kind = {change["kind"]: change for change in found["changes"]}
    assert set(by_kind) == {"license", "text"}
    assert "minister of 0. Nobody" in by_kind["text"]["after"]


def test_a_release_is_read_as_gold_by_its_own_scheme(here: Path) -> None:
    whole = quotemark("score", "old", "mine.jsonl", "-m", "exact", folder=here).stdout
    part = quotemark("score", "old/data/all.jsonl", "mine.jsonl", "-m", "exact", folder=here).stdout
    (here / "scheme.toml").write_text(SCHEME)
    scheme = ("--scheme", "scheme.toml")
    plain = say(here, "score", "old.jsonl", "mine.jsonl", "-m", "exact", *scheme)
    assert plain == f"0\n{whole}"
    assert whole == part
    words = ("score", "all.jsonl", "../../mine.jsonl", "-m", "exact")
    assert quotemark(*words, folder=here / "old" / "data").stdout == whole
    assert "unknown-label" not in say(here, "check", "old")
    assert "d0" in quotemark("convert", "old", folder=here).stdout
