"""Scores as JSON, CSV and Markdown."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Sequence
from typing import Any

from quotemark.errors import printable
from quotemark.metrics.counts import Counts, Tally
from quotemark.metrics.results import Record, Row, ScoreReport, columns

UNDEFINED = "–"


def as_json(data: object) -> str:
    """Anything of dicts, lists, strings and numbers as JSON, indented.

    >>> as_json({"f1": None})
    '{\\n  "f1": null\\n}\\n'
    """
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def to_json(reports: Sequence[ScoreReport], *, per_document: bool = False) -> str:
    """Scores as JSON: undefined numbers are null.

    `{"signature", "scores": [{"system", "metric", "label", "precision", "recall", "f1", "tp",
    "fp", "fn", "support", "macro": {"precision", "recall", "f1"}, "signature"}], …}` with what
    was left out: `missing`, `extra`, `outside`, `unfinished`, `untexted`; and `grounding`, for
    predictions made from strings: their counts and rates by label. With several reports, these
    stand under `systems`, one object for each. `per_document` adds `documents` to each score:
    its counts and ratios by document. A score of a slice has `slice`; one with intervals has
    `intervals`, the two ends by ratio. Scores of protocols that count something else than tp,
    fp and fn have it in `detail`.
    """
    scores = [_score(report, row, per_document) for report in reports for row in report.rows]
    systems = [_left_out(report) for report in reports]
    signature = reports[0].signature if reports else ""
    data: dict[str, Any] = {"signature": signature, "scores": scores}
    data |= systems[0] if len(systems) == 1 else {"systems": systems}
    return as_json(data)


def _score(report: ScoreReport, row: Row, per_document: bool) -> dict[str, Any]:
    score: dict[str, Any] = {
        "system": report.system,
        "metric": str(row.metric),
        "label": row.label,
        **({"slice": row.slice} if row.slice else {}),
        **numbers(row.counts),
        **({"intervals": row.intervals} if row.intervals else {}),
        "macro": row.macro._asdict(),
        "signature": row.signature,
    }
    if per_document:
        score["documents"] = {doc: numbers(counts) for doc, counts in row.documents.items()}
    return score


def _left_out(report: ScoreReport) -> dict[str, Any]:
    return {
        "system": report.system,
        "missing": list(report.missing),
        "extra": list(report.extra),
        "outside": dict(report.outside),
        "unfinished": list(report.unfinished),
        "untexted": list(report.untexted),
        "grounding": {label: counts.record() for label, counts in report.grounding.items()},
        **({"remarks": list(report.remarks)} if report.remarks else {}),
        **({"beside": True} if report.beside else {}),
    }


def to_csv(reports: Sequence[ScoreReport], *, per_document: bool = False) -> str:
    """Scores as CSV, one line a row, with the columns of `results.columns`.

    Undefined numbers are empty fields. A text that a spreadsheet would take for a formula gets
    an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = columns(reports)
    writer.writerow(names)
    for report in reports:
        for record in report.records(per_document=per_document):
            writer.writerow([field(record[name]) for name in names])
    return out.getvalue()


def field(value: str | float | None) -> str:
    """
    >>> field("=1+1"), field(0.5), field(None)
    ("'=1+1", '0.5', '')
    """
    if not isinstance(value, str):
        return "" if value is None else repr(value)
    text = printable(value)
    return f"'{text}" if text.lstrip()[:1] in tuple("=+-@|") else text


def to_markdown(reports: Sequence[ScoreReport], *, per_document: bool = False) -> str:
    """Scores as a Markdown table, and the signatures that its rows share."""
    names = heads(reports, per_document=per_document)
    words = sum(name in WORDS for name in names)
    lines = [names, ["---"] * words + ["---:"] * (len(names) - words)]
    lines += (
        [escape(shown(record, COLUMN_OF[name])) for name in names]
        for record in side_by_side(reports, per_document=per_document)
    )
    table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    signatures = dict.fromkeys(printable(report.signature) for report in reports)
    return table + "".join(f"\n`{said.replace('`', '')}`\n" for said in signatures)


def heads(reports: Sequence[ScoreReport], *, per_document: bool = False) -> list[str]:
    """The columns of tables for people: keys of `COLUMN_OF`.

    Intervals stand beside their ratios, and take the place of macro F1 and the counts.
    """
    names = columns(reports)
    return [
        *("Metric", "Label"),
        *(["Slice"] * ("slice" in names)),
        *(["System"] * (len(reports) > 1)),
        *(["Document"] * per_document),
        *("P", "R", "F1"),
        *(["κ"] * ("kappa" in names)),
        *(() if "f1_low" in names else ("macro F1", "tp", "fp", "fn")),
        "support",
    ]


WORDS = ("Metric", "Label", "Slice", "System", "Document")
"""The heads of columns that hold words."""

COLUMN_OF = {
    "Metric": "metric",
    "Label": "label",
    "Slice": "slice",
    "System": "system",
    "Document": "document",
    "P": "precision",
    "R": "recall",
    "F1": "f1",
    "κ": "kappa",
    "macro F1": "macro_f1",
    **{name: name for name in ("tp", "fp", "fn", "support")},
}
"""The records' keys by the heads of tables for people."""


def side_by_side(reports: Sequence[ScoreReport], *, per_document: bool = False) -> list[Record]:
    """The records of all reports, those of one metric, label, slice and document together."""
    places: dict[tuple[object, ...], list[Record]] = {}
    for report in reports:
        for record in report.records(per_document=per_document):
            key = tuple(record[name] for name in ("metric", "label", "slice", "document"))
            places.setdefault(key, []).append(record)
    return [record for group in places.values() for record in group]


def shown(record: Record, key: str) -> str:
    """A field for people: three decimals, a dash for what is undefined, and any interval."""
    value = record[key]
    if value is None:
        return "" if key == "document" else UNDEFINED
    low, high = record.get(f"{key}_low"), record.get(f"{key}_high")
    interval = "" if low is None else f" [{low:.3f}, {high:.3f}]"
    return f"{value:.3f}{interval}" if isinstance(value, float) else printable(str(value))


def escape(text: str) -> str:
    """
    >>> escape("a|b <i> *c*")
    'a\\\\|b &lt;i&gt; \\\\*c\\\\*'
    """
    return re.sub(r"([\\`*_|\[\]~#])", r"\\\1", html.escape(text, quote=False))


def numbers(counts: Tally | None) -> dict[str, Any]:
    """Ratios and counts by name, kappa where it is the figure; all None where nothing was scored.

    A tally that counts something else than tp, fp and fn has its own counts as `detail`.
    """
    names = ("precision", "recall", "f1", "tp", "fp", "fn", "support")
    found: dict[str, Any] = {name: getattr(counts, name, None) for name in names}
    if counts is not None and counts.FIGURE not in found:
        found[counts.FIGURE] = getattr(counts, counts.FIGURE)
    if counts is not None and not isinstance(counts, Counts):
        found["detail"] = counts.detail
    return found
