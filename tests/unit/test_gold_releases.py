"""`quotemark gold`: what it refuses, names and prints; Croissant that others' tools load."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import mlcroissant  # type: ignore[import-untyped]
import pandas as pd
import pytest

from quotemark import Annotation, Corpus, Document, Span
from quotemark import freeze as library_freeze
from quotemark.formats import read
from support.commands import quotemark

ROOT = Path(__file__).parents[2]
ARTICLE = ROOT / "annotations" / "pompeo-north-korea"
TEXT = ARTICLE / "pompeo-north-korea.txt"


def freeze(folder: Path, *more: object) -> str:
    done = quotemark(
        *("gold", "freeze", ARTICLE / "gold.jsonl", "--texts", TEXT, "--as", "nk@1.0"),
        *("-o", "nk", *more),
        folder=folder,
    )
    return f"{done.returncode} {done.stdout}{done.stderr}"


def test_croissant_loads(tmp_path: Path) -> None:
    assert freeze(tmp_path, "--license", "CC-BY-4.0", "--date", "2026-11-24").startswith("0 ")
    data = mlcroissant.Dataset(jsonld=tmp_path / "nk" / "croissant.json")
    assert not data.metadata.issues.errors
    [record] = data.records(record_set="all")
    assert record["all/text"].decode() == TEXT.read_text()
    [layer] = read(ARTICLE / "gold.jsonl").annotations
    spans = {record["all-spans/span"].decode(): record
             for record in data.records(record_set="all-spans")}  # fmt: skip
    assert spans.keys() == layer.by_id.keys()
    for span in layer.spans:
        record = spans[span.id]
        assert record["all-spans/label"].decode() == span.label
        assert (record["all-spans/start"], record["all-spans/end"]) == (span.start, span.end)
        assert record["all-spans/text"].decode() == span.surface(TEXT.read_text())
        form = record["all-spans/form"]
        assert (form and form.decode()) == span.attributes.get("form")
        said_by = {tail.decode() for tail in record["all-spans/said_by"]}
        assert said_by == {tail.id for tail in layer.tails(span.id, "said_by")}


def test_croissant_keeps_ids_that_look_like_numbers(tmp_path: Path) -> None:
    doc = Document("007", "“Yes”, said Lund.")
    cue = Span("01", "Cue", ((7, 11),))
    gold = Corpus({doc.id: doc}, (Annotation("007", doc.sha256, "gold", (cue,), status="gold"),))
    library_freeze(gold, tmp_path / "r", name="r@1")
    data = mlcroissant.Dataset(jsonld=tmp_path / "r" / "croissant.json")
    [document], [span] = (data.records(record_set=name) for name in ("all", "all-spans"))
    assert (document["all/id"], span["all-spans/document"]) == (b"007", b"007")
    assert (span["all-spans/span"], span["all-spans/start"]) == (b"01", 7)


def test_pandas_reads_the_table_of_spans(tmp_path: Path) -> None:
    assert freeze(tmp_path, "--no-parquet").startswith("0 ")
    frame = pd.read_json(tmp_path / "nk" / "spans" / "all.jsonl", lines=True, dtype=False)
    [layer] = read(ARTICLE / "gold.jsonl").annotations
    forms = Counter(s.attributes["form"] for s in layer.labelled("Quote"))
    assert frame[frame.label == "Quote"].form.value_counts().to_dict() == forms


def test_an_existing_folder_stays(tmp_path: Path) -> None:
    (tmp_path / "nk").mkdir()
    assert freeze(tmp_path).startswith("2 quotemark: nk: is there, and a release is never")
    assert not list((tmp_path / "nk").iterdir())


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--as", "nk"], "names no release"),
        (["--splits", "0.8,0.3"], "no shares"),
        (["--splits", "x"], "no shares"),
        (["--date", "today"], "is no date"),
    ],
)
def test_what_is_refused(more: list[str], said: str, tmp_path: Path) -> None:
    found = freeze(tmp_path, *more)
    assert found.startswith("2 ")
    assert said in found
    assert not list(tmp_path.iterdir())


def test_pseudonyms_in_the_card(tmp_path: Path) -> None:
    layers = [ARTICLE / "quotemark-a.jsonl", ARTICLE / "quotemark-b.jsonl"]
    assert freeze(tmp_path, "--layers", layers[0], "--layers", layers[1]).startswith("0 ")
    for file in (tmp_path / "nk").rglob("*"):
        assert file.is_dir() or b"quotemark-a" not in file.read_bytes()
    said = (tmp_path / "nk" / "README.md").read_text()
    assert "Annotated by annotator-1 (1 document, " in said


def test_verify_names_links_missing_and_extra_files(tmp_path: Path) -> None:
    freeze(tmp_path)
    (tmp_path / "nk" / "scheme.toml").rename(tmp_path / "scheme.toml")
    (tmp_path / "nk" / "scheme.toml").symlink_to(tmp_path / "scheme.toml")
    (tmp_path / "nk" / "more.txt").write_text("")
    (tmp_path / "nk" / "README.md").unlink()
    done = quotemark("gold", "verify", "nk", folder=tmp_path)
    assert done.returncode == 1
    for said in ("scheme.toml: is a link", "more.txt: is no part", "README.md: is missing"):
        assert said in done.stdout
    done = quotemark("gold", "verify", ".", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")


def test_a_text_that_differs_is_named_with_how(tmp_path: Path) -> None:
    freeze(tmp_path, "--without-texts")
    (tmp_path / TEXT.name).write_bytes(TEXT.read_bytes().replace(b"\n", b"\r\n"))
    done = quotemark("gold", "hydrate", "nk", "--texts", TEXT.name, "-o", "back", folder=tmp_path)
    assert done.returncode == 2
    assert "pompeo-north-korea: is another text: line ends" in done.stderr
    assert not (tmp_path / "back").exists()
