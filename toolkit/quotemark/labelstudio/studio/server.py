"""The process of a server of one's own: started, waited for, stopped."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from quotemark.errors import error
from quotemark.labelstudio.studio.credentials import Credentials
from quotemark.labelstudio.studio.database import Database
from quotemark.labelstudio.studio.home import GRACE, HOST, LOCK, LOG, TAKEN, not_installed

PREFERRED_PORT = 8080
"""Where a new server listens if it can: Label Studio's own default, and that of `push`."""

_INHERITED = (
    *("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"),
    *("PYTHONPATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
)
"""All that the server gets from outside: it reads a hundred other names, as plain as DEBUG."""

_ANEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW


def check_installed() -> None:
    """Raises `QuotemarkError` where Label Studio cannot run here."""
    if find_spec("label_studio") is None:
        raise not_installed("Label Studio")


@contextmanager
def process(
    folder: Path, listener: socket.socket, settings: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """A server's process while the block runs; it takes the listening socket over.

    `settings` are all of its environment.
    """
    command = [sys.executable, "-P", "-m", f"{__package__}.launcher"]
    with listener, os.fdopen(os.open(folder / LOG, _ANEW, 0o600), "wb") as log:
        started = subprocess.Popen(  # noqa: S603 - nothing in it is anybody's input
            [*command, str(folder / LOCK), str(listener.fileno())],
            cwd=folder,
            env=settings,
            stdin=subprocess.PIPE,  # its end tells the server that we have ended
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=[listener.fileno()],
            start_new_session=True,  # so that Ctrl-C reaches us alone, who stop it in good order
            umask=0o077,
        )
    try:
        yield started
    finally:
        _stop(started)


def environment(folder: Path, owner: Credentials, database: Database) -> Mapping[str, str]:
    """The server's environment: its settings, and next to nothing from outside."""
    return {
        **{name: os.environ[name] for name in _INHERITED if name in os.environ},
        **database.environment,
        "PYTHONUNBUFFERED": "1",
        "SECRET_KEY": owner.secret_key,
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
        "LABEL_STUDIO_USERNAME": owner.username,
        "LABEL_STUDIO_PASSWORD": owner.password,
        "LABEL_STUDIO_USER_TOKEN": owner.token,
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
        "LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED": "false",
        # It may ask `quotemark serve`. Who reaches this server, reaches all else here anyhow.
        "ML_BLOCK_LOCAL_IP": "false",
        "LABEL_STUDIO_ALLOWED_HOSTS": f"{HOST},localhost",
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
    }


def listen(port: int | None, *, before: int | None = None) -> socket.socket:
    """A socket that listens on this machine: at `port`, or where it was before, or where it can.

    It listens from now on, so that nobody else can be taken for the server while it starts.
    Raises `QuotemarkError` where `port` is taken.
    """
    for choice in (port,) if port else (before or PREFERRED_PORT, 0):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, choice))
            listener.listen(128)
        except (OSError, OverflowError) as failure:
            listener.close()
            reason = getattr(failure, "strerror", None) or str(failure)
        else:
            return listener
    message = f"cannot listen at port {port}: {reason}"
    raise error("port", message, "give another --port, or none for a free one")


def wait(url: str, folder: Path, patience: float, started: subprocess.Popen[bytes] | None) -> None:
    """Until the server answers. Raises `QuotemarkError` where it ends instead, or takes too long.

    The question waits at the socket, and is cut off when the process that has it ends. Of a
    server that somebody else has started, there is only the lock to look at.
    """
    direct = build_opener(ProxyHandler({}))
    until = time.monotonic() + patience
    while (left := until - time.monotonic()) > 0:
        try:
            with direct.open(f"{url}/health", timeout=left):
                return
        except TimeoutError:
            break
        except (URLError, OSError):
            time.sleep(0.2)
        gone = started.poll() is not None if started else not address(folder).runs
        if gone:
            raise ended(folder, started.returncode if started else None)
    remedy = "read its log and start it again"
    raise error("studio", f"no answer within {patience:.0f} s", remedy, file=folder / LOG)


def ended(folder: Path, code: int | None) -> Exception:
    """Why a server has ended by itself, as far as its exit code and its log say."""
    if code == TAKEN:
        message = "another server has just been started with this data folder"
        return error("studio", message, "start again to join it", file=folder)
    status = "" if code is None else f" with code {code}"
    message = f"the server has ended{status}: {last_line(folder / LOG)}"
    return error("studio", message, "read its log and start it again", file=folder / LOG)


def last_line(log: Path) -> str:
    """The last line that a server has said, passing over those that go on from one before."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    lines = text.splitlines()
    said = [line for line in lines if line and not line[0].isspace()]
    return said[-1][:200] if said else "it said nothing"


class Address(NamedTuple):
    """Where a folder's server is, or was when it last ran; `""` for never."""

    url: str
    runs: bool


def address(folder: Path) -> Address:
    """Where the folder's server is, and whether it runs.

    It runs as long as a process has the lock, whatever the file says of it. Looking is shared:
    who looks is not taken for a server by others who do.
    """
    try:
        descriptor = os.open(folder / LOCK, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return Address("", False)
    with os.fdopen(descriptor, "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            runs = False
        except BlockingIOError:
            runs = True
        words = file.read(200).decode("utf-8", "replace").split()
    return Address(words[0] if words else "", runs)


def _stop(started: subprocess.Popen[bytes]) -> None:
    """End the server with its children: gently, then not."""
    if started.stdin:
        started.stdin.close()
    for sign, patience in ((signal.SIGTERM, 2 * GRACE), (signal.SIGKILL, None)):
        try:
            os.killpg(started.pid, sign)
        except (ProcessLookupError, PermissionError):  # it has ended, and its children
            break
        try:
            started.wait(patience)
        except subprocess.TimeoutExpired:
            continue
    started.wait()
