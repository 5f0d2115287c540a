"""What is known of an article: the keys of `Document.meta`, and the sidecar file beside a text.

A sidecar is `NAME.toml` beside `NAME.txt`, `NAME.md` or `NAME.html`. docs/formats.md shows one.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.files import STDIO, read_bytes
from quotemark.model import Json

MOST_VALUES = 100_000
"""More values than this in one document's meta are an attack (YAML aliases), not meta."""


def read_sidecar(path: Path) -> dict[str, Json]:
    """The meta of the sidecar beside a file; empty where there is none.

    Raises `QuotemarkError` where it is no TOML or a key is not what `checked` wants.
    """
    beside = path.with_suffix(".toml")
    if path == STDIO or not beside.is_file():
        return {}
    try:
        raw = tomllib.loads(read_bytes(beside).decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as failure:
        raise error("meta", str(failure), "mend the TOML, in UTF-8", file=beside) from None
    except RecursionError:
        raise error("meta", "is nested too deeply", "mend the TOML", file=beside) from None
    return checked(raw, Where(str(beside)))


def checked(raw: Mapping[Any, Any], where: Where) -> dict[str, Json]:
    """Meta as JSON values, dates as ISO strings. Raises `QuotemarkError` with every problem.

    `id`, `title` and `encoding` must be non-empty strings, `targets` a list of them, `entities`
    a list of tables with `id`, `name` and, if wanted, `aliases`.

    >>> checked({"date": date(2018, 7, 7), "targets": ["sanctions"]}, Where("a.toml"))
    {'date': '2018-07-07', 'targets': ['sanctions']}
    """
    try:
        meta = _Plain().table(raw)
    except ValueError as failure:
        raise QuotemarkError(Problem(where, "meta", str(failure), "mend this value")) from None
    problems = list(problems_of(meta, where))
    if problems:
        raise QuotemarkError(problems)
    return meta


def problems_of(meta: Mapping[str, Json], where: Where) -> Iterator[Problem]:
    """What is wrong with the keys that have a meaning to this package."""
    for key in ("id", "title", "encoding"):
        if meta.get(key) is not None and not _is_name(meta[key]):
            yield _problem(where, key, meta[key], "give a string that is not empty")
    targets = meta.get("targets", [])
    if not _are_names(targets):
        yield _problem(where, "targets", targets, "give a list of strings")
    entities = meta.get("entities", [])
    if not isinstance(entities, list):
        yield _problem(where, "entities", entities, "give a list of tables with id and name")
        return
    ids = set()
    for number, entity in enumerate(entities, 1):
        place = f"entities: number {number}"
        if not isinstance(entity, dict):
            yield _problem(where, place, entity, "give a table with id and name")
            continue
        yield from _entity_problems(entity, place, where)
        if str(entity.get("id")) in ids:
            yield _problem(where, f"{place}: id", entity["id"], "give each an id of its own")
        ids.add(str(entity.get("id")))


def _entity_problems(entity: Mapping[str, Json], place: str, where: Where) -> Iterator[Problem]:
    for key in ("id", "name"):
        if not _is_name(entity.get(key)):
            remedy = "give a string that is not empty"
            yield _problem(where, f"{place}: {key}", entity.get(key), remedy)
    if not _are_names(entity.get("aliases", [])):
        yield _problem(where, f"{place}: aliases", entity["aliases"], "give a list of strings")
    for key in sorted(set(entity) - {"id", "name", "aliases"}):
        yield _problem(where, f"{place}: {key}", entity[key], "use id, name and aliases only")


def _problem(where: Where, key: str, value: Json, remedy: str) -> Problem:
    return Problem(where, "meta", f"{key} is {_short(value)}", remedy)


def _is_name(value: Json) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _are_names(value: Json) -> bool:
    return isinstance(value, list) and all(map(_is_name, value))


def _short(value: Json) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:59]}…"


class _Plain:
    """Turns what TOML, YAML and tables hold into JSON values, so many and no more."""

    def __init__(self) -> None:
        self.left = MOST_VALUES

    def table(self, raw: Mapping[Any, Any]) -> dict[str, Json]:
        return {str(key): self.value(value, str(key)) for key, value in raw.items()}

    def value(self, value: Any, key: str, depth: int = 0) -> Json:
        self.left -= 1
        if self.left < 0 or depth > 50:
            raise ValueError(f"{key!r} holds too many values")
        if isinstance(value, (date, datetime, time)):
            return value.isoformat()
        if value is None or isinstance(value, (bool, int, str)):
            return value
        if isinstance(value, float) and math.isfinite(value):
            return value
        if isinstance(value, (list, tuple)):
            return [self.value(v, key, depth + 1) for v in value]
        if isinstance(value, Mapping):
            return {str(k): self.value(v, key, depth + 1) for k, v in value.items()}
        raise ValueError(f"{key!r} is {_short(value)}, which JSON cannot hold")


def toml_string(text: str) -> str:
    """Text as a TOML string on one line; a lone surrogate, which TOML cannot hold, is `?`.

    >>> print(toml_string('"Über"'))
    "\\"Über\\""
    """
    sound = text.encode("utf-8", "replace").decode("utf-8")
    # JSON's escapes are among TOML's, which wants DEL escaped, too.
    return json.dumps(sound, ensure_ascii=False).replace("\x7f", "\\u007f")
