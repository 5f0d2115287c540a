"""Whether the right stretches of text were found: span by span, by code point, and by token.

Rows are the scheme's labels and its groups (a label's spans with one value of an attribute).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import partial

from quotemark.matching import END, EXACT, START, Criterion, disjoint
from quotemark.metrics.case import Alignment, Case, Group, groups
from quotemark.metrics.counts import Counts, Scores
from quotemark.metrics.measure import Key, Measure
from quotemark.model import Fragment, Span

TOKENIZER = "unicode-words"
"""The name of `tokens`, for signatures."""

TOKEN = re.compile(r"\w+|[^\w\s]")


def tokens(text: str) -> list[Fragment]:
    """Runs of word characters, and single other characters that are not white space.

    Word characters are Python's (letters, digits and underscore of any script). Half-open
    offsets in the order of the text; an empty text has none.

    >>> tokens("U.S. talks…")
    [(0, 1), (1, 2), (2, 3), (3, 4), (5, 10), (10, 11)]
    """
    return [found.span() for found in TOKEN.finditer(text)]


def count_spans(case: Case, criterion: Criterion) -> Scores:
    """Spans matched one-to-one: tp are pairs, fp the other predictions, fn the other golds.

    A pair counts for a group only if both spans have its value; of the rest, golds with the
    value are fn and predictions with it fp. A prediction whose gold was not asked about the
    attribute counts for no group.

    >>> from quotemark.matching import HALF
    >>> from quotemark.model import Annotation
    >>> from quotemark.scheme import default_scheme
    >>> gold = Annotation("a", "", "g", (Span("q", "Quote", ((0, 8),), {"form": "direct"}),))
    >>> pred = Annotation("a", "", "p", (Span("q", "Quote", ((0, 6),), {"form": "mixed"}),))
    >>> scores = count_spans(Case(gold, pred, None, default_scheme()), HALF)
    >>> scores["Quote"], scores["Quote[form=direct]"]
    (Counts(tp=1, fp=0, fn=0), Counts(tp=0, fp=0, fn=1))
    """
    scores: dict[str, Counts | None] = {}
    for group in groups(case.scheme):
        asked = case.both(group.asked)
        alignment = case.alignment(group.label, criterion) if asked else None
        scores[group.row] = _group(alignment, group) if alignment else None
    return scores


def _group(alignment: Alignment, group: Group) -> Counts:
    golds = sum(map(group.holds, alignment.golds))
    preds = sum(map(group.holds, alignment.preds))
    right = 0
    for gold, pred in alignment.spans():
        if group.holds(pred):
            right += group.holds(gold)
            preds -= bool(group.attribute) and group.attribute not in gold.attributes
    return Counts(right, preds - right, golds - right)


def count_tokens(case: Case) -> Scores:
    """Tokens covered by a label's spans on both sides, as sets: the unit is the token.

    A token belongs to a span that it shares a code point with; overlapping spans of a label
    cover it once. Not scored where the text is not known.

    >>> from quotemark.model import Annotation
    >>> from quotemark.scheme import default_scheme
    >>> gold = Annotation("a", "", "g", (Span("q", "Quote", ((0, 7),)),))
    >>> pred = Annotation("a", "", "p", (Span("q", "Quote", ((4, 11),)),))
    >>> count_tokens(Case(gold, pred, "one two six", default_scheme()))["Quote"]
    Counts(tp=1, fp=1, fn=1)
    """
    found = tokens(case.text) if case.text is not None else None
    scores: dict[str, Counts | None] = {}
    for group in groups(case.scheme):
        if found is None or not case.both(group.asked):
            scores[group.row] = None
            continue
        gold = covered(found, filter(group.holds, case.golds(group.label)))
        pred = covered(found, filter(group.holds, case.preds(group.label)))
        scores[group.row] = Counts(len(gold & pred), len(pred - gold), len(gold - pred))
    return scores


def count_characters(case: Case) -> Scores:
    """Code points covered by a label's spans on both sides, as sets: the unit is the code point.

    Overlapping spans of a label cover it once. The text is not needed.

    >>> from quotemark.model import Annotation
    >>> from quotemark.scheme import default_scheme
    >>> gold = Annotation("a", "", "g", (Span("q", "Quote", ((0, 7),)),))
    >>> pred = Annotation("a", "", "p", (Span("q", "Quote", ((4, 11),)),))
    >>> count_characters(Case(gold, pred, None, default_scheme()))["Quote"]
    Counts(tp=3, fp=4, fn=4)
    """
    scores: dict[str, Counts | None] = {}
    for group in groups(case.scheme):
        scores[group.row] = None
        if case.both(group.asked):
            gold = union(filter(group.holds, case.golds(group.label)))
            pred = union(filter(group.holds, case.preds(group.label)))
            golds, preds, either = map(_total, (gold, pred, disjoint((*gold, *pred))))
            both = golds + preds - either
            scores[group.row] = Counts(both, preds - both, golds - both)
    return scores


def union(spans: Iterable[Span]) -> list[Fragment]:
    """The code points of spans, as disjoint fragments in order."""
    return disjoint(fragment for span in spans for fragment in span.fragments)


def _total(fragments: Iterable[Fragment]) -> int:
    return sum(end - start for start, end in fragments)


def covered(found: Sequence[Fragment], spans: Iterable[Span]) -> set[int]:
    """The indices of the tokens that share a code point with any of the spans.

    >>> covered(tokens("one two six"), [Span("q", "Quote", ((4, 9),))])
    {1, 2}
    """
    indices: set[int] = set()
    for start, end in union(spans):
        first = bisect_right(found, start, key=lambda token: token[1])
        last = bisect_left(found, end, key=lambda token: token[0])
        indices.update(range(first, last))
    return indices


MEASURES: dict[Key, Measure] = {
    ("exact", "", ""): Measure(partial(count_spans, criterion=EXACT), symmetric=True),
    ("overlap", "", ""): Measure(count_spans, symmetric=True, criterion=True),
    ("boundary", "start", ""): Measure(partial(count_spans, criterion=START), symmetric=True),
    ("boundary", "end", ""): Measure(partial(count_spans, criterion=END), symmetric=True),
    ("char", "", ""): Measure(count_characters, symmetric=True),
    ("token", "", ""): Measure(count_tokens, symmetric=True, tokens=True),
}
