"""A server's process: its lock, its port, its environment, and how it ends. Without the server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from quotemark.errors import QuotemarkError
from quotemark.labelstudio.studio import running, studio
from quotemark.labelstudio.studio.credentials import credentials
from quotemark.labelstudio.studio.database import SQLITE, parse_url, remember
from quotemark.labelstudio.studio.home import HOST, LOCK, LOG, open_home
from quotemark.labelstudio.studio.launcher import hold
from quotemark.labelstudio.studio.server import (
    address,
    ended,
    environment,
    last_line,
    listen,
    wait,
)
from support.commands import quotemark
from support.servers import Answer, served

URL = "http://127.0.0.1:8099"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return open_home(tmp_path / "studio")


@contextmanager
def holder(home: Path, url: str = URL) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the folder's lock."""
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from quotemark.labelstudio.studio.launcher import hold\n"
        f"print(hold(Path({str(home / LOCK)!r}), {url!r}), flush=True)\n"
        "time.sleep(600)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline().strip().isdecimal()
        yield process
        process.kill()


def killed_soon(process: subprocess.Popen[str]) -> subprocess.Popen[bytes]:
    code = f"import os, time; time.sleep(0.5); os.kill({process.pid}, 9)"
    return subprocess.Popen([sys.executable, "-c", code])


def test_a_folder_is_in_use_as_long_as_its_lock_is_held(home: Path) -> None:
    assert address(home) == ("", False)
    with holder(home) as process:
        assert address(home) == (URL, True)
        assert (home / LOCK).read_text().split() == [URL, str(process.pid)]
        assert hold(home / LOCK, "http://127.0.0.1:1", patience=0) is None
        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(address, [home] * 64)) == {(URL, True)}
    # However it came to its end: what the file says of it does not count.
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(address, [home] * 64)) == {(URL, False)}
    held = hold(home / LOCK, "http://127.0.0.1:1", patience=0)
    assert held is not None
    assert address(home) == ("http://127.0.0.1:1", True)
    os.close(held)


def test_a_lock_is_waited_for(home: Path) -> None:
    with holder(home) as process, killed_soon(process):
        held = hold(home / LOCK, URL, patience=60)
    assert held is not None
    os.close(held)


def test_no_second_server_is_started_in_a_folder(home: Path) -> None:
    with (
        holder(home),
        pytest.raises(QuotemarkError, match=f"a server runs already .* at {URL}"),
        studio(home),
    ):
        pytest.fail("it was started")
    assert sorted(path.name for path in home.iterdir()) == [LOCK]


def test_a_server_that_runs_is_not_taken_for_another_that_is_asked_for(home: Path) -> None:
    credentials(home, "ana@example.org")
    remember(home, SQLITE)
    other = home.parent / "url"
    other.write_text("postgresql://ana@db.example.org/news")
    with served(lambda _: Answer(200, b"{}")) as url, holder(home, url):
        port = url.rpartition(":")[2]
        for words, code, said in (
            (
                ["--port", "9"],
                2,
                f"{home}: a server runs already with this data folder, at {url} [",
            ),
            (["--username", "bo@example.org"], 2, "the user of this data folder is 'ana@example"),
            (["--database-url-file", other], 2, "are in sqlite, not in postgresql://ana@"),
            (["--port", port, "--username", "ana@example.org"], 0, "a server runs already with"),
        ):
            ran = quotemark(
                "studio", "--no-browser", "--data-dir", home, *words, folder=home.parent
            )
            assert (ran.returncode, said in ran.stderr) == (code, True), ran.stderr


def test_a_server_that_ends_while_it_is_waited_for(home: Path) -> None:
    (home / LOG).write_text("Traceback:\n  of many lines\nValueError: no luck\n\tgoes on\n")
    with (
        holder(home) as process,
        killed_soon(process),
        pytest.raises(QuotemarkError, match="the server has ended: ValueError: no luck"),
    ):
        wait(URL, home, 60, None)


def test_a_server_that_is_ending_does_not_run(home: Path) -> None:
    assert running(home) is None
    with holder(home) as process, killed_soon(process):
        assert running(home) is None


def test_patience_has_an_end(home: Path) -> None:
    with listen(None) as deaf, pytest.raises(QuotemarkError, match="no answer within 1 s"):
        wait("http://{}:{}".format(*deaf.getsockname()), home, 1, None)


