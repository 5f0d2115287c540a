"""What becomes of each thing: by decision, by review, by consent, by policy, in this order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import combinations

from quotemark.adjudication.policies import PREFERRED, WAYS, Policy, outvoted
from quotemark.adjudication.things import Things, Version, Versions
from quotemark.decisions import NONE, Decision
from quotemark.errors import Problem, Where
from quotemark.scheme import Scheme

OPEN, SINGLE, UNANIMOUS, ADJUDICATED = "open", "single", "unanimous", "adjudicated"
"""How a thing was decided, if not by a policy: not yet; one annotator was asked, or several; by
decision or review."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a thing: a version for gold (None: left out), and how that came about.

    `by` are the reviewers who had it so. `overruled`: annotators had it alike in another way.
    """

    how: str
    version: Version | None = None
    support: tuple[str, ...] = ()
    reason: str = ""
    by: tuple[str, ...] = ()
    overruled: bool = False


def placed(
    things: Things, decisions: Iterable[Decision]
) -> tuple[dict[int, Decision], list[Problem]]:
    """The decision on each thing that has one, and what is wrong with the others."""
    chosen: dict[int, Decision] = {}
    problems = []
    for decision in decisions:
        number, _ = things.places.get(decision.span, (-1, ""))
        message = _objection(things, decision)
        if not message and number in chosen:
            message = f"the decision on {chosen[number].span} is on the same thing"
        if message:
            problems.append(wrong(decision, message))
        else:
            chosen[number] = decision
    return chosen, problems


def _objection(things: Things, decision: Decision) -> str:
    """Why a decision cannot be carried out; empty where it can."""
    if decision.span not in things.places:
        return "no such span"
    number, annotator = things.places[decision.span]
    group = things.groups[number]
    if decision.take not in (NONE, *group):
        return f"take is {decision.take!r}, but versions are by: {', '.join(group)}"
    if decision.words and things.document:
        words = group[annotator].surface(things.document.text)
        if words != decision.words:
            return f"its words are {words!r}, not {decision.words!r}"
    for label, tails in decision.relations.items():
        for tail in tails:
            if tail not in things.places:
                return f"{label} leads to {tail!r}, and there is no such span"
    return ""


def wrong(decision: Decision, message: str) -> Problem:
    where = Where(doc=decision.doc_id, item=decision.span)
    return Problem(where, "decision", message, "mend the decision")


def outcomes(
    things: Things,
    decisions: Mapping[int, Decision],
    policies: Sequence[Policy],
    scheme: Scheme,
) -> list[Outcome]:
    """The outcome of every thing, in the order of the text."""
    found = [
        _outcome(things, number, decisions.get(number), policies, scheme)
        for number in range(len(things.groups))
    ]
    # A policy leaves out what something else leads to: then that is not decided either.
    gone = {n for n, out in enumerate(found) if out.version is None and out.how in WAYS}
    return [
        Outcome(OPEN)
        if out.version
        and out.how != ADJUDICATED
        and any(tails & gone for tails in out.version.relations.values())
        else out
        for out in found
    ]


def as_seen_by(annotator: str, things: Things, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Outcomes with what is open as one annotator has it; relations to what is not there are not.

    What the annotator does not have stays open: others may lead to it.
    """
    seen = [
        Outcome(PREFERRED, version)
        if outcome.how == OPEN and (version := things.versions(number).get(annotator))
        else outcome
        for number, outcome in enumerate(outcomes)
    ]
    gone = {number for number, outcome in enumerate(seen) if outcome.version is None}
    return [
        replace(outcome, version=outcome.version.without(gone)) if outcome.version else outcome
        for outcome in seen
    ]


def _outcome(
    things: Things,
    number: int,
    decision: Decision | None,
    policies: Sequence[Policy],
    scheme: Scheme,
) -> Outcome:
    versions = things.versions(number)
    if decision:
        return _decided(things, number, decision)
    consent = _consent(versions)
    rulings = things.rulings(number)
    if rulings:
        return _reviewed(versions, rulings, consent)
    if consent:
        return consent
    label = scheme.labels.get(things.label(number))
    for policy in policies:
        for version in outvoted(policy, versions, label):
            return _with_support(Outcome(policy.how, version), versions)
    return Outcome(OPEN)


def _decided(things: Things, number: int, decision: Decision) -> Outcome:
    versions = things.versions(number)
    taken = {**versions, **things.rulings(number)}.get(decision.take)
    if taken is None:
        return Outcome(ADJUDICATED, reason=decision.reason)
    relations = {
        label: frozenset(things.places[tail][0] for tail in tails if tail in things.places)
        for label, tails in decision.relations.items()
    }
    version = Version(
        taken.fragments,
        {**taken.attributes, **decision.attributes},
        {**taken.relations, **relations},
    )
    return _with_support(Outcome(ADJUDICATED, version, reason=decision.reason), versions)


def _consent(versions: Versions) -> Outcome | None:
    """The outcome where everybody who was asked has it alike."""
    given = [version for version in versions.values() if version is not None]
    if not given or len(given) < len(versions):
        return None
    if not all(a.agrees(b) for a, b in combinations(given, 2)):
        return None
    version = reduce(Version.with_answers, given)
    how = UNANIMOUS if len(versions) > 1 else SINGLE
    return _with_support(Outcome(how, version), versions)


def _reviewed(versions: Versions, rulings: Versions, consent: Outcome | None) -> Outcome:
    """What reviewers say, if they say one thing; what annotators had alike stays as it was."""
    said = [version for version in rulings.values() if version is not None]
    by = tuple(rulings)
    if not said:
        return Outcome(ADJUDICATED, by=by, overruled=consent is not None)
    if len(said) < len(rulings) or not all(a.agrees(b) for a, b in combinations(said, 2)):
        return Outcome(OPEN)
    version = reduce(Version.with_answers, said)
    if consent and consent.version and consent.version.agrees(version):
        answered = version.with_answers(consent.version)
        if answered == consent.version:
            return consent
        return _with_support(Outcome(ADJUDICATED, answered, by=by), versions)
    outcome = Outcome(ADJUDICATED, version, by=by, overruled=consent is not None)
    return _with_support(outcome, versions)


def _with_support(outcome: Outcome, versions: Versions) -> Outcome:
    """With the annotators whose version says what gold says, as far as they were asked."""
    gold = outcome.version
    if gold is None:
        return outcome
    support = (name for name, version in versions.items() if version and version.agrees(gold))
    return replace(outcome, support=tuple(support))
