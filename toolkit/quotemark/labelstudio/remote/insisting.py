"""Something made on a server once, however often the server or the way to it fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from quotemark.errors import error
from quotemark.labelstudio.session import ATTEMPTS
from quotemark.wording import counted

T = TypeVar("T")

PAUSE = 1.0
"""Seconds after the first failure, doubled with each."""


def insist(
    items: Sequence[T],
    what: str,
    post: Callable[[Sequence[T]], int],
    missing: Callable[[Sequence[T]], Sequence[T]],
) -> None:
    """Have the server make `items`, by `post`, which gives how many it has made.

    Such a request is stored whole or not at all, but a server may fail after having stored it,
    or store it after its answer was given up: `missing` looks up what is there before anything
    is sent again. Raises `QuotemarkError` where some are missing after `ATTEMPTS` times.
    """
    from httpx import TransportError
    from label_studio_sdk.core.api_error import ApiError

    left, failed = items, ""
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(PAUSE * 2 ** (attempt - 1))
            left = missing(left)
        if not left:
            return
        try:
            made = post(left)
        except ApiError as failure:
            status = failure.status_code or 0
            if status < 500 and status not in (408, 429):
                raise
            failed = f"status {status}"
        except TransportError as failure:
            failed = type(failure).__name__
        else:
            if made == len(left):
                return
            failed = f"{made} made of {len(left)}"
    left = missing(left)
    if left:
        message = f"the server did not make {len(left)} of {counted(len(items), what)} ({failed})"
        raise error("server", message, "push again: what is there is not made twice")
