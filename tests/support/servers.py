"""Small web servers on this machine: what a Label Studio is not, and what stands before one."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Request(NamedTuple):
    """What was asked of a server."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Answer(NamedTuple):
    """What it answers."""

    status: int
    body: bytes
    kind: str = "application/json"
    headers: Mapping[str, str] = {}


@contextmanager
def served(answer: Callable[[Request], Answer]) -> Iterator[str]:
    """A web server's address while the block runs; it answers requests side by side.

    Where `answer` raises `ConnectionResetError`, the connection breaks.
    """

    class Handler(BaseHTTPRequestHandler):
        def reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                given = answer(Request(self.command, self.path, dict(self.headers.items()), body))
            except ConnectionResetError:
                at_once = struct.pack("ii", 1, 0)  # closed with a reset, not in good order
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
                os.close(self.connection.detach())
                self.close_connection = True
                return
            self.send_response(given.status)
            for name, value in given.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", given.kind)
            self.send_header("Content-Length", str(len(given.body)))
            with suppress(ConnectionError):  # who asked has given up, or was killed
                self.end_headers()
                self.wfile.write(given.body)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = reply  # noqa: N815 - http.server's names

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as web:
        web.daemon_threads = True
        thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{web.server_port}"
        finally:
            web.shutdown()
            thread.join()


def relay(request: Request, url: str) -> Answer:
    """What another server answers to a request, asked of it at `url`."""
    import httpx

    headers = {k: v for k, v in request.headers.items() if k.lower() not in ("host", "connection")}
    answer = httpx.request(
        request.method, url + request.path, headers=headers, content=request.body, timeout=60
    )
    kind = answer.headers.get("Content-Type", "text/html")
    return Answer(answer.status_code, answer.content, kind)
