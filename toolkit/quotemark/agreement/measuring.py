"""How far annotators agree, on what they were asked. docs/agreement.md says how to read it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import combinations

from quotemark.agreement.measures import MEASURES, ORDINARY, checked
from quotemark.agreement.pairs import Cases
from quotemark.agreement.panels import Panel, Panels, shared
from quotemark.agreement.rows import Agreement, Measured, evaluated, pooled
from quotemark.errors import error
from quotemark.metrics.prepare import prepare
from quotemark.model import Annotation, Corpus, Document
from quotemark.panel import panels as panels_of
from quotemark.scheme import Scheme, default_scheme

Team = tuple[str, ...]
"""Two annotators or more, by name, sorted."""


def agree(
    corpus: Corpus,
    *,
    scheme: Scheme | None = None,
    measures: Collection[str] = ORDINARY,
    resamples: int = 1000,
    seed: int = 1,
    precision: float = 0.02,
) -> list[Agreement]:
    """The agreement of all annotators of a corpus together, and of every two of them.

    `measures` are names of `measures.MEASURES`. All together have the F1 of all pairs and what
    is made for any number of annotators (α, uα, γ); every two have F1 and κ; two annotators
    alone have everything. Only submitted layers count, over documents that two or more
    annotated. `precision` is how near γ's expected disorder is to be known, relative to it.
    Every pair has the same rows, whatever was asked. Raises `QuotemarkError` for an unknown
    measure, where no two annotators share a document, and for layers that cannot be compared
    (see `panel.panels`); `ValueError` for a precision that is not above 0.

    >>> from quotemark.model import Span
    >>> def layer(who, end):
    ...     return Annotation("d", "", who, (Span("q", "Quote", ((0, end),)),))
    >>> rows = agree(Corpus({}, (layer("a", 10), layer("b", 8))))
    >>> [(r.measure, r.value) for r in rows if r.label == "Quote" and r.value is not None]
    [('F1 exact', 0.0), ('F1 overlap(iou>=0.5)', 1.0)]
    """
    made = _Shared(corpus, scheme or default_scheme(), checked(measures), seed, precision)
    return evaluated(made.rows(), resamples=resamples, seed=seed)


def agree_by_document(
    corpus: Corpus,
    *,
    scheme: Scheme | None = None,
    measures: Collection[str] = ORDINARY,
    seed: int = 1,
    precision: float = 0.02,
) -> list[Agreement]:
    """As `agree`, of each document by itself and of all of its annotators together.

    Documents come in the order of their ids; there are no intervals.

    >>> layers = tuple(Annotation("d", "", who) for who in "ab")
    >>> {row.document for row in agree_by_document(Corpus({}, layers))}
    {'d'}
    """
    scheme, measures = scheme or default_scheme(), checked(measures)
    whole = _Shared(corpus, scheme, measures, seed, precision)
    found = []
    for doc in whole.panels:
        part = _Shared(whole.alone(doc), scheme, measures, seed, precision)
        found += evaluated(part.rows(pairs=False), resamples=1, seed=seed, document=doc)
    return found


def matrix(
    corpus: Corpus,
    measure: str,
    *,
    scheme: Scheme | None = None,
    resamples: int = 1000,
    seed: int = 1,
    precision: float = 0.02,
) -> list[Agreement]:
    """One measure of every two annotators who share a document. Raises as `agree`.

    >>> layers = tuple(Annotation("d", "", who) for who in "abc")
    >>> rows = matrix(Corpus({}, layers), "u-alpha")
    >>> sorted({row.annotators for row in rows})
    [('a', 'b'), ('a', 'c'), ('b', 'c')]
    """
    made = _Shared(corpus, scheme or default_scheme(), checked([measure]), seed, precision)
    found = ((pair, each) for pair in made.pairs for each in made.of(pair, everything=True))
    return evaluated(found, resamples=resamples, seed=seed)


class _Shared:
    """The documents that two or more annotators share, and what is measured of them."""

    def __init__(
        self,
        corpus: Corpus,
        scheme: Scheme,
        measures: tuple[str, ...],
        seed: int,
        precision: float,
    ) -> None:
        if not precision > 0:
            raise ValueError(f"precision {precision}")
        self.corpus, self.scheme, self.measures = corpus, scheme, measures
        self.options = {"gamma": {"seed": seed, "precision": precision}}
        everybody = panels_of(corpus, scheme)
        self.panels: Panels = {
            doc: Panel(layers, corpus.documents[doc].text if doc in corpus.documents else None)
            for doc, layers in everybody.items()
            if any(_share(*two) for two in combinations(layers, 2))
        }
        self.pairs = sorted(
            {
                (one.annotator, two.annotator)
                for panel in self.panels.values()
                for one, two in combinations(panel.layers, 2)
                if _share(one, two)
            }
        )
        if not self.pairs:
            names = {layer.annotator for panel in everybody.values() for layer in panel}
            message = f"no two annotators share a document ({len(names)} in all)"
            raise error("agreement", message, "name the submitted layers of two or more annotators")

    def rows(self, *, pairs: bool = True) -> Iterator[tuple[Team, Measured]]:
        """All measures of all together, then of every two."""
        if len(self.pairs) == 1:
            yield from ((self.pairs[0], each) for each in self.of(self.pairs[0], everything=True))
            return
        by_pair = {pair: list(self.of(pair)) for pair in self.pairs}
        everybody = tuple(sorted({name for pair in self.pairs for name in pair}))
        together = [*pooled(each for found in by_pair.values() for each in found)]
        together += self._panelled({doc: shared(panel) for doc, panel in self.panels.items()})
        order = [MEASURES[name].name for name in self.measures]
        for each in sorted(together, key=lambda each: order.index(each.measure)):
            yield everybody, each
        for pair, found in by_pair.items() if pairs else ():
            yield from ((pair, each) for each in found)

    def of(self, pair: tuple[str, str], *, everything: bool = False) -> Iterator[Measured]:
        """The measures of two annotators: the pairwise ones, or all."""
        cases = self._cases(pair)
        panels = {doc: shared(panel) for doc, panel in self._panels_of(pair).items()}
        for key in self.measures:
            measure = MEASURES[key]
            if measure.pairwise:
                yield from measure.measured(cases, self.scheme, name=measure.name)
            elif everything:
                yield from self._panel_measure(key, panels)

    def alone(self, doc: str) -> Corpus:
        """One document with the layers over it."""
        known = self.corpus.documents
        documents = {doc: known[doc]} if doc in known else {}
        return Corpus(documents, self.panels[doc].layers)

    def _panelled(self, panels: Panels) -> Iterator[Measured]:
        for key in self.measures:
            if not MEASURES[key].pairwise:
                yield from self._panel_measure(key, panels)

    def _panel_measure(self, key: str, panels: Panels) -> Iterator[Measured]:
        measure, options = MEASURES[key], self.options.get(key, {})
        return measure.measured(panels, self.scheme, name=measure.name, **options)

    def _panels_of(self, pair: tuple[str, str]) -> Panels:
        return {
            doc: Panel(two, panel.text)
            for doc, panel in self.panels.items()
            if (two := _two(panel, pair)) is not None
        }

    def _cases(self, pair: tuple[str, str]) -> Cases:
        """Two annotators' documents, on what both were asked."""
        both_of = [panel.layers for panel in self._panels_of(pair).values()]
        asked = [one.asked.common(two.asked) for one, two in both_of]
        sides = []
        for side in zip(*both_of, strict=True):
            layers = (
                layer if layer.asked == both else replace(layer, asked=both)
                for layer, both in zip(side, asked, strict=True)
            )
            sides.append(Corpus(self._texts(side), tuple(layers)))
        return prepare(*sides, scheme=self.scheme, annotator=None).cases

    def _texts(self, layers: tuple[Annotation, ...]) -> Mapping[str, Document]:
        known = self.corpus.documents
        return {layer.doc_id: known[layer.doc_id] for layer in layers if layer.doc_id in known}


def _two(panel: Panel, pair: tuple[str, str]) -> tuple[Annotation, ...] | None:
    """A pair's layers of a panel, if both are there and were asked about a common stretch."""
    found = tuple(layer for layer in panel.layers if layer.annotator in pair)
    return found if len(found) > 1 and _share(*found) else None


def _share(one: Annotation, two: Annotation) -> bool:
    return one.asked.common(two.asked).windows != ()
