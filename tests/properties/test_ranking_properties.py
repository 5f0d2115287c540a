"""What a ranking promises, whatever is ranked."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotemark.agreement import agree
from quotemark.metrics.counts import Counts
from quotemark.metrics.ledger import ledger
from quotemark.metrics.names import parse
from quotemark.metrics.results import Row
from quotemark.metrics.scoring import score
from quotemark.model import Annotation, Corpus, Document, Span
from quotemark.ranking import (
    BY,
    Candidate,
    Pace,
    Unit,
    chances,
    draw,
    expectations,
    rank,
    weighted_scores,
)
from quotemark.ranking.committee import Dispute
from quotemark.ranking.interval import half_width

WORDS = "one two three four five six seven eight nine ten"
places = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 8)), max_size=4)


@st.composite
def committees(draw: st.DrawFn) -> tuple[list[Unit], list[Annotation]]:
    """Up to four documents, and two or three systems' layers over most of them."""
    units = [
        Unit(name, name, WORDS[: draw(st.integers(3, len(WORDS)))]) for name in ("a", "b", "c", "d")
    ][: draw(st.integers(1, 4))]
    layers = []
    for place, unit in enumerate(units):
        teams = ["xy", "xyz", "x", ""] if place else ["xy", "xyz"]
        for system in draw(st.sampled_from(teams)):
            spans = tuple(
                Span(f"q{n}", "Quote", ((start, start + length),), score=0.5)
                for n, (start, length) in enumerate(draw(places))
            )
            layers.append(Annotation(unit.doc_id, "", system, spans, status="predicted"))
    return units, layers


@given(committees(), st.sampled_from(["per-minute", "disputed", "disagreement"]), st.randoms())
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_input_does_not_matter(
    made: tuple[list[Unit], list[Annotation]], by: str, shuffler: object
) -> None:
    units, layers = made
    found = rank(units, predictions=layers, by=by)
    shuffler.shuffle(units)  # type: ignore[attr-defined]
    shuffler.shuffle(layers)  # type: ignore[attr-defined]
    assert rank(units, predictions=layers, by=by) == found
    drawn = rank(units, predictions=layers, by=by, sample=2)
    shuffler.shuffle(units)  # type: ignore[attr-defined]
    assert rank(units, predictions=layers, by=by, sample=2) == drawn


@given(committees(), st.sampled_from(["exact", "overlap(gold>=0.8)", "char"]))
@settings(max_examples=30, deadline=None)
def test_what_members_are_called_does_not_matter(
    made: tuple[list[Unit], list[Annotation]], metric: str
) -> None:
    """Also by a metric for which it matters which side is gold."""
    units, layers = made
    names = dict(zip("xyz", "zxy", strict=True))
    others = [replace(layer, annotator=names[layer.annotator]) for layer in layers]
    one, two = (rank(units, predictions=each, metric=parse(metric)) for each in (layers, others))
    for first, second in zip(one.candidates, two.candidates, strict=True):
        assert first.unit == second.unit
        assert first.disputed == pytest.approx(second.disputed)


@given(committees())
@settings(max_examples=40, deadline=None)
def test_what_is_alike_is_not_disputed(made: tuple[list[Unit], list[Annotation]]) -> None:
    units, layers = made
    one = [layer for layer in layers if layer.annotator == "x"]
    twins = [replace(layer, annotator="y") for layer in one]
    for each in rank(units, predictions=[*one, *twins]).candidates:
        assert each.disputed in (0, None)
        assert each.disagreement in (0, None)


@given(committees(), st.sampled_from(sorted(BY)))
@settings(max_examples=40, deadline=None)
def test_nothing_comes_behind_what_is_less(
    made: tuple[list[Unit], list[Annotation]], by: str
) -> None:
    units, layers = made
    found = rank(units, predictions=layers, by=by).candidates
    assert sorted(each.unit.id for each in found) == sorted(unit.id for unit in units)
    for first, second in combinations(found, 2):
        values = BY[by](first), BY[by](second)
        if values[0] is None or values[1] is None:
            assert values[1] is None
        else:
            assert values[0] >= values[1]
        if values[0] == values[1]:
            assert first.unit.id < second.unit.id
        # at equal cost, more in dispute never comes later
        if by == "per-minute" and first.minutes == second.minutes and second.disputed is not None:
            assert first.disputed is not None
            assert first.disputed >= second.disputed


