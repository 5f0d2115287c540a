"""Any bytes under any suffix are read, or are problems that name the file; nothing else."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from quotemark.errors import Problem, QuotemarkError
from quotemark.formats import FORMATS, read
from quotemark.formats.encoding import decode
from quotemark.offsets import file_offsets
from support.corpora import ANY_TEXTS

SUFFIXES = sorted(suffix for suffixes in FORMATS.values() for suffix in suffixes)
SNIPPETS = [
    *(b"id,text\r\n", b'"', b",", b";", b"\t", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\x93x\x94"),
    *(
        b"---\n",
        b"title: ",
        b"&a",
        b"*a",
        b"!!python/name:x ",
        b"<p>",
        b"<meta charset=",
        b"utf-7>",
    ),
    *(
        b"PAR1",
        b'{"id": "a", "text": "',
        b'"}',
        b"[",
        b"]",
        b'{"data": {"text": ',
        b"}",
        b"\\ud83d",
    ),
    *(b"%PDF", b"\n", b"\r", "“שלום” 😀".encode(), "é".encode("utf-16"), b"\x1b$B", b"\x81"),
]
DATA = st.lists(st.sampled_from(SNIPPETS) | st.binary(max_size=3), max_size=10).map(b"".join)
SIDECARS = (
    st.none() | DATA | st.sampled_from([b'id = "x"', b'encoding = "utf-7"', b"entities = [{}]"])
)


@settings(max_examples=300)
@given(DATA, SIDECARS, st.sampled_from(SUFFIXES))
def test_any_bytes_are_read_or_are_problems(data: bytes, beside: bytes | None, suffix: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        path.write_bytes(data)
        if beside is not None:
            path.with_suffix(".toml").write_bytes(beside)
        found: tuple[Problem, ...] = ()
        try:
            corpus = read(path)
        except QuotemarkError as failure:
            found = failure.problems
        else:
            for doc in corpus.documents.values():
                assert doc.sha256
                assert all(entity.name for entity in doc.entities)
        for problem in found:
            assert problem.where.file.startswith(str(path.with_suffix("")))
            assert problem.message
            assert problem.remedy


@given(ANY_TEXTS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "cp1251"]))
def test_what_is_decoded_leads_back_to_the_bytes(text: str, codec: str) -> None:
    data = text.replace("\0", "").encode(codec, "ignore")
    try:
        decoded = decode(data)
    except QuotemarkError:
        assert codec in ("cp1252", "cp1251")  # what cannot be guessed is said, not invented
        return
    assert decoded.text.encode(decoded.encoding) == data
    assert file_offsets(decoded.text, decoded.encoding)[-1] == len(data)
