"""Exact match that does not ask whether marks and the final stop belong to a span."""

from __future__ import annotations

from dataclasses import replace

from quotemark.matching import EXACT
from quotemark.metrics.case import Case, groups
from quotemark.metrics.counts import Scores
from quotemark.metrics.measure import Key, Measure
from quotemark.metrics.spans import count_spans
from quotemark.model import Annotation, Fragment, Span

MARKS = frozenset("\"“”„‟＂«»‹›'‘’‚‛`「」『』《》")
"""Quotation marks of any style."""

FINAL = MARKS | frozenset(".,;:!?…-–—。．、，；：！？｡､،؛؟۔")
"""What is ignored at the end: marks, and the punctuation of sentences and clauses."""


def count_trimmed(case: Case) -> Scores:
    """As `exact`, of spans without their outer marks, white space and final punctuation.

    The unit is the span. Not scored where the text is not known.

    >>> from quotemark.scheme import default_scheme
    >>> gold = Annotation("a", "", "g", (Span("q", "Quote", ((0, 5),)),))
    >>> pred = Annotation("a", "", "p", (Span("q", "Quote", ((1, 3),)),))
    >>> count_trimmed(Case(gold, pred, '"No."', default_scheme()))["Quote"]
    Counts(tp=1, fp=0, fn=0)
    """
    if case.text is None:
        return {group.row: None for group in groups(case.scheme)}
    gold, pred = (_trimmed(layer, case) for layer in (case.gold, case.pred))
    return count_spans(Case(gold, pred, case.text, case.scheme), EXACT)


def trim(span: Span, text: str) -> Span:
    """A span without white space and quotation marks at the ends of its fragments.

    At their right ends punctuation goes too. Fragments of nothing else are dropped; a span of
    nothing else stays as it is.

    >>> trim(Span("q", "Quote", ((0, 6), (7, 10))), '“Yes”, “Go”').fragments
    ((1, 4), (8, 10))
    >>> trim(Span("q", "Quote", ((0, 1),)), "!").fragments
    ((0, 1),)
    """
    kept = (_trim(fragment, text) for fragment in span.fragments)
    fragments = tuple((start, end) for start, end in kept if start < end)
    return replace(span, fragments=fragments or span.fragments)


def _trim(fragment: Fragment, text: str) -> Fragment:
    start, end = fragment
    while start < end and (text[start] in MARKS or text[start].isspace()):
        start += 1
    while start < end and (text[end - 1] in FINAL or text[end - 1].isspace()):
        end -= 1
    return start, end


def _trimmed(layer: Annotation, case: Case) -> Annotation:
    """A layer of trimmed spans; those outside the windows stay outside."""
    covers, text = case.gold.asked.covers, case.text or ""
    return replace(layer, spans=tuple(trim(s, text) if covers(s) else s for s in layer.spans))


MEASURES: dict[Key, Measure] = {
    ("exact", "trim", ""): Measure(count_trimmed, symmetric=True, text=True),
}
