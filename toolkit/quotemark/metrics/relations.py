"""Whether the right spans were joined: relations, by their ends and their type.

Rows are the relations of the scheme.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from quotemark.assignment import Pair
from quotemark.matching import Criterion, disjoint
from quotemark.metrics.case import Case
from quotemark.metrics.counts import Counts, Scores
from quotemark.metrics.measure import Key, Measure
from quotemark.metrics.protocols.pairing import best_pairs
from quotemark.model import Annotation, Fragment, Span
from quotemark.scheme import RelationType

Place = tuple[str, tuple[Fragment, ...]]
"""A label and the code points of a span: spans alike in both are one place."""

Ends = tuple[Place, Place]
"""The places of a relation's head and tail."""


def count_exact(case: Case, *, labels: bool) -> Scores:
    """Relations whose ends have the same code points and, with `labels`, the same labels.

    The unit is one relation; relations alike are as many. A relation with an end that is no
    span of the layer, or that lies outside the windows gold was asked, is none. Not scored
    where gold was not asked for the relation or for a label that it joins, or the extractor
    does not produce them.

    >>> from quotemark.model import Relation
    >>> from quotemark.scheme import default_scheme
    >>> spans = (Span("q", "Quote", ((0, 9),)), Span("s", "Speaker", ((15, 17),)))
    >>> gold = Annotation("a", "", "g", spans, (Relation("said_by", "q", "s"),))
    >>> scores = count_exact(Case(gold, gold, None, default_scheme()), labels=True)
    >>> scores["said_by"], scores["cued_by"]
    (Counts(tp=1, fp=0, fn=0), Counts(tp=0, fp=0, fn=0))
    """

    def same(golds: Counter[Ends], preds: Counter[Ends]) -> int:
        return (golds & preds).total()

    return _count(case, same, labels=labels)


def count_relaxed(case: Case, criterion: Criterion) -> Scores:
    """Relations of which both ends are pairs of the alignment under a criterion.

    Ends are aligned by label, as spans are. Where spans alike have several partners, relations
    are matched one-to-one so that as many as possible are right. Otherwise as `count_exact`.

    >>> from quotemark.matching import HALF
    >>> from quotemark.model import Relation
    >>> from quotemark.scheme import default_scheme
    >>> def layer(end):
    ...     spans = (Span("q", "Quote", ((0, end),)), Span("s", "Speaker", ((15, 17),)))
    ...     return Annotation("a", "", "g", spans, (Relation("said_by", "q", "s"),))
    >>> count_relaxed(Case(layer(9), layer(7), None, default_scheme()), HALF)["said_by"]
    Counts(tp=1, fp=0, fn=0)
    """
    partners: dict[Place, set[Place]] = {}
    for label in case.scheme.labels:
        for gold, pred in case.alignment(label, criterion).spans():
            partners.setdefault(_place(pred), set()).add(_place(gold))
    return _count(case, partial(_paired, partners=partners))


def _paired(
    golds: Counter[Ends], preds: Counter[Ends], *, partners: Mapping[Place, set[Place]]
) -> int:
    """How many relations pair one-to-one such that both ends are partners."""
    places: dict[Ends, list[int]] = {}
    for number, ends in enumerate(golds.elements()):
        places.setdefault(ends, []).append(number)
    allowed: dict[Pair, tuple[int]] = {}
    for number, (head, tail) in enumerate(preds.elements()):
        for ends in ((h, t) for h in partners.get(head, ()) for t in partners.get(tail, ())):
            allowed.update((Pair(gold, number), (1,)) for gold in places.get(ends, ()))
    return len(best_pairs(allowed))


def _count(
    case: Case, same: Callable[[Counter[Ends], Counter[Ends]], int], *, labels: bool = True
) -> Scores:
    scores: dict[str, Counts | None] = {}
    for relation in case.scheme.relations.values():
        scores[relation.name] = None
        if _asked(case, relation):
            golds, preds = (
                Counter(_ends(case, layer, relation.name, labels))
                for layer in (case.gold, case.pred)
            )
            right = same(golds, preds)
            scores[relation.name] = Counts(right, preds.total() - right, golds.total() - right)
    return scores


def _asked(case: Case, relation: RelationType) -> bool:
    return case.both(
        lambda asked: (
            asked.relation(relation.name)
            and asked.label(relation.head)
            and asked.label(relation.tail)
        )
    )


def _ends(case: Case, layer: Annotation, relation: str, labels: bool) -> Iterable[Ends]:
    covers = case.gold.asked.covers
    for each in layer.relations:
        if each.label == relation:
            head, tail = layer.by_id.get(each.head), layer.by_id.get(each.tail)
            if head and tail and covers(head) and covers(tail):
                yield _place(head, labels), _place(tail, labels)


def _place(span: Span, label: bool = True) -> Place:
    return span.label if label else "", tuple(disjoint(span.fragments))


MEASURES: dict[Key, Measure] = {
    ("relation", "strict", ""): Measure(partial(count_exact, labels=True), symmetric=True),
    ("relation", "boundary", ""): Measure(partial(count_exact, labels=False), symmetric=True),
    ("relation", "relaxed", ""): Measure(count_relaxed, symmetric=True, criterion=True),
}
