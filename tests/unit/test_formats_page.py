"""docs/formats.md names every key, and its example is a sound line of the native format."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest

from quotemark.formats import read
from quotemark.formats.arrow import ENTITY, RELATION, SCHEMA, SPAN
from quotemark.formats.meta import read_sidecar
from quotemark.formats.records import RawRecord, RawSpan
from quotemark.labelstudio.codec import to_json
from quotemark.model import Document
from quotemark.scheme import default_scheme
from quotemark.tasks import split
from quotemark.validate import check_corpus
from support.blocks import ROOT, Block, blocks

PAGE = ROOT / "docs" / "formats.md"
CELLS = set(
    re.findall(r"`(\w+)`", "".join(re.findall(r"(?m)^\| (`.*?) \|", PAGE.read_text("utf-8"))))
)


def example(kind: str) -> Block:
    return next(block for block in blocks(PAGE) if block.kind == kind)


def test_the_example_is_read_and_has_no_findings(tmp_path: Path) -> None:
    path = tmp_path / "example.jsonl"
    path.write_text(json.dumps(json.loads(example("json").body)), encoding="utf-8")
    corpus = read(path)
    assert len(corpus.annotations[0].spans) == 2
    assert check_corpus(corpus, default_scheme(), texts=True) == []


def test_the_sidecar_example_is_read(tmp_path: Path) -> None:
    (tmp_path / "talks.toml").write_text(example("toml").body, encoding="utf-8")
    meta = read_sidecar(tmp_path / "talks.txt")
    assert (meta["date"], meta["desk"]) == ("2018-07-07", {"editor": "B. Berg"})


@pytest.mark.parametrize("record", [RawRecord, RawSpan])
def test_every_key_of_the_native_format_is_in_the_tables(record: type[msgspec.Struct]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    for field in msgspec.structs.fields(record):
        assert f"`{field.name}`" in text


def test_every_column_of_parquet_is_in_its_table() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("\n## Parquet\n")[2].partition("\n## ")[0]
    columns = [*SCHEMA.names, *(f"spans.{field.name}" for field in SPAN)]
    columns += [field.name for struct in (RELATION, ENTITY) for field in struct]
    assert [name for name in columns if f"`{name}`" not in section] == []


def test_every_key_of_a_tasks_data_is_in_the_table() -> None:
    (task,) = split(Document("a", "Text."))
    assert set(to_json(task, default_scheme())["data"]) <= CELLS
