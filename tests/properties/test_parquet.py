"""Parquet gives back what was written, as JSON Lines does, and survives broken files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyarrow import parquet as arrow_parquet

from quotemark.errors import Problem, QuotemarkError
from quotemark.formats import jsonl, parquet
from quotemark.formats.arrow import SCHEMA, batch, rows
from quotemark.formats.records import records
from quotemark.model import Corpus
from support.corpora import ANY_TEXTS, TEXTS, corpora


def reread(data: bytes, module: Any = parquet) -> Corpus:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        path.write_bytes(data)
        found: Corpus = module.read(path)
        return found


def problems_of(data: bytes) -> tuple[Problem, ...]:
    try:
        reread(data)
    except QuotemarkError as failure:
        return failure.problems
    return ()


def has_surrogates(corpus: Corpus) -> bool:
    texts = "".join(document.text for document in corpus.documents.values())
    return any("\ud800" <= c <= "\udfff" for c in texts)


@given(corpora(TEXTS), st.booleans())
def test_reading_what_was_written_gives_it_back(corpus: Corpus, texts: bool) -> None:
    data = b"".join(parquet.write(corpus, texts=texts))
    assert reread(data) == (corpus if texts else Corpus({}, corpus.annotations))


@given(corpora(ANY_TEXTS), st.booleans())
def test_json_lines_come_back_byte_for_byte(corpus: Corpus, texts: bool) -> None:
    lines = b"".join(jsonl.write(corpus, texts=texts))
    same = reread(lines, jsonl)
    if texts and has_surrogates(corpus):
        with pytest.raises(QuotemarkError, match=r"a lone surrogate .*; write it as \.jsonl"):
            list(parquet.write(same))
    else:
        data = b"".join(parquet.write(same, texts=texts))
        assert b"".join(jsonl.write(reread(data), texts=texts)) == lines


@settings(max_examples=50)
@given(corpora(TEXTS), st.integers(0, 3))
def test_rows_are_those_of_pyarrow(corpus: Corpus, first: int) -> None:
    made = batch(list(records(corpus)))[first:]
    assert rows(made) == made.to_pylist()


@settings(max_examples=100)
@given(corpora(TEXTS), st.data())
def test_broken_bytes_are_read_or_are_problems(corpus: Corpus, data: st.DataObject) -> None:
    whole = b"".join(parquet.write(corpus))
    cut = data.draw(st.integers(0, len(whole)))
    rest = whole[cut + data.draw(st.integers(0, 3)) :] if data.draw(st.booleans()) else b""
    broken = whole[:cut] + data.draw(st.binary(max_size=3)) + rest
    for problem in problems_of(broken):
        assert problem.where.file
        assert problem.remedy


LEAVES: list[tuple[Any, ...]] = [
    *[(name,) for name in SCHEMA.names],
    *[("spans", 0, name) for name in ("id", "label", "fragments", "attributes", "score", "meta")],
    *[("relations", 0, name) for name in ("label", "head", "tail")],
    *[("entities", 0, name) for name in ("id", "name", "aliases")],
    *[(name, 0) for name in ("spans", "relations", "entities")],
    *[("spans", 0, "fragments", 0), ("spans", 0, "attributes", 0), ("entities", 0, "aliases", 0)],
]
OPTIONAL = {("text",), ("asked",), ("provenance",), ("meta",)} | {
    ("spans", 0, name) for name in ("score", "meta")
}


@given(corpora(TEXTS), st.sampled_from(LEAVES))
def test_a_null_is_a_problem_with_its_row_but_where_it_may_be(
    corpus: Corpus, leaf: tuple[Any, ...]
) -> None:
    table = batch(list(records(corpus))).to_pylist()
    places = [(number, place) for number, row in enumerate(table, 1) for place in _at(row, leaf)]
    assume(places)
    number, (holder, key) = places[0]
    holder[key] = (holder[key][0], None) if isinstance(holder[key], tuple) else None
    out = pa.BufferOutputStream()
    arrow_parquet.write_table(pa.Table.from_pylist(table, schema=SCHEMA), out)
    found = problems_of(out.getvalue().to_pybytes())
    if leaf in OPTIONAL:
        assert all(problem.code != "row" for problem in found)
    else:
        assert number in {problem.where.line for problem in found}


def _at(row: dict[str, Any], leaf: tuple[Any, ...]) -> Iterator[tuple[Any, Any]]:
    """The part of a row that holds a leaf, and the leaf's key in it; nothing if it is null."""
    place: Any = row
    for key in leaf[:-1]:
        if key == 0 and not place:
            return
        place = place[key]
        if place is None:
            return
    if place if leaf[-1] == 0 else place[leaf[-1]] is not None:
        yield place, leaf[-1]
