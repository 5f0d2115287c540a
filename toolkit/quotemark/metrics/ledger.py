"""One row's counts of every document, kept as a matrix: what a score is a sum over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotemark.metrics.counts import Array, Counts, Tally

AnyTally: TypeAlias = type[Tally]


@dataclass(frozen=True, eq=False)
class Ledger(Mapping[str, Tally | None]):
    """The counts of each document, by its id; None where it was not scored.

    `counts` has a line for each document, in the order of `documents`, and a column for each of
    `kind.FIELDS`: whole numbers, or exact fractions (dtype object). `scored` says which lines
    count; the others are zero.

    >>> found = ledger(["a", "b", "c"], [Counts(tp=1), None, Counts(fn=2)])
    >>> found["a"], found["b"], found.total
    (Counts(tp=1, fp=0, fn=0), None, Counts(tp=1, fp=0, fn=2))
    >>> found.matrix
    array([[1., 0., 0.],
           [0., 0., 2.]])
    """

    documents: Sequence[str]
    kind: AnyTally
    counts: Array
    scored: NDArray[np.bool_]

    def __getitem__(self, doc: str) -> Tally | None:
        return self._tally(self._places[doc])

    def __iter__(self) -> Iterator[str]:
        return iter(self.documents)

    def __len__(self) -> int:
        return len(self.documents)

    @cached_property
    def total(self) -> Tally | None:
        """The sum over the documents that were scored; None where none was."""
        if not self.scored.any():
            return None
        wide = np.int64 if self.counts.dtype.kind == "i" else None
        return self.kind.of(self.counts.sum(axis=0, dtype=wide).tolist())

    @property
    def matrix(self) -> NDArray[np.float64]:
        """The counts of the documents that were scored, as floats, for statistics."""
        return self.counts[self.scored].astype(float)

    def at(self, places: Sequence[int]) -> Ledger:
        """The ledger of some of the documents, by their places."""
        documents = tuple(self.documents[place] for place in places)
        return Ledger(documents, self.kind, self.counts[places], self.scored[places])

    @cached_property
    def ratios(self) -> NDArray[np.float64]:
        """Precision, recall and F1 of every document, NaN where undefined or not scored."""
        found: NDArray[np.float64] = self.kind.ratios(self.counts.astype(float))
        found[~self.scored] = np.nan
        return found

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {doc: place for place, doc in enumerate(self.documents)}

    def _tally(self, place: int) -> Tally | None:
        return self.kind.of(self.counts[place].tolist()) if self.scored[place] else None


def ledger(documents: Sequence[str], tallies: Sequence[Tally | None]) -> Ledger:
    """The ledger of as many tallies of one kind, or None, as there are documents.

    Where nothing was scored the kind is `Counts`.

    >>> ledger([], []).total is None
    True
    """
    kind: AnyTally = next((type(tally) for tally in tallies if tally is not None), Counts)
    nothing = (0,) * len(kind.FIELDS)
    rows: list[tuple[Any, ...]] = [nothing if tally is None else tally.row for tally in tallies]
    broken = any(isinstance(number, Fraction) for row in rows for number in row)
    counts = np.array(rows, dtype=object if broken else np.int64).reshape(len(rows), len(nothing))
    return Ledger(documents, kind, counts, np.array([t is not None for t in tallies], dtype=bool))
