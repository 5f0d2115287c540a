"""`quotemark config`, `push`, `pull` and `import`: to Label Studio and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quotemark.files import STDIO, write_atomic
from quotemark.scheme import Scheme, default_scheme, read_scheme

SchemeFile = Annotated[
    Path | None,
    typer.Option("--scheme", metavar="FILE", help="The annotation scheme; else the default one."),
]
Url = Annotated[
    str,
    typer.Option(envvar="LABEL_STUDIO_URL", metavar="URL", help="The server's address."),
]
TokenFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="A file with the access token; else it is taken from LABEL_STUDIO_API_KEY.",
    ),
]
Project = Annotated[
    str, typer.Option("--project", "-p", help="The project, by its id or its title.")
]
LOCAL = "http://localhost:8080"


def config(
    scheme: SchemeFile = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Where to write; - is stdout.")
    ] = STDIO,
) -> None:
    """Write the Label Studio labelling configuration of a scheme."""
    from quotemark.labelstudio.config import labeling_config

    write_atomic(output, labeling_config(_scheme(scheme)).encode())


def push(
    tasks: Annotated[
        list[Path], typer.Argument(metavar="TASKS...", help="Task files that split has written.")
    ],
    project: Project,
    url: Url = LOCAL,
    token_file: TokenFile = None,
    scheme: SchemeFile = None,
    update_config: Annotated[
        bool, typer.Option(help="Replace the project's labelling configuration if it differs.")
    ] = False,
) -> None:
    """Bring tasks to a Label Studio project, which is made if there is none of this title.

    Tasks that are there already are not made again.
    """
    from quotemark.formats import ReadOptions
    from quotemark.formats.labelstudio import read_tasks
    from quotemark.labelstudio import remote

    chosen = _scheme(scheme)
    options = ReadOptions(scheme=chosen)
    report = remote.push(
        [task for path in tasks for task in read_tasks(path, options)],
        url=url,
        token=remote.find_token(token_file),
        project=project,
        scheme=chosen,
        update_config=update_config,
    )
    counts = (len(report.created), len(report.updated), len(report.unchanged))
    typer.echo("created {}, updated {}, unchanged {}: {}".format(*counts, report.url))
    if report.kept:
        message = f"{len(report.kept)} tasks were there already: their annotations were not sent"
        typer.echo(f"quotemark: {message}", err=True)


def pull(
    project: Project,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Where to write; - is stdout.")
    ],
    url: Url = LOCAL,
    token_file: TokenFile = None,
    scheme: SchemeFile = None,
    predictions: Annotated[
        bool, typer.Option("--predictions", help="Bring the predictions too.")
    ] = False,
    keep_going: Annotated[
        bool,
        typer.Option(
            "--keep-going", help="Leave out annotations with problems, name them and exit with 1."
        ),
    ] = False,
) -> None:
    """Bring the annotations of a Label Studio project into a file of the native format."""
    from quotemark.formats import jsonl
    from quotemark.labelstudio import remote

    pulled = remote.pull(
        url=url,
        token=remote.find_token(token_file),
        project=project,
        scheme=_scheme(scheme),
        predictions=predictions,
        keep_going=keep_going,
    )
    write_atomic(output, jsonl.write(pulled.corpus))
    layers = len(pulled.corpus.annotations)
    typer.echo(f"{layers} annotations of {len(pulled.corpus.documents)} documents", err=True)
    for problem in pulled.problems:
        typer.echo(f"quotemark: {problem}", err=True)
    if pulled.problems:
        raise typer.Exit(1)


def import_(
    exports: Annotated[
        list[Path],
        typer.Argument(metavar="EXPORT...", help="Label Studio exports in its JSON format."),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Where to write; - is stdout.")
    ],
    scheme: SchemeFile = None,
) -> None:
    """Turn Label Studio export files into one file of the native format."""
    from quotemark.formats import ReadOptions, jsonl, read

    corpus = read(*exports, format="labelstudio", options=ReadOptions(scheme=_scheme(scheme)))
    write_atomic(output, jsonl.write(corpus))


def _scheme(file: Path | None) -> Scheme:
    return read_scheme(file) if file else default_scheme()
