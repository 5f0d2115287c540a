"""What a release holds, counted: spans by part, label and form, and how they were decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from quotemark.model import Annotation, Span
from quotemark.release.manifest import Count
from quotemark.scheme import Scheme
from quotemark.sources import values


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
