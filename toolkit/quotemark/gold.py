"""Adjudicate: from several annotators' layers to one gold layer.

What all who were asked have alike is settled. The rest is a `Dispute`, settled by a written
decision or left open. Every gold span says who supports it and how it was decided.
The order of annotators, files and spans changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from quotemark.decisions import NONE, Decision
from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.grouping import Group, groups
from quotemark.model import (
    Annotation,
    Corpus,
    Document,
    Fragment,
    Json,
    Relation,
    Span,
    Value,
)
from quotemark.panel import panels
from quotemark.pool import pooled_asked, pooled_entities
from quotemark.scheme import Scheme, default_scheme

OPEN, SINGLE, UNANIMOUS = "open", "single", "unanimous"
ADJUDICATED, PREFERRED = "adjudicated", "preferred"
"""How a thing was decided: one annotator was asked, or several, or not yet; by whom else."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """One thing in the text that annotators see differently, and nobody has decided.

    `versions` has the span of each annotator who was asked, None where they have none.
    """

    doc_id: str
    label: str
    versions: Mapping[str, Span | None]

    @property
    def first(self) -> tuple[str, Span]:
        """The first annotator, by name, who has a version, and that version."""
        return next((n, span) for n, span in sorted(self.versions.items()) if span is not None)

    @property
    def key(self) -> str:
        """`annotator:id` of the first version, by which a decision may name this dispute."""
        name, span = self.first
        return f"{name}:{span.id}"


@dataclass(frozen=True, slots=True)
class Adjudication:
    """The gold layers, and what is left to decide: where that is anything, none is final.

    `settled` and `decided` count the things that were settled by themselves, and by a decision
    or preference.
    """

    gold: Corpus
    disputes: tuple[Dispute, ...] = ()
    settled: int = 0
    decided: int = 0


def adjudicate(
    corpus: Corpus,
    *,
    scheme: Scheme | None = None,
    decisions: Iterable[Decision] = (),
    prefer: str = "",
    adjudicator: str = "",
) -> Adjudication:
    """Make gold of a corpus with the submitted layers of several annotators.

    A decision names a span by annotator and id and says whose version to take. Where none
    does, the version of the annotator named by `prefer` is taken, if given and asked. A document
    with one annotator keeps that layer. What an annotator was not asked is no dispute: another
    one's answer stands. An empty corpus gives an empty one.

    Raises `QuotemarkError` for layers that cannot be compared (see `panel.panels`), for
    decisions that name nothing, that decide something twice or that leave a relation without
    an end, for an entity that gold calls by two names, and for questions that no one layer can
    have been asked.

    >>> from quotemark.model import Annotation, Corpus, Span
    >>> layers = [Annotation("d", "", name, (Span("q", "Quote", ((0, 4),)),)) for name in "ab"]
    >>> gold = adjudicate(Corpus({}, tuple(layers))).gold.annotations[0]
    >>> gold.spans[0].meta
    {'support': ['a', 'b'], 'decision': 'unanimous'}
    """
    found = panels(corpus, scheme or default_scheme())
    wanted: dict[str, list[Decision]] = {}
    for decision in decisions:
        wanted.setdefault(decision.doc_id, []).append(decision)
    problems = [
        _wrong(decision, "no such document")
        for doc_id in sorted(wanted.keys() - found.keys())
        for decision in wanted[doc_id]
    ]
    names = {layer.annotator for panel in found.values() for layer in panel}
    _refuse_names(names, prefer)
    gold: list[Annotation] = []
    disputes: list[Dispute] = []
    how: Counter[str] = Counter()
    for doc_id, panel in found.items():
        table = _Table(panel, corpus.documents.get(doc_id))
        chosen, wrong = _placed(table, wanted.get(doc_id, ()))
        outcomes = [_outcome(table, n, chosen.get(n), prefer) for n in range(len(table.groups))]
        layer, unfit = _gold(table, outcomes, adjudicator)
        problems += [*wrong, *unfit]
        gold.append(layer)
        disputes += (table.dispute(n) for n, out in enumerate(outcomes) if out.how == OPEN)
        how.update(outcome.how for outcome in outcomes)
    if problems:
        raise QuotemarkError(problems)
    settled, decided = how[SINGLE] + how[UNANIMOUS], how[ADJUDICATED] + how[PREFERRED]
    return Adjudication(Corpus(corpus.documents, tuple(gold)), tuple(disputes), settled, decided)


def _refuse_names(names: set[str], prefer: str) -> None:
    if NONE in names:
        message = f"an annotator is called {NONE!r}, which in a decision means nobody"
        raise error("annotator", message, "give the annotator another name")
    if prefer and prefer not in names:
        known = ", ".join(sorted(names)) or "nobody"
        raise error("annotator", f"no annotator {prefer!r}", f"name one of: {known}")


@dataclass(frozen=True, slots=True)
class _Version:
    """A span as it is compared: where it is, and what was asked of it.

    `relations` lead to groups, by their numbers. What was not asked has no key.
    """

    fragments: tuple[Fragment, ...]
    attributes: Mapping[str, Value]
    relations: Mapping[str, frozenset[int]]

    def agrees(self, other: _Version) -> bool:
        """Whether both are in one place and give one answer to what both were asked."""
        return (
            self.fragments == other.fragments
            and _compatible(self.attributes, other.attributes)
            and _compatible(self.relations, other.relations)
        )

    def with_answers(self, other: _Version) -> _Version:
        """This version, with the other's answers to what was asked only there."""
        attributes = {**other.attributes, **self.attributes}
        return _Version(self.fragments, attributes, {**other.relations, **self.relations})


