"""Corpus Redewiedergabe: speech, thought and writing in German texts, each annotated twice.

Brunner, Engelberg, Jannidis, Tu and Weimer, *Corpus REDEWIEDERGABE* (2020). The figures are
those of its page on the primary annotations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from quotemark.agreement import agree
from quotemark.errors import error
from quotemark.model import Annotation, Corpus, Document, Fragment, Span
from quotemark.scheme import parse_scheme
from replicating.figures import Figure, Painted, together, token_categories

NAME = "Redewiedergabe, primary annotations"
MARK = "data/additional/primary"
"""What is in a checkout of it."""

TYPES = ("direct", "indirect", "freeIndirect", "reported")

SCHEME = parse_scheme(
    f"""
    name = "redewiedergabe"
    version = "1"
    [labels.STWR]
    [labels.STWR.attributes.type]
    type = "choice"
    values = {list(TYPES)}
    many = true
    group = true
    """
)
"""Speech, thought and writing representation; a type can be left between several."""


def read(folder: Path) -> Corpus:
    """The samples, with the layers of everybody who annotated the same words as the first.

    A text is its tokens, with spaces between. Raises `QuotemarkError` for a file without the
    columns.
    """
    documents: dict[str, Document] = {}
    layers = []
    for path in sorted((folder / MARK).glob("*/tsv/rwk*.tsv"), key=lambda path: path.parts[-3:]):
        who = path.parts[-3]
        if who == "consensus":
            continue
        sample = re.sub(r"^rwk\d*_", "", path.stem)
        tokens, told = _columns(path)
        text = " ".join(tokens)
        if not tokens:
            continue
        doc = documents.setdefault(sample, Document(sample, text))
        if doc.text == text:
            spans = tuple(_spans(tokens, told))
            layers.append(Annotation(sample, doc.sha256, who, spans, scheme=SCHEME.id))
    return Corpus(documents, tuple(layers))


def _columns(path: Path) -> tuple[list[str], list[str]]:
    """The tokens, and what is said of each."""
    head, *lines = path.read_text(encoding="utf-8-sig").splitlines() or [""]
    names = head.split("\t")
    if not {"tok", "stwr"} <= set(names):
        message = "the first line names no columns tok and stwr"
        raise error("columns", message, "fetch the corpus anew", file=str(path))
    rows = [line.split("\t") for line in lines if line]
    return [row[names.index("tok")] for row in rows], [row[names.index("stwr")] for row in rows]


def _spans(tokens: list[str], told: list[str]) -> Iterator[Span]:
    """The instances: all tokens with one type and number, such as 3 in `direct.speech.3`."""
    places: dict[tuple[str, str], list[Fragment]] = {}
    at = 0
    for token, said in zip(tokens, told, strict=True):
        end = at + len(token)
        parts = [each.split(".") for each in said.split("|") if each != "-"]
        for key in dict.fromkeys((type_, number) for type_, _, number, *_ in parts):
            stretches = places.setdefault(key, [])
            if stretches and stretches[-1][1] == at - 1:
                stretches[-1] = (stretches[-1][0], end)
            else:
                stretches.append((at, end))
        at = end + 1
    for (type_, number), stretches in places.items():
        types = tuple(re.split("[ _]", type_))
        yield Span(f"{number}.{type_}", "STWR", tuple(stretches), {"type": types})


def figures(folder: Path, resamples: int) -> tuple[Corpus, list[Figure]]:
    """The published figures and ours. Raises `QuotemarkError` for files that cannot be read."""
    corpus = read(folder)
    rows = agree(corpus, scheme=SCHEME, measures=["alpha-token"], resamples=resamples)
    by_label = {row.label: row for row in rows if row.measure == "α token"}
    outer = token_categories(corpus, "outermost type", _outermost)
    return corpus, [
        Figure("all types", 0.73, together(corpus, outer, resamples=resamples)),
        *(
            Figure(f"only {name}", published, by_label[f"STWR[type={name}]"])
            for name, published in (("direct", 0.92), ("indirect", 0.73), ("reported", 0.49))
        ),
    ]


def _outermost(layer: Annotation) -> Painted:
    spans = sorted(layer.labelled("STWR"), key=lambda span: span.length)
    return [(span, _code(span)) for span in spans]


def _code(span: Span) -> int:
    """One number for each set of types."""
    types = span.attributes["type"] or ()
    return sum(1 << place for place, name in enumerate(TYPES) if name in types)
