"""Other scorers on the same spans, already in memory: how long each takes to score them."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from benchmarks.corpora import Place

Layers = Sequence[Sequence[Place]]


def nervaluate(gold: Layers, pred: Layers) -> float:
    """Seconds of nervaluate: its four SemEval-2013 schemes, over all labels and by label."""
    from nervaluate.evaluator import Evaluator  # type: ignore[import-untyped]

    def spans(layers: Layers) -> list[list[dict[str, Any]]]:
        return [
            [{"label": p.label, "start": p.start, "end": p.end - 1} for p in ps] for ps in layers
        ]

    tags = sorted({place.label for places in gold for place in places})
    true, found = spans(gold), spans(pred)
    return _timed(lambda: Evaluator(true, found, tags, loader="dict").evaluate())


def seqeval(gold: Layers, pred: Layers) -> float:
    """Seconds of seqeval's strict report, on one tag a code point."""
    from seqeval.metrics import classification_report  # type: ignore[import-untyped]
    from seqeval.scheme import IOB2  # type: ignore[import-untyped]

    sizes = [_size(g, p) for g, p in zip(gold, pred, strict=True)]
    true, found = _tags(gold, sizes), _tags(pred, sizes)
    return _timed(lambda: classification_report(true, found, mode="strict", scheme=IOB2))


def spacy(gold: Layers, pred: Layers) -> float:
    """Seconds of spaCy's Scorer.score_spans, on one token a code point."""
    from spacy.scorer import Scorer
    from spacy.tokens import Doc, Span
    from spacy.training import Example
    from spacy.vocab import Vocab

    vocab = Vocab()

    def doc(places: Sequence[Place], size: int) -> Doc:
        made = Doc(vocab, words=["x"] * size, spaces=[False] * size)
        made.spans["sc"] = [Span(made, p.start, p.end, p.label) for p in places]
        return made

    examples = [
        Example(doc(p, size), doc(g, size))
        for g, p, size in ((g, p, _size(g, p)) for g, p in zip(gold, pred, strict=True))
    ]
    return _timed(lambda: Scorer.score_spans(examples, "spans_sc", getter=_sc, has_annotation=_has))


def _sc(doc: Any, key: str) -> Any:
    return doc.spans["sc"]


def _has(doc: Any) -> bool:
    return "sc" in doc.spans


def _size(*layers: Sequence[Place]) -> int:
    return max((place.end for places in layers for place in places), default=0)


def _tags(layers: Layers, sizes: Sequence[int]) -> list[list[str]]:
    found = []
    for places, size in zip(layers, sizes, strict=True):
        tags = ["O"] * size
        for place in places:
            tags[place.start : place.end] = [f"I-{place.label}"] * (place.end - place.start)
            tags[place.start] = f"B-{place.label}"
        found.append(tags)
    return found


def _timed(run: Callable[[], object]) -> float:
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        start = perf_counter()
        run()
        return perf_counter() - start
