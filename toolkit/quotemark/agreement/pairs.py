"""What two annotators agree on, by the alignment that scores use.

Every measure is the same whichever of the two comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from quotemark.agreement.rows import F1, KAPPA, Measured
from quotemark.agreement.words import category, token_ends, touched, touched_by
from quotemark.matching import HALF, Criterion
from quotemark.metrics.case import Case, Group, groups
from quotemark.metrics.relations import count_relaxed
from quotemark.model import Span
from quotemark.scheme import Scheme

Cases = Mapping[str, Case]
"""Two annotators' layers by document, on what both were asked."""


def spans(cases: Cases, scheme: Scheme, *, name: str, criterion: Criterion) -> Iterator[Measured]:
    """F1 of the spans of every label and group under a criterion."""
    for label, of_label in groupby(groups(scheme), key=lambda group: group.label):
        found = list(of_label)
        counts: list[dict[str, tuple[int, int, int]]] = [{} for _ in found]
        for doc, case in cases.items():
            if not case.gold.asked.label(label):
                continue
            alignment = case.alignment(label, criterion)
            sides = alignment.spans(), alignment.missed, alignment.spurious
            for group, by_doc in zip(found, counts, strict=True):
                if group.asked(case.gold.asked):
                    by_doc[doc] = _counted(group, *sides)
        for group, by_doc in zip(found, counts, strict=True):
            yield Measured(name, group.row, F1, by_doc)


def _counted(
    group: Group, pairs: Sequence[tuple[Span, Span]], missed: Sequence[Span], more: Sequence[Span]
) -> tuple[int, int, int]:
    """How many spans of a group both have, only the first, and only the second.

    Pairs of which one was not asked about the group's attribute are left out.
    """
    name = group.attribute
    if not name:
        return len(pairs), len(missed), len(more)
    both = ours = theirs = 0
    for one, two in pairs:
        if name in one.attributes and name in two.attributes:
            first, second = group.holds(one), group.holds(two)
            both += first and second
            ours += first and not second
            theirs += second and not first
    return both, ours + sum(map(group.holds, missed)), theirs + sum(map(group.holds, more))


def relations(cases: Cases, scheme: Scheme, *, name: str) -> Iterator[Measured]:
    """F1 of the relations of which both ends are pairs at `HALF`."""
    found: dict[str, dict[str, tuple[int, int, int]]] = {each: {} for each in scheme.relations}
    for doc, case in cases.items():
        for relation, counts in count_relaxed(case, HALF).items():
            if counts is not None:
                found[relation][doc] = (counts.tp, counts.fn, counts.fp)
    for relation, by_doc in found.items():
        yield Measured(name, relation, F1, by_doc)


def token_kappas(cases: Cases, scheme: Scheme, *, name: str) -> Iterator[Measured]:
    """Cohen's κ of tokens: inside a span of the label, or not."""
    counts: dict[str, dict[str, Sequence[int]]] = {label: {} for label in scheme.labels}
    for doc, case in cases.items():
        asked = case.gold.asked
        labels = [label for label in counts if asked.label(label)] if case.text is not None else []
        if not labels:
            continue
        ends = token_ends(case.text or "")
        total = len(ends) if asked.windows is None else int(touched(asked.windows, ends).sum())
        for label in labels:
            one = touched_by(case.golds(label), ends)
            two = touched_by(case.preds(label), ends)
            ours, theirs = int(one.sum()), int(two.sum())
            agreed = total - int((one ^ two).sum())
            counts[label][doc] = [agreed, ours, total - ours, theirs, total - theirs]
    for label, by_doc in counts.items():
        yield Measured(name, label, KAPPA, by_doc)


def attribute_kappas(cases: Cases, scheme: Scheme, *, name: str) -> Iterator[Measured]:
    """Cohen's κ of every attribute's values, over aligned spans that were both asked it."""
    for label in scheme.labels:
        for attribute in scheme.labels[label].attributes:
            yield _attribute_kappa(cases, label, attribute, name)


def _attribute_kappa(cases: Cases, label: str, attribute: str, name: str) -> Measured:
    pairs = {
        doc: [
            (category(one.attributes[attribute]), category(two.attributes[attribute]))
            for one, two in case.alignment(label, HALF).spans()
            if attribute in one.attributes and attribute in two.attributes
        ]
        for doc, case in cases.items()
        if case.gold.asked.attribute(label, attribute)
    }
    categories = sorted({each for found in pairs.values() for pair in found for each in pair})
    counts = {}
    for doc, found in pairs.items():
        sides = [[pair[side] for pair in found] for side in (0, 1)]
        agreed = sum(one == two for one, two in found)
        counts[doc] = [agreed, *(side.count(c) for side in sides for c in categories)]
    return Measured(name, f"{label}.{attribute}", KAPPA, counts)
