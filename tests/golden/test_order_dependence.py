"""The union of two extractors, and nested gold, in many orders: one number here, and the right one.

nervaluate, which takes the spans as they come, gives another number in each order, and a lower one.
docs/deviations.md has the figures.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from nervaluate import Evaluator  # type: ignore[import-untyped]
from scipy.optimize import linear_sum_assignment

from quotemark import score
from quotemark.metrics.counts import Shares
from quotemark.metrics.protocols.semeval2013 import Outcomes
from quotemark.model import Annotation, Corpus, Span
from support.blocks import ROOT

LABELS = ["Quote", "Speaker", "Cue"]
DOCUMENTS, SPANS, ORDERS = 200, 20, 5

Place = tuple[int, int, str]
Docs = list[list[Place]]


def flat(random: Random) -> list[Place]:
    """Spans one after the other."""
    found, at = [], 0
    for _ in range(SPANS):
        start = at + random.randint(1, 20)
        at = start + random.randint(5, 40)
        found.append((start, at, random.choice(LABELS)))
    return found


def nested(random: Random) -> list[Place]:
    """Spans one after the other, each with one inside it that begins or ends where it does."""
    found = []
    for start, end, label in flat(random)[: SPANS // 2]:
        cut = random.randint(start + 2, end - 2)
        inner = (start, cut) if random.random() < 0.5 else (cut, end)
        found += [(start, end, label), (*inner, random.choice(LABELS))]
    return found


def extract(random: Random, gold: list[Place], keep: float) -> list[Place]:
    """What an extractor finds: most spans, some with a wrong end or label, and two more."""
    found = []
    for start, end, label in gold:
        if random.random() < keep:
            if random.random() < 0.15:
                start = max(0, start - random.randint(1, 6))
            if random.random() < 0.15:
                end += random.randint(1, 6)
            found.append((start, end, label if random.random() < 0.9 else random.choice(LABELS)))
    more = (random.randint(0, 500) for _ in range(2))
    return [*found, *((at, at + 12, random.choice(LABELS)) for at in more)]


def union(random: Random, gold: list[Place]) -> list[Place]:
    """What either of two extractors finds."""
    return sorted({*extract(random, gold, 0.8), *extract(random, gold, 0.6)})


def noisy(random: Random, gold: list[Place]) -> list[Place]:
    return sorted({*extract(random, gold, 0.9)})


CASES: dict[str, tuple[Callable[[Random], list[Place]], Callable[..., list[Place]]]] = {
    "union": (flat, union),
    "nested": (nested, noisy),
}


def corpora(case: str) -> tuple[Docs, Docs]:
    make, find = CASES[case]
    random = Random(20130901)
    golds = [make(random) for _ in range(DOCUMENTS)]
    return golds, [find(random, gold) for gold in golds]


def shuffled(docs: Docs, random: Random) -> Docs:
    return [random.sample(doc, len(doc)) for doc in docs]


def corpus(docs: Docs, by: str) -> Corpus:
    layers = []
    for number, doc in enumerate(docs):
        spans = (Span(f"s{n}", label, ((start, end),)) for n, (start, end, label) in enumerate(doc))
        layers.append(Annotation(f"d{number}", "", by, tuple(spans)))
    return Corpus({}, tuple(layers))


def ours(golds: Docs, preds: Docs) -> Outcomes:
    report = score(corpus(golds, "gold"), corpus(preds, "mine"), metrics=["semeval13(strict)"])
    found = report.row("semeval13(strict)", "(all)").counts
    assert isinstance(found, Outcomes)
    return found


def optimum(golds: Docs, preds: Docs) -> Outcomes:
    """By scipy's assignment of each document: most correct pairs, then most pairs that overlap."""
    found = Outcomes()
    for gold, pred in zip(golds, preds, strict=True):
        right = np.array([[g == p for p in pred] for g in gold], float)
        meet = np.array([[g[0] < p[1] and p[0] < g[1] for p in pred] for g in gold], float)
        chosen = linear_sum_assignment(right * (len(gold) + 1) + meet, maximize=True)
        correct, pairs = int(right[chosen].sum()), int(meet[chosen].sum())
        found += Outcomes(correct, pairs - correct, 0, len(gold) - pairs, len(pred) - pairs)
    return found


def nervaluate(golds: Docs, preds: Docs) -> float:
    """Its strict F1 of all labels. Its ends are inclusive."""

    def dicts(docs: Docs) -> list[list[dict[str, object]]]:
        return [[{"label": n, "start": s, "end": e - 1} for s, e, n in doc] for doc in docs]

    found = Evaluator(dicts(golds), dicts(preds), tags=LABELS, loader="dict").evaluate()
    strict = found["overall"]["strict"]
    predicted, gold = sum(map(len, preds)), sum(map(len, golds))
    f1 = Shares(strict.correct, predicted, strict.correct, gold).f1
    assert f1 is not None
    return f1


@pytest.mark.parametrize("case", CASES)
def test_every_order_has_one_number_and_it_is_the_optimum(case: str) -> None:
    golds, preds = corpora(case)
    random = Random(1)
    orders = [(shuffled(golds, random), shuffled(preds, random)) for _ in range(ORDERS)]
    found = {ours(*order) for order in orders}
    assert found == {optimum(golds, preds)}
    (right,) = (outcomes.f1 for outcomes in found)
    theirs = [nervaluate(*order) for order in [(golds, preds), *orders]]
    assert len(set(theirs)) > 1
    assert right is not None
    assert max(theirs) < right
    page = (ROOT / "docs" / "deviations.md").read_text("utf-8")
    figures = f"| {case} | {right:.3f} | {min(theirs):.3f} to {max(theirs):.3f} |"
    assert figures in page, figures
