"""Statistics of scores: the unit of chance is the document, never the span.

Everything works on counts per document, with a seed that the caller gives. Documents come sorted
by id: then the same input gives the same numbers. docs/statistics.md has the formulas.
"""

from quotemark.stats.corrections import CORRECTIONS, adjust
from quotemark.stats.intervals import Intervals, Sample, intervals
from quotemark.stats.paired import TESTS, Pair, Shift, randomization, shifts
from quotemark.stats.power import Planned, documents_needed
from quotemark.stats.resampling import (
    METHODS,
    Interval,
    Statistic,
    bca,
    bootstrap,
    percentile,
    resampling,
)

__all__ = [
    "CORRECTIONS",
    "METHODS",
    "TESTS",
    "Interval",
    "Intervals",
    "Pair",
    "Planned",
    "Sample",
    "Shift",
    "Statistic",
    "adjust",
    "bca",
    "bootstrap",
    "documents_needed",
    "intervals",
    "percentile",
    "randomization",
    "resampling",
    "shifts",
]
