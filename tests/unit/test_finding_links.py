"""Findings name the page of Label Studio where they can be mended, made of what pull wrote."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from quotemark.formats import write
from quotemark.model import Annotation, Corpus, Document, Json, Span
from quotemark.tasks import split, stitch
from quotemark.validate.links import task_link
from support.commands import quotemark

PLACE = "https://studio.example.org/ls/projects/3"
DOC = Document("d", "“No”, she said.\n\n“Yes”, he said.\n")


def pulled(provenance: Any, *spans: Span) -> Annotation:
    return Annotation("d", DOC.sha256, "ann", spans, provenance=provenance)


def of(task: Json, url: Json = PLACE) -> dict[str, Json]:
    return {"label_studio": {"url": url, "task": task, "annotation": 5}}


@pytest.mark.parametrize(
    "provenance",
    [
        {},
        {"label_studio": "x"},
        {"tasks": ["d:0-9"]},
        of("17"),
        of(True),
        of(-1),
        of(17, None),
        of(17, "javascript:alert(1)//projects/3"),
        of(17, "file:///projects/3"),
        of(17, "https:///projects/3"),
        of(17, "https://me:secret@example.org/projects/3"),
        of(17, "https://example.org/?next=/projects/3"),
        of(17, "https://example.org/#/projects/3"),
        of(17, "https://example.org/ x/projects/3"),
        of(17, "https://example.org/\x1b[31m/projects/3"),
        of(17, "https://example.org/<b>/projects/3"),
        of(17, "https://[::1/projects/3"),
        of(17, "https://example.org/projects/3/../../x"),
    ],
)
def test_what_pull_does_not_write_makes_no_link(provenance: Any) -> None:
    assert task_link(pulled(provenance), 0) == ""


def test_each_window_has_its_task() -> None:
    tasks = split(DOC, [pulled({})], window="paragraphs")
    parts = [pulled(of(number)) for number in (7, 8)]
    whole = stitch(
        replace(task, annotations=(part,)) for task, part in zip(tasks, parts, strict=True)
    )
    (layer,) = whole.annotations
    second = DOC.text.index("“Yes”")
    assert task_link(layer, 0) == f"{PLACE}/data?task=7"
    assert task_link(layer, second) == f"{PLACE}/data?task=8"
    assert task_link(layer) == ""


def test_check_prints_the_link_in_lines_and_in_json(tmp_path: Path) -> None:
    quote = Span("q", "Quote", ((0, 5),), {"form": "direct", "source": "mention"})
    write(Corpus({"d": DOC}, (pulled(of(17), quote),)), tmp_path / "pulled.jsonl")
    done = quotemark("check", "pulled.jsonl", folder=tmp_path)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    assert all(line.endswith(f" <{PLACE}/data?task=17>") for line in lines)
    done = quotemark("check", "pulled.jsonl", "--format", "json", folder=tmp_path)
    rows = json.loads(done.stdout)
    assert {row["code"] for row in rows} == {"edge-punctuation", "no-speaker"}
    assert {row["link"] for row in rows} == {f"{PLACE}/data?task=17"}


def test_elsewhere_there_is_none(tmp_path: Path) -> None:
    quote = Span("q", "Quote", ((0, 4),), {"form": "direct", "source": "mention"})
    layer = pulled({"guidelines": "1"}, quote)
    write(Corpus({"d": DOC}, (layer,)), tmp_path / "own.jsonl")
    done = quotemark("check", "own.jsonl", "--format", "json", folder=tmp_path)
    assert [row["link"] for row in json.loads(done.stdout)] == [None]
