"""A Label Studio server of one's own on this machine, for annotating and for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import NamedTuple
from urllib.parse import urlsplit

from quotemark.errors import QuotemarkError, error
from quotemark.labelstudio.studio.backup import back_up, installed_version, note_version
from quotemark.labelstudio.studio.credentials import credentials
from quotemark.labelstudio.studio.database import SQLITE, Database, check_same, remember
from quotemark.labelstudio.studio.home import default_home, open_home
from quotemark.labelstudio.studio.server import (
    address,
    check_installed,
    environment,
    listen,
    process,
    wait,
)

PATIENCE = 900.0
"""How many seconds a start may take: the first one sets up the database."""


@dataclass(frozen=True, slots=True)
class Studio:
    """A running server and how to get in. Password and token are not shown by `repr`.

    `process` is the server's, where this program has started it.
    """

    url: str
    username: str
    password: str = field(repr=False)
    token: str = field(repr=False)
    process: Popen[bytes] | None = field(default=None, repr=False, compare=False)


@contextmanager
def studio(
    folder: Path,
    *,
    username: str | None = None,
    port: int | None = None,
    database: Database = SQLITE,
    patience: float = PATIENCE,
) -> Iterator[Studio]:
    """Run a server with its data in `folder` until the block ends.

    It listens on this machine only, at `port`, or where it did before, or at a free one, and
    reports to nobody. Password and token are made at the first start and kept in the folder; they
    go through the environment, so that no list of processes shows them. The server ends with this
    process, even if that is killed. Before another version of Label Studio than the last changes
    a SQLite database, it is copied. Raises `QuotemarkError` where Label Studio is not installed,
    where others could look into the folder, where a server runs there already, and where it does
    not answer within `patience` seconds.
    """
    check_installed()
    folder = open_home(folder)
    there = address(folder)
    if there.runs:
        message = f"a server runs already with this data folder, at {there.url}"
        raise error("studio", message, "stop it, or name another folder", file=folder)
    check_same(folder, database)
    version = installed_version()
    back_up(folder, version)
    owner = credentials(folder, username)
    listener = listen(port, before=urlsplit(there.url).port)
    url = "http://{}:{}".format(*listener.getsockname())
    settings = environment(folder, owner, database)
    with process(folder, listener, settings) as started:
        wait(url, folder, patience, started)
        remember(folder, database)
        note_version(folder, version)
        yield Studio(url, owner.username, owner.password, owner.token, started)


def running(folder: Path, *, patience: float = PATIENCE) -> Studio | None:
    """The server that runs with its data in `folder`, started elsewhere; None where none does.

    Waits up to `patience` seconds for one that is being started; one that ends meanwhile does not
    run. Raises `QuotemarkError` where it does not answer.
    """
    there = address(folder.expanduser().resolve())
    if not there.runs:
        return None
    folder = open_home(folder)
    try:
        wait(there.url, folder, patience, None)
    except QuotemarkError:
        if address(folder).runs:
            raise
        return None
    owner = credentials(folder)
    return Studio(there.url, owner.username, owner.password, owner.token)


class Stopped(NamedTuple):
    """A data folder whose server does not run, and where that was when it last ran."""

    folder: Path
    url: str


def stopped() -> Stopped | None:
    """The user's own server, where it has run before and does not now; else None."""
    try:
        folder = default_home().expanduser().resolve()
    except QuotemarkError:
        return None
    there = address(folder)
    return Stopped(folder, there.url) if there.url and not there.runs else None


def own() -> Studio | None:
    """The user's own server, with its data where none is named; None where it does not run."""
    try:
        folder = default_home()
    except QuotemarkError:  # what knows where that is comes with what runs there
        return None
    return running(folder)
