"""What `push` and `pull` do for a blind annotation: a project for each annotator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotemark.cli.changes import remark, summary
from quotemark.errors import printable
from quotemark.wording import counted

if TYPE_CHECKING:
    from quotemark.labelstudio.annotators import Server
    from quotemark.labelstudio.remote import PushReport
    from quotemark.labelstudio.remote.blind import BlindPulled
    from quotemark.labelstudio.shares import Design
    from quotemark.tasks import Task

Annotators = Annotated[
    str | None,
    typer.Option(
        "--annotators",
        metavar="EMAILS|FILE.toml",
        help="A project for each of these annotators, who do not see each other's work: emails "
        "with commas between, or a file with a server for each.",
    ),
]
Overlap = Annotated[
    float,
    typer.Option(
        "--overlap",
        min=0,
        max=1,
        help="With --annotators: the share of documents that several label.",
    ),
]
Several = Annotated[
    int,
    typer.Option("--several", min=2, help="With --overlap: how many label such a document."),
]
Control = Annotated[
    float | None,
    typer.Option(
        "--control",
        min=0,
        max=1,
        help="With --annotators: the share of documents without pre-annotation, to measure what "
        "it does to annotators.",
    ),
]
ShareSeed = Annotated[
    int, typer.Option("--seed", min=0, help="With --annotators: the seed of the shares.")
]


def design_of(
    project: str,
    servers: Mapping[str, Server],
    overlap: float,
    several: int,
    control: float | None,
    seed: int,
) -> Design:
    """The design that the options say. Raises `QuotemarkError` where it makes no sense."""
    from quotemark.labelstudio.shares import Design

    annotators = tuple(servers)
    return Design(project, annotators, overlap, several, control, seed)


def tell_push(
    tasks: Sequence[Task],
    design: Design,
    reports: Mapping[str, PushReport],
) -> None:
    """Say what each annotator's project has got, and how the documents were shared out."""
    from quotemark.labelstudio.shares import CONTROL, divided, share, shared_out

    for row in shared_out(divided(design, tasks)):
        report = reports[str(row["annotator"])]
        typer.echo(f"{row['annotator']}: {summary(report)}: {report.url}")
        remark(report)
    drawn = [share(design, name) for name in {task.doc_id for task in tasks}]
    shared = sum(len(each.annotators) > 1 for each in drawn)
    said = f"documents: {len(drawn)}, labelled by {design.several}: {shared}"
    if design.control is not None:
        said += f", without pre-annotation: {sum(each.arm == CONTROL for each in drawn)}"
    typer.echo(f"quotemark: {said} (drawn with seed {design.seed})", err=True)


def tell_pull(found: BlindPulled) -> None:
    """Say who has not finished, and who has worked where they should not have."""
    for name, given in found.given.items():
        done = len(given) - len(found.unfinished[name])
        message = f"{printable(name)} has finished {done} of {counted(len(given), 'document')}"
        typer.echo(f"quotemark: {message}", err=True)
    for name, others in found.elsewhere.items():
        who = " and ".join(map(printable, others))
        message = f"{who} worked in the project of {printable(name)}: that was not blind"
        typer.echo(f"quotemark: {message}", err=True)


def token_files(annotators: str | None) -> list[Path]:
    """The file that `--annotators` names, if it does: an input that is not to be replaced."""
    return [Path(annotators)] if annotators and annotators.endswith(".toml") else []
