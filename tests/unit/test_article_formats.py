"""Articles of every file format: text, encodings, meta, sidecars, and what cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from quotemark.errors import QuotemarkError
from quotemark.formats import ReadOptions, read, write
from quotemark.model import Corpus, Document, Entity
from quotemark.offsets import file_offsets

TEXT = "Lund said:\r\n\r\n“Café — ‘yes’.” שלום 😀\r\n"
LATIN = "Der Sprecher sagte: „Wir müssen über Größe reden“ – und schwieg für lange Zeit.\r\n" * 3


def one(path: Path, options: ReadOptions | None = None) -> Document:
    (document,) = read(path, options=options).documents.values()
    return document


def failure(path: Path, options: ReadOptions | None = None) -> str:
    with pytest.raises(QuotemarkError) as caught:
        read(path, options=options)
    assert all(problem.remedy for problem in caught.value.problems)
    assert str(path.with_suffix("")) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("codec", "said"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32-le", "utf-32-le"),
        ("utf-32-be", "utf-32-be"),
    ],
)
def test_text_in_every_unicode_encoding(tmp_path: Path, codec: str, said: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.encode(codec))
    document = one(path)
    assert (document.id, document.text) == ("a", TEXT)
    assert document.meta["encoding"] == said
    offsets = file_offsets(document.text, said)
    start = TEXT.index("שלום")
    assert path.read_bytes()[offsets[start] : offsets[start + 4]].decode(codec)[-4:] == "שלום"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-be"])
def test_other_scripts_need_no_mark(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "a.txt"
    text = "Он сказал: «Нет». Это важно.\n"
    path.write_bytes(text.encode(codec))
    assert one(path).text == text


def test_a_mark_of_the_other_byte_order_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xfe\xff" + TEXT.encode("utf-16-be"))
    assert one(path).text == TEXT


@pytest.mark.parametrize("codec", ["cp1252", "cp1251", "cp932"])
def test_legacy_encodings_are_guessed_or_declared(tmp_path: Path, codec: str) -> None:
    text = {
        "cp1252": LATIN,
        "cp1251": "Он сказал: «Нет». Это важно для всех людей, живущих в городе.\n" * 3,
        "cp932": "彼は「いいえ」と言った。これは重要です。\n" * 3,
    }[codec]
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(codec))
    guessed = one(path)
    assert (guessed.text, guessed.meta["encoding"]) == (text, codec)
    assert guessed.meta["encoding_guessed"] is True
    declared = one(path, ReadOptions(encoding=codec))
    assert declared.text == text
    assert "encoding_guessed" not in declared.meta


def test_a_declared_encoding_still_gives_up_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfx")
    assert one(path, ReadOptions(encoding="UTF8")).text == "x"
    path.write_bytes("x".encode("utf-16"))
    assert one(path, ReadOptions(encoding="utf-16-le")).text == "x"
    path.write_bytes("x".encode("utf-16-le"))
    assert one(path, ReadOptions(encoding="utf-16")).meta["encoding"] == "utf-16-le"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xd8", "a binary file"),
        (bytes(range(256)) * 8, "a binary file"),
        (b"text\x00text", "a binary file"),
        (b"a long text with one\x00stray zero byte.\n", "a binary file"),
        (b"%PDF-1.7\n", "a PDF file"),
        (b"PK\x03\x04xyz", "Word"),
        (b"\xff\xfea\xd8\x00", "is not utf-16"),
    ],
)
def test_binary_files_are_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    assert reason in failure(path)


@pytest.mark.parametrize(
    ("codec", "reason"),
    [
        ("ascii", "is not ascii, at byte 0"),
        ("utf-8", "is not utf-8, at byte 0"),
        ("klingon", "'klingon' is no text encoding"),
        ("zlib", "'zlib' is no text encoding"),
        ("a\0b", "is no text encoding"),
    ],
)
def test_declared_encodings_that_do_not_fit(tmp_path: Path, codec: str, reason: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("é".encode("cp1252"))
    assert reason in failure(path, ReadOptions(encoding=codec))


def test_an_empty_file_is_an_empty_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    (tmp_path / "b.md").touch()
    (tmp_path / "c.html").touch()
    assert [doc.text for doc in read(tmp_path).documents.values()] == ["", "", ""]


def test_missing_files_and_unknown_formats(tmp_path: Path) -> None:
    assert "No such file" in failure(tmp_path / "none.txt")
    assert "No such file" in failure(tmp_path / "none")
    (tmp_path / "a.docx").touch()
    assert "no format is known" in failure(tmp_path / "a.docx")
    with pytest.raises(QuotemarkError, match="no readable file"):
        read(tmp_path)
    with pytest.raises(QuotemarkError, match="no format 'cobol'"):
        read(tmp_path / "a.docx", format="cobol")


SIDECAR = """
id = "lund-1"
title = "“Talks”"
language = "en"
date = 2018-07-07
targets = ["talks"]
encoding = "cp1252"
[[entities]]
id = "lund"
name = "Ana Lund"
aliases = ["Lund"]
[desk]
phone = 5
"""


def test_a_sidecar_gives_id_meta_and_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\x93Yes\x94")
    path.with_suffix(".toml").write_text(SIDECAR, encoding="utf-8")
    document = one(path)
    assert (document.id, document.text, document.title) == ("lund-1", "“Yes”", "“Talks”")
    assert document.entities == (Entity("lund", "Ana Lund", ("Lund",)),)
    assert document.meta["date"] == "2018-07-07"
    assert document.meta["desk"] == {"phone": 5}
    assert document.meta["encoding"] == "cp1252"
    assert "id" not in document.meta


@pytest.mark.parametrize(
    ("toml", "reason"),
    [
        ("title = ", "a.toml: "),
        ("title = 5", "title is 5"),
        ("id = ' '", "id is ' '"),
        ("targets = 'talks'", "targets is 'talks'"),
        ("targets = ['', 'x']", "targets is"),
        ("entities = [1]", "entities: number 1 is 1"),
        ("[entities]\nid = 'a'", "entities is {'id': 'a'}"),
        ("[[entities]]\nid = 'a'", "name is None"),
        ("[[entities]]\nid = 'a'\nname = 'A'\naliases = 'B'", "aliases is 'B'"),
        ("[[entities]]\nid = 'a'\nname = 'A'\nalias = 'B'", "alias is 'B'"),
        ("[[entities]]\nid='a'\nname='A'\n[[entities]]\nid='a'\nname='B'", "id of its own"),
        ("score = nan", "which JSON cannot hold"),
        ("a = " + "[" * 3000 + "]" * 3000, "nested too deeply"),
    ],
)
def test_faults_of_a_sidecar(tmp_path: Path, toml: str, reason: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x", encoding="utf-8")
    path.with_suffix(".toml").write_text(toml, encoding="utf-8")
    assert reason in failure(path)


def test_folders_give_ids_by_path(tmp_path: Path) -> None:
    for name in ("a.txt", "x/a.txt", "x/b.md", ".git/c.txt", "x/.d.txt", "e.docx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    (tmp_path / "x/b.toml").write_text('id = "b"', encoding="utf-8")
    assert sorted(read(tmp_path).documents) == ["a", "b", "x/a"]
    (tmp_path / "x/a.html").write_text("other", encoding="utf-8")
    with pytest.raises(QuotemarkError, match=r"x/a\.txt: x/a: another file .* \[two-texts\]"):
        read(tmp_path)


def test_what_several_files_know_of_a_document_comes_together(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"id": "a", "text": "x", "meta": {"title": "J"}}', encoding="utf-8"
    )
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    (tmp_path / "a.toml").write_text('title = "S"\nlanguage = "en"', encoding="utf-8")
    meta = read(tmp_path).documents["a"].meta
    assert (meta["title"], meta["language"]) == ("J", "en")


def test_markdown_front_matter_is_meta_and_the_body_is_verbatim(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"---\r\ntitle: T\r\ndate: 2018-07-07\r\nid:\r\n---\r\n# *H*\r\n\r\n  x  \r\n")
    document = one(path)
    assert (document.id, document.text) == ("a", "# *H*\r\n\r\n  x  \r\n")
    assert (document.title, document.meta["date"]) == ("T", "2018-07-07")
    path.with_suffix(".toml").write_text('title = "S"', encoding="utf-8")
    assert one(path).title == "S"


@pytest.mark.parametrize("text", ["---\nA rule.\n", "---\n- a\n---\nb", "\n---\na: 1\n---\n", "x"])
def test_markdown_without_front_matter_is_all_body(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.md"
    path.write_text(text, encoding="utf-8")
    assert one(path).text == text


LAUGHS = "a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n"
    for old, new in zip("abcdef", "bcdefg", strict=True)
)


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        ("a: b: c", "front matter: "),
        ("a: " + "[" * 50_000, "front matter: "),
        ("a: !!python/object/apply:os.getcwd []", "front matter: "),
        ("a: &a [*a]", "too many values"),
        ("title: [1]", "title is [1]"),
        (LAUGHS, "too many values"),
    ],
)
def test_hostile_front_matter(tmp_path: Path, front: str, reason: str) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"---\n{front}\n---\nBody.", encoding="utf-8")
    assert reason in failure(path)


def test_write_replaces_a_file_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    corpus = Corpus({"a": Document("a", TEXT, {"title": "T"})})
    write(corpus, path)
    assert read(path) == corpus
    unwritable = Corpus({"a": Document("a", TEXT, {"title": object()})})
    with pytest.raises(TypeError):
        write(unwritable, path)
    assert read(path) == corpus
    assert [p.name for p in tmp_path.iterdir()] == ["out.jsonl"]
    with pytest.raises(QuotemarkError, match="cannot be written"):
        write(corpus, tmp_path / "no" / "such" / "out.jsonl")
