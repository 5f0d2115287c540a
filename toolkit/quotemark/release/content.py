"""What a release holds, counted: spans by part, label and form, and how they were decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from quotemark.metrics.spans import tokens
from quotemark.model import Annotation, Document, Span
from quotemark.release.manifest import Count, Share, Size
from quotemark.release.privacy import in_order
from quotemark.scheme import Scheme
from quotemark.sources import values

ORIGINS = ("manual", "prediction", "prediction-changed")
"""Whether a span was made by hand, or is a pre-annotation, kept or changed."""


def kinds(span: Span, scheme: Scheme) -> Iterator[tuple[str, str]]:
    """The rows that a span counts in: its label, and each grouping value that it has.

    >>> from quotemark.scheme import default_scheme
    >>> list(kinds(Span("q", "Quote", ((0, 1),), {"form": "direct"}), default_scheme()))
    [('Quote', ''), ('Quote', 'form=direct')]
    """
    yield span.label, ""
    for label, attribute, value in scheme.groups:
        if label == span.label and value in values(span, attribute):
            yield label, f"{attribute}={value}"


def strata(layer: Annotation, scheme: Scheme) -> list[str]:
    """What each span is, as splits are to be alike in: its label with its grouping values."""
    return [" ".join(f"{a}[{b}]" for a, b in kinds(span, scheme)) for span in layer.spans]


def counted(
    layers: Iterable[Annotation], part_of: Mapping[str, str], scheme: Scheme
) -> list[Count]:
    """How many spans each part has: rows of every label and grouping value, none left out.

    >>> from quotemark.scheme import parse_scheme
    >>> counted([Annotation("d", "", "g")], {"d": "all"}, parse_scheme(
    ...     'name = "s"\\nversion = "1"\\n[labels.A]\\n'))
    [Count(part='all', label='A', group='', spans=0)]
    """
    found: Counter[tuple[str, str, str]] = Counter()
    for layer in layers:
        for span in layer.spans:
            found.update((part_of[layer.doc_id], *kind) for kind in kinds(span, scheme))
    rows: list[tuple[str, str]] = []
    for label in scheme.labels:
        rows.append((label, ""))
        rows += [(name, f"{a}={v}") for name, a, v in scheme.groups if name == label]
    parts = sorted(set(part_of.values()))
    return [Count(part, *row, found[part, *row]) for part in parts for row in rows]


def decided(layers: Iterable[Annotation]) -> dict[str, int]:
    """How many spans were decided in which way, by `decision` of their `meta`."""
    ways = Counter(
        span.meta["decision"]
        for layer in layers
        for span in layer.spans
        if isinstance(span.meta.get("decision"), str)
    )
    return dict(sorted(ways.items()))


def adjudicators(layers: Iterable[Annotation]) -> str:
    """Who decided disputes, as layers' provenance names them; nobody: an empty string."""
    found = (layer.provenance.get("adjudicator") for layer in layers)
    return ", ".join(sorted({name for name in found if isinstance(name, str) and name}))


def sizes(documents: Iterable[Document], part_of: Mapping[str, str]) -> list[Size]:
    """How long the texts of each part are; no documents: no sizes.

    >>> sizes([Document("d", "Yes, no.")], {"d": "all"})
    [Size(part='all', tokens=4, code_points=8)]
    """
    words: Counter[str] = Counter()
    points: Counter[str] = Counter()
    for document in documents:
        words[part_of[document.id]] += len(tokens(document.text))
        points[part_of[document.id]] += len(document.text)
    return [Size(part, words[part], points[part]) for part in sorted(points)]


def shares(layers: Iterable[Annotation], names: Mapping[str, str]) -> list[Share]:
    """What each annotator did, by pseudonym."""
    documents: Counter[str] = Counter()
    spans: Counter[str] = Counter()
    for layer in layers:
        documents[names[layer.annotator]] += 1
        spans[names[layer.annotator]] += len(layer.spans)
    return [Share(name, documents[name], spans[name]) for name in in_order(documents)]


def origins(layers: Iterable[Annotation]) -> dict[str, int]:
    """How many spans came about in which way (`origin` of their `meta`), where that is known."""
    found = Counter(str(s.meta["origin"]) for a in layers for s in a.spans if "origin" in s.meta)
    return {name: found[name] for name in ORIGINS if found[name]}
