"""`quotemark studio`: a Label Studio of one's own, with the tasks in it and the browser at them."""

from __future__ import annotations

import os
import signal
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotemark.cli.options import SchemeFile, scheme_of
from quotemark.errors import error

if TYPE_CHECKING:
    from quotemark.labelstudio.studio import Studio
    from quotemark.scheme import Scheme
    from quotemark.tasks import Task

PROJECT = "quotemark"
"""The project of tasks where none is named."""


def studio(
    tasks: Annotated[
        list[Path] | None,
        typer.Argument(metavar="TASKS...", help="Task files that split has written."),
    ] = None,
    project: Annotated[
        str | None,
        typer.Option(
            "--project", "-p", help=f"The tasks' project, by its title or id; else {PROJECT!r}."
        ),
    ] = None,
    scheme: SchemeFile = None,
    update_config: Annotated[
        bool, typer.Option(help="Replace the project's labelling configuration if it differs.")
    ] = False,
    browser: Annotated[bool, typer.Option(help="Open the project in the browser.")] = True,
    port: Annotated[
        int | None,
        typer.Option(
            min=1, max=65535, help="Where to listen; else at the port of before, or a free one."
        ),
    ] = None,
    data_dir: Annotated[
        Path | None,
        typer.Option(
            envvar="QUOTEMARK_STUDIO",
            metavar="FOLDER",
            help="Where the server keeps everything; else a folder of your user's data.",
        ),
    ] = None,
    username: Annotated[
        str | None,
        typer.Option(
            metavar="EMAIL",
            help="The first user, when the folder is new; else your login name at localhost.",
        ),
    ] = None,
    show_password: Annotated[
        bool, typer.Option("--show-password", help="Print the first user's password.")
    ] = False,
    database_url_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A file with the URL of a PostgreSQL database; else it is taken from "
            "QUOTEMARK_DATABASE_URL; else the database is a file in the folder.",
        ),
    ] = None,
) -> None:
    """Start a Label Studio on this machine, bring tasks to it and open the browser.

    Ctrl-C stops it; the next start continues where it was. Where one runs with the same folder
    already, the tasks are brought to that one. It can be reached from this machine only, and
    reports to nobody.
    """
    if sys.platform == "win32":
        raise error("studio", "does not run on Windows", "run it in WSL, or push to a server")
    from quotemark.labelstudio.studio.home import default_home

    chosen = scheme_of(scheme)
    given = _read(tasks or [], chosen)
    folder = data_dir or default_home()
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.default_int_handler)  # as Ctrl-C does, they end it in good order
    ready = False
    try:
        with ExitStack() as stack:
            server = _start(stack, folder, port, username, database_url_file)
            page = server.url
            if tasks or project:
                page = _push(server, given, project or PROJECT, chosen, update_config)
            ready = True
            _announce(server, page, folder, show_password)
            if browser and _has_screen():
                webbrowser.open(page)
            _until_stopped(server, folder)
    except KeyboardInterrupt:
        typer.echo("quotemark: Label Studio is stopped", err=True)
        raise typer.Exit(0 if ready else 130) from None


def _read(files: list[Path], scheme: Scheme) -> list[Task]:
    from quotemark.formats import ReadOptions
    from quotemark.formats.labelstudio import read_tasks

    options = ReadOptions(scheme=scheme)
    return [task for file in files for task in read_tasks(file, options)]


def _start(
    stack: ExitStack, folder: Path, port: int | None, username: str | None, url_file: Path | None
) -> Studio:
    """The folder's server: one that runs already, or a new one that ends with the stack."""
    from quotemark.labelstudio import studio
    from quotemark.labelstudio.studio.database import find_database
    from quotemark.labelstudio.studio.server import address

    if there := studio.running(folder):
        typer.echo(f"quotemark: a server runs already with {folder}", err=True)
        return there
    database = find_database(url_file)
    started = studio.studio(folder, username=username, port=port, database=database)
    what = "starting Label Studio"
    if not address(folder).url:
        what += ", which sets up its database: a minute or two, this once"
    with _progress(what):
        return stack.enter_context(started)


def _push(server: Studio, tasks: list[Task], project: str, scheme: Scheme, update: bool) -> str:
    """Bring the tasks to the project; the address of the page where it is labelled."""
    from quotemark.labelstudio import remote

    report = remote.push(
        tasks,
        url=server.url,
        token=server.token,
        project=project,
        scheme=scheme,
        update_config=update,
    )
    counts = (len(report.created), len(report.updated), len(report.unchanged))
    typer.echo("quotemark: tasks: created {}, updated {}, unchanged {}".format(*counts), err=True)
    return f"{report.url}/data?labeling=1"


def _announce(server: Studio, page: str, folder: Path, show_password: bool) -> None:
    """The address on standard output; the rest beside it. The token is never shown."""
    secret = f"is {server.password}" if show_password else f"is in {folder / 'password'}"
    typer.echo(page)
    typer.echo(f"quotemark: log in as {server.username}; the password {secret}", err=True)
    token = f"--url {server.url} --token-file {folder / 'token'}"
    typer.echo(f"quotemark: pull and push reach it with {token}", err=True)


def _until_stopped(server: Studio, folder: Path) -> None:
    """Wait, where the server is ours. Raises `QuotemarkError` where it ends by itself."""
    from quotemark.labelstudio.studio.server import ended

    if server.process is not None:
        typer.echo("quotemark: Ctrl-C stops it", err=True)
        raise ended(folder, server.process.wait())


def _has_screen() -> bool:
    """Whether a browser has somewhere to open; one in the terminal would take that over."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    return sys.platform == "darwin" or any(os.environ.get(name) for name in names)


@contextmanager
def _progress(what: str) -> Iterator[None]:
    """Say what takes so long; in a terminal, for how long it has by now."""
    if not sys.stderr.isatty():
        typer.echo(f"quotemark: {what} …", err=True)
        yield
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        shown.add_task(what, total=None)
        yield
