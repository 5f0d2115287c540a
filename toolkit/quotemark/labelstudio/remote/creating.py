"""Tasks made on a server, each once as far as this client can know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from quotemark.labelstudio.remote.asking import ask_for
from quotemark.labelstudio.remote.completing import complete
from quotemark.labelstudio.remote.insisting import insist
from quotemark.labelstudio.remote.listing import own_tasks, version
from quotemark.labelstudio.remote.progress import Progress, silent
from quotemark.model import Json

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

CHUNK = 500
"""Tasks in one import, the server's own unit: smaller ones take longer in all."""

WEIGHT = 8_000_000
"""Bytes of JSON in one import: SQLite is locked for annotators while it is stored."""

PARTS = ("annotation", "prediction")
"""What comes with tasks, as the server counts it."""


def create(
    client: LabelStudio,
    project: int,
    payloads: Mapping[str, dict[str, Json]],
    progress: Progress = silent,
) -> None:
    """Import tasks by key, in their order, with all that comes with them.

    Raises `QuotemarkError` as `insist` does.
    """
    made: Counter[str] = Counter()
    chunk: dict[str, bytes] = {}

    def post(keys: Sequence[str]) -> int:
        # As bytes: the SDK would look through all of it twice before it is written.
        counts = ask_for(
            dict[str, Json],
            client,
            "POST",
            f"api/projects/{project}/import",
            content=b"[%b]" % b",".join(chunk[name] for name in keys),
            headers={"Content-Type": "application/json"},
        )
        made.update({part: int(counts.get(f"{part}_count") or 0) for part in PARTS})
        return int(counts.get("task_count") or 0)

    def missing(keys: Sequence[str]) -> list[str]:
        there = set(map(version, own_tasks(client, project, "data")))
        return [name for name in keys if version(payloads[name]) not in there]

    done = 0
    for chunk in _chunks(payloads):
        insist(list(chunk), "task", post, missing)
        done += len(chunk)
        progress("tasks made", done, len(payloads))
    given = {part: sum(len(p[f"{part}s"]) for p in payloads.values()) for part in PARTS}
    if given != {part: made[part] for part in PARTS}:
        complete(client, project, payloads)


def _chunks(payloads: Mapping[str, dict[str, Json]]) -> Iterator[dict[str, bytes]]:
    """Payloads as JSON, so many as fit into one import."""
    chunk: dict[str, bytes] = {}
    weight = 0
    for name, payload in payloads.items():
        body = msgspec.json.encode(payload)
        if chunk and (len(chunk) == CHUNK or weight + len(body) > WEIGHT):
            yield chunk
            chunk, weight = {}, 0
        chunk[name] = body
        weight += len(body)
    if chunk:
        yield chunk


class Present(NamedTuple):
    """A project's own tasks by key, those of one key by their ids; how many tasks it has in all.

    `outdated` are tasks of documents that are about to be pushed with another text.
    """

    tasks: dict[str, list[dict[str, Json]]]
    total: int
    outdated: tuple[dict[str, Json], ...] = ()


def present(
    client: LabelStudio, project: int, texts: Mapping[str, str], *, predictions: bool
) -> Present:
    """The tasks that a project has, with or without their predictions.

    `texts` are the hashes of the texts that are about to be pushed, by document.
    """
    parts = ("data", "predictions") if predictions else ("data",)
    found: dict[tuple[str, str], list[dict[str, Json]]] = {}
    outdated = []
    count = 0
    for count, task in enumerate(own_tasks(client, project, *parts), 1):  # noqa: B007
        name = version(task)
        if name is None:
            continue
        if texts.get(str(task["data"].get("document")), name[1]) != name[1]:
            outdated.append(task)
        else:
            found.setdefault(name, []).append(task)
    times = Counter(key for key, _ in found)
    named = {
        key if times[key] == 1 else f"{key} ({text[:12]})": tasks
        for (key, text), tasks in found.items()
    }
    return Present(named, count, tuple(outdated))
