"""Systems against each other, from the counts of every document that their reports keep."""

from quotemark.comparison.planning import Plan, plan
from quotemark.comparison.systems import ALPHA, Comparison, Difference, Standing, compare

__all__ = ["ALPHA", "Comparison", "Difference", "Plan", "Standing", "compare", "plan"]
