"""What goes to a real Label Studio server comes back from it, and nothing is made twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from quotemark import formats
from quotemark.errors import QuotemarkError
from quotemark.labelstudio.remote import plan, pull, push
from quotemark.labelstudio.studio import Studio
from quotemark.model import Annotation, Asked, Document, Entity, Relation, Span
from quotemark.scheme import default_path, default_scheme, parse_scheme
from quotemark.tasks import Task, Window, split
from support.servers import Answer, Request, relay, served

pytestmark = pytest.mark.live

SCHEME = default_scheme()
ARTICLE = Path(__file__).parents[2] / "annotations" / "pompeo-north-korea"

TEXT = (
    "😀 \u202bقالت سارة\u202c: «نعم».\r\n\r\n"
    '"I agree", said  Zoë 👩‍👩‍👧 Roux, "but not today".\r\n'
    "It was <b>over</b> &amp; done, she said."
)


def document(name: str) -> Document:
    sara = {"id": "sara", "name": "سارة", "aliases": ["she"]}
    return Document(
        name, TEXT, {"title": "<i>Yes</i> & no", "entities": [sara], "targets": ["a, b"]}
    )


def annotation(doc: Document, annotator: str) -> Annotation:
    """A layer with everything that a layer can hold."""

    def at(words: str) -> tuple[int, int]:
        return TEXT.index(words), TEXT.index(words) + len(words)

    spans = (
        Span("q1", "Quote", (at("«نعم»"),), {"form": "direct", "source": "mention"}),
        Span("s1", "Speaker", (at("سارة"),), {"entity": "سارة", "kind": "named"}),
        Span(
            "q#2@é ",
            "Quote",
            (at('"I agree"'), at('"but not today"')),
            {"form": "direct", "source": "elsewhere", "source_entity": ("A$AP", "سارة")},
            0.75,
            {"unsure": True, "comment": "Who? 😀", "decision": {"by": ["x"]}},
        ),
        Span("s2", "Speaker", (at("Zoë 👩‍👩‍👧 Roux"),), {"entity": "Zoë Roux", "kind": None}),
        Span("c1", "Cue", (at("said"),)),
        Span("t1", "Stance", (at("agree"),), {"polarity": "support", "target": "a, b"}),
        Span(
            "t2", "Stance", (at("agree"),), {"polarity": "neutral", "target": "x", "holder": None}
        ),
        Span("q3", "Quote", (at("It was <b>over</b> &amp; done"),), {"form": "indirect"}),
    )
    relations = (
        Relation("said_by", "q1", "s1"),
        Relation("said_by", "q#2@é ", "s2"),
        Relation("cued_by", "q#2@é ", "c1"),
        Relation("expressed_in", "t1", "q#2@é "),
        Relation("held_by", "t2", "s1"),
    )
    return Annotation(
        doc.id,
        doc.sha256,
        annotator,
        spans,
        relations,
        (*doc.entities, Entity("zoe", "Zoë Roux", ("Roux",))),
        Asked(labels=("Quote", "Speaker", "Cue", "Stance")),
        scheme=SCHEME.id,
        provenance={"guidelines": "1"},
    )


def send(server: Studio, tasks: list[Task], project: str, **options: bool) -> Any:
    where = {"url": server.url, "token": server.token, "project": project, "scheme": SCHEME}
    return push(tasks, **where, **options)  # type: ignore[arg-type]


def fetch(server: Studio, project: str, **options: bool) -> Any:
    where = {"url": server.url, "token": server.token, "project": project, "scheme": SCHEME}
    return pull(**where, **options)  # type: ignore[arg-type]


def content(layer: Annotation) -> tuple[object, ...]:
    """All of a layer but how it came about."""
    return layer.spans, layer.relations, layer.entities, layer.asked, layer.status, layer.scheme


@pytest.mark.parametrize("window", ["document", "paragraphs"])
def test_two_annotators_work_comes_back(
    server: Studio, annotators: tuple[str, str], window: Window
) -> None:
    doc = document("two")
    first = annotation(doc, annotators[0])
    second = replace(first, annotator=annotators[1], spans=first.spans[:2], relations=())
    project = f"Two annotators, {window}"
    tasks = split(doc, [first, second], window=window, scheme=SCHEME.id)
    send(server, tasks, project)
    corpus = fetch(server, project).corpus
    assert corpus.documents == {doc.id: doc}
    layers = {layer.annotator: layer for layer in corpus}
    assert set(layers) == set(annotators)
    assert content(layers[annotators[0]]) == content(first)
    assert content(layers[annotators[1]]) == content(second)
    assert layers[annotators[0]].provenance["guidelines"] == "1"


def test_the_article_comes_back(server: Studio, annotators: tuple[str, str]) -> None:
    layers = [ARTICLE / f"quotemark-{name}.jsonl" for name in "ab"]
    corpus = formats.read(ARTICLE / "pompeo-north-korea.txt", *layers)
    (doc,) = corpus.documents.values()
    given = [replace(a, annotator=who) for a, who in zip(corpus, annotators, strict=True)]
    send(server, split(doc, given, window=4, scheme=SCHEME.id), "The article")
    pulled = fetch(server, "The article").corpus
    assert pulled.documents == {doc.id: doc}
    for before, after in zip(given, sorted(pulled, key=lambda a: a.annotator), strict=True):
        assert after.annotator == before.annotator
        assert content(after) == content(before)


def test_nothing_is_made_twice(server: Studio) -> None:
    doc = document("again")
    tasks = split(doc, window=1, scheme=SCHEME.id)
    keys = tuple(task.key for task in tasks)
    assert len(keys) == 3
    assert send(server, tasks[:2], "Again").created == keys[:2]
    report = send(server, tasks, "Again")
    assert (report.created, report.unchanged, report.updated) == (keys[2:], keys[:2], ())
    changed = [replace(tasks[0], entities=(Entity("n", "New"),)), *tasks[1:]]
    report = send(server, changed, "Again")
    assert (report.created, report.unchanged, report.updated) == ((), keys[1:], keys[:1])
    assert fetch(server, str(report.project)).corpus.documents == {doc.id: doc}


def test_predictions_come_with_their_model(server: Studio, client: Any) -> None:
    doc = document("guess")
    layer = replace(annotation(doc, "rules 0.1"), status="predicted")
    send(server, split(doc, scheme=SCHEME.id), "Guesses")
    report = send(server, split(doc, predictions=[layer], scheme=SCHEME.id), "Guesses")
    assert report.updated == (f"guess:0-{len(TEXT)}",)
    assert client.projects.get(report.project).model_version == "rules 0.1"
    (back,) = fetch(server, "Guesses", predictions=True).corpus
    assert content(back) == content(layer)
    assert fetch(server, "Guesses").corpus.annotations == ()


def test_drafts_skips_and_second_thoughts_are_told_apart(server: Studio, client: Any) -> None:
    from label_studio_sdk.core.api_error import ApiError

    doc = document("kinds")
    (task,) = split(doc, scheme=SCHEME.id)
    number = send(server, [task], "Kinds").project
    there = next(iter(client.tasks.list(project=number)))

    def cue(start: int) -> list[dict[str, Any]]:
        value = {"start": start, "end": start + 1, "labels": ["Cue"]}
        common = {"id": "c", "from_name": "label", "to_name": "text", "type": "labels"}
        return [{**common, "value": value}]

    for start, skipped in ((0, False), (2, False), (4, True)):
        client.annotations.create(there.id, result=cue(start), was_cancelled=skipped)
    try:
        client._client_wrapper.httpx_client.request(
            f"api/tasks/{there.id}/drafts", method="POST", json={"result": cue(6), "lead_time": 1}
        )
    except ApiError as failure:
        pytest.fail(str(failure.body))
    layers = fetch(server, "Kinds").corpus.annotations
    assert {layer.annotator for layer in layers} == {server.username}
    starts = {layer.status: layer.spans[0].start for layer in layers}
    assert starts == {"submitted": 2, "cancelled": 4, "draft": 6}


def test_a_broken_annotation_stops_the_pull_unless_told_to_go_on(
    server: Studio, client: Any
) -> None:
    doc = document("broken")
    number = send(server, split(doc, scheme=SCHEME.id), "Broken").project
    there = next(iter(client.tasks.list(project=number)))
    arrow = {"type": "relation", "from_id": "a", "to_id": "b", "labels": ["said_by"]}
    client.annotations.create(there.id, result=[arrow])
    with pytest.raises(QuotemarkError, match="leads to no region"):
        fetch(server, "Broken")
    pulled = fetch(server, "Broken", keep_going=True)
    assert pulled.corpus.annotations == ()
    assert [problem.code for problem in pulled.problems] == ["dangling"]


def test_what_must_not_be_pushed_is_not(server: Studio, client: Any) -> None:
    doc = document("careful")
    tasks = split(doc, scheme=SCHEME.id)
    send(server, tasks, "Careful")
    other = Document("careful", TEXT.replace("not", "now"), doc.meta)
    with pytest.raises(QuotemarkError, match="another text of it"):
        send(server, split(other, scheme=SCHEME.id), "Careful")
    strangers = split(doc, [annotation(doc, "nobody@example.org")], scheme=SCHEME.id)
    with pytest.raises(QuotemarkError, match="is no user of the server"):
        send(server, strangers, "Strangers")
    assert "Strangers" not in [project.title for project in client.projects.list()]
    mine = parse_scheme('name = "mine"\nversion = "1"\n[labels.Quote]\n')
    where = {"url": server.url, "token": server.token, "project": "Careful", "scheme": mine}
    with pytest.raises(QuotemarkError, match="another labelling configuration"):
        push(tasks, **where)  # type: ignore[arg-type]
    parts = split(doc, window=1, scheme=SCHEME.id)
    assert len(parts) > 1
    overlaps = "careful: the window 0-[0-9]+ overlaps 0-[0-9]+ in the project"
    with pytest.raises(QuotemarkError, match=overlaps):
        send(server, parts, "Careful")
    with pytest.raises(QuotemarkError, match=overlaps):
        plan(parts, **where)  # type: ignore[arg-type]
    with pytest.raises(QuotemarkError, match=overlaps):  # and the configuration is as it was
        push(parts, **where, update_config=True)  # type: ignore[arg-type]
    assert send(server, tasks, "Careful").unchanged == (tasks[0].key,)
    assert push(tasks, **where, update_config=True).unchanged  # type: ignore[arg-type]


def test_a_configuration_is_replaced_only_where_the_work_fits(
    server: Studio, client: Any, annotators: tuple[str, str]
) -> None:
    doc = document("grown")
    work = annotation(doc, annotators[0])
    number = send(server, split(doc, [work], scheme=SCHEME.id), "Grown").project
    tasks = split(replace(doc, meta={**doc.meta, "note": "new"}), scheme=SCHEME.id)
    before = client.projects.get(number).label_config
    toml = default_path("scheme.toml").read_text(encoding="utf-8")
    where: dict[str, Any] = {"url": server.url, "token": server.token, "project": "Grown"}
    for old, new, complaint in (
        ('values = ["direct", "indirect", "mixed"]', 'values = ["direct"]', "Quote.form:indirect"),
        ("[labels.Speaker.attributes.kind]", "[labels.Speaker.attributes.sort]", "Speaker.kind"),
    ):
        narrower = parse_scheme(toml.replace(old, new).replace('kind = "kind"', ""))
        with pytest.raises(QuotemarkError, match=complaint) as caught:
            push(tasks, **where, scheme=narrower, update_config=True)
        assert len(str(caught.value).splitlines()) == 1
        assert client.projects.get(number).label_config == before
    wider = parse_scheme(toml + '[labels.Place]\nhotkey = "p"\n')
    assert push(tasks, **where, scheme=wider, update_config=True).updated
    assert client.projects.get(number).label_config != before
    (back,) = pull(**where, scheme=wider).corpus
    assert content(back) == content(work)


@pytest.fixture
def flaky(server: Studio) -> Iterator[Studio]:
    """The server, behind a gateway that fails on imports after having passed them on."""

    def answer(request: Request) -> Answer:
        given = relay(request, server.url)
        failed = request.method == "POST" and "/import" in request.path
        return Answer(503, b"") if failed else given

    with served(answer) as url:
        yield replace(server, url=url)


def test_an_import_that_fails_after_it_was_done_is_not_repeated(
    server: Studio, flaky: Studio
) -> None:
    doc = document("flaky")
    tasks = split(doc, window=1, scheme=SCHEME.id)
    report = send(flaky, tasks, "Behind a gateway")
    assert report.created == tuple(task.key for task in tasks)
    assert send(server, tasks, "Behind a gateway").unchanged == report.created
    assert fetch(server, "Behind a gateway").corpus.documents == {doc.id: doc}
