"""Who may ask an ML backend: whoever has the secret, or else this machine alone."""

from __future__ import annotations

import hmac
import logging
from base64 import b64encode
from collections.abc import Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.types import ASGIApp

LOG = logging.getLogger("quotemark.serve")

USER = "quotemark"
"""The user's name that goes with the secret."""


def guarded(inner: ASGIApp, secret: str | None) -> ASGIApp:
    """The application behind its checks of who asks.

    With a `secret`, every request must bring it by HTTP Basic authentication, as the user
    `quotemark`. Without, requests must be to this machine by one of its own names: a page in a
    browser could else have a name of its own lead here (DNS rebinding). Requests that a browser
    makes for a page of another origin are always refused.
    """
    expected = f"Basic {b64encode(f'{USER}:{secret}'.encode()).decode()}" if secret else ""

    async def guard(scope: Any, receive: Any, send: Any) -> None:
        from starlette.datastructures import Headers
        from starlette.responses import JSONResponse

        headers = Headers(scope=scope)
        reason, status = _stranger(headers, any_host=bool(secret)), 403
        if not reason and secret:
            given = headers.get("authorization", "")
            if not hmac.compare_digest(given.encode(), expected.encode()):
                reason, status = "a user's name and password are needed", 401
        if not reason:
            await inner(scope, receive, send)
            return
        LOG.warning("%d: %s", status, reason)
        how = {"WWW-Authenticate": 'Basic realm="quotemark"'} if status == 401 else None
        await JSONResponse({"error": reason}, status, how)(scope, receive, send)

    return guard


def _stranger(headers: Mapping[str, str], *, any_host: bool) -> str:
    """Why a request is not from a Label Studio server; empty where it may be."""
    host = headers.get("host", "")
    if not any_host and not _is_loopback(host):
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
