"""Where a server keeps its annotations: SQLite in its folder, or a PostgreSQL by its URL."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from quotemark.errors import error
from quotemark.files import read_bytes
from quotemark.labelstudio.studio.home import keep

NAME = "database"
"""The file of a data folder that says what its database is, without a password."""

URL_VARIABLE = "QUOTEMARK_DATABASE_URL"

_FORM = "give one as in postgresql://user:password@host:5432/database"

_SETTINGS = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}
"""What a URL may ask of the connection, and how the database's own library is told."""


@dataclass(frozen=True, slots=True)
class Database:
    """A database: how it is called, and what the server is told of it. No password in `repr`."""

    name: str
    environment: Mapping[str, str] = field(repr=False)


SQLITE = Database("sqlite", {"DJANGO_DB": "sqlite"})
"""The file `label_studio.sqlite3` of the data folder."""


def find_database(file: Path | None = None) -> Database:
    """The database by the URL in a file, or else in QUOTEMARK_DATABASE_URL; else SQLite.

    Raises `QuotemarkError`, which never repeats what it found.
    """
    if file:
        url = read_bytes(file).decode("utf-8", "replace").strip()
        return parse_url(url, source=str(file))
    url = os.environ.get(URL_VARIABLE, "").strip()
    return parse_url(url, source=URL_VARIABLE) if url else SQLITE


def parse_url(url: str, *, source: str = "") -> Database:
    """The PostgreSQL database of a URL, whose user, password and name may be percent-encoded.

    The query may set `sslmode` and `sslrootcert`. Raises `QuotemarkError` naming `source`, and
    never the URL, which holds a password.

    >>> parse_url("postgresql://ana:s%40fe@db.example.org/news?sslmode=require")
    Database(name='postgresql://ana@db.example.org:5432/news')
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or 5432
        settings = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True))
    except ValueError:
        raise error("database", "is no URL that can be read", _FORM, file=source) from None
    if parts.scheme not in ("postgresql", "postgres"):
        raise error("database", "is no PostgreSQL URL", _FORM, file=source)
    user, name = unquote(parts.username or ""), unquote(parts.path.removeprefix("/"))
    for part, value in (("user", user), ("host", host), ("database", name)):
        if not value:
            raise error("database", f"the URL names no {part}", _FORM, file=source)
    if parts.fragment or "/" in parts.path.removeprefix("/"):
        message = "holds a # or a / that is not percent-encoded"
        raise error("database", message, "write %23 for # and %2F for /", file=source)
    values = (user, name, unquote(parts.password or ""), *settings.values())
    if any(not value.isprintable() for value in values):
        raise error("database", "the URL holds a control character", _FORM, file=source)
    if unknown := sorted(settings.keys() - _SETTINGS.keys()):
        known = ", ".join(_SETTINGS)
        message = f"the URL sets {unknown[0]!r}"
        raise error("database", message, f"it may set {known}", file=source)
    at = f"[{host}]" if ":" in str(host) else host
    return Database(
        f"postgresql://{quote(user, safe='')}@{at}:{port}/{quote(name, safe='')}",
        {
            "DJANGO_DB": "default",  # which is Label Studio's name for PostgreSQL
            "POSTGRE_USER": user,
            "POSTGRE_PASSWORD": unquote(parts.password or ""),
            "POSTGRE_HOST": str(host),
            "POSTGRE_PORT": str(port),
            "POSTGRE_NAME": name,
            **{_SETTINGS[key]: value for key, value in settings.items()},
        },
    )


def check_same(folder: Path, database: Database) -> None:
    """Raises `QuotemarkError` where a data folder was used with another database before.

    A server that starts with an empty database looks as if everything were lost.
    """
    file = folder / NAME
    before = keep(file, lambda: "") if os.path.lexists(file) else database.name
    if before != database.name:
        message = f"the annotations of this data folder are in {before}, not in {database.name}"
        if before == SQLITE.name:
            remedy = f"leave out the URL ({URL_VARIABLE}), or name another folder with --data-dir"
        else:
            remedy = f"give its URL in {URL_VARIABLE} or --database-url-file"
        raise error("database", message, remedy, file=file)


def remember(folder: Path, database: Database) -> None:
    """Note that a data folder has been used with a database."""
    keep(folder / NAME, lambda: database.name)
