"""What of annotations of an earlier text goes to each task of the new one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from quotemark.model import Annotation, Fragment
from quotemark.reanchor import TextChange, reanchor
from quotemark.tasks import Task, stitch

NOTE = "reanchored"
"""Where an annotation's provenance says of which text it was, and when it had been saved."""

Place = tuple[str, str, str]
"""A task's key, an annotator and a status."""


@dataclass(frozen=True, slots=True)
class LostSpan:
    """A span that is not in the new text, or crosses two of its tasks: whose, and its words."""

    annotator: str
    label: str
    surface: str


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of a document's annotations.

    `lost` spans, and `lost_relations` so many relations, are in the earlier text's file only.
    `waiting` old tasks are still there, since somebody is at work in them.
    """

    doc_id: str
    annotations: int
    lost: tuple[LostSpan, ...] = ()
    lost_relations: int = 0
    waiting: int = 0


class Part(NamedTuple):
    """What of an annotation goes to a new task, and how long the work took."""

    layer: Annotation
    lead_time: float
    saved_at: str


def moved_parts(old: Sequence[Task], new: Sequence[Task]) -> tuple[dict[Place, Part], Moved]:
    """What of one document's annotations goes to each of its new tasks, and what is lost of them.

    `old` are all tasks of the earlier text, `new` all of the present one. An annotator has a part
    in every new task with words that were there before and were looked at, also where nothing was
    marked. Raises `QuotemarkError` where either are not whole.
    """
    corpus = stitch(old)
    text = "".join(task.text for task in sorted(new, key=lambda task: task.start))
    (document,) = corpus.documents.values()
    change = TextChange(document.text, text)
    parts: dict[Place, Part] = {}
    lost: list[LostSpan] = []
    relations = 0
    for layer in corpus.annotations:
        found = reanchor(layer, change)
        mine = [t for task in old for t in _saved(task, layer)]
        seen = _looked_at(layer, change)
        cuts = {task.key: _share(found.annotation, task, seen, change) for task in new}
        kept = [part for part in cuts.values() if part]
        for task in new:
            part = cuts[task.key]
            if part:
                lead, last = _effort(mine, task.key, layer, {t.key: t for t in new}, cuts, change)
                note = {"text_sha256": change.old_hash, "saved_at": last}
                before = {k: v for k, v in layer.provenance.items() if k not in _OF_OLD}
                part = replace(part, provenance={**before, NOTE: note})
                parts[task.key, layer.annotator, layer.status] = Part(part, lead, last)
        placed = {span.id for part in kept for span in part.spans}
        gone = [span for span in layer.spans if span.id not in placed]
        lost += [LostSpan(layer.annotator, s.label, s.surface(change.old)) for s in gone]
        relations += len(layer.relations) - sum(len(part.relations) for part in kept)
    return parts, Moved(document.id, len(corpus.annotations), tuple(lost), relations)


_OF_OLD = ("label_studio", "tasks")
"""What an annotation's provenance says of the old tasks."""


def _share(
    layer: Annotation, task: Task, seen: Sequence[Fragment] | None, change: TextChange
) -> Annotation | None:
    """What of a re-anchored annotation lies in a task; None where nothing of it was looked at."""
    here = (task.start, task.end)
    spans = [s for s in layer.spans if here[0] <= s.start and s.end <= here[1]]
    ids = {span.id for span in spans}
    every = _clip(change.kept((0, len(change.old))), here, change.new)
    looked = every if seen is None else _clip(seen, here, change.new)
    if not looked and not spans:
        return None
    windows = None if looked == every else tuple((s - here[0], e - here[0]) for s, e in looked)
    return replace(
        layer,
        spans=tuple(span.shifted(-task.start) for span in spans),
        relations=tuple(r for r in layer.relations if {r.head, r.tail} <= ids),
        asked=replace(layer.asked, windows=windows),
    )


def _looked_at(layer: Annotation, change: TextChange) -> list[Fragment] | None:
    """Where in the new text an annotator has looked; None is wherever it is not new."""
    if layer.asked.windows is None:
        return None
    return [stretch for window in layer.asked.windows for stretch in change.kept(window)]


def _clip(stretches: Iterable[Fragment], window: Fragment, text: str) -> list[Fragment]:
    """The parts of stretches that lie in a window and have words."""
    found = ((max(s, window[0]), min(e, window[1])) for s, e in stretches)
    return [(s, e) for s, e in found if s < e and any(map(str.isalnum, text[s:e]))]


class _Saved(NamedTuple):
    """An old task's window, how long its annotation took, and when it was saved last."""

    window: Fragment
    lead_time: float
    saved_at: str


def _saved(task: Task, layer: Annotation) -> list[_Saved]:
    known = [
        part.provenance.get("label_studio", {})
        for part in task.annotations
        if (part.annotator, part.status) == (layer.annotator, layer.status)
    ]
    return [
        _Saved(
            (task.start, task.end),
            float(each.get("lead_time") or 0),
            str(each.get("updated_at") or ""),
        )
        for each in known
    ]


def _effort(
    saved: Iterable[_Saved],
    key: str,
    layer: Annotation,
    tasks: Mapping[str, Task],
    cuts: Mapping[str, Annotation | None],
    change: TextChange,
) -> tuple[float, str]:
    """How long a task's part of the work took, by how much of it there is; its last save."""
    lead, last = 0.0, ""
    for window, took, at in saved:
        kept = list(change.kept(window))
        shares = {}
        for name, part in cuts.items():
            if part:
                here = _clip(kept, (tasks[name].start, tasks[name].end), change.new)
                marks = [layer.by_id[span.id] for span in part.spans]
                inside = [span.length for span in marks if window[0] <= span.start < window[1]]
                shares[name] = sum(e - s for s, e in here) + sum(inside)
        if shares.get(key):
            lead += took * shares[key] / sum(shares.values())
            last = max(last, at)
    return lead, last
