"""Where a finding can be mended: the address of its task in Label Studio, as pull recorded it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from quotemark.model import Annotation
from quotemark.segment import window_of


def task_link(annotation: Annotation, place: int | None = None) -> str:
    """The address of the task that holds a place of the text; empty where none is known.

    Made only of what pull wrote into the provenance: the project's address and the task's
    number. Where several tasks make up the annotation, it is the one of the place, and without
    a place none.

    >>> pulled = {"label_studio": {"url": "http://127.0.0.1:8080/projects/3", "task": 17}}
    >>> task_link(Annotation("a", "", "ann", provenance=pulled))
    'http://127.0.0.1:8080/projects/3/data?task=17'
    """
    made = annotation.provenance
    if not (address := _address(made)) and place is not None:
        tasks = made.get("tasks")
        for key, own in tasks.items() if isinstance(tasks, Mapping) else ():
            window = window_of(str(key))
            if window and window[0] <= place < window[1]:
                return _address(own)
    return address


def _address(provenance: Any) -> str:
    """A task's address, if its parts are what pull writes: files may say anything."""
    said = provenance.get("label_studio") if isinstance(provenance, Mapping) else None
    if not isinstance(said, Mapping):
        return ""
    url, task = said.get("url"), said.get("task")
    if not isinstance(url, str) or not isinstance(task, int) or isinstance(task, bool):
        return ""
    if not re.fullmatch(r"https?://[!-;=?-~]+/projects/[0-9]+", url) or task < 0:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    plain = parts.hostname and not (parts.username or parts.password or parts.query)
    return f"{url}/data?task={task}" if plain and not parts.fragment else ""
