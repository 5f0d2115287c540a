"""What a metric is, declared: how it counts, and what may be relied on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from quotemark.matching import Criterion
from quotemark.metrics.case import Case
from quotemark.metrics.counts import Tally

Rows = Mapping[str, Tally | None]
"""One document's tallies by row label; None: not scored, as in `counts.Scores`."""

Key = tuple[str, str, str]
"""A metric's name, aspect and scope, the last two often empty, as in `names.Metric`."""


SCOPES = ("matched", "end-to-end")
"""Conditional on a matched span, or with every missed and spurious span as an error."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One metric or one figure of a protocol, as a function of a document.

    `count` takes a `Case`, and the criterion too where `criterion` says so. `perfect`: gold
    against itself has precision, recall and F1 of 1 wherever they are defined. `symmetric`:
    swapping gold and predictions swaps precision and recall, if the criterion is symmetric and
    no side leaves a question open. `text`: the text is needed; `tokens`: to count in the tokens
    of `spans.tokens`, which is why.
    """

    count: Callable[..., Rows]
    perfect: bool = True
    symmetric: bool = False
    text: bool = False
    tokens: bool = False
    criterion: bool = False

    def rows(self, case: Case, criterion: Criterion) -> Rows:
        """One document's tallies: the same rows for every document of a scheme."""
        return self.count(case, criterion) if self.criterion else self.count(case)
