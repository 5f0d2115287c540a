"""How good annotators are: their scores, mistakes, drift, speed and reliability."""

from quotemark.quality.drift import Drift, Period, annotator_drift, annotator_periods
from quotemark.quality.overview import Profile, annotators
from quotemark.quality.relying import Reliability, reliabilities, reliability
from quotemark.quality.scores import Score, annotator_scores
from quotemark.quality.speed import Quartiles, Speed, annotator_speed
from quotemark.quality.tendencies import Example, Tendency, annotator_mistakes

__all__ = [
    "Drift",
    "Example",
    "Period",
    "Profile",
    "Quartiles",
    "Reliability",
    "Score",
    "Speed",
    "Tendency",
    "annotator_drift",
    "annotator_mistakes",
    "annotator_periods",
    "annotator_scores",
    "annotator_speed",
    "annotators",
    "reliabilities",
    "reliability",
]
