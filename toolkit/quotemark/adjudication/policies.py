"""Policies: what becomes of a dispute that nobody has decided, by votes.

Whether a thing stands, and then what it says, are voted on one after the other. Where a vote has
no winner, the policy says nothing: no tie is broken by names or order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import isfinite
from typing import Any

from quotemark.adjudication.things import Version, Versions
from quotemark.errors import error
from quotemark.scheme import Attribute, Label

MAJORITY, UNION, INTERSECTION, WEIGHTED = "majority", "union", "intersection", "weighted"
PREFER = "prefer:"
POLICIES = (MAJORITY, UNION, INTERSECTION, WEIGHTED, f"{PREFER}NAME")

PREFERRED = "preferred"
"""How a thing was decided that a preferred annotator's version was taken of."""

WAYS = (MAJORITY, UNION, INTERSECTION, WEIGHTED, PREFERRED)


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy by name; `prefer` is the annotator whose version to take, `weights` the votes."""

    how: str
    prefer: str = ""
    weights: Mapping[str, Fraction] = field(default_factory=dict)

    def weight(self, annotator: str) -> Fraction:
        return self.weights[annotator] if self.how == WEIGHTED else Fraction(1)


def parse_policies(
    names: Iterable[str], annotators: Iterable[str], weights: Mapping[str, float] | None = None
) -> tuple[Policy, ...]:
    """Policies by their names (`POLICIES`), for these annotators.

    Raises `QuotemarkError` for a name that is none, an annotator who is not there, and weights
    that are no numbers from 0 on, leave somebody out or come without *weighted*.

    >>> [policy.how for policy in parse_policies(["majority", "prefer:ann"], ["ann", "bo"])]
    ['majority', 'preferred']
    """
    wanted, known = list(names), sorted(set(annotators))
    exact = _weights(weights, known) if weights is not None else None
    if exact is not None and WEIGHTED not in wanted:
        raise error("policy", f"weights without {WEIGHTED}", f"add the policy {WEIGHTED}")
    found = []
    for name in wanted:
        if name.startswith(PREFER):
            who = name.removeprefix(PREFER)
            if who not in known:
                everybody = ", ".join(known) or "nobody"
                raise error("annotator", f"no annotator {who!r}", f"name one of: {everybody}")
            found.append(Policy(PREFERRED, who))
        elif name not in POLICIES:
            raise error("policy", f"no policy {name!r}", f"name one of: {', '.join(POLICIES)}")
        elif name == WEIGHTED and exact is None:
            raise error("policy", f"{WEIGHTED} without weights", "give every annotator a weight")
        else:
            found.append(Policy(name, weights=exact or {}))
    return tuple(found)


def _weights(weights: Mapping[str, float], annotators: Sequence[str]) -> dict[str, Fraction]:
    for who in sorted(weights):
        if who not in annotators:
            remedy = f"name one of: {', '.join(annotators) or 'nobody'}"
            raise error("weights", f"no annotator {who!r}", remedy)
        if not isfinite(weights[who]) or weights[who] < 0:
            message = f"the weight of {who!r} is {weights[who]}"
            raise error("weights", message, "give a number from 0 on")
    missing = [who for who in annotators if who not in weights]
    if missing:
        raise error("weights", f"{missing[0]!r} has no weight", "give every annotator a weight")
    return {who: Fraction(weight) for who, weight in weights.items()}


def outvoted(policy: Policy, versions: Versions, label: Label | None) -> tuple[Version | None, ...]:
    """What a policy makes of a dispute: one version (None: left out), or nothing to say.

    >>> wide, narrow = Version(((0, 9),), {}, {}), Version(((2, 9),), {}, {})
    >>> majority = Policy("majority")
    >>> outvoted(majority, {"a": wide, "b": narrow, "c": wide, "d": None}, None) == (wide,)
    True
    >>> outvoted(majority, {"a": wide, "b": narrow}, None)
    ()
    """
    if policy.how == PREFERRED:
        return (versions[policy.prefer],) if policy.prefer in versions else ()
    given = {who: version for who, version in versions.items() if version is not None}
    votes = {who: policy.weight(who) for who in versions}
    share, whole = sum(votes[who] for who in given), sum(votes.values())
    if policy.how == INTERSECTION and len(given) < len(versions):
        return (None,)
    if policy.how in (MAJORITY, WEIGHTED):
        if 2 * share < whole:
            return (None,)
        if 2 * share == whole:
            return ()
    return _answers(given, votes, label)


def _answers(
    given: Mapping[str, Version], votes: Mapping[str, Fraction], label: Label | None
) -> tuple[Version, ...]:
    """The version that says of place, each attribute and each relation what most votes say.

    An attribute that is asked only where another has some value is voted on by those who gave it
    that value, and only if it has won. Nothing where a question has no winner.
    """
    places = most((version.fragments, votes[who]) for who, version in given.items())
    if not places:
        return ()
    attributes: dict[str, Any] = {}
    for name, attribute in _in_order(given, label):
        if not applies(attribute, attributes):
            continue
        asked = [
            (version.attributes[name], votes[who])
            for who, version in given.items()
            if name in version.attributes and applies(attribute, version.attributes)
        ]
        won = most(asked)
        if asked and not won:
            return ()
        if won:
            attributes[name] = won[0]
    relations: dict[str, Any] = {}
    for name in sorted({name for version in given.values() for name in version.relations}):
        won = most(
            (version.relations[name], votes[who])
            for who, version in given.items()
            if name in version.relations
        )
        if not won:
            return ()
        relations[name] = won[0]
    return (Version(places[0], attributes, relations),)


def most(ballots: Iterable[tuple[Any, Fraction]]) -> tuple[Any, ...]:
    """The answer that has more than half of the votes; nothing where none has.

    Any two answers that win among the same voters were given together by one of them, so that they
    fit each other.

    >>> most([("a", Fraction(2)), ("b", Fraction(1))]), most([("a", Fraction(1))] * 2)
    (('a',), ('a',))
    >>> most([("a", Fraction(1)), ("b", Fraction(1))])
    ()
    """
    counts: dict[Any, Fraction] = {}
    for answer, weight in ballots:
        counts[answer] = counts.get(answer, Fraction(0)) + weight
    whole = sum(counts.values())
    return tuple(answer for answer, weight in counts.items() if 2 * weight > whole)


def applies(attribute: Attribute | None, attributes: Mapping[str, Any]) -> bool:
    """Whether an attribute is asked, given the values of the others."""
    if attribute is None or attribute.when is None:
        return True
    other, wanted = attribute.when
    value = attributes.get(other)
    return wanted in value if isinstance(value, tuple) else value == wanted


def _in_order(
    given: Mapping[str, Version], label: Label | None
) -> list[tuple[str, Attribute | None]]:
    """All attributes that somebody was asked, each after the one that it depends on."""
    known = label.attributes if label else {}
    names = {name for version in given.values() for name in version.attributes}
    order: list[str] = []
    waiting = sorted(names)
    while waiting:
        ready = [
            name
            for name in waiting
            if not (name in known and (when := known[name].when) and when[0] in waiting)
        ]
        order += ready or waiting
        waiting = [name for name in waiting if name not in order]
    return [(name, known.get(name)) for name in order]
