"""The adjudicator's decisions: a TOML file that says of each dispute whose version to take.

adjudicator = "ann-c"

[[decision]]
doc = "article-7"
span = "ann-a:q3"      # any annotator's span of the dispute
words = "a setback"    # optional: what that span says, as a check
take = "ann-b"         # whose version; "none" leaves the span out of gold
reason = "…"           # optional, kept in gold
attributes = { polarity = "oppose", holder = "" }  # optional changes; "" is null: there is none
relations = { said_by = ["ann-a:s2"] }             # optional changes; [] is none
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.files import read_bytes
from quotemark.model import Value

NONE = "none"
"""What `take` says to leave a span out of gold."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whose version of one thing in one document is gold.

    `span` is `annotator:id` of any version. `attributes` and `relations` change the version
    taken: values, and the spans (as `annotator:id`) that a relation leads to instead.
    """

    doc_id: str
    span: str
    take: str
    reason: str = ""
    words: str = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)
    relations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decisions:
    """Who decided, and what."""

    adjudicator: str
    decisions: tuple[Decision, ...]


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    doc: str
    span: str
    take: str
    reason: str = ""
    words: str = ""
    attributes: dict[str, str | list[str]] = {}
    relations: dict[str, list[str]] = {}


class _File(msgspec.Struct, forbid_unknown_fields=True):
    adjudicator: str
    decision: list[_Entry] = []


def read_decisions(path: Path) -> Decisions:
    """Read a decisions file (`-`: standard input).

    Raises `QuotemarkError` naming the key that is wrong, and everything not filled in.
    """
    try:
        raw = tomllib.loads(read_bytes(path).decode("utf-8"))
        file = msgspec.convert(raw, _File)
    except (ValueError, RecursionError, msgspec.ValidationError) as failure:
        remedy = "write it as docs/adjudication.md describes"
        raise error("decisions", str(failure), remedy, file=path) from None
    problems = list(_blanks(file, path))
    if problems:
        raise QuotemarkError(problems)
    return Decisions(file.adjudicator, tuple(map(_decision, file.decision)))


def _blanks(file: _File, path: Path) -> Iterator[Problem]:
    if not file.adjudicator:
        where = Where(str(path))
        yield Problem(where, "decisions", "adjudicator is empty", "say who decided")
    for entry in file.decision:
        if not entry.take:
            where = Where(str(path), doc=entry.doc, item=entry.span)
            remedy = f"name the annotator whose version is right, or {NONE}"
            yield Problem(where, "decisions", "take is empty", remedy)


def _decision(entry: _Entry) -> Decision:
    return Decision(
        entry.doc,
        entry.span,
        entry.take,
        entry.reason,
        entry.words,
        {k: tuple(v) if isinstance(v, list) else v or None for k, v in entry.attributes.items()},
        {k: tuple(v) for k, v in entry.relations.items()},
    )
