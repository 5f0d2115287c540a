"""How many of the strings that predictions were made from are in the texts, as a table."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from quotemark.metrics.results import ScoreReport
from quotemark.report import grid


def string_rows(reports: Sequence[ScoreReport]) -> list[dict[str, grid.Cell]]:
    """A row for each label of each system that has strings: how many, and the three rates."""
    rows: list[dict[str, grid.Cell]] = []
    for report in reports:
        for label, counts in report.grounding.items():
            system: dict[str, grid.Cell] = {"System": report.system} if len(reports) > 1 else {}
            rows.append(
                {
                    "Strings of": label,
                    **system,
                    "number": counts.total,
                    "grounded": counts.grounded_rate,
                    "altered": counts.altered_rate,
                    "not in the text": counts.not_in_text_rate,
                }
            )
    return rows


def print_strings(reports: Sequence[ScoreReport]) -> None:
    """Print the rows under a table of scores; nothing where there are no strings."""
    rows = string_rows(reports)
    if rows:
        sys.stdout.write("\n")
        sys.stdout.flush()
        grid.print_table(rows)


def strings_to_markdown(reports: Sequence[ScoreReport]) -> str:
    """The rows as a Markdown table that follows another; empty where there are no strings.

    >>> strings_to_markdown([])
    ''
    """
    table = grid.to_markdown(string_rows(reports))
    return f"\n{table}" if table else ""
