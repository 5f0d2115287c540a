"""`quotemark power`: how many documents it takes to tell two systems apart."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from quotemark.cli import output, systems
from quotemark.cli.compare import On, Ratio
from quotemark.cli.options import SchemeFile, scheme_of
from quotemark.errors import printable


class Shown(StrEnum):
    """How the result is printed."""

    table = "table"
    json = "json"


def power(
    gold: systems.GoldFile,
    pred: Annotated[
        list[Path],
        typer.Argument(
            help="Predictions or saved runs of two systems; - is standard input.",
            metavar="PRED",
        ),
    ],
    metric: Annotated[
        str, typer.Option("--metric", "-m", help="The metric, as for score.")
    ] = "exact",
    label: Annotated[
        str | None,
        typer.Option(
            "--label",
            "-l",
            help="The row, such as Quote or Quote[form=direct]. Default: the scheme's quotes, "
            "else its first label.",
        ),
    ] = None,
    on: On = Ratio.f1,
    wanted: Annotated[
        float,
        typer.Option("--power", min=0.01, max=0.99, help="How often the test is to tell."),
    ] = 0.8,
    limit: Annotated[
        int, typer.Option("--limit", min=2, help="The most documents to think of.")
    ] = 100_000,
    simulations: Annotated[
        int, typer.Option("--simulations", min=1, help="How many test sets of each size are drawn.")
    ] = 1000,
    seed: output.Seed = 1,
    format: Annotated[
        Shown, typer.Option("--format", "-f", help="How to print the result.")
    ] = Shown.table,
    annotator: systems.GoldAnnotator = None,
    scheme: SchemeFile = None,
    texts: systems.TextsFile = None,
) -> None:
    """Say how many documents must be annotated to tell two systems apart.

    If they differ on further documents as they do on these: by simulation, at the 5% level and
    80% power. Saved runs (from score --save) stand for predictions.
    """
    from quotemark.comparison import plan
    from quotemark.metrics.names import parse
    from quotemark.report import grid, plans
    from quotemark.report.plain import as_json

    schema = scheme_of(scheme, gold)
    chosen = parse(metric)
    reports = systems.scored(
        gold, pred, metrics=[chosen], scheme=schema, annotator=annotator, texts=texts
    )
    found = plan(
        reports,
        metric=chosen,
        label=label or schema.role("quote") or next(iter(schema.labels)),
        on=on.value,
        power=wanted,
        limit=limit,
        simulations=simulations,
        seed=seed,
    )
    if format is Shown.json:
        data = {**asdict(found), "more": found.more, "sentence": plans.sentence(found)}
        grid.print_text(as_json(data))
        return
    grid.print_table([plans.row(found)])
    grid.print_text(f"\n{printable(plans.sentence(found))}\n\n{found.signature}\n")
