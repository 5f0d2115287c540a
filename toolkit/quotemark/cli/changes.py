"""What `push` does when the scheme or an article has changed: its options, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotemark.errors import printable
from quotemark.wording import counted

if TYPE_CHECKING:
    from quotemark.labelstudio.moving import LostSpan, Moved
    from quotemark.labelstudio.remote import PushPlan, PushReport
    from quotemark.labelstudio.remote.migration import Lost

Migrate = Annotated[
    list[str] | None,
    typer.Option(
        "--migrate",
        metavar="OLD=NEW",
        help="What the scheme calls otherwise now: Label=New, Label.attribute=Label.new, "
        "Label.attribute:value=new or relation=new. Repeatable.",
    ),
]
Backup = Annotated[
    Path | None,
    typer.Option(
        "--backup",
        metavar="FILE",
        help="With --migrate: where results go as they were; else beside the first task file.",
    ),
]
Reanchor = Annotated[
    Path | None,
    typer.Option(
        "--reanchor",
        metavar="FILE",
        help="Bring annotations of articles whose text has changed to the new text; the earlier "
        "one and all annotations of it are kept in FILE.",
    ),
]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Say what would be done, and lost; exit with 1 if anything."),
]

SOME = 5
"""How many links are shown for one loss."""


def backup_of(file: Path | None, tasks: list[Path], migrate: list[str] | None) -> Path | None:
    """Where results go before they are rewritten, if any are to be."""
    if not migrate or file:
        return file
    return tasks[0].with_name(f"{tasks[0].stem}-before-migration.json")


def tell_plans(plans: Mapping[str, PushPlan]) -> None:
    """Say what a push would do to each annotator's project, or to one of nobody's (`""`).

    Exits with 1 where something would be lost or stands in the way.
    """
    for name, plan in plans.items():
        if name:
            typer.echo(f"{printable(name)}:")
        _tell_plan(plan)
    if not all(plan.lossless for plan in plans.values()):
        raise typer.Exit(1)


def _tell_plan(plan: PushPlan) -> None:
    counts = (len(plan.created), len(plan.updated), len(plan.unchanged))
    place = plan.url or "a new project"
    typer.echo("would create {}, update {}, leave {}: {}".format(*counts, place))
    if plan.new_config:
        typer.echo("would replace the labelling configuration")
    if plan.change.renamed:
        typer.echo(f"would rename in {_counted(plan.change.renamed)}")
    for lost in plan.change.lost:
        _tell_lost(plan.url, lost)
    for moved in plan.reanchored:
        typer.echo(f"would bring to the new text: {printable(moved.doc_id)}: {_moved(moved)}")
        for span in moved.lost:
            typer.echo(f"would no longer be there: {_span(moved, span)}")
    for problem in (*plan.change.blocked, *plan.blocked):
        typer.echo(f"stands in the way: {problem}")


def summary(report: PushReport) -> str:
    """How many tasks a push has created, updated and left alone."""
    counts = (len(report.created), len(report.updated), len(report.unchanged))
    return "created {}, updated {}, unchanged {}".format(*counts)


def remark(report: PushReport) -> None:
    """Say what a push has left out or mended."""
    if report.kept:
        kept = counted(len(report.kept), "task")
        message = f"there already, so that annotations of theirs were not sent: {kept}"
        typer.echo(f"quotemark: {message}", err=True)
    if report.repaired:
        repaired = counted(len(report.repaired), "task")
        message = f"there more than once, and made one, with no work lost: {repaired}"
        typer.echo(f"quotemark: {message}", err=True)
    for key in report.doubled:
        message = f"{printable(key)} is there twice, and somebody has an unsaved draft in one"
        typer.echo(f"quotemark: {message}: have it submitted and push again", err=True)


def tell_changes(report: PushReport, backup: Path | None, reanchor: Path | None) -> None:
    """Say what a push has renamed and re-anchored, and what is only in a file now."""
    if report.renamed:
        message = f"renamed in {_counted(report.renamed)}; as they were: {backup}"
        typer.echo(f"quotemark: {message}", err=True)
    for moved in report.reanchored:
        told = f"{printable(moved.doc_id)}: brought to the new text: {_moved(moved)}"
        typer.echo(f"quotemark: {told}; as they were: {reanchor}", err=True)
        for span in moved.lost:
            typer.echo(f"quotemark: no longer there: {_span(moved, span)}", err=True)
        if moved.waiting:
            left = counted(moved.waiting, "task")
            message = f"of the earlier text, somebody is still at work in {left}; push again"
            typer.echo(f"quotemark: {printable(moved.doc_id)}: {message}", err=True)


def _tell_lost(url: str, lost: Lost) -> None:
    from quotemark.labelstudio.remote.migration import told

    links = [f"{url}/data?task={task}" for task in lost.tasks[:SOME]]
    more = len(lost.tasks) - len(links)
    said = f"would lose {printable(told(lost))}: {' '.join(links)}"
    typer.echo(f"{said} and {counted(more, 'more task')}" if more else said)


def _counted(layers: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(counted(count, kind) for kind, count in layers)


def _moved(moved: Moved) -> str:
    told = counted(moved.annotations, "annotation")
    if moved.lost or moved.lost_relations:
        lost = counted(len(moved.lost), "span"), counted(moved.lost_relations, "relation")
        told += f", without {' and '.join(lost)}"
    return told


def _span(moved: Moved, span: LostSpan) -> str:
    return printable(f"{moved.doc_id}: {span.annotator}: {span.label} {span.surface!r}")
