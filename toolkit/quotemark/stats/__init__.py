"""Statistics of scores: the unit of chance is the document, never the span.

Everything works on counts per document, with a seed that the caller gives. Documents come sorted
by id: then the same input gives the same numbers. docs/statistics.md has the formulas.
"""

from quotemark.stats.intervals import Intervals, Sample, intervals
from quotemark.stats.resampling import METHODS, Interval, Statistic, bca, bootstrap, percentile

__all__ = [
    "METHODS",
    "Interval",
    "Intervals",
    "Sample",
    "Statistic",
    "bca",
    "bootstrap",
    "intervals",
    "percentile",
]
