"""The data model: documents, and one annotator's layer of spans and relations over each.

Everything is frozen and depends on the standard library only. Offsets are code points,
half-open. An extractor's output and the gold are `Annotation`s like any other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import Any

Json = Any
"""A JSON value: None, bool, int, float, str, or lists and string-keyed dicts of them."""

Value = str | tuple[str, ...] | None
"""An attribute's value: a string, a set of strings (kept as a sorted tuple), or None:
asked and there is none. An attribute that was not asked is missing."""

Fragment = tuple[int, int]
"""A half-open pair of code point offsets, `start < end`."""

EMPTY: Mapping[str, Any] = MappingProxyType({})


def text_hash(text: str) -> str:
    """The SHA-256 of a text's UTF-8 bytes, in hexadecimal: the identity of a `Document`'s text.

    Lone surrogates, which UTF-8 cannot hold, are passed through.

    >>> text_hash("")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Document:
    """A text and what is known about it. The text is never edited.

    `meta` holds JSON values. Two keys have a meaning here: `entities`, the document's known
    speakers (`[{"id", "name", "aliases"}]`), and `targets`, topics for stance (`[str]`).

    >>> doc = Document("a1", "Yes.", {"title": "An answer"})
    >>> doc.sha256 == text_hash("Yes.")
    True
    """

    id: str
    text: str
    meta: Mapping[str, Json] = field(default_factory=dict)

    @cached_property
    def sha256(self) -> str:
        return text_hash(self.text)

    @property
    def title(self) -> str:
        return str(self.meta.get("title") or self.id)

    @property
    def entities(self) -> tuple[Entity, ...]:
        """The document's known speakers, from its `meta`."""
        return tuple(
            Entity(str(e["id"]), str(e["name"]), tuple(map(str, e.get("aliases", ()))))
            for e in self.meta.get("entities", ())
        )


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text with a label: one or more fragments, sorted and not touching.

    Fragments given unsorted or touching are put into that form, so equal spans compare equal;
    overlapping ones are kept for `check` to report. `score` is an extractor's confidence.
    `meta` (origin, support, decision, unsure, comment) says how the span came about.

    >>> Span("q1", "Quote", ((9, 12), (0, 3), (3, 5))).fragments
    ((0, 5), (9, 12))
    """

    id: str
    label: str
    fragments: tuple[Fragment, ...]
    attributes: Mapping[str, Value] = field(default_factory=dict)
    score: float | None = None
    meta: Mapping[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fragments", join_touching(self.fragments))
        if any(isinstance(v, (tuple, list, set)) for v in self.attributes.values()):
            tidy = {
                k: v if v is None or isinstance(v, str) else tuple(sorted(set(v)))
                for k, v in self.attributes.items()
            }
            object.__setattr__(self, "attributes", tidy)

    @property
    def start(self) -> int:
        return self.fragments[0][0]

    @property
    def end(self) -> int:
        return self.fragments[-1][1]

    @property
    def length(self) -> int:
        """The number of code points in all fragments."""
        return sum(end - start for start, end in self.fragments)

    def surface(self, text: str, gap: str = " … ") -> str:
        """The words of the span in `text`, its fragments joined by `gap`.

        >>> Span("q", "Quote", ((0, 4), (13, 19))).surface('"No" he said Never"')
        '"No" … Never"'
        """
        return gap.join(text[start:end] for start, end in self.fragments)

    def shifted(self, by: int) -> Span:
        """The same span `by` code points further on.

        >>> Span("q", "Quote", ((0, 3),)).shifted(10).fragments
        ((10, 13),)
        """
        return Span(
            self.id,
            self.label,
            tuple((start + by, end + by) for start, end in self.fragments),
            self.attributes,
            self.score,
            self.meta,
        )


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """A labelled arrow between two spans of one annotation, by their ids."""

    label: str
    head: str
    tail: str


@dataclass(frozen=True, slots=True, order=True)
class Entity:
    """Somebody a document speaks of, apart from the mentions: a canonical name and aliases."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What an annotator was asked to look at, or an extractor declares to produce.

    None means everything: the whole text, every label, attribute and relation of the scheme.
    `attributes` are written `Label.attribute`. Predictions outside what gold was asked are
    left out and counted, never wrong.

    >>> Asked(labels=("Quote",)).label("Stance")
    False
    >>> Asked(windows=((0, 10), (10, 20))).windows
    ((0, 20),)
    """

    windows: tuple[Fragment, ...] | None = None
    labels: tuple[str, ...] | None = None
    attributes: tuple[str, ...] | None = None
    relations: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.windows is not None:
            object.__setattr__(self, "windows", join_touching(self.windows))
        for name in ("labels", "attributes", "relations"):
            names = getattr(self, name)
            if names is not None:
                object.__setattr__(self, name, tuple(sorted(set(names))))

    def label(self, label: str) -> bool:
        return self.labels is None or label in self.labels

    def attribute(self, label: str, attribute: str) -> bool:
        return self.label(label) and (
            self.attributes is None or f"{label}.{attribute}" in self.attributes
        )

    def relation(self, relation: str) -> bool:
        return self.relations is None or relation in self.relations

    def covers(self, span: Span) -> bool:
        """Whether the label was asked and every fragment lies in one of the windows."""
        return self.label(span.label) and (
            self.windows is None
            or all(
                any(start <= s and e <= end for start, end in self.windows)
                for s, e in span.fragments
            )
        )

    def common(self, other: Asked) -> Asked:
        """What both were asked.

        >>> Asked(windows=((0, 10),)).common(Asked(windows=((5, 20),), labels=("Cue",)))
        Asked(windows=((5, 10),), labels=('Cue',), attributes=None, relations=None)
        """
        windows = self.windows if other.windows is None else other.windows
        if self.windows is not None and other.windows is not None:
            both = ((max(s, t), min(e, f)) for s, e in self.windows for t, f in other.windows)
            windows = tuple((s, e) for s, e in both if s < e)
        return Asked(
            windows,
            _common(self.labels, other.labels),
            _common(self.attributes, other.attributes),
            _common(self.relations, other.relations),
        )


EVERYTHING = Asked()


@dataclass(frozen=True)
class Annotation:
    """One annotator's (or extractor's, or the gold's) layer over one document.

    Spans, relations and entities are multisets: they are kept in one canonical order (by
    place, label, id), so that layers with the same content compare equal.
    `text_sha256` ties it to a text; `status` is submitted, draft, cancelled, gold or predicted;
    `scheme` is `name@version`; `provenance` holds JSON values saying who made it, when and how.

    >>> layer = Annotation("a1", text_hash("Yes."), "ann", (Span("q1", "Quote", ((0, 4),)),))
    >>> [span.id for span in layer.spans]
    ['q1']
    """

    doc_id: str
    text_sha256: str
    annotator: str
    spans: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()
    entities: tuple[Entity, ...] = ()
    asked: Asked = EVERYTHING
    status: str = "submitted"
    scheme: str = ""
    provenance: Mapping[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        spans = sorted(self.spans, key=lambda s: (s.fragments, s.label, s.id))
        object.__setattr__(self, "spans", tuple(spans))
        object.__setattr__(self, "relations", tuple(sorted(self.relations)))
        object.__setattr__(self, "entities", tuple(sorted(self.entities)))

    @cached_property
    def by_id(self) -> Mapping[str, Span]:
        """Spans by id. Where ids repeat, which `check` reports, the last wins."""
        return {span.id: span for span in self.spans}

    def labelled(self, label: str) -> tuple[Span, ...]:
        """The spans of one label, in the annotation's order."""
        return self._of_label.get(label, ())

    @cached_property
    def _of_label(self) -> Mapping[str, tuple[Span, ...]]:
        found: dict[str, list[Span]] = {}
        for span in self.spans:
            found.setdefault(span.label, []).append(span)
        return {label: tuple(spans) for label, spans in found.items()}

    def tails(self, head: str, label: str) -> tuple[Span, ...]:
        """The spans that relations of `label` lead to from the span with id `head`.

        Dangling relations, which `check` reports, lead nowhere.
        """
        return tuple(
            self.by_id[r.tail] for r in self._from.get((label, head), ()) if r.tail in self.by_id
        )

    @cached_property
    def _from(self) -> Mapping[tuple[str, str], list[Relation]]:
        index: dict[tuple[str, str], list[Relation]] = {}
        for relation in self.relations:
            index.setdefault((relation.label, relation.head), []).append(relation)
        return index


