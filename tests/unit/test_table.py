"""Tables of articles: columns, quoting, delimiters, sizes, and rows that cannot be read."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from quotemark.errors import QuotemarkError
from quotemark.formats import ReadOptions, read
from quotemark.formats.table import Row, csv_rows
from quotemark.model import Document, Entity
from support.corpora import TEXTS


def failure(path: Path, options: ReadOptions | None = None) -> list[tuple[str, int]]:
    with pytest.raises(QuotemarkError) as caught:
        read(path, options=options)
    assert all(p.where.file == str(path) and p.remedy for p in caught.value.problems)
    return [(problem.code, problem.where.line) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("name", "delimiter"), [("a.csv", ","), ("a.tsv", "\t"), ("a.csv", ";"), ("a.csv", "|")]
)
def test_rows_are_documents(tmp_path: Path, name: str, delimiter: str) -> None:
    path = tmp_path / name
    header = delimiter.join(["id", "headline", "text", "entities"])
    entities = '"[{""id"": ""l"", ""name"": ""Ana Lund""}]"'
    row = delimiter.join(["1", "", '"“No”,\r\n""she"" said; a, b|c\td"', entities])
    path.write_bytes(f"{header}\r\n{row}\r\n\r\n".encode("utf-8-sig"))
    (document,) = read(path).documents.values()
    assert document.id == "1"
    assert document.text == '“No”,\r\n"she" said; a, b|c\td'
    assert document.entities == (Entity("l", "Ana Lund"),)
    assert set(document.meta) == {"entities"}


def test_columns_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("url,body,id\nu1,Größe.,5\n".encode("cp1252"))
    options = ReadOptions(encoding="cp1252", id_column="url", text_column="body")
    document = read(path, options=options).documents["u1"]
    assert document == Document("u1", "Größe.", {"id": "5"})


def test_huge_fields_are_read_and_the_limit_is_put_back(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    limit = csv.field_size_limit()
    path.write_text("id,text\n1," + "x" * (limit + 1), encoding="utf-8")
    assert len(read(path).documents["1"].text) == limit + 1
    assert csv.field_size_limit() == limit


def test_only_a_header_is_an_empty_corpus(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text\n", encoding="utf-8")
    assert read(path).documents == {}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", [("columns", 0)]),
        ("name,body\n1,x\n", [("columns", 0)]),
        ("id,text,text\n1,x,y\n", [("columns", 0)]),
        ("id,text\n1,x\n2\n3,a,b\n", [("row", 3), ("row", 4)]),
        ("id,text\n1,x\n1,x\n", [("twice", 3)]),
        ("id,text\n ,x\n2,y\n", [("row", 2)]),
        ('id,text\n1,"x\n2,y\n', [("row", 3)]),
        ("id,text,entities\n1,x,{\n", [("row", 2)]),
        ("id,text,targets\n1,x,5\n", [("meta", 2)]),
    ],
)
def test_faults_have_their_line(tmp_path: Path, body: str, expected: list[tuple[str, int]]) -> None:
    path = tmp_path / "a.csv"
    path.write_text(body, encoding="utf-8")
    assert failure(path) == expected


def test_one_column_cannot_be_both(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text\n1,x\n", encoding="utf-8")
    assert failure(path, ReadOptions(id_column="text")) == [("columns", 0)]


def test_parquet_rows_are_documents(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    table = pa.table(
        {
            "id": [1, 2],
            "text": ["“No”\r\n😀", ""],
            "year": [2018, None],
            "rank": [float("nan"), 0.5],
            "targets": [["talks"], None],
        }
    )
    parquet.write_table(table, path)
    assert read(path).documents == {
        "1": Document("1", "“No”\r\n😀", {"year": 2018, "targets": ["talks"]}),
        "2": Document("2", "", {"rank": 0.5}),
    }


def test_faults_of_parquet_files(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 no more")
    assert failure(path) == [("parquet", 0)]
    parquet.write_table(pa.table({"id": ["1"], "body": ["x"]}), path)
    assert failure(path) == [("columns", 0)]
    parquet.write_table(pa.table({"id": [None, 2.5], "text": [None, "x"]}), path)
    assert failure(path) == [("row", 1), ("row", 1), ("row", 2)]


def test_without_pyarrow_a_parquet_file_names_the_extra(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").touch()
    program = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from quotemark.formats import read\n"
        "try: read(sys.argv[1])\n"
        "except Exception as failure: print(failure)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "a.parquet")],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert "install pyarrow (pip install '.[parquet]')" in ran.stdout


@given(st.lists(TEXTS, max_size=4), st.sampled_from(["excel", "excel-tab", "unix"]))
def test_what_csv_writes_comes_back(texts: list[str], dialect: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, dialect)
    writer.writerow(["id", "text"])
    writer.writerows([number, text] for number, text in enumerate(texts))
    rows = csv_rows(out.getvalue(), ReadOptions())
    assert [row.cells["text"] for row in rows if isinstance(row, Row)] == texts
