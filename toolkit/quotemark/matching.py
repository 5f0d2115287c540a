"""Optimal one-to-one alignment of the spans of two layers.

The alignment is the best of all one-to-one ones, in this order: most matches, most exact ones,
largest total IoU over code points, most equal attributes, most equal relations. What is still
even is decided by content. Ids and the order of the input never matter, and swapping the sides
swaps the pairs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from itertools import product
from math import lcm
from typing import Any, Literal, TypeVar

from quotemark.assignment import Pair, assign
from quotemark.model import Annotation, Fragment, Span

Weight = TypeVar("Weight")

Shares = tuple[int, int]
"""How many code points two spans share, and how many either has."""

Key = tuple[Any, ...]
"""The content of a span, ids left out, as something that sorts."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """When two spans may match: they share a code point, and enough of them.

    Enough is a share, from 0 to 1, of one of three: `iou`, of the code points in either span;
    `gold`, of the gold span's; `pred`, of the predicted one's. All 0 is any overlap, an `iou` of
    1 is exact. `same` asks for the same first code point (*start*) or the same last one (*end*).
    Spans that only touch share nothing and never match.

    >>> str(Criterion(Fraction(1, 2))), str(EXACT), str(ANY), str(Criterion(gold=Fraction(4, 5)))
    ('iou>=0.5', 'exact', 'iou>0', 'gold>=0.8')
    """

    iou: Fraction = Fraction(0)
    gold: Fraction = Fraction(0)
    pred: Fraction = Fraction(0)
    same: Literal["", "start", "end"] = ""

    def __post_init__(self) -> None:
        for share in (self.iou, self.gold, self.pred):
            if not 0 <= share <= 1 or (share * 10**6).denominator != 1:
                raise ValueError(f"a share must be 0 to 1 with up to six decimals, not {share}")
        if sum(map(bool, (self.iou, self.gold, self.pred, self.same))) > 1:
            raise ValueError(f"a criterion asks for one thing: {self!r}")

    def __str__(self) -> str:
        if self.same or self.iou == 1:
            return self.same or "exact"
        for name, share in (("iou", self.iou), ("gold", self.gold), ("pred", self.pred)):
            if share:
                return f"{name}>={'1' if share == 1 else f'{float(share):.6f}'.rstrip('0')}"
        return "iou>0"

    @property
    def symmetric(self) -> bool:
        """Whether it asks the same of both sides."""
        return not self.gold and not self.pred

    def admits(self, shared: int, gold: int, pred: int) -> bool:
        """Whether spans of so many code points may match that share so many, as to shares."""
        share, whole = self.iou, gold + pred - shared
        if self.gold or self.pred:
            share, whole = (self.gold, gold) if self.gold else (self.pred, pred)
        return shared > 0 and shared * share.denominator >= share.numerator * whole

    def must_equal(self, span: Span) -> Key:
        """What spans that match have in common, so that they can be found by it."""
        if self.same == "start":
            return (min(start for start, _ in span.fragments),)
        if self.same:
            return (max(end for _, end in span.fragments),)
        return tuple(_parts(span)) if self.iou == 1 else ()


EXACT = Criterion(Fraction(1))
HALF = Criterion(Fraction(1, 2))
ANY = Criterion()
START = Criterion(same="start")
END = Criterion(same="end")


@dataclass(frozen=True)
class Links:
    """The relations of an annotation, or of none, as far as alignment looks at them.

    Worked out when first asked for, which only spans in a tangle are.

    >>> Links(Annotation("a", "", "ann")).facts
    {}
    """

    annotation: Annotation | None = None

    @cached_property
    def facts(self) -> Mapping[str, Counter[str]]:
        """A span's relations, by its id, each with the place and label of its other end.

        Two spans share a relation where they share a fact.
        """
        found: dict[str, Counter[str]] = {}
        for here, name, other in self._arrows:
            fact = repr((name, other.label, other.fragments))
            found.setdefault(here, Counter())[fact] += 1
        return found

    @cached_property
    def prints(self) -> Mapping[str, str]:
        """What tells apart spans, by id, that differ only in what stands behind their relations.

        Empty where there is no relation.
        """
        if self.annotation is None or not self._arrows:
            return {}
        around: dict[str, list[tuple[str, str]]] = {}
        for here, name, other in self._arrows:
            around.setdefault(here, []).append((name, other.id))
        prints = {name: _digest(content(s)) for name, s in self.annotation.by_id.items()}
        for _ in range(3):  # the longest chain: Stance, Quote, Speaker and its quotes
            prints = {
                name: _digest((old, sorted((r, prints[id_]) for r, id_ in around.get(name, ()))))
                for name, old in prints.items()
            }
        return prints

    @cached_property
    def _arrows(self) -> list[tuple[str, str, Span]]:
        """Each relation from both of its ends: the id here, its name, the span there."""
        found = []
        spans = self.annotation.by_id if self.annotation else {}
        for r in self.annotation.relations if self.annotation else ():
            if r.head in spans and r.tail in spans:
                found.append((r.head, f">{r.label}", spans[r.tail]))
                found.append((r.tail, f"<{r.label}", spans[r.head]))
        return found


NO_LINKS = Links()


def content(span: Span) -> Key:
    """What a span says, its id, score and meta left out; sorts by place, then label.

    >>> content(Span("q1", "Quote", ((0, 4),), {"form": None}))
    (((0, 4),), 'Quote', (('form', 0, ()),))
    """
    attributes = (
        (name, 0 if value is None else 1, (value,) if isinstance(value, str) else value or ())
        for name, value in span.attributes.items()
    )
    return (span.fragments, span.label, tuple(sorted(attributes)))


def align(
    gold: Sequence[Span],
    pred: Sequence[Span],
    criterion: Criterion,
    *,
    gold_links: Links = NO_LINKS,
    pred_links: Links = NO_LINKS,
) -> list[Pair]:
    """The optimal one-to-one alignment of two sequences of spans of one text.

    Labels are not compared: give the spans of one. A span's fragments are a set of code
    points. Spans alike in everything are as many spans. `Links` of the annotations let equal
    relations break ties. Pairs come in the order of `gold`; two empty sequences have none.
    Sparse spans take linear time after sorting; a tangle of n spans takes n³.

    >>> gold = [Span("g1", "Quote", ((0, 10),)), Span("g2", "Quote", ((4, 10),))]
    >>> pred = [Span("p1", "Quote", ((4, 10),)), Span("p2", "Quote", ((3, 10),))]
    >>> align(gold, pred, HALF)
    [Pair(gold=0, pred=1), Pair(gold=1, pred=0)]
    """
    sides = _Sides(gold, pred, gold_links, pred_links)
    allowed = sides.edges(criterion)
    if len({g for g, _ in allowed}) == len(allowed) == len({p for _, p in allowed}):
        return sorted(allowed)  # no tangle, as nearly always
    found: list[Pair] = []
    for edges in components(allowed):
        if len(edges) == 1:
            found += edges
            continue
        rows = sorted({g for g, _ in edges}, key=lambda g: sides.gold_keys[g])
        columns = sorted({p for _, p in edges}, key=lambda p: sides.pred_keys[p])
        weights = sides.weights(rows, columns, edges)
        row_keys, column_keys = _keys(rows, sides.gold_keys), _keys(columns, sides.pred_keys)
        if (len(rows), row_keys) <= (len(columns), column_keys):
            found += [Pair(rows[i], columns[j]) for i, j in assign(weights)]
        else:  # the same side leads whichever is called gold, so that swapping swaps the pairs
            turned = [list(column) for column in zip(*weights, strict=True)]
            found += [Pair(rows[i], columns[j]) for j, i in assign(turned)]
    return sorted(found)


@dataclass(frozen=True)
class _Sides:
    """Both sequences, with what weighs a pair of them."""

    gold: Sequence[Span]
    pred: Sequence[Span]
    gold_links: Links
    pred_links: Links

    @cached_property
    def gold_keys(self) -> list[Key]:
        return [(*content(s), self.gold_links.prints.get(s.id, "")) for s in self.gold]

    @cached_property
    def pred_keys(self) -> list[Key]:
        return [(*content(s), self.pred_links.prints.get(s.id, "")) for s in self.pred]

    def edges(self, criterion: Criterion) -> dict[Pair, Shares]:
        """The pairs that may match, with the code points that both share and that either has."""
        if not self.gold or not self.pred:
            return {}
        places: dict[Key, tuple[list[int], list[int]]] = {}
        for side, spans in enumerate((self.gold, self.pred)):
            for index, span in enumerate(spans):
                places.setdefault(criterion.must_equal(span), ([], []))[side].append(index)
        both = [(place, *sides) for place, sides in places.items() if all(sides)]
        if criterion.iou == 1:
            return {Pair(*ij): (1, 1) for place, *sides in both if place for ij in product(*sides)}
        found = {}
        for _, golds, preds in both:
            ours, theirs = [self.gold[i] for i in golds], [self.pred[i] for i in preds]
            sizes = list(map(size, ours)), list(map(size, theirs))
            for (i, j), shared in overlaps(ours, theirs).items():
                gold, pred = sizes[0][i], sizes[1][j]
                if criterion.admits(shared, gold, pred):
                    found[Pair(golds[i], preds[j])] = (shared, gold + pred - shared)
        return found

    def weights(
        self, rows: Sequence[int], columns: Sequence[int], edges: Mapping[Pair, Shares]
    ) -> list[list[int]]:
        """One whole number a pair, such that sums of them compare in the order of the module.

        Each part of it has more room than the largest sum of the parts behind it.
        """
        most = min(len(rows), len(columns))
        unit = lcm(*(either for _, either in edges.values()))
        parts = {
            pair: (1, int(shared == either), shared * unit // either, *self._agreement(pair))
            for pair, (shared, either) in edges.items()
        }
        rooms = [most * max(part[i] for part in parts.values()) + 1 for i in range(5)]
        matrix = []
        for row in rows:
            line = []
            for column in columns:
                weight = 0
                for part, room in zip(parts.get(Pair(row, column), ()), rooms, strict=False):
                    weight = weight * room + part
                line.append(weight)
            matrix.append(line)
        return matrix

    def _agreement(self, pair: Pair) -> tuple[int, int]:
        """How many attributes and how many relations the spans of a pair share."""
        gold, pred = self.gold[pair.gold], self.pred[pair.pred]
        missing = object()
        attributes = sum(
            pred.attributes.get(name, missing) == value for name, value in gold.attributes.items()
        )
        here = self.gold_links.facts.get(gold.id)
        there = self.pred_links.facts.get(pred.id)
        return attributes, (here & there).total() if here and there else 0


def size(span: Span) -> int:
    """The number of code points of a span, whose fragments may overlap.

    >>> size(Span("q", "Quote", ((0, 4), (2, 6))))
    6
    """
    return sum(end - start for start, end in _parts(span))


def _parts(span: Span) -> Sequence[Fragment]:
    """A span's code points as disjoint fragments: nearly always as they are."""
    fragments = span.fragments
    if len(fragments) == 1 and fragments[0][0] < fragments[0][1]:
        return fragments
    return disjoint(fragments)


