"""An order in which annotators get tasks.

Label Studio's button *Label All Tasks* goes by tasks' ids, which nothing changes later. What it
does keep is a tab's order, in which *Label Tasks As Displayed* goes: so each task of an order has
its place in its data, and a tab of the project goes by it. Tasks without a place come last.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from quotemark.labelstudio.remote.asking import ask, ask_for
from quotemark.labelstudio.remote.listing import key, placed
from quotemark.labelstudio.status import PLACE
from quotemark.model import Json

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

TAB = "Next"
"""The title of the tab that is in order."""

DIGITS = 6
"""How long a place is: the server compares places as words, so all are as long."""

VIEWS = "api/dm/views/"
"""Where the server has the tabs."""

ORDER = f"tasks:data.{PLACE}"

WIDTH = 100
"""How wide the column of places is, in pixels."""

SHOWN = ("id", "total_annotations", "annotators", "data.title", "data.text", f"data.{PLACE}")
"""The columns of the tab; the others stay to be chosen."""

COLUMNS = (
    *("id", "inner_id", "completed_at", "total_annotations", "cancelled_annotations"),
    *("total_predictions", "annotators", "annotations_results", "annotations_ids"),
    *("predictions_score", "predictions_model_versions", "predictions_results", "file_upload"),
    *(
        "storage_filename",
        "created_at",
        "updated_at",
        "updated_by",
        "avg_lead_time",
        "draft_exists",
    ),
    *(f"data.{name}" for name in ("key", "document", "window", "title", "text", "before", "after")),
    *(f"data.{name}" for name in ("speakers", "targets", "entities", "topics", "text_sha256")),
    *(f"data.{name}" for name in ("length", "scheme", "meta", "assigned", "arm", "note", PLACE)),
)


def numbered(payloads: Mapping[str, dict[str, Json]]) -> dict[str, dict[str, Json]]:
    """Tasks' payloads by key, each with its place in their order.

    >>> numbered({"a": {"data": {"text": "Yes."}}})
    {'a': {'data': {'text': 'Yes.', 'place': '000001'}}}
    """
    return {
        key: {**payload, "data": {**payload["data"], PLACE: f"{number:0{DIGITS}}"}}
        for number, (key, payload) in enumerate(payloads.items(), 1)
    }


def put_in_order(client: LabelStudio, project: int, payloads: Mapping[str, Any]) -> None:
    """Have a tab that goes by the places of tasks, and no places but those of `payloads`."""
    for task in placed(client, project):
        name = key(task)
        if name is not None and name not in payloads:  # others' tasks may have a place of their own
            rest = {at: value for at, value in task["data"].items() if at != PLACE}
            client.tasks.update(str(task["id"]), data=rest)
    tabs = _tabs(client, project)
    own = next((tab for tab in tabs if _is_ours(tab["data"])), None)
    if own is None:
        hidden = [f"tasks:{name}" for name in COLUMNS if name not in SHOWN]
        _send(
            client,
            "POST",
            "",
            project,
            {
                "title": TAB,
                "type": "list",
                "target": "tasks",
                "ordering": [ORDER],
                "filters": {"conjunction": "and", "items": []},
                "hiddenColumns": {"explore": hidden, "labeling": hidden},
                "columnsWidth": {ORDER: WIDTH},
            },
        )
    elif own["data"].get("ordering") != [ORDER]:
        _send(client, "PATCH", f"{own['id']}/", project, {**own["data"], "ordering": [ORDER]})


def _is_ours(tab: Mapping[str, Any]) -> bool:
    """Whether a tab is the one that we made, and no other that somebody has called so.

    Whatever people set in it since, its column of places keeps a width.
    """
    widths = tab.get("columnsWidth") or {}
    return tab.get("title") == TAB and (tab.get("ordering") == [ORDER] or ORDER in widths)


def _tabs(client: LabelStudio, project: int) -> list[dict[str, Any]]:
    """The tabs of a project, as they are: the SDK's own objects drop what people set."""
    return ask_for(list[dict[str, Any]], client, "GET", VIEWS, params={"project": project})


def _send(client: LabelStudio, method: str, path: str, project: int, data: object) -> None:
    ask(client, method, f"{VIEWS}{path}", json={"project": project, "data": data})
