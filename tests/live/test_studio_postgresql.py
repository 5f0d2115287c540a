"""A server of one's own whose annotations are in a real PostgreSQL."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from quotemark.errors import QuotemarkError
from quotemark.labelstudio.studio import Studio, studio
from quotemark.labelstudio.studio.database import parse_url
from quotemark.labelstudio.studio.home import LOG
from quotemark.labelstudio.studio.server import check_installed
from support.commands import quotemark
from support.needs import unavailable

pytestmark = pytest.mark.live

PASSWORD = "p@ss/w:rd #1"
DEBIAN = Path("/usr/lib/postgresql")
"""Where Debian keeps the programs of each version; they are not on the path."""


def program(name: str) -> str:
    found = shutil.which(name) or next(map(str, sorted(DEBIAN.glob(f"*/bin/{name}"))), None)
    if found is None:
        unavailable("PostgreSQL is not installed")
    return found


@pytest.fixture
def url() -> Iterator[str]:
    """The URL of a database in a cluster of its own, which refuses to be run by root."""
    initdb, postgres, isready = map(program, ("initdb", "postgres", "pg_isready"))
    user = "nobody" if os.geteuid() == 0 else None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pw").write_text(PASSWORD)
        if user:
            shutil.chown(folder, user)
            shutil.chown(folder / "pw", user)
        owner = ["-U", "boss", f"--pwfile={folder / 'pw'}", "-A", "scram-sha-256"]
        subprocess.run(
            [initdb, "-D", folder / "data", *owner, "-E", "UTF8", "--no-sync"],
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        with (folder / "log").open("wb") as log:
            settings = ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
            server = subprocess.Popen(
                [postgres, "-D", folder / "data", "-p", str(port), "-k", folder, *settings],
                user=user,
                cwd=folder,
                stderr=log,
            )
        try:
            asked = [isready, "-q", "-h", "127.0.0.1", "-p", str(port)]
            while subprocess.run(asked, check=False).returncode:
                assert server.poll() is None, (folder / "log").read_text()
                time.sleep(0.1)
            yield f"postgresql://boss:{quote(PASSWORD, safe='')}@127.0.0.1:{port}/postgres"
        finally:
            server.terminate()
            server.wait()


def ask(server: Studio, method: str, path: str, **fields: object) -> Any:
    headers = {"Authorization": f"Token {server.token}"}
    with httpx.Client(timeout=60, trust_env=False, headers=headers) as client:
        answer = client.request(method, f"{server.url}/api/{path}", json=fields or None)
        return answer.raise_for_status().json()


@pytest.mark.timeout(600)
def test_annotations_are_in_postgresql(tmp_path: Path, url: str) -> None:
    try:
        check_installed()
    except QuotemarkError as failure:
        unavailable(str(failure))
    home = tmp_path / "data"
    words: list[str | Path] = ["studio", "--no-browser", "--data-dir", home]

    # A database that refuses us is told of in a line, and nothing is settled by that.
    wrong = url.replace(quote(PASSWORD, safe=""), "not-the-one")
    ran = quotemark(*words, folder=tmp_path, env={"QUOTEMARK_DATABASE_URL": wrong})
    assert ran.returncode == 2
    assert 'password authentication failed for user "boss"' in ran.stderr
    assert "not-the-one" not in ran.stderr + (home / LOG).read_text(encoding="utf-8")

    database = parse_url(url)
    with studio(home, database=database) as server:
        number = ask(server, "POST", "projects", title="In PostgreSQL")["id"]
        listed = subprocess.run(
            ["ps", "-e", "-ww", "-o", "args"], capture_output=True, text=True, check=True
        ).stdout
    assert not list(home.glob("*sqlite*"))

    # Without the URL it does not begin anew, with an empty database.
    ran = quotemark(*words, folder=tmp_path)
    assert ran.returncode == 2
    assert f"the annotations of this data folder are in {database.name}, not" in ran.stderr

    with studio(home, database=database) as server:
        assert ask(server, "GET", f"projects/{number}")["title"] == "In PostgreSQL"
    files = [path for path in home.rglob("*") if path.is_file()]
    for secret in (PASSWORD, quote(PASSWORD, safe="")):
        assert secret not in listed + ran.stderr
        assert not [path for path in files if secret.encode() in path.read_bytes()]
