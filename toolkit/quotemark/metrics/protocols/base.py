"""What a published protocol is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from quotemark.metrics.case import Case
from quotemark.metrics.measure import Measure
from quotemark.scheme import Scheme

ALL = "(all)"
"""The row of all labels together; no label can have this name."""


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
