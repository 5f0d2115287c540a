"""Projects of a server: found by id or title, made once, their configuration kept in step."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from quotemark.errors import error
from quotemark.labelstudio.config import is_review, labeling_config, same_config
from quotemark.labelstudio.remote.listing import total
from quotemark.labelstudio.remote.migration import NONE, Change, Migration, migrate
from quotemark.labelstudio.remote.progress import Progress, silent
from quotemark.scheme import Scheme

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

TITLE = range(3, 51)
"""How long a project's title may be."""

EMPTY = "(empty) "
"""What a project's title begins with that was made too much."""

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
    client: LabelStudio,
    project: int | str,
    scheme: Scheme,
    *,
    update: bool,
    review: bool = False,
    migration: Migration = NONE,
    progress: Progress = silent,
) -> tuple[int, bool, Change]:
    """The project, made or brought to the scheme if need be; whether it is new; what was renamed.

    Raises `QuotemarkError`, with nothing changed, where the configuration is another one, unless
    it is to be updated and nothing that was made in the project would be lost.
    """
    number = find(client, project)
    if number is None:
        return *make(client, project, labeling_config(scheme, review=review)), Change()
    current = client.projects.get(number).label_config or ""
    if review and not is_review(current):
        message = f"project {project!r} is none for review"
        raise error("project", message, "give a title that no project has")
    same = current.split() == same_config(current, scheme).split()
    if same and not migration.renames:
        return number, False, Change()
    if not (update or migration.renames):
        message = f"project {project!r} has another labelling configuration than the scheme's"
        remedy = "give --update-config to replace it, or --scheme with its own scheme"
        raise error("config", message, remedy)
    return number, False, migrate(client, number, scheme, migration, progress)


def make(
    client: LabelStudio, title: int | str, config: str, description: str = ""
) -> tuple[int, bool]:
    """A new project; where another was made under this title at the same moment, the first.

    Ours is then called empty and left: while a project is deleted, Label Studio counts nobody's
    annotations, and where two are deleted at one moment, none until it is started again.
    """
    if isinstance(title, int) or title.isdecimal():
        raise error("project", f"there is no project {title}", "give a title to make one")
    if len(title) not in TITLE:
        message = f"{title!r} has {len(title)} characters"
        raise error("project", message, f"give {TITLE[0]} to {TITLE[-1]}")
    made: Any = client.projects.create(title=title, label_config=config, description=description)
    number = int(made.id)
    first = min(_titled(_every(client), title), default=number)
    if first != number and not total(client, number):
        client.projects.update(number, title=f"{EMPTY}{title}"[: TITLE[-1]])
        return first, False
    return number, True


def _every(client: LabelStudio) -> list[tuple[int, str]]:
    pages: Any = client.projects.list(page_size=100, include="id,title")
    return [(int(project.id), str(project.title)) for project in pages]


def _titled(every: list[tuple[int, str]], title: str) -> list[int]:
    return sorted(number for number, name in every if name == title)
