"""Annotators' agreement on public corpora, beside the figures published of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quotemark.errors import QuotemarkError
from quotemark.report import grid
from replicating import polnear, redewiedergabe

SETS = (polnear, redewiedergabe)


def replicate(
    folders: Annotated[
        list[Path],
        typer.Argument(
            help="Checkouts of networkdynamics/PolNeAR, redewiedergabe/corpus, or both.",
        ),
    ],
    resamples: Annotated[
        int, typer.Option(min=1, help="Bootstrap resamples for the intervals.")
    ] = 1000,
) -> None:
    """Print published figures of agreement, and quotemark's of the same annotations."""
    for folder in folders:
        known = next((each for each in SETS if (folder / each.MARK).exists()), None)
        if known is None:
            marks = " nor ".join(each.MARK for each in SETS)
            raise typer.BadParameter(f"{folder} has neither {marks}", param_hint="FOLDERS")
        try:
            corpus, figures = known.figures(folder, resamples)
        except QuotemarkError as problem:
            typer.echo(f"replicate: {problem}", err=True)
            raise typer.Exit(2) from None
        layers = f"{len(corpus.documents)} documents, {len(corpus.annotations)} layers"
        typer.echo(f"{known.NAME}: {layers}")
        grid.print_table([figure.row for figure in figures])
        typer.echo()
