"""How good annotators are: their scores, errors, drift, speed and reliability."""

from quotemark.quality.reliability import Reliability, reliabilities, reliability

__all__ = ["Reliability", "reliabilities", "reliability"]