@given(committees())
@settings(max_examples=30, deadline=None)
def test_the_disagreement_of_two_is_that_of_their_f1(
    made: tuple[list[Unit], list[Annotation]],
) -> None:
    """By the scorer, one called gold."""
    units, layers = made
    pair = [layer for layer in layers if layer.annotator in "xy"]
    for each in rank(units, predictions=pair).candidates:
        if each.dispute is None or each.dispute.members < 2:
            continue
        sides = [
            Corpus({}, tuple(a for a in pair if (a.doc_id, a.annotator) == (each.unit.id, name)))
            for name in "xy"
        ]
        f1 = score(*sides, metrics=["overlap"]).row("overlap(iou>=0.5)", "Quote").f1
        if f1 is None:
            assert each.disagreement is None
        else:
            assert each.disagreement == pytest.approx(1 - f1)


@given(committees())
@settings(max_examples=30, deadline=None)
def test_the_disagreement_of_annotators_is_that_of_agree(
    made: tuple[list[Unit], list[Annotation]],
) -> None:
    """All of three annotators' pairs together."""
    units, layers = made
    work = [replace(layer, status="submitted") for layer in layers]
    if len({layer.annotator for layer in work}) < 2:
        return
    for each in rank(units, layers=work).candidates:
        own = tuple(layer for layer in work if layer.doc_id == each.unit.id)
        rows = agree(Corpus({}, own), measures=["overlap"], resamples=1)
        [quote] = [r for r in rows if r.label == "Quote" and len(r.annotators) == len(own)]
        if quote.value is None:
            assert each.disagreement is None
        else:
            assert each.disagreement == pytest.approx(1 - quote.value)


