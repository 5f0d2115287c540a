"""The alignment of SpkAtt 2023 against every alignment there is, as its paper defines it."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from quotemark import score
from quotemark.metrics.counts import total
from quotemark.metrics.protocols.spkatt2023 import Event, counts
from quotemark.model import Annotation, Corpus, Document, Relation, Span

TOKENS = st.frozensets(st.integers(0, 9), max_size=5)
EVENTS = st.lists(
    st.builds(Event, st.frozensets(st.integers(0, 6), min_size=1, max_size=3), TOKENS, TOKENS),
    max_size=4,
)
Alignment = tuple[tuple[int, int], ...]


def tokens_by_hand(
    golds: list[Event], preds: list[Event], alignment: Alignment
) -> tuple[int, int, int]:
    """Token by token: tp, fp and fn of cues and roles, those of events without a partner too."""
    tp = fp = fn = 0
    gold_of = {pred: gold for gold, pred in alignment}
    for j, pred in enumerate(preds):
        partner = golds[gold_of[j]] if j in gold_of else None
        for n, part in enumerate(pred.parts):
            for token in part:
                if partner is not None and token in partner.parts[n]:
                    tp += 1
                else:
                    fp += 1
    pred_of = dict(alignment)
    for i, gold in enumerate(golds):
        partner = preds[pred_of[i]] if i in pred_of else None
        for n, part in enumerate(gold.parts):
            fn += sum(partner is None or token not in partner.parts[n] for token in part)
    return tp, fp, fn


@settings(max_examples=200, deadline=None)
@given(EVENTS, EVENTS)
def test_no_other_alignment_has_a_better_joint_f1(golds: list[Event], preds: list[Event]) -> None:
    allowed = [(i, j) for i, g in enumerate(golds) for j, p in enumerate(preds) if g.cue & p.cue]
    best: Fraction | None = None
    for size in range(5):
        for alignment in combinations(allowed, size):
            if len(dict(alignment)) == len({j for _, j in alignment}) == size:
                tp, fp, fn = tokens_by_hand(golds, preds, alignment)
                if tp + fp + fn:
                    best = max(best or Fraction(0), Fraction(2 * tp, 2 * tp + fp + fn))
    joint = total(counts(golds, preds))
    assert joint.f1 == (None if best is None else float(best))


def test_one_sentence_by_hand() -> None:
    """`She said he lied . They warned` against cues `said he` and `lied`.

    said-said he: cue tp 1, fp 1; source She tp 1; message `he lied`, predicted `lied`: tp 1,
    fn 1. `lied` overlaps no cue: cue fp 1, and its source `he` fp 1. `warned`: cue fn 1, and
    its source `They` fn 1.
    """
    doc = Document("d", "She said he lied . They warned")

    def at(id: str, label: str, words: str) -> Span:
        start = doc.text.index(words)
        return Span(id, label, ((start, start + len(words)),))

    gold = Annotation("d", doc.sha256, "g", (
        at("c", "Cue", "said"), at("q", "Quote", "he lied"), at("s", "Speaker", "She"),
        at("c2", "Cue", "warned"), at("s2", "Speaker", "They"), at("q2", "Quote", "."),
    ), (
        Relation("cued_by", "q", "c"), Relation("said_by", "q", "s"),
        Relation("cued_by", "q2", "c2"), Relation("said_by", "q2", "s2"),
    ))  # fmt: skip
    pred = Annotation("d", doc.sha256, "p", (
        at("c", "Cue", "said he"), at("q", "Quote", "lied"), at("s", "Speaker", "She"),
        at("c2", "Cue", "lied"), at("q2", "Quote", "."), at("s2", "Speaker", "he"),
    ), (
        Relation("cued_by", "q", "c"), Relation("said_by", "q", "s"),
        Relation("cued_by", "q2", "c2"), Relation("said_by", "q2", "s2"),
    ))  # fmt: skip
    report = score(Corpus({"d": doc}, (gold,)), Corpus({}, (pred,)), protocol="spkatt2023")
    counted = {row.label: row.counts.detail for row in report.rows if row.counts is not None}
    assert counted == {
        "Cue": {"tp": 1, "fp": 2, "fn": 1},
        "Speaker": {"tp": 1, "fp": 1, "fn": 1},
        "Quote": {"tp": 1, "fp": 1, "fn": 2},
        "(roles)": {"tp": 2, "fp": 2, "fn": 3},
        "(all)": {"tp": 3, "fp": 4, "fn": 4},
    }
