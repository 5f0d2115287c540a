"""What a pull remembers for the next one: the tasks as they were, each with its stamp, and when.

One file for each server and project, readable by its owner only. Without it, or where it cannot be
read or is of another project, everything is fetched anew.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from quotemark.files import write_atomic
from quotemark.model import Json

Tasks = dict[int, dict[str, Json]]

VERSION = 2


class _Memory(msgspec.Struct):
    version: int
    project: str
    at: datetime
    tasks: list[dict[str, Json]]


class Known(NamedTuple):
    """Tasks by id, as they were when the server's clock was at `at`."""

    tasks: Tasks
    at: datetime


NOTHING = Known({}, datetime.min.replace(tzinfo=UTC))


def cache_folder() -> Path:
    """Where pulls of this user remember tasks."""
    from platformdirs import user_cache_path

    return user_cache_path("quotemark", appauthor=False) / "pulls"


def recall(folder: Path | None, url: str, project: int, since: str, *, predictions: bool) -> Known:
    """The tasks of a project at the last pull; none where nothing is remembered."""
    if folder is None:
        return NOTHING
    try:
        data = _file(folder, url, project, predictions=predictions).read_bytes()
        found = msgspec.json.decode(data, type=_Memory)
        tasks = {int(task["id"]): task for task in found.tasks}
    except (OSError, msgspec.DecodeError, KeyError, TypeError, ValueError):
        return NOTHING
    same = found.version == VERSION and found.project == _name(url, project, since)
    return Known(tasks, found.at) if same else NOTHING


def keep(
    folder: Path | None,
    url: str,
    project: int,
    since: str,
    known: Known,
    *,
    predictions: bool,
) -> None:
    """Remember the tasks of a project. Drafts are not remembered: no stamp tells their age."""
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    memory = _Memory(VERSION, _name(url, project, since), known.at, list(known.tasks.values()))
    file = _file(folder, url, project, predictions=predictions)
    write_atomic(file, msgspec.json.encode(memory), private=True)


def _name(url: str, project: int, since: str) -> str:
    return f"{url} {project} {since}"


def _file(folder: Path, url: str, project: int, *, predictions: bool) -> Path:
    digest = hashlib.sha256(f"{url} {project}".encode()).hexdigest()[:16]
    return folder / f"{digest}{'-predictions' if predictions else ''}.json"
