"""`quotemark agree`: how far annotators agree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotemark.cli.options import Format, Scheme, Texts, layers_of

if TYPE_CHECKING:
    from quotemark.agreement import Agreement
    from quotemark.report.grid import Cell


def agree(
    files: Annotated[
        list[Path],
        typer.Argument(help="The annotators' layers, in any number of files.", metavar="LAYERS..."),
    ],
    texts: Texts = None,
    scheme: Scheme = None,
    resamples: Annotated[
        int, typer.Option("--resamples", min=1, help="Bootstrap resamples for the intervals.")
    ] = 1000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The seed of the resamples.")] = 1,
    format: Annotated[
        Format, typer.Option("--format", "-f", help="How to print the measures.")
    ] = Format.table,
) -> None:
    """Measure the agreement of every two annotators, on what both were asked.

    F1 of spans and sources; Cohen's κ of tokens and of the attributes of spans that both have.
    Intervals (95%) are over documents: with fewer than two there is none.
    """
    from quotemark.agreement import agree as library_agree
    from quotemark.report import grid

    corpus, schema = layers_of(files, texts, scheme)
    found = library_agree(corpus, scheme=schema, resamples=resamples, seed=seed)
    pairs = len({row.annotators for row in found})
    rows = [_row(row, pairs) for row in found if row.items or format is Format.json]
    grid.print_rows(rows, format.value)
    if format is Format.table:
        typer.echo(f"\n{signature(found, seed, resamples)}")


def _row(row: Agreement, pairs: int) -> dict[str, Cell]:
    interval = row.interval
    return {
        "measure": row.measure,
        **({"annotators": " ~ ".join(row.annotators)} if pairs > 1 else {}),
        "label": row.label,
        "value": row.value,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "items": row.items,
    }


def signature(found: list[Agreement], seed: int, resamples: int) -> str:
    """What the measures were made of, on one line."""
    from quotemark import __version__

    names = sorted({name for row in found for name in row.annotators})
    documents = max(row.documents for row in found)
    return (
        f"annotators:{','.join(names)}|docs:{documents}|boot:{resamples}|seed:{seed}|"
        f"v:{__version__}"
    )
