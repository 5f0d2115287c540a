"""The human ceiling that `quotemark score` shows: read from files of annotators' layers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from quotemark.cli.terms import How, in_files
from quotemark.errors import QuotemarkError, error

if TYPE_CHECKING:
    from quotemark.metrics.results import ScoreReport
    from quotemark.model import Corpus


def ceiling_of(
    gold: Path,
    truth: Corpus,
    files: Sequence[Path],
    how: How,
    systems: Sequence[ScoreReport],
) -> list[ScoreReport]:
    """What the annotators of `files`, and others in gold's own file, score; maybe nothing.

    Before it comes what systems score on the same documents, where these are not all. Raises
    `QuotemarkError` for files without any such layer, and for what cannot be compared.
    """
    from quotemark.formats import read
    from quotemark.metrics.ceiling import ceiling, on_their_documents
    from quotemark.model import Corpus

    parts = [*map(read, files), truth]
    documents = {doc: document for part in parts for doc, document in part.documents.items()}
    layers = Corpus(documents, tuple(layer for part in parts for layer in part))
    metrics, scheme, annotator, by = how
    try:
        found = ceiling(truth, layers, scheme=scheme, metrics=metrics, annotator=annotator, by=by)
    except QuotemarkError as failure:
        known = files or [gold]
        raise in_files(failure, known[0], known[-1]) from None
    if files and not found:
        message = "holds no submitted layer of another annotator over gold's documents"
        raise error("ceiling", message, "name the annotators' own layers", file=files[0])
    limited = (on_their_documents(system, found) for system in systems)
    return [*(each for each in limited if each), *found]
