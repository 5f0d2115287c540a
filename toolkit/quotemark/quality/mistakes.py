"""What annotators do differently from others or from gold: each difference as one mistake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import methodcaller
from typing import NamedTuple

from quotemark.matching import ANY, HALF, align, disjoint
from quotemark.metrics.attributes import count_pair
from quotemark.metrics.attribution import NOBODY, asks_sources
from quotemark.metrics.case import Alignment, Case
from quotemark.metrics.parties import count_same
from quotemark.model import Fragment, Span
from quotemark.quality.comparing import Comparison
from quotemark.scheme import Attribute, RelationType
from quotemark.sources import NOT_STATED, Sources, sources, values

MISSED, SPURIOUS, LABEL, BOUNDARY = "missed", "spurious", "label", "boundary"
VALUE, SPEAKER, RELATION = "value", "speaker", "relation"

KINDS = (MISSED, SPURIOUS, LABEL, BOUNDARY, VALUE, SPEAKER, RELATION)
"""The kinds of mistakes, in the order of results. docs/annotators.md says what each is."""

LEFT_OUT, ADDED, ANOTHER = "left out", "added", "another"
"""How a speaker or relation differs: only the other side has one, only the annotator, or both."""

NOTHING = "(none)"
"""What is said where a side has no value and no source."""


class Place(NamedTuple):
    """A span's label and code points."""

    label: str
    fragments: tuple[Fragment, ...]


def place(span: Span) -> Place:
    """The place of a span.

    >>> place(Span("q", "Cue", ((2, 5), (0, 3)))).fragments
    ((0, 5),)
    """
    return Place(span.label, tuple(disjoint(span.fragments)))


@dataclass(frozen=True, slots=True)
class Mistake:
    """One difference between an annotator and the other side, in one document.

    `label` is the span's, `Label.attribute` for values, or the relation. `detail` tells what
    kind of a kind it is: which boundary, or `theirs>own` of labels and choices. `theirs` and `own`
    are the spans, None where a side has none; `instead` is what the other side says and what the
    annotator says, of labels, values, speakers and relations.
    """

    kind: str
    label: str
    detail: str
    document: str
    theirs: Span | None
    own: Span | None
    instead: tuple[str, str] = ("", "")


class Found(NamedTuple):
    """The mistakes of one comparison, and how often each kind could have been made.

    `chances` are by kind and label.
    """

    mistakes: Sequence[Mistake]
    chances: Counter[tuple[str, str]]


def mistakes(comparison: Comparison) -> Found:
    """Every mistake of an annotator by the other side's word, each difference once.

    Spans of a label that share any code point are aligned as scores align them; what is left
    over on both sides and shares half is the wrong label, the rest missed or spurious. Aligned
    spans are compared further: place, values, speaker, relations. What follows from another
    mistake, such as a relation to a span that was missed, is not told again.

    >>> from quotemark.model import Annotation
    >>> from quotemark.scheme import default_scheme
    >>> gold = Annotation("d", "", "b", (Span("q", "Cue", ((0, 9),)),))
    >>> own = Annotation("d", "", "a", (Span("q", "Cue", ((2, 9),)),))
    >>> case = Case(gold, own, None, default_scheme())
    >>> found = mistakes(Comparison("a", "the rest", "b", {"d": case}, {}))
    >>> [(each.kind, each.label, each.detail) for each in found.mistakes]
    [('boundary', 'Cue', 'start, narrow')]
    >>> found.chances["missed", "Cue"]
    1
    """
    chances: Counter[tuple[str, str]] = Counter()
    made: list[Mistake] = []
    for doc, case in comparison.cases.items():
        made += _of(doc, case, chances)
    return Found(made, chances)


