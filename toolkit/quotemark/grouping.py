"""Which spans of several annotators are versions of one thing in the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from quotemark.matching import ANY, Criterion, Key, Links, align, content, overlaps, size
from quotemark.model import Annotation, Span

Group = Mapping[str, Span]
"""Versions of one thing, by annotator: spans of one label, at most one of each annotator."""


def groups(layers: Sequence[Annotation], *, criterion: Criterion = ANY) -> list[Group]:
    """The spans of layers over one document, grouped; every span is in one group.

    Every two layers are aligned as scores align them, optimally and, unless `criterion` asks
    for more, by any overlap, each label by itself. Aligned pairs are joined, those of the
    largest IoU first, unless a group would get a second span of an annotator. Groups come in
    the order of the text. The order of `layers` does not matter, and names do only between spans
    that are alike in all. No spans: no groups.

    >>> a = Annotation("d", "", "a", (Span("1", "Cue", ((0, 4),)), Span("2", "Cue", ((9, 12),))))
    >>> b = Annotation("d", "", "b", (Span("x", "Cue", ((2, 4),)),))
    >>> [{name: span.id for name, span in group.items()} for group in groups([b, a])]
    [{'a': '1', 'b': 'x'}, {'a': '2'}]
    """
    panel = sorted(layers, key=lambda layer: layer.annotator)
    of = {(a.annotator, span.id): {a.annotator: span} for a in panel for span in a.spans}
    pairs = [
        (-_likeness(ours, theirs), _both(ours, theirs), one, two, ours.id, theirs.id)
        for a, b in combinations(panel, 2)
        for one, two in [(a.annotator, b.annotator)]
        for ours, theirs in _aligned(a, b, criterion)
    ]
    for *_, one, two, ours, theirs in sorted(pairs):
        left, right = of[one, ours], of[two, theirs]
        if not left.keys() & right.keys():
            left.update(right)
            of.update({(name, span.id): left for name, span in right.items()})
    distinct = {id(group): dict(sorted(group.items())) for group in of.values()}
    return sorted(distinct.values(), key=_place)


def _aligned(a: Annotation, b: Annotation, criterion: Criterion) -> Iterator[tuple[Span, Span]]:
    a_links, b_links = Links(a), Links(b)
    for label in sorted({span.label for span in a.spans}):
        ours, theirs = a.labelled(label), b.labelled(label)
        for i, j in align(ours, theirs, criterion, gold_links=a_links, pred_links=b_links):
            yield ours[i], theirs[j]


def _both(a: Span, b: Span) -> list[Key]:
    """What two spans say, whichever comes first."""
    return sorted((content(a), content(b)))


def _likeness(a: Span, b: Span) -> float:
    """IoU over code points: floats tell apart all IoUs of spans of less than 2²⁵ of them."""
    if a.fragments == b.fragments:
        return 1.0
    shared = overlaps([a], [b]).total()
    return shared / (size(a) + size(b) - shared)


def _place(group: Group) -> tuple[object, ...]:
    versions = [(name, content(span), span.id) for name, span in group.items()]
    label = next(iter(group.values())).label
    return min(span.fragments for span in group.values()), label, versions
