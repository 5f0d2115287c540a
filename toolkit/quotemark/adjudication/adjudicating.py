"""From a corpus of layers to gold, document by document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from quotemark.adjudication.layer import gold_layer
from quotemark.adjudication.outcomes import (
    ADJUDICATED,
    OPEN,
    SINGLE,
    UNANIMOUS,
    as_seen_by,
    placed,
    wrong,
)
from quotemark.adjudication.outcomes import outcomes as outcomes_of
from quotemark.adjudication.policies import WAYS, WEIGHTED, parse_policies
from quotemark.adjudication.reviews import reviewed_panels
from quotemark.adjudication.things import Dispute, Things
from quotemark.decisions import NONE, Decision
from quotemark.errors import Problem, QuotemarkError, error
from quotemark.model import Annotation, Corpus
from quotemark.panel import panels
from quotemark.scheme import Scheme, default_scheme


@dataclass(frozen=True, slots=True)
class Adjudication:
    """The gold layers, and what is left to decide: where that is anything, none is final.

    `settled` and `decided` count the things that were settled by themselves, and by a decision,
    review or policy. `overruled` are those that all annotators had alike and a review did not;
    `left_out` counts what somebody has and a review has not.
    """

    gold: Corpus
    disputes: tuple[Dispute, ...] = ()
    settled: int = 0
    decided: int = 0
    overruled: tuple[Dispute, ...] = ()
    left_out: int = 0

    @property
    def complete(self) -> Corpus:
        """The gold of the documents in which nothing is open."""
        waiting = {dispute.doc_id for dispute in self.disputes}
        done = tuple(layer for layer in self.gold if layer.doc_id not in waiting)
        return Corpus(self.gold.documents, done)


def adjudicate(
    corpus: Corpus,
    *,
    scheme: Scheme | None = None,
    decisions: Iterable[Decision] = (),
    reviews: Iterable[Annotation] = (),
    policies: Iterable[str] = (),
    weights: Mapping[str, float] | None = None,
    adjudicator: str = "",
) -> Adjudication:
    """Make gold of a corpus with the submitted layers of several annotators.

    A decision names a span by annotator and id and says whose version to take. `reviews` are the
    submitted layers of adjudicators over documents or windows: there, gold is what they say, where
    they say one thing. What is left, `policies` (`policies.POLICIES`) are asked about in turn;
    `weights` are the votes of *weighted*, else `quality.reliability` is. A document with one
    annotator keeps that layer. What an annotator was not asked is no dispute: another one's
    answer stands. An empty corpus gives an empty one.

    Raises `QuotemarkError` for layers that cannot be compared (see `panel.panels`), for
    decisions that name nothing, that decide something twice or that leave a relation without
    an end, for policies that there are none of, for reviews of other documents or of what nobody
    was asked, for an entity that gold calls by two names, and for questions that no one layer
    can have been asked.

    >>> from quotemark.model import Annotation, Corpus, Span
    >>> layers = [Annotation("d", "", name, (Span("q", "Quote", ((0, 4),)),)) for name in "ab"]
    >>> gold = adjudicate(Corpus({}, tuple(layers))).gold.annotations[0]
    >>> gold.spans[0].meta
    {'support': ['a', 'b'], 'decision': 'unanimous'}
    >>> other = Annotation("d", "", "c", (Span("q", "Quote", ((0, 3),)),))
    >>> made = adjudicate(Corpus({}, (*layers, other)), policies=["majority"])
    >>> made.gold.annotations[0].spans[0].meta
    {'support': ['a', 'b'], 'decision': 'majority'}
    """
    cases = gathered(corpus, scheme or default_scheme(), decisions, reviews)
    return settle(cases, policies, weights, adjudicator)


@dataclass(frozen=True, slots=True)
class Cases:
    """A corpus fit to be adjudicated: each document's things, and the decisions on them."""

    corpus: Corpus
    scheme: Scheme
    things: Mapping[str, Things]
    decided: Mapping[str, Mapping[int, Decision]]

    @property
    def annotators(self) -> tuple[str, ...]:
        panels_ = (things.panel for things in self.things.values())
        return tuple(sorted({layer.annotator for panel in panels_ for layer in panel}))


def gathered(
    corpus: Corpus,
    scheme: Scheme,
    decisions: Iterable[Decision] = (),
    reviews: Iterable[Annotation] = (),
) -> Cases:
    """What there is to settle. Raises as `adjudicate` does, but for policies and gold."""
    found = panels(corpus, scheme)
    reviewed = reviewed_panels(corpus, found, reviews, scheme)
    wanted: dict[str, list[Decision]] = {}
    for decision in decisions:
        wanted.setdefault(decision.doc_id, []).append(decision)
    problems = [
        wrong(decision, "no such document")
        for doc_id in sorted(wanted.keys() - found.keys())
        for decision in wanted[doc_id]
    ]
    things = {
        doc_id: Things(panel, corpus.documents.get(doc_id), reviewed.get(doc_id, ()))
        for doc_id, panel in found.items()
    }
    decided = {}
    for doc_id, own in things.items():
        decided[doc_id], mistaken = placed(own, wanted.get(doc_id, ()))
        problems += mistaken
    cases = Cases(corpus, scheme, things, decided)
    if NONE in cases.annotators:
        message = f"an annotator is called {NONE!r}, which in a decision means nobody"
        raise error("annotator", message, "give the annotator another name")
    if problems:
        raise QuotemarkError(problems)
    return cases


def votes(
    cases: Cases, policies: Sequence[str], weights: Mapping[str, float] | None
) -> Mapping[str, float] | None:
    """The weights, or where *weighted* has none, the annotators' reliability."""
    if WEIGHTED not in policies or weights is not None:
        return weights
    from quotemark.quality import reliability

    return reliability(cases.corpus, scheme=cases.scheme)


def settle(
    cases: Cases,
    policies: Iterable[str] = (),
    weights: Mapping[str, float] | None = None,
    adjudicator: str = "",
    seen_by: str | None = None,
) -> Adjudication:
    """The gold of cases under some policies. Raises as `adjudicate` does.

    `seen_by` is an annotator whose version stands for what is open, as a preview.
    """
    wished = list(policies)
    parsed = parse_policies(wished, cases.annotators, votes(cases, wished, weights))
    gold: list[Annotation] = []
    disputes: list[Dispute] = []
    overruled: list[Dispute] = []
    problems: list[Problem] = []
    how: Counter[str] = Counter()
    left_out = 0
    for doc_id, things in cases.things.items():
        outcomes = outcomes_of(things, cases.decided[doc_id], parsed, cases.scheme)
        if seen_by is not None:
            outcomes = as_seen_by(seen_by, things, outcomes)
        layer, unfit = gold_layer(things, outcomes, parsed, adjudicator)
        problems += unfit
        gold.append(layer)
        disputes += (things.dispute(n) for n, out in enumerate(outcomes) if out.how == OPEN)
        overruled += (things.dispute(n) for n, out in enumerate(outcomes) if out.overruled)
        left_out += sum(bool(out.by) and out.version is None for out in outcomes)
        how.update(outcome.how for outcome in outcomes)
    if problems:
        raise QuotemarkError(problems)
    settled = how[SINGLE] + how[UNANIMOUS]
    decided = sum(how[way] for way in (ADJUDICATED, *WAYS))
    made = Corpus(cases.corpus.documents, tuple(gold))
    return Adjudication(made, tuple(disputes), settled, decided, tuple(overruled), left_out)
