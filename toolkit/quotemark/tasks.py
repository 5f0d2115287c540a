"""Split documents into the tasks that annotators see, and stitch their work together again.

The windows of a document partition its text, so nothing of it is lost or doubled;
`stitch(split(doc, annotations))` gives both back.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Literal

from quotemark.errors import Problem, QuotemarkError, Where
from quotemark.model import (
    Annotation,
    Asked,
    Corpus,
    Document,
    Entity,
    Fragment,
    Json,
    Relation,
    Span,
)
from quotemark.quotation import protected
from quotemark.segment import paragraphs

Window = Literal["document", "paragraphs"] | int
"""How much of a document makes a task: all of it, one paragraph, or so many paragraphs."""


@dataclass(frozen=True)
class Task:
    """One window of a document, as an annotator sees it.

    `text` is the document's `[start, end)`; `before` and `after` are context that cannot be
    labelled. `annotations` and `predictions` count offsets from the window's start. The hash,
    length, title and `meta` are the document's. In a blind annotation, `assigned` is who is to
    annotate it, and `arm` whether with pre-annotation: *assisted* or *control*. `note` is shown to
    whoever reviews it.
    """

    doc_id: str
    start: int
    end: int
    text: str
    text_sha256: str
    length: int
    before: str = ""
    after: str = ""
    title: str = ""
    meta: Mapping[str, Json] = field(default_factory=dict)
    scheme: str = ""
    entities: tuple[Entity, ...] = ()
    targets: tuple[str, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    predictions: tuple[Annotation, ...] = ()
    assigned: str = ""
    arm: str = ""
    note: str = ""

    @property
    def key(self) -> str:
        """The task's stable name: the same window of the same document has the same key."""
        return f"{self.doc_id}:{self.start}-{self.end}"


def split(
    doc: Document,
    annotations: Sequence[Annotation] = (),
    *,
    predictions: Sequence[Annotation] = (),
    window: Window = "document",
    context: int = 1,
    keep: Iterable[Fragment] = (),
    targets: Sequence[str] = (),
    scheme: str = "",
) -> list[Task]:
    """Cut a document into tasks whose windows partition its text.

    Windows begin where paragraphs do, and none begins inside a quotation (as
    `quotation.protected` finds them), a stretch of `keep`, a span, or the reach of a relation
    of `annotations` or `predictions`: there, windows are merged. `context` is the number of
    paragraphs shown before and after. An empty text makes one empty task. Raises
    `QuotemarkError` where an annotation is not over this text.

    >>> doc = Document("a", "One.\\n\\nTwo.\\n\\nThree.")
    >>> [(task.key, task.text) for task in split(doc, window=2, context=1)]
    [('a:0-12', 'One.\\n\\nTwo.\\n\\n'), ('a:12-18', 'Three.')]
    """
    if context < 0 or (isinstance(window, int) and window < 1):
        raise ValueError("window must be 1 or more paragraphs, context 0 or more")
    layers = [*annotations, *predictions]
    problems = [p for layer in layers for p in _misfits(doc, layer)]
    if problems:
        raise QuotemarkError(problems)
    whole = [*keep, *(reach for layer in layers for reach in reaches(layer))]
    if window != "document":
        whole += protected(doc.text)
    windows = cut(doc.text, window, whole)
    entities = _union(doc.entities, *(layer.entities for layer in layers))
    topics = tuple(dict.fromkeys([*targets, *map(str, doc.meta.get("targets", ()))]))
    around = _contexts(doc.text, windows, context)
    shares = [_share(layer, windows) for layer in annotations]
    guesses = [_share(layer, windows) for layer in predictions]
    return [
        Task(
            doc.id,
            start,
            end,
            doc.text[start:end],
            doc.sha256,
            len(doc.text),
            *around[number],
            doc.title,
            doc.meta,
            scheme,
            entities,
            topics,
            tuple(share[number] for share in shares),
            tuple(share[number] for share in guesses),
        )
        for number, (start, end) in enumerate(windows)
    ]


