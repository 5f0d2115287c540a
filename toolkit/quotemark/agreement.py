"""How far annotators agree, pair by pair, on what both were asked.

Spans are compared by the alignment that scores use; every measure is the same whichever of
the two annotators comes first. docs/agreement.md says how to read them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

from quotemark.assignment import assign
from quotemark.errors import error
from quotemark.matching import EXACT, HALF, Criterion, align
from quotemark.metrics.attribution import asks_sources
from quotemark.metrics.case import Alignment, Case, Group, group_label, groups
from quotemark.metrics.prepare import prepare
from quotemark.metrics.spans import count_tokens, tokens
from quotemark.model import Annotation, Asked, Corpus, Value
from quotemark.panel import panels
from quotemark.scheme import Scheme, default_scheme
from quotemark.sources import NOT_STATED, Sources, fold, is_named, sources
from quotemark.stats import Interval, bootstrap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quotemark.stats import Statistic

    Sums = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """One measure of two annotators on one label, group or attribute.

    `value` is at most 1; F1 is 0 or more, κ is 0 for agreement by chance and may be less. None
    where it is undefined: nothing to compare, no text for tokens, or, for κ, nothing but one
    category on both sides. `items` is what it is over: spans of either (a pair is one),
    sources of either, tokens, or values of aligned spans; `documents` is how many had the
    question. `interval` is over documents, None with fewer than two.
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

    Only submitted layers count. Every pair has the same rows, whatever was asked. Raises
    `QuotemarkError` where no two annotators share a document, and for layers that cannot be
    compared (see `panel.panels`).

    >>> from quotemark.model import Span
    >>> def layer(who, end):
    ...     return Annotation("d", "", who, (Span("q", "Quote", ((0, end),)),))
    >>> rows = agree(Corpus({}, (layer("a", 10), layer("b", 8))))
    >>> [(r.measure, r.value) for r in rows if r.label == "Quote" and r.value is not None]
    [('F1 exact', 0.0), ('F1 overlap(iou>=0.5)', 1.0)]
    """
    scheme = scheme or default_scheme()
    found = panels(corpus, scheme)
    shared: dict[tuple[str, str], list[tuple[Annotation, Annotation]]] = {}
    for panel in found.values():
        for one, two in combinations(panel, 2):
            if one.asked.common(two.asked).windows != ():
                shared.setdefault((one.annotator, two.annotator), []).append((one, two))
    if not shared:
        names = {layer.annotator for panel in found.values() for layer in panel}
        message = f"no two annotators share a document ({len(names)} in all)"
        raise error("agreement", message, "name the submitted layers of two or more annotators")
    rows = []
    for annotators, pairs in sorted(shared.items()):
        for measure in _measures(_cases(corpus, pairs, scheme), scheme):
            value, interval = _value(measure, resamples, seed)
            named = (annotators, measure.name, measure.label)
            rows.append(Agreement(*named, value, measure.items, len(measure.counts), interval))
    return rows


def _cases(
    corpus: Corpus, pairs: Sequence[tuple[Annotation, Annotation]], scheme: Scheme
) -> Sequence[Case]:
    """Two annotators' documents, on what both were asked."""
    asked = [one.asked.common(two.asked) for one, two in pairs]
    sides = [
        Corpus(
            {layer.doc_id: corpus.documents[layer.doc_id] for layer in side
             if layer.doc_id in corpus.documents},
            tuple(replace(layer, asked=both) for layer, both in zip(side, asked, strict=True)),
        )
        for side in zip(*pairs, strict=True)
    ]  # fmt: skip
    return list(prepare(*sides, scheme=scheme, annotator=None).cases.values())


class _Measure(NamedTuple):
    """A measure before its value: additive counts by document, and the statistic of their sum."""

    name: str
    label: str
    counts: Sequence[Sequence[int]]
    statistic: Statistic
    items: int


def _measures(cases: Sequence[Case], scheme: Scheme) -> Iterator[_Measure]:
    for name, criterion in (("exact", EXACT), (f"overlap({HALF})", HALF)):
        for group in groups(scheme):
            asked = (case for case in cases if group.asked(case.gold.asked))
            yield _f1(name, group.row, [_spans(case, criterion, group) for case in asked])
    for aspect in ("mention", "entity"):
        yield from _attributions(cases, scheme, aspect)
    yield from _token_kappas(cases, scheme)
    for label in scheme.labels:
        for attribute in scheme.labels[label].attributes:
            yield _attribute_kappa(cases, label, attribute)


