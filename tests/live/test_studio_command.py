"""`quotemark studio` with the real server: started, joined, killed, started again, stopped."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from quotemark.labelstudio.remote import push
from quotemark.labelstudio.studio import Studio
from quotemark.labelstudio.studio.server import address
from quotemark.model import Document
from quotemark.scheme import default_scheme
from quotemark.tasks import split
from support.commands import SCRIPT, quotemark

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.live

DATABASE = "label_studio.sqlite3"
SCHEME = default_scheme()
SECRETS = ("token", "password", "secret-key")


class Desk:
    """A folder with articles and a server's data folder in it, and all that was said there."""

    def __init__(self, folder: Path, home: Path | None = None) -> None:
        self.folder, self.home = folder, home or folder / "data"
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "NO_COLOR": "1"}
        self.words = ["studio", "--no-browser", "--data-dir", str(self.home), "-p", "Ferry"]
        self.started: list[subprocess.Popen[bytes]] = []
        self.said: list[Path] = []

    def tasks(self, name: str, text: str) -> Path:
        (self.folder / f"{name}.txt").write_text(text, encoding="utf-8")
        ran = quotemark("split", f"{name}.txt", "-o", f"{name}.json", folder=self.folder)
        assert ran.returncode == 0, ran.stderr
        return self.folder / f"{name}.json"

    def start(self, *words: str | Path) -> tuple[subprocess.Popen[bytes], str]:
        """Start the command, and wait until it is ready; the process, and the address it gives."""
        out, err = (self.folder / f"run{len(self.started)}.{kind}" for kind in ("out", "err"))
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                [SCRIPT, *self.words, *words],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
            )
        self.started.append(process)
        self.said += [out, err]
        until = time.monotonic() + 200
        while "Ctrl-C stops it" not in err.read_text(encoding="utf-8"):
            assert process.poll() is None, err.read_text(encoding="utf-8")
            assert time.monotonic() < until, err.read_text(encoding="utf-8")
            time.sleep(0.2)
        return process, out.read_text(encoding="utf-8").strip()

    def clear(self) -> None:
        for process in self.started:
            process.kill()
            process.wait()

    def last_said(self) -> str:
        return self.said[-1].read_text(encoding="utf-8")

    def secret(self, name: str) -> str:
        return (self.home / name).read_text(encoding="utf-8").strip()

    def api(self, path: str) -> Any:
        headers = {"Authorization": f"Token {self.secret('token')}"}
        url = f"{address(self.home).url}/api/{path}"
        with httpx.Client(timeout=60, trust_env=False) as client:
            return client.get(url, headers=headers).raise_for_status().json()


@pytest.fixture
def desk(tmp_path: Path, server: Studio, server_folder: Path) -> Iterator[Desk]:
    """The data folder has a database whose user has another token, and may not use it: as after
    a first start that was cut off, or from another server. That saves the minute of a new one."""
    made = Desk(tmp_path)
    made.home.mkdir(mode=0o700)
    (made.home / "username").write_text(server.username)
    (made.home / "username").chmod(0o600)
    with (
        closing(sqlite3.connect(server_folder / DATABASE)) as there,
        closing(sqlite3.connect(made.home / DATABASE)) as here,
    ):
        there.backup(here)
        here.execute("UPDATE jwt_auth_jwtsettings SET legacy_api_tokens_enabled = 0")
        here.commit()
    yield made
    made.clear()


@pytest.fixture
def shared(tmp_path: Path, server: Studio, server_folder: Path) -> Iterator[Desk]:
    """The data folder is that of the server of all tests, so that each start joins it."""
    made = Desk(tmp_path, server_folder)
    yield made
    made.clear()


def listed() -> str:
    """The command lines of all processes, as every user of the machine sees them."""
    return subprocess.run(
        ["ps", "-e", "-ww", "-o", "args"], capture_output=True, text=True, check=True
    ).stdout


def gone(desk: Desk) -> bool:
    return not address(desk.home).runs and str(desk.home) not in listed()