def cut(text: str, window: Window, keep: Iterable[Fragment]) -> list[Fragment]:
    """Windows that partition `text`; none begins strictly inside a stretch of `keep`.

    >>> cut("a\\nb\\nc", "paragraphs", [(0, 3)])
    [(0, 4), (4, 5)]
    """
    if window == "document":
        return [(0, len(text))]
    size = 1 if window == "paragraphs" else int(window)
    kept = sorted(keep)
    starts = [0]
    held, reach, since = 0, 0, 0
    for start, _ in paragraphs(text):
        while held < len(kept) and kept[held][0] < start:
            reach = max(reach, kept[held][1])
            held += 1
        if since >= size and start >= reach:
            starts.append(start)
            since = 0
        since += 1
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def reaches(layer: Annotation) -> Iterator[Fragment]:
    """The stretches that a window may not cut: each span, and from end to end of each relation.

    >>> layer = Annotation("a", "", "ann", (Span("q", "Quote", ((0, 4), (9, 12))),))
    >>> list(reaches(layer))
    [(0, 12)]
    """
    extents = {span.id: _extent(span) for span in layer.spans}
    yield from map(_extent, layer.spans)  # ids may repeat
    for relation in layer.relations:
        ends = [extents[i] for i in (relation.head, relation.tail) if i in extents]
        if len(ends) == 2:
            yield min(start for start, _ in ends), max(end for _, end in ends)


def stitch(tasks: Iterable[Task]) -> Corpus:
    """Put tasks of any documents, in any order, together again.

    Each annotator's work over a document becomes one annotation for each status; where some
    windows lack it, its `asked` names those that have it. A document whose windows are not
    all there has its annotations but no text. Raises `QuotemarkError` where windows overlap,
    an annotator worked twice on one, or the text is not the one that was split.
    """
    groups: dict[str, list[Task]] = {}
    for task in tasks:
        groups.setdefault(task.doc_id, []).append(task)
    documents: dict[str, Document] = {}
    annotations: list[Annotation] = []
    problems: list[Problem] = []
    for doc_id, group in groups.items():
        group.sort(key=lambda task: (task.start, task.end))
        found = list(_mismatches(group))
        problems += found
        if found:
            continue
        if sum(len(task.text) for task in group) == group[0].length:
            document = Document(doc_id, "".join(task.text for task in group), group[0].meta)
            if document.sha256 != group[0].text_sha256:
                message = "the tasks' texts do not make up the text that was split"
                problems.append(Problem(Where(doc=doc_id), "text-hash", message, "split anew"))
                continue
            documents[doc_id] = document
        annotations += _joined(group)
    if problems:
        raise QuotemarkError(problems)
    return Corpus(documents, tuple(annotations))


def _misfits(doc: Document, layer: Annotation) -> Iterator[Problem]:
    where = Where(doc=doc.id)
    if layer.doc_id != doc.id or layer.text_sha256 not in ("", doc.sha256):
        message = f"annotation {layer.annotator!r} is over another text"
        yield Problem(where, "text-hash", message, "annotate this version of the text")
        return
    for span in layer.spans:
        start, end = _extent(span)
        if start < 0 or end > len(doc.text) or any(s > e for s, e in span.fragments):
            message = f"reaches from {start} to {end} in a text of {len(doc.text)}"
            yield Problem(Where(doc=doc.id, item=span.id), "offset", message, "mend the offsets")


def _extent(span: Span) -> Fragment:
    """From where to where a span reaches, also one whose fragments overlap."""
    return span.start, max(end for _, end in span.fragments)


def _share(layer: Annotation, windows: Sequence[Fragment]) -> list[Annotation]:
    """The part of an annotation that each window has, with offsets from the window's start."""
    home: dict[str, int] = {}
    number = 0
    spans: list[list[Span]] = [[] for _ in windows]
    for span in layer.spans:
        while number < len(windows) - 1 and span.start >= windows[number][1]:
            number += 1
        spans[number].append(span.shifted(-windows[number][0]))
        home[span.id] = number
    relations: list[list[Relation]] = [[] for _ in windows]
    for relation in layer.relations:
        relations[home.get(relation.head, home.get(relation.tail, 0))].append(relation)
    asked = _clipped(layer.asked, windows)
    return [
        replace(
            layer,
            spans=tuple(spans[i]),
            relations=tuple(relations[i]),
            asked=asked[i],
        )
        for i in range(len(windows))
    ]


def _clipped(asked: Asked, windows: Sequence[Fragment]) -> list[Asked]:
    """What was asked in each window, with offsets from its start."""
    if asked.windows is None:
        return [asked] * len(windows)
    parts: list[list[Fragment]] = [[] for _ in windows]
    for start, end in asked.windows:
        number = max(0, bisect_right(windows, start, key=itemgetter(0)) - 1)
        while number < len(windows) and windows[number][0] < end:
            first, last = windows[number]
            parts[number].append((max(start, first) - first, min(end, last) - first))
            number += 1
    return [replace(asked, windows=tuple(found)) for found in parts]


