"""German news 2024: quotes paired by token F1, and what belongs to them, as means over quotes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from quotemark.metrics.case import Case
from quotemark.metrics.counts import Counts, Shares, Tally
from quotemark.metrics.measure import Measure, Rows
from quotemark.metrics.protocols.base import Published, is_asked, is_related
from quotemark.metrics.protocols.pairing import best_pairs
from quotemark.metrics.protocols.words import Words, shared, words
from quotemark.model import Annotation, Span
from quotemark.sources import values

SAME_TYPE = Fraction(1, 100)
SAME_MEDIUM = Fraction(1, 1000)
"""What the assignment adds to the token F1 of two quotes that overlap.

No scheme of ours has a medium, so it is the same for all and prefers overlapping at all."""


@dataclass(frozen=True, slots=True)
class Group:
    """A quote: its tokens, those of its speakers and its cue, and its type."""

    quote: Words
    roles: tuple[Words, ...] = ()
    type: tuple[str, ...] = ()


NOTHING = Group(frozenset())
Groups = Sequence[Group]


def groups(case: Case, layer: Annotation, spans: Sequence[Span], relations: list[str]) -> Groups:
    """The quotes of a layer, with what `relations` lead to. White space is no quote."""
    text, form = case.text or "", case.scheme.role("form")
    found = (
        Group(
            words(text, span),
            tuple(words(text, *layer.tails(span.id, relation)) for relation in relations),
            values(span, form) if form else (),
        )
        for span in spans
    )
    return [group for group in found if group.quote]


def quote(gold: Group, pred: Group) -> Shares:
    """Precision and recall of one quote's tokens, where they are defined.

    >>> quote(Group(frozenset({1, 2})), Group(frozenset({2})))
    Shares(right=Fraction(1, 1), predicted=1, found=Fraction(1, 2), gold=1)
    """
    return _shares(gold.quote, pred.quote)


def roles(gold: Group, pred: Group) -> Shares:
    """Precisions and recalls of the tokens of each role that has any."""
    count = max(len(gold.roles), len(pred.roles))
    none = (frozenset[int](),) * count
    sides = zip(gold.roles or none, pred.roles or none, strict=True)
    return sum((_shares(*side) for side in sides), Shares())


def joint(gold: Group, pred: Group) -> Shares:
    """Quote and roles, each of them one item."""
    return quote(gold, pred) + roles(gold, pred)


def type_(gold: Group, pred: Group) -> Counts:
    """The type of one quote: a wrong one is fp and fn, none is neither."""
    right = gold.type == pred.type != ()
    return Counts(int(right), int(pred.type != ()) - right, int(gold.type != ()) - right)


def paired(golds: Groups, preds: Groups) -> list[tuple[Group, Group]]:
    """Every quote once: with its partner, or with nothing.

    Partners overlap. Of all one-to-one pairings the one with the largest sum of token F1 and
    bonuses, then whichever scores best.
    """
    worth = {}
    for pair, common in shared([g.quote for g in golds], [p.quote for p in preds]).items():
        gold, pred = golds[pair.gold], preds[pair.pred]
        f1 = Fraction(2 * common, len(gold.quote) + len(pred.quote))
        bonus = SAME_MEDIUM + (SAME_TYPE if gold.type == pred.type else 0)
        tokens, others = quote(gold, pred), roles(gold, pred)
        ties = (tokens.right, tokens.found, others.right, others.found)
        worth[pair] = (f1 + bonus, *ties, type_(gold, pred).tp)
    pairs = best_pairs(worth)
    taken = {pair.gold for pair in pairs}, {pair.pred for pair in pairs}
    return [
        *((golds[pair.gold], preds[pair.pred]) for pair in pairs),
        *((gold, NOTHING) for i, gold in enumerate(golds) if i not in taken[0]),
        *((NOTHING, pred) for j, pred in enumerate(preds) if j not in taken[1]),
    ]


def count(case: Case, compare: Callable[[Group, Group], Tally], zero: Tally, part: str) -> Rows:
    """The sum of what `compare` says of each quote and its partner.

    >>> from quotemark.model import Annotation
    >>> from quotemark.scheme import default_scheme
    >>> gold = Annotation("a", "", "g", (Span("q", "Quote", ((0, 11),)),))
    >>> pred = Annotation("a", "", "p", (Span("q", "Quote", ((0, 5),)),))
    >>> case = Case(gold, pred, "Never, ever", default_scheme())
    >>> count(case, quote, Shares(), "quote")["Quote"].recall
    0.3333333333333333
    """
    label, form = case.scheme.role("quote"), case.scheme.role("form")
    if not label:
        return {}
    names = filter(None, map(case.scheme.role, ("said_by", "cued_by")))
    relations = [name for name in names if is_related(case, name)]
    typed = bool(form) and case.both(lambda asked: asked.attribute(label, form))
    told = {"quote": True, "roles": bool(relations), "type": typed}[part]
    if case.text is None or not told or not is_asked(case, label):
        return {label: None}
    golds = groups(case, case.gold, case.golds(label), relations)
    preds = groups(case, case.pred, case.preds(label), relations)
    return {label: sum((compare(*sides) for sides in paired(golds, preds)), zero)}


def _shares(gold: Words, pred: Words) -> Shares:
    common = len(gold & pred)
    return Shares(
        Fraction(common, len(pred)) if pred else 0,
        int(bool(pred)),
        Fraction(common, len(gold)) if gold else 0,
        int(bool(gold)),
    )


PROTOCOL = Published(
    "german-news-2024",
    "Petersen-Frey and Biemann 2024; uhh-lt/german-news-quotation-attribution-2024, eval/eval.py",
    {
        name: Measure(
            partial(count, compare=compare, zero=zero, part=part), symmetric=True, tokens=True
        )
        for name, compare, zero, part in (
            ("quote", quote, Shares(), "quote"),
            ("roles", roles, Shares(), "roles"),
            ("joint", joint, Shares(), "roles"),
            ("type", type_, Counts(), "type"),
        )
    },
)
