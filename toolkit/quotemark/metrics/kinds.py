"""The kinds of tallies by name, for whoever saves them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from quotemark.metrics import confusion
from quotemark.metrics.counts import Counts, Shares, Tally
from quotemark.metrics.protocols.semeval2013 import Outcomes
from quotemark.metrics.protocols.semeval2016_stance import MeanF1

AnyTally: TypeAlias = type[Tally]

FIXED: dict[str, AnyTally] = {kind.__name__: kind for kind in (Counts, Shares, Outcomes, MeanF1)}
"""The kinds whose fields are always the same."""


def kind_of(name: str, fields: Iterable[str]) -> AnyTally | None:
    """The kind of tally called `name` (its `__name__`) with these fields; None if there is none.

    >>> kind_of("Counts", ["tp", "fp", "fn"]) is Counts, kind_of("Counts", ["tp"])
    (True, None)
    >>> kind_of("Kappa", ["a>a", "a>(none)", "(none)>a", "(none)>(none)"]).FIGURE
    'kappa'
    >>> kind_of("Kappa", ["a>a", "a>(none)"]) is None
    True
    """
    names = tuple(fields)
    if name in confusion.BASES:
        try:
            return confusion.kind_of(name, names)
        except ValueError:
            return None
    kind = FIXED.get(name)
    return kind if kind and names == kind.FIELDS else None
