"""`quotemark serve`: an extractor's predictions as Label Studio asks for them."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotemark.cli.labelstudio import Timeout, TokenFile, Url, find_server
from quotemark.cli.options import SchemeFile, scheme_of
from quotemark.errors import QuotemarkError, error
from quotemark.files import read_bytes
from quotemark.labelstudio.session import TIMEOUT, URL, session, shown

if TYPE_CHECKING:
    from quotemark.extractors import Extractor
    from quotemark.labelstudio.annotators import Server
    from quotemark.scheme import Scheme

SECRET_VARIABLE = "QUOTEMARK_SERVE_SECRET"  # noqa: S105 - the variable's name
STOPPING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
SHORTEST = 16
"""Characters that a secret has at least: anybody on the network may try."""


def serve(
    extractor: Annotated[
        str, typer.Option("--extractor", help="The extractor to run.", metavar="NAME")
    ] = "rules",
    scheme: SchemeFile = None,
    host: Annotated[
        str,
        typer.Option(
            help="The address to listen at. Any but this machine's own needs a secret.",
            metavar="ADDRESS",
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="The port to listen at; 0 is a free one.", min=0, max=65535)
    ] = 9090,
    secret_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=f"A file with the secret that requests must bring; else {SECRET_VARIABLE}.",
        ),
    ] = None,
    project: Annotated[
        list[str] | None,
        typer.Option(
            "--project",
            "-p",
            help="Connect this project, by its id or its title, which takes an access token. "
            "Repeatable.",
        ),
    ] = None,
    address: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Where Label Studio finds this server; else where it listens."
        ),
    ] = None,
    url: Url = URL,
    token_file: TokenFile = None,
    timeout: Timeout = TIMEOUT,
) -> None:
    """Serve an extractor's predictions to Label Studio, until Ctrl-C.

    Prints the address to give as a project's ML backend. A task gets its predictions when it is
    first opened. Other machines can reach it only where --host says so, and only with the secret.
    """
    from quotemark.extractors import extractor as extractor_named
    from quotemark.labelstudio.annotators import Server
    from quotemark.labelstudio.serving import serving

    chosen, made_by = scheme_of(scheme), extractor_named(extractor)
    secret = find_secret(secret_file)
    server = find_server(url, token_file) if project else Server(url, "")
    log_to_stderr()
    for sign in STOPPING:
        signal.signal(sign, signal.default_int_handler)  # as Ctrl-C does, they end it in good order
    try:
        with ExitStack() as stack:
            listening = serving(made_by, chosen, host=host, port=port, secret=secret)
            where = stack.enter_context(listening)
            for name in project or ():
                found = connected(
                    server, name, address or where, chosen, made_by, secret, timeout=timeout
                )
                stack.enter_context(found)
            typer.echo(address or where)
            typer.echo(f"quotemark: serving {made_by.name}; Ctrl-C stops it", err=True)
            _wait()
    except KeyboardInterrupt:
        typer.echo("quotemark: serve is stopped", err=True)


def find_secret(file: Path | None = None) -> str | None:
    """The secret: a file's content, or else that of QUOTEMARK_SERVE_SECRET, or none.

    Raises `QuotemarkError`, which never repeats what it found.
    """
    found = read_bytes(file).decode("utf-8", "replace") if file else os.environ.get(SECRET_VARIABLE)
    if found is None:
        return None
    secret = found.strip()
    if not secret.isascii() or not secret.isprintable() or len(secret) < SHORTEST:
        message = f"a secret has {SHORTEST} or more characters, all of them ASCII"
        remedy = "make one with: openssl rand -hex 16"
        raise error("secret", message, remedy, file=file or SECRET_VARIABLE)
    return secret


@contextmanager
def connected(
    server: Server,
    project: str,
    where: str,
    scheme: Scheme,
    extractor: Extractor,
    secret: str | None = None,
    *,
    timeout: float = TIMEOUT,
) -> Iterator[None]:
    """Connect the project; and, in the end, leave it with the predictions that it has."""
    from quotemark.labelstudio.connection import connect, disconnect
    from quotemark.labelstudio.remote.projects import need

    reach = partial(session, server.url, server.token, timeout)
    with reach() as client:
        number = need(client, project, shown(server.url))
        connect(client, number, where, scheme=scheme, model=extractor.name, secret=secret)
    typer.echo(f"quotemark: project {number} is connected", err=True)
    try:
        yield
    finally:
        try:
            with reach() as client:
                disconnect(client, number, where)
        except QuotemarkError as failure:
            typer.echo(f"quotemark: project {number} stays connected: {failure}", err=True)


def log_to_stderr() -> None:
    """What the server logs, as the lines of any command."""
    log = logging.getLogger("quotemark.serve")
    if not log.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("quotemark: %(message)s"))
        log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False


def _wait() -> None:
    """Until a signal ends it; on Windows, only a short wait can be ended."""
    while True:
        time.sleep(1)
