"""`quotemark agree`: how far annotators agree."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from quotemark.cli.options import (
    Format,
    FormatOption,
    Layers,
    SchemeFile,
    Texts,
    layers_of,
    scheme_of,
)

if TYPE_CHECKING:
    from quotemark.agreement import Agreement
    from quotemark.report.grid import Cell


def agree(
    files: Layers,
    texts: Texts = None,
    scheme: SchemeFile = None,
    resamples: Annotated[
        int, typer.Option("--resamples", min=1, help="Bootstrap resamples for the intervals.")
    ] = 1000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The seed of the resamples.")] = 1,
    format: FormatOption = Format.table,
) -> None:
    """Measure the agreement of every two annotators, on what both were asked.

    F1 of spans and sources; Cohen's κ of tokens and of the attributes of spans that both have.
    Intervals (95%) are over documents: with fewer than two there is none. Tables leave out
    measures with nothing to compare; JSON and CSV have every one.
    """
    from quotemark.agreement import agree as library_agree
    from quotemark.report import grid

    schema = scheme_of(scheme)
    corpus = layers_of(files, texts, schema)
    found = library_agree(corpus, scheme=schema, resamples=resamples, seed=seed)
    signed = signature(found, seed, resamples)
    if format is Format.json:
        data = {"signature": signed, "agreement": [_record(row) for row in found]}
        grid.print_text(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n")
        return
    if format is Format.csv:
        grid.print_text(grid.to_csv([_row(row, named=True) for row in found]))
        return
    named = len({row.annotators for row in found}) > 1
    rows = [_row(row, named=named) for row in found if row.items]
    if format is Format.markdown:
        grid.print_text(f"{grid.to_markdown(rows)}\n`{signed}`\n")
    elif format is Format.latex:
        from quotemark.report.latex import to_latex

        grid.print_text(to_latex(rows, signature=signed))
    else:
        grid.print_table(rows)
        grid.print_text(f"\n{signed}\n")


def _record(row: Agreement) -> dict[str, object]:
    return {**_row(row, named=False), "annotators": row.annotators}


def _row(row: Agreement, *, named: bool) -> dict[str, Cell]:
    low, high = row.interval or (None, None)
    return {
        **({"annotators": " ~ ".join(row.annotators)} if named else {}),
        "measure": row.measure,
        "label": row.label,
        "value": row.value,
        "low": low,
        "high": high,
        "items": row.items,
        "documents": row.documents,
    }


def signature(found: Sequence[Agreement], seed: int, resamples: int) -> str:
    """What the measures were made of, on one line."""
    from quotemark import __version__
    from quotemark.errors import printable
    from quotemark.metrics.spans import TOKENIZER

    names = sorted({name for row in found for name in row.annotators})
    documents = max(row.documents for row in found)
    return (
        f"annotators:{','.join(map(printable, names))}|docs:{documents}|tok:{TOKENIZER}|"
        f"boot:{resamples}|seed:{seed}|v:{__version__}"
    )
