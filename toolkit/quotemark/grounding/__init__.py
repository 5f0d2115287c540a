"""Grounding: strings without offsets, as language models give them, placed in the text.

docs/grounding.md describes each step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace

from quotemark.errors import Problem, QuotemarkError, Where
from quotemark.grounding.assign import Choice, Request, assign, neighbours
from quotemark.grounding.fuzzy import LEAST, THRESHOLD
from quotemark.grounding.normal import normalized
from quotemark.grounding.search import Place, Text, places
from quotemark.grounding.strings import (
    KEY,
    NOT_IN_TEXT,
    RELATIONS,
    StringCounts,
    count_strings,
    lost,
)
from quotemark.grounding.wording import Ungrounded, Wording
from quotemark.model import Annotation, Document, Entity, Fragment, Json, Span, Value
from quotemark.scheme import Scheme, default_scheme

__all__ = [
    "LEAST",
    "THRESHOLD",
    "StringCounts",
    "Ungrounded",
    "Wording",
    "count_strings",
    "ground",
    "lost",
]


def ground(
    layers: Iterable[Ungrounded],
    documents: Mapping[str, Document],
    *,
    scheme: Scheme | None = None,
    threshold: float = THRESHOLD,
) -> tuple[Annotation, ...]:
    """Annotations whose wordings have become spans, in the order of the layers.

    A span's `meta["grounding"]` tells `how` its words are in the text, their `similarity` and
    the `words` as they were given. What is not in the text stands in the annotation's
    `provenance["grounding"]["not_in_text"]`, and relations that lose an end beside it, in
    `relations`. `scheme` (the default one, unless given) tells which attribute names a source.

    Raises `QuotemarkError` for every layer whose document is missing or has another text, and
    `ValueError` for a threshold outside `LEAST` to 1.

    >>> doc = Document("a", "“It’s over”, Ana Lund said. “No.” “No.”")
    >>> words = ['"It\\'s over"', "“No.”", "“No.”", "We will be back"]
    >>> quotes = (Wording(f"q{n}", "Quote", (each,)) for n, each in enumerate(words))
    >>> layer, = ground([Ungrounded(Annotation("a", "", "llm"), tuple(quotes))], {"a": doc})
    >>> [(span.id, span.fragments, span.meta["grounding"]["how"]) for span in layer.spans]
    [('q0', ((0, 11),), 'normalized'), ('q1', ((28, 33),), 'exact'), ('q2', ((34, 39),), 'exact')]
    >>> count_strings([layer])["Quote"]
    StringCounts(exact=2, normalized=1, altered=0, not_in_text=1)
    """
    if not LEAST <= threshold <= 1:
        raise ValueError(f"threshold must be {LEAST} to 1, not {threshold}")
    waiting = tuple(layers)
    problems = [problem for layer in waiting for problem in _ungroundable(layer, documents)]
    if problems:
        raise QuotemarkError(problems)
    chosen = scheme or default_scheme()
    return tuple(
        _grounded(layer, documents[layer.annotation.doc_id], chosen, threshold)
        if layer.wordings
        else layer.annotation
        for layer in waiting
    )


def _ungroundable(layer: Ungrounded, documents: Mapping[str, Document]) -> Iterator[Problem]:
    annotation = layer.annotation
    where = Where(doc=annotation.doc_id)
    document = documents.get(annotation.doc_id)
    if not layer.wordings:
        return
    if document is None:
        message = f"no text to look for {len(layer.wordings)} strings in"
        yield Problem(where, "no-text", message, "name the document with --texts")
    elif annotation.text_sha256 not in ("", document.sha256):
        hashes = f"{annotation.text_sha256[:12]}…, that of the text {document.sha256[:12]}…"
        message = f"text_sha256 is {hashes}"
        yield Problem(where, "text-hash", message, "name the text that it was made from")


def _grounded(
    layer: Ungrounded, document: Document, scheme: Scheme, threshold: float
) -> Annotation:
    annotation, wordings = layer.annotation, layer.wordings
    text = Text(document.text)
    often = Counter((wording.label, wording.words) for wording in wordings)
    found: dict[tuple[str, ...], list[Place]] = {}
    for (_, words), times in often.most_common():
        if words not in found:
            found[words] = places(text, words, wanted=times, threshold=threshold)
    entities = (*annotation.entities, *document.entities)
    choices = assign(
        Request(
            text,
            wordings,
            [found[wording.words] for wording in wordings],
            neighbours((r.head, r.tail) for r in annotation.relations),
            {w.id: _mentions(text, w, entities, scheme) for w in wordings},
            {span.id: (span.start, span.end) for span in annotation.spans if span.fragments},
            frozenset((span.label, span.fragments) for span in annotation.spans),
        )
    )
    spans = [_span(wordings[number], choice) for number, choice in choices.items()]
    gone = [wording for number, wording in enumerate(wordings) if number not in choices]
    without = {wording.id for wording in gone}
    kept = tuple(r for r in annotation.relations if not without & {r.head, r.tail})
    return replace(
        annotation,
        text_sha256=document.sha256,
        spans=(*annotation.spans, *spans),
        relations=kept,
        provenance={
            **annotation.provenance,
            KEY: {
                "threshold": threshold,
                NOT_IN_TEXT: [*lost(annotation), *map(_record, gone)],
                RELATIONS: [
                    *lost(annotation, RELATIONS),
                    *(asdict(r) for r in annotation.relations if without & {r.head, r.tail}),
                ],
            },
        },
    )


def _mentions(
    text: Text, wording: Wording, entities: Sequence[Entity], scheme: Scheme
) -> list[Fragment]:
    """Where the names stand of whoever a wording gives as its source or holder."""
    named: set[str] = set()
    for role in ("source_entity", "holder"):
        value = wording.attributes.get(scheme.role(role))
        named.update((value,) if isinstance(value, str) else value or ())
    for entity in entities:
        if entity.name in named:
            named.update(entity.aliases)
    stretches = (
        text.normal.original(*at)
        for name in named
        for at in text.normal.find(normalized(name).text.strip())
    )
    return sorted({stretch for stretch in stretches if stretch and not text.cuts(stretch)})


def _span(wording: Wording, choice: Choice) -> Span:
    place = choice.place
    told: dict[str, Json] = {
        "how": place.how,
        "similarity": round(place.similarity, 4),
        "words": _words(wording),
    }
    if choice.shared:
        told["shared"] = True
    return Span(
        wording.id,
        wording.label,
        place.fragments,
        wording.attributes,
        wording.score,
        {**wording.meta, KEY: told},
    )


def _record(wording: Wording) -> dict[str, Json]:
    """A wording that is not in the text, as JSON."""
    attributes: dict[str, Value | list[str]] = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in wording.attributes.items()
    }
    record: dict[str, Json] = {
        "id": wording.id,
        "label": wording.label,
        "words": _words(wording),
        "attributes": attributes,
    }
    more = {
        "before": wording.before,
        "after": wording.after,
        "score": wording.score,
        "meta": dict(wording.meta),
    }
    return record | {name: value for name, value in more.items() if value not in ("", None, {})}


def _words(wording: Wording) -> str | list[str]:
    return wording.words[0] if len(wording.words) == 1 else list(wording.words)
