"""What goes wrong with a real server: exit code 2, one clear line, nothing half-done, no token."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quotemark.labelstudio.codec import to_json
from quotemark.labelstudio.config import labeling_config
from quotemark.labelstudio.studio import Studio
from quotemark.model import Document
from quotemark.scheme import Scheme, default_scheme, parse_scheme
from quotemark.tasks import split
from support.commands import quotemark
from support.members import Member
from support.servers import Answer, Request, relay, served

pytestmark = pytest.mark.live

OTHER = 'name = "mine"\nversion = "1"\n[labels.Verb]\nhotkey = "v"\n'
MINE = parse_scheme(OTHER)
DOC = Document("news", "“We will not go”, said Ana Brandt.\n")


def tasks(scheme: Scheme) -> bytes:
    """A file of tasks, as split writes it."""
    return json.dumps([to_json(t, scheme) for t in split(DOC, scheme=scheme.id)]).encode()


class Desk:
    """A folder with tasks and an earlier pull, from which a server is spoken to."""

    def __init__(self, folder: Path, server: Studio) -> None:
        self.folder = folder
        self.server = server
        (folder / "tasks.json").write_bytes(tasks(default_scheme()))
        (folder / "verbs.json").write_bytes(tasks(MINE))
        (folder / "mine.toml").write_text(OTHER, encoding="utf-8")
        (folder / "pulled.jsonl").write_text("from before\n", encoding="utf-8")

    def ran(self, *words: object, url: str = "", token: str = "") -> tuple[int, str, str]:
        token = token or self.server.token
        env = {"LABEL_STUDIO_URL": url or self.server.url, "LABEL_STUDIO_API_KEY": token}
        done = quotemark(*words, folder=self.folder, env=env)
        written = "".join(path.read_text(encoding="utf-8") for path in self.files())
        assert token not in done.stdout + done.stderr + written
        return done.returncode, done.stdout, done.stderr

    def files(self) -> list[Path]:
        """All files, what pull remembers included."""
        return [path for path in self.folder.rglob("*") if path.is_file()]

    def own(self) -> dict[Path, bytes]:
        """What the user's files hold."""
        return {path: path.read_bytes() for path in self.folder.iterdir() if path.is_file()}

    def push(self, project: str) -> int:
        """The number of a new project with the tasks."""
        code, out, error = self.ran("push", "tasks.json", "-p", project)
        assert code == 0, error
        return int(out.rpartition("/")[2])

    def fails(self, *words: object, url: str = "", token: str = "") -> str:
        """The one line with which a command fails that leaves all files as they were."""
        before = self.own()
        code, out, error = self.ran(*words, url=url, token=token)
        assert (code, out, len(error.splitlines())) == (2, "", 1), error
        assert self.own() == before
        return error

    def pull_fails(self, project: object, *, url: str = "", token: str = "") -> str:
        return self.fails("pull", "-p", project, "-o", "pulled.jsonl", url=url, token=token)


@pytest.fixture
def desk(tmp_path: Path, server: Studio) -> Desk:
    return Desk(tmp_path, server)


def gateway(server: Studio, instead: Callable[[Request], Answer | None]) -> Any:
    """Something before the server, which may answer in its place."""
    return served(lambda request: instead(request) or relay(request, server.url))


def test_a_token_of_nobody_is_refused(desk: Desk, members: tuple[Member, Member]) -> None:
    header, claims, signature = members[0].personal_token.split(".")
    forged = base64.urlsafe_b64encode(b"x" * 32).rstrip(b"=").decode()
    assert forged != signature
    for token in ("0" * 40, f"{header}.{claims}.{forged}"):
        for failure in (
            desk.pull_fails("News", token=token),
            desk.fails("push", "tasks.json", "-p", "News", token=token),
        ):
            assert f"{desk.server.url} refuses the access token (401) [token]; take" in failure


def test_a_project_that_is_gone(desk: Desk, client: Any) -> None:
    number = desk.push("Soon gone")
    client.projects.delete(number)
    for project in ("Soon gone", number):
        assert f"there is no project '{project}' at {desk.server.url} [" in desk.pull_fails(project)
    failure = desk.fails("push", "tasks.json", "-p", number)
    assert f"there is no project {number} [project]; give a title to make one" in failure


