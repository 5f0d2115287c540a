"""On what terms systems and people are scored, and in which files what is wrong lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from quotemark.errors import QuotemarkError

if TYPE_CHECKING:
    from quotemark.metrics.names import Metric
    from quotemark.scheme import Scheme


class How(NamedTuple):
    """What is scored of every system, and of people."""

    metrics: Sequence[Metric]
    scheme: Scheme
    annotator: str | None
    by: Sequence[str]


def in_files(failure: QuotemarkError, gold: Path, pred: Path) -> QuotemarkError:
    """The same problems, at the files they lie in."""
    from quotemark.metrics.prepare import GOLD, PRED

    files = {GOLD: str(gold), PRED: str(pred)}
    return QuotemarkError(
        replace(p, where=replace(p.where, file=files.get(p.where.file, p.where.file)))
        for p in failure.problems
    )
