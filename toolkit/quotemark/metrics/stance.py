"""Where somebody stands: polarity, target, and the tuple of holder, target and polarity."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from quotemark.assignment import assign
from quotemark.matching import Criterion
from quotemark.metrics.attributes import AGREEMENTS, Agreement, classes
from quotemark.metrics.case import Case, group_label
from quotemark.metrics.counts import Counts, Scores, total
from quotemark.metrics.measure import SCOPES, Key, Measure, Rows
from quotemark.metrics.parties import count_same
from quotemark.model import Asked, Span
from quotemark.sources import Sources, is_named, stance_sources, values

Both = tuple[Span | None, Span | None]
"""A gold and a predicted stance; None where one has no partner."""

UNTOLD = Sources()


def count_stance(case: Case, criterion: Criterion, *, aspect: str, scope: str) -> Scores:
    """Stances: the unit is one polarity, one target, or one tuple of one Stance span.

    Stance spans are aligned under the criterion. *matched* compares each pair;
    *end-to-end* adds missed ones as fn and spurious ones as fp. A wrong value is a fn (of
    gold's) and a fp (of the predicted). *polarity* and *tuple* have a row for each polarity
    too. Targets are the same when their names are, or when gold's entity has the predicted
    name or alias. A tuple is right when all of holder, target and polarity are; holders are
    compared by entity. Gold stances that were not asked what is compared, and their
    partners, are left out.

    Not scored where gold or the extractor leaves the question out; no rows in a scheme without
    the roles.

    >>> from quotemark.matching import EXACT
    >>> from quotemark.model import Annotation
    >>> from quotemark.scheme import default_scheme
    >>> gold = Annotation("a", "", "g", (Span("t", "Stance", ((0, 9),), {"polarity": "oppose"}),))
    >>> case = Case(gold, gold, None, default_scheme())
    >>> scores = count_stance(case, EXACT, aspect="polarity", scope="matched")
    >>> scores["Stance"], scores["Stance[polarity=support]"]
    (Counts(tp=1, fp=0, fn=0), Counts(tp=0, fp=0, fn=0))
    """
    role = case.scheme.role
    stance, polarity = role("stance"), role("polarity")
    needed = [polarity, role("target")] if aspect == "tuple" else [role(aspect)]
    if not stance or not all(needed):
        return {}
    rows: list[tuple[str, str | None]] = [(stance, None)]
    attribute = case.scheme.attribute(stance, polarity)
    if attribute and polarity in needed:
        rows += [(group_label(stance, polarity, v), v) for v in attribute.values]
    if not case.both(lambda asked: _asks(asked, case, aspect, needed)):
        return {row: None for row, _ in rows}
    both = list(_both(case, criterion, aspect, scope, needed))
    count = _COUNT[aspect]
    return {row: total(count(case, gold, pred, v) for gold, pred in both) for row, v in rows}


def _asks(asked: Asked, case: Case, aspect: str, needed: list[str]) -> bool:
    role = case.scheme.role
    stance = role("stance")
    held = (
        asked.relation(role("held_by"))
        or asked.relation(role("expressed_in"))
        or asked.attribute(stance, role("holder"))
    )
    return all(asked.attribute(stance, name) for name in needed) and (aspect != "tuple" or held)


def _both(
    case: Case, criterion: Criterion, aspect: str, scope: str, needed: list[str]
) -> Iterator[Both]:
    """The stances that the metric looks at, where gold says what it compares."""

    def says(gold: Span) -> bool:
        held = aspect != "tuple" or stance_sources(case.gold, gold, case.scheme) != UNTOLD
        return held and all(name in gold.attributes for name in needed)

    alignment = case.alignment(case.scheme.role("stance"), criterion)
    yield from ((gold, pred) for gold, pred in alignment.spans() if says(gold))
    if scope == "end-to-end":
        yield from ((gold, None) for gold in alignment.missed if says(gold))
        yield from ((None, pred) for pred in alignment.spurious)


def _polarity(case: Case, gold: Span | None, pred: Span | None, only: str | None) -> Counts:
    """Counts of the polarities of one pair; of `only` one of them, if given."""
    attribute = case.scheme.role("polarity")
    golds = {v for v in _values(gold, attribute) if only in (None, v)}
    preds = {v for v in _values(pred, attribute) if only in (None, v)}
    return Counts(len(golds & preds), len(preds - golds), len(golds - preds))


def _target(case: Case, gold: Span | None, pred: Span | None, only: str | None) -> Counts:
    attribute = case.scheme.role("target")
    golds, preds = _values(gold, attribute), _values(pred, attribute)
    right = _same_targets(case, golds, preds)
    return Counts(right, len(preds) - right, len(golds) - right)


def _tuple(case: Case, gold: Span | None, pred: Span | None, only: str | None) -> Counts:
    attribute = case.scheme.role("polarity")
    right = gold is not None and pred is not None and _is_same(case, gold, pred)
    gold_counts = gold is not None and (only is None or only in _values(gold, attribute))
    pred_counts = pred is not None and (only is None or only in _values(pred, attribute))
    tp = int(right and gold_counts)
    return Counts(tp, int(pred_counts) - tp, int(gold_counts) - tp)


def _is_same(case: Case, gold: Span, pred: Span) -> bool:
    polarity, target = case.scheme.role("polarity"), case.scheme.role("target")
    if _values(gold, polarity) != _values(pred, polarity):
        return False
    golds, preds = _values(gold, target), _values(pred, target)
    if not len(golds) == len(preds) == _same_targets(case, golds, preds):
        return False
    held = stance_sources(case.gold, gold, case.scheme)
    claimed = stance_sources(case.pred, pred, case.scheme)
    same, of_gold, of_pred = count_same(case, held, claimed)
    return held.not_stated == claimed.not_stated and same == of_gold == of_pred


def _same_targets(case: Case, golds: tuple[str, ...], preds: tuple[str, ...]) -> int:
    entities = case.gold.entities
    return len(assign([[int(is_named(p, g, entities)) for p in preds] for g in golds]))


def _values(span: Span | None, attribute: str) -> tuple[str, ...]:
    return values(span, attribute) if span is not None else ()


_COUNT: dict[str, Callable[[Case, Span | None, Span | None, str | None], Counts]] = {
    "polarity": _polarity,
    "target": _target,
    "tuple": _tuple,
}


def count_polarities(case: Case, criterion: Criterion, *, agreement: Agreement) -> Rows:
    """Polarities as classes on pairs of aligned stances (see `attributes.count_classes`).

    No rows in a scheme without the roles, or where a stance can have several polarities.

    >>> from quotemark.matching import EXACT
    >>> from quotemark.model import Annotation
    >>> from quotemark.scheme import default_scheme
    >>> gold = Annotation("a", "", "g", (Span("t", "Stance", ((0, 9),), {"polarity": "oppose"}),))
    >>> case = Case(gold, gold, None, default_scheme())
    >>> count_polarities(case, EXACT, agreement=AGREEMENTS["accuracy"])["Stance"]
    Counts(tp=1, fp=0, fn=0)
    """
    stance, polarity = case.scheme.role("stance"), case.scheme.role("polarity")
    attribute = case.scheme.attribute(stance, polarity)
    if not attribute or not attribute.values or attribute.many:
        return {}
    return {stance: classes(case, criterion, stance, attribute, agreement)}


MEASURES: dict[Key, Measure] = {
    **{
        ("stance", aspect, scope): Measure(
            partial(count_stance, aspect=aspect, scope=scope),
            symmetric=aspect == "polarity",  # in targets and holders, gold's aliases decide
            criterion=True,
        )
        for aspect in _COUNT
        for scope in SCOPES
    },
    **{
        ("stance", "polarity", name): Measure(
            partial(count_polarities, agreement=agreement), symmetric=True, criterion=True
        )
        for name, agreement in AGREEMENTS.items()
    },
}
