"""Stances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from quotemark.extractors.rules.entities import Cast, Mention
from quotemark.extractors.rules.items import Sentence
from quotemark.extractors.rules.quotes import Quote
from quotemark.model import Document, Fragment


@dataclass(frozen=True, slots=True)
class Stance:
    span: Fragment
    polarity: Literal["support", "oppose"]
    target: str
    quote: Quote | None
    holder: Mention | None


def find_stances(
    doc: Document,
    sentences: Sequence[Sentence],
    quotes: Sequence[Quote],
    cast: Cast,
    targets: Sequence[str],
) -> list[Stance]:
    return []
