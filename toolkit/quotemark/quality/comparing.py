"""Each annotator beside the others and beside gold, document by document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from quotemark.metrics.case import Case
from quotemark.metrics.prepare import prepare
from quotemark.model import Corpus, Document
from quotemark.panel import Layers, people, shared
from quotemark.scheme import Scheme

REST, GOLD = "the rest", "gold"
"""What an annotator is held against: every other annotator, or the adjudicated layers."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One annotator's work beside another's or gold's, on what both were asked.

    In the cases, by document, the annotator is the prediction and the other side is gold. `layers`
    are the annotator's of the same documents, on all that they were asked, whoever the other is.
    """

    annotator: str
    against: str
    other: str
    cases: Mapping[str, Case]
    layers: Layers


def comparisons(
    corpus: Corpus, *, scheme: Scheme, gold: Corpus | None = None, judge: str | None = None
) -> list[Comparison]:
    """Every annotator beside every other one, and beside gold where it is given.

    Comparisons are over the documents that both sides have and were asked about; those without
    any are left out. `judge` chooses among gold's layers. In the order of names, gold last.
    Raises `QuotemarkError` as `panel.people` and `prepare.prepare`.

    >>> from quotemark.model import Annotation
    >>> from quotemark.scheme import default_scheme
    >>> both = Corpus({}, (Annotation("d", "", "a"), Annotation("d", "", "b")))
    >>> [(each.annotator, each.other) for each in comparisons(both, scheme=default_scheme())]
    [('a', 'b'), ('b', 'a')]
    """
    return compare(people(corpus, scheme), corpus.documents, scheme, gold=gold, judge=judge)


def compare(
    everybody: Mapping[str, Layers],
    documents: Mapping[str, Document],
    scheme: Scheme,
    *,
    gold: Corpus | None,
    judge: str | None,
) -> list[Comparison]:
    """As `comparisons`, of people whose layers are known to be fit."""
    texts = {**documents, **(gold.documents if gold else {})}
    sides = [(REST, name, layers) for name, layers in everybody.items()]
    if gold is not None:
        truth = prepare(gold, Corpus(), scheme=scheme, annotator=judge).gold
        name = truth[0].annotator if truth else GOLD
        sides.append((GOLD, name, {layer.doc_id: layer for layer in truth}))
    found = []
    for annotator, own in everybody.items():
        for against, other, theirs in sides:
            if against == REST and other == annotator:
                continue
            cases = _cases(theirs, own, texts, scheme)
            if cases:
                layers = {doc: own[doc] for doc in cases}
                found.append(Comparison(annotator, against, other, cases, layers))
    return found


def _cases(
    gold: Layers, pred: Layers, texts: Mapping[str, Document], scheme: Scheme
) -> Mapping[str, Case]:
    """Two sides' layers of the same documents, on what both were asked."""
    asked = shared(gold, pred)
    if not asked:
        return {}
    known = {doc: texts[doc] for doc in asked if doc in texts}

    def side(layers: Layers) -> Corpus:
        return Corpus(known, tuple(replace(layers[doc], asked=both) for doc, both in asked.items()))

    return prepare(side(gold), side(pred), scheme=scheme, annotator=None).cases


def against(found: Sequence[Comparison]) -> dict[tuple[str, str], list[Comparison]]:
    """Comparisons by annotator and what they are held against, in their order."""
    groups: dict[tuple[str, str], list[Comparison]] = {}
    for each in found:
        groups.setdefault((each.annotator, each.against), []).append(each)
    return groups