def _joined(group: Sequence[Task]) -> Iterator[Annotation]:
    """The annotations over one document, one for each annotator and status."""
    layers: dict[tuple[str, str], list[tuple[Task, Annotation]]] = {}
    for task in group:
        for part in task.annotations:
            layers.setdefault((part.annotator, part.status), []).append((task, part))
    complete = sum(task.end - task.start for task in group) == group[0].length
    for parts in layers.values():
        whole = complete and len(parts) == len(group)
        yield _join(parts, whole=whole)


def _join(parts: Sequence[tuple[Task, Annotation]], *, whole: bool) -> Annotation:
    spans, relations, windows = [], [], []
    used: set[str] = set()
    for task, part in parts:
        names = {}
        for span in part.spans:
            name = span.id
            while name in used:  # two windows' work may have chosen one id for two spans
                name = f"{name}@{task.start}"
            names[span.id] = name
            spans.append(replace(span, id=name).shifted(task.start))
        used.update(names.values())
        relations += [
            replace(r, head=names.get(r.head, r.head), tail=names.get(r.tail, r.tail))
            for r in part.relations
        ]
        if part.asked.windows is None:
            windows.append((task.start, task.end))
        else:
            windows += [(s + task.start, e + task.start) for s, e in part.asked.windows]
    everywhere = whole and all(part.asked.windows is None for _, part in parts)
    first = parts[0][1]
    return replace(
        first,
        spans=tuple(spans),
        relations=tuple(relations),
        entities=_union(*(part.entities for _, part in parts)),
        asked=replace(first.asked, windows=None if everywhere else tuple(windows)),
        provenance=_provenance(parts),
    )


def _provenance(parts: Sequence[tuple[Task, Annotation]]) -> Mapping[str, Json]:
    """What all parts share; what differs goes under `tasks`, by the task's key."""
    first = parts[0][1].provenance
    shared = {
        key: value
        for key, value in first.items()
        if all(key in p.provenance and p.provenance[key] == value for _, p in parts)
    }
    own = {
        task.key: {k: v for k, v in part.provenance.items() if k not in shared}
        for task, part in parts
    }
    return {**shared, "tasks": own} if any(own.values()) else shared


def _mismatches(group: Sequence[Task]) -> Iterator[Problem]:
    first = group[0]
    reach = 0
    seen: set[str] = set()
    for task in group:
        where = Where(doc=task.doc_id, item=task.key)
        if (task.text_sha256, task.length) != (first.text_sha256, first.length):
            message = "tasks of two versions of the text"
            yield Problem(where, "two-texts", message, "keep the tasks of one split")
        elif task.start < reach or task.key in seen:
            message = f"the window begins at {task.start}, inside another that ends at {reach}"
            yield Problem(where, "window", message, "keep the tasks of one split, each once")
        elif len(task.text) != task.end - task.start:
            message = f"the text is {len(task.text)} long, the window {task.end - task.start}"
            yield Problem(where, "window", message, "restore the text, or split anew")
        reach = max(reach, task.end)
        seen.add(task.key)
        who = [(part.annotator, part.status) for part in task.annotations]
        for annotator, status in sorted({w for w in who if who.count(w) > 1}):
            message = f"{annotator!r} has two {status} annotations of this window"
            yield Problem(where, "twice", message, "keep one of them")


def _union(*lists: Iterable[Entity]) -> tuple[Entity, ...]:
    """Entities of all lists, each id once (the first one given is kept), by id."""
    found: dict[str, Entity] = {}
    for entities in lists:
        for entity in entities:
            found.setdefault(entity.id, entity)
    return tuple(sorted(found.values()))


def _contexts(text: str, windows: Sequence[Fragment], size: int) -> list[tuple[str, str]]:
    """The `size` paragraphs before and after each window."""
    blocks = paragraphs(text)
    found = []
    for start, end in windows:
        last = bisect_right(blocks, start, key=itemgetter(1))
        first = bisect_left(blocks, end, key=itemgetter(0))
        before, after = blocks[max(0, last - size) : last], blocks[first : first + size]
        found.append((_stretch(text, before), _stretch(text, after)))
    return found


def _stretch(text: str, blocks: Sequence[Fragment]) -> str:
    return text[blocks[0][0] : blocks[-1][1]] if blocks else ""
