"""`quotemark next`: what to annotate next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import StrEnum
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotemark.cli.candidates import Given, given_items, guesses_of, refuse_parts, row_of, work_of
from quotemark.cli.options import SchemeFile, named_once, scheme_of, spare_inputs, stdin_once
from quotemark.cli.output import Seed
from quotemark.cli.systems import NAMED
from quotemark.errors import error, printable

if TYPE_CHECKING:
    from quotemark.model import Annotation
    from quotemark.ranking import Candidate, Pace, Ranking, Unit
    from quotemark.report.grid import Cell
    from quotemark.scheme import Scheme


class By(StrEnum):
    """What can be ranked by."""

    per_minute = "per-minute"
    disputed = "disputed"
    disagreement = "disagreement"
    interval = "interval"


class Shape(StrEnum):
    """How the ranking is printed."""

    table = "table"
    json = "json"
    csv = "csv"
    markdown = "markdown"


def next_(
    items: Annotated[
        list[Path],
        typer.Argument(
            help="What there is to annotate: articles (as for split), or task files (.json) that "
            "split has written.",
            metavar="ITEMS...",
        ),
    ],
    predictions: Annotated[
        list[Path] | None,
        typer.Option(
            "--predictions",
            "-P",
            help="Extractors' output; repeat for several files. Default: the tasks' own.",
            metavar="PRED",
        ),
    ] = None,
    layers: Annotated[
        list[Path] | None,
        typer.Option(
            "--layers",
            help="What people have annotated, gold included: it is left out, and its times tell "
            "what annotation costs. Without predictions, what two of them submitted is ranked by "
            "how they differ. Repeatable.",
            metavar="LAYERS",
        ),
    ] = None,
    by: Annotated[
        By,
        typer.Option(
            "--by",
            help="Rank by disputed items for a minute, their number, the disagreement (1 - F1), or "
            "how much an item narrows the interval of a score (needs --run).",
        ),
    ] = By.per_minute,
    number: Annotated[
        int | None, typer.Option("--number", "-n", min=1, help="Give the first so many only.")
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option(
            "--sample",
            min=1,
            help="Draw so many by chance, in proportion to --by, with the chance of each: for a "
            "test set.",
            metavar="N",
        ),
    ] = None,
    seed: Seed = 1,
    diverse: Annotated[
        bool, typer.Option("--diverse", help="Put near-duplicates behind all others.")
    ] = False,
    metric: Annotated[
        str, typer.Option("--metric", "-m", help="What to compare by, as for score.")
    ] = "overlap",
    label: Annotated[
        list[str] | None,
        typer.Option(
            "--label",
            "-l",
            help="Compare this label or group only; repeat for several. Default: all labels; with "
            "--run, the scheme's quotes.",
        ),
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option("--run", help="A run that score --save wrote, for --by interval."),
    ] = None,
    system: Annotated[
        str | None, typer.Option("--system", help="Whose score, where the run has several.")
    ] = None,
    speed: Annotated[
        float | None,
        typer.Option(
            "--words-per-minute",
            min=1,
            help="How fast people annotate. Default: as --layers took, else 238, reading only.",
        ),
    ] = None,
    opening: Annotated[
        float, typer.Option("--opening", min=0, help="Seconds that each item takes besides.")
    ] = 10.0,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Write what was chosen, in its order: tasks for push (.json), articles for split "
            "(.jsonl).",
            metavar="FILE",
        ),
    ] = None,
    scheme: SchemeFile = None,
    format: Annotated[
        Shape, typer.Option("--format", "-f", help="How to print the ranking.")
    ] = Shape.table,
) -> None:
    """Rank what is left to annotate by what it would tell, or draw a test set by chance.

    By how far extractors or annotators differ on it, for the time it takes; or by how much it
    narrows a score's interval. What is done is left out.
    """
    from quotemark.metrics.names import parse
    from quotemark.ranking import rank

    if by is By.interval and run is None:
        raise typer.BadParameter("--by interval needs a score: give --run")
    if sample is not None and (number is not None or diverse):
        raise typer.BadParameter("--sample N goes without -n and --diverse, which are no chance")
    if not isfinite(opening) or not isfinite(speed or 0):
        raise typer.BadParameter("--words-per-minute and --opening must be numbers")
    stdin_once(*items, *(predictions or ()), *(layers or ()))
    named_once(*(predictions or ()))
    if output:
        spare_inputs(output, *items, *(predictions or ()), *(layers or ()), run, scheme)
    schema, chosen = scheme_of(scheme), parse(metric)
    given = given_items(items, schema)
    guesses, work = guesses_of(predictions, schema), work_of(layers, schema)
    work += [layer for layer in given.layers if layer.status != "predicted"]
    if not predictions:
        guesses = [layer for layer in given.layers if layer.status == "predicted"]
    if sample is not None:
        refuse_parts(given.units)
    row = None
    if run is not None:
        label = label or [schema.role("quote") or next(iter(schema.labels))]
        row = row_of(run, system, chosen, label)
    found = rank(
        given.units,
        predictions=guesses,
        layers=work,
        documents=given.documents,
        scheme=schema,
        by=by.value,
        metric=chosen,
        labels=label,
        pace=_pace(speed, opening, work, given.units),
        run=row,
        diverse=diverse,
        sample=sample,
        seed=seed,
    )
    if output:
        _write(output, given, found.candidates[:number], schema)
    _print(replace(found, candidates=found.candidates[:number]), format)
    for note in _notes(found, by, number):
        typer.echo(f"quotemark: {note}", err=True)


def _pace(speed: float | None, opening: float, work: list[Annotation], units: list[Unit]) -> Pace:
    from quotemark.ranking import Pace, measured_pace

    if speed is not None:
        return Pace(60 / speed, opening)
    return measured_pace(work, units, opening=opening) or Pace(opening=opening)


def _write(output: Path, given: Given, chosen: Iterable[Candidate], scheme: Scheme) -> None:
    from quotemark.cli.split import task_lines
    from quotemark.files import write_atomic
    from quotemark.formats import WRITTEN, write
    from quotemark.model import Corpus

    ids = [each.unit.id for each in chosen]
    if given.tasks:
        # Annotations stay behind: of what is left there are drafts only, which are others'.
        tasks = [replace(given.tasks[name], annotations=()) for name in ids]
        write_atomic(output, list(task_lines(tasks, scheme)))
        return
    if output.suffix.lower() not in WRITTEN:
        remedy = f"name a file that ends in {' or '.join(WRITTEN)}"
        raise error("output", "articles are written in the native format", remedy, file=output)
    write(Corpus({name: given.documents[name] for name in ids}), output)


def _records(found: Ranking) -> list[dict[str, Cell]]:
    """The candidates as flat records, with every key."""
    return [
        {
            "rank": place,
            "id": each.unit.id,
            "document": each.unit.doc_id,
            "words": each.unit.words,
            "minutes": each.minutes,
            "items": each.dispute.items if each.dispute else None,
            "disputed": each.disputed,
            "disagreement": each.disagreement,
            "per_minute": each.per_minute,
            "narrowing": each.narrowing,
            "chance": each.chance,
            "like": each.like,
            "drafts": " ".join(each.drafts),
        }
        for place, each in enumerate(found.candidates, 1)
    ]


ALWAYS = ("rank", "id", "words", "minutes", "items", "disputed", "disagreement", "per_minute")
SOMETIMES = ("narrowing", "chance", "like", "drafts")


def _print(found: Ranking, shape: Shape) -> None:
    from quotemark.report import grid
    from quotemark.report.plain import as_json

    records = _records(found)
    if shape is Shape.json:
        data = {
            "signature": found.signature,
            "committee": list(found.committee),
            "left": found.pool,
            "done": found.done,
            "half_widths": found.widths,
            "next": [
                {**record, "drafts": list(each.drafts)}
                for record, each in zip(records, found.candidates, strict=True)
            ],
        }
        grid.print_text(as_json(data))
        return
    if shape is Shape.csv:
        grid.print_text(grid.to_csv(records))
        return
    told = [name for name in SOMETIMES if any(record[name] not in (None, "") for record in records)]
    rows = [{name.replace("_", " "): r[name] for name in (*ALWAYS, *told)} for r in records]
    if shape is Shape.markdown:
        grid.print_text(f"{grid.to_markdown(rows)}\n`{found.signature.replace('`', '')}`\n")
        return
    grid.print_table(rows)
    grid.print_text(f"\n{printable(found.signature)}\n")


def _notes(found: Ranking, by: By, number: int | None) -> Iterator[str]:
    """What whoever reads the ranking has to know."""
    yield f"{found.pool} left to annotate, {found.done} done and left out"
    known = [each for each in found.candidates if each.dispute is None]
    if known:
        few = "nobody's" if len(found.committee) == 1 else "fewer than two members'"
        yield f"last, with {few} predictions: {_named(known)}"
    if drafts := [each for each in found.candidates[:number] if each.drafts]:
        yield f"somebody has begun: {_named(drafts)}"
    if found.widths:
        drawn, even = found.widths
        yield (
            f"expected 95% interval of F1 over these {found.pool}: ±{drawn:.3f} of this draw, "
            f"±{even:.3f} of an even one in the same time"
        )
    if any(each.chance for each in found.candidates):
        yield "to score on these, weigh each document by 1/chance: a plain score of them is biased"
    elif by is By.interval:
        yield "these are no random sample: to score on them without bias, draw with --sample"


def _named(found: list[Candidate]) -> str:
    """
    >>> from quotemark.ranking import Candidate, Unit
    >>> _named([Candidate(Unit("a", "a", ""), 1.0)])
    'a'
    """
    more = f" and {len(found) - NAMED:,} more" if len(found) > NAMED else ""
    return ", ".join(printable(each.unit.id) for each in found[:NAMED]) + more
