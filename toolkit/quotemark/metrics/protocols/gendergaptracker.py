"""Gender Gap Tracker: quotes by how much of gold is covered, speakers and verbs of matched ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from quotemark.assignment import Pair
from quotemark.matching import overlaps
from quotemark.metrics.case import Case
from quotemark.metrics.counts import Counts, Number
from quotemark.metrics.measure import Measure, Rows
from quotemark.metrics.protocols.base import Published, is_asked, is_related
from quotemark.metrics.protocols.pairing import best_pairs
from quotemark.model import Annotation, Span

THRESHOLDS = ("0.3", "0.8")


@dataclass(frozen=True, slots=True)
class Matched:
    """How many quotes match, of how many, and how many of those have the right speaker, verb."""

    pairs: int
    golds: int
    preds: int
    speakers: int
    verbs: int


def matched(case: Case, threshold: Fraction) -> Matched:
    """Quotes paired one-to-one where more than `threshold` of gold's code points are covered.

    Of all such pairings the one with most pairs, then the largest total share covered, then
    most right speakers, then most right verbs.
    """
    quote = case.scheme.role("quote")
    golds, preds = case.golds(quote), case.preds(quote)
    worth: dict[Pair, tuple[Number, ...]] = {}
    for pair, shared in overlaps(golds, preds).items():
        gold, pred = golds[pair.gold], preds[pair.pred]
        covered = Fraction(shared, gold.length)
        if covered > threshold:
            right = _same_speaker(case, gold, pred), _same_verb(case, gold, pred)
            worth[pair] = (1, covered, *map(int, right))
    pairs = best_pairs(worth)
    speakers, verbs = (sum(int(worth[pair][place]) for pair in pairs) for place in (2, 3))
    return Matched(len(pairs), len(golds), len(preds), speakers, verbs)


def count(
    case: Case,
    threshold: Fraction,
    select: Callable[[Matched], Counts],
    is_told: Callable[[Case], bool],
) -> Rows:
    """What `select` makes of the matched quotes, where the question is asked."""
    quote = case.scheme.role("quote")
    if not quote:
        return {}
    told = is_asked(case, quote) and is_told(case)
    return {quote: select(matched(case, threshold)) if told else None}


def quotes(found: Matched) -> Counts:
    """Matched quotes.

    >>> quotes(Matched(pairs=2, golds=3, preds=4, speakers=1, verbs=0))
    Counts(tp=2, fp=2, fn=1)
    """
    return Counts(found.pairs, found.preds - found.pairs, found.golds - found.pairs)


def speakers(found: Matched) -> Counts:
    """Right speakers of matched quotes: precision, recall and F1 all are the accuracy."""
    wrong = found.pairs - found.speakers
    return Counts(found.speakers, wrong, wrong)


def verbs(found: Matched) -> Counts:
    """Right verbs of matched quotes: precision, recall and F1 all are the accuracy."""
    wrong = found.pairs - found.verbs
    return Counts(found.verbs, wrong, wrong)


def _same_speaker(case: Case, gold: Span, pred: Span) -> bool:
    """Whether mentions overlap, or neither side has any: the original's floating quote."""
    said_by = case.scheme.role("said_by")
    golds, preds = case.gold.tails(gold.id, said_by), case.pred.tails(pred.id, said_by)
    return bool(overlaps(golds, preds)) or (not golds and not preds)


def _same_verb(case: Case, gold: Span, pred: Span) -> bool:
    return _verb(case, case.gold, gold) == _verb(case, case.pred, pred)


def _verb(case: Case, layer: Annotation, quote: Span) -> list[str]:
    cues = layer.tails(quote.id, case.scheme.role("cued_by"))
    return sorted(cue.surface(case.text or "", " ").lower().strip() for cue in cues)


def _always(case: Case) -> bool:
    return True


def _speakers_asked(case: Case) -> bool:
    said_by = case.scheme.role("said_by")
    return bool(said_by) and is_related(case, said_by)


def _verbs_asked(case: Case) -> bool:
    cued_by = case.scheme.role("cued_by")
    return bool(cued_by) and case.text is not None and is_related(case, cued_by)


PROTOCOL = Published(
    "gendergaptracker",
    "Asr et al. 2021, The Gender Gap Tracker; sfu-discourse-lab/GenderGapTracker, "
    "nlp/english/evaluation/src/evaluate_quotes.py",
    {
        f"{name}>{threshold}": Measure(
            partial(count, threshold=Fraction(threshold), select=select, is_told=is_told),
            text=name == "verb",
        )
        for threshold in THRESHOLDS
        for name, select, is_told in (
            ("quote", quotes, _always),
            ("speaker", speakers, _speakers_asked),
            ("verb", verbs, _verbs_asked),
        )
    },
)
