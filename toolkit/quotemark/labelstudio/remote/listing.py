"""The tasks of a project, page by page, with no more of each than is needed.

The server computes every field of a task unless it is told which ones (`include`): that is what
makes its own list of whole tasks slow.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from quotemark.errors import error
from quotemark.labelstudio.remote.ahead import ahead
from quotemark.labelstudio.remote.asking import ask_for
from quotemark.labelstudio.remote.progress import Progress, silent
from quotemark.labelstudio.session import ATTEMPTS
from quotemark.labelstudio.status import PLACE
from quotemark.model import Json

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

PAGE = 500
"""Tasks in one answer."""

SOME = 100
"""Tasks asked for by their ids in one question: it stands in the address, which may not be long."""

Part = Literal["data", "annotations", "predictions"]

_OUTLINE = (
    "id",
    "updated_at",
    "total_annotations",
    "cancelled_annotations",
    "total_predictions",
)
_LAYER = ("result", "created_at")
_PARTS: dict[Part, tuple[str, ...]] = {
    "data": ("data",),
    "annotations": (
        "data",
        "annotations",
        "completed_by",
        "was_cancelled",
        "ground_truth",
        "lead_time",
        "parent_prediction",
        "parent_annotation",
        *_LAYER,
    ),
    "predictions": ("data", "predictions", "model_version", "score", *_LAYER),
}
"""The fields to include: the server takes one list for tasks and what is in them."""

SETTLING = timedelta(minutes=1)
"""How long the server may take from a task's stamp to what that is of."""

Stamp = tuple[Json, ...]
"""What of a task changes whenever its annotations or predictions do; drafts change nothing."""


def own_tasks(
    client: LabelStudio,
    project: int,
    *parts: Part,
    ids: Sequence[int] | None = None,
    progress: Progress = silent,
) -> Iterator[dict[str, Json]]:
    """Every task of a project, or those of `ids`, as JSON: its outline and the `parts` of it.

    In the order in which they were made. Raises `QuotemarkError` where the server gives fewer
    than it counts.
    """
    include = dict.fromkeys([*_OUTLINE, *(name for part in parts for name in _PARTS[part])])
    whole = {"annotations", "predictions"} & set(parts)
    asked = _asked(project, include, whole=bool(whole))
    if ids is None:
        yield from _pages(client, asked, {}, progress)
        return
    for start in range(0, len(ids), SOME):
        some = {"all": False, "included": list(ids[start : start + SOME])}
        yield from _pages(client, asked, {"selectedItems": some})
        progress("tasks", min(start + SOME, len(ids)), len(ids))


def _asked(project: int, include: Iterable[str], *, whole: bool = False) -> dict[str, Any]:
    """The question for some fields of a project's tasks; `whole`: of what is in them, too."""
    return {
        "project": project,
        "fields": "all" if whole else "task_only",
        "include": ",".join(include),
        "resolve_uri": False,
    }


def _pages(
    client: LabelStudio,
    asked: dict[str, Any],
    query: dict[str, Json],
    progress: Progress = silent,
    *filters: dict[str, Json],
) -> Iterator[dict[str, Json]]:
    """Tasks by id. Each page begins after the last id of the one before, not at a number:
    a task that is deleted meanwhile would move the others, and one would be left out. It is asked
    for while the one before is worked on; two at once would take the server longer."""

    def after(last: int) -> Callable[[], _Page]:
        words = {
            "ordering": ["tasks:id"],
            "filters": {
                "conjunction": "and",
                "items": [condition("id", "greater", "Number", last), *filters],
            },
            **query,
        }
        return partial(_page, client, {**asked, "query": msgspec.json.encode(words).decode()})

    seen, left, coming = 0, 1, after(0)
    while left > 0:
        page = coming()
        if page.total and not page.tasks:
            message = f"the server counts {page.total} more tasks and gives none"
            raise error("server", message, "try again")
        seen, left = seen + len(page.tasks), page.total - len(page.tasks)
        if left > 0:
            coming = ahead(after(max(int(task["id"]) for task in page.tasks)))
        yield from page.tasks
        progress("tasks", seen, seen + left)


def condition(field: str, operator: str, kind: str, value: Json) -> dict[str, Json]:
    """A filter of tasks by one of their fields, of a `kind` as the server names it."""
    return {
        "filter": f"filter:tasks:{field}",
        "operator": operator,
        "type": kind,
        "value": value,
    }


