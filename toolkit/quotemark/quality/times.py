"""When annotators submitted their tasks, and how long these took, as Label Studio tells it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from quotemark.model import Annotation, Fragment, Json
from quotemark.segment import window_of


class Task(NamedTuple):
    """One task of one annotator: a document or a `window` of it (None: the whole).

    `made` is when it was first submitted, in UTC, and `seconds` how long it took; None where
    that is not known.
    """

    document: str
    window: Fragment | None
    made: datetime | None
    seconds: float | None

    @property
    def place(self) -> tuple[str, Fragment]:
        """Where it is among others: a whole document is where it begins.

        >>> Task("d", None, None, None).place
        ('d', (0, 0))
        """
        return self.document, self.window or (0, 0)


def tasks(layer: Annotation) -> list[Task]:
    """The tasks that a layer was annotated in, by place; where it does not say: one.

    >>> made = {"created_at": "2026-11-02T10:00:00Z", "lead_time": 30.5}
    >>> parts = {"d:0-40": {"label_studio": made}, "d:40-90": {}}
    >>> for task in tasks(Annotation("d", "", "ann", provenance={"tasks": parts})):
    ...     print(task.window, task.made and task.made.date(), task.seconds)
    (0, 40) 2026-11-02 30.5
    (40, 90) None None
    """
    parts = layer.provenance.get("tasks")
    if isinstance(parts, Mapping) and parts:
        found = list(_parts(layer, parts))
        return sorted(found, key=lambda task: task.place)
    window = layer.asked.windows
    only = window[0] if window is not None and len(window) == 1 else None
    return [_task(layer.doc_id, only, layer.provenance)]


def _parts(layer: Annotation, parts: Mapping[str, Json]) -> Iterator[Task]:
    for key, own in parts.items():
        told = {**layer.provenance, **(own if isinstance(own, Mapping) else {})}
        yield _task(layer.doc_id, window_of(key), told)


def _task(doc: str, window: Fragment | None, provenance: Mapping[str, Json]) -> Task:
    told = provenance.get("label_studio")
    if not isinstance(told, Mapping):
        return Task(doc, window, None, None)
    made = _moment(told.get("created_at")) or _moment(told.get("updated_at"))
    return Task(doc, window, made, _seconds(told.get("lead_time")))


def _seconds(value: Json) -> float | None:
    """A time that was taken; what was imported or never measured has 0 or none."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if 0 < value <= sys.float_info.max else None


def _moment(value: Json) -> datetime | None:
    """A moment in ISO 8601, as UTC; without a zone it is taken to be in UTC."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        if found is None:
            return None
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
