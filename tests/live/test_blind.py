"""Blind annotation on a real server, and on two: shared out, annotated, put together again."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from quotemark.errors import QuotemarkError
from quotemark.formats.labelstudio import read_tasks
from quotemark.labelstudio.annotators import Server
from quotemark.labelstudio.codec import to_json
from quotemark.labelstudio.remote import check_not_blind, plan_blind, pull_all, push, push_blind
from quotemark.labelstudio.shares import Design, share
from quotemark.labelstudio.studio import Studio, studio
from quotemark.model import Annotation, Document, Span
from quotemark.scheme import default_scheme
from quotemark.tasks import Task, split
from support.commands import quotemark
from support.killing import killed
from support.members import Member

pytestmark = pytest.mark.live

SCHEME = default_scheme()
TEXT = "“The ferry must go”, said Ana.\n\nBo said “never”."


def tasks_of(names: Sequence[str]) -> list[Task]:
    found = []
    for name in names:
        doc = Document(name, TEXT)
        cue = Span("c", "Cue", ((TEXT.index("said"), TEXT.index("said") + 4),))
        guess = Annotation(name, doc.sha256, "rules", (cue,), status="predicted")
        found += split(doc, predictions=[guess], window=1, scheme=SCHEME.id)
    return found


NAMES = [f"d{i}" for i in range(12)]


def ask(server: Studio, member: Member, method: str, path: str, **body: Any) -> Any:
    """What the server answers to a member, with their own token."""
    import httpx

    answer = httpx.request(
        method,
        f"{server.url}/api/{path}",
        headers={"Authorization": f"Token {member.legacy_token}"},
        trust_env=False,
        timeout=60,
        json=body or None,
    )
    return answer.json() if answer.is_success and answer.content else answer.status_code


def submit(server: Studio, member: Member, project: int, *, leave: int = 0) -> list[str]:
    """Submit every task of a project as this member, but the last ones: their keys."""
    listed = ask(server, member, "GET", f"tasks?project={project}&fields=all&page_size=100")
    done = listed["tasks"][: len(listed["tasks"]) - leave]
    for task in done:
        value = {"start": 0, "end": 3, "labels": ["Quote"]}
        region = {"id": "q", "from_name": "label", "to_name": "text", "type": "labels"}
        result = [{**region, "value": value, "origin": "manual"}]
        made = ask(
            server, member, "POST", f"tasks/{task['id']}/annotations/", result=result, lead_time=9
        )
        assert made["completed_by"]
    return [task["data"]["key"] for task in done]


@pytest.fixture
def here(server: Studio, members: tuple[Member, Member]) -> dict[str, Server]:
    return {member.email: Server(server.url, server.token) for member in members}


def test_documents_are_shared_out_once_and_for_all(
    server: Studio, client: Any, here: dict[str, Server]
) -> None:
    design = Design("Shared out", tuple(here), overlap=0.4, control=0.4)
    before = plan_blind(tasks_of(NAMES[:6]), design, here, scheme=SCHEME)
    first = push_blind(tasks_of(NAMES[:6]), design, here, scheme=SCHEME)
    after = plan_blind(tasks_of(NAMES), design, here, scheme=SCHEME)
    again = push_blind(tasks_of(NAMES), design, here, scheme=SCHEME)
    once_more = push_blind(tasks_of(NAMES[::-1]), design, here, scheme=SCHEME)
    for name, report in again.items():
        assert (before[name].url, before[name].created) == ("", first[name].created)
        assert (after[name].url, after[name].created) == (report.url, report.created)
        assert (after[name].unchanged, after[name].lossless) == (report.unchanged, True)
        assert set(report.unchanged) == {*first[name].created}
        assert (once_more[name].created, once_more[name].updated) == ((), ())
        there = list(client.tasks.list(project=report.project, fields="all"))
        due = {n for n in NAMES if name in share(design, n).annotators}
        assert {task.data["document"] for task in there} == due
        assert len(there) == 2 * len(due)
        for task in there:
            arm = share(design, task.data["document"]).arm
            assert (task.data["assigned"], task.data["arm"]) == (name, arm)
            assert bool(task.predictions) == (arm == "assisted")
    arms = {share(design, name).arm for name in NAMES}
    assert arms == {"assisted", "control"}


def test_a_push_that_is_killed_anywhere_is_finished_by_the_next(
    server: Studio, client: Any, here: dict[str, Server]
) -> None:
    """In turn: one project is made; its tasks are, the other is not; it is, its tasks are not."""
    file, values = Path(__file__), sorted(here)
    ends = [killed(server, file, "push_killed", values, at=fatal) for fatal in (1, 2, 2)]
    assert ends == [True] * 3
    design = Design("Killed blind", tuple(values), overlap=0.5)
    reports = push_blind(tasks_of(NAMES), design, here, scheme=SCHEME)
    assert [(bool(r.created), r.updated, r.repaired) for r in reports.values()] == [
        (False, (), ()),
        (True, (), ()),
    ]
    mine = [p for p in client.projects.list() if p.title.startswith("Killed blind, ")]
    assert sorted(p.id for p in mine) == sorted(r.project for r in reports.values())
    for name, report in reports.items():
        there = list(client.tasks.list(project=report.project, fields="all"))
        due = {n for n in NAMES if name in share(design, n).annotators}
        assert sorted(task.data["key"] for task in there) == sorted(
            task.key for task in tasks_of(NAMES) if task.doc_id in due
        )
        assert [len(task.predictions) for task in there] == [1] * len(there)
        assert client.projects.get(report.project).model_version == "rules"


def push_killed(url: str, *annotators: str) -> None:
    """The push of the test above, in a process of its own."""
    design = Design("Killed blind", annotators, overlap=0.5)
    there = dict.fromkeys(annotators, Server(url, os.environ["LABEL_STUDIO_API_KEY"]))
    push_blind(tasks_of(NAMES), design, there, scheme=SCHEME)


def test_two_who_push_at_the_same_moment_make_one_annotation(
    client: Any, here: dict[str, Server]
) -> None:
    design = Design("At once", tuple(here), overlap=0.5)

    def send(names: list[str]) -> None:
        push_blind(tasks_of(names), design, here, scheme=SCHEME)

    with ThreadPoolExecutor(2) as pushes:
        list(pushes.map(send, (NAMES[:5], NAMES[3:8])))
    send(NAMES[:8])  # which makes twins one, if there were any
    mine = [p for p in client.projects.list() if p.title.startswith("At once, ")]
    assert sorted(p.title for p in mine) == [f"At once, {name}" for name in sorted(here)]
    for project in mine:
        keys = [task.data["key"] for task in client.tasks.list(project=project.id)]
        due = [n for n in NAMES[:8] if project.title.endswith(share(design, n).annotators)]
        assert sorted(keys) == sorted(t.key for t in tasks_of(due))


def test_what_would_not_be_right_is_refused_before_anything_is_sent(
    server: Studio, client: Any, here: dict[str, Server]
) -> None:
    tasks = tasks_of(NAMES[:3])
    place = next(iter(here.values()))
    strangers = Design("Refused", (*here, "zoe@example.org"))
    with pytest.raises(QuotemarkError, match=r"'zoe@example.org' is no user of .*, Add Members,"):
        push_blind(tasks, strangers, {**here, "zoe@example.org": place}, scheme=SCHEME)
    assert not [p for p in client.projects.list() if p.title.startswith("Refused")]
    push_blind(tasks, Design("Refused", tuple(here)), here, scheme=SCHEME)
    whole = [task for name in NAMES[:3] for task in split(Document(name, TEXT), scheme=SCHEME.id)]
    for act in (push_blind, plan_blind):
        with pytest.raises(QuotemarkError, match=r"0-\d+ overlaps 0-\d+ in the project"):
            act(whole, Design("Refused", tuple(here)), here, scheme=SCHEME)
    with pytest.raises(QuotemarkError, match="begun with another design"):
        push_blind(tasks, Design("Refused", tuple(here), seed=2), here, scheme=SCHEME)
    with pytest.raises(QuotemarkError, match="is a blind annotation"):
        check_not_blind("Refused", place)
    bare = split(Document("bare", TEXT))
    with pytest.raises(QuotemarkError, match="control arm makes sense only"):
        push_blind(bare, Design("Bare", tuple(here), control=0.5), here, scheme=SCHEME)
    title = f"Taken, {next(iter(here))}"
    push(tasks, url=place.url, token=place.token, project=title, scheme=SCHEME)
    with pytest.raises(QuotemarkError, match="not of this annotation"):
        push_blind(tasks, Design("Taken", tuple(here)), here, scheme=SCHEME)
    with pytest.raises(QuotemarkError, match="there is no project 'Nothing'"):
        pull_all("Nothing", [place], scheme=SCHEME)


def test_who_was_given_what_and_who_has_not_finished_is_told_apart(
    server: Studio, here: dict[str, Server], members: tuple[Member, Member]
) -> None:
    ana, bo = members
    design = Design("Who had what", tuple(here), overlap=0.4, control=0.4)
    reports = push_blind(tasks_of(NAMES), design, here, scheme=SCHEME)
    submit(server, ana, reports[ana.email].project)
    submit(server, bo, reports[bo.email].project, leave=3)
    found = pull_all("Who had what", list(here.values()), scheme=SCHEME)
    due = {who: {n for n in NAMES if who in share(design, n).annotators} for who in here}
    assert {who: set(names) for who, names in found.given.items()} == due
    assert found.unfinished[ana.email] == ()
    assert len(found.unfinished[bo.email]) == 2
    layers = {(a.annotator, a.doc_id): a for a in found.pulled.corpus}
    assert set(layers) == {(who, name) for who, names in due.items() for name in names}
    for (who, name), layer in layers.items():
        said = layer.provenance["blind"]
        assert said == {"given": [[0, len(TEXT)]], "arm": share(design, name).arm}
        whole = who == ana.email or name not in found.unfinished[bo.email]
        assert (layer.asked.windows is None) == whole
    begun, untouched = sorted(
        (layers[bo.email, name] for name in found.unfinished[bo.email]),
        key=lambda layer: -len(layer.spans),
    )
    assert (begun.status, len(begun.asked.windows or ())) == ("submitted", 1)
    assert (untouched.status, untouched.asked.windows, untouched.spans) == ("draft", (), ())
    assert found.pulled.corpus.documents.keys() == set(NAMES)
    # one annotator's alone
    alone = pull_all("Who had what", list(here.values()), annotators=[bo.email], scheme=SCHEME)
    assert {layer.annotator for layer in alone.pulled.corpus} == {bo.email}
    # whoever works in another's project is told; nothing is lost
    submit(server, ana, reports[bo.email].project)
    with pytest.raises(QuotemarkError, match="has two submitted annotations"):
        pull_all("Who had what", list(here.values()), scheme=SCHEME)


def test_members_of_an_organisation_see_and_change_each_other_s_work(
    server: Studio, here: dict[str, Server], members: tuple[Member, Member]
) -> None:
    """What docs/label-studio.md says cannot be hidden on one server."""
    ana, bo = members
    design = Design("Not hidden", tuple(here), overlap=1)
    reports = push_blind(tasks_of(NAMES[:1]), design, here, scheme=SCHEME)
    project = reports[bo.email].project
    submit(server, bo, project, leave=1)
    done, left = ask(server, ana, "GET", f"tasks?project={project}&fields=all")["tasks"]
    assert done["annotations"][0]["result"][0]["value"]["labels"] == ["Quote"]
    draft = ask(server, bo, "POST", f"tasks/{left['id']}/drafts", result=[], lead_time=1)
    seen = ask(server, ana, "GET", f"tasks/{left['id']}/drafts")
    assert [each["id"] for each in seen] == [draft["id"]]
    emails = {user["email"] for user in ask(server, ana, "GET", "users")}
    assert {ana.email, bo.email, server.username} <= emails
    annotation = done["annotations"][0]["id"]
    assert ask(server, ana, "PATCH", f"annotations/{annotation}/", result=[])["result"] == []
    assert ask(server, ana, "POST", "organizations/", title="Mine") == 403


def test_the_commands_from_push_to_status(
    server: Studio, members: tuple[Member, Member], here: dict[str, Server], tmp_path: Path
) -> None:
    token = tmp_path / "token"
    token.write_text(server.token)
    files = tmp_path / "tasks.json"
    files.write_text(json.dumps([to_json(task, SCHEME) for task in tasks_of(NAMES[:6])]))
    assert read_tasks(files)
    shares = ("--annotators", ",".join(here), "--overlap", "0.4", "--control", "0.4")
    where = ("-p", "Commands", "--url", server.url, "--token-file", str(token))
    pushed = quotemark("push", files, *where, *shares, folder=tmp_path)
    assert pushed.returncode == 0, pushed.stderr
    assert all(f"{email}: created " in pushed.stdout for email in here)
    assert "documents: 6, labelled by 2: " in pushed.stderr
    for line, member in zip(
        pushed.stdout.splitlines(), sorted(members, key=lambda m: m.email), strict=True
    ):
        submit(server, member, int(line.rpartition("/")[2]), leave=1)
    told = json.loads(quotemark("status", files, *where, "-f", "json", folder=tmp_path).stdout)
    assert [each["open"] for each in told["annotators"]] == [1, 1]
    assert told["done"] == told["tasks"] - 2
    assert told["stale"]["data"] == told["stale"]["missing"] == told["stale"]["config"] == []
    pulled = tmp_path / "pulled.jsonl"
    assert quotemark("pull", *where, "-o", pulled, folder=tmp_path).returncode == 0
    fresh = quotemark("status", files, *where, "--pulled", pulled, folder=tmp_path)
    assert "nothing is stale" in fresh.stdout, fresh.stdout
    bo = max(members, key=lambda member: member.email)
    submit(server, bo, int(pushed.stdout.splitlines()[1].rpartition("/")[2]))
    old = quotemark("status", files, *where, "--pulled", pulled, folder=tmp_path)
    assert (old.returncode, "is older than the server (new " in old.stdout) == (0, True)
    compared = quotemark("status", files, *where, "--anchoring", folder=tmp_path)
    assert "documents with submitted work: assisted: " in compared.stdout
    assert "Not enough documents to conclude anything" in compared.stdout
    rows = json.loads(
        quotemark("status", files, *where, "--anchoring", "-f", "json", folder=tmp_path).stdout
    )
    by_hand = next(row for row in rows["rows"] if row["label"] == "manual")
    assert (by_hand["assisted"], by_hand["control"]) == (1.0, 1.0)
    plain = quotemark("push", files, *where, folder=tmp_path)
    assert (plain.returncode, "is a blind annotation" in plain.stderr) == (2, True)
    assert server.token not in "".join(p.stdout + p.stderr for p in (pushed, fresh, old, compared))


def test_a_server_for_each_annotator_hides_all(
    server: Studio,
    server_folder: Path,
    members: tuple[Member, Member],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The second server begins with a copy of the first one's data, which boots faster."""
    ana, bo = members
    other = tmp_path_factory.mktemp("other-studio")
    for name in ("username", "password", "token", "secret-key", "database"):
        shutil.copy(server_folder / name, other / name)
    database = "label_studio.sqlite3"
    with (
        closing(sqlite3.connect(server_folder / database)) as source,
        closing(sqlite3.connect(other / database)) as copy,
    ):
        source.backup(copy)
    (tmp_path / "ana.token").write_text(server.token)
    with studio(other) as second:
        secret = {"BO_TOKEN": second.token}
        file = tmp_path / "annotators.toml"
        file.write_text(
            f'["{ana.email}"]\nurl = "{server.url}"\ntoken_file = "ana.token"\n'
            f'["{bo.email}"]\nurl = "{second.url}"\ntoken_env = "BO_TOKEN"\n'
        )
        files = tmp_path / "tasks.json"
        files.write_text(json.dumps([to_json(task, SCHEME) for task in tasks_of(NAMES[:6])]))
        where = ("-p", "Two servers", "--annotators", str(file))
        pushed = quotemark("push", files, *where, "--overlap", "0.4", folder=tmp_path, env=secret)
        assert pushed.returncode == 0, pushed.stderr
        for line, member, its in zip(
            pushed.stdout.splitlines(), (ana, bo), (server, second), strict=True
        ):
            assert its.url in line
            submit(its, member, int(line.rpartition("/")[2]))
        listed = ask(second, ana, "GET", "projects?page_size=1000")["results"]
        assert f"Two servers, {ana.email}" not in [project["title"] for project in listed]
        pulled = quotemark("pull", *where, "-o", "all.jsonl", folder=tmp_path, env=secret)
        assert f"annotators: {ana.email}, {bo.email}" in pulled.stderr
        status = json.loads(
            quotemark("status", *where, "-f", "json", folder=tmp_path, env=secret).stdout
        )
        assert (status["open"], status["differing"]) == (0, 0)
        assert status["shared"] > 0
        alone = ("-p", "Two servers", "--url", server.url, "--token-file", "ana.token")
        missing = quotemark("pull", *alone, "-o", "half.jsonl", folder=tmp_path)
        assert f"no project of 'Two servers' for {bo.email}" in missing.stderr
        assert not (tmp_path / "half.jsonl").exists()
