"""Projects of a server: found by id or title, made once, their configuration kept in step."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from quotemark.errors import error
from quotemark.labelstudio.codec import parse
from quotemark.labelstudio.config import labeling_config
from quotemark.labelstudio.remote.listing import own_tasks, total
from quotemark.scheme import Scheme

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

TITLE = range(3, 51)
"""How long a project's title may be."""

SETTLING = 1.0
"""Seconds after which two projects of one title, made at one moment, have become one again."""


def find(client: LabelStudio, project: int | str) -> int | None:
    """The project of this id or exact title. A title in figures is taken for an id.

    Of several of one title, the only one that has tasks, or the first where none has. Raises
    `QuotemarkError` where several have tasks.
    """
    every = _every(client)
    if isinstance(project, int) or project.isdecimal():
        return next((number for number, _ in every if number == int(project)), None)
    found = _titled(every, project)
    if len(found) < 2:
        return found[0] if found else None
    time.sleep(SETTLING)
    found = _titled(_every(client), project)
    full = [number for number in found if total(client, number)]
    if len(full) > 1:
        numbers = ", ".join(map(str, full))
        message = f"{len(full)} projects are titled {project!r}"
        raise error("project", message, f"name one by its id: {numbers}")
    return next(iter(full or found), None)


def need(client: LabelStudio, project: int | str, place: str) -> int:
    """As `find`; raises `QuotemarkError` where there is none."""
    number = find(client, project)
    if number is None:
        remedy = "name a project of this server by its id or title"
        raise error("project", f"there is no project {project!r} at {place}", remedy)
    return number


def ensure(
    client: LabelStudio, project: int | str, scheme: Scheme, *, update: bool
) -> tuple[int, bool]:
    """The project, made or with its configuration replaced if need be; whether it is new."""
    config = labeling_config(scheme)
    number = find(client, project)
    if number is None:
        return make(client, project, config)
    current = client.projects.get(number).label_config or ""
    if current.split() != config.split():
        if not update:
            message = f"project {project!r} has another labelling configuration than the scheme's"
            remedy = "give --update-config to replace it, or --scheme with its own scheme"
            raise error("config", message, remedy)
        fits_work(client, number, scheme)
        client.projects.update(number, label_config=config)
    return number, False


def fits_work(client: LabelStudio, project: int, scheme: Scheme) -> None:
    """Raises where a scheme lacks labels or attributes that a project's annotations have.

    The server lets a configuration through by which they could neither be seen nor be saved.
    """
    tasks = own_tasks(client, project, "annotations")
    found = [p for task in tasks for p in parse(task, scheme).problems if p.code in OF_SCHEME]
    if found:
        message = f"annotations there do not fit the scheme {scheme.id}, {len(found)} times"
        first = f"{found[0].where}: {found[0].message}"
        remedy = "keep what was used, or push to a new project"
        raise error("config", f"{message}; first, {first}", remedy)


OF_SCHEME = ("label", "control", "attribute", "relation")
"""Problems of an annotation that another scheme would not have."""


def make(
    client: LabelStudio, title: int | str, config: str, description: str = ""
) -> tuple[int, bool]:
    """A new project; where another was made under this title at the same moment, the first."""
    if isinstance(title, int) or title.isdecimal():
        raise error("project", f"there is no project {title}", "give a title to make one")
    if len(title) not in TITLE:
        message = f"{title!r} has {len(title)} characters"
        raise error("project", message, f"give {TITLE[0]} to {TITLE[-1]}")
    made: Any = client.projects.create(title=title, label_config=config, description=description)
    number = int(made.id)
    first = min(_titled(_every(client), title), default=number)
    if first != number and not total(client, number):
        client.projects.delete(number)
        return first, False
    return number, True


def _every(client: LabelStudio) -> list[tuple[int, str]]:
    pages: Any = client.projects.list(page_size=100, include="id,title")
    return [(int(project.id), str(project.title)) for project in pages]


def _titled(every: list[tuple[int, str]], title: str) -> list[int]:
    return sorted(number for number, name in every if name == title)
