"""Addresses at which no Label Studio answers, or a bad one: a line each, and no token anywhere."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from quotemark.cli.app import app
from support.servers import Answer, Request, served

LEGACY = "0123456789abcdef0123456789abcdef01234567"
# What a personal access token looks like: {"alg": "HS256"}.{"exp": 8102715230, …}.signature
PERSONAL = (
    "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjgxMDI3MTUyMzAsInRva2VuX3R5cGUiOiJyZWZyZXNoIn0."
    "c2lnbmF0dXJlLW9mLXRoZS10b2tlbi1vZi10aGUtdGVzdHM"
)
VERSION = Answer(200, b'{"release": "1.23.2"}')
PAGE = Answer(200, b"<html>Welcome", "text/html")
STRANGE = "answered with something that is no answer of Label Studio's"
BROKEN = Answer(502, b"<html><h1>502 Bad Gateway</h1>", "text/html")


class Outcome:
    """How a command ended, and what it left behind."""

    def __init__(self, folder: Path, url: str, token: str, *words: str) -> None:
        self.output = folder / "pulled.jsonl"
        self.output.write_text("from before\n", encoding="utf-8")
        environment = {"LABEL_STUDIO_URL": url, "LABEL_STUDIO_API_KEY": token}
        given = ["pull", "-p", "News", "-o", str(self.output), *words]
        result = CliRunner(env=environment).invoke(app, given)
        self.code, self.out, self.error = result.exit_code, result.stdout, result.stderr
        self.token = token

    def tells(self, *parts: str) -> None:
        """It failed with this one line, has written nothing, and kept the token to itself."""
        assert self.code == 2, self.error
        assert len(self.error.splitlines()) == 1, self.error
        assert self.error.startswith("quotemark: ")
        for part in parts:
            assert part in self.error
        assert self.output.read_text(encoding="utf-8") == "from before\n"
        assert [path.name for path in self.output.parent.iterdir()] == ["pulled.jsonl"]
        assert self.out == ""
        assert self.token not in self.error


@pytest.mark.parametrize("token", [LEGACY, PERSONAL], ids=["legacy", "personal"])
@pytest.mark.parametrize(
    ("answer", "parts"),
    [
        (PAGE, ["is no Label Studio [server]", "--url"]),
        (BROKEN, ["failed with status 502", "look at the server's log"]),
        (Answer(404, b"not here", "text/plain"), ["is no Label Studio"]),
        (Answer(401, b'{"detail": "who are you?"}'), ["is no Label Studio"]),
        (Answer(200, b"[1, 2]"), ["is no Label Studio"]),
        (Answer(200, b"5"), ["is no Label Studio"]),
        (Answer(200, b"\xff\xfe"), ["is no Label Studio"]),
    ],
)
def test_what_is_no_label_studio_never_sees_the_token(
    tmp_path: Path, token: str, answer: Answer, parts: list[str]
) -> None:
    asked: list[Request] = []

    def keep(request: Request) -> Answer:
        asked.append(request)
        return answer

    with served(keep) as url:
        Outcome(tmp_path, url, token).tells(url, *parts)
    assert asked
    assert not any(token in str(request) for request in asked)
    assert not any("authorization" in map(str.lower, request.headers) for request in asked)


@pytest.mark.parametrize("token", [LEGACY, PERSONAL], ids=["legacy", "personal"])
@pytest.mark.parametrize(
    ("answer", "part"),
    [
        (PAGE, STRANGE),
        (Answer(401, b'{"detail": "Invalid token."}'), "refuses the access token (401)"),
        (Answer(403, b"{}"), "refuses the access token (403)"),
        (Answer(404, b'{"detail": "Not here."}'), "refused with status 404: Not here."),
        (Answer(200, b'{"email": 3, "access": 5}'), STRANGE),
        (Answer(200, b"[]"), STRANGE),
        (Answer(200, b"null"), STRANGE),
    ],
)
def test_a_label_studio_that_fails_after_its_version(
    tmp_path: Path, token: str, answer: Answer, part: str
) -> None:
    with served(lambda r: VERSION if r.path == "/api/version" else answer) as url:
        Outcome(tmp_path, url, token).tells(url, part)


def echo(request: Request) -> Answer:
    """A server that repeats what it was told."""
    if request.path == "/api/version":
        return VERSION
    said = f"bad: {request.headers.get('Authorization', '')} {request.body.decode()}"
    return Answer(400, json.dumps({"detail": said}).encode())


@pytest.mark.parametrize("token", [LEGACY, PERSONAL], ids=["legacy", "personal"])
def test_a_token_that_the_server_repeats_is_not_repeated_by_us(tmp_path: Path, token: str) -> None:
    with served(echo) as url:
        Outcome(tmp_path, url, token).tells("refused with status 400: bad: ", "(token)")


def test_a_reason_is_shown_on_one_line_without_control_characters(tmp_path: Path) -> None:
    reason = Answer(400, json.dumps({"detail": "a\nb\x1b[31m" + "x" * 9999}).encode())
    with served(lambda r: VERSION if r.path == "/api/version" else reason) as url:
        outcome = Outcome(tmp_path, url, LEGACY)
    outcome.tells("a\\nb\\x1b[31m")
    assert len(outcome.error) < 500


@pytest.mark.parametrize("when", ["/api/version", "/api/current-user/whoami"])
def test_a_server_that_hangs_is_waited_for_so_long_and_no_longer(tmp_path: Path, when: str) -> None:
    over = threading.Event()

    def hang(request: Request) -> Answer:
        if request.path == when:
            over.wait(60)
        return VERSION

    with served(hang) as url:
        Outcome(tmp_path, url, LEGACY, "--timeout", "0.5").tells("did not answer in time")
        assert not over.is_set()
        over.set()


def test_a_server_that_hangs_up(tmp_path: Path) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def hang_up() -> None:
            while True:
                listening.accept()[0].close()

        threading.Thread(target=hang_up, daemon=True).start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        Outcome(tmp_path, url, LEGACY).tells("no server answers at", url)


def test_a_server_that_is_down(tmp_path: Path) -> None:
    with socket.socket() as free:  # bound, and so nobody else's, but not listening
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        Outcome(tmp_path, url, LEGACY).tells("no server answers at", url, "start it")


@pytest.mark.parametrize(
    "url",
    ["ftp://x", "x", "http://", "http://[", "http://x:99999", "http://a b", "http://\x00", "//"],
)
def test_what_is_no_address(tmp_path: Path, url: str) -> None:
    Outcome(tmp_path, "", LEGACY, "--url", url).tells("[server]", "http://localhost:8080")


def test_a_password_in_the_address_is_not_shown(tmp_path: Path) -> None:
    with served(lambda request: PAGE) as url:
        outcome = Outcome(tmp_path, url.replace("//", "//me:hidden-word@"), LEGACY)
    outcome.tells(url)
    assert "hidden-word" not in outcome.error


@pytest.mark.parametrize(
    ("content", "part"), [(None, "No such file"), ("", "no access token"), ("a b", "is no access")]
)
def test_a_token_file_that_holds_none(tmp_path: Path, content: str | None, part: str) -> None:
    file = tmp_path / "aside" / "token"
    (tmp_path / "work").mkdir()
    file.parent.mkdir()
    if content is not None:
        file.write_text(content, encoding="utf-8")
    outcome = Outcome(tmp_path / "work", "http://127.0.0.1:9", LEGACY, "--token-file", str(file))
    outcome.tells(str(file), part, "[file]" if content is None else "[token]")


def test_no_token_at_all(tmp_path: Path) -> None:
    runner = CliRunner(env={"LABEL_STUDIO_API_KEY": ""})
    result = runner.invoke(app, ["pull", "-p", "News", "-o", str(tmp_path / "x.jsonl")])
    assert result.exit_code == 2
    assert "there is no access token [token]; set LABEL_STUDIO_API_KEY or give" in result.stderr


def test_a_studio_that_does_not_run_is_told_as_such(tmp_path: Path) -> None:
    home = tmp_path / "studio"
    home.mkdir()
    (home / "server.lock").write_text("http://127.0.0.1:8099 1\n", encoding="utf-8")
    runner = CliRunner(env={"LABEL_STUDIO_API_KEY": "", "QUOTEMARK_STUDIO": str(home)})
    pull = ["pull", "-p", "News", "-o", str(tmp_path / "x.jsonl")]
    for words in ([], ["--url", "http://127.0.0.1:8099"]):
        result = runner.invoke(app, [*pull, *words])
        assert result.exit_code == 2
        assert f"{home}: there is no access token, and your own studio does" in result.stderr
        assert "start it with: quotemark studio" in result.stderr
    elsewhere = runner.invoke(app, [*pull, "--url", "http://127.0.0.1:9"])
    assert "studio does not run" not in elsewhere.stderr


@pytest.mark.parametrize(
    "content",
    [
        b"An article.\n",
        b"{}",
        b"[1]",
        b'[{"data": {"te',
        b"\xff\xfe\x00",
        b'{"id": "a", "text": "x"}\n',
    ],
)
def test_what_is_no_file_of_tasks_is_told_before_any_server_is_asked(
    tmp_path: Path, content: bytes
) -> None:
    asked: list[Request] = []

    def keep(request: Request) -> Answer:
        asked.append(request)
        return VERSION

    file = tmp_path / "tasks.json"
    file.write_bytes(content)
    with served(keep) as url:
        environment = {"LABEL_STUDIO_URL": url, "LABEL_STUDIO_API_KEY": LEGACY}
        for name in (file, tmp_path / "none.json"):
            result = CliRunner(env=environment).invoke(app, ["push", str(name), "-p", "News"])
            assert result.exit_code == 2
            assert result.stderr.startswith(f"quotemark: {name}: ")
            assert len(result.stderr.splitlines()) == 1
    assert not asked
