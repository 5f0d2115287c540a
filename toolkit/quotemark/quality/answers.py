"""What annotators answered to the same questions: the items of models of reliability."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from quotemark.grouping import Group, groups
from quotemark.model import Annotation, Document, Fragment
from quotemark.scheme import Scheme
from quotemark.segment import sentences
from quotemark.sources import values

MARKED, NONE = "marked", "(none)"
"""The answers to whether a sentence has a label; `NONE` is also null, for an attribute."""


class Answer(NamedTuple):
    """What one annotator says of one item."""

    item: int
    annotator: str
    value: str


Answers = Sequence[Answer]


def answers(
    panels: Mapping[str, Sequence[Annotation]], documents: Mapping[str, Document], scheme: Scheme
) -> dict[str, Answers]:
    """The answers to each question, on the items that two annotators or more answered.

    The question `Label` is asked of every sentence of a known text, of those asked to look at it:
    does a span of the label touch it (`MARKED`), or none? `Label.attribute`, of a choice, is asked
    of every thing, of those who marked it and were asked for the value; a thing is a group of
    spans as `adjudicate` groups them. Items are numbered by document and place. Nothing that two
    answered: no answers.

    >>> from quotemark.model import Span
    >>> from quotemark.scheme import default_scheme
    >>> cue = Annotation("d", "", "a", (Span("c", "Cue", ((0, 4),)),))
    >>> panels = {"d": [cue, Annotation("d", "", "b")]}
    >>> documents = {"d": Document("d", "Said so. Went home.")}
    >>> for answer in answers(panels, documents, default_scheme())["Cue"]:
    ...     print(*answer)
    0 a marked
    0 b (none)
    1 a (none)
    1 b (none)
    """
    found: dict[str, list[list[tuple[str, str]]]] = {}
    for label in scheme.labels:
        found[label] = []
        found.update({f"{label}.{name}": [] for name in _choices(scheme, label)})
    for doc, layers in sorted(panels.items()):
        if doc in documents:
            stretches = sentences(documents[doc].text)
            for label in scheme.labels:
                found[label] += _marked(label, layers, stretches)
        for group in groups(layers):
            label = next(iter(group.values())).label
            for name in _choices(scheme, label):
                found[f"{label}.{name}"].append(list(_valued(group, name)))
    return {question: _numbered(items) for question, items in found.items()}


def _choices(scheme: Scheme, label: str) -> list[str]:
    """The attributes of a label that have one of a few values."""
    attributes = scheme.labels[label].attributes.values()
    return [each.name for each in attributes if each.values and not each.many]


def _marked(
    label: str, layers: Sequence[Annotation], stretches: Sequence[Fragment]
) -> list[list[tuple[str, str]]]:
    items: list[list[tuple[str, str]]] = [[] for _ in stretches]
    for layer in layers:
        if not layer.asked.label(label):
            continue
        spans = chain.from_iterable(span.fragments for span in layer.labelled(label))
        marked = set(_touched(sorted(spans), stretches))
        for number, stretch in enumerate(stretches):
            if _looked_at(layer, stretch):
                items[number].append((layer.annotator, MARKED if number in marked else NONE))
    return items


def _touched(fragments: Sequence[Fragment], stretches: Sequence[Fragment]) -> Iterator[int]:
    """The numbers of the stretches that share a code point with any fragment; both in order."""
    first = 0
    for start, end in fragments:
        while first < len(stretches) and stretches[first][1] <= start:
            first += 1
        for number in range(first, len(stretches)):
            if stretches[number][0] >= end:
                break
            yield number


def _looked_at(layer: Annotation, stretch: Fragment) -> bool:
    windows = layer.asked.windows
    return windows is None or any(s <= stretch[0] and stretch[1] <= e for s, e in windows)


def _valued(group: Group, attribute: str) -> Iterator[tuple[str, str]]:
    for annotator, span in group.items():
        if attribute in span.attributes:
            yield annotator, "; ".join(values(span, attribute)) or NONE


def _numbered(items: Sequence[Sequence[tuple[str, str]]]) -> Answers:
    compared = (given for given in items if len(given) > 1)
    return [Answer(n, *one) for n, given in enumerate(compared) for one in sorted(given)]
