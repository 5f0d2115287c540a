"""`quotemark agree`: how far annotators agree, and where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
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
from quotemark.errors import error

if TYPE_CHECKING:
    from quotemark.agreement import Agreement, Passage
    from quotemark.report.grid import Cell


class By(StrEnum):
    """What agreement can be told apart by."""

    document = "document"


def agree(
    files: Layers,
    texts: Texts = None,
    scheme: SchemeFile = None,
    measure: Annotated[
        list[str] | None,
        typer.Option(
            "--measure",
            "-m",
            help="Measure this only: exact, overlap, mention, entity, relation, kappa-token, "
            "alpha-token, u-alpha, kappa, alpha or gamma; repeat for several. Else all but "
            "gamma, which takes longer.",
        ),
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option(
            "--label", "-l", help="Print this label, group or attribute only; repeat for several."
        ),
    ] = None,
    matrix: Annotated[
        str | None,
        typer.Option(
            "--matrix", help="Print one measure of every two annotators.", metavar="MEASURE"
        ),
    ] = None,
    by: Annotated[
        By | None, typer.Option("--by", help="Print the agreement on each document.")
    ] = None,
    passages: Annotated[
        int | None,
        typer.Option(
            "--passages",
            min=1,
            help="Print so many passages that annotators agree on least, with who marked what.",
            metavar="N",
        ),
    ] = None,
    resamples: Annotated[
        int, typer.Option("--resamples", min=1, help="Bootstrap resamples for the intervals.")
    ] = 1000,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="The seed of the resamples, and of gamma.")
    ] = 1,
    precision: Annotated[
        float,
        typer.Option(
            "--precision",
            min=0.001,
            help="How near gamma's expected disorder is to be known, relative to it.",
        ),
    ] = 0.02,
    format: FormatOption = Format.table,
) -> None:
    """Measure the agreement of annotators, together and two by two, on what they were asked.

    F1 of spans, sources and relations; Cohen's κ and Krippendorff's α of tokens and attributes;
    uα and γ of spans. Intervals (95%) are over documents: with fewer than two there is none.
    Tables leave out measures with nothing to compare; JSON and CSV have every one.
    """
    from quotemark import agreement
    from quotemark.report import agreements

    if sum(view is not None for view in (matrix, by, passages)) > 1:
        raise typer.BadParameter("choose one of --matrix, --by and --passages")
    if measure and (matrix or passages):
        raise typer.BadParameter("--measure is for tables of measures", param_hint="--measure")
    schema = scheme_of(scheme)
    corpus = layers_of(files, texts, schema)
    if passages is not None:
        found_passages = agreement.passages(corpus, scheme=schema, labels=label)
        _print_passages(found_passages[:passages], format)
        return
    wanted = measure or agreement.ORDINARY
    if matrix is not None:
        found = agreement.matrix(
            corpus, matrix, scheme=schema, resamples=1, seed=seed, precision=precision
        )
    elif by is By.document:
        found = agreement.agree_by_document(
            corpus, scheme=schema, measures=wanted, seed=seed, precision=precision
        )
    else:
        found = agreement.agree(
            corpus,
            scheme=schema,
            measures=wanted,
            resamples=resamples,
            seed=seed,
            precision=precision,
        )
    intervals = None if matrix is not None or by else resamples
    signed = agreements.signature(found, resamples=intervals, seed=seed, precision=precision)
    found = _labelled(found, label)
    if matrix is not None and format is not Format.json:
        _print(agreements.matrix_rows(found), f"{found[0].measure}|{signed}", format)
        return
    if format is Format.json:
        _print_json({"signature": signed, "agreement": agreements.records(found)})
        return
    everything = format is Format.csv
    named = everything or len({row.annotators for row in found}) > 1
    shown = found if everything else [row for row in found if row.items]
    _print(agreements.measure_rows(shown, named=named), signed, format)


def _labelled(found: Sequence[Agreement], labels: Sequence[str] | None) -> list[Agreement]:
    """The rows of some labels, of all where None. Raises `QuotemarkError` for an unknown one."""
    known = dict.fromkeys(row.label for row in found)
    if unknown := [label for label in labels or () if label not in known]:
        message = f"nothing is measured of {', '.join(map(repr, unknown))}"
        raise error("label", message, f"name one of: {', '.join(known)}")
    return [row for row in found if not labels or row.label in labels]


def _print(rows: Sequence[dict[str, Cell]], signed: str, format: Format) -> None:
    from quotemark.report import grid

    if format is Format.csv:
        grid.print_text(grid.to_csv(rows))
    elif format is Format.markdown:
        grid.print_text(f"{grid.to_markdown(rows)}\n`{signed}`\n")
    elif format is Format.latex:
        from quotemark.report.latex import to_latex

        grid.print_text(to_latex(rows, signature=signed))
    else:
        grid.print_table(rows)
        grid.print_text(f"\n{signed}\n")


def _print_json(data: object) -> None:
    from quotemark.report import grid
    from quotemark.report.plain import as_json

    grid.print_text(as_json(data))


def _print_passages(found: Sequence[Passage], format: Format) -> None:
    from quotemark.report import agreements, grid

    if format is Format.json:
        _print_json({"passages": agreements.passage_records(found)})
    elif format is Format.table:
        for head, rows in agreements.passage_blocks(found):
            grid.print_text(f"{head}\n")
            grid.print_table(rows)
            grid.print_text("\n")
    elif format is Format.csv:
        grid.print_text(grid.to_csv(agreements.passage_rows(found)))
    elif format is Format.markdown:
        grid.print_text(grid.to_markdown(agreements.passage_rows(found)))
    else:
        from quotemark.report.latex import to_latex

        grid.print_text(to_latex(agreements.passage_rows(found)))
