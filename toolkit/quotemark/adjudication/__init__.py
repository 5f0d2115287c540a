"""Adjudicate: from several annotators' layers to one gold layer.

What all who were asked have alike is settled. The rest is a `Dispute`: settled by a written
decision, by a review in Label Studio, by a policy, or left open. Every gold span says who supports
it and how it was decided. The order of annotators, files and spans changes nothing.
"""

from quotemark.adjudication.adjudicating import Adjudication, adjudicate
from quotemark.adjudication.reviewing import review_tasks
from quotemark.adjudication.reviews import named
from quotemark.adjudication.things import Dispute

__all__ = ["Adjudication", "Dispute", "adjudicate", "named", "review_tasks"]
