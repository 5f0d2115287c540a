"""How many of an extractor's strings are in the text: as they are, altered, or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from quotemark.grounding.search import ALTERED, EXACT, NORMALIZED
from quotemark.model import Annotation

KEY = "grounding"
"""The key of a span's `meta` and of an annotation's `provenance` that tells of grounding."""

NOT_IN_TEXT, RELATIONS = "not_in_text", "relations"
"""What that key of the provenance holds: the strings without a place, relations without an end."""


@dataclass(frozen=True, slots=True)
class StringCounts:
    """Counts of strings by how they are in the text; they add up over documents.

    The rates are shares of all strings, together 1; None where there is no string.

    >>> counts = StringCounts(exact=2, normalized=1) + StringCounts(not_in_text=1)
    >>> counts.total, counts.grounded_rate, counts.altered_rate, counts.not_in_text_rate
    (4, 0.75, 0.0, 0.25)
    >>> StringCounts().grounded_rate is None
    True
    """

    exact: int = 0
    normalized: int = 0
    altered: int = 0
    not_in_text: int = 0

    def __add__(self, other: StringCounts) -> StringCounts:
        return StringCounts(
            self.exact + other.exact,
            self.normalized + other.normalized,
            self.altered + other.altered,
            self.not_in_text + other.not_in_text,
        )

    @property
    def total(self) -> int:
        return self.exact + self.normalized + self.altered + self.not_in_text

    @property
    def grounded_rate(self) -> float | None:
        """The share that is in the text but for typography and case."""
        return self._rate(self.exact + self.normalized)

    @property
    def altered_rate(self) -> float | None:
        """The share that is in the text with other words or letters."""
        return self._rate(self.altered)

    @property
    def not_in_text_rate(self) -> float | None:
        """The share that is not in the text: fabricated."""
        return self._rate(self.not_in_text)

    def record(self) -> dict[str, int | float | None]:
        """Counts and rates by name."""
        return {
            "strings": self.total,
            "exact": self.exact,
            "normalized": self.normalized,
            "altered": self.altered,
            "not_in_text": self.not_in_text,
            "grounded_rate": self.grounded_rate,
            "altered_rate": self.altered_rate,
            "not_in_text_rate": self.not_in_text_rate,
        }

    def _rate(self, part: int) -> float | None:
        return part / self.total if self.total else None


def count_strings(annotations: Iterable[Annotation]) -> dict[str, StringCounts]:
    """The counts of each label that has strings, by the label, sorted.

    They are read from the `meta` of spans and the `provenance` of annotations, as `ground`
    writes them. What does not look so is passed over. Without any, empty.
    """
    found: dict[str, Counter[str]] = {}
    for annotation in annotations:
        for span in annotation.spans:
            told = span.meta.get(KEY)
            how = told.get("how") if isinstance(told, dict) else None
            if how in (EXACT, NORMALIZED, ALTERED):
                found.setdefault(span.label, Counter())[how] += 1
        for item in lost(annotation):
            found.setdefault(str(item.get("label", "")), Counter())[NOT_IN_TEXT] += 1
    return {label: StringCounts(**found[label]) for label in sorted(found)}


def lost(annotation: Annotation, kind: str = NOT_IN_TEXT) -> list[dict[str, object]]:
    """What of an annotation is not in the text, as its provenance tells; of none, empty."""
    told = annotation.provenance.get(KEY)
    items = told.get(kind) if isinstance(told, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
