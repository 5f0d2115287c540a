"""Whether quotes are given to the right speakers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from quotemark.matching import Criterion, align
from quotemark.metrics.case import Case, group_label
from quotemark.metrics.counts import Counts, Scores, total
from quotemark.metrics.measure import SCOPES, Key, Measure
from quotemark.metrics.parties import count_same
from quotemark.model import Asked
from quotemark.scheme import Scheme
from quotemark.sources import NOT_STATED, Sources, sources

NOBODY = Sources()


def count_attribution(case: Case, criterion: Criterion, *, aspect: str, scope: str) -> Scores:
    """Sources of quotes: the unit is one source of one quote.

    Quotes are aligned under the criterion. *matched* compares the sources of each
    pair; *end-to-end* adds the sources of missed quotes as fn and of spurious ones as fp.
    A source is, by *mention*, a Speaker span (aligned one-to-one under the same criterion),
    by *entity*, a person or body however often mentioned (see `parties.count_same`), and in
    either case *not stated*, which has a row of its own too. Quotes whose gold does not say
    are left out.

    Not scored where gold or the extractor leaves the question out; no rows in a scheme without
    the roles.

    >>> from quotemark.matching import EXACT
    >>> from quotemark.model import Annotation, Relation, Span
    >>> from quotemark.scheme import default_scheme
    >>> quote, he = Span("q", "Quote", ((0, 9),)), Span("s", "Speaker", ((15, 17),))
    >>> gold = Annotation("a", "", "g", (quote, he), (Relation("said_by", "q", "s"),))
    >>> case = Case(gold, gold, None, default_scheme())
    >>> count_attribution(case, EXACT, aspect="mention", scope="matched")["Quote"]
    Counts(tp=1, fp=0, fn=0)
    """
    scheme = case.scheme
    quote, source = scheme.role("quote"), scheme.role("source")
    if not quote or not scheme.role("said_by"):
        return {}
    silent = group_label(quote, source, NOT_STATED)
    if not case.both(lambda asked: asks_sources(asked, scheme, aspect)):
        return {quote: None} | ({silent: None} if source else {})
    both = _sources(case, criterion, scope)
    found = [_compare(case, criterion, aspect, gold, pred) for gold, pred in both]
    scores: dict[str, Counts | None] = {quote: total(a + b for a, b in found)}
    if source:
        asked = case.both(lambda asked: asked.attribute(quote, source))
        scores[silent] = total(b for _, b in found) if asked else None
    return scores


def asks_sources(asked: Asked, scheme: Scheme, aspect: str) -> bool:
    """Whether somebody was asked who said what: by *mention*, or by *entity* in either way."""
    role = scheme.role
    linked = asked.label(role("speaker")) and asked.relation(role("said_by"))
    named = aspect == "entity" and asked.attribute(role("quote"), role("source_entity"))
    return asked.label(role("quote")) and (linked or named)


def _sources(case: Case, criterion: Criterion, scope: str) -> Iterator[tuple[Sources, Sources]]:
    """The sources, in gold and prediction, of every quote that the metric looks at."""
    alignment = case.alignment(case.scheme.role("quote"), criterion)
    for gold, pred in alignment.spans():
        truth = sources(case.gold, gold, case.scheme)
        if truth != NOBODY:
            yield truth, sources(case.pred, pred, case.scheme)
    if scope == "end-to-end":
        for quote in alignment.missed:
            yield sources(case.gold, quote, case.scheme), NOBODY
        for quote in alignment.spurious:
            yield NOBODY, sources(case.pred, quote, case.scheme)


def _compare(
    case: Case, criterion: Criterion, aspect: str, gold: Sources, pred: Sources
) -> tuple[Counts, Counts]:
    """The counts of one quote: of stated sources, and of *not stated*."""
    both = gold.not_stated and pred.not_stated
    silent = Counts(int(both), int(pred.not_stated) - both, int(gold.not_stated) - both)
    if aspect == "mention":
        right, golds, preds = _mentions(case, gold, pred, criterion)
    else:
        right, golds, preds = count_same(case, gold, pred)
    return Counts(right, preds - right, golds - right), silent


def _mentions(
    case: Case, gold: Sources, pred: Sources, criterion: Criterion
) -> tuple[int, int, int]:
    covers = case.gold.asked.covers
    golds = [mention for mention in gold.mentions if covers(mention)]
    preds = [mention for mention in pred.mentions if covers(mention)]
    return len(align(golds, preds, criterion)), len(golds), len(preds)


MEASURES: dict[Key, Measure] = {
    ("attribution", aspect, scope): Measure(
        partial(count_attribution, aspect=aspect, scope=scope),
        symmetric=aspect == "mention",  # by entity, gold's aliases and mentions decide
        criterion=True,
    )
    for aspect in ("mention", "entity")
    for scope in SCOPES
}
