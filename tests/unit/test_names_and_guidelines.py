"""`import --name` and `config --guidelines`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from quotemark.cli.app import app
from quotemark.formats import read
from quotemark.guidelines import BEGIN, END, label_table
from quotemark.labelstudio.codec import to_json
from quotemark.labelstudio.config import labeling_config
from quotemark.model import Annotation, Document, Span
from quotemark.scheme import default_scheme, parse_scheme
from quotemark.tasks import split

DOC = Document("d", "He said so. 😀")
ANN = Annotation(
    "d", DOC.sha256, "a=n@x.org", (Span("c", "Cue", ((3, 7),)),), scheme=default_scheme().id
)
BEA = replace(ANN, annotator="bea@x.org", spans=())


class Ran:
    """What a command printed, and how it ended; a traceback is a failure at once."""

    def __init__(self, *args: object) -> None:
        result = CliRunner().invoke(app, [str(arg) for arg in args])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr


@pytest.fixture
def export(tmp_path: Path) -> Path:
    tasks = split(DOC, [ANN, BEA], scheme=default_scheme().id)
    file = tmp_path / "export.json"
    file.write_text(json.dumps([to_json(task, default_scheme()) for task in tasks]))
    return file


def test_annotators_get_the_names_that_are_given(export: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    done = Ran("import", export, "-o", out, "--name", "a=n@x.org=ann", "--name", "bea@x.org=bea")
    assert done.code == 0
    assert read(out).by_annotator() == {
        "ann": (replace(ANN, annotator="ann"),),
        "bea": (replace(BEA, annotator="bea"),),
    }
    assert "x.org" not in out.read_text()  # a pseudonym keeps no address behind


def test_names_may_be_exchanged(export: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    swap = ("--name", "a=n@x.org=bea@x.org", "--name", "bea@x.org=a=n@x.org")
    assert Ran("import", export, "-o", out, *swap).code == 2  # a=n@x.org is taken to the last =
    swap = ("--name", "a=n@x.org=bea@x.org", "--name", "bea@x.org=ann")
    assert Ran("import", export, "-o", out, *swap).code == 0
    assert {a.annotator: len(a.spans) for a in read(out)} == {"bea@x.org": 1, "ann": 0}


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["ann"], "USER=NAME"),
        (["=ann"], "USER=NAME"),
        (["bea@x.org="], "USER=NAME"),
        (["zoe=z"], "no annotator 'zoe'"),
        (["zoe=z"], "name one of: a=n@x.org, bea@x.org"),
        (["bea@x.org=b", "bea@x.org=c"], "already"),
        (["bea@x.org=a=n@x.org", "a=n@x.org=x"], "no annotator 'bea@x.org=a'"),
        (["bea@x.org=x", "a=n@x.org=x"], "2 annotations would be by 'x'"),
    ],
)
def test_names_that_cannot_be_given(
    export: Path, tmp_path: Path, names: list[str], said: str
) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("as it was")
    done = Ran("import", export, "-o", out, *(word for name in names for word in ("--name", name)))
    assert (done.code, done.out) == (2, "")
    assert said in " ".join(done.err.replace("│", " ").split())
    assert out.read_text() == "as it was"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_config_writes_the_table_of_a_guidelines_page(tmp_path: Path, end: str) -> None:
    page = tmp_path / "G.md"
    old = ["# Ours 😀", "", BEGIN, "an old table", END, "", "The rest."]
    page.write_bytes(end.join(old).encode())
    done = Ran("config", "--guidelines", page)
    assert (done.code, done.out) == (0, labeling_config(default_scheme()))
    new = page.read_bytes().decode().split(end)
    table = label_table(default_scheme()).split("\n")
    assert new == ["# Ours 😀", "", BEGIN, "", *table, "", END, "", "The rest."]
    assert Ran("config", "--guidelines", page, "-o", tmp_path / "config.xml").out == ""
    assert page.read_bytes().decode().split(end) == new


def test_the_table_is_that_of_the_scheme_given(tmp_path: Path) -> None:
    scheme, page = tmp_path / "own.toml", tmp_path / "G.md"
    scheme.write_text('name = "own"\nversion = "1"\n[labels.Claim]\ndescription = "a | b"\n')
    page.write_text(f"{BEGIN}\n{END}\n")
    assert Ran("config", "--guidelines", page, "--scheme", scheme).code == 0
    assert "| **Claim** |  | a \\| b |  |" in page.read_text().split("\n")


@pytest.mark.parametrize("content", ["# none", f"{END}\n{BEGIN}\n", BEGIN])
def test_a_page_without_a_place_stays_as_it_is(tmp_path: Path, content: str) -> None:
    page, config = tmp_path / "G.md", tmp_path / "config.xml"
    page.write_text(content)
    done = Ran("config", "--guidelines", page, "-o", config)
    assert (done.code, done.out) == (2, "")
    assert f"{page}: has no place for the label table [guidelines]; put the lines" in done.err
    assert (page.read_text(), config.exists()) == (content, False)
    assert Ran("config", "--guidelines", tmp_path / "none.md").code == 2


def test_the_label_table_has_keys_attributes_and_relations() -> None:
    text = (
        'name = "s"\nversion = "1"\n[labels.A]\nhotkey = "a"\ndescription = "an\\nA"\n'
        '[labels.A.attributes.x]\ntype = "choice"\nvalues = ["p", "q"]\n'
        '[labels.A.attributes.y]\ntype = "entity"\nmany = true\n'
        'when = { attribute = "x", value = "q" }\n'
        '[relations.r]\nhead = "A"\ntail = "A"\nmost = 2\ndescription = "to"\n'
    )
    assert label_table(parse_scheme(text)).splitlines() == [
        "| label | key | what it is | attributes |",
        "|---|---|---|---|",
        "| **A** | `a` | an A | *x*: p, q<br>*y*: an entity, several if *x* is q |",
        "",
        "| relation | from | to | what it is |",
        "|---|---|---|---|",
        "| *r* | A | A | to, at most 2 |",
    ]
