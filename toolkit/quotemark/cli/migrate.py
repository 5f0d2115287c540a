"""`quotemark migrate`: files of layers follow the scheme's new names, as `push --migrate` does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from quotemark.cli.options import (
    LayersOutput,
    SchemeFile,
    counts_of,
    scheme_of,
    spare_inputs,
    stdin_once,
)
from quotemark.files import STDIO


def migrate(
    layers: Annotated[
        list[Path], typer.Argument(metavar="LAYERS...", help="Gold, annotations or predictions.")
    ],
    renames: Annotated[
        list[str],
        typer.Option(
            "--migrate",
            metavar="OLD=NEW",
            help="What the scheme calls otherwise now: Label=New, Label.attribute=Label.new, "
            "Label.attribute:value=new or relation=new. Repeatable.",
        ),
    ],
    output: LayersOutput = STDIO,
    scheme: SchemeFile = None,
) -> None:
    """Bring layers to the names of a new scheme, which --scheme gives.

    Names that are not renamed stay; `check` tells which of them the scheme lacks.
    """
    from quotemark.formats import ReadOptions, read, write
    from quotemark.renaming import parse_renames, renamed

    stdin_once(*layers)
    spare_inputs(output, *layers, scheme)
    chosen = scheme_of(scheme)
    names = parse_renames(renames, chosen)
    corpus = read(*layers, options=ReadOptions(scheme=chosen))
    moved = tuple(renamed(layer, names, chosen) for layer in corpus)
    write(replace(corpus, annotations=moved), output)
    changed = sum(a != b for a, b in zip(corpus, moved, strict=True))
    typer.echo(f"quotemark: {counts_of(corpus)}, changed: {changed}", err=True)
