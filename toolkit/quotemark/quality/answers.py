"""What annotators answered about the same things: the items of models of reliability."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from quotemark.grouping import Group, groups
from quotemark.model import Annotation
from quotemark.scheme import Scheme
from quotemark.sources import values

MARKED, NONE = "marked", "(none)"
"""The answers to whether there is a thing; `NONE` is also the answer null to an attribute."""


class Answer(NamedTuple):
    """What one annotator says of one item."""

    item: int
    annotator: str
    value: str


Answers = Sequence[Answer]


def answers(panels: Mapping[str, Sequence[Annotation]], scheme: Scheme) -> dict[str, Answers]:
    """The answers to each question, on the items that two annotators or more answered.

    A thing is a group of spans as `adjudicate` groups them: versions of one label that overlap.
    The question `Label` is whether it is there: `MARKED`, or `NONE` from who was asked and has no
    version. The question `Label.attribute` is the value of a choice, among those who marked the
    thing and were asked. Items are numbered by document and place. No panels: no answers.

    >>> from quotemark.model import Span
    >>> from quotemark.scheme import default_scheme
    >>> cue = Annotation("d", "", "a", (Span("c", "Cue", ((0, 4),)),))
    >>> [tuple(each) for each in answers({"d": [cue, Annotation("d", "", "b")]},
    ...                                  default_scheme())["Cue"]]
    [(0, 'a', 'marked'), (0, 'b', '(none)')]
    """
    found: dict[str, list[list[tuple[str, str]]]] = {}
    for label in scheme.labels:
        found[label] = []
        found.update({f"{label}.{name}": [] for name in _choices(scheme, label)})
    for _, layers in sorted(panels.items()):
        for group in groups(layers):
            label = next(iter(group.values())).label
            found[label].append(list(_marked(group, layers)))
            for name in _choices(scheme, label):
                found[f"{label}.{name}"].append(list(_valued(group, name)))
    return {question: _numbered(items) for question, items in found.items()}


def _choices(scheme: Scheme, label: str) -> list[str]:
    """The attributes of a label that have one of a few values."""
    attributes = scheme.labels[label].attributes.values()
    return [each.name for each in attributes if each.values and not each.many]


def _marked(group: Group, layers: Sequence[Annotation]) -> Iterator[tuple[str, str]]:
    for layer in layers:
        if layer.annotator in group:
            yield layer.annotator, MARKED
        elif any(map(layer.asked.covers, group.values())):
            yield layer.annotator, NONE


def _valued(group: Group, attribute: str) -> Iterator[tuple[str, str]]:
    for annotator, span in group.items():
        if attribute in span.attributes:
            yield annotator, "; ".join(values(span, attribute)) or NONE


def _numbered(items: Sequence[Sequence[tuple[str, str]]]) -> Answers:
    compared = (given for given in items if len(given) > 1)
    return [Answer(n, *one) for n, given in enumerate(compared) for one in sorted(given)]
