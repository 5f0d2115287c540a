"""Two files scored by the compiled engine, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from quotemark.columnar.engine import score_systems
from quotemark.metrics.names import Metric
from quotemark.metrics.results import ScoreReport
from quotemark.scheme import Scheme


def score_columns(
    gold: Path, pred: Path, *, scheme: Scheme, metrics: Sequence[Metric], annotator: str | None
) -> ScoreReport | None:
    """The engine's report; None where it declines the files."""
    found = score_systems(gold, [pred], scheme=scheme, metrics=metrics, annotator=annotator)
    return found[0] if found else None
