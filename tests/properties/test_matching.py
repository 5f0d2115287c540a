"""Alignment: optimal by brute force, blind to order and ids, even when tangled."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from quotemark.assignment import Pair, assign
from quotemark.matching import (
    ANY,
    END,
    EXACT,
    HALF,
    START,
    Criterion,
    Key,
    Links,
    align,
    content,
)
from quotemark.model import Annotation, Relation, Span

MOST = Fraction("0.8")
SYMMETRIC = [EXACT, HALF, ANY, Criterion(MOST), START, END]
CRITERIA = st.sampled_from([*SYMMETRIC, *(Criterion(gold=g) for g in (MOST, Fraction(1)))])


@st.composite
def spans(draw: st.DrawFn, size: int = 4, reach: int = 10) -> list[Span]:
    """Spans, some of them discontinuous, crowded so that they nest, cross and repeat."""
    found = []
    for number in range(draw(st.integers(0, size))):
        cuts = draw(st.lists(st.integers(0, reach), min_size=2, max_size=4, unique=True))
        cuts = sorted(cuts)[: len(cuts) // 2 * 2]
        fragments = tuple(zip(cuts[::2], cuts[1::2], strict=True))
        form = draw(st.sampled_from(["direct", "mixed", None]))
        found.append(Span(f"s{number}", "Quote", fragments, {"form": form}))
    return found


def codepoints(span: Span) -> set[int]:
    return {c for start, end in span.fragments for c in range(start, end)}


Objective = tuple[int, int, Fraction, int]


def objective(gold: list[Span], pred: list[Span], pairs: list[Pair]) -> Objective:
    """What the module promises to make largest, straight from its definition."""
    ious = []
    equal = 0
    for g, p in pairs:
        a, b = codepoints(gold[g]), codepoints(pred[p])
        ious.append(Fraction(len(a & b), len(a | b)))
        equal += gold[g].attributes["form"] == pred[p].attributes["form"]
    return len(pairs), ious.count(Fraction(1)), sum(ious, Fraction(0)), equal


def admitted(gold: Span, pred: Span, criterion: Criterion) -> bool:
    """What a criterion says, code point by code point."""
    a, b = codepoints(gold), codepoints(pred)
    if criterion.same:
        edge = min if criterion.same == "start" else max
        return edge(a) == edge(b)
    wholes = ((a | b, criterion.iou), (a, criterion.gold), (b, criterion.pred))
    return bool(a & b) and all(Fraction(len(a & b), len(n)) >= share for n, share in wholes)


def best(gold: list[Span], pred: list[Span], criterion: Criterion) -> Objective:
    """The largest objective of all one-to-one alignments, by trying each of them."""
    short, long_ = (gold, pred) if len(gold) <= len(pred) else (pred, gold)
    found = [objective(gold, pred, [])]
    for chosen in permutations(range(len(long_)), len(short)):
        pairs = [
            Pair(i, j) if short is gold else Pair(j, i)
            for i, j in enumerate(chosen)
        ]  # fmt: skip
        pairs = [p for p in pairs if admitted(gold[p.gold], pred[p.pred], criterion)]
        found.append(objective(gold, pred, pairs))
    return max(found)


@given(spans(), spans(), CRITERIA)
def test_no_alignment_is_better(gold: list[Span], pred: list[Span], criterion: Criterion) -> None:
    pairs = align(gold, pred, criterion)
    assert len({p.gold for p in pairs}) == len({p.pred for p in pairs}) == len(pairs)
    assert all(admitted(gold[g], pred[p], criterion) for g, p in pairs)
    assert objective(gold, pred, pairs) == best(gold, pred, criterion)


@given(spans(7, 14), spans(7, 14), CRITERIA, st.randoms(use_true_random=False))
def test_order_and_ids_do_not_matter(
    gold: list[Span], pred: list[Span], criterion: Criterion, random: Random
) -> None:
    def pairs(golds: list[Span], preds: list[Span]) -> list[tuple[Key, Key]]:
        found = align(golds, preds, criterion)
        return sorted((content(golds[g]), content(preds[p])) for g, p in found)

    def shuffled(side: list[Span]) -> list[Span]:
        names = [f"n{n}" for n in range(len(side))]
        random.shuffle(names)
        renamed = [replace(s, id=name) for s, name in zip(side, names, strict=True)]
        random.shuffle(renamed)
        return renamed

    assert pairs(gold, pred) == pairs(shuffled(gold), shuffled(pred))


@given(spans(7, 14), spans(7, 14), st.sampled_from(SYMMETRIC))
def test_swapping_the_sides_swaps_the_pairs(
    gold: list[Span], pred: list[Span], criterion: Criterion
) -> None:
    there = align(gold, pred, criterion)
    back = align(pred, gold, criterion)
    assert sorted((content(gold[g]), content(pred[p])) for g, p in there) == sorted(
        (content(gold[g]), content(pred[p])) for p, g in back
    )


@given(spans(7, 14), spans(7, 14))
def test_a_share_of_the_gold_span_is_turned_a_share_of_the_predicted_one(
    gold: list[Span], pred: list[Span]
) -> None:
    there = align(gold, pred, Criterion(gold=MOST))
    back = align(pred, gold, Criterion(pred=MOST))
    assert sorted((content(gold[g]), content(pred[p])) for g, p in there) == sorted(
        (content(gold[g]), content(pred[p])) for p, g in back
    )


@given(spans(7, 14), spans(7, 14), st.sampled_from([START, END]))
def test_equal_boundaries_are_counted_without_an_alignment(
    gold: list[Span], pred: list[Span], criterion: Criterion
) -> None:
    edge = min if criterion.same == "start" else max
    golds, preds = (Counter(edge(codepoints(span)) for span in side) for side in (gold, pred))
    assert len(align(gold, pred, criterion)) == (golds & preds).total()


@given(spans(8, 14), spans(8, 14), CRITERIA)
def test_never_fewer_matches_than_greedy(
    gold: list[Span], pred: list[Span], criterion: Criterion
) -> None:
    taken: set[int] = set()
    for g in gold:
        for number, p in enumerate(pred):
            if number not in taken and admitted(g, p, criterion):
                taken.add(number)
                break
    assert len(align(gold, pred, criterion)) >= len(taken)


def test_greedy_would_lose_one() -> None:
    gold = [Span("a", "Quote", ((0, 10),)), Span("b", "Quote", ((0, 6),))]
    pred = [Span("c", "Quote", ((0, 6),)), Span("d", "Quote", ((2, 10),))]
    # In gold's order greedy gives (0,10)-(0,6), IoU 0.6, and leaves (0,6)-(2,10), IoU 0.4.
    assert align(gold, pred, HALF) == [Pair(0, 1), Pair(1, 0)]


@given(spans(8))
def test_against_itself_everything_is_exact(gold: list[Span]) -> None:
    pairs = align(gold, gold, ANY)
    assert len(pairs) == len(gold)
    assert all(content(gold[g]) == content(gold[p]) for g, p in pairs)


@given(st.integers(0, 50), st.integers(1, 20), st.integers(1, 20))
def test_spans_that_touch_share_nothing(start: int, left: int, right: int) -> None:
    middle, end = start + left, start + left + right
    for criterion in (ANY, HALF, EXACT):
        one, other = Span("a", "Q", ((start, middle),)), Span("b", "Q", ((middle, end),))
        assert align([one], [other], criterion) == []


@given(st.integers(1, 9), st.integers(1, 9), st.data())
def test_assignment_as_good_as_scipy(rows: int, columns: int, data: st.DataObject) -> None:
    matrix = [
        data.draw(st.lists(st.integers(0, 20), min_size=columns, max_size=columns))
        for _ in range(rows)
    ]
    pairs = assign(matrix)
    assert len({p.gold for p in pairs}) == len({p.pred for p in pairs}) == len(pairs)
    assert all(matrix[p.gold][p.pred] > 0 for p in pairs)
    theirs = linear_sum_assignment(np.array(matrix), maximize=True)
    expected = sum(matrix[i][j] for i, j in zip(*theirs, strict=True))
    assert sum(matrix[p.gold][p.pred] for p in pairs) == expected


@settings(max_examples=30)
@given(st.integers(1, 6), st.data())
def test_assignment_keeps_numbers_beyond_floats(size: int, data: st.DataObject) -> None:
    huge = 10**60
    small = [
        data.draw(st.lists(st.integers(1, 9), min_size=size, max_size=size)) for _ in range(size)
    ]
    matrix = [[huge + w for w in row] for row in small]
    best_small = max(
        sum(small[i][j] for i, j in enumerate(order)) for order in permutations(range(size))
    )
    assert sum(matrix[p.gold][p.pred] for p in assign(matrix)) == size * huge + best_small


def test_equal_relations_decide_between_equal_spans() -> None:
    """Two quotes with the same words, said by two speakers: each finds its own."""
    speakers = (Span("x", "Speaker", ((6, 8),)), Span("y", "Speaker", ((9, 11),)))
    twice = (Span("q", "Quote", ((0, 5),)), Span("r", "Quote", ((0, 5),)))

    def layer(first: str, second: str) -> Annotation:
        said = (Relation("said_by", "q", first), Relation("said_by", "r", second))
        return Annotation("a", "", "ann", (*twice, *speakers), said)

    for first, second, expected in (
        ("x", "y", [Pair(0, 0), Pair(1, 1)]),
        ("y", "x", [Pair(0, 1), Pair(1, 0)]),
    ):
        gold_links, pred_links = Links(layer("x", "y")), Links(layer(first, second))
        pairs = align(twice, twice, EXACT, gold_links=gold_links, pred_links=pred_links)
        assert pairs == expected


def plain(*places: tuple[int, int]) -> list[Span]:
    return [Span(f"s{number}", "Quote", (place,)) for number, place in enumerate(places)]


def test_swapping_swaps_an_even_tangle_too() -> None:
    """Two alignments are equally good here; which is taken must not hang on the side."""
    gold = plain((0, 1), (1, 3), (3, 4), (2, 4))
    pred = plain((1, 7), (1, 6), (0, 4), (1, 7))
    there = {(gold[g].fragments, pred[p].fragments) for g, p in align(gold, pred, ANY)}
    back = {(gold[g].fragments, pred[p].fragments) for p, g in align(pred, gold, ANY)}
    assert there == back


@st.composite
def linked(draw: st.DrawFn) -> tuple[list[Span], Annotation]:
    """Up to four quotes on few places, each with some of three speakers."""
    places = st.sampled_from([(0, 4), (0, 5), (1, 5)])
    quotes = plain(*draw(st.lists(places, max_size=4)))
    speakers = [Span(name, "Speaker", ((at, at + 2),)) for at, name in ((10, "x"), (20, "y"))]
    ends = st.sampled_from(["x", "y"])
    said = [Relation("said_by", q.id, draw(ends)) for q in quotes if draw(st.booleans())]
    return quotes, Annotation("a", "", "ann", (*quotes, *speakers), tuple(said))


@given(linked(), linked())
def test_among_equals_the_most_equal_relations(
    one: tuple[list[Span], Annotation], other: tuple[list[Span], Annotation]
) -> None:
    (gold, gold_layer), (pred, pred_layer) = one, other

    def shared(pairs: list[Pair]) -> tuple[int, int, Fraction, int]:
        exact, iou, said = 0, Fraction(0), 0
        for g, p in pairs:
            a, b = codepoints(gold[g]), codepoints(pred[p])
            exact += a == b
            iou += Fraction(len(a & b), len(a | b))
            said += (
                {s.id for s in gold_layer.tails(gold[g].id, "said_by")}
                == {s.id for s in pred_layer.tails(pred[p].id, "said_by")}
                != set()
            )
        return len(pairs), exact, iou, said

    short, long_ = sorted((gold, pred), key=len)
    every = [
        [Pair(i, j) if short is gold else Pair(j, i) for i, j in enumerate(chosen)]
        for chosen in permutations(range(len(long_)), len(short))
    ]
    pairs = align(gold, pred, ANY, gold_links=Links(gold_layer), pred_links=Links(pred_layer))
    assert shared(pairs) == max(map(shared, every))


def test_spans_that_differ_only_behind_their_relations_are_told_apart_without_ids() -> None:
    """Two equal quotes said by two speakers, and one prediction that says neither."""
    speakers = (Span("x", "Speaker", ((6, 8),)), Span("y", "Speaker", ((9, 11),)))
    pred = [Span("p", "Quote", ((0, 5),))]
    chosen = set()
    for first, second in (("q", "r"), ("r", "q")):
        twice = [Span("q", "Quote", ((0, 5),)), Span("r", "Quote", ((0, 5),))]
        said = (Relation("said_by", first, "x"), Relation("said_by", second, "y"))
        layer = Annotation("a", "", "ann", (*twice, *speakers), said)
        (pair,) = align(twice, pred, EXACT, gold_links=Links(layer))
        chosen.add(layer.tails(twice[pair.gold].id, "said_by")[0].id)
    assert len(chosen) == 1
