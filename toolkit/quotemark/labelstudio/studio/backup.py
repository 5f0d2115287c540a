"""A copy of the folder's database, made before another version of Label Studio changes it."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from quotemark.errors import error

DATABASE = "label_studio.sqlite3"
NOTE = "version"
"""The file that says which version has used the folder last."""


def installed_version() -> str:
    """The version of Label Studio that would be started."""
    return version("label-studio")


def back_up(folder: Path, new: str) -> Path | None:
    """Copy the SQLite database of a data folder, if its last server was not of version `new`.

    The copy lies beside it. One that an earlier attempt has made stays as it is: it is the one
    from before any change. None where there is nothing to copy. Raises `QuotemarkError` where the
    database cannot be read or the copy not be written.
    """
    database, note = folder / DATABASE, folder / NOTE
    copy = folder / f"{DATABASE}.before-{new}"
    if not database.exists() or (note.exists() and note.read_text().strip() == new):
        return None
    if copy.exists():
        return copy
    try:
        handle, name = tempfile.mkstemp(dir=folder, prefix=f".{copy.name}.")  # of mode 0600
        os.close(handle)
        temporary = Path(name)
        try:
            with closing(sqlite3.connect(database)) as old, closing(sqlite3.connect(name)) as made:
                old.backup(made)
            temporary.replace(copy)
        finally:
            temporary.unlink(missing_ok=True)
    except (OSError, sqlite3.Error) as failure:
        message = f"cannot be copied before version {new} changes it: {failure}"
        remedy = "make room, or put a backup in its place"
        raise error("database", message, remedy, file=database) from None
    return copy


def note_version(folder: Path, new: str) -> None:
    """Note which version has used a data folder."""
    descriptor = os.open(folder / NOTE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(f"{new}\n")
