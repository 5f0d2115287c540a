"""F1 of who said what, over the quotes that both of two annotators have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quotemark.agreement.pairs import Cases
from quotemark.agreement.rows import F1, Measured
from quotemark.assignment import assign
from quotemark.matching import HALF, align
from quotemark.metrics.attribution import asks_sources
from quotemark.metrics.case import Case, group_label
from quotemark.scheme import Scheme
from quotemark.sources import NOT_STATED, Sources, is_named, sources


def attributions(cases: Cases, scheme: Scheme, *, name: str, aspect: str) -> Iterator[Measured]:
    """F1 of the sources of quotes that both have, and of *not stated* among them.

    By *mention* or by *entity*; no rows in a scheme without the roles.
    """
    quote, source = scheme.role("quote"), scheme.role("source")
    if not quote or not scheme.role("said_by"):
        return
    counts, silences = {}, {}
    for doc, case in cases.items():
        if not asks_sources(case.gold.asked, scheme, aspect):
            continue
        found = [
            (_same(case, ours, theirs, aspect), ours.not_stated, theirs.not_stated)
            for ours, theirs in _told(case, aspect)
        ]
        silent = _three(
            sum(one and two for _, one, two in found),
            sum(one for _, one, _ in found),
            sum(two for *_, two in found),
        )
        silences[doc] = silent
        stated = [_three(*same) for same, *_ in found]
        counts[doc] = _added([silent, *stated])
    yield Measured(name, quote, F1, counts)
    if source:
        yield Measured(name, group_label(quote, source, NOT_STATED), F1, silences)


def _three(both: int, first: int, second: int) -> tuple[int, int, int]:
    """From what both, the first and the second have: what both, only one, only the other has."""
    return both, first - both, second - both


def _added(counts: Sequence[tuple[int, int, int]]) -> list[int]:
    return [sum(each) for each in zip(*counts, strict=True)]


def _told(case: Case, aspect: str) -> Iterator[tuple[Sources, Sources]]:
    """The sources of the quotes both have, where both say who: the open ones are left out."""
    for one, two in case.alignment(case.scheme.role("quote"), HALF).spans():
        ours = sources(case.gold, one, case.scheme)
        theirs = sources(case.pred, two, case.scheme)
        if all(_says(told, aspect) for told in (ours, theirs)):
            yield ours, theirs


def _says(told: Sources, aspect: str) -> bool:
    named = told.entities or (aspect == "mention" and told.mentions)
    return told.not_stated or bool(named)


def _same(case: Case, ours: Sources, theirs: Sources, aspect: str) -> tuple[int, int, int]:
    """How many sources are the same one-to-one, and how many each of the two has."""
    if aspect == "mention":
        covers = case.gold.asked.covers
        one, two = ([m for m in told.mentions if covers(m)] for told in (ours, theirs))
        return len(align(one, two, HALF)), len(one), len(two)
    known = {*case.gold.entities, *case.pred.entities}
    same = [
        [int(is_named(a, b, known) or is_named(b, a, known)) for b in theirs.entities]
        for a in ours.entities
    ]
    return len(assign(same)), len(ours.entities), len(theirs.entities)
