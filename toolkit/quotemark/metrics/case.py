"""One document's two layers, ready to be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from quotemark.assignment import Pair
from quotemark.matching import Criterion, Links, align, overlaps
from quotemark.model import Annotation, Asked, Span
from quotemark.scheme import Scheme
from quotemark.sources import fold, values


@dataclass(frozen=True, slots=True)
class Alignment:
    """The spans of one label on both sides, and which of them are pairs."""

    golds: tuple[Span, ...]
    preds: tuple[Span, ...]
    pairs: tuple[Pair, ...]

    @property
    def missed(self) -> tuple[Span, ...]:
        """The gold spans without a partner."""
        taken = {pair.gold for pair in self.pairs}
        return tuple(span for i, span in enumerate(self.golds) if i not in taken)

    @property
    def spurious(self) -> tuple[Span, ...]:
        """The predicted spans without a partner."""
        taken = {pair.pred for pair in self.pairs}
        return tuple(span for i, span in enumerate(self.preds) if i not in taken)

    def spans(self) -> list[tuple[Span, Span]]:
        """The pairs as spans."""
        return [(self.golds[g], self.preds[p]) for g, p in self.pairs]


@dataclass(frozen=True)
class Case:
    """A gold and a predicted layer over one document, its text if known, and their scheme.

    What metrics are functions of. Alignments are made once for each label and criterion.

    >>> from quotemark.matching import EXACT
    >>> from quotemark.scheme import default_scheme
    >>> gold = Annotation("a", "", "gold", (Span("q", "Quote", ((0, 4),)),))
    >>> Case(gold, gold, None, default_scheme()).alignment("Quote", EXACT).pairs
    (Pair(gold=0, pred=0),)
    """

    gold: Annotation
    pred: Annotation
    text: str | None
    scheme: Scheme
    part: Callable[[Alignment], Alignment] | None = field(default=None, compare=False, repr=False)
    """What of every alignment counts; None: all of it."""
    _made: dict[tuple[str, Criterion], Alignment] = field(
        default_factory=dict, compare=False, repr=False
    )

    def golds(self, label: str) -> tuple[Span, ...]:
        """The gold spans of a label, inside the windows that gold was asked."""
        return tuple(s for s in self.gold.labelled(label) if self.gold.asked.covers(s))

    def preds(self, label: str) -> tuple[Span, ...]:
        """The predicted spans of a label, inside the windows that gold was asked."""
        return tuple(s for s in self.pred.labelled(label) if self.gold.asked.covers(s))

    def alignment(self, label: str, criterion: Criterion) -> Alignment:
        """The optimal alignment of the spans of a label."""
        key = (label, criterion)
        made = self._made.get(key)
        if made is None:
            golds, preds = self.golds(label), self.preds(label)
            gold_links, pred_links = self._links
            pairs = align(golds, preds, criterion, gold_links=gold_links, pred_links=pred_links)
            made = self._made[key] = Alignment(golds, preds, tuple(pairs))
        return self.part(made) if self.part else made

    def both(self, question: Callable[[Asked], bool]) -> bool:
        """Whether gold was asked something and the extractor produces it."""
        return question(self.gold.asked) and question(self.pred.asked)

    @cached_property
    def overlapped(self) -> Mapping[str, frozenset[str]]:
        """For each predicted Speaker, by id: the entities whose gold mentions it overlaps.

        Entities by their folded names; Speakers that overlap none are missing.
        """
        speaker, entity = self.scheme.role("speaker"), self.scheme.role("entity")
        golds, preds = self.gold.labelled(speaker), self.pred.labelled(speaker)
        found: dict[str, frozenset[str]] = {}
        for gold, pred in overlaps(golds, preds):
            names = frozenset(map(fold, values(golds[gold], entity)))
            found[preds[pred].id] = found.get(preds[pred].id, frozenset()) | names
        return found

    @cached_property
    def _links(self) -> tuple[Links, Links]:
        return Links(self.gold), Links(self.pred)


def group_label(label: str, attribute: str, value: str) -> str:
    """The row of the spans of a label whose attribute has a value.

    >>> group_label("Quote", "form", "direct")
    'Quote[form=direct]'
    """
    return f"{label}[{attribute}={value}]"


class Group(NamedTuple):
    """A row of span scores: a label, or its spans with one value of an attribute."""

    row: str
    label: str
    attribute: str = ""
    value: str = ""

    def holds(self, span: Span) -> bool:
        """Whether a span of the label is in the row."""
        return not self.attribute or self.value in values(span, self.attribute)

    def asked(self, asked: Asked) -> bool:
        """Whether what the row tells apart was asked."""
        if self.attribute:
            return asked.attribute(self.label, self.attribute)
        return asked.label(self.label)


def groups(scheme: Scheme) -> list[Group]:
    """Every label of a scheme, each followed by its groups.

    >>> from quotemark.scheme import default_scheme
    >>> [group.row for group in groups(default_scheme())][:3]
    ['Quote', 'Quote[form=direct]', 'Quote[form=indirect]']
    """
    found = []
    for label in scheme.labels:
        found.append(Group(label, label))
        found += [Group(group_label(*g), *g) for g in scheme.groups if g[0] == label]
    return found