@pytest.mark.timeout(600)
def test_started_joined_killed_and_started_again(desk: Desk) -> None:
    ferry = desk.tasks("ferry", "“The ferry must go”, said Ana Brandt.\n")
    tolls = desk.tasks("tolls", "“No tolls”, said Bo Lund.\n")

    # A first start, and while it runs a second one, with more tasks.
    process, page = desk.start(ferry)
    assert desk.last_said().count("created 1, updated 0, unchanged 0") == 1
    url = address(desk.home).url
    assert page.startswith(f"{url}/projects/")
    assert page.endswith("/data?labeling=1")
    assert url.startswith("http://127.0.0.1:")
    joined = quotemark(*desk.words, ferry, tolls, folder=desk.folder)
    assert (joined.returncode, joined.stdout.strip()) == (0, page), joined.stderr
    assert "a server runs already" in joined.stderr
    assert "created 1, updated 0, unchanged 1" in joined.stderr
    assert process.poll() is None
    processes = listed()
    assert str(desk.home) in processes

    # Ctrl-C.
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert desk.last_said().endswith("quotemark: stopped\n")
    assert gone(desk)

    # It continues where it was, and ends with its starter even if that is killed.
    process, again = desk.start(ferry, tolls)
    assert again == page
    assert "created 0, updated 0, unchanged 2" in desk.last_said()
    process.kill()
    process.wait()
    until = time.monotonic() + 60
    while not gone(desk) and time.monotonic() < until:
        time.sleep(0.2)
    assert gone(desk)

    # Once more, and nothing was lost or doubled.
    process, again = desk.start()
    assert again == page
    tasks = desk.api(f"tasks?project={page.split('/')[-2]}&fields=all")["tasks"]
    assert sorted(task["data"]["document"] for task in tasks) == ["ferry", "tolls"]
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert gone(desk)

    # The database had been used by an unknown version: it was copied, once.
    version = (desk.home / "version").read_text(encoding="utf-8").strip()

    # No secret was said, listed, logged or put into tasks. The server's own database has the
    # token, necessarily, of the password only a hash, and of the key nothing.
    token, password, key = map(desk.secret, SECRETS)
    said = [path.read_text(encoding="utf-8") for path in desk.said]
    said += [joined.stdout, joined.stderr, processes, json.dumps(tasks)]
    files = [path for path in desk.home.rglob("*") if path.is_file()]
    kept = {path.name: path.read_bytes() for path in files if path.name not in SECRETS}
    assert {"server.log", "server.lock", "username", "database", "version"} <= kept.keys()
    assert [name for name in kept if ".before-" in name] == [f"{DATABASE}.before-{version}"]
    assert {path.stat().st_mode & 0o077 for path in files if path.name != DATABASE} == {0}
    for secret in (token, password, key):
        assert not any(secret in text for text in said)
        named = {name for name, content in kept.items() if secret.encode() in content}
        assert named == ({DATABASE} if secret == token else set())


def test_an_extractor_pre_annotates_what_is_opened(shared: Desk, client: Any) -> None:
    tasks = shared.tasks("bridge", "“No tolls”, said Bo Lund.\n")
    process, page = shared.start(tasks, "--extractor", "rules")
    number = int(page.split("/")[-2])
    assert "qm-guidelines" in client.projects.get(number).expert_instruction
    (prediction,) = shared.api(f"projects/{number}/next")["predictions"]
    assert prediction["model_version"] == "rules"
    assert "Bo Lund" in json.dumps(prediction["result"])
    # Another one has its tasks brought, and nothing else to do.
    again = quotemark(*shared.words, tasks, "--extractor", "rules", folder=shared.folder)
    assert (again.returncode, again.stdout.strip()) == (0, page), again.stderr
    assert f"project {number} has its predictions from 'rules'" in again.stderr
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    # What ends is the extractor, which the project is told; the server is somebody else's.
    assert address(shared.home).runs
    assert client.ml.list(project=number) == []
    assert client.projects.get(number).model_version == "rules"


