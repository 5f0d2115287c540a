"""What any number of annotators agree on: Krippendorff's α and uα, missing answers allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quotemark.agreement.rows import ALPHA, Kind, Measured, Sums, nominal
from quotemark.agreement.words import Bits, category, token_ends, touched, touched_by
from quotemark.grouping import groups as things
from quotemark.matching import HALF, content, disjoint
from quotemark.metrics.case import Group, groups
from quotemark.model import Annotation, Asked, Fragment, Span
from quotemark.scheme import Scheme


class Panel(NamedTuple):
    """Several annotators' layers over one document, and its text if it is known."""

    layers: tuple[Annotation, ...]
    text: str | None


Panels = Mapping[str, Panel]
"""Panels by document."""


def shared(panel: Panel) -> Panel:
    """A panel without the spans that leave the text that two or more were asked about.

    >>> from quotemark.model import Span
    >>> one = Annotation("d", "", "a", (Span("q", "Cue", ((3, 9),)),))
    >>> two = Annotation("d", "", "b", asked=Asked(windows=((0, 5),)))
    >>> [layer.spans for layer in shared(Panel((one, two), "some words")).layers]
    [(), ()]
    """
    windows = [layer.asked.windows for layer in panel.layers]
    if windows.count(None) > 1:
        return panel
    pairs = combinations([layer.asked for layer in panel.layers], 2)
    both = Asked(tuple(disjoint(w for a, b in pairs for w in a.common(b).windows or ())))
    layers = []
    for layer in panel.layers:
        spans = tuple(span for span in layer.spans if both.covers(span))
        ids = {span.id for span in spans}
        relations = tuple(r for r in layer.relations if {r.head, r.tail} <= ids)
        layers.append(replace(layer, spans=spans, relations=relations))
    return Panel(tuple(layers), panel.text)


def token_alphas(panels: Panels, scheme: Scheme, *, name: str) -> Iterator[Measured]:
    """α of tokens: inside a span of the label or group, or not.

    A token is an item of every annotator who was asked about it. In a span of which an
    annotator left the group's attribute open, the token has no value of theirs.
    """
    for group in groups(scheme):
        counts = {}
        for doc, panel in panels.items():
            layers = asked_by(panel, group)
            if panel.text is None or not layers:
                continue
            ends = token_ends(panel.text)
            asked = np.stack([_windows(layer.asked, ends) for layer in layers])
            inside = np.stack([_inside(layer, group, ends) for layer in layers])
            if group.attribute:
                asked &= inside | ~np.stack([_open(layer, group, ends) for layer in layers])
            counts[doc] = _coincidences(asked, inside & asked)
        yield Measured(name, group.row, ALPHA, counts)


def unit_alphas(panels: Panels, scheme: Scheme, *, name: str) -> Iterator[Measured]:
    """uα of a label's or group's units against the gaps between them, in code points.

    Krippendorff, Mathet, Bouvry and Widlöcher, *On the reliability of unitizing textual
    continua* (2016): α over lengths, where chance keeps units whole. The continuum is what two
    or more were asked, all documents behind each other.
    """
    for group in groups(scheme):
        counts = {}
        for doc, panel in panels.items():
            layers = asked_by(panel, group)
            if panel.text is None or not layers:
                continue
            size = len(panel.text)
            units = [_units(layer, group) for layer in layers]
            asked = np.stack([_covered(layer.asked.windows, size) for layer in layers])
            asked &= asked.sum(axis=0) > 1
            inside = asked & np.stack([_covered(stretches, size) for stretches in units])
            before = np.concatenate([np.zeros((len(layers), 1), int), asked.cumsum(axis=1)], axis=1)
            squares = sum(
                int(before[i, end] - before[i, start]) ** 2
                for i, stretches in enumerate(units)
                for start, end in stretches
            )
            counts[doc] = [*_coincidences(asked, inside), squares]
        yield Measured(name, group.row, UNIT_ALPHA, counts)


