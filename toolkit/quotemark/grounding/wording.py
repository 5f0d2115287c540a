"""Spans that are known by their words alone, as language models give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from quotemark.model import Annotation, Json, Value


@dataclass(frozen=True, slots=True)
class Wording:
    """A span without offsets: its words, one string for each fragment.

    `before` and `after` are what stands around it in the text, as much as is known; they tell
    places with the same words apart. The rest is as in `Span`.
    """

    id: str
    label: str
    words: tuple[str, ...]
    before: str = ""
    after: str = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)
    score: float | None = None
    meta: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ungrounded:
    """An annotation and what it says by words alone, in the order given.

    The annotation's relations may join its spans and the wordings, by their ids.
    """

    annotation: Annotation
    wordings: tuple[Wording, ...] = ()
