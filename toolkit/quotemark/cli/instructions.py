"""`--guidelines`: the page behind the *Instructions* button of a Label Studio project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

if TYPE_CHECKING:
    from quotemark.labelstudio.annotators import Server

Guidelines = Annotated[
    Path | None,
    typer.Option(
        "--guidelines",
        metavar="FILE",
        help="The annotators' guidelines, in Markdown, for the project's button Instructions; else "
        "the GUIDELINES.md beside the scheme, unless the project has instructions of its own.",
    ),
]


class Page(NamedTuple):
    """An instruction as HTML; whether it was asked for, so that it takes the place of another."""

    html: str
    asked: bool


def instruction_of(guidelines: Path | None, scheme: Path | None) -> Page:
    """The page to show: of the file that is named, else of the one beside the scheme."""
    from quotemark.files import read_text
    from quotemark.labelstudio.guidelines import instruction
    from quotemark.scheme import default_path

    beside = scheme.parent / "GUIDELINES.md" if scheme else default_path("GUIDELINES.md")
    file = guidelines or (beside if beside.is_file() else None)
    return Page(instruction(read_text(file)) if file else "", guidelines is not None)


def put_instruction(server: Server, project: int, page: Page, timeout: float) -> None:
    """Put the page into a project, and say so where it has one that was written by hand."""
    from quotemark.labelstudio.guidelines import guide
    from quotemark.labelstudio.session import session

    if not page.html and not page.asked:
        return
    with session(server.url, server.token, timeout) as client:
        guided = guide(client, project, page.html, replace=page.asked)
    if guided == "kept":
        message = "the project has instructions of its own, which stay; --guidelines replaces them"
        typer.echo(f"quotemark: {message}", err=True)
