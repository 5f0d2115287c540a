"""What annotators see in one document: their spans, grouped as versions of one thing each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from quotemark.grouping import Group, groups
from quotemark.model import Annotation, Document, Fragment, Span, Value


@dataclass(frozen=True, slots=True)
class Dispute:
    """One thing in the text that annotators see differently, and nobody has decided.

    `versions` has the span of each annotator and reviewer who was asked, None where they have none.
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
class Version:
    """A span as it is compared: where it is, and what was asked of it.

    `relations` lead to things, by their numbers. What was not asked has no key.
    """

    fragments: tuple[Fragment, ...]
    attributes: Mapping[str, Value]
    relations: Mapping[str, frozenset[int]]

    def agrees(self, other: Version) -> bool:
        """Whether both are in one place and give one answer to what both were asked."""
        return (
            self.fragments == other.fragments
            and _compatible(self.attributes, other.attributes)
            and _compatible(self.relations, other.relations)
        )

    def with_answers(self, other: Version) -> Version:
        """This version, with the other's answers to what was asked only there."""
        attributes = {**other.attributes, **self.attributes}
        return Version(self.fragments, attributes, {**other.relations, **self.relations})

    def without(self, gone: Set[int]) -> Version:
        """This version, with no relations to some things."""
        relations = {label: tails - gone for label, tails in self.relations.items()}
        return Version(self.fragments, self.attributes, relations)


Versions = Mapping[str, Version | None]
"""The version of each who was asked of a thing, None where they have none."""


def _compatible(ours: Mapping[str, object], theirs: Mapping[str, object]) -> bool:
    return all(ours[key] == theirs[key] for key in ours.keys() & theirs.keys())


@dataclass(frozen=True)
class Things:
    """One document's layers, and the groups of spans that are versions of one thing.

    `reviews` are layers of people who have looked at what annotators see differently.
    """

    panel: Sequence[Annotation]
    document: Document | None
    reviews: Sequence[Annotation] = ()

    @cached_property
    def groups(self) -> Sequence[Group]:
        return groups([*self.panel, *self.reviews])

    @cached_property
    def places(self) -> Mapping[str, tuple[int, str]]:
        """The thing's number and the annotator of every span, by `annotator:id`."""
        return {
            f"{name}:{span.id}": (number, name)
            for number, group in enumerate(self.groups)
            for name, span in group.items()
        }

    def versions(self, number: int) -> dict[str, Version | None]:
        """The versions of the annotators who were asked."""
        return self._versions(number, self.panel)

    def rulings(self, number: int) -> dict[str, Version | None]:
        """The versions of the reviewers who were asked."""
        return self._versions(number, self.reviews)

    def _versions(self, number: int, layers: Sequence[Annotation]) -> dict[str, Version | None]:
        group = self.groups[number]
        found: dict[str, Version | None] = {}
        for layer in layers:
            if layer.annotator in group:
                found[layer.annotator] = self._version(layer, group[layer.annotator])
            elif any(layer.asked.covers(span) for span in group.values()):
                found[layer.annotator] = None
        return found

    def _version(self, layer: Annotation, span: Span) -> Version:
        relations = {
            label: frozenset(
                self.places[f"{layer.annotator}:{tail.id}"][0]
                for tail in layer.tails(span.id, label)
            )
            for label in self._relations
            if layer.asked.relation(label)
        }
        return Version(span.fragments, span.attributes, relations)

    @cached_property
    def _relations(self) -> Sequence[str]:
        layers = (*self.panel, *self.reviews)
        return sorted({relation.label for layer in layers for relation in layer.relations})

    def label(self, number: int) -> str:
        return next(iter(self.groups[number].values())).label

    def dispute(self, number: int) -> Dispute:
        group = self.groups[number]
        asked = [*self.versions(number), *self.rulings(number)]
        versions = {name: group.get(name) for name in asked}
        return Dispute(self.panel[0].doc_id, self.label(number), versions)