def _of(doc: str, case: Case, chances: Counter[tuple[str, str]]) -> Iterator[Mistake]:
    asked = [label for label in case.scheme.labels if case.both(methodcaller("label", label))]
    aligned = {label: case.alignment(label, ANY) for label in asked}
    yield from _unpaired(doc, aligned.values(), chances)
    pairs = [pair for alignment in aligned.values() for pair in alignment.spans()]
    partners = {own.id: place(theirs) for theirs, own in pairs}
    places = frozenset(partners.values())
    both = _Both(doc, case, partners, places, _asks_sources(case), chances)
    for theirs, own in pairs:
        yield from _boundary(both, theirs, own)
        for attribute in case.scheme.labels[own.label].attributes.values():
            yield from _value(both, attribute, theirs, own)
        if own.label == case.scheme.role("quote"):
            yield from _speaker(both, theirs, own)
        yield from _relations(both, theirs, own)


class _Both(NamedTuple):
    """A case, and what is known of all of its aligned spans.

    `partners` are the places of the other side's spans by own span, all of them in `places`: spans
    alike in place and label may be each other's partners. `sourced`: both were asked who said
    what. `chances` are counted on the way.
    """

    doc: str
    case: Case
    partners: Mapping[str, Place]
    places: frozenset[Place]
    sourced: bool
    chances: Counter[tuple[str, str]]

    def theirs(self, spans: Iterable[Span]) -> set[Place]:
        """The places of the other side's spans that have a partner."""
        return {place(span) for span in spans} & self.places

    def own(self, spans: Iterable[Span]) -> set[Place]:
        """The places of the partners of the annotator's spans that have one."""
        return {self.partners[span.id] for span in spans if span.id in self.partners}


def _unpaired(
    doc: str, aligned: Iterable[Alignment], chances: Counter[tuple[str, str]]
) -> Iterator[Mistake]:
    """What only one side has, but for the same stretch under another label."""
    missed: list[Span] = []
    spurious: list[Span] = []
    for alignment in aligned:
        for span in alignment.golds:
            chances[MISSED, span.label] += 1
            chances[LABEL, span.label] += 1
        for span in alignment.preds:
            chances[SPURIOUS, span.label] += 1
        missed += alignment.missed
        spurious += alignment.spurious
    pairs = align(missed, spurious, HALF)
    for gold, pred in pairs:
        theirs, own = missed[gold], spurious[pred]
        labels = (theirs.label, own.label)
        yield Mistake(LABEL, theirs.label, ">".join(labels), doc, theirs, own, labels)
    told = {pair.gold for pair in pairs}
    for n, span in enumerate(missed):
        if n not in told:
            yield Mistake(MISSED, span.label, "", doc, span, None)
    told = {pair.pred for pair in pairs}
    for n, span in enumerate(spurious):
        if n not in told:
            yield Mistake(SPURIOUS, span.label, "", doc, None, span)


def _boundary(both: _Both, theirs: Span, own: Span) -> Iterator[Mistake]:
    both.chances[BOUNDARY, own.label] += 1
    ours, other = place(own).fragments, place(theirs).fragments
    if ours != other:
        detail = _where(ours, other)
        yield Mistake(BOUNDARY, own.label, detail, both.doc, theirs, own)


def _where(own: Sequence[Fragment], theirs: Sequence[Fragment]) -> str:
    """Which end of a span differs, and whether it is too wide or too narrow."""
    start, end = theirs[0][0] - own[0][0], own[-1][1] - theirs[-1][1]
    if start and end:
        how = "shifted" if (start > 0) != (end > 0) else "wide" if start > 0 else "narrow"
        return f"both ends, {how}"
    if start or end:
        return f"{'start' if start else 'end'}, {'wide' if start + end > 0 else 'narrow'}"
    longer = sum(e - s for s, e in own) > sum(e - s for s, e in theirs)
    return f"inside, {'wide' if longer else 'narrow'}"


