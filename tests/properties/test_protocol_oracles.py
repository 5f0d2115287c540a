"""Protocols against the scorers that published them, where those are packages."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st
from nervaluate import Evaluator  # type: ignore[import-untyped]

from quotemark import score
from quotemark.metrics.protocols.semeval2013 import Outcomes
from quotemark.model import Annotation, Corpus, Span

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
