"""`quotemark studio`: a Label Studio of one's own, with the tasks in it and the browser at them."""

from __future__ import annotations

import os
import signal
import sys
import time
import webbrowser
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from quotemark.cli.changes import remark, summary
from quotemark.cli.instructions import Guidelines, Page, instruction_of, put_instruction
from quotemark.cli.options import SchemeFile, scheme_of
from quotemark.cli.progress import bars, waiting
from quotemark.cli.serve import STOPPING, connected, log_to_stderr
from quotemark.errors import error
from quotemark.labelstudio.session import TIMEOUT, session

if TYPE_CHECKING:
    from quotemark.extractors import Extractor
    from quotemark.labelstudio.remote import PushReport
    from quotemark.labelstudio.studio import Studio
    from quotemark.labelstudio.studio.database import Database
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
    extractor: Annotated[
        str | None,
        typer.Option(
            "--extractor",
            metavar="NAME",
            help="Let this extractor pre-annotate tasks when they are opened, as serve does.",
        ),
    ] = None,
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
    guidelines: Guidelines = None,
) -> None:
    """Start a Label Studio on this machine, bring tasks to it and open the browser.

    Ctrl-C stops it; the next start continues where it was. Where one runs with the same folder
    already, the tasks are brought to that one. It can be reached from this machine only, and
    reports to nobody.
    """
    if sys.platform == "win32":
        raise error("studio", "does not run on Windows", "run it in WSL, or push to a server")
    from quotemark.labelstudio.studio.home import default_home

    chosen, backend = scheme_of(scheme), _extractor(extractor)
    given, instructions = _read(tasks or [], chosen), instruction_of(guidelines, scheme)
    folder = (data_dir or default_home()).expanduser().resolve()
    for sign in STOPPING:
        signal.signal(sign, signal.default_int_handler)  # as Ctrl-C does, they end it in good order
    ready = False
    try:
        with ExitStack() as stack:
            server = _start(stack, folder, port, username, database_url_file)
            page, serves = server.url, False
            if tasks or project or backend:
                report = _push(
                    server, given, project or PROJECT, chosen, instructions, update=update_config
                )
                page = f"{report.url}/data?labeling=1"
                if backend:
                    serves = _serve(stack, server, report.project, chosen, backend)
            ready = True
            _announce(server, page, folder, show_password)
            if browser and _has_screen():
                webbrowser.open(page)
            _until_stopped(server, folder, serving=serves)
    except KeyboardInterrupt:
        typer.echo("quotemark: stopped", err=True)
        raise typer.Exit(0 if ready else 130) from None


def _read(files: list[Path], scheme: Scheme) -> list[Task]:
    from quotemark.formats import ReadOptions
    from quotemark.formats.labelstudio import read_tasks

    options = ReadOptions(scheme=scheme)
    return [task for file in files for task in read_tasks(file, options)]


def _extractor(name: str | None) -> Extractor | None:
    if name is None:
        return None
    from quotemark.extractors import extractor

    return extractor(name)


def _start(
    stack: ExitStack, folder: Path, port: int | None, username: str | None, url_file: Path | None
) -> Studio:
    """The folder's server: one that runs already, or a new one that ends with the stack."""
    from quotemark.labelstudio import studio
    from quotemark.labelstudio.studio.database import find_database
    from quotemark.labelstudio.studio.server import address

    database = find_database(url_file)
    if there := studio.running(folder):
        _fits(there, folder, port, username, database)
        typer.echo(f"quotemark: a server runs already with {folder}", err=True)
        return there
    started = studio.studio(folder, username=username, port=port, database=database)
    before = address(folder).url
    once = ", which sets up its database: a minute or two, this once"
    with waiting(f"starting Label Studio{'' if before else once}"):
        server = stack.enter_context(started)
    if before and port is None and server.url != before:
        typer.echo(f"quotemark: it was at {before}, where another program is now", err=True)
    return server


