"""Where to annotate next: documents or tasks ranked by what annotating them would tell.

By how far extractors or annotators differ on them, by what that costs to look at, and by how much
it narrows a score's interval; or drawn at random with chances that follow one of these.
docs/next.md says how to read it.
"""

from quotemark.ranking.cost import Pace, measured_pace
from quotemark.ranking.interval import Expected, expectations
from quotemark.ranking.ranks import BY, Candidate, Ranking, rank
from quotemark.ranking.sampling import Weighted, chances, draw, weighted_scores
from quotemark.ranking.units import Unit, of_documents, of_tasks

__all__ = [
    "BY",
    "Candidate",
    "Expected",
    "Pace",
    "Ranking",
    "Unit",
    "Weighted",
    "chances",
    "draw",
    "expectations",
    "measured_pace",
    "of_documents",
    "of_tasks",
    "rank",
    "weighted_scores",
]