def test_a_project_that_goes_while_it_is_pulled(desk: Desk, client: Any) -> None:
    number = desk.push("Gone in between")

    def delete(request: Request) -> None:
        if request.path.startswith("/api/tasks"):
            client.projects.delete(number)

    with gateway(desk.server, delete) as url:
        failure = desk.pull_fails(number, url=url)
    assert "is the project still there?" in failure


def test_a_gateway_that_fails_on_the_way(desk: Desk) -> None:
    desk.push("Behind a bad gateway")
    page = Answer(502, b"<html><h1>502 Bad Gateway</h1>", "text/html")
    with gateway(desk.server, lambda r: page if r.path.startswith("/api/tasks") else None) as url:
        failure = desk.pull_fails("Behind a bad gateway", url=url)
    assert failure.startswith(f"quotemark: {url} failed with status 502 [server]; look")


@pytest.mark.parametrize("at", ["/", "/api/tasks"])
def test_a_gateway_that_has_enough(desk: Desk, at: str) -> None:
    desk.push(f"Behind a full gateway, {at}")
    full = Answer(429, b"", headers={"Retry-After": "1"})
    with gateway(desk.server, lambda r: full if at in r.path else None) as url:
        failure = desk.pull_fails(f"Behind a full gateway, {at}", url=url)
    told = f"quotemark: {url} takes no more requests now (429) [server]; try again later\n"
    assert failure == told


def test_a_project_of_another_configuration(desk: Desk, client: Any) -> None:
    number = client.projects.create(title="Another", label_config=labeling_config(MINE)).id
    failure = desk.fails("push", "tasks.json", "-p", "Another")
    assert "'Another' has another labelling configuration than the scheme's [config]" in failure
    assert list(client.tasks.list(project=number)) == []
    assert client.projects.get(number).label_config.split() == labeling_config(MINE).split()


def test_work_by_another_scheme_is_told_and_left_where_it_was(desk: Desk, client: Any) -> None:
    desk.ran("push", "verbs.json", "-p", "Verbs", "--scheme", "mine.toml")
    number = next(p.id for p in client.projects.list() if p.title == "Verbs")
    (task,) = client.tasks.list(project=number)
    value = {"start": 18, "end": 22, "text": "said", "labels": ["Verb"]}
    region = {"id": "v", "from_name": "label", "to_name": "text", "type": "labels", "value": value}
    client.annotations.create(task.id, result=[region])
    failure = desk.pull_fails("Verbs")
    assert "labels ['Verb']: one of Quote, Speaker, Cue, Stance is expected [label]" in failure
    code, _, error = desk.ran("pull", "-p", "Verbs", "-o", "v.jsonl", "--scheme", "mine.toml")
    assert code == 0, error


def test_a_server_that_hangs_on_the_way(desk: Desk) -> None:
    desk.push("Behind a slow gateway")
    over = threading.Event()

    def hang(request: Request) -> Answer | None:
        if request.path.startswith("/api/tasks"):
            over.wait(60)
            return Answer(500, b"")
        return None

    with gateway(desk.server, hang) as url:
        project = "Behind a slow gateway"
        words = ["pull", "-p", project, "-o", "pulled.jsonl", "--timeout", "3"]
        failure = desk.fails(*words, url=url)
        assert not over.is_set()
        over.set()
    assert failure.startswith(f"quotemark: {url} did not answer in time [server]; try again")


def test_a_server_under_a_path(desk: Desk, members: tuple[Member, Member]) -> None:
    """As behind a proxy that serves several things; a personal token is exchanged there, too."""
    token = members[0].personal_token

    def inside(request: Request) -> Answer:
        if not request.path.startswith("/studio/"):
            return Answer(404, b"nothing here", "text/plain")
        return relay(request._replace(path=request.path.removeprefix("/studio")), desk.server.url)

    with served(inside) as url:
        code, out, error = desk.ran(
            "push", "tasks.json", "-p", "Under a path", url=f"{url}/studio", token=token
        )
        assert (code, error) == (0, "")
        assert out.startswith(f"created 1, updated 0, unchanged 0: {url}/studio/projects/")
        pull = ["pull", "-p", "Under a path", "-o", "pulled.jsonl"]
        code, out, error = desk.ran(*pull, url=f"{url}/studio/", token=token)
    assert (code, out) == (0, "")
    assert error == "quotemark: annotations: 0, documents: 1, annotators: none\n"