def _fits(
    there: Studio, folder: Path, port: int | None, username: str | None, database: Database
) -> None:
    """Raises `QuotemarkError` where a server that runs already is not the one that is asked for."""
    from quotemark.labelstudio.studio.credentials import credentials
    from quotemark.labelstudio.studio.database import SQLITE, check_same

    if port not in (None, urlsplit(there.url).port):
        message = f"a server runs already with this data folder, at {there.url}"
        remedy = "leave out --port, or stop that one with Ctrl-C where it was started"
        raise error("port", message, remedy, file=folder)
    credentials(folder, username)
    if database != SQLITE:
        check_same(folder, database)


def _push(
    server: Studio,
    tasks: list[Task],
    project: str,
    scheme: Scheme,
    instructions: Page,
    *,
    update: bool,
) -> PushReport:
    """Bring the tasks and the guidelines to the project, and say so."""
    from quotemark.labelstudio import remote
    from quotemark.labelstudio.annotators import Server

    reached = Server(server.url, server.token)
    remote.check_not_blind(project, reached, timeout=TIMEOUT)
    with bars() as progress:
        report = remote.push(
            tasks,
            url=server.url,
            token=server.token,
            project=project,
            scheme=scheme,
            update_config=update,
            progress=progress,
        )
    typer.echo(f"quotemark: tasks: {summary(report)}", err=True)
    remark(report)
    put_instruction(reached, report.project, instructions, TIMEOUT)
    return report


def _serve(
    stack: ExitStack, server: Studio, project: int, scheme: Scheme, extractor: Extractor
) -> bool:
    """Have the extractor asked for predictions, until the stack ends; whether it is this one.

    It need not be where another `studio` or `serve` lets it be asked already. Raises
    `QuotemarkError` where another extractor is.
    """
    from quotemark.labelstudio.annotators import Server
    from quotemark.labelstudio.connection import answering
    from quotemark.labelstudio.serving import serving

    with session(server.url, server.token, TIMEOUT) as client:
        there = answering(client, project)
    if there is not None:
        message = f"project {project} has its predictions from {there!r}, which runs already"
        if there != extractor.name:
            remedy = "stop it where it was started, or leave out --extractor"
            raise error("extractor", message, remedy)
        typer.echo(f"quotemark: {message}", err=True)
        return False
    log_to_stderr()
    where = stack.enter_context(serving(extractor, scheme))
    found = connected(Server(server.url, server.token), str(project), where, scheme, extractor)
    stack.enter_context(found)
    return True


def _announce(server: Studio, page: str, folder: Path, show_password: bool) -> None:
    """The address on standard output; the rest beside it. The token is never shown."""
    from quotemark.labelstudio.studio.home import default_home

    secret = f"is {server.password}" if show_password else f"is in {folder / 'password'}"
    typer.echo(page)
    typer.echo(f"quotemark: log in as {server.username}; the password {secret}", err=True)
    if folder == default_home().expanduser().resolve():
        how = "as long as it runs, where no other server is named"
    else:
        how = f"with --url {server.url} --token-file {folder / 'token'}"
    typer.echo(f"quotemark: push and pull reach it {how}", err=True)


def _until_stopped(server: Studio, folder: Path, *, serving: bool) -> None:
    """Wait, where something of ours runs. Raises `QuotemarkError` where the server ends by itself.

    One that was started elsewhere can be watched by its lock alone.
    """
    from quotemark.labelstudio.studio.server import address, ended

    if server.process is None and not serving:
        return
    typer.echo("quotemark: Ctrl-C stops it", err=True)
    if server.process is not None:
        raise ended(folder, server.process.wait())
    while address(folder).runs:
        time.sleep(1)


def _has_screen() -> bool:
    """Whether a browser has somewhere to open; one in the terminal would take that over."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    return sys.platform == "darwin" or any(os.environ.get(name) for name in names)
