"""Any small table, in the forms that commands print: for a terminal, CSV, Markdown."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Mapping, Sequence
from itertools import zip_longest

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from quotemark.errors import printable
from quotemark.report.plain import UNDEFINED, escape, field

Cell = str | int | float | None
Rows = Sequence[Mapping[str, Cell]]
"""The lines of a table: each has the same keys, the heads of its columns."""


def to_csv(rows: Rows) -> str:
    """Rows as CSV with a line of heads; undefined numbers are empty. No rows: no text.

    >>> to_csv([{"label": "Quote", "f1": None}, {"label": "=1+1", "f1": 0.5}])
    "label,f1\\nQuote,\\n'=1+1,0.5\\n"
    """
    out = io.StringIO()
    lines = [*map(list, rows[:1]), *(row.values() for row in rows)]
    csv.writer(out, lineterminator="\n").writerows(map(field, line) for line in lines)
    return out.getvalue()


def to_markdown(rows: Rows) -> str:
    """Rows as a Markdown table; undefined numbers are `–`. No rows: no text.

    >>> print(to_markdown([{"label": "Quote", "f1": None}]), end="")
    | label | f1 |
    |---|---:|
    | Quote | – |
    """
    if not rows:
        return ""
    heads = [escape(shown(head)) for head in rows[0]]
    rule = ("---" if _is_words(rows, head) else "---:" for head in rows[0])
    cells = ([escape(shown(cell)) for cell in row.values()] for row in rows)
    lines = (f"| {' | '.join(line)} |\n" for line in cells)
    return f"| {' | '.join(heads)} |\n|{'|'.join(rule)}|\n{''.join(lines)}"


def print_table(rows: Rows) -> None:
    """Print one line a row, nothing cut; leading cells that repeat the line above are blank.

    Colours only on a terminal, and not where NO_COLOR is set. No rows: an empty line.
    """
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, color_system=None)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
    width = 0
    for head in rows[0] if rows else ():
        table.add_column(
            Text(shown(head)), justify="left" if _is_words(rows, head) else "right", no_wrap=True
        )
        width += 2 + max(cell_len(shown(cell)) for cell in (head, *(row[head] for row in rows)))
    above: list[str] = []
    for row in rows:
        cells = [shown(cell) for cell in row.values()]
        first, *others = without_repeats(cells, above)
        table.add_row(Text(first, style="bold cyan"), *map(Text, others))
        above = cells
    console.width = max(console.width, width)
    console.print(table)


def without_repeats(cells: Sequence[str], above: Sequence[str]) -> list[str]:
    """The cells of a line, blank as long as they repeat those of the line above.

    >>> without_repeats(["κ", "Quote", "1"], ["κ", "Cue", "1"])
    ['', 'Quote', '1']
    """
    differ = (i for i, pair in enumerate(zip_longest(cells, above)) if pair[0] != pair[1])
    same = next(differ, 0)
    return [*[""] * same, *cells[same:]]


def print_text(text: str) -> None:
    """Print text as it is to standard output, in UTF-8 whatever the locale."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def shown(value: Cell) -> str:
    """A cell for people: three decimals, and a dash for what is undefined.

    >>> shown(2 / 3), shown(None), shown(7)
    ('0.667', '–', '7')
    """
    if value is None:
        return UNDEFINED
    return f"{value:.3f}" if isinstance(value, float) else printable(str(value))


def _is_words(rows: Rows, head: str) -> bool:
    return any(isinstance(row[head], str) for row in rows)
