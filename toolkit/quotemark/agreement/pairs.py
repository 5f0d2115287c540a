"""What two annotators agree on, by the alignment that scores use.

Every measure is the same whichever of the two comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from quotemark.agreement.rows import F1, KAPPA, Measured
from quotemark.agreement.words import category, tokens_of
from quotemark.matching import EXACT, HALF, Criterion
from quotemark.metrics.case import Alignment, Case, Group, groups
from quotemark.metrics.relations import count_relaxed
from quotemark.metrics.spans import covered
from quotemark.scheme import Scheme

Cases = Mapping[str, Case]
"""Two annotators' layers by document, on what both were asked."""


def spans(cases: Cases, scheme: Scheme, *, name: str, criterion: Criterion) -> Iterator[Measured]:
    """F1 of the spans of every label and group under a criterion."""
    for group in groups(scheme):
        counts = {
            doc: _spans(case, criterion, group)
            for doc, case in cases.items()
            if group.asked(case.gold.asked)
        }
        yield Measured(name, group.row, F1, counts)


def _spans(case: Case, criterion: Criterion, group: Group) -> tuple[int, int, int]:
    """How many spans of a group both have, only the first, and only the second.

    Pairs of which one was not asked about the group's attribute are left out.
    """
    alignment: Alignment = case.alignment(group.label, criterion)
    asked = [
        (group.holds(one), group.holds(two))
        for one, two in alignment.spans()
        if not group.attribute
        or (group.attribute in one.attributes and group.attribute in two.attributes)
    ]
    both = sum(one and two for one, two in asked)
    return (
        both,
        sum(one for one, _ in asked) + sum(map(group.holds, alignment.missed)) - both,
        sum(two for _, two in asked) + sum(map(group.holds, alignment.spurious)) - both,
    )


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
        found = tokens_of(case.text or "")
        total = len(found)
        if asked.windows is not None:
            total = sum(
                any(s < end and start < e for s, e in asked.windows) for start, end in found
            )
        for label in labels:
            one = covered(found, case.golds(label))
            two = covered(found, case.preds(label))
            ours, theirs = len(one), len(two)
            agreed = total - len(one ^ two)
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


exact = partial(spans, criterion=EXACT)
overlap = partial(spans, criterion=HALF)
