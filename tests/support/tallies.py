"""Tallies added up one by one, as an oracle for sums of matrices."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import add

from quotemark.metrics.counts import Tally


def added(tallies: Iterable[Tally]) -> Tally | None:
    """The sum of tallies of one kind; of none, None."""
    found = list(tallies)
    return reduce(add, found) if found else None
