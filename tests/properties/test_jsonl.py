"""The native format gives back exactly what was written, and survives any bytes."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from quotemark.errors import Problem, QuotemarkError
from quotemark.formats.jsonl import read, write
from quotemark.model import Corpus, Document
from support.corpora import ANY_TEXTS, corpora, documents


def reread(data: bytes) -> Corpus:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ann.jsonl"
        path.write_bytes(data)
        return read(path)


@given(corpora(ANY_TEXTS))
def test_reading_what_was_written_gives_it_back(corpus: Corpus) -> None:
    assert reread(b"".join(write(corpus))) == corpus


@given(corpora(ANY_TEXTS))
def test_without_texts_the_annotations_come_back(corpus: Corpus) -> None:
    data = b"".join(write(corpus, texts=False))
    assert reread(data) == Corpus({}, corpus.annotations)


@given(st.lists(documents(ANY_TEXTS), max_size=3, unique_by=lambda doc: doc.id))
def test_documents_alone_come_back(docs: list[Document]) -> None:
    corpus = Corpus({doc.id: doc for doc in docs})
    assert reread(b"".join(write(corpus))) == corpus


@given(corpora(ANY_TEXTS), st.data())
def test_broken_bytes_are_read_or_are_problems_with_their_line(
    corpus: Corpus, data: st.DataObject
) -> None:
    whole = b"".join(write(corpus))
    cut = data.draw(st.integers(0, len(whole)))
    broken = whole[:cut] + data.draw(st.binary(max_size=4)) + whole[cut + 1 :]
    try:
        reread(broken)
        found: tuple[Problem, ...] = ()
    except QuotemarkError as failure:
        found = failure.problems
    if b"\0" in broken:  # said once, of the file
        assert [problem.code for problem in found] == ["binary"]
    else:
        assert all(problem.where.line > 0 for problem in found)
