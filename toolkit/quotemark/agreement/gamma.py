"""γ of several annotators' units: their least disorder against that of shuffled ones.

Mathet, Widlöcher and Métivier, *The unified and holistic method gamma (γ) for inter-annotator
agreement measure and alignment* (2015), with their positional dissimilarity alone: each label
and group by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil
from typing import NamedTuple
from zlib import crc32

import numpy as np

from quotemark.agreement.disorder import Units, least_disorder
from quotemark.agreement.panels import Panel, Panels, asked_by
from quotemark.agreement.rows import Kind, Measured, Sums
from quotemark.metrics.case import Group, groups
from quotemark.model import Annotation
from quotemark.scheme import Scheme

SAMPLES = 30
"""How many shuffles tell how many are needed, all documents together (Mathet et al. 2015)."""

STARTS, SHUFFLED_STARTS = 8, 2
"""How many searches there are for the observed disorder, and for that of each shuffle."""

ROUNDS = 5
"""The fewest shuffles of each document."""

NORMAL = 1.96
"""Standard errors on either side of a mean that hold it in 95 of 100 cases."""


class Continuum(NamedTuple):
    """A stretch of text that the same annotators were asked, with the units of each.

    Annotators have no names: they stand in the order of what they marked.
    """

    doc: str
    start: int
    end: int
    layers: tuple[Units, ...]

    @property
    def units(self) -> int:
        return sum(map(len, self.layers))


def gammas(
    panels: Panels, scheme: Scheme, *, name: str, seed: int, precision: float
) -> Iterator[Measured]:
    """γ of every label and group: 1 - observed / expected disorder, both summed over documents.

    Each document is shuffled by itself, from `seed`, so often that the 95% interval of the
    expected disorder is `precision` of it or less to either side. Counts are the two disorders
    and the number of units.
    """
    for group in groups(scheme):
        counts: dict[str, list[float]] = {}
        continua = []
        for doc, panel in panels.items():
            if panel.text is None or not asked_by(panel, group):
                continue
            counts[doc] = [0.0, 0.0, 0]
            continua += [each for each in continua_of(doc, panel, group) if each.units]
        for each, by_chance in zip(continua, expected(continua, seed, precision), strict=True):
            total = counts[each.doc]
            total[0] += least_disorder(each.layers, starts=STARTS)
            total[1] += by_chance
            total[2] += each.units
        yield Measured(name, group.row, GAMMA, counts)


def continua_of(doc: str, panel: Panel, group: Group) -> Iterator[Continuum]:
    """The stretches of a document that two or more annotators were asked about a group.

    A unit is a span from its first code point to its last. One that leaves its stretch is left
    out: somebody was not asked about part of it.
    """
    layers = asked_by(panel, group)
    size = len(panel.text or "")
    asked_of = [layer.asked.windows for layer in layers]
    windows = [((0, size),) if each is None else each for each in asked_of]
    borders = sorted({place for each in windows for window in each for place in window})
    for start, end in pairwise(borders):
        asked = [
            layer
            for layer, each in zip(layers, windows, strict=True)
            if any(s <= start and end <= e for s, e in each)
        ]
        if len(asked) > 1:
            units = (_units(layer, group, start, end) for layer in asked)
            yield Continuum(doc, start, end, tuple(sorted(units, key=np.ndarray.tolist)))


def _units(layer: Annotation, group: Group, start: int, end: int) -> Units:
    spans = (span for span in layer.labelled(group.label) if group.holds(span))
    ends = sorted((s.start, s.end) for s in spans if start <= s.start and s.end <= end)
    return np.array(ends, dtype=np.int64).reshape(-1, 2)


def expected(continua: Sequence[Continuum], seed: int, precision: float) -> list[float]:
    """The mean disorder of each continuum when shuffled, for as many units as it has.

    The first shuffles tell the spread of the sum over all continua, and so how many are needed.
    """
    if not continua:
        return []
    generators = [
        np.random.default_rng([seed, crc32(each.doc.encode("utf-8", "surrogatepass")), each.start])
        for each in continua
    ]
    rounds = max(ROUNDS, ceil(SAMPLES / len(continua)))
    found = [
        [_by_chance(each, generator) for _ in range(rounds)]
        for each, generator in zip(continua, generators, strict=True)
    ]
    mean = sum(float(np.mean(values)) for values in found)
    variance = sum(float(np.var(values, ddof=1)) for values in found)
    needed = ceil(variance * (NORMAL / (precision * mean)) ** 2) if mean else 0
    for values, each, generator in zip(found, continua, generators, strict=True):
        values += [_by_chance(each, generator) for _ in range(needed - rounds)]
    return [float(np.mean(values)) for values in found]


def _by_chance(continuum: Continuum, generator: np.random.Generator) -> float:
    """The disorder of one shuffle, per unit of it, for as many units as the continuum has."""
    layers = shuffled(continuum, generator)
    disorder = least_disorder(layers, starts=SHUFFLED_STARTS)
    return disorder * continuum.units / sum(map(len, layers))


def shuffled(continuum: Continuum, generator: np.random.Generator) -> list[Units]:
    """As many layers, each an annotator's drawn at random and moved along the text in a circle.

    By how far is drawn anew for each, at least half a unit's mean length apart from the others
    where there is room. A unit that would begin behind the end begins at the start instead.
    """
    _, first, last, layers = continuum
    size = last - first
    apart = sum(float((each[:, 1] - each[:, 0]).sum()) for each in layers) / continuum.units / 2
    while True:
        moved: list[int] = []
        for _ in layers:
            by = _pivot(moved, size, apart, generator)
            moved.append(by)
        chosen = [layers[i] for i in generator.integers(0, len(layers), len(layers))]
        if any(map(len, chosen)):
            return [_moved(each, by, first, size) for each, by in zip(chosen, moved, strict=True)]


def _pivot(taken: list[int], size: int, apart: float, generator: np.random.Generator) -> int:
    for by in generator.integers(0, size, TRIES).tolist():
        if all(apart <= abs(by - other) <= size - apart for other in taken):
            break
    return int(by)


TRIES = 50
"""How many places are tried for one that is apart from the others."""


def _moved(units: Units, by: int, first: int, size: int) -> Units:
    starts = first + (units[:, 0] - first + by) % size
    return np.stack([starts, starts + units[:, 1] - units[:, 0]], axis=1)


def _gamma(sums: Sums) -> Sums:
    result: Sums = 1 - sums[:, 0] / sums[:, 1]
    return result


GAMMA = Kind(_gamma, lambda counts: counts[2])
