"""Annotators by pseudonyms: what a release says of who made it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from quotemark.errors import error
from quotemark.metrics.favour import names_in, sources
from quotemark.model import Annotation, Json, Span


def people(layers: Iterable[Annotation], gold: Iterable[Annotation]) -> list[str]:
    """Everybody who annotated, then who decided only, by the names that layers and gold have."""
    found = {layer.annotator for layer in layers}
    deciders: set[str] = set()
    for layer in gold:
        found.update(sources(layer))
        deciders.update(names_in([layer.provenance.get("adjudicator")]))
    return [*sorted(found - {""}), *sorted(deciders - found)]


def in_order(names: Iterable[str]) -> list[str]:
    """Pseudonyms in the order of their numbers.

    >>> in_order(["annotator-10", "annotator-2"])
    ['annotator-2', 'annotator-10']
    """
    return sorted(names, key=lambda name: (len(name), name))


def pseudonyms(names: Iterable[str]) -> dict[str, str]:
    """A pseudonym for each name, in the order given.

    >>> pseudonyms(["a@example.org", "b@example.org"])
    {'a@example.org': 'annotator-1', 'b@example.org': 'annotator-2'}
    """
    return {name: f"annotator-{number}" for number, name in enumerate(dict.fromkeys(names), 1)}


def anonymous(layer: Annotation, names: Mapping[str, str]) -> Annotation:
    """A gold layer with pseudonyms, and nothing else that tells of its making.

    Provenance keeps `annotators` and `adjudicator`; the `meta` of spans keeps `support` and
    `decision`. Reasons, comments, tasks, accounts and addresses are left out: they are free text
    or lead to people.

    >>> layer = Annotation("d", "", "x", provenance={"adjudicator": "ed", "url": "u"})
    >>> dict(anonymous(layer, {"ed": "annotator-1"}).provenance)
    {'adjudicator': 'annotator-1'}
    """
    made: dict[str, Json] = {}
    if annotators := names_in(layer.provenance.get("annotators")):
        made["annotators"] = sorted(names[name] for name in set(annotators))
    if adjudicator := names_in([layer.provenance.get("adjudicator")]):
        made["adjudicator"] = names[adjudicator[0]]
    spans = tuple(_anonymous_span(span, names) for span in layer.spans)
    return replace(layer, annotator="gold", status="gold", spans=spans, provenance=made)


def _anonymous_span(span: Span, names: Mapping[str, str]) -> Span:
    meta: dict[str, Json] = {}
    if support := names_in(span.meta.get("support")):
        meta["support"] = sorted(names[name] for name in set(support))
    decision = span.meta.get("decision")
    if isinstance(decision, str) and "@" not in decision:
        meta["decision"] = decision
    return replace(span, meta=meta, score=None)


def refuse_leaks(files: Mapping[str, bytes], names: Iterable[str]) -> None:
    """Raise `QuotemarkError` where an annotator's address stands in a file all the same."""
    for name in names:
        for path, data in sorted(files.items()):
            if "@" in name and name.encode("utf-8", "replace").lower() in data.lower():
                message = "holds an annotator's address"
                remedy = "take it out of the documents' metadata, guidelines, scheme or limits"
                raise error("privacy", message, remedy, file=path)
