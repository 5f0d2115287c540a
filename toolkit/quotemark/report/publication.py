"""Scores as a table for a paper, in LaTeX."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from quotemark.metrics.results import KAPPA, RATIOS, Record, ScoreReport
from quotemark.report.grid import Cell
from quotemark.report.latex import Styled, to_latex
from quotemark.report.plain import COLUMN_OF, heads, side_by_side

Key = tuple[object, ...]
"""A system's name, and the metric, label and slice of one of its rows."""

LEFT_OUT = ("macro F1", "tp", "fp", "fn")
"""Columns that a table in a paper has no room for; CSV and JSON have them."""

CAPTION = (
    "Precision (P), recall (R) and F1, micro-averaged; support is the number of items in gold."
)


def scores_to_latex(
    reports: Sequence[ScoreReport],
    *,
    per_document: bool = False,
    marks: Mapping[Key, str] | None = None,
    notes: Sequence[str] = (),
) -> str:
    """Scores as a LaTeX table: of several systems the best of each row is in bold.

    `marks` (see `latex.MARKS`) stand at the F1 of rows; `notes` under the table say what they
    mean. Where systems are equally good, each of them is in bold; annotators never are. What is
    undefined for all of them has no line.
    """
    names = [name for name in heads(reports, per_document=per_document) if name not in LEFT_OUT]
    records = _defined(side_by_side(reports, per_document=per_document))
    systems = {report.system for report in reports if not report.beside}
    compared = [record for record in records if record["system"] in systems]
    best = _best(compared) if len(systems) > 1 else frozenset()
    rows = [{name: _cell(record, name, best, marks or {}) for name in names} for record in records]
    signatures = dict.fromkeys(report.signature for report in reports)
    explained = [
        *(["Best values are in bold."] if best else []),
        *(["Intervals (95%) are in brackets."] if any(r.resampling for r in reports) else []),
    ]
    notes = [*explained, *notes]
    caption = CAPTION + (" κ is Cohen's kappa." if "κ" in names else "")
    return to_latex(rows, caption=caption, notes=notes, signature=" ".join(signatures))


def _defined(records: Sequence[Record]) -> list[Record]:
    """The records of rows in which a system has any figure."""
    figures = (*RATIOS, KAPPA)
    known = {
        _place(record, "")
        for record in records
        if any(record[each] is not None for each in figures)
    }
    return [record for record in records if _place(record, "") in known]


def _place(record: Record, ratio: str) -> Key:
    return (*(record[name] for name in ("metric", "label", "slice", "document")), ratio)


def _best(records: Sequence[Record]) -> frozenset[Key]:
    """Where the largest value of each ratio among the systems is: the system, and the place."""
    values: dict[Key, dict[Key, float]] = {}
    for record in records:
        for ratio in (*RATIOS, KAPPA):
            value, place = record[ratio], _place(record, ratio)
            if isinstance(value, (int, float)):
                values.setdefault(place, {})[record["system"], *place] = value
    best = {place: max(known.values()) for place, known in values.items()}
    return frozenset(
        key for place, known in values.items() for key in known if known[key] == best[place]
    )


def _cell(
    record: Record, head: str, best: Container[Key], marks: Mapping[Key, str]
) -> Cell | Styled:
    name = COLUMN_OF[head]
    value = record[name]
    if name not in (*RATIOS, KAPPA):
        return "" if value is None and name == "document" else value
    low, high = record[f"{name}_low"], record[f"{name}_high"]
    ends = (low, high) if isinstance(low, float) and isinstance(high, float) else None
    bold = (record["system"], *_place(record, name)) in best
    key = tuple(record[part] for part in ("system", "metric", "label", "slice"))
    mark = marks.get(key, "") if name in ("f1", KAPPA) and record["document"] is None else ""
    return Styled(value, ends, bold, mark)
