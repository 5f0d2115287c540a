"""What `status` looks at: projects as they are on their servers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from quotemark.labelstudio.annotators import Server
from quotemark.labelstudio.remote.blind import each_project
from quotemark.labelstudio.remote.listing import key
from quotemark.labelstudio.remote.progress import Progress, silent
from quotemark.labelstudio.remote.pulling import gather
from quotemark.labelstudio.session import TIMEOUT, shown
from quotemark.labelstudio.status import Surveyed
from quotemark.scheme import Scheme

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio


def survey(
    project: str,
    servers: Iterable[Server],
    *,
    scheme: Scheme,
    annotators: Iterable[str] | None = None,
    timeout: float = TIMEOUT,
    progress: Progress = silent,
) -> list[Surveyed]:
    """The state of a project, or of all projects of a blind annotation, by its name.

    Raises `QuotemarkError` as `pull_all` does, but for no annotation that cannot be understood.
    """

    def look(client: LabelStudio, server: Server, number: int) -> Surveyed:
        about = client.projects.get(number)
        found = gather(client, number, server.url, scheme, predictions=True, progress=progress)
        return Surveyed(
            f"{shown(server.url).rstrip('/')}/projects/{number}",
            about.label_config or "",
            found.tasks,
            data={name: task["data"] for task in found.json if (name := key(task)) is not None},
            model=about.model_version or "",
            doubled=found.doubled,
            unread=found.unread,
        )

    surveyed = each_project(project, servers, annotators, timeout, look)
    return [replace(each, annotator=name) for name, each in surveyed.items()]
