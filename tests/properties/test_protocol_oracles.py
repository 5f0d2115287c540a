"""Protocols against the scorers that published them, where those are packages."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nervaluate import Evaluator  # type: ignore[import-untyped]
from seqeval.metrics.sequence_labeling import (  # type: ignore[import-untyped]
    precision_recall_fscore_support as seqeval,
)
from seqeval.metrics.v1 import (  # type: ignore[import-untyped]
    precision_recall_fscore_support as seqeval_strict,
)
from seqeval.scheme import IOB2  # type: ignore[import-untyped]

from quotemark import score
from quotemark.metrics.protocols.semeval2013 import Outcomes
from quotemark.metrics.results import Row
from quotemark.model import Annotation, Corpus, Document, Span

LABELS = ["Quote", "Speaker", "Cue"]
STRATEGIES = {"strict": "strict", "exact": "exact", "partial": "partial", "type": "ent_type"}
"""The names of the measures here and in nervaluate."""

Place = tuple[str, int, int]

PLACES = st.tuples(st.sampled_from(LABELS), st.integers(0, 40), st.integers(1, 9)).map(
    lambda drawn: (drawn[0], drawn[1], drawn[1] + drawn[2])
)
ANY_DOCUMENT = st.lists(PLACES, max_size=5)


def layer(places: list[Place], by: str, doc: str) -> Annotation:
    spans = [Span(f"s{n}", label, ((s, e),)) for n, (label, s, e) in enumerate(places)]
    return Annotation(doc, "", by, tuple(spans))


def ours(golds: list[list[Place]], preds: list[list[Place]]) -> dict[tuple[str, str], Outcomes]:
    gold = Corpus({}, tuple(layer(p, "gold", f"d{n}") for n, p in enumerate(golds)))
    pred = Corpus({}, tuple(layer(p, "mine", f"d{n}") for n, p in enumerate(preds)))
    report = score(gold, pred, protocol="semeval2013")
    return {
        (row.metric.aspect, row.label): row.counts
        for row in report.rows
        if isinstance(row.counts, Outcomes)
    }


def nervaluate(
    golds: list[list[Place]], preds: list[list[Place]]
) -> dict[tuple[str, str], Outcomes]:
    """What nervaluate counts. Its ends are inclusive."""

    def dicts(docs: list[list[Place]]) -> list[list[dict[str, object]]]:
        return [[{"label": n, "start": s, "end": e - 1} for n, s, e in doc] for doc in docs]

    found = Evaluator(dicts(golds), dicts(preds), tags=LABELS, loader="dict").evaluate()
    results = {"(all)": found["overall"], **found["entities"]}
    return {
        (name, label): Outcomes(r.correct, r.incorrect, r.partial, r.missed, r.spurious)
        for label, by_strategy in results.items()
        for name, theirs in STRATEGIES.items()
        for r in [by_strategy[theirs]]
    }


def apart(places: list[Place]) -> list[Place]:
    """The places that overlap none before them, in the order of the text."""
    kept: list[Place] = []
    for place in sorted(places, key=lambda p: p[1:]):
        if not kept or kept[-1][2] <= place[1]:
            kept.append(place)
    return kept


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(ANY_DOCUMENT, ANY_DOCUMENT), min_size=1, max_size=3))
def test_flat_spans_in_order_as_nervaluate_counts_them(
    documents: list[tuple[list[Place], list[Place]]],
) -> None:
    golds = [apart(gold) for gold, _ in documents]
    preds = [apart(pred) for _, pred in documents]
    here, there = ours(golds, preds), nervaluate(golds, preds)
    for (name, label), counted in there.items():
        if name != "type":  # which goes by closeness first, and so can leave one over
            assert here[name, label] == counted, (name, label)


@settings(max_examples=150, deadline=None)
@given(ANY_DOCUMENT, ANY_DOCUMENT)
def test_what_nervaluate_says_in_every_order_is_ours_or_less(
    gold: list[Place], pred: list[Place]
) -> None:
    here = ours([gold], [pred])
    orders = [
        nervaluate([[*g, *gold[3:]]], [[*p, *pred[3:]]])
        for g in permutations(gold[:3])
        for p in permutations(pred[:3])
    ]
    for key in orders[0]:
        best = max(order[key].tp for order in orders)
        assert here[key].tp >= best, key


@settings(max_examples=150, deadline=None)
@given(ANY_DOCUMENT, ANY_DOCUMENT)
def test_spans_with_one_candidate_each_as_nervaluate_counts_them(
    gold: list[Place], pred: list[Place]
) -> None:
    def meets(place: Place, others: list[Place]) -> int:
        return sum(place[1] < end and start < place[2] for _, start, end in others)

    lonely = [place for place in pred if meets(place, gold) <= 1]
    single = [place for place in gold if meets(place, lonely) <= 1]
    here, there = ours([single], [lonely]), nervaluate([single], [lonely])
    for key, counted in there.items():
        assert here[key] == counted, key


TEXT = "one two, three four. Five six"
TOKENS = [(0, 3), (4, 7), (7, 8), (9, 14), (15, 19), (19, 20), (21, 25), (26, 29)]


@st.composite
def tags(draw: st.DrawFn) -> list[str]:
    """Well-formed IOB2 tags of `TOKENS`."""
    found: list[str] = []
    for _ in TOKENS:
        inside = [f"I{found[-1][1:]}"] if found and found[-1] != "O" else []
        found.append(draw(st.sampled_from(["O", "B-Quote", "B-Cue", "B-Speaker", *inside * 2])))
    return found


def tagged(sequence: list[str], by: str, doc: str) -> Annotation:
    spans: list[Span] = []
    for (start, end), tag in zip(TOKENS, sequence, strict=True):
        if tag.startswith("B"):
            spans.append(Span(f"s{start}", tag[2:], ((start, end),)))
        elif tag.startswith("I"):
            spans[-1] = Span(spans[-1].id, tag[2:], ((spans[-1].start, end),))
    return Annotation(doc, "", by, tuple(spans))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(tags(), tags()), min_size=1, max_size=4))
def test_well_formed_tags_as_seqeval_counts_them(
    documents: list[tuple[list[str], list[str]]],
) -> None:
    golds, preds = ([pair[side] for pair in documents] for side in (0, 1))
    texts = {f"d{n}": Document(f"d{n}", TEXT) for n in range(len(documents))}
    gold = Corpus(texts, tuple(tagged(t, "gold", f"d{n}") for n, t in enumerate(golds)))
    pred = Corpus({}, tuple(tagged(t, "mine", f"d{n}") for n, t in enumerate(preds)))
    report = score(gold, pred, protocol="conll")
    used = sorted({tag[2:] for sequence in (*golds, *preds) for tag in sequence} - {""})
    micro = [seqeval(golds, preds, average="micro", zero_division=0)]
    if used:  # the strict mode takes no corpus without labels
        micro.append(seqeval_strict(golds, preds, average="micro", zero_division=0, scheme=IOB2))
    for theirs in micro:
        assert numbers(report.row("conll", "(all)")) == pytest.approx(theirs)
    each = zip(*seqeval(golds, preds, average=None, zero_division=0), strict=True)
    for label, theirs in zip(used, each, strict=True):
        assert numbers(report.row("conll", label)) == pytest.approx(theirs)


def numbers(row: Row) -> tuple[float, ...]:
    """Precision, recall, F1 and support, 0 where they are undefined, as seqeval has it."""
    assert row.counts is not None
    return tuple(x or 0 for x in (row.precision, row.recall, row.f1, row.counts.support))
