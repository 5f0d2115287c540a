"""JSON-MIN, Label Studio's short export: its records as tasks, and what they lack."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from quotemark.model import Json

FORMAT = "JSON_MIN"

LACKS = (
    "the ids of regions",
    "relations",
    "which region a choice or a comment belongs to",
    "predictions",
    "drafts",
    "skipped tasks",
)
"""What a record does not say, whatever was annotated."""

ABOUT = ("annotation_id", "annotator", "created_at", "updated_at", "lead_time")
"""Keys of a record that speak of the annotation; older versions write fewer of them."""

BESIDE = ("id", "agreement", "history", *ABOUT)
PLACES = ("start", "end", "startOffset", "endOffset", "globalOffsets")


def is_minimal(item: Any) -> bool:
    """Whether an item of an export is a record of JSON-MIN.

    >>> is_minimal({"text": "Yes.", "id": 1, "annotator": 3}), is_minimal({"data": {}})
    (True, False)
    """
    if not isinstance(item, dict) or isinstance(item.get("data"), dict):
        return False
    return any(key in item for key in ("annotation_id", "annotator")) or any(
        _regions(value) for value in item.values()
    )


def tasks_of(records: Iterable[Mapping[str, Any]], controls: Collection[str] = ()) -> list[Json]:
    """Records as tasks of the full format, those of one task together.

    A record mixes the task's data with answers under the names of their controls. What lists
    regions is an answer, as is what is named among the controls and what differs between the
    records of one task; all other keys are data. Regions get ids of their control and number.

    >>> region = {"start": 0, "end": 3, "labels": ["Quote"]}
    >>> record = {"id": 1, "text": "Yes.", "ner": [region], "annotator": 2, "annotation_id": 5}
    >>> task, = tasks_of([record])
    >>> task["data"], task["annotations"][0]["result"][0]["id"]
    ({'text': 'Yes.'}, 'ner-1')
    """
    groups: dict[Any, list[Mapping[str, Any]]] = {}
    for number, record in enumerate(records):
        name = record.get("id")
        known = isinstance(name, (int, str))
        groups.setdefault((known, name if known else number), []).append(record)
    return [_task(group, controls) for group in groups.values()]


def _task(records: Sequence[Mapping[str, Any]], controls: Collection[str]) -> Json:
    first = records[0]
    answers = {
        key
        for record in records
        for key, value in record.items()
        if _regions(value) or key in controls or any(other.get(key) != value for other in records)
    }
    return {
        "id": first.get("id"),
        "data": {k: v for k, v in first.items() if k not in answers and k not in BESIDE},
        "annotations": [_annotation(record, answers) for record in records if _has_any(record)],
    }


def _has_any(record: Mapping[str, Any]) -> bool:
    """Whether a record is an annotation, not a task that nobody has annotated."""
    said = any(record.get(key) is not None for key in ("annotation_id", "annotator"))
    return said or any(_regions(value) for value in record.values())


def _annotation(record: Mapping[str, Any], answers: set[str]) -> Json:
    layer = {key: record[key] for key in ABOUT if key in record}
    results: list[Json] = []
    others: dict[str, Json] = {}
    for key, value in record.items():
        if key not in answers or key in BESIDE:
            continue
        labelled = _regions(value)
        for number, region in enumerate(labelled, 1):
            kind = next(name for name in region if _are_labels(name, region[name]))
            name = f"{key}-{number}"
            results.append({"id": name, "from_name": key, "type": kind, "value": region})
        if not labelled:
            others[key] = value
    who = layer.pop("annotator", None)
    return {
        "id": layer.pop("annotation_id", None),
        "completed_by": {"email": who} if isinstance(who, str) else who,
        **layer,
        "result": results,
        "answers": others,
    }


def _regions(value: Any) -> list[Mapping[str, Any]]:
    """The labelled regions that a value lists; none where it is something else."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return []
    found = [
        item
        for item in value
        if any(place in item for place in PLACES)
        and any(_are_labels(name, names) for name, names in item.items())
    ]
    return found if len(found) == len(value) else []


def _are_labels(name: str, names: Any) -> bool:
    return name.endswith("labels") and isinstance(names, list)
