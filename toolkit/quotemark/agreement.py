"""How far annotators agree, pair by pair, on what both were asked.

Spans are compared as scores compare them, by the same optimal alignment; F1 is the same
whichever of the two is called gold. Chance-corrected measures (Cohen 1960) are over tokens,
and over the attributes of aligned spans.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

from quotemark.errors import error
from quotemark.matching import HALF
from quotemark.metrics.case import Case
from quotemark.metrics.counts import Counts
from quotemark.metrics.names import Metric, parse
from quotemark.metrics.prepare import UNFINISHED, prepare
from quotemark.metrics.scoring import count
from quotemark.metrics.spans import tokens
from quotemark.model import Annotation, Corpus, Fragment, Value
from quotemark.scheme import Scheme, default_scheme
from quotemark.sources import fold
from quotemark.stats import Interval, bootstrap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quotemark.stats import Statistic

METRICS = ("exact", "overlap(iou>=0.5)", "attribution(mention,matched)")
"""The scores whose F1 is given: of spans, and of the relations of spans both have."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One measure of two annotators on one label, group or attribute.

    `value` is at most 1; None where it is undefined: nothing labelled, no text for tokens, or,
    for κ, a single category on both sides. `items` is what it is over: spans of either,
    tokens, aligned spans. `interval` is over documents, None with fewer than two.
    """

    annotators: tuple[str, str]
    measure: str
    label: str
    value: float | None
    items: int
    documents: int
    interval: Interval | None


def agree(
    corpus: Corpus, *, scheme: Scheme | None = None, resamples: int = 1000, seed: int = 1
) -> list[Agreement]:
    """The agreement of every two annotators of a corpus, over the documents both annotated.

    Drafts and cancelled layers are left out. Raises `QuotemarkError` where no two annotators
    share a document, and for layers that cannot be compared.

    >>> from quotemark.model import Span
    >>> def layer(who, end):
    ...     return Annotation("d", "", who, (Span("q", "Quote", ((0, end),)),))
    >>> rows = agree(Corpus({}, (layer("a", 10), layer("b", 8))))
    >>> [(r.measure, r.value) for r in rows if r.label == "Quote" and r.value is not None]
    [('F1 exact', 0.0), ('F1 overlap(iou>=0.5)', 1.0)]
    """
    scheme = scheme or default_scheme()
    finished = [layer for layer in corpus if layer.status not in UNFINISHED]
    layers = Corpus(corpus.documents, tuple(finished)).by_annotator()
    rows: list[Agreement] = []
    for one, two in combinations(sorted(layers), 2):
        cases = _cases(corpus, layers[one], layers[two], scheme)
        if not cases:
            continue
        for measure, label, counts, statistic, items in _measures(cases, scheme):
            value = _value(counts, statistic)
            interval = bootstrap(counts, statistic, resamples=resamples, seed=seed)
            rows.append(Agreement((one, two), measure, label, value, items, len(cases), interval))
    if not rows:
        message = f"no two annotators share a document ({len(layers)} in all)"
        raise error("agreement", message, "name the layers of two or more annotators")
    return rows


def _cases(
    corpus: Corpus, ours: Sequence[Annotation], theirs: Sequence[Annotation], scheme: Scheme
) -> Sequence[Case]:
    """The documents that both annotated, on what both were asked."""
    here, there = ({layer.doc_id: layer for layer in side} for side in (ours, theirs))
    both = sorted(here.keys() & there.keys())
    asked = {doc: here[doc].asked.common(there[doc].asked) for doc in both}
    sides = [
        Corpus(
            {doc: corpus.documents[doc] for doc in both if doc in corpus.documents},
            tuple(replace(a, asked=asked[a.doc_id]) for a in side if a.doc_id in asked),
        )
        for side in (ours, theirs)
    ]
    return list(prepare(*sides, scheme=scheme, annotator=None).cases.values())


_Found = tuple[str, str, "NDArray[np.floating[Any]]", "Statistic", int]
"""A measure, its label, additive counts by document, the statistic of their sum, its items."""


def _measures(cases: Sequence[Case], scheme: Scheme) -> Iterator[_Found]:
    for name in METRICS:
        yield from _f1s(cases, parse(name))
    for label in scheme.labels:
        yield from _token_kappa(cases, label)
    for label in scheme.labels:
        for attribute in scheme.labels[label].attributes:
            yield from _attribute_kappa(cases, label, attribute)


def _f1s(cases: Sequence[Case], metric: Metric) -> Iterator[_Found]:
    import numpy as np

    found = [count(case, metric) for case in cases]
    for label in found[0]:
        counts = [scores[label] or Counts() for scores in found]
        table = np.array([[c.tp, c.fp, c.fn] for c in counts], dtype=float)
        yield f"F1 {metric}", label, table, _f1, int(table.sum())


def _token_kappa(cases: Sequence[Case], label: str) -> Iterator[_Found]:
    import numpy as np

    tables = []
    for case in cases:
        scores = count(case, parse("token"))[label]
        if scores is None or case.text is None:
            continue
        inside = [t for t in tokens(case.text) if _asked(case, t)]
        neither = len(inside) - scores.tp - scores.fp - scores.fn
        tables.append([[scores.tp, scores.fn], [scores.fp, neither]])
    if tables:
        table = np.array(tables, dtype=float)
        yield "κ token", label, table, _kappa, int(table.sum())


def _asked(case: Case, token: Fragment) -> bool:
    windows = case.gold.asked.windows
    return windows is None or any(s < token[1] and token[0] < e for s, e in windows)


def _attribute_kappa(cases: Sequence[Case], label: str, attribute: str) -> Iterator[_Found]:
    import numpy as np

    pairs = [
        [
            (_category(a.attributes[attribute]), _category(b.attributes[attribute]))
            for a, b in case.alignment(label, HALF).spans()
            if attribute in a.attributes and attribute in b.attributes
        ]
        for case in cases
    ]
    categories = sorted({category for doc in pairs for pair in doc for category in pair})
    number = {category: i for i, category in enumerate(categories)}
    table = np.zeros((len(pairs), len(categories), len(categories)))
    for doc, found in enumerate(pairs):
        for ours, theirs in found:
            table[doc, number[ours], number[theirs]] += 1
    if categories:
        yield "κ", f"{label}.{attribute}", table, _kappa, int(table.sum())


def _category(value: Value) -> str:
    """A value as a nominal category; names are compared as scores compare them."""
    names = () if value is None else (value,) if isinstance(value, str) else value
    return "\n".join(sorted(map(fold, names)))


def _f1(sums: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    tp, wrong = sums[:, 0], sums[:, 1] + sums[:, 2]
    result: NDArray[np.floating[Any]] = 2 * tp / (2 * tp + wrong)
    return result


def _kappa(sums: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """Cohen's κ of contingency tables `(n, categories, categories)`."""
    import numpy as np

    totals = sums.sum(axis=(1, 2))
    observed = np.trace(sums, axis1=1, axis2=2) / totals
    expected = (sums.sum(axis=1) * sums.sum(axis=2)).sum(axis=1) / totals**2
    result: NDArray[np.floating[Any]] = (observed - expected) / (1 - expected)
    return result


def _value(counts: NDArray[np.floating[Any]], statistic: Statistic) -> float | None:
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(statistic(counts.sum(axis=0, keepdims=True))[0])
    return None if np.isnan(value) else value
