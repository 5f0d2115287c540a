"""`quotemark import`: what others have annotated in Label Studio."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from quotemark.cli.labelstudio import Names, renamed
from quotemark.cli.options import (
    LayersOutput,
    SchemeFile,
    counts_of,
    scheme_of,
    spare_gold,
    spare_inputs,
)


class Offsets(StrEnum):
    """What offsets count."""

    code_points = "code-points"
    utf_16 = "utf-16"


def import_(
    exports: Annotated[
        list[Path],
        typer.Argument(
            metavar="EXPORT...",
            help="Label Studio exports in its formats JSON and JSON-MIN, or folders of them.",
        ),
    ],
    output: LayersOutput,
    scheme: SchemeFile = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            help="The project's labelling configuration: what was labelled and asked. Else this "
            "is taken from what the file holds.",
        ),
    ] = None,
    map_: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="THEIRS=OURS",
            help="Read their name for a label, relation, control or value as the scheme's. "
            "THEIRS= leaves it out. Repeatable.",
        ),
    ] = None,
    offsets: Annotated[
        Offsets | None,
        typer.Option("--offsets", help="What offsets count; else the regions' words decide it."),
    ] = None,
    id_key: Annotated[
        str,
        typer.Option(
            metavar="KEY",
            help="The data's key that names a document; else `id`, `key`, or the task's number.",
        ),
    ] = "",
    name: Names = None,
    keep_going: Annotated[
        bool,
        typer.Option(
            "--keep-going", help="Leave out annotations with problems, name them and exit with 1."
        ),
    ] = False,
) -> None:
    """Turn Label Studio export files, of any project, into one file of the native format."""
    from quotemark.errors import Problem, QuotemarkError, printable
    from quotemark.formats import files_in, joined, write
    from quotemark.formats.labelstudio import corpus_of, read_file
    from quotemark.labelstudio.exports.interface import read_interface
    from quotemark.labelstudio.exports.reading import Export, Options

    spare_inputs(output, *exports, scheme, config)
    spare_gold(output)
    names = _names(map_)
    options = Options(
        scheme_of(scheme),
        read_interface(config) if config else None,
        offsets.value if offsets else None,
        names,
        id_key,
    )
    read: list[tuple[Path, Export]] = []
    problems: list[Problem] = []
    for path, _ in files_in(exports, "labelstudio"):
        try:
            read.append((path, read_file(path, options)))
        except QuotemarkError as failure:
            problems += failure.problems
    problems += (problem for _, export in read for problem in export.problems)
    for note in (note for _, export in read for note in export.notes):
        typer.echo(f"quotemark: {note}", err=True)
    if problems and not keep_going:
        raise QuotemarkError(problems)
    used = {name for _, export in read for name in export.used}
    for theirs in sorted(names.keys() - used):
        typer.echo(f"quotemark: --map: nothing is called {printable(theirs)!r}", err=True)
    clashes: list[Problem] = []
    corpus = joined(((path, corpus_of(list(export.tasks))) for path, export in read), clashes)
    if clashes:
        remedy = "name documents by a key of the data that differs: --id-key"
        raise QuotemarkError(replace(clash, remedy=remedy) for clash in clashes)
    named = renamed(corpus, name)
    write(named, output)
    typer.echo(f"quotemark: {counts_of(named)}", err=True)
    for problem in problems:
        typer.echo(f"quotemark: {problem}", err=True)
    if problems:
        raise typer.Exit(1)


def _names(pairs: list[str] | None) -> dict[str, str]:
    names: dict[str, str] = {}
    for pair in pairs or ():
        theirs, equals, ours = pair.rpartition("=")
        if not (theirs and equals):
            raise typer.BadParameter(f"--map {pair!r}: give THEIRS=OURS")
        if names.get(theirs, ours) != ours:
            raise typer.BadParameter(f"--map {pair!r}: this name has another already")
        names[theirs] = ours
    return names
