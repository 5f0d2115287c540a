"""Layers in Parquet: their layout, and files that are none or not sound."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet as arrow_parquet

from quotemark.errors import QuotemarkError
from quotemark.formats import read, write
from quotemark.formats.arrow import MARK, SCHEMA
from quotemark.model import Annotation, Corpus, Document, Span

DOC = Document("a1", "“No”, she said.", {"title": "No"})
SPAN = Span("q1", "Quote", ((0, 4), (6, 9)), {"form": "direct", "who": ("b", "a"), "x": None})
CORPUS = Corpus({"a1": DOC}, (Annotation("a1", DOC.sha256, "ann", (SPAN,)),))
ROW: dict[str, Any] = {
    "id": "a1",
    "text": DOC.text,
    "text_sha256": DOC.sha256,
    "annotator": "ann",
    "spans": [
        {
            "id": "q1",
            "label": "Quote",
            "fragments": [0, 4, 6, 9],
            "attributes": [("form", '"direct"'), ("who", '["a","b"]'), ("x", "null")],
            "score": None,
            "meta": None,
        }
    ],
    "relations": [],
    "entities": [],
    "asked": None,
    "status": "submitted",
    "scheme": "",
    "provenance": None,
    "meta": '{"title":"No"}',
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.parquet"


def put(path: Path, *rows: dict[str, Any], schema: pa.Schema = SCHEMA) -> None:
    arrow_parquet.write_table(pa.Table.from_pylist(list(rows), schema=schema), path)


def failures(path: Path) -> list[str]:
    with pytest.raises(QuotemarkError) as caught:
        read(path)
    assert all(problem.remedy for problem in caught.value.problems)
    return [str(problem).removeprefix(f"{path}") for problem in caught.value.problems]


def span(**changes: Any) -> dict[str, Any]:
    return {**ROW, "spans": [{**ROW["spans"][0], **changes}]}


def test_the_layout_is_what_it_says(path: Path) -> None:
    write(CORPUS, path)
    table = arrow_parquet.read_table(path)
    assert table.schema == SCHEMA
    assert table.schema.metadata == {b"quotemark.layers": b"1"}
    assert table.to_pylist() == [ROW]


def test_a_document_without_a_layer_has_no_annotator_and_no_spans(path: Path) -> None:
    write(Corpus({"a1": DOC}), path)
    assert arrow_parquet.read_table(path).to_pylist() == [{**ROW, "annotator": None, "spans": None}]
    assert read(path) == Corpus({"a1": DOC})


@pytest.mark.parametrize("texts", [True, False])
def test_row_groups_have_1024_rows_and_texts_are_compressed(path: Path, texts: bool) -> None:
    sha = DOC.sha256 if texts else ""
    layers = (Annotation(f"d{n}", sha, "ann", (SPAN,) * (n % 3)) for n in range(1500))
    documents = {f"d{n}": Document(f"d{n}", DOC.text) for n in range(1500 * texts)}
    corpus = Corpus(documents, tuple(layers))
    write(corpus, path)
    file = arrow_parquet.ParquetFile(path)
    sizes = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
    assert sizes == [1024, 476]
    columns = [file.metadata.row_group(0).column(n) for n in range(file.metadata.num_columns)]
    packed = [c.path_in_schema for c in columns if c.compression != "UNCOMPRESSED"]
    assert packed == ["text", "meta"] * texts
    assert read(path) == corpus


def test_nothing_is_a_file_without_rows(path: Path) -> None:
    write(Corpus(), path)
    assert read(path) == Corpus()


def test_groups_and_the_order_of_columns_may_be_others(path: Path) -> None:
    rows = [{**ROW, "annotator": f"ann{n}"} for n in range(3000)]
    table = pa.Table.from_pylist(rows, schema=SCHEMA).select(SCHEMA.names[::-1])
    arrow_parquet.write_table(table, path)
    assert [layer.annotator for layer in read(path)] == [row["annotator"] for row in rows]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({**ROW, "id": ""}, ":1: the document id is empty [no-id]; "),
        ({**ROW, "text_sha256": "0" * 64}, ":1: a1: text_sha256 is 000000000000…"),
        ({**ROW, "annotator": None}, ":1: a1: annotator is null, and spans is not [row]; "),
        ({**ROW, "spans": None}, ":1: a1: spans is null, and annotator is not [row]; "),
        ({**ROW, "spans": [], "annotator": None}, ":1: a1: annotator is null, and spans is not"),
        ({**ROW, "meta": "{"}, ":1: a1: meta is no JSON: "),
        ({**ROW, "meta": "[]"}, ":1: a1: Expected `object`, got `array` - at `$.meta` [row]"),
        ({**ROW, "meta": "[" * 100_000}, ":1: a1: meta is nested too deeply [row]"),
        ({**ROW, "meta": '{"targets": 5}'}, ":1: a1: "),
        ({**ROW, "asked": '{"label": []}'}, ":1: a1: Object contains unknown field `label`"),
        ({**ROW, "asked": "5"}, ":1: a1: Expected `object | null`, got `int`"),
        (span(fragments=[0, 4, 6]), ":1: a1: spans[0].fragments are 3 numbers, which are no pairs"),
        (span(fragments=[]), ":1: a1: q1: a span without offsets [no-offsets]"),
        (span(score=float("nan")), ":1: a1: spans[0].score is nan [row]"),
        (span(attributes=[("form", "direct")]), ":1: a1: spans[0].attributes is no JSON"),
        (span(attributes=[("form", "5")]), ":1: a1: Expected `str | array | null`, got `int`"),
        (span(attributes=[("x", '""')] * 2), ":1: a1: spans[0].attributes have a name twice [row]"),
        (span(meta="null"), ":1: a1: Expected `object`, got `null` - at `$.spans[0].meta`"),
    ],
)
def test_a_fault_has_its_row(path: Path, row: dict[str, Any], reason: str) -> None:
    put(path, row)
    (found,) = failures(path)
    assert found.startswith(reason)


def test_every_fault_is_told(path: Path) -> None:
    put(path, ROW, {**ROW, "text": "Yes.", "text_sha256": ""}, {**ROW, "meta": "{"}, ROW)
    found = failures(path)
    assert [line.partition(":")[2].partition(":")[0] for line in found] == ["2", "3", "4"]
    assert "two texts under one document id" in found[0]
    assert found[2].startswith(":4: a1: 'ann' has a submitted annotation at ")


def changed(name: str, kind: pa.DataType) -> pa.Schema:
    return SCHEMA.set(SCHEMA.names.index(name), pa.field(name, kind))


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        (
            SCHEMA.with_metadata({MARK: "2"}),
            ": layers of version 2, not 1 [parquet]; read it with the quotemark that wrote it",
        ),
        (SCHEMA.with_metadata({MARK: b"\xff"}), ": layers of version \ufffd, not 1 [parquet]"),
        (
            SCHEMA.with_metadata({}),
            ": has the columns of layers, and no quotemark.layers in its metadata [parquet]",
        ),
        (changed("id", pa.int64()), ": column 'id' is of type int64, not string [columns]"),
        (changed("spans", pa.list_(pa.string())), ": column 'spans' is of type list<"),
        (SCHEMA.remove(3), ": column 'annotator' is missing [columns]"),
        (SCHEMA.append(pa.field("spnas", pa.string())), ": layers have no column 'spnas'"),
        (SCHEMA.append(SCHEMA.field("id")), ": column 'id' is twice [columns]"),
    ],
)
def test_another_layout_is_refused(path: Path, schema: pa.Schema, reason: str) -> None:
    arrow_parquet.write_table(schema.empty_table(), path)
    (found,) = failures(path)
    assert found.startswith(reason)


def test_a_cut_file_is_refused(path: Path) -> None:
    write(CORPUS, path)
    whole = path.read_bytes()
    for end in (0, 3, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:end])
        (found,) = failures(path)
        assert "name a sound Parquet file" in found


def test_strings_that_are_no_utf8_are_refused(path: Path) -> None:
    put(path, {**ROW, "annotator": "NAME" * 5})
    data = path.read_bytes()
    assert b"NAME" in data
    path.write_bytes(data.replace(b"NAME", b"N\xffME"))
    (found,) = failures(path)
    assert "name a sound Parquet file" in found


def test_a_flipped_bit_is_told(path: Path) -> None:
    write(CORPUS, path)
    whole = path.read_bytes()
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    told = passed = 0
    for place in range(4, footer, 2):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 2]) + whole[place + 1 :])
        try:
            passed += read(path) != CORPUS
        except QuotemarkError:
            told += 1
    assert told > 500
    assert passed < 3  # checksums do not cover the headers of pages