class _Page(msgspec.Struct):
    total: int
    tasks: list[dict[str, Json]]


def _page(client: LabelStudio, asked: dict[str, Any]) -> _Page:
    """One page, through the SDK's client but as plain JSON: to make objects of the tasks takes
    the SDK longer than the server needs to give them."""
    return ask_for(_Page, client, "GET", "api/tasks/", params={**asked, "page_size": PAGE})


def stamp(task: dict[str, Json]) -> Stamp:
    """What a task's outline says of its state."""
    return tuple(task.get(name) for name in _OUTLINE[1:])


def now(client: LabelStudio) -> datetime:
    """The server's clock, to the second, as it tells with every answer; the beginning of time
    where it does not."""
    answer: Any = client._client_wrapper.httpx_client.request("api/version", method="GET")
    try:
        told = parsedate_to_datetime(answer.headers["Date"])
    except (KeyError, ValueError):
        return datetime.min.replace(tzinfo=UTC)
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def settled(task: Mapping[str, Json], at: datetime) -> bool:
    """Whether a task's stamp says all of it, when looked at then.

    The server stamps a task before it stores the prediction for which it does so: what was read
    in between has the new stamp, and the old prediction.

    >>> noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    >>> [settled({"updated_at": f"2026-05-01T11:{m}:01Z"}, noon) for m in (58, 59)]
    [True, False]
    """
    try:
        return datetime.fromisoformat(str(task["updated_at"])) + SETTLING < at
    except (ValueError, TypeError):  # no time, or none that says where
        return False


def total(client: LabelStudio, project: int) -> int:
    """How many tasks a project has."""
    pager: Any = client.tasks.list(
        project=project, fields="task_only", include="id", page_size=1, resolve_uri=False
    )
    return int(pager.response.total or 0)


def drafted(client: LabelStudio, project: int) -> list[int]:
    """The ids of the tasks in which somebody has a draft."""
    having = condition("draft_exists", "equal", "Boolean", True)
    pages = _pages(client, _asked(project, ["id"]), {}, silent, having)
    return [int(task["id"]) for task in pages]


def placed(client: LabelStudio, project: int) -> Iterator[dict[str, Json]]:
    """The tasks that have a place in an order, with their data."""
    having = condition(f"data.{PLACE}", "empty", "String", False)
    yield from _pages(client, _asked(project, (*_OUTLINE, "data")), {}, silent, having)


def exported(client: LabelStudio, project: int, ids: Sequence[int]) -> Iterator[dict[str, Json]]:
    """Tasks with everybody's drafts, which only an export gives; predictions are bare ids.

    By id; the server gives those first in which something has happened last. It keeps a copy of
    each export beside its database, so ask for few.
    """
    for start in range(0, len(ids), SOME):
        some = _exported(client, project, ids[start : start + SOME])
        yield from sorted(some, key=lambda task: int(task["id"]))


def _exported(client: LabelStudio, project: int, ids: Sequence[int]) -> list[dict[str, Json]]:
    """One export. Of two of the same tasks at one moment, the server truncates one: it writes
    both to one file."""
    parameters: Any = {"additional_query_parameters": {"ids[]": [str(i) for i in ids]}}
    for attempt in range(ATTEMPTS):
        time.sleep(attempt)
        stream: Any = client.projects.exports.download_sync(
            project,
            export_type="JSON",
            download_all_tasks=True,
            download_resources=False,
            ids=None,
            request_options=parameters,
        )
        with suppress(msgspec.DecodeError):
            return msgspec.json.decode(b"".join(stream), type=list[dict[str, Json]])
    raise error("server", "an export of the server is no JSON", "try again")


def key(task: dict[str, Json]) -> str | None:
    """The key of a task that quotemark has made; None of any other."""
    data = task.get("data")
    if not isinstance(data, dict) or "text_sha256" not in data:
        return None
    found = data.get("key")
    return str(found) if found is not None else None


def version(task: dict[str, Json]) -> tuple[str, str] | None:
    """The key of a task that quotemark has made, and the hash of its document's text.

    After an article has changed, tasks of both texts may have one key for a while.
    """
    name = key(task)
    return None if name is None else (name, str(task["data"]["text_sha256"]))
