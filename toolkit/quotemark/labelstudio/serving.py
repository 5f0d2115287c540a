"""The web server of an ML backend: who may ask, how much, and what is logged of it.

`backend` says what is answered. Nothing of an article, and no secret, reaches the log: it
names paths, tasks' numbers, counts, and the kind of what went wrong.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import os
import socket
import threading
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, Any

from quotemark.errors import QuotemarkError, error, printable
from quotemark.extractors import Extractor
from quotemark.labelstudio import backend
from quotemark.model import Json
from quotemark.scheme import Scheme

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

    Endpoint = Callable[[Request], Awaitable[Response]]

LOG = logging.getLogger("quotemark.serve")

HOST, PORT = "127.0.0.1", 9090
"""This machine only, at the port that backends of Label Studio mostly have."""

USER = "quotemark"
"""The user's name that goes with the secret."""

LARGEST = 64 * 1024 * 1024
"""Bytes that a request may have. Label Studio sends all tasks that were selected in one."""

GRACE = 3
"""Seconds that requests under way have left when the server is stopped."""


def app(
    extractor: Extractor, scheme: Scheme, *, secret: str | None = None, loopback: bool = True
) -> ASGIApp:
    """The backend as an ASGI application.

    With a `secret`, every request must bring it by HTTP Basic authentication, as the user
    `quotemark`. On `loopback`, requests must be to this machine by one of its own names: a page
    in a browser could else have a name of its own lead here (DNS rebinding). Requests that a
    browser makes for a page of another origin are always refused.
    """
    from starlette.applications import Starlette
    from starlette.routing import Route

    turn = asyncio.Lock()  # an extractor need not be ready for threads

    async def health(request: Request) -> Response:
        return _json(backend.health(extractor))

    async def versions(request: Request) -> Response:
        return _json(backend.versions(extractor))

    async def setup(request: Request) -> Response:
        return _json(backend.setup(await _body(request), extractor, scheme))

    async def webhook(request: Request) -> Response:
        LOG.info("webhook: %s", printable(backend.event(await _body(request)))[:60])
        return _json({})

    async def predict(request: Request) -> Response:
        tasks = backend.tasks_of(await _body(request), scheme)
        began = time.monotonic()
        results: list[Json] = []
        for task in tasks:
            if await request.is_disconnected():
                LOG.warning("predict: given up after %d of %s", len(results), _count(len(tasks)))
                break
            async with turn:  # between two tasks of many, others have theirs
                results.append(await _in_thread(_prediction, task, extractor, scheme))
        else:
            missing = sum(not result for result in results)
            words = f"predict: {_count(len(tasks))} in {time.monotonic() - began:.1f} s"
            LOG.info("%s%s", words, f", {missing} without prediction" if missing else "")
        return _json({"results": results})

    routes = [
        Route("/", _told(health)),
        Route("/health", _told(health)),
        Route("/versions", _told(versions)),
        Route("/setup", _told(setup), methods=["POST"]),
        Route("/predict", _told(predict), methods=["POST"]),
        Route("/webhook", _told(webhook), methods=["POST"]),
    ]
    return _guarded(Starlette(routes=routes), secret, loopback=loopback)


@contextmanager
def serving(
    extractor: Extractor,
    scheme: Scheme,
    *,
    host: str = HOST,
    port: int = 0,
    secret: str | None = None,
) -> Iterator[str]:
    """Run the backend in a thread until the block ends; gives its address.

    It listens at `port`, or at a free one. Raises `QuotemarkError` where `host` can be reached from
    other machines and there is no secret, where it cannot listen there, and where Starlette or
    Uvicorn is not installed.
    """
    try:
        import starlette  # noqa: F401
        import uvicorn
    except ImportError:
        remedy = "install them with: pip install '.[serve]' in quotemark's checkout"
        raise error("no-server", "starlette and uvicorn are not installed", remedy) from None
    with _bound(host, port) as listener:
        name, number = listener.getsockname()[:2]
        loopback = ip_address(name).is_loopback
        if not loopback and not secret:
            message = f"other machines can reach {host}, so that a secret is needed"
            remedy = "set QUOTEMARK_SERVE_SECRET or give --secret-file, or leave --host out"
            raise error("secret", message, remedy)
        server = uvicorn.Server(
            uvicorn.Config(
                app(extractor, scheme, secret=secret, loopback=loopback),
                lifespan="off",
                ws="none",
                log_config=None,
                log_level="critical",  # what it would say may quote a request
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE,
            )
        )
        thread = threading.Thread(target=server.run, args=([listener],), name="quotemark-serve")
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.01)
            if not server.started:
                raise error("server", f"cannot listen at {host}, port {number}", "try again")
            yield f"http://[{name}]:{number}" if ":" in name else f"http://{name}:{number}"
        finally:
            server.should_exit = True
            thread.join()