def attribute_alphas(panels: Panels, scheme: Scheme, *, name: str) -> Iterator[Measured]:
    """α of every attribute's values, over the things that two or more marked and were asked."""
    items: dict[tuple[str, str], dict[str, list[dict[Any, int]]]] = {
        (label, attribute): {}
        for label, each in scheme.labels.items()
        for attribute in each.attributes
    }
    for doc, panel in panels.items():
        found = [group.values() for group in _things(panel.layers) if len(group) > 1]
        for (label, attribute), by_doc in items.items():
            if sum(layer.asked.attribute(label, attribute) for layer in panel.layers) < 2:
                continue
            by_doc[doc] = []
            for spans in found:
                values: dict[Any, int] = {}
                for span in spans:
                    if span.label == label and attribute in span.attributes:
                        value = category(span.attributes[attribute])
                        values[value] = values.get(value, 0) + 1
                by_doc[doc].append(values)
    for (label, attribute), by_doc in items.items():
        yield nominal(name, f"{label}.{attribute}", by_doc)


def _things(layers: Sequence[Annotation]) -> Sequence[Mapping[str, Span]]:
    """The layers' spans, grouped, whoever is called what: what is even goes by content."""
    ordered = sorted(layers, key=_said)
    renamed = [replace(layer, annotator=f"{n:06}") for n, layer in enumerate(ordered)]
    return things(renamed, criterion=HALF)


def _said(layer: Annotation) -> Any:
    relations = (
        (r.label, content(layer.by_id[r.head]), content(layer.by_id[r.tail]))
        for r in layer.relations
    )
    return sorted(map(content, layer.spans)), sorted(relations)


def asked_by(panel: Panel, group: Group) -> list[Annotation]:
    """The layers whose annotators were asked about a group; none where it is fewer than two."""
    layers = [layer for layer in panel.layers if group.asked(layer.asked)]
    return layers if len(layers) > 1 else []


def _coincidences(asked: Bits, inside: Bits) -> list[float]:
    """Observed disagreement, and how many values are outside and inside; `(annotators, items)`."""
    given = asked.sum(axis=0)
    paired = given > 1
    given, within = given[paired], inside[:, paired].sum(axis=0)
    differ = float((2 * within * (given - within) / (given - 1)).sum())
    return [differ, float((given - within).sum()), float(within.sum())]


def _unit_alpha(sums: Sums) -> Sums:
    """1 - observed / expected disagreement: equation by which no unit is paired with itself.

    Of disagreement, lengths of gaps and of units, and squares of units' lengths.
    """
    gaps, units, squares = sums[:, 1], sums[:, 2], sums[:, 3]
    total = gaps + units
    expected = total * 2 * gaps * units / (total**2 - squares - gaps)
    result: Sums = 1 - sums[:, 0] / expected
    return result


UNIT_ALPHA = Kind(_unit_alpha, lambda counts: counts[1] + counts[2])


def _units(layer: Annotation, group: Group) -> list[Fragment]:
    """The stretches that spans cover: overlapping ones are one, touching ones stay two."""
    fragments = sorted(
        fragment
        for span in layer.labelled(group.label)
        if group.holds(span)
        for fragment in span.fragments
    )
    found: list[Fragment] = []
    for start, end in fragments:
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _covered(stretches: Sequence[Fragment] | None, size: int) -> Bits:
    """The code points of a text that stretches cover; all where there are none to say so."""
    found = np.full(size, stretches is None)
    for start, end in stretches or ():
        found[start:end] = True
    return found


def _windows(asked: Asked, ends: NDArray[np.int64]) -> Bits:
    if asked.windows is None:
        return np.ones(len(ends), bool)
    return touched(asked.windows, ends)


def _inside(layer: Annotation, group: Group, ends: NDArray[np.int64]) -> Bits:
    return touched_by(filter(group.holds, layer.labelled(group.label)), ends)


def _open(layer: Annotation, group: Group, ends: NDArray[np.int64]) -> Bits:
    """The tokens in spans of the label of which the group's attribute is missing."""
    spans = (s for s in layer.labelled(group.label) if group.attribute not in s.attributes)
    return touched_by(spans, ends)
