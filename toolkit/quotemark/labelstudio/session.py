"""A session with a Label Studio server, through its SDK, which is loaded only here and then.

What goes wrong in it is told in one line, without the access token.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecodeError
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from quotemark.errors import QuotemarkError, error
from quotemark.files import read_bytes

if TYPE_CHECKING:
    import httpx
    from label_studio_sdk import LabelStudio

URL = "http://localhost:8080"
"""Where a server listens by default; the SDK's own default is another port."""

TOKEN_VARIABLE, URL_VARIABLE = "LABEL_STUDIO_API_KEY", "LABEL_STUDIO_URL"

TIMEOUT = 120.0
"""How many seconds a server may take for an answer; a large import has its time to think."""

CONNECT = 10.0
"""How many seconds it may take to be reached at all."""

ATTEMPTS = 3
"""How often what can be asked twice without harm is asked again where the server or what stands
before it fails for the moment; what makes something (POST) is never repeated blindly."""

HARMLESS = ("GET", "PATCH", "DELETE")
PASSING = (408, 429, 500, 502, 503, 504)
"""Answers that may be others a moment later."""


def find_token(file: Path | None = None) -> str:
    """The access token: a file's content, or else that of LABEL_STUDIO_API_KEY.

    Raises `QuotemarkError`, which never repeats what it found.
    """
    token = read_bytes(file).decode("utf-8", "replace") if file else os.environ.get(TOKEN_VARIABLE)
    token = (token or "").strip()
    if not token:
        message = "there is no access token"
        remedy = f"set {TOKEN_VARIABLE} or give --token-file; it is in Account & Settings"
        raise error("token", message, remedy, file=file or "")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise error("token", "is no access token", "give the token alone", file=file or "")
    return token


@contextmanager
def session(url: str, token: str, timeout: float) -> Iterator[LabelStudio]:
    """A client of the server. Raises `QuotemarkError` for what goes wrong in the block."""
    try:
        import httpx
        from httpx_retries import Retry, RetryTransport
        from label_studio_sdk import LabelStudio
        from label_studio_sdk.core.api_error import ApiError
        from label_studio_sdk.core.parse_error import ParsingError
        from pydantic import ValidationError
    except ImportError:
        remedy = "install it with: pip install '.[labelstudio]' in quotemark's checkout"
        raise error("no-sdk", "label-studio-sdk is not installed", remedy) from None
    place = shown(url)
    waits = httpx.Timeout(timeout, connect=min(timeout, CONNECT))
    again = Retry(
        total=ATTEMPTS,
        allowed_methods=HARMLESS,
        status_forcelist=PASSING,
        retry_on_exceptions=(httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError),
        backoff_factor=0.5,
        max_backoff_wait=10,
    )
    try:
        carrier = RetryTransport(httpx.HTTPTransport(proxy=_proxy(url)), again)
        with httpx.Client(timeout=waits, follow_redirects=True, transport=carrier) as transport:
            address = f"{url.rstrip('/')}/"  # without the slash, the SDK drops a path's last part
            _recognise(transport, address, place)
            client: LabelStudio = LabelStudio(  # type: ignore[no-untyped-call]
                base_url=address, api_key=token, httpx_client=transport, max_retries=0
            )
            if not _greeted(client):
                raise error("server", f"{place} {_STRANGE}", _LOOK)
            yield client
    except ApiError as failure:
        raise _told(failure.status_code, failure.body, place, token) from None
    except (ParsingError, ValidationError, JSONDecodeError):
        raise error("server", f"{place} {_STRANGE}", _LOOK) from None
    except (TypeError, AttributeError) as failure:
        if not _within_sdk(failure):
            raise
        raise error("server", f"{place} {_STRANGE}", _LOOK) from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise error("server", f"{place} is no address of a server", _ADDRESS) from None
    except httpx.TimeoutException:
        message = f"{place} did not answer in time"
        remedy = "try again, with a longer --timeout if it is slow; nothing is made twice"
        raise error("server", message, remedy) from None
    except httpx.HTTPError as failure:
        message = f"no server answers at {place}: {_clean(failure, token)}"
        raise error("server", message, f"start it, or {_ADDRESS}") from None


_ADDRESS = f"give its address with --url or {URL_VARIABLE}, as in {URL}"

_LOOK = "look at the server's log, and at what stands before it"
_STRANGE = "answered with something that is no answer of Label Studio's"


def _proxy(url: str) -> str | None:
    """The proxy that the environment names, which cannot know this machine's own addresses."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in ("localhost", "127.0.0.1", "::1") or proxy_bypass(host):
        return None
    proxies = getproxies()
    return proxies.get(parts.scheme) or proxies.get("all")


def _recognise(transport: httpx.Client, address: str, place: str) -> None:
    """Make sure that a Label Studio answers, before it is given the token."""
    answer = transport.get(f"{address}api/version")
    if answer.status_code >= 500 or answer.status_code in PASSING:
        raise _told(answer.status_code, None, place)
    try:
        known = answer.is_success and "release" in answer.json()
    except (ValueError, TypeError):
        known = False
    if not known:
        raise error("server", f"what answers at {place} is no Label Studio", _ADDRESS)


def _within_sdk(failure: Exception) -> bool:
    """Whether the SDK itself stumbled: it does over JSON that is not of the shape it expects."""
    place = failure.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    name = place.tb_frame.f_globals.get("__name__", "") if place else ""
    return str(name).startswith("label_studio_sdk")


def _greeted(client: LabelStudio) -> bool:
    """Whether the server says whose the token is."""
    try:
        return isinstance(client.users.whoami().email, str)
    except (AttributeError, TypeError):  # the SDK takes any JSON for the answer it expects
        return False


def _told(status: int | None, body: Any, place: str, token: str = "") -> QuotemarkError:
    """What the server's refusal means, without headers, pages or tokens."""
    if status in (401, 403):
        remedy = "take one from Account & Settings; legacy ones the organization must allow"
        return error("token", f"{place} refuses the access token ({status})", remedy)
    if status == 429:
        return error("server", f"{place} takes no more requests now ({status})", "try again later")
    if status is not None and status < 300:
        return error("server", f"{place} {_STRANGE}", _LOOK)
    if not isinstance(body, dict):
        return error("server", f"{place} failed with status {status}", _LOOK)
    reasons = body.get("validation_errors") or body.get("detail") or "no reason given"
    message = f"{place} refused with status {status}: {_clean(reasons, token)}"
    return error("server", message, "see the reason; is the project still there?")


def _clean(reason: object, token: str) -> str:
    """What a server said, short and without the token, or one that was made of it."""
    secret = rf"{re.escape(token)}|eyJ[\w-]+\.[\w.-]+" if token else r"eyJ[\w-]+\.[\w.-]+"
    return re.sub(secret, "(token)", str(reason))[:300]


def shown(url: str) -> str:
    """An address without a user's name and password. Raises where it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise error("server", "the address of the server cannot be read", _ADDRESS) from None
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
