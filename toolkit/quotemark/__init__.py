"""quotemark: who said what, and where they stand, as datasets.

The names below are the public API. Each is imported when it is first used, so that
`import quotemark` stays cheap.

>>> from quotemark import Corpus, score
>>> score(Corpus(), Corpus(), metrics=["exact"]).row("exact", "Quote").precision is None
True
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quotemark.adjudication import Adjudication as Adjudication
    from quotemark.adjudication import adjudicate as adjudicate
    from quotemark.adjudication import review_tasks as review_tasks
    from quotemark.agreement import Agreement as Agreement
    from quotemark.agreement import Passage as Passage
    from quotemark.agreement import agree as agree
    from quotemark.agreement import agree_by_document as agree_by_document
    from quotemark.agreement import matrix as matrix
    from quotemark.agreement import passages as passages
    from quotemark.columnar import score_files as score_files
    from quotemark.comparison import Comparison as Comparison
    from quotemark.comparison import Plan as Plan
    from quotemark.comparison import compare as compare
    from quotemark.comparison import plan as plan
    from quotemark.decisions import Decision as Decision
    from quotemark.decisions import read_decisions as read_decisions
    from quotemark.errors import Problem as Problem
    from quotemark.errors import QuotemarkError as QuotemarkError
    from quotemark.formats import read as read
    from quotemark.formats import write as write
    from quotemark.formats.jsonl import read_ungrounded as read_ungrounded
    from quotemark.grounding import StringCounts as StringCounts
    from quotemark.grounding import Ungrounded as Ungrounded
    from quotemark.grounding import Wording as Wording
    from quotemark.grounding import count_strings as count_strings
    from quotemark.grounding import ground as ground
    from quotemark.intervals import with_intervals as with_intervals
    from quotemark.metrics.ceiling import ceiling as ceiling
    from quotemark.metrics.results import ScoreReport as ScoreReport
    from quotemark.metrics.runs import read_run as read_run
    from quotemark.metrics.runs import write_run as write_run
    from quotemark.metrics.scoring import score as score
    from quotemark.model import Annotation as Annotation
    from quotemark.model import Asked as Asked
    from quotemark.model import Corpus as Corpus
    from quotemark.model import Document as Document
    from quotemark.model import Entity as Entity
    from quotemark.model import Relation as Relation
    from quotemark.model import Span as Span
    from quotemark.quality import Drift as Drift
    from quotemark.quality import Period as Period
    from quotemark.quality import Profile as Profile
    from quotemark.quality import Reliability as Reliability
    from quotemark.quality import Score as Score
    from quotemark.quality import Speed as Speed
    from quotemark.quality import Tendency as Tendency
    from quotemark.quality import annotator_drift as annotator_drift
    from quotemark.quality import annotator_mistakes as annotator_mistakes
    from quotemark.quality import annotator_periods as annotator_periods
    from quotemark.quality import annotator_scores as annotator_scores
    from quotemark.quality import annotator_speed as annotator_speed
    from quotemark.quality import annotators as annotators
    from quotemark.quality import reliabilities as reliabilities
    from quotemark.quality import reliability as reliability
    from quotemark.ranking import Candidate as Candidate
    from quotemark.ranking import Ranking as Ranking
    from quotemark.ranking import rank as rank
    from quotemark.ranking import weighted_scores as weighted_scores
    from quotemark.release import freeze as freeze
    from quotemark.release import hydrate as hydrate
    from quotemark.release import read_release as read_release
    from quotemark.release import verify as verify
    from quotemark.scheme import default_scheme as default_scheme
    from quotemark.scheme import read_scheme as read_scheme
    from quotemark.tasks import split as split
    from quotemark.tasks import stitch as stitch
    from quotemark.validate import check as check
    from quotemark.validate import check_corpus as check_corpus

__version__ = "0.1.0"

_HOME = {
    "adjudication": ("Adjudication", "adjudicate", "review_tasks"),
    "agreement": ("Agreement", "Passage", "agree", "agree_by_document", "matrix", "passages"),
    "columnar": ("score_files",),
    "comparison": ("Comparison", "Plan", "compare", "plan"),
    "decisions": ("Decision", "read_decisions"),
    "errors": ("Problem", "QuotemarkError"),
    "formats": ("read", "write"),
    "formats.jsonl": ("read_ungrounded",),
    "grounding": ("StringCounts", "Ungrounded", "Wording", "count_strings", "ground"),
    "intervals": ("with_intervals",),
    "metrics.ceiling": ("ceiling",),
    "metrics.results": ("ScoreReport",),
    "metrics.runs": ("read_run", "write_run"),
    "metrics.scoring": ("score",),
    "model": ("Annotation", "Asked", "Corpus", "Document", "Entity", "Relation", "Span"),
    "quality": (
        *("Drift", "Period", "Profile", "Reliability", "Score", "Speed", "Tendency"),
        *("annotator_drift", "annotator_mistakes", "annotator_periods", "annotator_scores"),
        *("annotator_speed", "annotators", "reliabilities", "reliability"),
    ),
    "ranking": ("Candidate", "Ranking", "rank", "weighted_scores"),
    "release": ("freeze", "hydrate", "read_release", "verify"),
    "scheme": ("default_scheme", "read_scheme"),
    "tasks": ("split", "stitch"),
    "validate": ("check", "check_corpus"),
}
"""The public names of each module."""

_MODULE = {name: module for module, names in _HOME.items() for name in names}

__all__ = sorted(_MODULE)


def __getattr__(name: str) -> object:
    if name not in _MODULE:
        raise AttributeError(f"module 'quotemark' has no attribute {name!r}")
    return getattr(import_module(f"quotemark.{_MODULE[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE})