def _compatible(ours: Mapping[str, object], theirs: Mapping[str, object]) -> bool:
    return all(ours[key] == theirs[key] for key in ours.keys() & theirs.keys())


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What becomes of a group: a version for gold (None: left out), and how that came about."""

    how: str
    version: _Version | None = None
    support: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class _Table:
    """One document's layers, and the groups of spans that are versions of one thing."""

    panel: Sequence[Annotation]
    document: Document | None

    @cached_property
    def groups(self) -> Sequence[Group]:
        return groups(self.panel)

    @cached_property
    def places(self) -> Mapping[str, tuple[int, str]]:
        """The group's number and the annotator of every span, by `annotator:id`."""
        return {
            f"{name}:{span.id}": (number, name)
            for number, group in enumerate(self.groups)
            for name, span in group.items()
        }

    def versions(self, number: int) -> dict[str, _Version | None]:
        """The version of each annotator who was asked, None where they have none."""
        group = self.groups[number]
        found: dict[str, _Version | None] = {}
        for layer in self.panel:
            if layer.annotator in group:
                found[layer.annotator] = self._version(layer, group[layer.annotator])
            elif any(layer.asked.covers(span) for span in group.values()):
                found[layer.annotator] = None
        return found

    def _version(self, layer: Annotation, span: Span) -> _Version:
        relations = {
            label: frozenset(
                self.places[f"{layer.annotator}:{tail.id}"][0]
                for tail in layer.tails(span.id, label)
            )
            for label in self._relations
            if layer.asked.relation(label)
        }
        return _Version(span.fragments, span.attributes, relations)

    @cached_property
    def _relations(self) -> Sequence[str]:
        return sorted({relation.label for layer in self.panel for relation in layer.relations})

    def label(self, number: int) -> str:
        return next(iter(self.groups[number].values())).label

    def dispute(self, number: int) -> Dispute:
        group = self.groups[number]
        versions = {name: group.get(name) for name in self.versions(number)}
        return Dispute(self.panel[0].doc_id, self.label(number), versions)


def _placed(
    table: _Table, decisions: Iterable[Decision]
) -> tuple[dict[int, Decision], list[Problem]]:
    """The decision on each group that has one, and what is wrong with the others."""
    chosen: dict[int, Decision] = {}
    problems = []
    for decision in decisions:
        number, _ = table.places.get(decision.span, (-1, ""))
        message = _objection(table, decision)
        if not message and number in chosen:
            message = f"the decision on {chosen[number].span} is on the same thing"
        if message:
            problems.append(_wrong(decision, message))
        else:
            chosen[number] = decision
    return chosen, problems


def _objection(table: _Table, decision: Decision) -> str:
    """Why a decision cannot be carried out; empty where it can."""
    if decision.span not in table.places:
        return "no such span"
    number, annotator = table.places[decision.span]
    group = table.groups[number]
    if decision.take not in (NONE, *group):
        return f"take is {decision.take!r}, but versions are by: {', '.join(group)}"
    if decision.words and table.document:
        words = group[annotator].surface(table.document.text)
        if words != decision.words:
            return f"its words are {words!r}, not {decision.words!r}"
    for label, tails in decision.relations.items():
        for tail in tails:
            if tail not in table.places:
                return f"{label} leads to {tail!r}, and there is no such span"
    return ""


