"""An article's text changes while a project has annotations of it: they follow, or all stays."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from quotemark import formats
from quotemark.errors import QuotemarkError
from quotemark.labelstudio.remote import PushPlan, plan, pull, push
from quotemark.labelstudio.studio import Studio
from quotemark.model import Annotation, Document, Relation, Span
from quotemark.scheme import default_scheme
from quotemark.tasks import Task, split
from support.killing import killed
from support.servers import Answer, Request, relay, served

pytestmark = pytest.mark.live

SCHEME = default_scheme()
FERRY = '😀 "The old ferry must go by the end of next year", said Ana Brandt on Monday.\n\n'
TOLLS = '"Nobody will ever pay a toll to cross this river", said Bo Lund of the council.\r\n\r\n'
VOTE = "The council votes on the plan in May.\n"
OLD = FERRY + TOLLS + VOTE
NEW = (
    "Updated on Tuesday with a word from the mayor.\n\n"
    + TOLLS
    + FERRY.replace("on Monday", "late on Monday")
    + '"We shall see", the mayor said.\n\n'
)


def document(name: str, text: str) -> Document:
    return Document(name, text, {"title": "Ferry"})


def work(doc: Document, annotator: str) -> Annotation:
    def at(words: str) -> tuple[tuple[int, int], ...]:
        return ((OLD.index(words), OLD.index(words) + len(words)),)

    spans = (
        Span("q1", "Quote", at(FERRY[2:49]), {"form": "direct", "source": "mention"}),
        Span("s1", "Speaker", at("Ana Brandt"), {"entity": "Ana Brandt", "kind": "named"}),
        Span("q2", "Quote", at(TOLLS[:49]), {"form": "direct"}, meta={"comment": "sure? 😀"}),
        Span("s2", "Speaker", at("Bo Lund"), {"entity": "Bo Lund", "kind": "named"}),
        Span("c3", "Cue", at("votes")),
    )
    arrows = (Relation("said_by", "q1", "s1"), Relation("said_by", "q2", "s2"))
    return Annotation(doc.id, doc.sha256, annotator, spans, arrows, scheme=SCHEME.id)


def tasks_of(doc: Document, *layers: Annotation) -> list[Task]:
    return split(doc, layers, window=1, scheme=SCHEME.id)


def send(server: Studio, tasks: list[Task], project: str, **options: Any) -> Any:
    where: dict[str, Any] = {"url": server.url, "token": server.token, "project": project}
    return push(tasks, **where, scheme=SCHEME, **options)


def dry(server: Studio, tasks: list[Task], project: str, **options: Any) -> PushPlan:
    where: dict[str, Any] = {"url": server.url, "token": server.token, "project": project}
    return plan(tasks, **where, scheme=SCHEME, **options)


def fetch(server: Studio, project: str) -> Any:
    where: dict[str, Any] = {"url": server.url, "token": server.token, "project": project}
    return pull(**where, scheme=SCHEME).corpus


def marked(layer: Annotation, text: str) -> list[tuple[object, ...]]:
    """What a layer says, without where."""
    spans = {
        s.id: (s.label, s.surface(text), dict(s.attributes), dict(s.meta)) for s in layer.spans
    }
    arrows = [(r.label, spans[r.head], spans[r.tail]) for r in layer.relations]
    return [*sorted(spans.values(), key=repr), *sorted(arrows, key=repr)]


def begun(server: Studio, name: str, annotators: tuple[str, str]) -> tuple[Document, int]:
    """A project of the old text, with the work of two annotators."""
    doc = document(name.casefold().replace(" ", "-"), OLD)
    layers = [work(doc, annotators[0]), work(doc, annotators[1])]
    return doc, send(server, tasks_of(doc, *layers), name).project


def test_annotations_go_to_the_new_text(
    server: Studio, client: Any, annotators: tuple[str, str], tmp_path: Path
) -> None:
    old, number = begun(server, "Text", annotators)
    for task in client.tasks.list(project=number, fields="all"):
        for layer in task.annotations:
            client.annotations.update(layer["id"], lead_time=10.0)
    new = document(old.id, NEW)
    file = tmp_path / "earlier.jsonl"
    with pytest.raises(QuotemarkError, match="3 tasks, 6 annotations, 0 drafts"):
        send(server, tasks_of(new), "Text")
    foreseen = dry(server, tasks_of(new), "Text", reanchor=file)
    assert not file.exists()
    assert [task.id for task in fetch(server, "Text").documents.values()] == [old.id]
    (moved,) = send(server, tasks_of(new), "Text", reanchor=file).reanchored
    assert (foreseen.reanchored, foreseen.blocked, foreseen.lossless) == ((moved,), (), False)
    assert (moved.doc_id, moved.annotations, moved.waiting) == (old.id, 2, 0)
    assert {(s.annotator, s.label, s.surface) for s in moved.lost} == {
        (name, "Cue", "votes") for name in annotators
    }
    corpus = fetch(server, "Text")
    assert corpus.documents == {new.id: new}
    assert sorted(layer.annotator for layer in corpus) == sorted(annotators)
    for layer in corpus:
        given = work(old, layer.annotator)
        kept = replace(given, spans=tuple(s for s in given.spans if s.id != "c3"))
        assert marked(layer, NEW) == marked(kept, OLD)
    there = list(client.tasks.list(project=number, fields="all"))
    assert sorted(task.data["key"] for task in there) == sorted(t.key for t in tasks_of(new))
    # What nobody has seen is still to be labelled.
    assert {t.data["text"].split()[0]: len(t.annotations) for t in there} == {
        "Updated": 0,
        '"Nobody': 2,
        "😀": 2,
        '"We': 0,
    }
    assert {layer["lead_time"] for t in there for layer in t.annotations} == {10.0}
    before = formats.read(file)
    assert before.documents == {old.id: old}
    assert {a.annotator: marked(a, OLD) for a in before} == {
        name: marked(work(old, name), OLD) for name in annotators
    }
    again = send(server, tasks_of(new), "Text", reanchor=file)
    assert (again.created, again.reanchored, len(again.unchanged)) == ((), (), 4)


def test_a_draft_in_an_old_task_stands_in_the_way(
    server: Studio, client: Any, annotators: tuple[str, str], tmp_path: Path
) -> None:
    old, number = begun(server, "Text, draft", annotators)
    first, *_ = client.tasks.list(project=number)
    mark = {"start": 0, "end": 1, "text": "x", "labels": ["Cue"]}
    result = [{"id": "x", "from_name": "label", "to_name": "text", "type": "labels", "value": mark}]
    body = {"result": result, "lead_time": 1}
    web = client._client_wrapper.httpx_client
    draft = web.request(f"api/tasks/{first.id}/drafts", method="POST", json=body).json()
    file = tmp_path / "earlier.jsonl"
    tasks = tasks_of(document(old.id, NEW))
    with pytest.raises(QuotemarkError, match=f"{server.username} has an unsaved draft") as told:
        send(server, tasks, "Text, draft", reanchor=file)
    foreseen = dry(server, tasks, "Text, draft", reanchor=file)
    assert (foreseen.blocked, foreseen.lossless) == (told.value.problems, False)
    assert not file.exists()
    assert len(list(client.tasks.list(project=number))) == 3
    web.request(f"api/drafts/{draft['id']}/", method="DELETE")
    (moved,) = send(server, tasks, "Text, draft", reanchor=file).reanchored
    assert moved.waiting == 0


def test_work_in_an_old_task_meanwhile_is_brought_over(
    server: Studio, client: Any, annotators: tuple[str, str], tmp_path: Path
) -> None:
    old, number = begun(server, "Text, meanwhile", annotators)
    every = client.tasks.list(project=number, fields="all")
    saved = next(t.annotations[0] for t in every if "Ana" in t.data["text"])
    changed = [r for r in saved["result"] if r["type"] != "relation"]
    moments: list[str] = []

    def answer(asked: Request) -> Answer:
        given = relay(asked, server.url)
        if asked.method == "POST" and asked.path.endswith("/annotations/") and not moments:
            moments.append(asked.path)
            client.annotations.update(saved["id"], result=changed)
        return given

    with served(answer) as url:
        tasks = tasks_of(document(old.id, NEW))
        file = tmp_path / "earlier.jsonl"
        there = replace(server, url=url)
        (moved,) = send(there, tasks, "Text, meanwhile", reanchor=file).reanchored
    assert (len(moments), moved.waiting) == (1, 0)
    arrows = {a.annotator: len(a.relations) for a in fetch(server, "Text, meanwhile")}
    assert sorted(arrows.values()) == [1, 2]


def test_a_push_that_is_killed_anywhere_is_finished_by_the_next(
    server: Studio, client: Any, annotators: tuple[str, str], tmp_path: Path
) -> None:
    old, number = begun(server, "Text, killed", annotators)
    new = document(old.id, NEW)
    file = tmp_path / "earlier.jsonl"
    here, values = Path(__file__), [old.id, str(file)]
    ends = [killed(server, here, "push_killed", values, at=fatal) for fatal in (1, 2, 3, 4)]
    assert ends[:3] == [True] * 3
    send(server, tasks_of(new), "Text, killed", reanchor=file)
    there = list(client.tasks.list(project=number, fields="all"))
    assert sorted(task.data["key"] for task in there) == sorted(t.key for t in tasks_of(new))
    assert sum(len(task.annotations) for task in there) == 4
    corpus = fetch(server, "Text, killed")
    assert corpus.documents == {new.id: new}
    for layer in corpus:
        given = work(old, layer.annotator)
        kept = replace(given, spans=tuple(s for s in given.spans if s.id != "c3"))
        assert marked(layer, NEW) == marked(kept, OLD)
    before = formats.read(file)
    assert {a.annotator: marked(a, OLD) for a in before} == {
        name: marked(work(old, name), OLD) for name in annotators
    }
    tasks = json.loads(Path(f"{file}.tasks.json").read_bytes())
    assert len(tasks) == 3


def push_killed(url: str, doc_id: str, file: str) -> None:
    """The push of the test above, in a process of its own."""
    where: dict[str, Any] = {"url": url, "token": os.environ["LABEL_STUDIO_API_KEY"]}
    tasks = tasks_of(document(doc_id, NEW))
    push(tasks, **where, project="Text, killed", scheme=SCHEME, reanchor=Path(file))
