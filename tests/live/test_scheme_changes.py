"""A scheme changes while a project has annotations: they follow, or the project stays as it is."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from quotemark.errors import QuotemarkError
from quotemark.labelstudio.config import labeling_config
from quotemark.labelstudio.remote import Pulled, plan, pull, push
from quotemark.labelstudio.studio import Studio
from quotemark.model import Annotation, Document, Relation, Span
from quotemark.renaming import parse_renames, renamed
from quotemark.scheme import Scheme, default_path, default_scheme, parse_scheme
from quotemark.tasks import Task, split
from support.killing import killed
from support.members import Member
from support.servers import Answer, Request, relay, served

pytestmark = pytest.mark.live

OLD = default_scheme()
TEXT = '"Yes", said Ana.\n\n"No", said Bo.\n\nIt was over.\n'
RENAMES = [
    "Stance=Position",
    "Stance.polarity=Position.side",
    "Stance.polarity:support=favor",
    "Quote.form=Quote.manner",
    "said_by=source_is",
]


def new_scheme() -> Scheme:
    """The default scheme under the names of `RENAMES`."""
    toml = default_path("scheme.toml").read_text(encoding="utf-8")
    toml = toml.replace('version = "1.0"', 'version = "2.0"')
    for old, new in (
        ("Stance", "Position"),
        ("attributes.polarity", "attributes.side"),
        ('polarity = "polarity"', 'polarity = "side"'),
        ('"support"', '"favor"'),
        ("attributes.form", "attributes.manner"),
        ('form = "form"', 'form = "manner"'),
        ("[relations.said_by]", "[relations.source_is]"),
        ('said_by = "said_by"', 'said_by = "source_is"'),
    ):
        assert old in toml
        toml = toml.replace(old, new)
    return parse_scheme(toml)


NEW = new_scheme()


def layer(doc: Document, annotator: str, status: str = "submitted") -> Annotation:
    def at(words: str) -> tuple[tuple[int, int], ...]:
        return ((TEXT.index(words), TEXT.index(words) + len(words)),)

    spans = (
        Span("q1", "Quote", at('"Yes"'), {"form": "direct", "source": "mention"}),
        Span("s1", "Speaker", at("Ana"), {"entity": "Ana", "kind": "named"}),
        Span("t1", "Stance", at("Yes"), {"polarity": "support", "target": "it"}),
        Span("q2", "Quote", at('"No"'), {"form": "direct", "source": "mention"}),
        Span("s2", "Speaker", at("Bo"), {"entity": "Bo", "kind": "named"}),
        Span("t2", "Stance", at("No"), {"polarity": "oppose", "target": "it"}),
    )
    relations = (
        Relation("said_by", "q1", "s1"),
        Relation("said_by", "q2", "s2"),
        Relation("expressed_in", "t1", "q1"),
    )
    return Annotation(doc.id, doc.sha256, annotator, spans, relations, status=status, scheme=OLD.id)


def send(server: Studio, tasks: Sequence[Task], project: str, **options: Any) -> Any:
    where: dict[str, Any] = {"url": server.url, "token": server.token, "project": project}
    return push(tasks, **where, **{"scheme": OLD, **options})


def fetch(server: Studio, project: str, scheme: Scheme) -> Pulled:
    where: dict[str, Any] = {"url": server.url, "token": server.token, "project": project}
    return pull(**where, scheme=scheme, predictions=True)


def request(client: Any, method: str, path: str, json: Any = None, token: str = "") -> Any:
    web = client._client_wrapper.httpx_client
    if not token:
        return web.request(path, method=method, json=json).json()
    import httpx

    address = f"{client._client_wrapper.get_base_url().rstrip('/')}/{path}"
    headers = {"Authorization": f"Token {token}"}
    return httpx.request(method, address, json=json, headers=headers).raise_for_status().json()


def state(client: Any, project: int) -> list[Any]:
    """All of a project that a push might change."""
    settings = client.projects.get(project)
    tasks = [
        request(client, "GET", f"api/tasks/{task.id}")
        for task in client.tasks.list(project=project)
    ]
    drafts = [request(client, "GET", f"api/tasks/{task['id']}/drafts") for task in tasks]
    for one in (one for task in tasks for one in (*task["annotations"], *task["predictions"])):
        one.pop("created_ago")  # the clock's
    return [settings.label_config, settings.model_version, tasks, drafts]


def content(annotation: Annotation) -> tuple[object, ...]:
    return annotation.spans, annotation.relations, annotation.asked, annotation.scheme


def project_with_work(
    server: Studio, name: str, annotators: tuple[str, str]
) -> tuple[Document, list[Annotation], int]:
    doc = Document(name.casefold().replace(" ", "-"), TEXT)
    layers = [layer(doc, annotators[0]), layer(doc, annotators[1]), layer(doc, "m", "predicted")]
    tasks = split(doc, layers[:2], predictions=layers[2:], window=1, scheme=OLD.id)
    return doc, layers, send(server, tasks, name).project


def test_everything_follows_the_new_names(
    server: Studio, client: Any, annotators: tuple[str, str], tmp_path: Path
) -> None:
    doc, layers, number = project_with_work(server, "Names", annotators)
    before = state(client, number)
    backup = tmp_path / "before.json"
    tasks = split(doc, window=1, scheme=NEW.id)
    report = send(server, tasks, "Names", scheme=NEW, migrate=RENAMES, backup=backup)
    assert dict(report.renamed) == {"annotation": 4, "prediction": 2}
    assert client.projects.get(number).label_config.split() == labeling_config(NEW).split()
    renames = parse_renames(RENAMES, NEW)
    pulled = {found.annotator: found for found in fetch(server, "Names", NEW).corpus}
    for given in layers:
        assert content(pulled[given.annotator]) == content(renamed(given, renames, NEW))
    old, new = (
        {one["id"]: one for task in found[2] for one in task["annotations"]}
        for found in (before, state(client, number))
    )
    assert old.keys() == new.keys()
    for name, one in old.items():
        same = ("completed_by", "created_at", "lead_time", "was_cancelled", "parent_prediction")
        assert [new[name][at] for at in same] == [one[at] for at in same]
    kept = {
        one["id"]: one for one in json.loads(backup.read_bytes()) if one["kind"] == "annotation"
    }
    assert {name: one["result"] for name, one in kept.items()} == {
        name: old[name]["result"] for name in kept
    }
    again = state(client, number)
    report = send(server, tasks, "Names", scheme=NEW, migrate=RENAMES, backup=backup)
    assert (report.renamed, report.unchanged) == ((), tuple(task.key for task in tasks))
    assert state(client, number) == again


def test_what_is_not_renamed_stops_the_push(
    server: Studio, client: Any, annotators: tuple[str, str], tmp_path: Path
) -> None:
    doc, _, number = project_with_work(server, "Not renamed", annotators)
    before = state(client, number)
    tasks = split(doc, window=1, scheme=NEW.id)
    for migrate, missing in (
        ([], "label 'Stance', 6 times in 4 annotations and 2 predictions"),
        (["Stance=Position"], "attribute 'Position.polarity'"),
        (RENAMES[:2], "value 'Position.side:support', 3 times in 2 annotations and 1 prediction"),
        (RENAMES[:3], "attribute 'Quote.form'"),
        (RENAMES[:4], "relation 'said_by'"),
    ):
        with pytest.raises(QuotemarkError, match=missing):
            send(server, tasks, "Not renamed", scheme=NEW, migrate=migrate, update_config=True)
    assert state(client, number) == before


def test_drafts_follow_and_unsaved_changes_stand_in_the_way(
    server: Studio, client: Any, annotators: tuple[str, str], members: tuple[Member, Member]
) -> None:
    doc, _, number = project_with_work(server, "Drafts", annotators)
    first, *_ = client.tasks.list(project=number)
    mine = members[0]
    mark = {"start": 1, "end": 4, "text": "Yes", "labels": ["Stance"]}
    result = [{"id": "x", "from_name": "label", "to_name": "text", "type": "labels", "value": mark}]
    body = {"result": result, "lead_time": 1}
    path = f"api/tasks/{first.id}/drafts"
    own = request(client, "POST", path, body, mine.legacy_token)
    saved = request(client, "GET", f"api/tasks/{first.id}/annotations/")[0]["id"]
    path = f"api/tasks/{first.id}/annotations/{saved}/drafts"
    attached = request(client, "POST", path, body, mine.legacy_token)
    tasks = split(doc, window=1, scheme=NEW.id)
    before = state(client, number)
    with pytest.raises(QuotemarkError, match=f"{mine.email} has unsaved changes"):
        send(server, tasks, "Drafts", scheme=NEW, migrate=RENAMES)
    assert state(client, number) == before
    client._client_wrapper.httpx_client.request(f"api/drafts/{attached['id']}/", method="DELETE")
    assert dict(send(server, tasks, "Drafts", scheme=NEW, migrate=RENAMES).renamed)["draft"] == 1
    (draft,) = request(client, "GET", f"api/tasks/{first.id}/drafts")
    assert (draft["id"], draft["user"]) == (own["id"], own["user"])
    assert draft["result"][0]["value"]["labels"] == ["Position"]


def test_a_migration_that_is_killed_anywhere_is_finished_by_the_next(
    server: Studio, client: Any, annotators: tuple[str, str], tmp_path: Path
) -> None:
    doc, layers, _ = project_with_work(server, "Killed", annotators)
    backup = tmp_path / "before.json"
    here, values = Path(__file__), [str(backup)]
    assert all(killed(server, here, "migrate_killed", values, at=fatal) for fatal in (1, 2, 3, 4))
    tasks = split(doc, window=1, scheme=NEW.id)
    send(server, tasks, "Killed", scheme=NEW, migrate=RENAMES, backup=backup)
    renames = parse_renames(RENAMES, NEW)
    pulled = {found.annotator: found for found in fetch(server, "Killed", NEW).corpus}
    for given in layers:
        assert content(pulled[given.annotator]) == content(renamed(given, renames, NEW))
    assert len(json.loads(backup.read_bytes())) == 6


def migrate_killed(url: str, backup: str) -> None:
    """The migration of the test above, in a process of its own."""
    doc = Document("killed", TEXT)
    push(
        split(doc, window=1, scheme=NEW.id),
        url=url,
        token=os.environ["LABEL_STUDIO_API_KEY"],
        project="Killed",
        scheme=NEW,
        migrate=RENAMES,
        backup=Path(backup),
    )


def test_work_that_is_saved_under_old_names_meanwhile_follows(
    server: Studio, client: Any, annotators: tuple[str, str]
) -> None:
    doc, layers, number = project_with_work(server, "Meanwhile", annotators)
    first, *_ = client.tasks.list(project=number)
    saved = request(client, "GET", f"api/tasks/{first.id}/annotations/")[0]
    moments: list[str] = []

    def answer(asked: Request) -> Answer:
        """After each step of the configuration's, and before it is set, somebody saves."""
        given = relay(asked, server.url)
        if asked.method != "GET" and asked.path.startswith("/api/projects/") and len(moments) < 4:
            moments.append(asked.method)
            body = {"result": saved["result"]}
            request(client, "PATCH", f"api/annotations/{saved['id']}/", body)
        return given

    with served(answer) as url:
        tasks = split(doc, window=1, scheme=NEW.id)
        send(replace(server, url=url), tasks, "Meanwhile", scheme=NEW, migrate=RENAMES)
    assert moments == ["PATCH", "POST", "PATCH", "POST"]
    assert client.projects.get(number).label_config.split() == labeling_config(NEW).split()
    renames = parse_renames(RENAMES, NEW)
    pulled = {found.annotator: found for found in fetch(server, "Meanwhile", NEW).corpus}
    for given in layers:
        assert content(pulled[given.annotator]) == content(renamed(given, renames, NEW))