def test_who_finds_the_database_locked_waits_in_turn(server: Studio, server_folder: Path) -> None:
    """Label Studio's own settings give up after five seconds."""
    with closing(sqlite3.connect(server_folder / DATABASE, check_same_thread=False)) as database:
        database.execute("BEGIN IMMEDIATE")
        unlocked = threading.Timer(6, database.rollback)
        unlocked.start()
        headers = {"Authorization": f"Token {server.token}"}
        with httpx.Client(base_url=server.url, trust_env=False, timeout=60) as client:
            made = client.post("/api/projects/", headers=headers, json={"title": "Waited for"})
        unlocked.join()
        assert (made.status_code, made.json()["title"]) == (201, "Waited for")
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_password_is_shown_when_it_is_asked_for(server: Studio, server_folder: Path) -> None:
    words = ["studio", "--no-browser", "--data-dir", server_folder, "--show-password"]
    ran = quotemark(*words, folder=server_folder)
    assert (ran.returncode, ran.stdout.strip()) == (0, server.url), ran.stderr
    assert f"log in as {server.username}; the password is {server.password}\n" in ran.stderr
    assert server.token not in ran.stdout + ran.stderr


def test_other_commands_find_the_users_own_server(shared: Desk, server: Studio) -> None:
    tmp_path, tasks = shared.folder, shared.tasks("own", "“The ferry must go”, said Ana Brandt.\n")
    own = {"QUOTEMARK_STUDIO": str(shared.home)}
    push = ["push", tasks, "--project", "Found by itself"]
    ran = quotemark(*push, folder=tmp_path, env=own)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith(f"created 1, updated 0, unchanged 0: {server.url}/projects/")
    ran = quotemark("studio", *push[1:], "--no-browser", folder=tmp_path, env=own)
    assert "push and pull reach it as long as it runs" in ran.stderr
    # Its token goes to no other address, and one that is given goes before it.
    for words, env, complaint in (
        (["--url", "http://127.0.0.1:9"], own, "there is no access token"),
        ([], {**own, "LABEL_STUDIO_API_KEY": "x"}, "http://localhost:8080"),
        ([], {"QUOTEMARK_STUDIO": str(tmp_path / "none")}, "there is no access token"),
        ([], {}, "there is no access token"),
    ):
        ran = quotemark(*push, *words, folder=tmp_path, env=env)
        assert ran.returncode == 2
        assert complaint in ran.stderr
        assert server.token not in ran.stderr


def test_nobody_signs_up_without_the_invitation(server: Studio, client: Any) -> None:
    fields = {"email": "eve@example.org", "password": "not-a-secret-1"}
    with httpx.Client(base_url=server.url, timeout=60, trust_env=False) as stranger:
        token = stranger.get("/user/signup/").text.split('csrfmiddlewaretoken" value="')[1]
        form = {**fields, "csrfmiddlewaretoken": token.split('"')[0]}
        assert stranger.post("/user/signup/", data=form).status_code == 403
        assert stranger.post("/user/signup/?token=guessed", data=form).status_code == 403
    assert "eve@example.org" not in [user.email for user in client.users.list()]


def test_only_this_machine_by_its_own_names_is_answered(server: Studio) -> None:
    with httpx.Client(base_url=server.url, timeout=60, trust_env=False) as stranger:
        assert stranger.get("/health").status_code == 200
        rebound = stranger.get("/health", headers={"Host": "evil.example.org"})
    assert rebound.status_code == 400


@pytest.mark.browser
def test_the_page_leads_through_the_login_to_the_first_task(
    server: Studio, browser: Browser
) -> None:
    doc = Document("page", "“The ferry must go”, said Ana Brandt.")
    report = push(
        split(doc, scheme=SCHEME.id),
        url=server.url,
        token=server.token,
        project="The page that studio opens",
        scheme=SCHEME,
    )
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{report.url}/data?labeling=1")
    page.fill("[name=email]", server.username)
    page.fill("[name=password]", server.password)
    page.click("[type=submit]")
    page.wait_for_selector(".qm-text .lsf-htx-richtext", timeout=60_000)
    assert "The ferry must go" in page.inner_text(".qm-text")
    context.close()
