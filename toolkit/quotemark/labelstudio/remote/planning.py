"""What a push would do, without doing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from quotemark.labelstudio.codec import to_json
from quotemark.labelstudio.config import labeling_config
from quotemark.labelstudio.remote import creating, projects, updating
from quotemark.labelstudio.remote.earlier import Outdated, survey
from quotemark.labelstudio.remote.migration import Change, Migration, foresee
from quotemark.labelstudio.remote.pushing import distinct, given
from quotemark.labelstudio.session import TIMEOUT, session, shown
from quotemark.renaming import parse_renames
from quotemark.scheme import Scheme
from quotemark.tasks import Task


@dataclass(frozen=True, slots=True)
class PushPlan:
    """What a push would do: to tasks, by their keys, and to what was made of them.

    `url` is empty where the project would be made. `new_config` says whether its configuration
    would be another one. `outdated` are documents that the project has with another text.
    """

    url: str
    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    new_config: bool = False
    change: Change = field(default_factory=Change)
    outdated: tuple[Outdated, ...] = ()

    @property
    def lossless(self) -> bool:
        """Whether nothing would be lost and nothing stands in the way."""
        return not (self.change.lost or self.change.blocked or self.outdated)


def plan(
    tasks: Sequence[Task],
    *,
    url: str,
    token: str,
    project: int | str,
    scheme: Scheme,
    migrate: Sequence[str] = (),
    timeout: float = TIMEOUT,
) -> PushPlan:
    """What `push` would do with these tasks under this scheme; nothing is changed.

    Raises `QuotemarkError` as `push` does for tasks and renames that make no sense.
    """
    distinct(tasks)
    payloads = {task.key: to_json(task, scheme) for task in tasks}
    renames = parse_renames(migrate, scheme)
    texts = {task.doc_id: task.text_sha256 for task in tasks}
    with session(url, token, timeout) as client:
        number = projects.find(client, project)
        if number is None:
            return PushPlan("", tuple(payloads))
        there = creating.present(client, number, texts, predictions=True)
        config = client.projects.get(number).label_config or ""
        old = {key: there.tasks[key] for key in payloads if key in there.tasks}
        changed = {
            key
            for key, group in old.items()
            if updating.differs(min(group, key=lambda task: int(task["id"])), payloads[key])
        }
        same = config.split() == labeling_config(scheme).split()
        change = Change()
        if renames or not same:
            change = foresee(client, number, scheme, Migration(renames, None, given(payloads)))
        return PushPlan(
            f"{shown(url).rstrip('/')}/projects/{number}",
            tuple(key for key in payloads if key not in old),
            tuple(key for key in old if key in changed),
            tuple(key for key in old if key not in changed),
            not same,
            change,
            survey(client, number, there.outdated),
        )
