"""PolNeAR: attributions in political news; several articles were annotated by six people.

Newell, Margolin and Ruths, *An Attribution Relations Corpus for Political News* (2018). Of the
articles with several annotators those of train and dev are read: the annotations of test are
for testing extractors only.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quotemark.agreement import agree
from quotemark.agreement.rows import Kind, Measured
from quotemark.errors import error
from quotemark.matching import disjoint, overlaps
from quotemark.model import Annotation, Corpus, Document, Fragment, Span
from quotemark.scheme import parse_scheme
from replicating.figures import Figure, Painted, by_document, together, token_categories

NAME = "PolNeAR, train and dev, articles with several annotators"
MARK = "data/train/attributions"
"""What is in a checkout of it."""

PARTS = ("train", "dev")
ROLES = ("Source", "Cue", "Content")

SCHEME = parse_scheme(
    """
    name = "polnear"
    version = "1"
    [labels.Attribution]
    [labels.Source]
    [labels.Cue]
    [labels.Content]
    """
)
"""An Attribution is all of its source, cue and content."""


def read(folder: Path) -> Corpus:
    """The articles that several people annotated, with the layer of each.

    Raises `QuotemarkError` for a file that cannot be read.
    """
    documents, layers = {}, []
    for part in PARTS:
        files: dict[str, list[Path]] = {}
        for path in sorted((folder / "data" / part / "attributions").glob("*.ann")):
            files.setdefault(path.stem.rpartition("_")[0], []).append(path)
        for article, paths in files.items():
            if len(paths) > 1:
                text = _text(folder / "data" / part / "text" / f"{article}.txt")
                doc = Document(article, text)
                documents[article] = doc
                for path in paths:
                    who = path.stem.rpartition("_")[2]
                    spans = tuple(_spans(path))
                    layers.append(Annotation(article, doc.sha256, who, spans, scheme=SCHEME.id))
    return Corpus(documents, tuple(layers))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as problem:
        raise error("text", str(problem), "fetch the corpus anew", file=str(path)) from None


def _spans(path: Path) -> Iterator[Span]:
    """The spans that events link, each once, and every event's whole.

    Lines of a surface with a line end in it, notes, and spans of no event say nothing here.
    """
    places: dict[str, tuple[str, list[Fragment]]] = {}
    linked: dict[str, list[str]] = {}
    for line in _text(path).split("\n"):
        name, _, said = line.partition("\t")
        if name.startswith("T") and name[1:].isdigit():
            label, _, where = said.partition("\t")[0].partition(" ")
            places[name] = label, _fragments(where, path, name)
        elif name.startswith("E") and name[1:].isdigit():
            linked[name] = [role.partition(":")[2] for role in said.split()]
    used = dict.fromkeys(name for names in linked.values() for name in names)
    for name in used:
        if name in places and places[name][0] in ROLES:
            label, fragments = places[name]
            yield Span(name, label, tuple(disjoint(fragments)))
    for name, names in linked.items():
        parts = [places[n][1] for n in names if n in places and places[n][0] in ROLES]
        yield Span(name, "Attribution", tuple(disjoint(f for part in parts for f in part)))


def _fragments(where: str, path: Path, name: str) -> list[Fragment]:
    try:
        pairs = [tuple(map(int, part.split())) for part in where.split(";")]
        return [(start, end) for start, end in pairs]
    except ValueError:
        message = f"has the place {where!r}"
        raise error("place", message, "fetch the corpus anew", file=str(path), item=name) from None


def figures(folder: Path, resamples: int) -> tuple[Corpus, list[Figure]]:
    """The published figures and ours. Raises `QuotemarkError` for files that cannot be read."""
    corpus = read(folder)
    measures = ["overlap", "alpha-token"]
    found = agree(corpus, scheme=SCHEME, measures=measures, resamples=resamples)
    rows = {(row.measure, row.label): row for row in reversed(found)}  # all together come first
    categories = token_categories(corpus, "role", _by_role)
    met = Measured("agr", "Attribution", SHARE, _met(corpus))
    return corpus, [
        Figure("tokens by role", 0.754, together(corpus, categories, resamples=resamples)),
        Figure("attributions, any overlap", 0.923, together(corpus, met, resamples=resamples)),
        Figure("attributions, half", None, rows["F1 overlap(iou>=0.5)", "Attribution"]),
        *(Figure(f"tokens of {role}", None, rows["α token", role]) for role in ROLES),
    ]


def _by_role(layer: Annotation) -> Painted:
    return [(span, code) for code, role in enumerate(ROLES, 1) for span in layer.labelled(role)]


def _share(sums: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    result: NDArray[np.floating[Any]] = sums[:, 0] / sums[:, 1]
    return result


SHARE = Kind(_share, lambda counts: counts[1])


def _met(corpus: Corpus) -> dict[str, tuple[int, int]]:
    """How many of one's attributions another shares a code point with, and how many there are."""
    found = {}
    for doc, layers in by_document(corpus).items():
        met = total = 0
        for one, two in permutations(layers, 2):
            ours, theirs = one.labelled("Attribution"), two.labelled("Attribution")
            met += len({pair.gold for pair in overlaps(ours, theirs)})
            total += len(ours)
        found[doc] = met, total
    return found
