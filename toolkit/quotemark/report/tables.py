"""Scores as a table to look at in a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import IO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from quotemark.errors import printable
from quotemark.metrics.results import Record, ScoreReport
from quotemark.report import plain
from quotemark.report.plain import COLUMN_OF, WORDS, shown, side_by_side

GAP = 2
"""The space between columns."""

RATIOS = ("P", "R", "F1", "κ")
"""The columns with intervals, whose numbers are as wide as each other, intervals or not."""


def print_scores(
    reports: Sequence[ScoreReport], *, per_document: bool = False, file: IO[str] | None = None
) -> None:
    """Print scores, one section a metric, and the signature that all rows share.

    Systems stand under each other in each row. Colours only on a terminal, and not where
    NO_COLOR is set; plain text elsewhere. Nothing is cut: a terminal that is too narrow wraps
    the lines.
    """
    console = Console(file=file or sys.stdout, highlight=False)
    if not console.is_terminal:
        console = Console(file=file or sys.stdout, highlight=False, color_system=None)
    heads = plain.heads(reports, per_document=per_document)[1:]  # a metric heads its section
    records = side_by_side(reports, per_document=per_document)
    lines = [[_cell(record, head) for head in heads] for record in records]
    left = {*WORDS, *(RATIOS if "macro F1" not in heads else ())}
    widths = [max(map(cell_len, column)) for column in zip(heads, *lines, strict=True)]
    console.width = max(console.width, sum(widths) + GAP * len(widths))
    columns = [(width, head in left) for head, width in zip(heads, widths, strict=True)]
    console.print(_table(columns, [(heads, "bold")]))
    numbered = zip(records, lines, strict=True)
    for number, (metric, section) in enumerate(groupby(numbered, key=lambda r: r[0]["metric"])):
        if number:
            console.print()
        console.print(Text(str(metric), style="bold cyan"))
        console.print(_table(columns, _without_repeats(section)))
    console.print()
    for signature in dict.fromkeys(report.signature for report in reports):
        console.print(Text(printable(signature), style="dim"))


def _table(columns: Sequence[tuple[int, bool]], rows: Iterable[tuple[Sequence[str], str]]) -> Table:
    """Rows with their styles, in columns of a width that are to the left or not."""
    table = Table.grid(padding=(0, GAP, 0, 0))
    for width, left in columns:
        table.add_column(justify="left" if left else "right", width=width, no_wrap=True)
    for cells, style in rows:
        table.add_row(*map(Text, cells), style=style)
    return table


def _without_repeats(
    section: Iterable[tuple[Record, list[str]]],
) -> list[tuple[list[str], str]]:
    """The lines of a section, label and slice said once; dim where gold has nothing to find."""
    rows = []
    above: tuple[object, ...] = ("", "")
    for record, (label, *others) in section:
        dim = record["document"] or not record["support"]
        cells = [label if record["label"] != above[0] else "", *others]
        if record["slice"] and (record["label"], record["slice"]) == above:
            cells[1] = ""
        rows.append((cells, "dim" if dim else ""))
        above = (record["label"], record["slice"])
    return rows


def _cell(record: Record, head: str) -> str:
    if head == "Label":
        return _indented(str(record["label"]))
    if head == "macro F1" and record["document"]:
        return ""
    return shown(record, COLUMN_OF[head])


def _indented(label: str) -> str:
    """
    >>> _indented("Quote"), _indented("Quote[form=direct]")
    ('  Quote', '    form=direct')
    """
    name, bracket, group = label.partition("[")
    return f"    {printable(group[:-1])}" if bracket else f"  {printable(name)}"
