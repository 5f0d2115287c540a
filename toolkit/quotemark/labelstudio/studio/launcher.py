"""The server's own process: Label Studio, bound to its data folder and to whoever started it.

Run by `server.py` as `python -P -m quotemark.labelstudio.studio.launcher LOCK SOCKET`, with the
settings in the environment. Other than the command `label-studio`, it

- holds the folder's lock, so that no two servers ever open one database;
- serves at a socket that is listening already, and so never at another port;
- ends when its standard input does: with the starter, however that came to its end;
- lets the first user in with the token of the environment, whatever happened before;
- has SQLite wait rather than fail;
- lets requests that are being answered be answered when it is told to stop.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from quotemark.labelstudio.studio.home import GRACE, TAKEN

Application = Callable[..., Iterable[bytes]]

PATIENT = {
    "init_command": "PRAGMA journal_mode=WAL",
    "transaction_mode": "IMMEDIATE",
    "timeout": 60,
}
"""How SQLite bears annotators and a push at once: whoever comes waits in turn for whoever writes,
where Label Studio's own settings give up, and an import among annotators' work may never get
through. A transaction that has begun with reading cannot wait, so that all begin as writing."""


def main(lock: str, descriptor: str) -> None:
    """Serve until told to stop. Does not return where all goes well."""
    listener = socket.socket(fileno=int(descriptor))
    host, port = listener.getsockname()
    held = hold(Path(lock), f"http://{host}:{port}")
    if held is None:
        sys.exit(TAKEN)
    work = Work()
    signal.signal(signal.SIGTERM, work.finish)
    threading.Thread(target=_end_with_starter, daemon=True).start()
    runserver = import_module("django.core.management.commands.runserver").Command
    runserver.server_cls = server_class(runserver.server_cls, listener, work)
    sys.argv = ["label-studio", "start", "--no-browser", "--internal-host", host]
    sys.argv += ["--port", str(port), "--debug"]  # debug: no look for another port, nothing else
    import_module("label_studio.server").main()


def hold(file: Path, address: str, *, patience: float = 10.0) -> int | None:
    """Lock a file for as long as this process lives, and write there where the server is.

    None where another process has it, also after `patience` seconds: one whose starter was
    killed needs a moment to end.
    """
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > until:
                os.close(descriptor)
                return None
            time.sleep(0.1)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{address} {os.getpid()}\n".encode(), 0)
    return descriptor


def _end_with_starter() -> None:
    """Wait for the end of standard input, which only the starter's end brings."""
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(2 * GRACE)
    os._exit(1)


class Work:
    """The requests in progress: from their beginning until their answer is sent."""

    def __init__(self) -> None:
        self._count, self._lock = 0, threading.Lock()

    def _add(self, change: int) -> None:
        with self._lock:
            self._count += change

    def counted(self, application: Application) -> Application:
        """The application, with its requests counted."""

        def call(*given: Any) -> Iterable[bytes]:
            self._add(1)
            try:
                return Answer(application(*given), lambda: self._add(-1))
            except BaseException:
                self._add(-1)
                raise

        return call

    def finish(self, *_: object) -> None:
        """End the process as soon as nothing is in progress, or after the time of grace."""
        until = time.monotonic() + GRACE
        while self._count and time.monotonic() < until:
            time.sleep(0.02)
        os._exit(0)


class Answer:
    """What an application answers; the server closes it when it is sent."""

    def __init__(self, parts: Iterable[bytes], done: Callable[[], None]) -> None:
        self._parts, self._done = parts, done

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._parts)

    def close(self) -> None:
        try:
            close = getattr(self._parts, "close", None)
            if close is not None:
                close()
        finally:
            self._done()


def server_class(base: Any, listener: socket.socket, work: Work) -> type[Any]:
    """Django's server class, with a listener that is there already."""

    class Server(base):  # type: ignore[misc]
        request_queue_size = 128

        def server_bind(self) -> None:
            enter()
            self.socket.close()
            self.socket: socket.socket = listener
            self.server_address = listener.getsockname()
            self.server_name, self.server_port = self.server_address
            self.setup_environ()

        def set_app(self, application: Application) -> None:
            super().set_app(work.counted(application))

    return Server


def enter() -> None:
    """Make sure that the starter gets in: the first user has the token that it knows.

    A start that was cut off between making the user and giving it the token leaves another one;
    so does a folder whose credentials were deleted. Then the password is set, too. Where the token
    is right, a password that was changed in the interface stays. In a database that another server
    has used, the organization may have no use of such tokens.
    """
    tokens = import_module("rest_framework.authtoken.models").Token.objects
    users = import_module("users.models").User.objects
    name, token = os.environ["LABEL_STUDIO_USERNAME"], os.environ["LABEL_STUDIO_USER_TOKEN"]
    user = users.get(email=name)
    allowed = user.active_organization.jwt
    if not allowed.legacy_api_tokens_enabled:
        allowed.legacy_api_tokens_enabled = True
        allowed.save()
    if not tokens.filter(user=user, key=token).exists():
        tokens.filter(user=user).delete()
        tokens.create(user=user, key=token)
        user.set_password(os.environ["LABEL_STUDIO_PASSWORD"])
        user.is_staff = user.is_superuser = True
        user.save()
    connections = import_module("django.db").connections
    if connections["default"].vendor == "sqlite":
        connections["default"].settings_dict["OPTIONS"].update(PATIENT)
    connections.close_all()  # those of requests are made anew


if __name__ == "__main__":
    main(*sys.argv[1:])
