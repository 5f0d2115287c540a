"""Large files scored fast: the numbers of `metrics.score`, from columns in place of objects."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quotemark.metrics.names import Metric
    from quotemark.metrics.results import ScoreReport
    from quotemark.scheme import Scheme


def score_files(
    gold: str | Path,
    pred: str | Path,
    *,
    scheme: Scheme | None = None,
    metrics: Iterable[str | Metric] | None = None,
    protocol: str | None = None,
    annotator: str | None = None,
) -> ScoreReport:
    """Score a file of predictions against a file of gold: the numbers that `score` gives.

    Arguments, numbers and errors are those of `score(read(gold), read(pred), …)`. Where both
    files are JSON Lines, all metrics count spans (`exact`, `overlap`, `boundary`, `char`,
    `semeval13`) and numba is there (`pip install 'quotemark[fast]'`), they are read as columns, a
    block at a time; whatever is out of the ordinary in them is left to the ordinary reader and
    scorer.
    """
    from quotemark.metrics.names import METRICS, of_protocol, select
    from quotemark.scheme import default_scheme

    scheme = scheme or default_scheme()
    chosen = METRICS if metrics is None else select(map(str, metrics))
    if protocol is not None:
        chosen = (*(chosen if metrics is not None else ()), *of_protocol(protocol))
    gold, pred = Path(gold), Path(pred)
    if is_fast() and {gold.suffix.lower(), pred.suffix.lower()} <= SUFFIXES:
        from quotemark.columnar.engine import score_columns

        report = score_columns(gold, pred, scheme=scheme, metrics=chosen, annotator=annotator)
        if report is not None:
            return report
    from quotemark.formats import read
    from quotemark.metrics.scoring import score

    return score(read(gold), read(pred), scheme=scheme, metrics=chosen, annotator=annotator)


SUFFIXES = {".jsonl", ".ndjson"}


def is_fast() -> bool:
    """Whether what compiles the fast engine is installed."""
    from importlib.util import find_spec

    return find_spec("numba") is not None
