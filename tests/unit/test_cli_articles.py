"""`split`, `check` and `init` on good files and on bad ones."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from quotemark.cli.app import app
from quotemark.cli.init import starter_sidecar
from quotemark.formats import jsonl, read
from quotemark.formats.labelstudio import read_tasks
from quotemark.formats.meta import read_sidecar
from quotemark.labelstudio.config import labeling_config
from quotemark.model import Annotation, Corpus, Document, Span
from quotemark.scheme import default_scheme
from quotemark.tasks import stitch
from support.corpora import ANY_TEXTS

TEXT = (
    "Talks fail\r\n\r\n“It is over”, said Ana Lund.\r\n\r\n“We go on.\r\n\r\n“Always”, "
    "Bo Berg said 😀.\r\n\r\nShe left.\r\n"
)
OWN = 'name = "own"\nversion = "1"\ntargets = ["trade"]\n[labels.Claim]\nhotkey = "c"\n'


class Ran:
    """What a command printed, and how it ended; a traceback is a failure at once."""

    def __init__(self, *args: object, stdin: bytes = b"") -> None:
        result = CliRunner().invoke(app, [str(arg) for arg in args], input=stdin)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "talks.txt"
    path.write_bytes(TEXT.encode())
    return path


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    spans = (Span("q", "Quote", ((14, 26),), {"form": "direct"}),)
    layer = Annotation("talks", Document("talks", TEXT).sha256, "ann", spans)
    path = tmp_path / "gold.jsonl"
    path.write_bytes(b"".join(jsonl.write(Corpus({}, (layer,)))))
    return path


def test_split_writes_tasks_that_stitch_to_the_article(article: Path, tmp_path: Path) -> None:
    out = tmp_path / "tasks.json"
    ran = Ran("split", article, "-o", out, "--window", "paragraphs", "--context", "1")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "quotemark: 1 article, 4 tasks\n"
    tasks = read_tasks(out)
    assert stitch(tasks).documents == read(article).documents
    assert [task.text.split()[0] for task in tasks] == ["Talks", "“It", "“We", "She"]
    assert (tasks[1].before, tasks[1].after) == ("Talks fail", "“We go on.")
    assert not any(task.predictions for task in tasks)
    assert {e.name for e in tasks[0].entities} == {"Ana Lund", "Bo Berg"}


def test_split_takes_the_whole_article_unless_told(article: Path) -> None:
    ran = Ran("split", article)
    (task,) = json.loads(ran.out)
    assert ran.code == 0
    assert task["data"]["key"] == f"talks:0-{len(TEXT)}"
    assert task["data"]["text"] == TEXT


def test_split_offers_the_sidecars_speakers_and_the_extractors(article: Path) -> None:
    article.with_suffix(".toml").write_text(
        'targets = ["talks"]\n[[entities]]\nid = "c"\nname = "Cy Dahl"\n', encoding="utf-8"
    )
    own = json.loads(Ran("split", article).out)[0]["data"]
    assert [choice["value"] for choice in own["speakers"]] == ["Cy Dahl"]
    ran = Ran("split", article, "--extractor", "rules")
    (task,) = json.loads(ran.out)
    assert {c["value"] for c in task["data"]["speakers"]} >= {"Cy Dahl", "Ana Lund"}
    assert task["predictions"][0]["model_version"].startswith("rules")
    assert "pre-annotated by rules" in ran.err


def test_split_takes_work_along(article: Path, gold: Path, tmp_path: Path) -> None:
    out = tmp_path / "tasks.json"
    assert Ran("split", article, "-o", out, "--window", "1", "--annotations", gold).code == 0
    assert stitch(read_tasks(out)).annotations == read(gold).annotations
    predicted = tmp_path / "pred.jsonl"
    predicted.write_bytes(gold.read_bytes().replace(b'"submitted"', b'"predicted"'))
    line = json.loads(gold.read_text(encoding="utf-8"))
    predicted.write_text(json.dumps({**line, "status": "predicted"}), encoding="utf-8")
    assert Ran("split", article, "-o", out, "--annotations", predicted).code == 0
    (task,) = read_tasks(out)
    assert [layer.annotator for layer in task.predictions] == ["ann"]
    assert task.annotations == ()


def test_split_follows_another_scheme(article: Path, tmp_path: Path) -> None:
    scheme = tmp_path / "own.toml"
    scheme.write_text(OWN, encoding="utf-8")
    ran = Ran("split", article, "--scheme", scheme, "--window", "2")
    assert ran.code == 0
    data = json.loads(ran.out)[0]["data"]
    assert (data["scheme"], data["topics"]) == ("own@1", ["trade"])


def test_split_reads_folders_tables_and_standard_input(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x/a.md").write_text("---\ntitle: T\n---\nText.", encoding="utf-8")
    (tmp_path / "x/b.csv").write_bytes("url;body\nu1;Größe\n".encode("cp1252"))
    args = ["--id-column", "url", "--text-column", "body"]
    ran = Ran("split", tmp_path, *args, "--encoding", "cp1252")
    assert [task["data"]["document"] for task in json.loads(ran.out)] == ["x/a", "u1"]
    line = b'{"id": "in", "text": "half \\ud83d", "annotator": "ann"}\n'
    piped = Ran("split", "-", stdin=line)
    assert json.loads(piped.out)[0]["data"]["text"] == "half \ud83d"
    assert "--annotations" in piped.err


def test_split_says_what_it_guessed_and_what_is_empty(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Der Sprecher sagte: „Größe über alles“.".encode("cp1252"))
    (tmp_path / "b.txt").touch()
    ran = Ran("split", tmp_path)
    assert "a: read as cp1252, a guess" in ran.err
    assert "b: has no text" in ran.err


def test_check_of_sound_files_is_silent_on_stdout(
    article: Path, gold: Path, tmp_path: Path
) -> None:
    ran = Ran("check", gold, "--texts", article)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "quotemark: 1 annotation checked, no findings\n"
    alone = Ran("check", gold)
    assert (alone.code, "--texts" in alone.err) == (0, True)
    tasks = tmp_path / "tasks.json"
    Ran("split", article, "-o", tasks, "--annotations", gold, "--extractor", "rules")
    assert Ran("check", tasks).err == "quotemark: 2 annotations checked, no findings\n"
    assert Ran("check", "-", stdin=gold.read_bytes()).code == 0


def test_check_prints_a_line_for_each_finding(article: Path, gold: Path) -> None:
    line = json.loads(gold.read_text(encoding="utf-8"))
    line["spans"][0]["fragments"] = [[14, 900]]
    line["spans"][0]["attributes"] = {"form": "so\u001b[31m\nso"}
    gold.write_text(json.dumps(line), encoding="utf-8")
    ran = Ran("check", gold, "--texts", article)
    assert ran.code == 1
    offset, value = ran.out.splitlines()
    assert offset.startswith(
        f"{gold}: talks: ann: q: reaches to 900 in a text of {len(TEXT)} [offset]; "
    )
    assert "\\x1b[31m" in value
    assert "\x1b" not in value
    rows = json.loads(Ran("check", gold, "--texts", article, "--format", "json").out)
    assert [(row["code"], row["doc"], row["item"]) for row in rows] == [
        ("offset", "talks", "ann: q"),
        ("value", "talks", "ann: q"),
    ]


def test_check_of_wrong_texts(article: Path, gold: Path, tmp_path: Path) -> None:
    article.write_bytes(TEXT.replace("over", "on").encode())
    assert "[text-hash]" in Ran("check", gold, "--texts", article).out
    moved = article.rename(tmp_path / "moved.txt")
    moved.write_bytes(TEXT.encode())
    ran = Ran("check", gold, "--texts", moved)
    assert (ran.code, "[no-text]" in ran.out, "moved" in ran.out) == (1, True, True)


def test_init_starts_a_project(article: Path, tmp_path: Path) -> None:
    into = tmp_path / "my project"
    ran = Ran("init", article, "--into", into)
    assert ran.code == 0
    assert (into / "talks/talks.txt").read_bytes() == article.read_bytes()
    assert (into / "labeling_config.xml").read_text("utf-8") == labeling_config(default_scheme())
    assert sorted(p.name for p in into.iterdir()) == [
        *("GUIDELINES.md", "labeling_config.xml", "scheme.toml", "talks"),
    ]
    document = read(into / "talks").documents["talks"]
    assert document.title == "Talks fail"
    assert {entity.name for entity in document.entities} == {"Ana Lund", "Bo Berg"}
    step = next(line for line in ran.out.splitlines() if "quotemark split" in line)
    assert f"'{into}/talks/talks.txt'" in step


def test_init_with_a_scheme_of_ones_own(article: Path, tmp_path: Path) -> None:
    own, into = tmp_path / "own.toml", tmp_path / "project"
    own.write_text(OWN, encoding="utf-8")
    assert Ran("init", article, "--into", into, "--scheme", own).code == 0
    assert (into / "scheme.toml").read_bytes() == own.read_bytes()
    assert "Claim" in (into / "labeling_config.xml").read_text("utf-8")
    guidelines = (into / "GUIDELINES.md").read_text("utf-8")
    assert "| **Claim** |" in guidelines
    assert "Quote" not in guidelines


def test_init_takes_a_sidecar_along_and_keeps_a_guessed_encoding(
    article: Path, tmp_path: Path
) -> None:
    sidecar = b'title = "Mine"  # a comment\n'
    article.with_suffix(".toml").write_bytes(sidecar)
    legacy = tmp_path / "alt.txt"
    legacy.write_bytes("Der Sprecher sagte: „Größe über alles“.".encode("cp1252"))
    assert Ran("init", article, legacy, "--into", tmp_path / "p").code == 0
    assert (tmp_path / "p/talks/talks.toml").read_bytes() == sidecar
    assert read_sidecar(tmp_path / "p/alt/alt.txt")["encoding"] == "cp1252"


def test_init_overwrites_nothing(article: Path, tmp_path: Path) -> None:
    into = tmp_path / "p"
    (into / "talks").mkdir(parents=True)
    (into / "talks/talks.txt").write_text("mine", encoding="utf-8")
    (into / "GUIDELINES.md").symlink_to("nowhere")
    ran = Ran("init", article, "--into", into)
    assert ran.code == 2
    assert [line.split(": ")[1] for line in ran.err.splitlines()] == [
        str(into / "GUIDELINES.md"),
        str(into / "talks/talks.txt"),
    ]
    assert sorted(p.name for p in into.rglob("*")) == ["GUIDELINES.md", "talks", "talks.txt"]
    assert (into / "talks/talks.txt").read_text("utf-8") == "mine"


def test_init_leaves_nothing_half_written(article: Path, tmp_path: Path) -> None:
    into = tmp_path / "p"
    into.mkdir()
    (into / "talks").write_text("a file where a folder should be", encoding="utf-8")
    ran = Ran("init", article, "--into", into)
    assert (ran.code, "cannot be written" in ran.err) == (2, True)
    assert [p.name for p in into.iterdir()] == ["talks"]


def test_init_wants_single_articles_by_different_names(article: Path, tmp_path: Path) -> None:
    other = tmp_path / "x"
    other.mkdir()
    shutil.copy(article, other)
    (tmp_path / "a.csv").write_text("id,text\n../../b,x\n", encoding="utf-8")
    into = tmp_path / "p"
    for names in (
        [article, other / "talks.txt"],
        [tmp_path / "a.csv"],
        [other],
        ["-"],
        ["no.txt"],
        ["...txt"],
    ):
        ran = Ran("init", *names, "--into", into)
        assert (ran.code, ran.out, len(ran.err.splitlines())) == (2, "", 1)
        assert not into.exists()


HOSTILE = st.text(st.characters(), max_size=20) | st.sampled_from(
    ['a"\\b', "'''", '"""', "\x7f\x00", "]\n[x]\n", "# no", "“Yes”, said Ana \x1bLund."]
)


