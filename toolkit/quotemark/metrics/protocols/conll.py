"""CoNLL-2003: exact match of labelled runs of tokens, as seqeval and conlleval count them."""

from __future__ import annotations

from collections.abc import Iterable

from quotemark.metrics.case import Case
from quotemark.metrics.counts import Counts, total
from quotemark.metrics.measure import Measure, Rows
from quotemark.metrics.protocols.base import ALL, Published, is_asked
from quotemark.metrics.protocols.words import runs, words
from quotemark.model import Fragment, Span


def entities(text: str, spans: Iterable[Span]) -> frozenset[Fragment]:
    """The runs of tokens that the B and I tags of one label's spans would mark.

    Tags know no gaps, so each part of a discontinuous span is one of its own, and a run that
    two spans share is one.

    >>> sorted(entities("a b c d", [Span("q", "Quote", ((0, 3), (6, 7)))]))
    [(0, 2), (3, 4)]
    """
    return frozenset(run for span in spans for run in runs(words(text, span)))


def count(case: Case) -> Rows:
    """Runs of tokens of each label, and of all labels together.

    >>> from quotemark.model import Annotation
    >>> from quotemark.scheme import default_scheme
    >>> gold = Annotation("a", "", "g", (Span("q", "Quote", ((0, 5),)),))
    >>> pred = Annotation("a", "", "p", (Span("q", "Quote", ((0, 4),)),))
    >>> count(Case(gold, pred, "Never, ever.", default_scheme()))["Quote"]
    Counts(tp=1, fp=0, fn=0)
    """
    rows: dict[str, Counts | None] = {ALL: None}
    for label in case.scheme.labels:
        rows[label] = None
        if case.text is not None and is_asked(case, label):
            gold = entities(case.text, case.golds(label))
            pred = entities(case.text, case.preds(label))
            rows[label] = Counts(len(gold & pred), len(pred - gold), len(gold - pred))
    scored = [counts for counts in rows.values() if counts is not None]
    return {**rows, ALL: total(scored) if scored else None}


PROTOCOL = Published(
    "conll",
    "Tjong Kim Sang and De Meulder 2003, CoNLL-2003, as seqeval and conlleval implement it",
    {"": Measure(count, symmetric=True, tokens=True)},
)
