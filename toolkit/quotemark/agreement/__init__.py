"""How far annotators agree: two by two, all together, by document, and where they do not."""

from quotemark.agreement.differences import Mark, Passage, passages
from quotemark.agreement.measures import MEASURES, ORDINARY
from quotemark.agreement.measuring import agree, agree_by_document, matrix
from quotemark.agreement.rows import Agreement

__all__ = [
    "MEASURES",
    "ORDINARY",
    "Agreement",
    "Mark",
    "Passage",
    "agree",
    "agree_by_document",
    "matrix",
    "passages",
]