@given(st.lists(st.floats(0, 1e6), max_size=30), st.integers(0, 40), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_chances_add_up_and_draws_are_as_large(sizes: list[float], number: int, seed: int) -> None:
    found = chances(sizes, number)
    wanted = min(number, len(sizes))
    assert sum(found) == pytest.approx(wanted)
    assert all(0 <= chance <= 1 for chance in found)
    drawn = draw(found, seed=seed)
    assert len(set(drawn)) == len(drawn) == wanted
    if 0 < number <= len(sizes):
        assert min(found) >= 0.0999 * number / len(sizes)
    for one, two in combinations(range(len(sizes)), 2):
        if sizes[one] > sizes[two]:
            assert found[one] >= found[two] - 1e-12


def test_units_are_drawn_as_often_as_their_chances_say() -> None:
    found = chances([5, 3, 2, 1, 1, 0], 3)
    often = np.zeros(6)
    for seed in range(2000):
        often[draw(found, seed=seed)] += 1
    assert often / 2000 == pytest.approx(np.array(found), abs=0.04)


class World:
    """Documents of which everything is known: counts of one system, and what committees say.

    Few documents are long and in dispute, most are short and clear, as articles are.
    """

    def __init__(self, size: int, seed: int) -> None:
        draws = np.random.default_rng(seed)
        items = draws.gamma(0.8, 8.0, size).round()
        hard = draws.beta(0.5, 2.5, size)
        wrong = draws.binomial(items.astype(int), hard)
        tp = items - wrong
        fp, fn = draws.binomial(wrong, 0.6), draws.binomial(wrong, 0.7)
        self.ids = [f"d{place:04}" for place in range(size)]
        self.counts = [Counts(*map(int, row)) for row in zip(tp, fp, fn, strict=True)]
        disputed = draws.poisson(1.5 * wrong)
        self.seen = {
            name: Dispute(max(0.0, many - no / 2), float(no), 2)
            for name, many, no in zip(self.ids, items, disputed, strict=True)
        }

    def row(self, places: list[int]) -> Row:
        found = ledger([self.ids[p] for p in places], [self.counts[p] for p in places])
        return Row(parse("exact"), "Quote", found)


def test_a_draw_by_the_interval_narrows_it_and_is_not_biased() -> None:
    """By simulation: against even draws of as many documents, over one archive drawn 400 times."""
    labelled, archive = World(40, 1), World(600, 2)
    expected = expectations(labelled.row(list(range(40))), labelled.seen, archive.seen)
    whole = archive.row(list(range(600))).f1
    assert whole is not None
    sizes = [expected[name].residual for name in archive.ids]
    errors, covered = {}, {}
    for kind, found in (("interval", chances(sizes, 60)), ("even", chances([1.0] * 600, 60))):
        known = dict(zip(archive.ids, found, strict=True))
        scores = [
            weighted_scores(archive.row(sorted(draw(found, seed=seed))), known)
            for seed in range(400)
        ]
        values = np.array([each.f1 for each in scores], dtype=float)
        ends = np.array([each.intervals["f1"] for each in scores], dtype=float)
        errors[kind] = float(np.sqrt(np.mean((values - whole) ** 2)))
        covered[kind] = float(np.mean((ends[:, 0] <= whole) & (whole <= ends[:, 1])))
        assert abs(values.mean() - whole) < 0.01
    assert errors["interval"] < 0.85 * errors["even"]
    assert min(covered.values()) > 0.9


@pytest.mark.parametrize("seed", range(2, 7))
def test_a_draw_by_the_interval_is_worth_its_time(seed: int) -> None:
    """Its variance, in the first order, is less than that of an even one of as many minutes."""
    labelled, archive = World(40, 50 + seed), World(600, seed)
    expected = expectations(labelled.row(list(range(40))), labelled.seen, archive.seen)
    minutes = np.array([0.5 + archive.seen[name].items * 0.2 for name in archive.ids])
    sizes = np.array([expected[name].residual for name in archive.ids]) / np.sqrt(minutes)
    drawn = np.array(chances(list(sizes), 60))
    even = drawn @ minutes / minutes.sum()
    tp, fp, fn = np.array([each.row for each in archive.counts], dtype=float).T
    residuals = 2 * tp - 2 * tp.sum() / (2 * tp + fp + fn).sum() * (2 * tp + fp + fn)
    variance = (residuals**2 * (1 - drawn) / drawn).sum()
    assert np.sqrt(variance) < 0.95 * np.sqrt((residuals**2).sum() * (1 - even) / even)
    # and the interval that is foretold is near the one that it has
    foretold = half_width([expected[name] for name in archive.ids], list(drawn))
    assert foretold is not None
    assert 0.5 < foretold / (1.96 * np.sqrt(variance) / (2 * tp + fp + fn).sum()) < 1.5


def test_the_first_by_disputes_alone_are_biased() -> None:
    """Why draws are there: a score on what is most in dispute is far too low."""
    archive = World(600, 2)
    first = sorted(range(600), key=lambda place: -archive.seen[archive.ids[place]].disputed)[:60]
    chosen, whole = archive.row(first).f1, archive.row(list(range(600))).f1
    assert chosen is not None
    assert whole is not None
    assert chosen < whole - 0.05


@given(st.lists(st.tuples(*[st.integers(0, 9)] * 3), min_size=1, max_size=8))
@settings(max_examples=40, deadline=None)
def test_a_score_of_what_is_certain_is_the_score(counts: list[tuple[int, int, int]]) -> None:
    docs = [f"d{place}" for place in range(len(counts))]
    row = Row(parse("exact"), "Quote", ledger(docs, [Counts(*each) for each in counts]))
    found = weighted_scores(row, dict.fromkeys(docs, 1.0))
    for name in ("precision", "recall", "f1"):
        value = getattr(row, name)
        assert getattr(found, name) == (None if value is None else pytest.approx(value))
        ends = found.intervals[name]
        assert (ends is None) == (value is None or len(docs) < 2)
        if ends is not None:
            assert ends == pytest.approx((value, value))


@given(st.integers(0, 50), st.integers(0, 50))
def test_longer_units_never_cost_less(one: int, two: int) -> None:
    short, long = sorted((one, two))
    pace = Pace()
    costs = [pace.minutes(Unit("a", "a", "word " * many)) for many in (short, long)]
    assert costs[0] <= costs[1]


def test_near_duplicates_come_last() -> None:
    text = "The mayor said that the old ferry had to go before the winter came to the bay"
    other = "Nobody on the council knew how many of the new boats had been paid for by then"
    units = [Unit("a", "a", text), Unit("b", "b", text + " again"), Unit("c", "c", other)]
    units.append(Unit("d", "d", other.upper()))
    many = {"a": 3, "b": 3, "c": 1, "d": 2}
    layers = [
        Annotation(doc, "", name, spans, status="predicted")
        for doc, number in many.items()
        for name, spans in (
            ("x", tuple(Span(f"q{n}", "Quote", ((n, n + 1),)) for n in range(number))),
            ("y", ()),
        )
    ]
    done = [Annotation("d", "", "ann")]

    def order(*, diverse: bool = False) -> list[tuple[str, str]]:
        found = rank(units, predictions=layers, layers=done, by="disputed", diverse=diverse)
        return [(each.unit.id, each.like) for each in found.candidates]

    assert order() == [("a", ""), ("b", ""), ("c", "")]
    assert order(diverse=True) == [("a", ""), ("b", "a"), ("c", "d")]


def test_what_nobody_compared_is_last_and_says_so() -> None:
    units = [Unit(doc, doc, "Yes.") for doc in "ab"]
    layers = [Annotation("b", "", who, status="predicted") for who in "xy"]
    found = rank(units, predictions=layers).candidates
    assert [(each.unit.id, each.dispute is None) for each in found] == [("b", False), ("a", True)]
    assert found[1] == Candidate(units[0], found[1].minutes)


def test_texts_are_checked_against_the_layers() -> None:
    document = Document("a", "Yes.")
    layers = [Annotation("a", "0" * 64, who, status="predicted") for who in "xy"]
    with pytest.raises(Exception, match="text-hash"):
        rank([Unit("a", "a", "Yes.")], predictions=layers, documents={"a": document})
