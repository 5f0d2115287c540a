"""SemEval-2022 task 10: Sentiment Graph F1 over holder, target, expression and polarity.

*graph* is what the task's script gives; *graph-corrected* takes the overlap of a tuple from those
of its own polarity only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from quotemark.metrics.case import Case
from quotemark.metrics.counts import Shares
from quotemark.metrics.measure import Measure, Rows
from quotemark.metrics.protocols.base import Published
from quotemark.metrics.protocols.words import Words, shared, words
from quotemark.model import Annotation, Asked, Span
from quotemark.scheme import Scheme
from quotemark.sources import fold, stance_sources, values

Part = frozenset[int | str | None]
"""The tokens of a part, or its names; {None} where there is none, so that none equals none."""

NONE: Part = frozenset({None})


class Opinion(NamedTuple):
    """A stance: who holds it, towards what, by which words, and its polarity."""

    holder: Part
    target: Part
    expression: Words
    polarity: tuple[str, ...]

    @property
    def parts(self) -> tuple[Part, Part, Part]:
        """What overlaps."""
        return self.holder, self.target, frozenset(self.expression)


Opinions = Sequence[Opinion]


def opinions(
    text: str, layer: Annotation, stances: Sequence[Span], scheme: Scheme
) -> list[Opinion]:
    """Stances as opinions: holders by their mentions in the text, targets by their names.

    A stance of white space only is none. Holders without a mention are no holder, as the
    article's own stances have none.

    >>> from quotemark.scheme import default_scheme
    >>> stance = Span("t", "Stance", ((0, 3),), {"polarity": "oppose", "target": "The Tax"})
    >>> opinions("bad tax", Annotation("a", "", "ann"), [stance], default_scheme())[0].target
    frozenset({'the tax'})
    """
    found = []
    for stance in stances:
        expression = words(text, stance)
        if expression:
            mentions = stance_sources(layer, stance, scheme).mentions
            names = frozenset(map(fold, values(stance, scheme.role("target"))))
            polarity = values(stance, scheme.role("polarity"))
            holder: Part = frozenset(words(text, *mentions))
            target: Part = frozenset(names)
            found.append(Opinion(holder or NONE, target or NONE, expression, polarity))
    return found


def overlapping(one: Opinion, other: Opinion) -> bool:
    """Whether holders, targets and expressions overlap, whatever the polarity."""
    return all(a & b for a, b in zip(one.parts, other.parts, strict=True))


def agreeing(one: Opinion, other: Opinion) -> bool:
    """Whether they overlap and have one polarity."""
    return one.polarity == other.polarity and overlapping(one, other)


def credit(one: Opinion, others: Opinions, weighs: Callable[[Opinion, Opinion], bool]) -> Fraction:
    """The best mean share of holder, target and expression that one of `others` covers.

    `others` need only be those whose expressions overlap. 0 unless one of them overlaps in all
    and has the polarity; the best is taken from those that `weighs` admits.
    """
    if not any(agreeing(one, other) for other in others):
        return Fraction(0)
    return max(_covered(one, other) for other in others if weighs(one, other))


def count(case: Case, weighs: Callable[[Opinion, Opinion], bool]) -> Rows:
    """The credit of each predicted and of each gold stance."""
    role = case.scheme.role
    stance = role("stance")
    if not (stance and role("polarity") and role("target")):
        return {}
    if case.text is None or not case.both(lambda asked: _asks(asked, case.scheme)):
        return {stance: None}
    golds = opinions(case.text, case.gold, case.golds(stance), case.scheme)
    preds = opinions(case.text, case.pred, case.preds(stance), case.scheme)
    near_gold: dict[int, list[Opinion]] = {}
    near_pred: dict[int, list[Opinion]] = {}
    for i, j in shared([g.expression for g in golds], [p.expression for p in preds]):
        near_gold.setdefault(i, []).append(preds[j])
        near_pred.setdefault(j, []).append(golds[i])
    right = sum(credit(preds[j], others, weighs) for j, others in near_pred.items())
    found = sum(credit(golds[i], others, weighs) for i, others in near_gold.items())
    return {stance: Shares(right, len(preds), found, len(golds))}


def _asks(asked: Asked, scheme: Scheme) -> bool:
    """Whether somebody was asked for polarity and target, and by mentions who holds a stance."""
    role, stance = scheme.role, scheme.role("stance")
    told = all(asked.attribute(stance, role(name)) for name in ("polarity", "target"))
    held = any(asked.relation(role(name)) for name in ("held_by", "expressed_in"))
    return told and held


def _covered(one: Opinion, other: Opinion) -> Fraction:
    shares = (
        Fraction(len(mine & theirs), len(mine))
        for mine, theirs in zip(one.parts, other.parts, strict=True)
    )
    return sum(shares, Fraction(0)) / 3


PROTOCOL = Published(
    "semeval2022-sgf1",
    "Barnes et al. 2022, SemEval-2022 task 10; jerbarnes/semeval22_structured_sentiment, "
    "evaluation/evaluate.py",
    {
        "graph": Measure(partial(count, weighs=overlapping), symmetric=True, tokens=True),
        "graph-corrected": Measure(partial(count, weighs=agreeing), symmetric=True, tokens=True),
    },
)
