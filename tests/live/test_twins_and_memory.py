"""Tasks made twice become one, with everybody's work; a pull again brings what has changed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from quotemark.errors import QuotemarkError
from quotemark.labelstudio.codec import to_json
from quotemark.labelstudio.remote import Pulled, pull, push
from quotemark.labelstudio.remote.listing import exported, own_tasks
from quotemark.labelstudio.studio import Studio
from quotemark.tasks import Task
from soaking.world import MODEL, SCHEME, asking, cue, regions, tasks
from support.members import Member
from support.servers import Answer, Request, relay, served

pytestmark = pytest.mark.live


class Project:
    """A new project with tasks, spoken to by our push and pull, and by the SDK."""

    def __init__(self, server: Studio, client: Any, title: str, number: int) -> None:
        self.client, self.title = client, title
        self.where = {"url": server.url, "token": server.token, "scheme": SCHEME}
        self.given = tasks(number)
        self.id = self.push().project
        self.ids = [int(task["id"]) for task in own_tasks(client, self.id)]

    def push(self, given: list[Task] | None = None) -> Any:
        return push(given or self.given, project=self.title, **self.where)  # type: ignore[arg-type]

    def pull(self, cache: Path | None = None, *, predictions: bool = False) -> Pulled:
        return pull(
            project=self.id,
            cache=cache,
            predictions=predictions,
            **self.where,  # type: ignore[arg-type]
        )

    def double(self) -> list[int]:
        """Make every task a second time; the ids of the new ones."""
        payloads: Any = [to_json(task, SCHEME) for task in self.given]
        self.client.projects.import_tasks(self.id, request=payloads)
        return [i for i in self.now() if i not in self.ids]

    def now(self) -> list[int]:
        return [int(task["id"]) for task in own_tasks(self.client, self.id)]

    def predictions(self) -> list[list[tuple[str, float | None]]]:
        return [
            [(p["model_version"], p["score"]) for p in task["predictions"]]
            for task in own_tasks(self.client, self.id, "predictions")
        ]


@pytest.fixture
def people(server: Studio) -> Iterator[Callable[[Member], httpx.Client]]:
    """The server as a member asks it."""
    with ExitStack() as opened:
        yield lambda member: opened.enter_context(asking(server.url, member.legacy_token))


def test_twins_become_one_and_keep_everybodys_work(
    server: Studio,
    client: Any,
    members: tuple[Member, Member],
    people: Callable[[Member], httpx.Client],
) -> None:
    project = Project(server, client, "Tasks made twice", 4)
    first, second = (people(member) for member in members)
    twins = project.double()
    for api, task, name in (
        (first, project.ids[0], "a"),
        (first, twins[0], "b"),
        (second, twins[0], "c"),
        (second, twins[1], "d"),
    ):
        path = f"/api/tasks/{task}/annotations"
        api.post(path, json={"result": cue(name), "lead_time": 2.5}).raise_for_status()
    skip = {"result": [], "was_cancelled": True}
    second.post(f"/api/tasks/{twins[2]}/annotations", json=skip).raise_for_status()
    draft = second.post(f"/api/tasks/{twins[3]}/drafts", json={"result": cue("e")})
    doubled = project.pull()
    assert len(doubled.doubled) == 4

    report = project.push()
    keys = tuple(task.key for task in project.given)
    assert (report.repaired, report.doubled) == (keys[:3], keys[3:])
    assert project.now() == [*project.ids, twins[3]]
    found = list(exported(client, project.id, project.now()))
    assert regions(found) == {"a": 1, "b": 1, "c": 1, "d": 1}
    emails = {user.id: user.email for user in client.users.list()}
    layers = {a["result"][0]["id"]: a for t in found for a in t["annotations"] if a["result"]}
    owners = {name: emails[layer["completed_by"]] for name, layer in layers.items()}
    one, two = (member.email for member in members)
    assert owners == {"a": one, "b": one, "c": two, "d": two}
    assert {layer["lead_time"] for layer in layers.values()} == {2.5}
    assert [a["was_cancelled"] for a in found[2]["annotations"]] == [True]

    body = {"result": cue("e"), "draft_id": draft.json()["id"]}
    second.post(f"/api/tasks/{twins[3]}/annotations", json=body).raise_for_status()
    assert project.push().repaired == keys[3:]
    assert project.now() == project.ids
    assert regions(exported(client, project.id, project.ids)) == dict.fromkeys("abcde", 1)


def test_work_that_is_saved_again_while_it_is_copied_counts_as_it_was_saved_last(
    server: Studio,
    client: Any,
    members: tuple[Member, Member],
    people: Callable[[Member], httpx.Client],
) -> None:
    """The copy is stored after the change, and so its own time is the later one."""
    project, api = Project(server, client, "Twins, again", 1), people(members[0])
    [twin] = project.double()
    made = api.post(f"/api/tasks/{twin}/annotations", json={"result": cue("first")}).json()
    copied: list[str] = []

    def answer(asked: Request) -> Answer:
        if asked.method == "POST" and asked.path.endswith("/annotations/") and not copied:
            copied.append(asked.path)
            again = {"result": cue("last", 3)}
            api.patch(f"/api/annotations/{made['id']}/", json=again).raise_for_status()
        return relay(asked, server.url)

    with served(answer) as url:
        report = push(project.given, project=project.title, **{**project.where, "url": url})  # type: ignore[arg-type]
    assert (len(copied), len(report.repaired), project.now()) == (1, 1, project.ids)
    [layer] = project.pull().corpus
    assert [span.id for span in layer.spans] == ["last"]
    assert project.push().repaired == ()


def test_what_each_saved_last_counts_after_a_merge_as_before(
    server: Studio,
    client: Any,
    members: tuple[Member, Member],
    people: Callable[[Member], httpx.Client],
) -> None:
    project, api = Project(server, client, "Twins, in turn", 3), people(members[0])
    twins = project.double()

    def save(task: int, name: str) -> int:
        body = {"result": cue(name), "lead_time": 2.5}
        answer = api.post(f"/api/tasks/{task}/annotations", json=body).raise_for_status()
        return int(answer.json()["id"])

    def counted() -> list[str]:
        layers = [layer for layer in project.pull().corpus if layer.status == "submitted"]
        return [span.id for layer in layers for span in layer.spans]

    def stored() -> dict[int, Any]:
        found = exported(client, project.id, project.ids)
        return {layer["id"]: layer for task in found for layer in task["annotations"]}

    # In the second, what the twin says again is there already, and was changed later.
    for task, name in ((project.ids[1], "back"), (project.ids[1], "forth"), (twins[1], "back")):
        save(task, name)
    save(twins[0], "old")
    kept = save(project.ids[0], "new")
    save(twins[2], "older")
    begun = save(project.ids[2], "newer")
    draft = {"result": cue("draft")}
    drafts = f"/api/tasks/{project.ids[2]}/annotations/{begun}/drafts"
    api.post(drafts, json=draft).raise_for_status()
    before = stored()[kept]
    assert counted() == ["new", "back", "newer"]

    # Label Studio deletes an annotation's draft whenever that is saved: so this one has to wait.
    assert project.push().doubled == (project.given[2].key,)
    assert project.now() == [*project.ids, twins[2]]
    assert counted() == ["new", "back", "newer"]
    after = stored()[kept]
    changed = {at for at, value in after.items() if value != before[at]}
    assert changed <= {"updated_at", "updated_by"}
    api.patch(f"/api/annotations/{begun}/", json={"result": cue("draft")}).raise_for_status()
    assert project.push().repaired == (project.given[2].key,)
    assert counted() == ["new", "back", "draft"]
    names = ["back", "draft", "forth", "new", "old", "older"]
    assert regions(exported(client, project.id, project.ids)) == dict.fromkeys(names, 1)


def test_a_merge_that_was_killed_before_its_end_is_ended_by_the_next(
    server: Studio,
    client: Any,
    members: tuple[Member, Member],
    people: Callable[[Member], httpx.Client],
) -> None:
    project, api = Project(server, client, "Twins, killed", 1), people(members[0])
    [twin] = project.double()
    for task, name in ((twin, "old"), (project.ids[0], "new")):
        body = {"result": cue(name)}
        api.post(f"/api/tasks/{task}/annotations", json=body).raise_for_status()

    def answer(asked: Request) -> Answer:
        if asked.method == "PATCH" and "/annotations/" in asked.path:
            return Answer(400, b"{}")
        return relay(asked, server.url)

    with served(answer) as url, pytest.raises(QuotemarkError):
        push(project.given, project=project.title, **{**project.where, "url": url})  # type: ignore[arg-type]
    assert project.now() == [*project.ids, twin]
    assert len(project.push().repaired) == 1
    [layer] = project.pull().corpus
    assert [span.id for span in layer.spans] == ["new"]


def test_predictions_are_replaced_and_other_models_kept(server: Studio, client: Any) -> None:
    project = Project(server, client, "Models", 2)
    client.predictions.create(task=project.ids[0], model_version="old", result=[], score=0.5)
    client.predictions.create(task=project.ids[1], model_version=MODEL, result=[], score=0.5)
    project.push()
    assert project.predictions() == [[(MODEL, None), ("old", 0.5)], [(MODEL, None)]]


def test_what_an_import_has_lost_is_sent_again(server: Studio, client: Any) -> None:
    """Where its SQLite is locked for long, Label Studio tries an import again, by then without
    predictions, and answers that all is well."""
    project = Project(server, client, "Locked", 1)

    def answer(asked: Request) -> Answer:
        if asked.path.split("?")[0].endswith("/import"):
            bare = [{**task, "predictions": []} for task in json.loads(asked.body)]
            length = {"Content-Length": str(len(json.dumps(bare)))}
            asked = asked._replace(
                body=json.dumps(bare).encode(), headers={**asked.headers, **length}
            )
        return relay(asked, server.url)

    with served(answer) as url:
        push(tasks(20), project=project.title, **{**project.where, "url": url})  # type: ignore[arg-type]
    assert project.predictions() == [[(MODEL, None)]] * 20


def test_a_pull_again_sees_all_that_was_changed_or_deleted(
    server: Studio,
    client: Any,
    members: tuple[Member, Member],
    people: Callable[[Member], httpx.Client],
    server_folder: Path,
    tmp_path: Path,
) -> None:
    project = Project(server, client, "Again and again", 5)
    api = people(members[0])
    made = {}
    for n, task in enumerate(project.ids[:4]):
        answer = api.post(f"/api/tasks/{task}/annotations", json={"result": cue(f"r{n}")})
        made[task] = answer.raise_for_status().json()["id"]

    def same() -> Pulled:
        again = project.pull(tmp_path, predictions=True)
        anew = project.pull(predictions=True)
        assert again.corpus == anew.corpus
        assert again.tasks == anew.tasks == anew.changed
        return again

    assert same().changed == 5
    assert same().changed == 0
    api.patch(f"/api/annotations/{made[project.ids[0]]}/", json={"result": cue("new", 3)})
    api.delete(f"/api/annotations/{made[project.ids[1]]}/").raise_for_status()
    client.tasks.delete(str(project.ids[2]))
    assert same().changed == 2
    [guess] = next(own_tasks(client, project.id, "predictions", ids=[project.ids[3]]))[
        "predictions"
    ]
    client.predictions.update(guess["id"], result=[])
    assert same().changed == 1
    client.predictions.delete(guess["id"])
    assert same().changed == 1
    # The server stamps a task, and then stores the prediction for which it does so.
    with closing(sqlite3.connect(server_folder / "label_studio.sqlite3")) as database:
        change = "UPDATE prediction SET result = '[]' WHERE task_id = ?"
        database.execute(change, (project.ids[4],))
        database.commit()
    assert same().changed == 1
    draft = {"result": cue("d")}
    api.post(f"/api/tasks/{project.ids[4]}/drafts", json=draft).raise_for_status()
    drafts = [a for a in same().corpus if a.status == "draft"]
    assert [(a.annotator, a.spans[0].id) for a in drafts] == [(members[0].email, "d")]
