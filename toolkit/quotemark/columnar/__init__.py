"""Large files scored fast: the numbers of `metrics.score`, from columns in place of objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quotemark.metrics.names import Metric
    from quotemark.metrics.results import ScoreReport
    from quotemark.scheme import Scheme


LARGE = 4_000_000
"""From how many bytes in all a command reads files as columns: below, the ordinary scorer is done
before what is compiled is loaded."""

SUFFIXES = {".jsonl", ".ndjson", ".parquet"}


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
    files are JSON Lines or Parquet, all metrics count spans (`exact`, `overlap`, `boundary`,
    `char`, `semeval13`) and numba is there (`pip install '.[fast]'`), they are read as
    columns, a block at a time; whatever is out of the ordinary in them is left to the ordinary
    reader and scorer.
    """
    from quotemark.metrics.names import chosen
    from quotemark.scheme import default_scheme

    scheme = scheme or default_scheme()
    asked_for = chosen(metrics, protocol)
    gold, pred = Path(gold), Path(pred)
    found = _columns(gold, [pred], scheme, asked_for, annotator)
    if found:
        return found[0]
    from quotemark.formats import read
    from quotemark.metrics.scoring import score

    return score(read(gold), read(pred), scheme=scheme, metrics=asked_for, annotator=annotator)


def score_large(
    gold: Path,
    preds: Sequence[Path],
    *,
    scheme: Scheme,
    metrics: Sequence[Metric],
    annotator: str | None,
    say: Callable[[str], None] = lambda note: None,
) -> list[ScoreReport]:
    """The scores of several systems' files; none where the ordinary way has to be gone.

    That is where the files are small too. `say` is told what takes its time.
    """
    files = [gold, *preds]
    if not all(path.is_file() for path in files):
        return []
    if sum(map(_size, files)) < LARGE:
        return []
    return _columns(gold, preds, scheme, metrics, annotator, say)


def _size(path: Path) -> int:
    """A file's size as if it were JSON Lines, of which Parquet takes about a tenth."""
    return path.stat().st_size * (10 if path.suffix.lower() == ".parquet" else 1)


def _columns(
    gold: Path,
    preds: Sequence[Path],
    scheme: Scheme,
    metrics: Sequence[Metric],
    annotator: str | None,
    say: Callable[[str], None] = lambda note: None,
) -> list[ScoreReport]:
    from importlib.util import find_spec

    if not {path.suffix.lower() for path in (gold, *preds)} <= SUFFIXES or not find_spec("numba"):
        return []
    from quotemark.columnar.engine import score_systems

    return score_systems(gold, preds, scheme=scheme, metrics=metrics, annotator=annotator, say=say)
