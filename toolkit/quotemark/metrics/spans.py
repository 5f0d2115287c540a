"""Whether the right stretches of text were found: exact, by overlap, and by token.

Rows are the scheme's labels and its groups (a label's spans with one value of an attribute).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from quotemark.matching import Criterion
from quotemark.metrics.case import Alignment, Case, group_label
from quotemark.metrics.counts import Counts, Scores
from quotemark.model import Fragment, Span
from quotemark.sources import values

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
    for label in case.scheme.labels:
        if not _asks(case, label, ""):
            scores[label] = None
            continue
        alignment = case.alignment(label, criterion)
        pairs = len(alignment.pairs)
        scores[label] = Counts(pairs, len(alignment.preds) - pairs, len(alignment.golds) - pairs)
    for label, attribute, value in case.scheme.groups:
        row = group_label(label, attribute, value)
        scores[row] = (
            _group(case.alignment(label, criterion), attribute, value)
            if _asks(case, label, attribute)
            else None
        )
    return scores


def _group(alignment: Alignment, attribute: str, value: str) -> Counts:
    golds = sum(value in values(span, attribute) for span in alignment.golds)
    preds = sum(value in values(span, attribute) for span in alignment.preds)
    right = 0
    for gold, pred in alignment.spans():
        if value in values(pred, attribute):
            right += value in values(gold, attribute)
            preds -= attribute not in gold.attributes
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
    rows = [(label, "", "") for label in case.scheme.labels]
    for label, attribute, value in [*rows, *case.scheme.groups]:
        row = group_label(label, attribute, value) if attribute else label
        if found is None or not _asks(case, label, attribute):
            scores[row] = None
            continue
        gold, pred = (
            _covered(found, (s for s in spans if not attribute or value in values(s, attribute)))
            for spans in (case.golds(label), case.preds(label))
        )
        scores[row] = Counts(len(gold & pred), len(pred - gold), len(gold - pred))
    return scores


def _asks(case: Case, label: str, attribute: str) -> bool:
    return case.both(
        lambda asked: asked.attribute(label, attribute) if attribute else asked.label(label)
    )


def _covered(found: Sequence[Fragment], spans: Iterable[Span]) -> set[int]:
    """The indices of the tokens that share a code point with any of the spans."""
    covered: set[int] = set()
    for span in spans:
        for start, end in span.fragments:
            first = bisect_right(found, start, key=lambda token: token[1])
            last = bisect_left(found, end, key=lambda token: token[0])
            covered.update(range(first, last))
    return covered
