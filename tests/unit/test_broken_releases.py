"""Releases that were tampered with, by accident or by somebody who also made new checksums."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from quotemark import Annotation, Corpus, Document, Span, freeze, hydrate, verify
from quotemark.errors import QuotemarkError
from quotemark.release.checksums import sums

TEXTS = {
    "d1": "“We shall see it through”, said the minister.\r\nNobody asked.\r",
    "d2": "“No doubt”, said \ud83d another one.",
}


def gold_of(texts: dict[str, str]) -> Corpus:
    documents = {doc: Document(doc, text) for doc, text in texts.items()}
    layers = (
        Annotation(doc, text.sha256, "gold", (Span("c", "Cue", ((12, 16),)),), status="gold")
        for doc, text in documents.items()
    )
    return Corpus(documents, tuple(layers))


GOLD = gold_of(TEXTS)


def frozen(folder: Path, *, texts: bool = True, splits: bool = True) -> Path:
    release = folder / "r"
    shares = [0.5, 0.5] if splits else None
    freeze(GOLD, release, name="r@1", texts=texts, splits=shares, parquet=False)
    assert verify(release) == []
    return release


def sum_anew(release: Path) -> None:
    """Make the checksums of what is there."""
    files = {
        path.relative_to(release).as_posix(): path.read_bytes()
        for path in release.rglob("*")
        if path.is_file() and path.name != "SHA256SUMS"
    }
    (release / "SHA256SUMS").write_bytes(sums(files))


def said(release: Path) -> str:
    return "\n".join(map(str, verify(release)))


def edit_json(file: Path, change: Callable[[dict[str, object]], None]) -> None:
    data = json.loads(file.read_bytes())
    change(data)
    file.write_text(json.dumps(data) + "\n")


def test_line_ends_that_git_changed_are_told(tmp_path: Path) -> None:
    release = frozen(tmp_path)
    for name in ("README.md", "data/train.jsonl"):
        file = release / name
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert said(release).count("but for its line ends, which git or an editor has changed") == 2


def test_line_ends_of_all_files_are_told_once(tmp_path: Path) -> None:
    release = frozen(tmp_path)
    for file in release.rglob("*.*"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    sums = release / "SHA256SUMS"
    sums.write_bytes(sums.read_bytes().replace(b"\n", b"\r\n"))
    [problem] = verify(release)
    assert "SHA256SUMS: has CRLF line ends, which git (core.autocrlf)" in str(problem)
    (release / "README.md").write_text("# Another\r\n")
    [_, problem] = verify(release)
    assert "README.md: is not as it was frozen [checksum]" in str(problem)


@pytest.mark.parametrize(
    ("name", "change", "what"),
    [
        ("spans/test.jsonl", b"", "spans/test.jsonl: is not what the data says"),
        ("data/test.jsonl", None, "data/test.jsonl: is missing, by release.json"),
        ("data/more.jsonl", b"", "data/more.jsonl: is no part of the release, by release.json"),
        ("more.bin", b"", "more.bin: is no part of the release, by release.json"),
        ("GUIDELINES.md", b"", "GUIDELINES.md: is not the one that release.json names"),
        ("README.md", None, "README.md: is missing, by release.json"),
        ("README.md", b"# Another\n", "README.md: is not what release.json says"),
        ("croissant.json", None, "croissant.json: is missing, by release.json"),
        ("croissant.json", b"{}\n", "croissant.json: is not what release.json says"),
        ("scheme.toml", b"x", "scheme.toml: is not the one that release.json names"),
        ("release.json", b"[" * 9999, "release.json: is no release's"),
        ("release.json", b"{}", "release.json: is no release's"),
        ("data/test.jsonl", b"[" * 9999 + b"\n", "data/test.jsonl:1"),
        ("data/test.jsonl", b"\xff\n", "data/test.jsonl"),
    ],
)
def test_new_checksums_do_not_help(
    name: str, change: bytes | None, what: str, tmp_path: Path
) -> None:
    release = frozen(tmp_path)
    if change is None:
        (release / name).unlink()
    else:
        (release / name).write_bytes(change)
    sum_anew(release)
    assert what in said(release)


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("gold", "00000000", "gold: is not what the data says"),
        ("counts", [], "counts: is not what the data says"),
        ("sizes", [], "sizes: is not what the data says"),
        ("decisions", {"vote": 1}, "decisions: is not what the data says"),
        ("adjudicator", "<script>", "adjudicator: is not what the data says"),
        ("scheme", "x@1", "scheme: is not what the data says"),
        ("annotators", ["Ann"], "annotators: are no pseudonyms"),
        ("name", "../../x", "name and version: '../../x@1' names no release"),
        ("version", "1/2", "name and version: 'r@1/2' names no release"),
        ("date", "2026-01-31\n", "date: '2026-01-31\\n' is no date"),
        ("license", "CC0-1.0", "README.md: is not what release.json says"),
        ("license", "CC0-1.0", "croissant.json: is not what release.json says"),
    ],
)
@pytest.mark.parametrize("texts", [True, False])
def test_a_manifest_that_says_something_else(
    field: str, value: object, what: str, texts: bool, tmp_path: Path
) -> None:
    release = frozen(tmp_path, texts=texts)
    edit_json(release / "release.json", lambda data: data.update({field: value}))
    sum_anew(release)
    assert what in said(release)


def test_sizes_of_texts_are_measured(tmp_path: Path) -> None:
    release = frozen(tmp_path, splits=False)
    sizes = [{"part": "all", "tokens": 1, "code_points": 2}]
    edit_json(release / "release.json", lambda data: data.update(sizes=sizes))
    sum_anew(release)
    assert "release.json: sizes: is not what the data says" in said(release)


def test_spans_that_were_changed_in_every_format(tmp_path: Path) -> None:
    """All files but release.json are as a release of the changed gold would have them."""
    one, two = tmp_path / "one", tmp_path / "two"
    gold = gold_of({"d1": TEXTS["d1"]})
    freeze(gold, one, name="r@1")
    spans = (Span("c", "Cue", ((12, 17),)), Span("d", "Cue", ((0, 1),)))
    changed = Corpus(gold.documents, tuple(replace(layer, spans=spans) for layer in gold))
    freeze(changed, two, name="r@1")
    for name in ("release.json", "README.md"):
        (two / name).write_bytes((one / name).read_bytes())
    sum_anew(two)
    assert "release.json: gold: is not what the data says" in said(two)
    assert "release.json: counts: is not what the data says" in said(two)


def test_the_card_of_another_quotemark_may_be_worded_otherwise(tmp_path: Path) -> None:
    release = frozen(tmp_path)
    edit_json(release / "release.json", lambda data: data.update(quotemark="0.0.1"))
    (release / "README.md").write_text("# Another\n")
    sum_anew(release)
    assert verify(release) == []
    (release / "README.md").unlink()
    sum_anew(release)
    assert "README.md: is missing" in said(release)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (None, "spans/all.parquet: is missing, by release.json"),
        (b"", "spans/all.parquet: "),
        (b"data", "spans/all.parquet: is not what the data says"),
    ],
)
def test_the_parquet_of_spans(change: bytes | None, what: str, tmp_path: Path) -> None:
    release = tmp_path / "r"
    freeze(gold_of({"d1": TEXTS["d1"]}), release, name="r@1")
    assert verify(release) == []
    file = release / "spans" / "all.parquet"
    if change is None:
        file.unlink()
    else:
        file.write_bytes(change and (release / "data" / "all.parquet").read_bytes())
    sum_anew(release)
    assert what in said(release)


def test_documents_in_other_parts_are_found(tmp_path: Path) -> None:
    release = frozen(tmp_path)
    one, two = (release / "data" / f"{part}.jsonl" for part in ("train", "test"))
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    sum_anew(release)
    assert "d1: is not where release.json says" in said(release)
    one.write_bytes(first)
    two.write_bytes(second)

    def join(data: dict[str, object]) -> None:
        documents = data["documents"]
        assert isinstance(documents, list)
        for place in documents:
            place["cluster"] = 0

    edit_json(release / "release.json", join)
    sum_anew(release)
    assert "and one that it must stay with in" in said(release)


def test_texts_that_were_smuggled_in_are_found(tmp_path: Path) -> None:
    release = frozen(tmp_path, texts=False, splits=False)
    file = release / "data" / "all.jsonl"
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    lines[0]["text"] = TEXTS["d1"]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    sum_anew(release)
    assert "d1: has a text, against release.json" in said(release)


def test_texts_with_any_line_ends_and_half_emoji_come_back(tmp_path: Path) -> None:
    full, bare = tmp_path / "full", tmp_path / "bare"
    freeze(GOLD, full, name="r@1", parquet=False)
    freeze(GOLD, bare, name="r@1", parquet=False, texts=False)
    hydrate(bare, Corpus(GOLD.documents), tmp_path / "back")
    for file in full.rglob("*.*"):
        assert file.read_bytes() == (tmp_path / "back" / file.relative_to(full)).read_bytes()


def test_ids_that_no_file_can_hold_are_refused(tmp_path: Path) -> None:
    with pytest.raises(QuotemarkError, match=r"'d\\udc80' has a lone surrogate"):
        freeze(gold_of({"d\udc80": TEXTS["d1"]}), tmp_path / "r", name="r@1", parquet=False)
    assert not list(tmp_path.iterdir())


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    release = frozen(tmp_path)
    (release / "README.md").unlink()
    (release / "README.md").mkdir()
    assert "README.md: is missing" in said(release)


def test_folders_in_folders_and_pipes(tmp_path: Path) -> None:
    release = frozen(tmp_path, texts=False)
    (release / "more" / "/".join("a" * 400)).mkdir(parents=True)
    assert verify(release) == []
    (release / "release.json").unlink()
    os.mkfifo(release / "release.json")
    assert "release.json: is no plain file" in said(release)  # and nobody waits for the pipe
    (release / "release.json").unlink()
    (release / "release.json").symlink_to(tmp_path / "elsewhere")
    assert "release.json: is a link" in said(release)


@pytest.mark.parametrize("name", ["README.md", "spans/test.jsonl", "release.json"])
def test_texts_come_back_into_sound_releases_only(name: str, tmp_path: Path) -> None:
    """Each of these could be read all the same, and would come out with right checksums."""
    release = frozen(tmp_path, texts=False)
    with (release / name).open("ab") as file:
        file.write(b"\n")
    with pytest.raises(QuotemarkError, match=f"{name}: is not as it was frozen"):
        hydrate(release, Corpus(GOLD.documents), tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_many_findings_are_cut(tmp_path: Path) -> None:
    gold = Corpus({}, tuple(Annotation(f"d{n}", "", "gold", status="gold") for n in range(50)))
    with pytest.raises(QuotemarkError) as caught:
        freeze(gold, tmp_path / "r", name="r@1")
    assert len(caught.value.problems) == 21
    assert "there are 30 more problems" in str(caught.value)
