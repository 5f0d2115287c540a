"""From what the rules find to an `Annotation` under a scheme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from quotemark.extractors.rules.entities import Cast, Mention
from quotemark.extractors.rules.items import read_sentences
from quotemark.extractors.rules.quotes import Quote, find_quotes
from quotemark.extractors.rules.stance import Stance, find_stances
from quotemark.model import Annotation, Asked, Document, Fragment, Relation, Span, Value
from quotemark.scheme import Scheme, default_scheme

VERSION = "1"
LABELS = {
    "quote": ("form", "source", "source_entity"),
    "speaker": ("entity", "kind"),
    "cue": (),
    "stance": ("polarity", "target"),
}
PREFIXES = {"quote": "q", "speaker": "s", "cue": "c", "stance": "t"}
RELATIONS = {
    "said_by": ("quote", "speaker"),
    "cued_by": ("quote", "cue"),
    "held_by": ("stance", "speaker"),
    "expressed_in": ("stance", "quote"),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """The built-in extractor: rules for English, no model, no network.

    >>> from quotemark.model import Document
    >>> doc = Document("a", 'The offer "is dead", said Ana Ode. She had warned them it would fail.')
    >>> layer = Rules().extract(doc, default_scheme())
    >>> [(s.label, s.surface(doc.text)) for s in layer.spans if s.label != "Cue"][:2]
    [('Quote', 'The offer "is dead"'), ('Speaker', 'Ana Ode')]
    >>> sorted(s.attributes["entity"] for s in layer.labelled("Speaker"))
    ['Ana Ode', 'Ana Ode']
    """

    name: str = "rules"
    version: str = VERSION

    @property
    def produces(self) -> Asked:
        return produced(default_scheme())

    def extract(self, doc: Document, scheme: Scheme) -> Annotation:
        """The layer of the rules over a document, under any scheme that has the roles.

        Roles that a scheme lacks are left out. An empty text has no spans.
        """
        sentences = read_sentences(doc.text)
        cast = Cast(doc, sentences)
        quotes = find_quotes(sentences, cast)
        stances = find_stances(doc, sentences, quotes, cast, scheme.targets)
        layer = _Layer(doc, scheme)
        for quote in quotes:
            layer.quote(quote)
        for stance in stances:
            layer.stance(stance)
        return Annotation(
            doc.id,
            doc.sha256,
            self.name,
            tuple(layer.spans.values()),
            tuple(dict.fromkeys(layer.relations)),
            cast.entities(layer.names),
            produced(scheme),
            "predicted",
            scheme.id,
            {"extractor": self.name, "version": self.version},
        )


def produced(scheme: Scheme) -> Asked:
    """What the rules make of a scheme: its labels, attributes and relations with a role here."""
    labels = {role: scheme.role(role) for role in LABELS if scheme.role(role)}
    attributes = [
        f"{label}.{scheme.role(attribute)}"
        for role, label in labels.items()
        for attribute in LABELS[role]
        if scheme.attribute(label, scheme.role(attribute))
    ]
    relations = [scheme.role(r) for r, ends in RELATIONS.items() if set(ends) <= set(labels)]
    return Asked(None, tuple(labels.values()), tuple(attributes), tuple(filter(None, relations)))


@dataclass
class _Layer:
    """Spans and relations on the way to an `Annotation`; equal spans are made once."""

    doc: Document
    scheme: Scheme
    spans: dict[tuple[str, tuple[Fragment, ...], str], Span] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    ids: dict[tuple[Fragment, ...], str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def quote(self, quote: Quote) -> None:
        if quote.fragments in self.ids:
            return  # two cues report the same words: the first has them
        elsewhere = (quote.elsewhere,) if quote.elsewhere and not quote.speakers else None
        source = "mention" if quote.speakers else ("elsewhere" if elsewhere else "not_stated")
        values = {"form": quote.form, "source": source, "source_entity": elsewhere}
        name = self._span("quote", quote.fragments, values)
        self.ids[quote.fragments] = name
        self.names += elsewhere or ()
        for speaker in quote.speakers:
            self._relate("said_by", name, self._mention(speaker))
        if quote.cue:
            self._relate("cued_by", name, self._span("cue", (quote.cue,), {}))

    def stance(self, stance: Stance) -> None:
        name = self._span(
            "stance", (stance.span,), {"polarity": stance.polarity, "target": stance.target}
        )
        if stance.quote is not None:
            self._relate("expressed_in", name, self.ids.get(stance.quote.fragments, ""))
        if stance.holder is not None:
            self._relate("held_by", name, self._mention(stance.holder))

    def _mention(self, mention: Mention) -> str:
        self.names.append(mention.entity)
        return self._span(
            "speaker", (mention.span,), {"entity": mention.entity, "kind": mention.kind}
        )

    def _span(self, role: str, fragments: tuple[Fragment, ...], values: Mapping[str, Value]) -> str:
        """The id of the span, made if it is new; empty where the scheme has no such label."""
        label = self.scheme.role(role)
        if not label:
            return ""
        variant = str(values.get("target", "")) if role == "stance" else ""
        key = (role, fragments, variant)
        if key not in self.spans:
            self.counts[role] += 1
            name = f"{PREFIXES[role]}{self.counts[role]}"
            attributes = dict(self._attributes(label, values))
            self.spans[key] = Span(name, label, fragments, attributes)
        return self.spans[key].id

    def _attributes(self, label: str, values: Mapping[str, Value]) -> Iterable[tuple[str, Value]]:
        """The values that the scheme has a place for, without those that are not asked."""
        for role, value in values.items():
            attribute = self.scheme.attribute(label, self.scheme.role(role))
            if attribute is None:
                continue
            if attribute.type == "choice" and value not in attribute.values:
                continue
            if attribute.when and values.get(self._role_of(attribute.when[0])) != attribute.when[1]:
                continue
            yield attribute.name, value

    def _role_of(self, name: str) -> str:
        return next((role for role, own in self.scheme.roles.items() if own == name), name)

    def _relate(self, role: str, head: str, tail: str) -> None:
        label = self.scheme.role(role)
        if label and head and tail:
            self.relations.append(Relation(label, head, tail))
