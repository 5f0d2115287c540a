"""The adjudicator's decisions: a TOML file that says of each dispute whose version to take.

adjudicator = "ann-c"

[[decision]]
doc = "article-7"
span = "ann-a:q3"      # any annotator's span of the dispute
words = "a setback"    # optional: what that span says, as a check
take = "ann-b"         # whose version; "none" leaves the span out of gold
reason = "…"           # optional, kept in gold
attributes = { polarity = "oppose" }   # optional: changes to the version taken
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
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
    """Whose version of one thing in one document is gold."""

    doc_id: str
    annotator: str
    span_id: str
    take: str
    reason: str = ""
    words: str = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.annotator}:{self.span_id}"


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


class _File(msgspec.Struct, forbid_unknown_fields=True):
    adjudicator: str
    decision: list[_Entry] = []


def read_decisions(path: Path) -> Decisions:
    """Read a decisions file. Raises `QuotemarkError` naming the key that is wrong."""
    try:
        raw = tomllib.loads(read_bytes(path).decode("utf-8"))
        file = msgspec.convert(raw, _File)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as failure:
        raise error("decisions", str(failure), "mend the file", file=path) from None
    problems, decisions = [], []
    for number, entry in enumerate(file.decision, 1):
        annotator, colon, span_id = entry.span.rpartition(":")
        if not (colon and annotator and span_id and entry.take):
            where = Where(str(path), doc=entry.doc, item=f"decision {number}")
            message = f"span {entry.span!r}, take {entry.take!r}"
            remedy = "give span as annotator:id, and in take an annotator or none"
            problems.append(Problem(where, "decisions", message, remedy))
        attributes: dict[str, Value] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in entry.attributes.items()
        }
        decisions.append(
            Decision(
                entry.doc, annotator, span_id, entry.take, entry.reason, entry.words, attributes
            )
        )
    if problems:
        raise QuotemarkError(problems)
    return Decisions(file.adjudicator, tuple(decisions))
