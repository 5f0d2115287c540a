"""Who annotates, and on which server: a list of emails, or a file for a server each."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from quotemark.errors import error
from quotemark.files import read_text
from quotemark.labelstudio.session import find_token

_FORM = (
    'give, for each annotator, a table such as ["ana@example.org"] with url, '
    "and token_file or token_env"
)


@dataclass(frozen=True, slots=True)
class Server:
    """A Label Studio server and a token to it, which `repr` does not show."""

    url: str
    token: str = field(repr=False)


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    url: str
    token_file: str | None = None
    token_env: str | None = None


def read_annotators(given: str, url: str, find: Callable[[str], Server]) -> dict[str, Server]:
    """Each annotator's server, by email.

    `given` is emails with commas between, whose server is the one at `url`, or the name of a TOML
    file with a table for each annotator: `url`, and where the token to that server is, the
    `token_file` (beside the TOML file, if relative) or the environment variable `token_env`; with
    neither, `find` finds it, as it does for the server at `url`. Raises `QuotemarkError` for a file
    that cannot be read or a token that is not there, without repeating what it found.

    >>> found = read_annotators(
    ...     "Ana@x.org, bo@x.org", "http://one", lambda url: Server(url, "secret")
    ... )
    >>> found
    {'ana@x.org': Server(url='http://one'), 'bo@x.org': Server(url='http://one')}
    """
    if not given.endswith(".toml"):
        names = [name.strip().lower() for name in given.split(",") if name.strip()]
        one = find(url)
        return _distinct([(name, one) for name in names])
    file = Path(given)
    try:
        tables = tomllib.loads(read_text(file))
        entries = msgspec.convert(tables, dict[str, _Entry])
    except tomllib.TOMLDecodeError as failure:
        raise error("toml", str(failure), _FORM, file=file) from None
    except msgspec.ValidationError as failure:
        raise error("annotators", str(failure), _FORM, file=file) from None
    return _distinct(
        [(name.lower(), _server(name, entry, file, find)) for name, entry in entries.items()]
    )


def _distinct(pairs: list[tuple[str, Server]]) -> dict[str, Server]:
    found = dict(pairs)
    if not pairs or len(found) < len(pairs):
        raise error("annotators", "nobody, or somebody twice", "name each annotator once")
    return found


def _server(name: str, entry: _Entry, file: Path, find: Callable[[str], Server]) -> Server:
    if entry.token_file and entry.token_env:
        message = f"{name!r} has both token_file and token_env"
        raise error("annotators", message, "keep one of them", file=file)
    if entry.token_file:
        return Server(entry.url, find_token(file.parent / entry.token_file))
    if entry.token_env is None:
        return find(entry.url)
    token = os.environ.get(entry.token_env, "").strip()
    if not token:
        message = f"{name!r}: the environment has no {entry.token_env}"
        raise error("token", message, "set it, or name a token_file", file=file)
    return Server(entry.url, token)