def disjoint(fragments: Iterable[Fragment]) -> list[Fragment]:
    """The code points of fragments, as disjoint ones in order; empty ones are dropped.

    >>> disjoint([(0, 4), (2, 6), (8, 8)])
    [(0, 6)]
    """
    merged: list[Fragment] = []
    for start, end in sorted(fragments):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def overlaps(gold: Sequence[Span], pred: Sequence[Span]) -> Counter[Pair]:
    """The number of code points that each overlapping pair shares: a sweep along the text.

    >>> overlaps([Span("a", "Q", ((0, 4), (6, 9)))], [Span("b", "Q", ((3, 8),))])
    Counter({Pair(gold=0, pred=0): 3})
    """
    stretches = sorted(
        (start, end, side, index)
        for side, spans in enumerate((gold, pred))
        for index, span in enumerate(spans)
        for start, end in _parts(span)
    )
    shared: Counter[Pair] = Counter()
    open_: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
    for start, end, side, index in stretches:
        others = [(stop, other) for stop, other in open_[1 - side] if stop > start]
        open_[1 - side][:] = others  # what has ended is not looked at again
        for stop, other in others:
            pair = Pair(index, other) if side == 0 else Pair(other, index)
            shared[pair] = shared.get(pair, 0) + min(end, stop) - start
        open_[side].append((end, index))
    return shared


def components(edges: Mapping[Pair, Weight]) -> Iterator[dict[Pair, Weight]]:
    """The pairs that hang together by shared spans, group by group, with what they map to.

    >>> list(components({Pair(0, 0): 1, Pair(1, 1): 2, Pair(1, 0): 3}))
    [{Pair(gold=0, pred=0): 1, Pair(gold=1, pred=1): 2, Pair(gold=1, pred=0): 3}]
    """
    parent: dict[tuple[int, int], tuple[int, int]] = {}

    def root(node: tuple[int, int]) -> tuple[int, int]:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for gold, pred in edges:
        parent[root((0, gold))] = root((1, pred))
    groups: dict[tuple[int, int], dict[Pair, Weight]] = {}
    for pair, weight in edges.items():
        groups.setdefault(root((0, pair.gold)), {})[pair] = weight
    yield from groups.values()


def _keys(indices: Iterable[int], keys: Sequence[Key]) -> list[Key]:
    return [keys[i] for i in indices]


def _digest(value: object) -> str:
    return sha256(repr(value).encode("utf-8", "surrogatepass")).hexdigest()
