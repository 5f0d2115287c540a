"""Any small table, in the forms that commands print: for a terminal, JSON, CSV, Markdown."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Literal

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from quotemark.errors import printable
from quotemark.report.plain import UNDEFINED, escape, field

Cell = str | int | float | None
Rows = Sequence[Mapping[str, Cell]]
"""The lines of a table: each has the same keys, the heads of its columns."""


Form = Literal["table", "json", "csv", "markdown"]


def print_rows(rows: Rows, form: Form) -> None:
    """Print rows to standard output; undefined numbers as `–`, empty (CSV) or null (JSON)."""
    if form == "table":
        _print_table(rows)
    else:
        data = render(rows, form).encode("utf-8", "backslashreplace")
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def render(rows: Rows, form: Form) -> str:
    """Rows as JSON, CSV or Markdown text; of no rows, an empty list or text.

    >>> print(render([{"label": "Quote", "f1": None}], "markdown"), end="")
    | label | f1 |
    |---|---|
    | Quote | – |
    """
    if form == "json":
        return json.dumps(list(rows), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    if not rows:
        return ""
    heads = list(rows[0])
    if form == "csv":
        out = io.StringIO()
        fields = ([field(row[head]) for head in heads] for row in rows)
        csv.writer(out, lineterminator="\n").writerows([heads, *fields])
        return out.getvalue()
    marked = [
        "|".join(["", *(f" {escape(shown(row[head]))} " for head in heads), ""]) for row in rows
    ]
    top = ["|".join(["", *(f" {escape(head)} " for head in heads), ""]), f"|{'---|' * len(heads)}"]
    return "\n".join([*top, *marked]) + "\n"


def _print_table(rows: Rows) -> None:
    """One line a row, nothing cut; the first column says each value once.

    Colours only on a terminal, and not where NO_COLOR is set.
    """
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, color_system=None)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
    heads = list(rows[0]) if rows else []
    width = 0
    for head in heads:
        cells = [row[head] for row in rows]
        numeric = not any(isinstance(cell, str) for cell in cells)
        table.add_column(Text(head), justify="right" if numeric else "left", no_wrap=True)
        width += 2 + max(map(cell_len, (head, *map(shown, cells))))
    above: Cell = None
    for row in rows:
        first, *others = (row[head] for head in heads)
        table.add_row(
            Text("" if first == above else shown(first), style="bold cyan"),
            *(Text(shown(cell)) for cell in others),
        )
        above = first
    console.width = max(console.width, width)
    console.print(table)


def shown(value: Cell) -> str:
    """A cell for people: three decimals, and a dash for what is undefined.

    >>> shown(2 / 3), shown(None), shown(7)
    ('0.667', '–', '7')
    """
    if value is None:
        return UNDEFINED
    return f"{value:.3f}" if isinstance(value, float) else printable(str(value))
