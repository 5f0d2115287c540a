"""Hypothesis strategies for layers that follow the default scheme, well or badly annotated."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import strategies as st

from quotemark.model import Annotation, Corpus, Document, Entity, Relation, Span, Value
from support.corpora import TEXTS, fragments

ENTITIES = (
    Entity("lund", "Ana Lund", ("Lund", "the mayor", "she")),
    Entity("other", "Ove Lund", ("Lund", "שלום")),
    Entity("paper", "The Paper 😀"),
)
NAMES = ["Ana Lund", "LUND", "the mayor", "Ove Lund", "The Paper 😀", "she", "nobody"]


def maybe(values: list[str]) -> st.SearchStrategy[Value]:
    return st.none() | st.sampled_from(values)


ATTRIBUTES: dict[str, dict[str, st.SearchStrategy[Value]]] = {
    "Quote": {
        "form": maybe(["direct", "indirect", "mixed"]),
        "source": maybe(["mention", "elsewhere", "not_stated"]),
        "source_entity": maybe(NAMES) | st.sets(st.sampled_from(NAMES), max_size=2).map(tuple),
    },
    "Speaker": {"entity": maybe(NAMES), "kind": maybe(["named", "nominal", "pronoun"])},
    "Cue": {},
    "Stance": {
        "polarity": maybe(["support", "oppose", "neutral"]),
        "target": maybe([*NAMES, "talks"]),
        "holder": maybe([*NAMES, "AUTHOR"]),
    },
}
RELATIONS = [
    ("said_by", "Quote", "Speaker"),
    ("cued_by", "Quote", "Cue"),
    ("held_by", "Stance", "Speaker"),
    ("expressed_in", "Stance", "Quote"),
]


@st.composite
def layers(
    draw: st.DrawFn, doc: Document, annotator: str, whole: bool = False, like: tuple[Span, ...] = ()
) -> Annotation:
    """A layer over `doc`, crowded. `whole`: no attribute is missing and every source is told.

    Most of the spans of `like` come again, some of them moved, renamed or with other values.
    """
    spans = [draw(_again(span, doc, whole)) for span in like if draw(st.integers(0, 4))]
    for number in range(draw(st.integers(0, 2 if like else 9)) if doc.text else 0):
        label = draw(st.sampled_from(list(ATTRIBUTES)))
        place = draw(fragments(len(doc.text)))
        spans.append(Span(f"s{number}", label, place, draw(_attributes(label, whole))))
    spans = [replace(span, id=f"{annotator}{number}") for number, span in enumerate(spans)]
    relations = []
    for name, head, tail in RELATIONS:
        heads = [s.id for s in spans if s.label == head]
        tails = [s.id for s in spans if s.label == tail]
        if heads and tails:
            ends = st.builds(
                Relation, st.just(name), st.sampled_from(heads), st.sampled_from(tails)
            )
            relations += draw(st.lists(ends, max_size=3, unique=True))
    if whole:
        said = {r.head for r in relations if r.label == "said_by"}
        spans = [_told(span, span.id in said) if span.label == "Quote" else span for span in spans]
    return Annotation(
        doc.id, doc.sha256, annotator, tuple(spans), tuple(relations), ENTITIES, status="submitted"
    )


@st.composite
def _again(draw: st.DrawFn, span: Span, doc: Document, whole: bool) -> Span:
    attributes = draw(_attributes(span.label, whole)) if draw(st.booleans()) else span.attributes
    place = span.fragments if draw(st.integers(0, 2)) else draw(fragments(len(doc.text)))
    return replace(span, fragments=place, attributes=attributes)


@st.composite
def _attributes(draw: st.DrawFn, label: str, whole: bool) -> dict[str, Value]:
    return {
        name: draw(values)
        for name, values in ATTRIBUTES[label].items()
        if whole or draw(st.integers(0, 4))
    }


def _told(quote: Span, said: bool) -> Span:
    told = said or quote.attributes["source_entity"]
    source = {"source": "mention" if told else "not_stated"}
    return replace(quote, attributes={**quote.attributes, **source})


@st.composite
def compared(draw: st.DrawFn, whole: bool = False) -> tuple[Corpus, Corpus]:
    """Gold and predictions over the same one to three documents, texts in gold."""
    docs = [Document(f"d{number}", draw(TEXTS)) for number in range(draw(st.integers(1, 3)))]
    gold = tuple(draw(layers(doc, "gold", whole)) for doc in docs)
    pred = tuple(
        draw(layers(doc, "mine", whole, layer.spans)) for doc, layer in zip(docs, gold, strict=True)
    )
    return Corpus({doc.id: doc for doc in docs}, gold), Corpus({}, pred)


def renamed(layer: Annotation, random: Random) -> Annotation:
    """The same layer with other ids, its spans and relations in another order."""
    new = [f"n{number}" for number in range(len(layer.spans))]
    random.shuffle(new)
    names = {span.id: name for span, name in zip(layer.spans, new, strict=True)}
    spans = [replace(span, id=names[span.id]) for span in layer.spans]
    relations = [replace(r, head=names[r.head], tail=names[r.tail]) for r in layer.relations]
    random.shuffle(spans)
    random.shuffle(relations)
    return replace(layer, spans=tuple(spans), relations=tuple(relations))
