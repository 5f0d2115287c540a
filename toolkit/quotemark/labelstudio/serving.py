"""The web server of an ML backend: how much may be asked, and what is logged of it.

`backend` says what is answered, `guard` who may ask. Nothing of an article, and no secret, reaches
the log: it names paths, tasks' numbers, counts, and the kind of what went wrong.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING

from quotemark.errors import QuotemarkError, error, printable
from quotemark.extractors import Extractor
from quotemark.labelstudio import backend
from quotemark.labelstudio.guard import guarded
from quotemark.model import Json
from quotemark.scheme import Scheme
from quotemark.wording import counted

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

    Endpoint = Callable[[Request], Awaitable[Response]]

LOG = logging.getLogger("quotemark.serve")

HOST = "127.0.0.1"
"""This machine only."""

LARGEST = 64 * 1024 * 1024
"""Bytes that a request may have. Label Studio sends all tasks that were selected in one."""

GRACE = 3
"""Seconds that requests under way have left when the server is stopped."""


def app(extractor: Extractor, scheme: Scheme, *, secret: str | None = None) -> ASGIApp:
    """The backend as an ASGI application.

    With a `secret`, requests must bring it; without, only this machine may ask: see `guard`.
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
                LOG.warning(
                    "predict: given up after %d of %s", len(results), counted(len(tasks), "task")
                )
                break
            async with turn:  # between two tasks of many, others have theirs
                results.append(await _in_thread(_prediction, task, extractor, scheme))
        else:
            missing = sum(not result for result in results)
            words = f"predict: {counted(len(tasks), 'task')} in {time.monotonic() - began:.1f} s"
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
    return guarded(Starlette(routes=routes), secret)


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
        if not secret and not ip_address(name).is_loopback:
            message = f"other machines can reach {host}, so that a secret is needed"
            remedy = "set QUOTEMARK_SERVE_SECRET or give --secret-file, or leave --host out"
            raise error("secret", message, remedy)
        server = uvicorn.Server(
            uvicorn.Config(
                app(extractor, scheme, secret=secret),
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
