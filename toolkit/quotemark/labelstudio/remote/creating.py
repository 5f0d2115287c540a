"""Tasks made on a server, each once as far as this client can know."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from quotemark.errors import error
from quotemark.labelstudio.remote.listing import key, own_tasks
from quotemark.labelstudio.remote.progress import Progress, silent
from quotemark.labelstudio.session import ATTEMPTS
from quotemark.model import Json

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

T = TypeVar("T")

CHUNK = 500
"""Tasks in one import, the server's own unit: smaller ones take longer in all."""

WEIGHT = 8_000_000
"""Bytes of JSON in one import: SQLite is locked for annotators while it is stored."""

PAUSE = 1.0
"""Seconds after the first failure, doubled with each."""


def create(
    client: LabelStudio,
    project: int,
    payloads: Mapping[str, dict[str, Json]],
    progress: Progress = silent,
) -> None:
    """Import tasks by key, in their order. Raises `QuotemarkError` as `insist` does."""

    def post(keys: Sequence[str]) -> int:
        request: Any = [payloads[name] for name in keys]
        made: Any = client.projects.import_tasks(project, request=request)
        return int(made.task_count or 0)

    def missing(keys: Sequence[str]) -> list[str]:
        there = set(map(key, own_tasks(client, project, "data")))
        return [name for name in keys if name not in there]

    done = 0
    for chunk in _chunks(payloads):
        insist(chunk, "tasks", post, missing)
        done += len(chunk)
        progress("tasks made", done, len(payloads))


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
        message = f"the server did not make {len(left)} of {len(items)} {what} ({failed})"
        raise error("server", message, "push again: what is there is not made twice")


def _chunks(payloads: Mapping[str, dict[str, Json]]) -> Iterator[list[str]]:
    chunk: list[str] = []
    weight = 0
    for name, payload in payloads.items():
        size = len(msgspec.json.encode(payload))
        if chunk and (len(chunk) == CHUNK or weight + size > WEIGHT):
            yield chunk
            chunk, weight = [], 0
        chunk.append(name)
        weight += size
    if chunk:
        yield chunk


def present(
    client: LabelStudio, project: int, *, predictions: bool
) -> dict[str, list[dict[str, Json]]]:
    """A project's own tasks by key, those of one key by their ids."""
    parts = ("data", "predictions") if predictions else ("data",)
    found: dict[str, list[dict[str, Json]]] = {}
    for task in own_tasks(client, project, *parts):
        name = key(task)
        if name is not None:
            found.setdefault(name, []).append(task)
    return found