def _wrong(decision: Decision, message: str) -> Problem:
    where = Where(doc=decision.doc_id, item=decision.span)
    return Problem(where, "decision", message, "mend the decision")


def _outcome(table: _Table, number: int, decision: Decision | None, prefer: str) -> _Outcome:
    versions = table.versions(number)
    if decision:
        taken = versions.get(decision.take)
        if taken is None:
            return _Outcome(ADJUDICATED, reason=decision.reason)
        relations = {
            label: frozenset(table.places[tail][0] for tail in tails if tail in table.places)
            for label, tails in decision.relations.items()
        }
        version = _Version(
            taken.fragments,
            {**taken.attributes, **decision.attributes},
            {**taken.relations, **relations},
        )
        return _Outcome(ADJUDICATED, version, _support(versions, version), decision.reason)
    given = [version for version in versions.values() if version is not None]
    alike = all(a.agrees(b) for a, b in combinations(given, 2))
    if alike and len(given) == len(versions):
        version = given[0]
        for other in given[1:]:
            version = version.with_answers(other)
        how = UNANIMOUS if len(versions) > 1 else SINGLE
        return _Outcome(how, version, _support(versions, version))
    if prefer not in versions:
        return _Outcome(OPEN)
    preferred = versions[prefer]
    if preferred is None:
        return _Outcome(PREFERRED)
    return _Outcome(PREFERRED, preferred, _support(versions, preferred))


def _support(versions: Mapping[str, _Version | None], gold: _Version) -> tuple[str, ...]:
    """The annotators whose version says what gold says, as far as they were asked."""
    return tuple(name for name, version in versions.items() if version and version.agrees(gold))


def _gold(
    table: _Table, outcomes: Sequence[_Outcome], adjudicator: str
) -> tuple[Annotation, list[Problem]]:
    """The gold layer of the groups that are decided, and what keeps it from being one."""
    ids = _ids(table, outcomes)
    spans, relations = [], []
    problems: list[Problem] = []
    for number, outcome in enumerate(outcomes):
        version = outcome.version
        if version is None:
            continue
        meta: dict[str, Json] = {"support": list(outcome.support), "decision": outcome.how}
        meta |= {"reason": outcome.reason} if outcome.reason else {}
        label = table.label(number)
        spans.append(
            Span(ids[number], label, version.fragments, dict(version.attributes), meta=meta)
        )
        for name, tails in version.relations.items():
            relations += [Relation(name, ids[number], ids[tail]) for tail in tails if tail in ids]
            problems += (
                _dangling(table, number, name, tail)
                for tail in sorted(tails)
                if outcomes[tail].version is None and outcomes[tail].how != OPEN
            )
    panel = table.panel
    entities, rivals = pooled_entities(panel, set(_names(spans)))
    asked, mixed = pooled_asked(panel)
    problems += [*rivals, *mixed]
    layer = Annotation(
        panel[0].doc_id,
        next((layer.text_sha256 for layer in panel if layer.text_sha256), ""),
        "gold",
        tuple(spans),
        tuple(relations),
        entities,
        asked,
        "gold",
        next((layer.scheme for layer in panel if layer.scheme), ""),
        {
            "annotators": [layer.annotator for layer in panel],
            **({"adjudicator": adjudicator} if adjudicator else {}),
        },
    )
    return layer, problems


def _names(spans: Iterable[Span]) -> Iterator[str]:
    """All that attributes say, names of entities among it."""
    for span in spans:
        for value in span.attributes.values():
            yield from (value,) if isinstance(value, str) else value or ()


def _ids(table: _Table, outcomes: Sequence[_Outcome]) -> dict[int, str]:
    """An id for each group that is in gold: its label and its number in the text."""
    placed = sorted((o.version.fragments, n) for n, o in enumerate(outcomes) if o.version)
    counts: Counter[str] = Counter()
    ids = {}
    for _, number in placed:
        stem = table.label(number).lower()
        counts[stem] += 1
        ids[number] = f"{stem}-{counts[stem]}"
    return ids


def _dangling(table: _Table, head: int, relation: str, tail: int) -> Problem:
    here, there = (table.dispute(number).key for number in (head, tail))
    message = f"{relation} leads to {there}, which is decided to be none"
    remedy = f"take a version of {there}, or decide on {here} with other relations"
    return Problem(Where(doc=table.panel[0].doc_id, item=here), "dangling", message, remedy)
