"""CofeNet: runs of tokens of source, cue and content, by exact match, first token and Jaccard."""

from __future__ import annotations

from collections.abc import Callable, Collection
from fractions import Fraction
from functools import partial

from quotemark.metrics.case import Case
from quotemark.metrics.counts import Counts, Shares, Tally
from quotemark.metrics.measure import Measure, Rows
from quotemark.metrics.protocols.base import Published, is_asked, role_labels
from quotemark.metrics.protocols.conll import entities
from quotemark.metrics.protocols.words import shared
from quotemark.model import Fragment

Runs = Collection[Fragment]
"""Half-open runs of tokens, each once."""


def exact(gold: Runs, pred: Runs) -> Counts:
    """The same runs."""
    return _counts({*gold}, {*pred})


def begin(gold: Runs, pred: Runs) -> Counts:
    """The same first tokens."""
    return _counts({start for start, _ in gold}, {start for start, _ in pred})


def jaccard(gold: Runs, pred: Runs) -> Shares:
    """The mean, over golds and over predictions that overlap none, of the best Jaccard index.

    One number, so precision and recall are it, too. A prediction that overlaps a gold run
    costs nothing however many there are.

    >>> jaccard([(0, 4)], [(0, 2), (2, 3), (6, 9)]).precision
    0.25
    """
    golds, preds = ([frozenset(range(*run)) for run in side] for side in (gold, pred))
    best = [Fraction(0)] * len(golds)
    touched = set()
    for (i, j), common in shared(golds, preds).items():
        best[i] = max(best[i], Fraction(common, len(golds[i] | preds[j])))
        touched.add(j)
    items = len(golds) + len(preds) - len(touched)
    return Shares(sum(best), items, sum(best), items)


def count(case: Case, compare: Callable[[Runs, Runs], Tally]) -> Rows:
    """Content, source and cue: the labels of these roles.

    >>> from quotemark.model import Annotation, Span
    >>> from quotemark.scheme import default_scheme
    >>> gold = Annotation("a", "", "g", (Span("q", "Quote", ((0, 12),)),))
    >>> pred = Annotation("a", "", "p", (Span("q", "Quote", ((0, 5),)),))
    >>> count(Case(gold, pred, "Never, ever.", default_scheme()), begin)["Quote"]
    Counts(tp=1, fp=0, fn=0)
    """
    rows: dict[str, Tally | None] = {}
    for label in role_labels(case.scheme, "quote", "speaker", "cue"):
        rows[label] = None
        if case.text is not None and is_asked(case, label):
            gold = entities(case.text, case.golds(label))
            rows[label] = compare(gold, entities(case.text, case.preds(label)))
    return rows


def _counts(gold: set[Fragment] | set[int], pred: set[Fragment] | set[int]) -> Counts:
    return Counts(len(gold & pred), len(pred - gold), len(gold - pred))


PROTOCOL = Published(
    "cofenet",
    "Wang et al. 2022, CofeNet; cofe-ai/CofeNet, exe/eval/evaluation.py",
    {
        "exact": Measure(partial(count, compare=exact), symmetric=True, tokens=True),
        "begin": Measure(partial(count, compare=begin), symmetric=True, tokens=True),
        "jaccard": Measure(partial(count, compare=jaccard), tokens=True),
    },
)
