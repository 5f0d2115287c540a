"""Files of gold and of systems that find more or less of it, for the commands that compare."""

from __future__ import annotations

from pathlib import Path
from random import Random

from quotemark.formats.jsonl import write
from quotemark.model import Annotation, Corpus, Span


def gold(documents: int = 12) -> Corpus:
    """A few direct quotes in each document, without texts."""
    random = Random(3)
    return Corpus(
        {},
        tuple(
            Annotation(f"d{number:02}", "", "gold", tuple(_quotes(random.randint(1, 6))))
            for number in range(documents)
        ),
    )


def _quotes(number: int) -> list[Span]:
    attributes = {"form": "direct", "source": "not_stated"}
    return [Span(f"q{n}", "Quote", ((20 * n, 20 * n + 9),), attributes) for n in range(number)]


def system(name: str, share: float, *, of: Corpus, seed: int = 1) -> Corpus:
    """Finds about a share of gold's quotes, and makes up one in four documents."""
    random = Random(seed)
    layers = []
    for layer in of:
        spans = [span for span in layer.spans if random.random() < share]
        if random.random() < 0.25:
            spans.append(Span("x", "Quote", ((500, 510),), {"form": "indirect"}))
        layers.append(Annotation(layer.doc_id, "", name, tuple(spans)))
    return Corpus({}, tuple(layers))


def save(path: Path, corpus: Corpus) -> Path:
    """Write a corpus as JSONL."""
    path.write_bytes(b"".join(write(corpus)))
    return path