@given(ANY_TEXTS | HOSTILE, HOSTILE, HOSTILE.filter(bool))
def test_a_starter_sidecar_is_toml_whatever_it_holds(text: str, title: str, doc_id: str) -> None:
    meta = {"title": title, "language": title, "encoding": "cp1252"}
    parsed = tomllib.loads(starter_sidecar(Document(doc_id, text, meta)))
    assert parsed["id"] == doc_id.encode("utf-8", "replace").decode()
    assert parsed["encoding"] == "cp1252"


BAD = {
    "missing.txt": None,
    "missing.jsonl": None,
    "binary.txt": b"\x89PNG\r\n\x1a\n\x00\x00",
    "binary.jsonl": b"\x00\x01\x02",
    "truncated.jsonl": b'{"id": "talks", "annotator": "ann", "spans": [{"la',
    "truncated.json": b'[{"data": {"text": "x"',
    "deep.json": b"[" * 100_000,
    "object.json": b'{"data": {}}',
    "wrong.jsonl": b'{"id": "talks", "quotations": []}',
    "undecodable.txt": bytes(range(1, 256)) * 4,
    "ragged.csv": b"id,text\n1\n",
    "deep.html": b"<div>" * 100_000,
    "strange.docx": b"PK",
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("command", ["split", "check", "init"])
def test_bad_input_is_a_clear_line_and_leaves_things_alone(
    command: str, name: str, article: Path, tmp_path: Path
) -> None:
    path, out = tmp_path / name, tmp_path / "out"
    data = BAD[name]
    if data is not None:
        path.write_bytes(data)
    out.write_bytes(b"from before")
    args = {"split": ["-o", out], "check": ["--texts", article], "init": ["--into", out]}[command]
    ran = Ran(command, path, *args)
    assert (ran.code, ran.out) == (2, "")
    (line,) = ran.err.splitlines()
    assert line.startswith(f"quotemark: {path}")
    assert "; " in line
    assert out.read_bytes() == b"from before"


@pytest.mark.parametrize(
    "args",
    [
        ["split", "ARTICLE", "--scheme", "bad.toml"],
        ["split", "ARTICLE", "--scheme", "none.toml"],
        ["split", "ARTICLE", "--extractor", "magic"],
        ["split", "ARTICLE", "--encoding", "ascii"],
        ["split", "ARTICLE", "--annotations", "none.jsonl"],
        ["split", "ARTICLE", "--annotations", "ARTICLE"],
        ["split", "ARTICLE", "--annotations", "stray.jsonl"],
        ["split", "ARTICLE", "--annotations", "stale.jsonl"],
        ["split", "ARTICLE", "-o", "no/such/folder/tasks.json"],
        ["split", "stray.jsonl"],
        ["split", "empty"],
        ["check", "stale.jsonl", "--scheme", "bad.toml"],
        ["check", "stale.jsonl", "--texts", "none.txt"],
        ["init", "ARTICLE", "--encoding", "klingon"],
    ],
)
def test_what_else_cannot_be_used(
    args: list[str], article: Path, gold: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.toml").write_text("name = 5", encoding="utf-8")
    Path("stray.jsonl").write_text('{"id": "b", "annotator": "ann"}', encoding="utf-8")
    Path("stale.jsonl").write_text(
        '{"id": "talks", "annotator": "ann", "text_sha256": "0"}', encoding="utf-8"
    )
    Path("empty").mkdir()
    ran = Ran(*(str(article) if arg == "ARTICLE" else arg for arg in args))
    assert (ran.code, ran.out) == (2, "")
    assert all(line.startswith("quotemark: ") and "; " in line for line in ran.err.splitlines())


@pytest.mark.parametrize(
    "args",
    [
        ["split", "x.txt", "--window", "0"],
        ["split", "x.txt", "--window", "some"],
        ["split", "x.txt", "--context", "-1"],
        ["split", "-", "--annotations", "-"],
        ["check", "-", "--texts", "-"],
        ["check", "x.jsonl", "--format", "xml"],
    ],
)
def test_usage_errors(args: list[str]) -> None:
    assert Ran(*args).code == 2


def test_an_empty_file_of_articles_holds_none(tmp_path: Path) -> None:
    empty = tmp_path / "a.jsonl"
    empty.touch()
    ran = Ran("split", empty)
    assert (ran.code, "holds no article" in ran.err) == (2, True)
