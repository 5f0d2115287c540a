"""Options that several commands share, and what they read."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotemark.files import STDIO

if TYPE_CHECKING:
    from quotemark.model import Corpus
    from quotemark.scheme import Scheme as SchemeType


class Format(StrEnum):
    """How results are printed."""

    table = "table"
    json = "json"
    csv = "csv"
    markdown = "markdown"


Texts = Annotated[
    list[Path] | None,
    typer.Option(
        "--texts",
        help="The documents, where the layers come without: a file or a folder. Repeatable.",
        metavar="DOCS",
    ),
]

Scheme = Annotated[
    Path | None,
    typer.Option("--scheme", help="The annotation scheme; else the default one.", metavar="FILE"),
]


def layers_of(
    files: list[Path], texts: list[Path] | None, scheme: Path | None
) -> tuple[Corpus, SchemeType]:
    """The layers of `files` with the texts of `texts`, and the scheme."""
    from quotemark.formats import ReadOptions, read
    from quotemark.scheme import default_scheme, read_scheme

    if [*files, *(texts or ())].count(STDIO) > 1:
        raise typer.BadParameter("standard input (-) can be read once only")
    chosen = read_scheme(scheme) if scheme else default_scheme()
    return read(*files, *(texts or ()), options=ReadOptions(scheme=chosen)), chosen