def _bound(host: str, port: int) -> socket.socket:
    """A socket at the address, not listening yet."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            if os.name == "posix":  # elsewhere it would share the port with another program
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
        except OSError:
            listener.close()
            raise
    except (OSError, OverflowError, UnicodeError) as failure:
        reason = getattr(failure, "strerror", None) or str(failure)
        message = f"cannot listen at {host}, port {port}: {reason}"
        raise error("port", message, "give another --port, or 0 for a free one") from None
    return listener


async def _in_thread(work: Callable[..., Json], *given: object) -> Json:
    """What `work` returns, from a thread that nobody waits for when the server is stopped."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Json] = loop.create_future()

    def finish(result: Json) -> None:
        if not done.cancelled():
            done.set_result(result)

    def run() -> None:
        result = work(*given)
        with suppress(RuntimeError):  # the server was stopped meanwhile
            loop.call_soon_threadsafe(finish, result)

    threading.Thread(target=run, name="quotemark-extract", daemon=True).start()
    return await done


def _prediction(task: Mapping[str, Json], extractor: Extractor, scheme: Scheme) -> Json:
    """A task's prediction, or no prediction, which Label Studio asks for again next time."""
    try:
        return backend.predict(task, extractor, scheme) or []
    except QuotemarkError as failure:
        reason = ", ".join(sorted({problem.code for problem in failure.problems}))
    except Exception as failure:  # one task must not take the others along
        reason = _kind(failure)
    LOG.warning("predict: task %s: no prediction [%s]", printable(str(task.get("id")))[:20], reason)
    return []


def _kind(failure: Exception) -> str:
    """What kind of error, and where it was raised: its message may quote the text."""
    frame = extract_tb(failure.__traceback__)[-1]
    return f"{type(failure).__name__} at {Path(frame.filename).name}:{frame.lineno}"


def _told(endpoint: Endpoint) -> Endpoint:
    """An endpoint whose failures are a line of reason, here and in the log."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except QuotemarkError as failure:
            status = 413 if failure.problems[0].code == "size" else 400
            reason = "; ".join(map(str, failure.problems))
        except Exception as failure:  # no page, and no traceback
            status, reason = 500, f"failed: {_kind(failure)}"
        LOG.warning("%s: %d: %s", request.url.path, status, reason)
        return _json({"error": reason}, status)

    return answer


def _count(tasks: int) -> str:
    return f"{tasks} task{'' if tasks == 1 else 's'}"


async def _body(request: Request) -> Json:
    """The JSON that a request brings, unless it is none or too much."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST:
            raise error("size", f"the request has more than {LARGEST} bytes", "select fewer tasks")
        chunks.append(chunk)
    try:
        return json.loads(b"".join(chunks))
    except (ValueError, RecursionError):  # what is wrong would quote what is there
        raise error("request", "the request is not JSON", "see the ML backend protocol") from None


def _json(content: Json, status: int = 200) -> Response:
    from starlette.responses import Response

    return Response(json.dumps(content), status, media_type="application/json")


def _guarded(inner: ASGIApp, secret: str | None, *, loopback: bool) -> ASGIApp:
    """The application behind its checks of who asks."""
    expected = f"Basic {b64encode(f'{USER}:{secret}'.encode()).decode()}" if secret else ""

    async def guard(scope: Any, receive: Any, send: Any) -> None:
        from starlette.datastructures import Headers

        headers = Headers(scope=scope)
        reason, status = _stranger(headers, loopback=loopback), 403
        if not reason and secret:
            given = headers.get("authorization", "")
            if not hmac.compare_digest(given.encode(), expected.encode()):
                reason, status = "a user's name and password are needed", 401
        if not reason:
            await inner(scope, receive, send)
            return
        LOG.warning("%d: %s", status, reason)
        refusal = _json({"error": reason}, status)
        if status == 401:
            refusal.headers["www-authenticate"] = 'Basic realm="quotemark"'
        await refusal(scope, receive, send)

    return guard


def _stranger(headers: Mapping[str, str], *, loopback: bool) -> str:
    """Why a request is not from a Label Studio server; empty where it may be."""
    host = headers.get("host", "")
    if loopback and not _is_loopback(host):
        return "the request is to a host of another name"
    origin = headers.get("origin")
    site = headers.get("sec-fetch-site", "none")
    if (origin is not None and origin != f"http://{host}") or site not in ("none", "same-origin"):
        return "the request is from a page of another origin"
    return ""


def _is_loopback(host: str) -> bool:
    """Whether a Host header, with or without port, is a name of this machine for itself.

    >>> [_is_loopback(h) for h in ("127.0.0.1:9090", "[::1]", "localhost", "127.0.0.1.evil.org")]
    [True, True, True, False]
    """
    name, colon, port = host.rpartition(":")
    if not colon or "]" in port:
        name = host
    elif not port.isdecimal():
        return False
    if name.lower() == "localhost":
        return True
    try:
        return ip_address(name.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False
