"""Pareti et al. 2013: spans exactly, or by the share of each that the other side covers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from fractions import Fraction
from functools import partial

from quotemark.metrics.case import Case, groups
from quotemark.metrics.counts import Number, Shares
from quotemark.metrics.measure import Measure, Rows
from quotemark.metrics.protocols.base import Published, role_labels
from quotemark.metrics.protocols.words import Words, shared, words
from quotemark.model import Span

Credit = Callable[[Set[Words], Set[Words]], Number]
"""What spans are worth, given those of the other side."""


def strict(spans: Set[Words], others: Set[Words]) -> Number:
    """One for each span that the other side has, too."""
    return len(spans & others)


def covered(spans: Set[Words], others: Set[Words]) -> Number:
    """The share of each span's tokens that each of the others covers.

    >>> covered({frozenset({1, 2})}, {frozenset({2, 3, 4}), frozenset({5})})
    Fraction(1, 2)
    """
    ours, theirs = list(spans), list(others)
    found = shared(ours, theirs).items()
    return sum((Fraction(common, len(ours[pair.gold])) for pair, common in found), Fraction(0))


def count(case: Case, credit: Credit) -> Rows:
    """Quotes, speakers and cues, and the groups of these labels.

    Every span is compared with every span of its label on the other side, whatever its group:
    a direct quote found as an indirect one is found.

    >>> from quotemark.model import Annotation
    >>> from quotemark.scheme import default_scheme
    >>> gold = Annotation("a", "", "g", (Span("q", "Quote", ((0, 11),)),))
    >>> pred = Annotation("a", "", "p", (Span("q", "Quote", ((7, 11),)),))
    >>> count(Case(gold, pred, "Never, ever", default_scheme()), covered)["Quote"].recall
    0.3333333333333333
    """
    labels = role_labels(case.scheme, "quote", "speaker", "cue")
    rows: dict[str, Shares | None] = {}
    for group in groups(case.scheme):
        if group.label not in labels:
            continue
        rows[group.row] = None
        if case.text is not None and case.both(group.asked):
            golds, preds = case.golds(group.label), case.preds(group.label)
            all_golds, all_preds = _units(case.text, golds), _units(case.text, preds)
            some_golds = _units(case.text, filter(group.holds, golds))
            some_preds = _units(case.text, filter(group.holds, preds))
            rows[group.row] = Shares(
                credit(some_preds, all_golds),
                len(some_preds),
                credit(some_golds, all_preds),
                len(some_golds),
            )
    return rows


def _units(text: str, spans: Iterable[Span]) -> set[Words]:
    """Spans as sets of tokens, each once; white space is none."""
    return {words(text, span) for span in spans} - {frozenset()}


PROTOCOL = Published(
    "pareti2013",
    "Pareti et al. 2013, Automatically Detecting and Attributing Indirect Quotations, as "
    "christianscheible/qsample implements it",
    {
        "strict": Measure(partial(count, credit=strict), symmetric=True, tokens=True),
        "partial": Measure(
            partial(count, credit=covered), perfect=False, symmetric=True, tokens=True
        ),
    },
)
