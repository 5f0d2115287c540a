"""Reviews: the layers of people who have looked at what annotators see differently."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.model import Annotation, Asked, Corpus, Span
from quotemark.panel import SUBMITTED, panels
from quotemark.pool import pooled_asked
from quotemark.scheme import Scheme
from quotemark.segment import window_of

REVIEW = " (review)"
"""What is put behind a reviewer's name, since annotators may review, too."""


def reviewed_panels(
    corpus: Corpus,
    found: Mapping[str, Sequence[Annotation]],
    reviews: Iterable[Annotation],
    scheme: Scheme,
) -> dict[str, tuple[Annotation, ...]]:
    """The submitted reviews of each document, under names of their own.

    What was asked of them is what annotators were asked. Raises `QuotemarkError` for reviews of
    documents that nobody annotated, of another text, and with spans that nobody was asked for, and
    for annotators who are called what a review is called.
    """
    fitted: list[Annotation] = []
    problems: list[Problem] = []
    for layer in reviews:
        if layer.status != SUBMITTED:
            continue
        if layer.doc_id not in found:
            message = f"is reviewed by {layer.annotator!r}, but nobody annotated it"
            remedy = "name the layers that the review was made of"
            problems.append(Problem(Where(doc=layer.doc_id), "review", message, remedy))
            continue
        asked, mixed = pooled_asked(found[layer.doc_id])
        problems += mixed
        fitted.append(_fitted(layer, asked))
    if problems:
        raise QuotemarkError(problems)
    if not fitted:
        return {}
    annotated = [layer for panel in found.values() for layer in panel]
    names = {layer.annotator for layer in fitted}
    if taken := sorted(names & {layer.annotator for layer in annotated}):
        message = f"an annotator is called {taken[0]!r}, as the review by {reviewer(taken[0])!r} is"
        raise error("annotator", message, "give the annotator another name")
    together = panels(Corpus(corpus.documents, (*annotated, *fitted)), scheme)
    return {
        doc_id: tuple(layer for layer in panel if layer.annotator in names)
        for doc_id, panel in together.items()
    }


def named(reviews: Iterable[Annotation]) -> list[Annotation]:
    """Reviews under names of their own, as disputes name them."""
    return [replace(layer, annotator=f"{layer.annotator}{REVIEW}") for layer in reviews]


def _fitted(layer: Annotation, asked: Asked) -> Annotation:
    """A review under its own name, without answers to what nobody was asked."""
    spans = [
        Span(
            span.id,
            span.label,
            span.fragments,
            {k: v for k, v in span.attributes.items() if asked.attribute(span.label, k)},
            span.score,
            span.meta,
        )
        if asked.covers(span)
        else span  # told as not asked
        for span in layer.spans
    ]
    return replace(
        layer,
        annotator=f"{layer.annotator}{REVIEW}",
        spans=tuple(spans),
        relations=tuple(r for r in layer.relations if asked.relation(r.label)),
        asked=layer.asked.common(asked),
    )


def begun_from(layer: Annotation, span: Span) -> str:
    """Whose version a reviewer went on from, where a span is; empty where that is not told.

    Files may say anything there.
    """
    told = layer.provenance.get("prediction_of")
    tasks = layer.provenance.get("tasks")
    for key, own in tasks.items() if isinstance(tasks, Mapping) else ():
        window = window_of(str(key))
        if window and window[0] <= span.start < window[1] and isinstance(own, Mapping):
            told = own.get("prediction_of", told)
    return told if isinstance(told, str) else ""


def reviewer(name: str) -> str:
    """Who a review is by."""
    return name.removesuffix(REVIEW)
