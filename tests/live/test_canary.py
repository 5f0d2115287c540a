"""Access tokens are looked for wherever they must not be."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import sleep
from typing import Any

import msgspec
import pytest

from quotemark.labelstudio.codec import to_json
from quotemark.labelstudio.studio import Studio
from soaking.world import SCHEME, tasks
from support.commands import quotemark
from support.members import Member
from support.servers import Answer, Request, relay, served

pytestmark = pytest.mark.live


@contextmanager
def processes() -> Iterator[set[str]]:
    """The command lines of all that runs meanwhile, on this machine."""
    seen: set[str] = set()
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            for line in Path("/proc").glob("[0-9]*/cmdline"):
                with suppress(OSError):  # it has ended in the meantime
                    seen.add(line.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
            sleep(0.05)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def echo(request: Request) -> Answer:
    """An error that holds all that was sent."""
    body = {"detail": str(request), "validation_errors": {"token": [str(request.headers)]}}
    return Answer(400, msgspec.json.encode(body))


def page(request: Request) -> Answer:
    return Answer(500, str(request).encode(), "text/html")


def strange(request: Request) -> Answer:
    """An answer that is none, and holds all that was sent."""
    return Answer(200, msgspec.json.encode([str(request)]))


@pytest.mark.parametrize("kind", ["legacy", "personal"])
def test_the_token_appears_nowhere(
    server: Studio,
    server_folder: Path,
    client: Any,
    members: tuple[Member, Member],
    tmp_path: Path,
    kind: str,
) -> None:
    token = members[0].legacy_token if kind == "legacy" else members[0].personal_token
    made = msgspec.json.encode([to_json(task, SCHEME) for task in tasks(3)])
    (tmp_path / "tasks.json").write_bytes(made)
    title = f"Canary, {kind}"
    commands = (
        ("push", "tasks.json", "-p", title),
        ("pull", "-p", title, "-o", "pulled.jsonl"),
        ("pull", "-p", title, "-o", "pulled.jsonl", "--predictions"),
        ("status", "-p", title),
    )
    said = []

    def run(url: str, code: int) -> None:
        for words in commands:
            env = {"LABEL_STUDIO_URL": url, "LABEL_STUDIO_API_KEY": token}
            done = quotemark(*words, folder=tmp_path, env=env)
            assert done.returncode == code, done.stderr
            said.append(done.stdout + done.stderr)

    def behind(bad: Callable[[Request], Answer], at: str) -> Callable[[Request], Answer]:
        return lambda request: bad(request) if at in request.path else relay(request, server.url)

    with processes() as lines:
        run(server.url, 0)
        for bad in (echo, page, strange) if kind == "legacy" else (echo,):
            with served(behind(bad, "/api/projects")) as url:
                run(url, 2)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any("pulls" in path.parts for path in written)
    logs = [path for path in server_folder.rglob("*.log") if path.is_file()]
    assert logs
    number = next(p.id for p in client.projects.list() if p.title == title)
    stored = [client.projects.get(number).model_dump_json()]
    stored += [t.model_dump_json() for t in client.tasks.list(project=number, fields="all")]
    assert len(stored) == 4
    assert any("tasks.json" in line for line in lines)
    files = [path.read_bytes().decode("utf-8", "replace") for path in (*written, *logs)]
    for secret in (token, server.token, server.password):
        for place in (said, lines, files, stored):
            assert not [text[:200] for text in place if secret in text]
