"""Scores of parts of a corpus: by what documents are, and by what spans are.

A slice is written `key=value`, such as `length=26-50`. The slices by one key add up to the row:
each document, or each item, is in exactly one.

Of documents the counts are those of the whole, over fewer of them. Of spans, a pair is in the
slice of its gold span, a missed gold or a spurious prediction in its own; what pairs with what is
decided in the whole. Metrics whose items are no spans have no such slices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from quotemark.assignment import Pair
from quotemark.metrics.case import Alignment, Case
from quotemark.metrics.ledger import Ledger
from quotemark.metrics.names import Metric
from quotemark.metrics.results import Row
from quotemark.metrics.slicing import NOTHING, Documents, Slicing, Spans, in_order
from quotemark.model import Annotation, Span

BY_SPAN = ("exact", "overlap", "boundary", "attribute", "attribution", "stance")
"""The metrics whose items are spans or belong to one, so that what spans are can part them."""

Ledgers = Mapping[str, Ledger]
"""A row's slices by their values."""


def parts(metric: Metric, slicing: Slicing) -> bool:
    """Whether a metric can be parted so: by documents always.

    >>> parts(Metric("token"), Documents("meta:outlet", {}))
    True
    """
    by_span = metric.name in BY_SPAN and metric.aspect != "trim"  # which has spans of its own
    return by_span or isinstance(slicing, Documents)


def with_slices(
    rows: Sequence[Row],
    cases: Mapping[str, Case],
    by: Sequence[Slicing],
    *,
    sign: Callable[[Row, str, int], str],
) -> Iterator[Row]:
    """The rows of one metric, each followed by its slices that hold anything.

    Groups of a label (`Quote[form=direct]`) are not parted. `sign` gives the signature of a
    row's slice over a number of documents.
    """
    whole = [row for row in rows if "[" not in row.label]
    found = [(slicing, _ledgers(whole, cases, slicing)) for slicing in by]
    for row in rows:
        yield row
        for slicing, ledgers in found:
            named = ledgers.get(row.label, {})
            for value in in_order(slicing, named):
                name = f"{slicing.key}={value}"
                signature = sign(row, name, len(named[value]))
                yield replace(row, documents=named[value], slice=name, signature=signature)


def _ledgers(
    rows: Sequence[Row], cases: Mapping[str, Case], slicing: Slicing
) -> Mapping[str, Ledgers]:
    """The ledgers of each row's slices, by label and value; none where it cannot be parted so."""
    if isinstance(slicing, Documents):
        return {row.label: _of_documents(row.documents, slicing) for row in rows}
    parted = [row for row in rows if parts(row.metric, slicing) and _base(row) in slicing.labels]
    return _of_spans(parted, cases, slicing)


def _of_documents(whole: Ledger, slicing: Documents) -> Ledgers:
    places: dict[str, list[int]] = {}
    for place, doc in enumerate(whole.documents):
        places.setdefault(slicing.values.get(doc, NOTHING), []).append(place)
    return {value: whole.at(chosen) for value, chosen in places.items()}


def _of_spans(
    rows: Sequence[Row], cases: Mapping[str, Case], slicing: Spans
) -> Mapping[str, Ledgers]:
    found: dict[str, dict[str, Ledger]] = {row.label: {} for row in rows}
    for place, case in enumerate(cases.values() if rows else ()):
        metric = rows[0].metric
        for value in _values(case, slicing):
            part = replace(case, part=partial(_kept, case, slicing, value))
            scores = metric.measure.rows(part, metric.criterion)
            for row in rows:
                tally = scores[row.label]
                if tally is not None and any(tally.row):
                    empty = replace(row.documents, counts=np.zeros_like(row.documents.counts))
                    found[row.label].setdefault(value, empty).counts[place] = tally.row
    return found


def _values(case: Case, slicing: Spans) -> set[str]:
    """The slices that a document's spans are in."""
    return {
        slicing.value(case, layer, span)
        for layer in (case.gold, case.pred)
        for span in layer.spans
        if span.label in slicing.labels
    }


def _kept(case: Case, slicing: Spans, value: str, whole: Alignment) -> Alignment:
    """What of an alignment is in a slice."""

    def inside(layer: Annotation, span: Span) -> bool:
        return span.label in slicing.labels and slicing.value(case, layer, span) == value

    golds = [g for g, span in enumerate(whole.golds) if inside(case.gold, span)]
    partner = {pair.pred: pair.gold for pair in whole.pairs}
    new_gold = {g: new for new, g in enumerate(golds)}
    preds = [
        p
        for p, span in enumerate(whole.preds)
        if (partner[p] in new_gold if p in partner else inside(case.pred, span))
    ]
    new_pred = {p: new for new, p in enumerate(preds)}
    return Alignment(
        tuple(whole.golds[g] for g in golds),
        tuple(whole.preds[p] for p in preds),
        tuple(Pair(new_gold[g], new_pred[p]) for g, p in whole.pairs if g in new_gold),
    )


def _base(row: Row) -> str:
    """The label that a row is of, as a whole or as to an attribute."""
    return row.label.partition(".")[0]