def _value(both: _Both, attribute: Attribute, theirs: Span, own: Span) -> Iterator[Mistake]:
    """A value that differs, where both sides were asked; sources are left to `_speaker`."""
    name, case = attribute.name, both.case
    if name not in theirs.attributes or name not in own.attributes or _is_source(both, own, name):
        return
    row = f"{own.label}.{name}"
    both.chances[VALUE, row] += 1
    counts = count_pair(case, attribute, theirs, own)
    if counts.fp or counts.fn:
        said = (_said(values(theirs, name)), _said(values(own, name)))
        detail = ">".join(said) if attribute.values else ""
        yield Mistake(VALUE, row, detail, both.doc, theirs, own, said)


def _is_source(both: _Both, span: Span, attribute: str) -> bool:
    role = both.case.scheme.role
    told = attribute in (role("source"), role("source_entity"))
    return told and span.label == role("quote") and both.sourced


def _asks_sources(case: Case) -> bool:
    scheme = case.scheme
    linked = bool(scheme.role("said_by"))
    return linked and case.both(lambda asked: asks_sources(asked, scheme, "entity"))


def _speaker(both: _Both, theirs: Span, own: Span) -> Iterator[Mistake]:
    """Another source of a quote: neither the same mentions nor the same people."""
    case = both.case
    if not both.sourced:
        return
    truth, told = (
        sources(layer, quote, case.scheme)
        for layer, quote in ((case.gold, theirs), (case.pred, own))
    )
    if truth == NOBODY:
        return
    if told == NOBODY and truth.mentions and not both.theirs(truth.mentions):
        return  # the mention was missed, which is told
    both.chances[SPEAKER, own.label] += 1
    if not _same_source(both, truth, told):
        detail = LEFT_OUT if told == NOBODY or told.not_stated else ANOTHER
        detail = ADDED if truth.not_stated else detail
        said = (_named(truth, case.text), _named(told, case.text))
        yield Mistake(SPEAKER, own.label, detail, both.doc, theirs, own, said)


def _same_source(both: _Both, truth: Sources, told: Sources) -> bool:
    if truth.not_stated or told.not_stated:
        return truth.not_stated and told.not_stated
    same, of_truth, of_told = count_same(both.case, truth, told)
    if same == of_truth == of_told:
        return True
    # the same mention under another name is a mistake in the mention's entity
    mentions = both.own(told.mentions)
    return bool(mentions) and mentions == {place(span) for span in truth.mentions}


def _relations(both: _Both, theirs: Span, own: Span) -> Iterator[Mistake]:
    """Relations that lead elsewhere, as far as the spans there have partners."""
    case = both.case
    for relation in case.scheme.relations.values():
        of_source = relation.name == case.scheme.role("said_by") and both.sourced
        if relation.head != own.label or of_source or not _asks_relation(case, relation):
            continue
        both.chances[RELATION, relation.name] += 1
        tails = (case.gold.tails(theirs.id, relation.name), case.pred.tails(own.id, relation.name))
        truth, told = both.theirs(tails[0]), both.own(tails[1])
        if truth != told:
            detail = LEFT_OUT if not told else ADDED if not truth else ANOTHER
            said = (_said(_words(tails[0], case.text)), _said(_words(tails[1], case.text)))
            yield Mistake(RELATION, relation.name, detail, both.doc, theirs, own, said)


def _asks_relation(case: Case, relation: RelationType) -> bool:
    return case.both(lambda asked: asked.relation(relation.name) and asked.label(relation.tail))


def _named(told: Sources, text: str | None) -> str:
    """Who is told to have said something: names, else the words of mentions."""
    if told.not_stated:
        return NOT_STATED
    return _said(told.entities or _words(told.mentions, text))


def _words(spans: Sequence[Span], text: str | None) -> Sequence[str]:
    """What spans say, in their order in the text; where they are, if it is not known."""
    ordered = sorted(place(span).fragments for span in spans)
    if text is None:
        return [f"{found[0][0]}–{found[-1][1]}" for found in ordered]
    return [" ".join(" … ".join(text[s:e] for s, e in found).split()) for found in ordered]


def _said(names: Sequence[str]) -> str:
    return "; ".join(names) or NOTHING
