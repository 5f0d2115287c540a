"""Whether spans have the right values: every attribute of every label.

Rows are `Label.attribute`, and `Label[attribute=value]` for each value of a choice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from quotemark.assignment import assign
from quotemark.matching import Criterion
from quotemark.metrics import confusion
from quotemark.metrics.case import Case, group_label
from quotemark.metrics.counts import Counts, Scores, Tally, total
from quotemark.metrics.measure import SCOPES, Key, Measure, Rows
from quotemark.model import Span
from quotemark.scheme import Attribute
from quotemark.sources import fold, is_named, values

Both = tuple[Span | None, Span | None]
"""A gold and a predicted span of a label; None where one has no partner."""

Agreement = Callable[[list[tuple[str, str]], tuple[str, ...]], Tally]
"""A tally of the classes of gold and of the prediction, given every class there is."""


def count_values(case: Case, criterion: Criterion, *, scope: str) -> Scores:
    """Values of attributes: the unit is one value of one span.

    Spans are aligned under the criterion. *matched* compares the values of each pair;
    *end-to-end* adds those of missed spans as fn and of spurious ones as fp. A wrong value is a
    fn (of gold's) and a fp (of the predicted); an attribute with several values is compared
    one-to-one. Choices are the same when they are equal; texts, when they are after `fold`;
    entities and targets, when gold's entity has the predicted name or alias (`is_named`). Gold
    spans that were not asked the attribute, and their partners, are left out.

    Not scored where gold or the extractor leaves the attribute out.

    >>> from quotemark.matching import EXACT
    >>> from quotemark.model import Annotation
    >>> from quotemark.scheme import default_scheme
    >>> gold = Annotation("a", "", "g", (Span("q", "Quote", ((0, 9),), {"source": "mention"}),))
    >>> pred = Annotation("a", "", "p", (Span("q", "Quote", ((0, 9),), {"source": "elsewhere"}),))
    >>> case = Case(gold, pred, None, default_scheme())
    >>> scores = count_values(case, EXACT, scope="matched")
    >>> scores["Quote.source"], scores["Quote[source=elsewhere]"]
    (Counts(tp=0, fp=1, fn=1), Counts(tp=0, fp=1, fn=0))
    """
    scores: dict[str, Counts | None] = {}
    for label, attribute in _attributes(case):
        rows: dict[str, str | None] = {f"{label}.{attribute.name}": None}
        rows |= {group_label(label, attribute.name, v): v for v in attribute.values}
        asked = _asked(case, label, attribute)
        both = list(compared(case, criterion, scope, label, attribute.name)) if asked else []
        for row, only in rows.items():
            found = (count_pair(case, attribute, gold, pred, only) for gold, pred in both)
            scores[row] = total(found) if asked else None
    return scores


def count_classes(case: Case, criterion: Criterion, *, agreement: Agreement) -> Rows:
    """The values of choice attributes on pairs of aligned spans, as classes.

    For attributes of one value. A span without a value, or with one that the scheme lacks, is
    of a class of its own (`confusion.NONE`). Otherwise as `count_values`.

    >>> from quotemark.matching import EXACT
    >>> from quotemark.model import Annotation
    >>> from quotemark.scheme import default_scheme
    >>> gold = Annotation("a", "", "g", (Span("q", "Quote", ((0, 9),), {"form": "direct"}),))
    >>> case = Case(gold, gold, None, default_scheme())
    >>> count_classes(case, EXACT, agreement=accuracy)["Quote.form"]
    Counts(tp=1, fp=0, fn=0)
    """
    return {
        f"{label}.{attribute.name}": classes(case, criterion, label, attribute, agreement)
        for label, attribute in _attributes(case)
        if attribute.values and not attribute.many
    }


def classes(
    case: Case, criterion: Criterion, label: str, attribute: Attribute, agreement: Agreement
) -> Tally | None:
    """The tally of one attribute, for `count_classes`."""
    if not _asked(case, label, attribute):
        return None

    def class_of(span: Span) -> str:
        found = values(span, attribute.name)
        return found[0] if len(found) == 1 and found[0] in attribute.values else confusion.NONE

    spans = compared(case, criterion, "matched", label, attribute.name)
    pairs = [(class_of(gold), class_of(pred)) for gold, pred in spans if gold and pred]
    return agreement(pairs, attribute.values)


def accuracy(pairs: list[tuple[str, str]], classes: tuple[str, ...]) -> Counts:
    """The share of pairs of one class: precision, recall and F1 over all are the same.

    >>> accuracy([("yes", "yes"), ("yes", "no")], ("yes", "no")).f1
    0.5
    """
    right = sum(gold == pred for gold, pred in pairs)
    return Counts(right, len(pairs) - right, len(pairs) - right)


def confused(pairs: list[tuple[str, str]], classes: tuple[str, ...], *, figure: str) -> Tally:
    """The confusion matrix, whose figure is named (see `confusion.kind_of`).

    >>> confused([("yes", "yes"), ("no", "no")], ("yes", "no"), figure="Kappa").kappa
    1.0
    """
    return confusion.kind_of(figure, confusion.fields(classes)).counted(pairs)


AGREEMENTS: dict[str, Agreement] = {
    "accuracy": accuracy,
    "macro-f1": partial(confused, figure="MacroF1"),
    "kappa": partial(confused, figure="Kappa"),
}
"""What is said of the classes of matched spans, by name."""


def compared(
    case: Case, criterion: Criterion, scope: str, label: str, attribute: str
) -> Iterator[Both]:
    """The spans of a label that a metric looks at, where gold was asked the attribute."""
    alignment = case.alignment(label, criterion)
    yield from ((gold, pred) for gold, pred in alignment.spans() if attribute in gold.attributes)
    if scope == "end-to-end":
        yield from ((gold, None) for gold in alignment.missed)  # without the attribute, no value
        yield from ((None, pred) for pred in alignment.spurious)


def count_pair(
    case: Case, attribute: Attribute, gold: Span | None, pred: Span | None, only: str | None = None
) -> Counts:
    """The counts of one attribute of two spans; of `only` one of its values, if given."""
    golds, preds = (
        [value for value in values(span, attribute.name) if only in (None, value)] if span else []
        for span in (gold, pred)
    )
    right = len(assign([[int(_is_same(case, attribute, g, p)) for p in preds] for g in golds]))
    return Counts(right, len(preds) - right, len(golds) - right)


def _is_same(case: Case, attribute: Attribute, gold: str, pred: str) -> bool:
    if attribute.type == "choice":
        return gold == pred
    if attribute.type == "text":
        return fold(gold) == fold(pred)
    return is_named(pred, gold, case.gold.entities)


def _attributes(case: Case) -> Iterator[tuple[str, Attribute]]:
    for label in case.scheme.labels.values():
        yield from ((label.name, attribute) for attribute in label.attributes.values())


def _asked(case: Case, label: str, attribute: Attribute) -> bool:
    return case.both(lambda asked: asked.attribute(label, attribute.name))


MEASURES: dict[Key, Measure] = {
    **{  # of entities and targets, gold's aliases decide: not symmetric
        ("attribute", "", scope): Measure(partial(count_values, scope=scope), criterion=True)
        for scope in SCOPES
    },
    **{
        ("attribute", name, ""): Measure(
            partial(count_classes, agreement=agreement), symmetric=True, criterion=True
        )
        for name, agreement in AGREEMENTS.items()
    },
}
