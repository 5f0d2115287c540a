"""The passages in which annotators differ most, with what each of them marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from quotemark.agreement.panels import Panel
from quotemark.agreement.words import category
from quotemark.errors import error
from quotemark.grouping import groups
from quotemark.model import Annotation, Corpus, Fragment, Span
from quotemark.panel import panels
from quotemark.scheme import Scheme, default_scheme
from quotemark.segment import sentences


@dataclass(frozen=True, slots=True)
class Mark:
    """What one annotator has of a thing that annotators differ on: a span, or None."""

    label: str
    annotator: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class Passage:
    """Sentences of a document, and what annotators say differently in them.

    `same` of `pairs` pairs of annotators say the same of the things here: place and attributes.
    `marks` are of the things that some differ on, each with everybody who was asked.
    """

    document: str
    start: int
    end: int
    text: str
    same: int
    pairs: int
    marks: tuple[Mark, ...]

    @property
    def agreement(self) -> float:
        """The share of pairs that say the same."""
        return self.same / self.pairs


class _Thing(NamedTuple):
    start: int
    end: int
    same: int
    pairs: int
    marks: tuple[Mark, ...]


def passages(
    corpus: Corpus, *, scheme: Scheme | None = None, labels: Sequence[str] | None = None
) -> list[Passage]:
    """Where annotators differ, the least agreement first, then the most differing pairs.

    Spans that are versions of one thing are grouped as `adjudicate` groups them. Two
    annotators say the same of it where both have a span in the same place, with equal values of
    the attributes that both were asked; or where neither has one. A passage is a sentence, or
    several that a thing holds together. `labels` are those looked at; None: all. Raises
    `QuotemarkError` for layers that cannot be compared, and where no text is known.

    >>> from quotemark.model import Document
    >>> one = Annotation("d", "", "a", (Span("q", "Quote", ((0, 3),)),))
    >>> corpus = Corpus({"d": Document("d", "No. Yes.")}, (one, Annotation("d", "", "b")))
    >>> [(p.text, p.agreement, [m.annotator for m in p.marks]) for p in passages(corpus)]
    [('No.', 0.0, ['a', 'b'])]
    """
    found: list[Passage] = []
    known = panels(corpus, scheme or default_scheme())
    if known and not corpus.documents:
        raise error("texts", "no text is known to show passages of", "give the documents' texts")
    for doc, layers in known.items():
        if doc in corpus.documents:
            text = corpus.documents[doc].text
            found += _passages(doc, Panel(layers, text), text, labels)
    return sorted(found, key=lambda p: (p.agreement, p.same - p.pairs, p.document, p.start))


def _passages(doc: str, panel: Panel, text: str, labels: Sequence[str] | None) -> Iterator[Passage]:
    things = [
        thing
        for group in groups(panel.layers)
        for thing in [_thing(group, panel.layers)]
        if thing.pairs and (labels is None or thing.marks[0].label in labels)
    ]
    for start, end in _stretches(text, things):
        here = [thing for thing in things if start <= thing.start < end]
        same, pairs = sum(t.same for t in here), sum(t.pairs for t in here)
        if same < pairs:
            marks = tuple(mark for t in here if t.same < t.pairs for mark in t.marks)
            yield Passage(doc, start, end, text[start:end], same, pairs, marks)


def _thing(group: Mapping[str, Span], layers: Sequence[Annotation]) -> _Thing:
    versions = list(group.values())
    asked = [
        layer.annotator
        for layer in layers
        if layer.annotator in group or any(map(layer.asked.covers, versions))
    ]
    marks = tuple(Mark(versions[0].label, name, group.get(name)) for name in asked)
    same = sum(_same(one.span, two.span) for one, two in combinations(marks, 2))
    pairs = len(marks) * (len(marks) - 1) // 2
    start, end = min(span.start for span in versions), max(span.end for span in versions)
    return _Thing(start, end, same, pairs, marks)


def _same(one: Span | None, two: Span | None) -> bool:
    if one is None or two is None:
        return one is two
    both = one.attributes.keys() & two.attributes.keys()
    return one.fragments == two.fragments and all(
        category(one.attributes[name]) == category(two.attributes[name]) for name in both
    )


def _stretches(text: str, things: Sequence[_Thing]) -> list[Fragment]:
    """Sentences, and things outside of any; those that share a code point are one."""
    found: list[Fragment] = []
    for start, end in sorted([*sentences(text), *((t.start, t.end) for t in things)]):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