def test_why_a_server_ended(home: Path) -> None:
    (home / LOG).write_text("")
    assert last_line(home / LOG) == "it said nothing"
    assert "has ended with code 3: it said nothing [studio]; read its log" in str(ended(home, 3))
    assert "another server has just been started" in str(ended(home, 75))


def test_a_port_that_is_asked_for_is_had_or_refused() -> None:
    with listen(None) as one:
        port = one.getsockname()[1]
        assert one.getsockname()[0] == HOST
        with pytest.raises(QuotemarkError, match=f"cannot listen at port {port}: .*another --port"):
            listen(port)
        with listen(None, before=port) as other:  # where it was before, somebody else is now
            assert other.getsockname()[1] != port
    with listen(port) as again:
        assert again.getsockname()[1] == port
    with listen(None, before=port) as stable:
        assert stable.getsockname()[1] == port


def test_nobody_can_be_taken_for_a_server_that_is_starting() -> None:
    with listen(None) as ours, socket.socket() as theirs:
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with pytest.raises(OSError, match="in use"):
            theirs.bind(ours.getsockname())


def test_the_server_hears_of_nothing_but_its_settings(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DEBUG", "HOST", "PORT", "SECRET_KEY", "USERNAME", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "from outside")
    for name in ("LABEL_STUDIO_API_KEY", "LABEL_STUDIO_HOST", "QUOTEMARK_DATABASE_URL"):
        monkeypatch.setenv(name, "from outside")
    owner = credentials(home)
    given = environment(home, owner, parse_url("postgresql://ana:hush@h/news"))
    assert "from outside" not in given.values()
    assert given["SECRET_KEY"] == owner.secret_key
    assert given["POSTGRE_PASSWORD"] == "hush"
    assert given["LABEL_STUDIO_USER_TOKEN"] == owner.token
    assert given["LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK"] == "true"
    for name in ("COLLECT_ANALYTICS", "LATEST_VERSION_CHECK"):
        assert given[name] == "false"
    for name in ("SENTRY_DSN", "FRONTEND_SENTRY_DSN"):
        assert given[name] == ""
    assert environment(home, owner, SQLITE)["DJANGO_DB"] == "sqlite"


WORKING = """
import signal, threading, time
from quotemark.labelstudio.studio.launcher import Work
work = Work()
signal.signal(signal.SIGTERM, work.finish)
def application(environ, start_response):
    print("asked", flush=True)
    time.sleep(0.5)
    return [b"answered"]
def serve():
    try:
        work.counted(lambda *_: 1 / 0)({}, None)  # one that fails is no longer in progress
    except ZeroDivisionError:
        pass
    answer = work.counted(application)({}, None)
    for part in answer:
        time.sleep(0.5)
        print(part.decode(), flush=True)
    answer.close()
threading.Thread(target=serve, daemon=True).start()
time.sleep(600)
"""


def test_requests_in_progress_are_answered_before_the_end() -> None:
    process = subprocess.Popen([sys.executable, "-c", WORKING], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "asked\n"
        process.terminate()
        assert process.stdout.read() == "answered\n"
        assert process.wait() == 0


def test_what_is_not_installed_is_named_with_the_remedy(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "sys.modules['label_studio'] = None\n"  # Python's own way to say that there is none
        "from quotemark.cli.app import app\n"
        "app(['studio', '--data-dir', 'data'])\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2
    said = ran.stderr.splitlines()[-1]
    assert said.startswith("quotemark: Label Studio is not installed [no-studio]; install it with")
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read_is_named_before_anything_is_started(tmp_path: Path) -> None:
    bad = tmp_path / "tasks.json"
    bad.write_text("[{]")
    for words, complaint in (
        ([bad], "tasks.json"),
        ([tmp_path / "none.json"], "none.json: No such file"),
        (["--scheme", tmp_path / "none.toml"], "none.toml"),
        (["--extractor", "oracle"], "oracle"),
        (["--database-url-file", tmp_path / "none"], "none: No such file"),
        (["--username", "ana"], "'ana' is no email"),
        (["--port", "0"], "--port"),
    ):
        ran = quotemark("studio", "--data-dir", "data", *words, folder=tmp_path)
        assert ran.returncode == 2
        assert complaint in ran.stderr
        assert not (tmp_path / "data" / "server.log").exists()
