"""A Label Studio server of one's own on this machine, for trying out and for tests."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from quotemark.errors import error

HOST = "127.0.0.1"
LOG = "server.log"


@dataclass(frozen=True, slots=True)
class Studio:
    """A running server and how to get in. Password and token are not shown by `repr`."""

    url: str
    username: str
    password: str = field(repr=False)
    token: str = field(repr=False)


@contextmanager
def studio(
    folder: Path, *, username: str = "annotator@example.org", port: int = 0, patience: float = 300
) -> Iterator[Studio]:
    """Run a server with its SQLite database in `folder` until the block ends.

    It listens on this machine only, at `port` or a free one, and reports to nobody. Password
    and token are made anew and go through the environment, so that no list of processes shows
    them; they hold for a `folder` that no server has used before. The first start takes a
    minute or two. Raises `QuotemarkError` where Label Studio is not installed, or does not
    answer within `patience` seconds.
    """
    program = executable()
    folder.mkdir(parents=True, exist_ok=True)
    port = port or _free_port()
    running = Studio(
        f"http://{HOST}:{port}", username, secrets.token_urlsafe(16), secrets.token_hex(20)
    )
    command = [program, "start", "--no-browser", "--internal-host", HOST, "--port", str(port)]
    with (folder / LOG).open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - the program is Label Studio's own
            command,
            cwd=folder,
            env=_environment(running, folder),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait(process, running.url, folder / LOG, patience)
            yield running
        finally:
            _stop(process)


def executable() -> str:
    """Where the `label-studio` command is: beside this Python, or on the path."""
    beside = shutil.which("label-studio", path=sysconfig.get_path("scripts"))
    found = beside or shutil.which("label-studio")
    if found is None:
        remedy = "install it with: pip install '.[studio]' in quotemark's checkout"
        raise error("no-studio", "the label-studio command is not installed", remedy)
    return found


def _environment(running: Studio, folder: Path) -> Mapping[str, str]:
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("LABEL_STUDIO_")},
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
        "LABEL_STUDIO_USERNAME": running.username,
        "LABEL_STUDIO_PASSWORD": running.password,
        "LABEL_STUDIO_USER_TOKEN": running.token,
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "DJANGO_DB": "sqlite",
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], url: str, log: Path, patience: float) -> None:
    """Until the server answers. A busy port would make it move on silently: it must be ours."""
    direct = build_opener(ProxyHandler({}))
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if process.poll() is not None:
            message = f"the server ended at its start with code {process.returncode}"
            raise error("studio", message, "read its log", file=log)
        try:
            with direct.open(f"{url}/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.5)
    raise error("studio", f"no answer within {patience:.0f} s", "read its log", file=log)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server with its children: gently, then not."""
    if sys.platform == "win32":
        process.terminate()
        process.wait()
        return
    for sign, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            break
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
    process.wait()
