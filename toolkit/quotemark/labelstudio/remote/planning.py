"""What a push would do, without doing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from quotemark.errors import Problem, QuotemarkError
from quotemark.labelstudio.annotators import Server
from quotemark.labelstudio.codec import to_json
from quotemark.labelstudio.config import same_config
from quotemark.labelstudio.moving import Moved
from quotemark.labelstudio.remote import creating, projects, updating, windows
from quotemark.labelstudio.remote.blind import given_out, own_file
from quotemark.labelstudio.remote.earlier import (
    Outdated,
    Raw,
    Reader,
    drafts_in,
    foreseen,
    reader_of,
    survey,
)
from quotemark.labelstudio.remote.listing import exported
from quotemark.labelstudio.remote.migration import Change, Migration, foresee
from quotemark.labelstudio.remote.ordering import numbered
from quotemark.labelstudio.remote.pushing import distinct, given
from quotemark.labelstudio.renamed import rename_results
from quotemark.labelstudio.session import TIMEOUT, session, shown
from quotemark.labelstudio.shares import Design
from quotemark.renaming import Renames, parse_renames
from quotemark.scheme import Scheme
from quotemark.tasks import Task


@dataclass(frozen=True, slots=True)
class PushPlan:
    """What a push would do: to tasks, by their keys, and to what was made of them.

    `url` is empty where the project would be made. `new_config` says whether its configuration
    would be another one. `outdated` are documents that the project has with another text,
    `reanchored` what would become of their annotations, `blocked` what stands in the way of that.
    """

    url: str
    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    new_config: bool = False
    change: Change = field(default_factory=Change)
    outdated: tuple[Outdated, ...] = ()
    reanchored: tuple[Moved, ...] = ()
    blocked: tuple[Problem, ...] = ()

    @property
    def lossless(self) -> bool:
        """Whether nothing would be lost and nothing stands in the way."""
        gone = any(moved.lost or moved.lost_relations for moved in self.reanchored)
        return not (self.change.lost or self.change.blocked or self.blocked or gone)


def plan(
    tasks: Sequence[Task],
    *,
    url: str,
    token: str,
    project: int | str,
    scheme: Scheme,
    in_order: bool = False,
    migrate: Sequence[str] = (),
    reanchor: Path | None = None,
    timeout: float = TIMEOUT,
) -> PushPlan:
    """What `push` would do with these tasks under this scheme; nothing is changed.

    Raises `QuotemarkError` as `push` does for tasks and renames that make no sense, and for
    windows that overlap.
    """
    distinct(tasks)
    windows.check(tasks)
    payloads = {task.key: to_json(task, scheme) for task in tasks}
    if in_order:
        payloads = numbered(payloads)
    renames = parse_renames(migrate, scheme)
    texts = {task.doc_id: task.text_sha256 for task in tasks}
    with session(url, token, timeout) as client:
        number = projects.find(client, project)
        if number is None:
            return PushPlan("", tuple(payloads))
        there = creating.present(client, number, texts, predictions=True)
        windows.check(tasks, there)
        config = client.projects.get(number).label_config or ""
        old = {key: there.tasks[key] for key in payloads if key in there.tasks}
        changed = {
            key
            for key, group in old.items()
            if updating.differs(min(group, key=lambda task: int(task["id"])), payloads[key])
        }
        same = config.split() == same_config(config, scheme).split()
        change = Change()
        if renames or not same:
            change = foresee(client, number, scheme, Migration(renames, None, given(payloads)))
        ids = [int(task["id"]) for task in there.outdated]
        found = list(exported(client, number, ids)) if ids else []
        outdated = survey(found)
        moved: tuple[Moved, ...] = ()
        blocked = tuple(one.problem for one in outdated)
        if reanchor is not None:
            blocked = drafts_in(found)
            if found and not (blocked or change.lost or change.blocked):
                old_names = [_renamed(task, renames, scheme) for task in found]
                moved, blocked = _foreseen(old_names, tasks, reader_of(client, scheme), reanchor)
        return PushPlan(
            f"{shown(url).rstrip('/')}/projects/{number}",
            tuple(key for key in payloads if key not in old),
            tuple(key for key in old if key in changed),
            tuple(key for key in old if key not in changed),
            not same,
            change,
            outdated,
            moved,
            blocked,
        )


def plan_blind(
    tasks: Sequence[Task],
    design: Design,
    servers: Mapping[str, Server],
    *,
    scheme: Scheme,
    in_order: bool = False,
    migrate: Sequence[str] = (),
    reanchor: Path | None = None,
    timeout: float = TIMEOUT,
) -> dict[str, PushPlan]:
    """What `push_blind` would do, by annotator; nothing is changed. Raises as it does."""
    plans: dict[str, PushPlan] = {}
    for name, (own, server, number) in given_out(tasks, design, servers, timeout).items():
        if number is None:
            plans[name] = PushPlan("", tuple(task.key for task in own))
            continue
        plans[name] = plan(
            own,
            url=server.url,
            token=server.token,
            project=number,
            scheme=scheme,
            in_order=in_order,
            migrate=migrate,
            reanchor=own_file(reanchor, name),
            timeout=timeout,
        )
    return plans


def _foreseen(
    found: Sequence[Raw], tasks: Sequence[Task], reader: Reader, file: Path
) -> tuple[tuple[Moved, ...], tuple[Problem, ...]]:
    try:
        return foreseen(found, tasks, reader, file), ()
    except QuotemarkError as failure:
        return (), failure.problems


def _renamed(task: Raw, renames: Renames, scheme: Scheme) -> Raw:
    """An old task as it will be when its text is looked at: push renames before."""
    layers = task["annotations"]
    new = [{**a, "result": rename_results(a["result"] or [], renames, scheme)} for a in layers]
    return {**task, "annotations": new}