def test_a_dry_run_says_what_would_happen_and_changes_nothing(
    server: Studio, client: Any, annotators: tuple[str, str]
) -> None:
    doc, layers, number = project_with_work(server, "Dry", annotators)
    before = state(client, number)
    where: dict[str, Any] = {"url": server.url, "token": server.token, "scheme": NEW}
    tasks = split(doc, window=1, scheme=NEW.id)
    nothing = plan(tasks, **where, project="Dry")
    assert (nothing.lossless, nothing.new_config, nothing.created) == (False, True, ())
    assert nothing.updated == tuple(task.key for task in tasks)
    lost = {f"{one.loss.kind} {one.loss.name}": one for one in nothing.change.lost}
    assert lost["label Stance"].times == 6
    assert lost["label Stance"].layers == (("annotation", 4), ("prediction", 2))
    assert len(lost["label Stance"].tasks) == 2
    assert {"attribute Stance.polarity", "attribute Quote.form", "relation said_by"} <= set(lost)
    renaming = plan(tasks, **where, project="Dry", migrate=RENAMES)
    assert renaming.lossless
    assert dict(renaming.change.renamed) == {"annotation": 4, "prediction": 2}
    new = replace(layers[2], spans=(), relations=(), scheme=NEW.id)
    anew = split(doc, predictions=[new], window=1, scheme=NEW.id)
    given = plan(anew, **where, project="Dry")
    lost = {f"{one.loss.kind} {one.loss.name}": one for one in given.change.lost}
    assert lost["label Stance"].layers == (("annotation", 4),)  # the model's come anew
    other = Document(doc.id, TEXT.replace("over", "all over"))
    text = plan(split(other, window=1, scheme=OLD.id), **{**where, "scheme": OLD}, project="Dry")
    assert [(one.tasks, one.annotations) for one in text.outdated] == [(3, 6)]
    assert not text.lossless
    assert plan(tasks, **where, project="No such project").url == ""
    assert state(client, number) == before
    assert "No such project" not in [project.title for project in client.projects.list()]
