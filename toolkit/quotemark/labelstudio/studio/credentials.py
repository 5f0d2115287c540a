"""Who owns a server of one's own, and its secrets: made once and kept."""

from __future__ import annotations

import getpass
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from quotemark.errors import error
from quotemark.labelstudio.studio.home import keep


@dataclass(frozen=True, slots=True)
class Credentials:
    """How to get in, and the key that the server signs logins with. `repr` shows no secret."""

    username: str
    password: str = field(repr=False)
    token: str = field(repr=False)
    secret_key: str = field(repr=False)


def credentials(folder: Path, username: str | None = None) -> Credentials:
    """The credentials of a data folder; at the first time its secrets are random.

    `username` is an email, by default the user's name of this machine at localhost. Raises
    `QuotemarkError` where the folder has another one, and where others could read the files.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     first = credentials(Path(folder), "ana@example.org")
    ...     first == credentials(Path(folder)), first
    (True, Credentials(username='ana@example.org'))
    """
    if username is not None:
        username = _email(username)
    kept = keep(folder / "username", lambda: username or f"{_login_name()}@localhost")
    if username not in (None, kept):
        message = f"the user of this data folder is {kept!r}, not {username!r}"
        remedy = "leave out --username, or name another folder with --data-dir"
        raise error("username", message, remedy, file=folder / "username")
    password = keep(folder / "password", lambda: secrets.token_urlsafe(16))
    token = keep(folder / "token", lambda: secrets.token_hex(20))  # 40 characters, as it expects
    # One that the server makes itself may begin with $, by which it cannot be read again: then
    # every start would log everybody out.
    secret_key = keep(folder / "secret-key", lambda: secrets.token_urlsafe(48))
    return Credentials(kept, password, token, secret_key)


def _email(username: str) -> str:
    """An email as Label Studio keeps it. It makes a user of anything, but lets only emails in."""
    name, at, domain = username.partition("@")
    plain = username.isascii() and username.isprintable() and " " not in username
    if not (name and at and domain and plain and "@" not in domain):
        raise error("username", f"{username!r} is no email", "give one as in ana@example.org")
    return username.lower()


def _login_name() -> str:
    """The user's name on this machine, as far as it can stand in an email."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a user that has no name, as in some containers
        name = ""
    return (
        "".join(c for c in name if c.isascii() and (c.isalnum() or c in "._-")).lower()
        or "annotator"
    )
