"""What a published protocol is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from quotemark.metrics.case import Case
from quotemark.metrics.counts import Tally
from quotemark.scheme import Scheme

ALL = "(all)"
"""The row of all labels together; no label can have this name."""

Rows = Mapping[str, Tally | None]
"""One document's tallies by row label; None: not scored, as in `counts.Scores`."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a protocol, as a function of a document.

    `perfect`: gold against itself has precision, recall and F1 of 1 wherever they are defined.
    `symmetric`: swapping gold and predictions swaps precision and recall. `text`: the text
    is needed; `tokens`: to count in the tokens of `spans.tokens`, which is why.
    """

    count: Callable[[Case], Rows]
    perfect: bool = True
    symmetric: bool = False
    text: bool = False
    tokens: bool = False


def is_asked(case: Case, label: str) -> bool:
    """Whether gold was asked for a label and the extractor produces it."""
    return case.both(lambda asked: asked.label(label))


def is_related(case: Case, relation: str) -> bool:
    """Whether gold was asked for a relation and the extractor produces it."""
    return case.both(lambda asked: asked.relation(relation))


def role_labels(scheme: Scheme, *roles: str) -> list[str]:
    """The labels that play roles, in the order of the roles; those that the scheme has.

    >>> from quotemark.scheme import default_scheme
    >>> role_labels(default_scheme(), "quote", "cue")
    ['Quote', 'Cue']
    """
    return [label for label in map(scheme.role, roles) if label]


@dataclass(frozen=True, slots=True)
class Published:
    """A protocol: its name, where it was published, and its measures by name.

    A protocol with a single measure calls it by the empty name.
    """

    name: str
    source: str
    measures: Mapping[str, Measure]
