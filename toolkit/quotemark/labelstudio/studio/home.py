"""The data folder of a Label Studio server: where it is, and that it is its owner's alone.

Besides Label Studio's own database and files it holds, a line each:

- `username`, `password`, `token`: the first user, who owns everything on the server
- `secret-key`: what the server signs logins with
- `database`: where the annotations are, without a password
- `version`: which Label Studio has used it last
- `server.lock`: the address and process of the server; locked for as long as it runs
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

from quotemark.errors import error

HOST = "127.0.0.1"
LOG, LOCK = "server.log", "server.lock"

TAKEN = 75
"""How a server's process ends where another one has the folder's lock (EX_TEMPFAIL)."""

GRACE = 5.0
"""How many seconds requests in progress have, once the server is told to stop."""

VARIABLE = "QUOTEMARK_STUDIO"
"""The environment variable that names another data folder."""


def default_home() -> Path:
    """The data folder where none is named: that of QUOTEMARK_STUDIO, or the user's.

    Raises `QuotemarkError` where platformdirs, which knows the user's, is not installed.
    """
    if named := os.environ.get(VARIABLE):
        return Path(named)
    try:
        from platformdirs import user_data_path
    except ImportError:
        raise not_installed("platformdirs") from None
    return user_data_path("quotemark", appauthor=False) / "studio"


def not_installed(name: str) -> Exception:
    """That a part of the extra `studio` is missing, and how to get it."""
    remedy = "install it with: pip install '.[studio]' in quotemark's checkout"
    return error("no-studio", f"{name} is not installed", remedy)


def open_home(folder: Path) -> Path:
    """The data folder, made if it is not there, as an absolute path.

    Raises `QuotemarkError` where it cannot be made, or others could look into it.
    """
    folder = folder.expanduser().resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as failure:
        reason = failure.strerror or str(failure)
        remedy = "name another folder with --data-dir"
        raise error("folder", f"cannot be made: {reason}", remedy, file=folder) from None
    check_private(folder)
    return folder


def check_private(path: Path) -> None:
    """Raises `QuotemarkError` unless a file or folder is ours and nobody else can open it."""
    try:
        found = path.lstat()
    except OSError as failure:
        reason = failure.strerror or str(failure)
        raise error("file", reason, "name a readable place", file=path) from None
    is_folder = stat.S_ISDIR(found.st_mode)
    if not (is_folder or stat.S_ISREG(found.st_mode)):
        raise error("mode", "is neither a file nor a folder", "remove it", file=path)
    if found.st_uid != os.geteuid():
        message = "belongs to another user of this machine"
        raise error("mode", message, "name a folder of your own with --data-dir", file=path)
    mode = stat.S_IMODE(found.st_mode)
    if mode & 0o077:
        message = f"is open to other users of this machine (mode {mode:04o})"
        remedy = f"chmod {'700' if is_folder else '600'} it, if nobody has looked"
        raise error("mode", message, remedy, file=path)


def keep(file: Path, make: Callable[[], str]) -> str:
    """The line that a private file holds, made and kept where there is none yet.

    Of several who make it at the same moment, all get the same. It is readable by its owner only
    from its first byte on, and never half written. Raises `QuotemarkError` where others could
    read it, where it is empty, or where it cannot be written.
    """
    if not os.path.lexists(file):
        _create(file, f"{make()}\n")
    check_private(file)
    try:
        line = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        line = ""
    if not line:
        remedy = "put back what it held, or delete it to have it made anew"
        raise error("file", "cannot be read, or holds nothing", remedy, file=file)
    return line


def _create(file: Path, content: str) -> None:
    """Make a file with its content at once, unless somebody has just done so."""
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # of mode 0600
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            file.hardlink_to(temporary)  # which, other than renaming, never replaces
        finally:
            temporary.unlink()
    except FileExistsError:
        pass
    except OSError as failure:
        reason = failure.strerror or str(failure)
        remedy = "name another folder with --data-dir"
        raise error("file", f"cannot be written: {reason}", remedy, file=file) from None
