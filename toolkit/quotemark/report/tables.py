"""Scores as a table to look at in a terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import IO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from quotemark.errors import printable
from quotemark.metrics.results import ScoreReport
from quotemark.report.plain import COLUMN_OF, shown, side_by_side

WIDE = 10_000
"""A width that nothing is cut at, for what is not a terminal."""


def print_scores(
    reports: Sequence[ScoreReport], *, per_document: bool = False, file: IO[str] | None = None
) -> None:
    """Print scores, one section a metric, and the signature that all rows share.

    Systems stand under each other in each row. Colours only on a terminal, and not where
    NO_COLOR is set; elsewhere plain text of full width.
    """
    out = file or sys.stdout
    console = Console(file=out, highlight=False)
    if not console.is_terminal:
        console = Console(file=out, highlight=False, width=WIDE, color_system=None)
    table = score_table(reports, per_document=per_document)
    if not console.is_terminal:
        table.box = None
    console.print(table)
    for signature in dict.fromkeys(report.signature for report in reports):
        console.print(Text(signature, style="dim"))


def score_table(reports: Sequence[ScoreReport], *, per_document: bool = False) -> Table:
    """The table that `print_scores` prints."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("Metric and label", no_wrap=True)
    words = ["System"] * (len(reports) > 1) + ["Document"] * per_document
    numbers = [head for head, key in COLUMN_OF.items() if key not in WORDS]
    for head in words:
        table.add_column(head, overflow="fold")
    for head in numbers:
        table.add_column(head, justify="right", no_wrap=True)
    metric, above = "", ""
    for record in side_by_side(reports, per_document=per_document):
        if record["metric"] != metric:
            metric, above = str(record["metric"]), ""
            if table.row_count:
                table.add_row()
            table.add_row(Text(metric, style="bold cyan"))
        label = str(record["label"])
        name = Text("" if label == above else _indented(label))
        above = label
        fields = [Text(shown(record, COLUMN_OF[head])) for head in words]
        style = "dim" if record["support"] in (0, None) or record["document"] else ""
        cells = [Text(shown(record, COLUMN_OF[head])) for head in numbers]
        if record["document"]:
            cells[numbers.index("macro F1")] = Text("")
        table.add_row(name, *fields, *cells, style=style)
    return table


WORDS = ("metric", "label", "system", "document")


def _indented(label: str) -> str:
    """
    >>> _indented("Quote"), _indented("Quote[form=direct]")
    ('  Quote', '    form=direct')
    """
    name, bracket, group = label.partition("[")
    return f"    {printable(group[:-1])}" if bracket else f"  {printable(name)}"
