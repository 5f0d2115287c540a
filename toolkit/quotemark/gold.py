"""Adjudicate: from several annotators' layers to one gold layer.

What all who were asked have alike is settled. The rest is a `Dispute`, settled by a written
decision or left open. Every gold span says who supported it and how it was decided.
The order of annotators, files and spans changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import reduce
from itertools import combinations

from quotemark.decisions import NONE, Decision
from quotemark.errors import Problem, QuotemarkError, Where
from quotemark.matching import ANY, align, content, links
from quotemark.model import Annotation, Asked, Corpus, Document, Relation, Span, Value

Key = tuple[str, str]
"""An annotator and the id of a span of theirs."""

Content = tuple[object, ...]
"""What makes two versions of one thing the same, whoever made them."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """One thing in the text that annotators see differently, and nobody has decided.

    `versions` has each annotator's span, None where they have none.
    """

    doc_id: str
    label: str
    versions: Mapping[str, Span | None]

    @property
    def span(self) -> Span:
        """The version of the first annotator, by name, who has one."""
        return next(span for _, span in sorted(self.versions.items()) if span is not None)

    @property
    def key(self) -> str:
        """`annotator:span`, by which a decision names this dispute."""
        return next(f"{name}:{s.id}" for name, s in sorted(self.versions.items()) if s is not None)


@dataclass(frozen=True, slots=True)
class Adjudication:
    """The gold layers, and what is left to decide. Where that is anything, no layer is final."""

    gold: Corpus
    disputes: tuple[Dispute, ...] = ()
    settled: int = 0
    decided: int = 0


@dataclass(slots=True)
class _Group:
    """The versions of one thing: at most one span of each annotator."""

    label: str
    members: dict[str, Span] = field(default_factory=dict)

    @property
    def place(self) -> tuple[object, ...]:
        return (min(s.fragments for s in self.members.values()), self.label, sorted(self.members))


def adjudicate(
    corpus: Corpus,
    *,
    decisions: Iterable[Decision] = (),
    prefer: str = "",
    adjudicator: str = "",
) -> Adjudication:
    """Make gold of a corpus with the layers of several annotators.

    A decision names a span by annotator and id and says whose version to take. Where none
    does, the version of the annotator named by `prefer` is taken, if given. A document with one
    annotator keeps that layer. Raises `QuotemarkError` for decisions that name nothing, or that
    leave a relation without an end.

    >>> from quotemark.model import Annotation, Corpus, Span
    >>> layers = [Annotation("d", "", name, (Span("q", "Quote", ((0, 4),)),)) for name in "ab"]
    >>> gold = adjudicate(Corpus({}, tuple(layers))).gold.annotations[0]
    >>> gold.spans[0].meta
    {'support': ['a', 'b'], 'decision': 'unanimous'}
    """
    by_doc: dict[str, list[Annotation]] = {}
    for annotation in corpus:
        by_doc.setdefault(annotation.doc_id, []).append(annotation)
    wanted: dict[str, list[Decision]] = {}
    for decision in decisions:
        wanted.setdefault(decision.doc_id, []).append(decision)
    problems = [
        Problem(Where(doc=doc_id, item=d.key), "decision", "no such document", "mend the decision")
        for doc_id in sorted(wanted.keys() - by_doc.keys())
        for d in wanted[doc_id]
    ]
    gold, disputes, settled, decided = [], [], 0, 0
    for doc_id, layers in sorted(by_doc.items()):
        work = _Work(layers, wanted.get(doc_id, []), prefer, corpus.documents.get(doc_id))
        gold.append(work.gold(adjudicator))
        disputes += work.disputes
        problems += work.problems
        settled, decided = settled + work.settled, decided + work.decided
    if problems:
        raise QuotemarkError(problems)
    return Adjudication(Corpus(corpus.documents, tuple(gold)), tuple(disputes), settled, decided)


class _Work:
    """The adjudication of one document."""

    def __init__(
        self,
        layers: Sequence[Annotation],
        decisions: Sequence[Decision],
        prefer: str,
        document: Document | None,
    ) -> None:
        self.layers = {layer.annotator: layer for layer in layers}
        self.prefer = prefer
        self.document = document
        self.problems: list[Problem] = list(_unfit(layers))
        self.disputes: list[Dispute] = []
        self.settled = self.decided = 0
        self.groups: list[_Group] = [] if self.problems else _groups(self.layers)
        self.number: dict[Key, int] = {
            (name, span.id): i
            for i, group in enumerate(self.groups)
            for name, span in group.members.items()
        }
        self.decisions: dict[int, Decision] = {}
        for decision in decisions:
            self._place(decision)

    def _place(self, decision: Decision) -> None:
        number = self.number.get((decision.annotator, decision.span_id))
        message = ""
        if number is None:
            message = "no such span"
        elif number in self.decisions:
            message = f"{self.decisions[number].key} decides the same"
        elif decision.take not in (NONE, *self.groups[number].members):
            message = f"{decision.take!r} has no version of it"
        elif decision.words and self.document:
            span = self.groups[number].members[decision.annotator]
            if (words := span.surface(self.document.text)) != decision.words:
                message = f"its words are {words!r}, not {decision.words!r}"
        if message or number is None:
            where = Where(doc=decision.doc_id, item=decision.key)
            self.problems.append(Problem(where, "decision", message, "mend the decision"))
        else:
            self.decisions[number] = decision

    def gold(self, adjudicator: str) -> Annotation:
        chosen = [self._choose(i, group) for i, group in enumerate(self.groups)]
        ids = _ids(chosen)
        spans, relations = [], []
        for number, choice in enumerate(chosen):
            if choice is None:
                continue
            annotator, span = choice
            spans.append(replace(span, id=ids[number]))
            for relation in self.layers[annotator].relations:
                if self.number.get((annotator, relation.head)) != number:
                    continue
                tail = ids.get(self.number.get((annotator, relation.tail), -1))
                if tail is None:
                    where = Where(doc=self.layers[annotator].doc_id, item=f"{annotator}:{span.id}")
                    message = f"its {relation.label} leads to {relation.tail}, which is not in gold"
                    remedy = "decide for a version of that span as well, or for another of this"
                    self.problems.append(Problem(where, "dangling", message, remedy))
                else:
                    relations.append(Relation(relation.label, ids[number], tail))
        layers = [self.layers[name] for name in sorted(self.layers)]
        return Annotation(
            layers[0].doc_id,
            layers[0].text_sha256,
            "gold",
            tuple(spans),
            tuple(relations),
            tuple({e.id: e for layer in layers for e in layer.entities}.values()),
            reduce(Asked.common, (layer.asked for layer in layers)),
            "gold",
            layers[0].scheme,
            {
                "annotators": [layer.annotator for layer in layers],
                **({"adjudicator": adjudicator} if adjudicator else {}),
            },
        )

    def _choose(self, number: int, group: _Group) -> tuple[str, Span] | None:
        """The annotator whose version is taken and the gold span, without its final id."""
        one = next(iter(group.members.values()))
        asked = sorted(name for name, layer in self.layers.items() if layer.asked.covers(one))
        versions: dict[str, Content | None] = {
            name: self._content(name, group.members[name]) if name in group.members else None
            for name in {*asked, *group.members}
        }
        decision = self.decisions.get(number)
        if decision:
            self.decided += 1
            if decision.take == NONE:
                return None
            how, take = "adjudicated", decision.take
        elif all(version == versions[next(iter(group.members))] for version in versions.values()):
            self.settled += 1
            how, take = "unanimous", min(group.members)
            if len(versions) == 1:
                how = "single"
        elif self.prefer in versions:
            self.decided += 1
            if self.prefer not in group.members:
                return None
            how, take = "preferred", self.prefer
        else:
            who = {name: group.members.get(name) for name in sorted(versions)}
            self.disputes.append(Dispute(self.layers[asked[0]].doc_id, group.label, who))
            return None
        span = group.members[take]
        attributes: dict[str, Value] = dict(span.attributes)
        if decision:
            attributes |= decision.attributes
        changed = attributes != dict(span.attributes)
        meta = {
            "support": []
            if changed
            else sorted(name for name, version in versions.items() if version == versions[take]),
            "decision": how,
        }
        if decision and decision.reason:
            meta["reason"] = decision.reason
        return take, replace(span, attributes=attributes, score=None, meta=meta)

    def _content(self, annotator: str, span: Span) -> Content:
        relations = sorted(
            (relation.label, self.number.get((annotator, relation.tail), -1))
            for relation in self.layers[annotator].relations
            if relation.head == span.id
        )
        return span.fragments, tuple(sorted(span.attributes.items(), key=str)), tuple(relations)


def _groups(layers: Mapping[str, Annotation]) -> list[_Group]:
    """Spans of one label that annotators' optimal pairwise alignments join, best pairs first.

    A group never gets a second span of one annotator.
    """
    of = {
        (name, span.id): _Group(span.label, {name: span})
        for name, layer in layers.items()
        for span in layer.spans
    }
    joins = [
        (-_likeness(ours, theirs), content(ours), content(theirs), one, two, ours.id, theirs.id)
        for (one, a), (two, b) in combinations(sorted(layers.items()), 2)
        for ours, theirs in _aligned(a, b)
    ]
    for *_, one, two, ours, theirs in sorted(joins):
        left, right = of[one, ours], of[two, theirs]
        if left.members.keys() & right.members.keys():
            continue
        left.members.update(right.members)
        of.update({(name, span.id): left for name, span in right.members.items()})
    return sorted({id(group): group for group in of.values()}.values(), key=lambda g: g.place)


def _aligned(a: Annotation, b: Annotation) -> Iterator[tuple[Span, Span]]:
    """The pairs of one label that overlap, in the optimal alignment of two layers."""
    a_links, b_links = links(a), links(b)
    for label in sorted({span.label for span in a.spans}):
        ours, theirs = a.labelled(label), b.labelled(label)
        for i, j in align(ours, theirs, ANY, gold_links=a_links, pred_links=b_links):
            yield ours[i], theirs[j]


def _likeness(a: Span, b: Span) -> Fraction:
    """IoU over code points."""
    shared = sum(max(0, min(e, f) - max(s, t)) for s, e in a.fragments for t, f in b.fragments)
    return Fraction(shared, a.length + b.length - shared)


def _ids(chosen: Sequence[tuple[str, Span] | None]) -> dict[int, str]:
    """A new id for each chosen span: its label and its number in the text."""
    counts: Counter[str] = Counter()
    ids = {}
    for number, choice in enumerate(chosen):
        if choice:
            label = choice[1].label
            counts[label] += 1
            ids[number] = f"{label.lower()}-{counts[label]}"
    return ids


def _unfit(layers: Sequence[Annotation]) -> Iterator[Problem]:
    """What forbids to compare the layers of one document."""
    first = layers[0]
    names = Counter(layer.annotator for layer in layers)
    for name in sorted(n for n, times in names.items() if times > 1):
        message = f"{name!r} has {names[name]} annotations of it"
        yield Problem(Where(doc=first.doc_id), "twice", message, "keep one for each annotator")
    for layer in layers:
        where = Where(doc=layer.doc_id, item=layer.annotator)
        if layer.text_sha256 != first.text_sha256:
            message = f"not over the same text as {first.annotator!r}"
            yield Problem(where, "two-texts", message, "annotate one version of the text")
        if layer.scheme != first.scheme:
            message = f"scheme {layer.scheme!r}, not {first.scheme!r}"
            yield Problem(where, "scheme", message, "bring the layers to one scheme")
        if len(layer.by_id) < len(layer.spans):
            message = "two spans with one id"
            yield Problem(where, "duplicate-id", message, "see `quotemark check`")