@dataclass(frozen=True)
class Corpus:
    """Documents and annotations read together: what files hold and what is scored.

    `documents` are those whose text is known, by id; an annotation's document may be absent.
    """

    documents: Mapping[str, Document] = field(default_factory=dict)
    annotations: tuple[Annotation, ...] = ()

    def by_annotator(self) -> Mapping[str, tuple[Annotation, ...]]:
        """The annotations of each annotator, in the corpus' order."""
        layers: dict[str, list[Annotation]] = {}
        for annotation in self.annotations:
            layers.setdefault(annotation.annotator, []).append(annotation)
        return {name: tuple(layer) for name, layer in layers.items()}

    def __iter__(self) -> Iterator[Annotation]:
        return iter(self.annotations)


def join_touching(fragments: Iterable[Iterable[int]]) -> tuple[Fragment, ...]:
    """Fragments sorted, those that touch made one; overlapping and empty ones stay, for `check`.

    >>> join_touching([(5, 7), (0, 3), (3, 4)])
    ((0, 4), (5, 7))
    """
    pairs = sorted((start, end) for start, end in fragments)
    if all(a[1] != b[0] for a, b in pairwise(pairs)):
        return tuple(pairs)
    joined: list[Fragment] = []
    for start, end in pairs:
        if joined and joined[-1][0] < joined[-1][1] == start < end:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def _common(ours: tuple[str, ...] | None, theirs: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if ours is None or theirs is None:
        return theirs if ours is None else ours
    return tuple(set(ours) & set(theirs))
