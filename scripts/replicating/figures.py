"""Figures that are published, and how quotemark comes to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from quotemark.agreement import Agreement
from quotemark.agreement.rows import Measured, evaluated, nominal
from quotemark.agreement.words import token_ends
from quotemark.model import Annotation, Corpus, Span
from quotemark.report.grid import Cell

Painted = Iterable[tuple[Span, int]]
"""Spans with the number of their category, from 1; where they overlap, the last one counts."""


class Figure(NamedTuple):
    """What is published of something (None: nothing), and what quotemark says of it."""

    of: str
    published: float | None
    ours: Agreement

    @property
    def row(self) -> dict[str, Cell]:
        """The figure as a line of a table."""
        low, high = self.ours.interval or (None, None)
        return {
            "of": self.of,
            "published": self.published,
            "measure": f"{self.ours.measure} {self.ours.label}",
            "value": self.ours.value,
            "low": low,
            "high": high,
            "items": self.ours.items,
            "documents": self.ours.documents,
        }


def together(corpus: Corpus, measured: Measured, *, resamples: int) -> Agreement:
    """The value of a measure of all annotators of a corpus."""
    everybody = tuple(sorted({layer.annotator for layer in corpus}))
    return evaluated([(everybody, measured)], resamples=resamples, seed=1)[0]


def token_categories(
    corpus: Corpus, label: str, painted: Callable[[Annotation], Painted]
) -> Measured:
    """Krippendorff's α of one category a token, 0 outside of all spans, over all annotators."""
    items = {}
    for doc, layers in by_document(corpus).items():
        text = corpus.documents[doc].text
        starts = token_ends(text)[:, 0]
        found = []
        for layer in layers:
            categories = np.zeros(len(text), int)
            for span, category in painted(layer):
                for start, end in span.fragments:
                    categories[start:end] = category
            found.append(np.maximum.reduceat(categories, starts).tolist() if len(starts) else [])
        items[doc] = [Counter(given) for given in zip(*found, strict=True)]
    return nominal("α token", label, items)


def by_document(corpus: Corpus) -> dict[str, list[Annotation]]:
    """The layers over each document."""
    found: dict[str, list[Annotation]] = {}
    for layer in corpus:
        found.setdefault(layer.doc_id, []).append(layer)
    return found