def _f1(name: str, label: str, counts: Sequence[Sequence[int]]) -> _Measure:
    """Of counts of what both have, only the first, and only the second."""
    return _Measure(f"F1 {name}", label, counts, _f1_of, sum(map(sum, counts)))


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
    return _three(
        sum(one and two for one, two in asked),
        sum(one for one, _ in asked) + sum(map(group.holds, alignment.missed)),
        sum(two for _, two in asked) + sum(map(group.holds, alignment.spurious)),
    )


def _three(both: int, first: int, second: int) -> tuple[int, int, int]:
    """From what both, the first and the second have: what both, only one, only the other has."""
    return both, first - both, second - both


def _attributions(cases: Sequence[Case], scheme: Scheme, aspect: str) -> Iterator[_Measure]:
    """F1 of the sources of quotes that both have, and of *not stated* among them."""
    quote, source = scheme.role("quote"), scheme.role("source")
    if not quote or not scheme.role("said_by"):
        return
    counts, silences = [], []
    for case in cases:
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
        silences.append(silent)
        stated = [_three(*same) for same, *_ in found]
        counts.append(tuple(map(sum, zip(silent, *stated, strict=True))))
    name = f"attribution({aspect},matched)"
    yield _f1(name, quote, counts)
    if source:
        yield _f1(name, group_label(quote, source, NOT_STATED), silences)


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


def _token_kappas(cases: Sequence[Case], scheme: Scheme) -> Iterator[_Measure]:
    """Cohen's κ of tokens: inside a span of the label, or not."""
    counts: Mapping[str, list[list[int]]] = {label: [] for label in scheme.labels}
    for case in cases:
        if case.text is None:
            continue
        total = _tokens_asked(case.text, case.gold.asked)
        scores = count_tokens(case)
        for label, rows in counts.items():
            found = scores[label]
            if found is not None:
                ours, theirs = found.tp + found.fn, found.tp + found.fp
                agreed = total - found.fn - found.fp
                rows.append([agreed, ours, total - ours, theirs, total - theirs])
    for label, rows in counts.items():
        yield _kappa("κ token", label, rows)


def _tokens_asked(text: str, asked: Asked) -> int:
    """How many tokens share a code point with the windows."""
    found = tokens(text)
    if asked.windows is None:
        return len(found)
    return sum(any(s < end and start < e for s, e in asked.windows) for start, end in found)


def _attribute_kappa(cases: Sequence[Case], label: str, attribute: str) -> _Measure:
    """Cohen's κ of an attribute's values, over aligned spans that were both asked it."""
    pairs = [
        [
            (_category(one.attributes[attribute]), _category(two.attributes[attribute]))
            for one, two in case.alignment(label, HALF).spans()
            if attribute in one.attributes and attribute in two.attributes
        ]
        for case in cases
        if case.gold.asked.attribute(label, attribute)
    ]
    categories = sorted({category for found in pairs for pair in found for category in pair})
    counts = []
    for found in pairs:
        sides = [[pair[side] for pair in found] for side in (0, 1)]
        agreed = sum(one == two for one, two in found)
        counts.append([agreed, *(side.count(c) for side in sides for c in categories)])
    return _kappa("κ", f"{label}.{attribute}", counts)


def _category(value: Value) -> tuple[str, ...]:
    """A value as a nominal category: null is one, a set is one, names are folded."""
    names = () if value is None else (value,) if isinstance(value, str) else value
    return tuple(sorted(set(map(fold, names))))


def _kappa(name: str, label: str, counts: Sequence[Sequence[int]]) -> _Measure:
    """Of counts of agreed items, the first's items by category, and the second's."""
    items = sum(sum(row[1:]) for row in counts) // 2
    return _Measure(name, label, counts, _kappa_of, items)


def _f1_of(sums: Sums) -> Sums:
    result: Sums = 2 * sums[:, 0] / (2 * sums[:, 0] + sums[:, 1] + sums[:, 2])
    return result


def _kappa_of(sums: Sums) -> Sums:
    """(observed - expected) / (1 - expected), Cohen 1960."""
    categories = (sums.shape[1] - 1) // 2
    ours, theirs = sums[:, 1 : 1 + categories], sums[:, 1 + categories :]
    total = ours.sum(axis=1)
    observed = sums[:, 0] / total
    expected = (ours * theirs).sum(axis=1) / total**2
    result: Sums = (observed - expected) / (1 - expected)
    return result


def _value(measure: _Measure, resamples: int, seed: int) -> tuple[float | None, Interval | None]:
    import numpy as np

    if not measure.items:
        return None, None
    counts = np.array(measure.counts, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(measure.statistic(counts.sum(axis=0, keepdims=True))[0])
    if np.isnan(value):
        return None, None
    return value, bootstrap(counts, measure.statistic, resamples=resamples, seed=seed)
