"""The whole way with the real commands: article, tasks, a server, two annotators, gold, scores.

The commands get the server's address and token from the environment, and nothing else.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from quotemark.formats import read, write
from quotemark.labelstudio.codec import encode, from_json
from quotemark.labelstudio.studio import Studio
from quotemark.model import Annotation, Corpus, Document, Relation, Span
from quotemark.scheme import default_scheme
from quotemark.tasks import Task
from support.commands import quotemark
from support.members import Member

pytestmark = pytest.mark.live

SCHEME = default_scheme()
FOLDER = Path(__file__).parents[2] / "annotations" / "pompeo-north-korea"
ARTICLE = FOLDER / "pompeo-north-korea.txt"
LAYERS = {name: FOLDER / f"{name}.jsonl" for name in ("quotemark-a", "quotemark-b")}


class Desk:
    """A folder and a server, and the command between them."""

    def __init__(self, folder: Path, server: Studio) -> None:
        self.folder = folder
        self.environment = {"LABEL_STUDIO_URL": server.url, "LABEL_STUDIO_API_KEY": server.token}

    def run(self, *words: object) -> tuple[str, str]:
        """What a command that must succeed has printed, on each stream."""
        ran = quotemark(*words, folder=self.folder, env=self.environment)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout, ran.stderr


@pytest.fixture
def desk(tmp_path: Path, server: Studio) -> Desk:
    return Desk(tmp_path, server)


def part(layer: Annotation, task: Task) -> Annotation:
    """What of a layer an annotator can make in one task: what lies in its window."""
    spans = [s for s in layer.spans if task.start <= s.start and s.end <= task.end]
    ids = {span.id for span in spans}
    return replace(
        layer,
        spans=tuple(span.shifted(-task.start) for span in spans),
        relations=tuple(r for r in layer.relations if {r.head, r.tail} <= ids),
    )


def label(server: Studio, project: str, layer: Annotation, token: str) -> list[Annotation]:
    """Submit a layer in every task of a project, by the user whom the token belongs to."""
    import httpx
    from label_studio_sdk import LabelStudio

    parts = []
    with httpx.Client(timeout=60, trust_env=False) as transport:
        user: Any = LabelStudio(  # type: ignore[no-untyped-call]
            base_url=server.url, api_key=token, httpx_client=transport
        )
        (number,) = (p.id for p in user.projects.list() if p.title == project)
        for there in user.tasks.list(project=number, fields="all"):
            task = from_json(there.model_dump(mode="json"), SCHEME)
            parts.append(part(layer, task))
            user.annotations.create(there.id, result=encode(parts[-1], task, SCHEME))
    return parts


def own(layer: Annotation) -> Annotation:
    """A layer without what the server says of how it came about."""
    ours = {k: v for k, v in layer.provenance.items() if k not in ("label_studio", "tasks")}
    return replace(layer, provenance=ours)


@pytest.mark.parametrize("window", ["document", "3"])
def test_from_the_article_to_scores_and_back_at_every_step(
    desk: Desk, server: Studio, members: tuple[Member, Member], window: str
) -> None:
    project = f"The whole way, window {window}"
    _, said = desk.run(
        "split", ARTICLE, "--extractor", "rules", "--window", window, "-o", "tasks.json"
    )
    tasks = len(json.loads((desk.folder / "tasks.json").read_text(encoding="utf-8")))
    assert tasks == (1 if window == "document" else 8)
    assert said.endswith("pre-annotated by rules\n")
    shown, _ = desk.run("push", "tasks.json", "--project", project)
    assert shown.startswith(f"created {tasks}, updated 0, unchanged 0: {server.url}/projects/")

    # One annotator uses a personal access token, the other a legacy one.
    given = {name: next(iter(read(path))) for name, path in LAYERS.items()}
    tokens = (members[0].personal_token, members[1].legacy_token)
    for layer, token in zip(given.values(), tokens, strict=True):
        parts = label(server, project, layer, token)
        assert len(parts) == tasks
        # Windows were cut knowing `rules`' guesses and no annotator's: yet none cuts their work.
        assert sum(len(p.spans) for p in parts) == len(layer.spans)
        assert sum(len(p.relations) for p in parts) == len(layer.relations)

    names = [f"{member.email}={name}" for member, name in zip(members, LAYERS, strict=True)]
    pull = ["pull", "-p", project, "-o", "pulled.jsonl", "--name", names[0], "--name", names[1]]
    _, said = desk.run(*pull)
    assert said == "quotemark: annotations: 2, documents: 1, annotators: quotemark-a, quotemark-b\n"
    pulled = read(desk.folder / "pulled.jsonl")
    assert pulled.documents["pompeo-north-korea"].text == ARTICLE.read_text(encoding="utf-8")
    assert {layer.annotator: own(layer) for layer in pulled} == given

    shown, said = desk.run("check", "pulled.jsonl")
    assert (shown, said) == ("", "quotemark: 2 annotations checked, no findings\n")
    decisions = FOLDER / "decisions.toml"
    desk.run("adjudicate", "pulled.jsonl", "--decisions", decisions, "-o", "gold.jsonl")
    committed = FOLDER / "gold.jsonl"
    assert read(desk.folder / "gold.jsonl") == read(committed)

    desk.run("extract", ARTICLE, "--extractor", "rules", "-o", "rules.jsonl")
    scores = ["rules.jsonl", "--texts", ARTICLE, "--format", "json"]
    online, offline = (desk.run("score", gold, *scores)[0] for gold in ("gold.jsonl", committed))
    assert online == offline
    assert "gold:" in json.loads(online)["signature"]

    _, said = desk.run("pull", "-p", project, "-o", "all.jsonl", "--predictions")
    (guess,) = (layer for layer in read(desk.folder / "all.jsonl") if layer.status == "predicted")
    (extracted,) = read(desk.folder / "rules.jsonl")
    assert own(guess) == own(extracted)


APART = "The mayor spoke at noon.\n\nIt rained.\n\n“The bridge is safe.”\n\nEnd.\n"


def at(words: str) -> tuple[int, int]:
    return APART.index(words), APART.index(words) + len(words)


def test_work_across_windows_merges_them_where_it_is_known_at_the_split(
    desk: Desk, members: tuple[Member, Member]
) -> None:
    """A relation cannot leave a task. Split with the work, windows are merged for it."""
    doc = Document("apart", APART)
    spans = (
        Span("q", "Quote", (at("“The bridge is safe.”"),), {"form": "direct", "source": "mention"}),
        Span("s", "Speaker", (at("The mayor"),), {"entity": "The mayor", "kind": "nominal"}),
    )
    arrows = (Relation("said_by", "q", "s"),)
    layer = Annotation(doc.id, doc.sha256, members[0].email, spans, arrows, scheme=SCHEME.id)
    write(Corpus({doc.id: doc}, (layer,)), desk.folder / "work.jsonl")
    (desk.folder / "apart.txt").write_bytes(APART.encode())
    split = ["split", "apart.txt", "--window", "paragraphs", "-o", "tasks.json"]

    def texts() -> list[str]:
        tasks = json.loads((desk.folder / "tasks.json").read_text(encoding="utf-8"))
        return [task["data"]["text"].strip() for task in tasks]

    desk.run(*split)
    paragraphs = [line for line in APART.splitlines() if line]
    assert texts() == paragraphs
    desk.run(*split, "--annotations", "work.jsonl")
    assert texts() == ["\n\n".join(paragraphs[:3]), paragraphs[3]]
    desk.run("push", "tasks.json", "--project", "Work taken along")
    desk.run("pull", "--project", "Work taken along", "--output", "back.jsonl")
    (back,) = read(desk.folder / "back.jsonl")
    assert (back.spans, back.relations) == (layer.spans, layer.relations)
    assert back.annotator == members[0].email
